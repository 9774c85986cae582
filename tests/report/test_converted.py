"""The form that findings about convolutions lead to."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from analyzer.report.view.converted import converted, is_lighter
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


def test_what_would_be_of_more_impact_by_its_bytes_is_told() -> None:
    """Of the 36864 values, those of 64 3×3 filters and of a 1×1 layer are left: 32192 go, 125.75 of
    the 144 KiB, and nothing that is less than 64 KiB counts."""
    found = facts(WIDE)
    large = replace(found, model=replace(found.model, bytes=4 * 368640))
    stored = replace(found.parameters, stored_bytes=0)
    place = SimpleNamespace(rule="SEP001", node="y", saving=object())
    beside = SimpleNamespace(rule="SEP001", node="gone", saving=object())
    plain = {"rule": "SEP001", "left_out": (), "impact": "medium"}

    def told(facts: Any = found, places: Any = (place, beside), **ask: Any) -> bool:
        result: Any = SimpleNamespace(facts=facts, places=places)
        asks: Any = [SimpleNamespace(**plain | ask)]
        return is_lighter(result, asks)

    assert told()
    assert not told(impact="high")
    assert not told(rule="SEP002")
    assert not told(left_out=("y",))
    assert told(left_out=("gone",))
    assert not told(left_out=("y",), impact="low"), "no bytes are of low impact too"
    assert not told(places=(SimpleNamespace(**vars(place) | {"saving": None}),))
    assert not told(large), "an eleventh of the file"
    assert told(large, impact="low")
    assert told(replace(large, parameters=stored)), "weights that are made are not in the file"
