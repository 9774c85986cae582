"""The form that findings about convolutions lead to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analyzer.report.view.converted import converted
from tests.golden.text import facts

WIDE = """g (float[1,64,8,8] x) => (float[1,64,8,8] y) <float[64,64,3,3] w = {0}> {
    y = Conv <pads = [1, 1, 1, 1]> (x, w) }"""


class _Ask:
    def __init__(self, rule: str, effort: str, risk: str) -> None:
        self.rule, self.effort, self.risk, self.does = rule, effort, risk, f"follow {rule}"


def test_it_has_what_the_savings_leave_and_the_hardest_of_the_terms() -> None:
    found = facts(WIDE)
    asks: Any = [_Ask("SEP001", "medium", "high"), _Ask("EFF002", "low", "low")]
    made = converted(found, None, (2_000_000, 30_000), ["y", "y"], asks)
    assert made is not None
    assert (made.macs, made.weight_bytes) == (64 * 64 * 9 * 64 - 2_000_000, 4 * (36864 - 30_000))
    assert (made.title, made.effort, made.risk) == (
        "Convert 2 convolutions (SEP001, EFF002)", "medium", "high")  # fmt: skip
    assert made.how == "follow SEP001; follow EFF002"
    assert not made.at_most
    inputs = converted(found, None, (9, 0), ["y"], asks)
    assert inputs is not None
    assert inputs.weight_bytes == inputs.bytes_now
    assert converted(found, None, (0, 0), (), asks) is None
    assert converted(found, None, (9, 9), ["y"], []) is None


def test_weights_of_several_types_are_told_as_the_most_that_they_are() -> None:
    """As if what goes were of the narrowest, where it is of several; else of its own."""
    found = facts(WIDE)
    stored = replace(found.parameters, bytes_by_dtype={"float32": 4 * 36864, "int8": 8})
    asks: Any = [_Ask("SEP001", "medium", "high")]
    for nodes, at_most in ((["y"], False), ([], True)):
        made = converted(replace(found, parameters=stored), None, (1, 8), nodes, asks)
        assert made is not None
        assert (made.at_most, made.weight_bytes) == (at_most, 4 * 36864 + 8 - 32)
        assert made.held.startswith("at most ") is at_most
