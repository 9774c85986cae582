"""Which stops of width, resolution and depth a page offers, and where it offers none."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from analyzer.facts import Facts
from analyzer.scaling import Scaler, stops
from tests.scaling.test_scaler import PLAIN, planned

MODULE = import_module("analyzer.scaling.stops")
OUT = "float[1,5,A,B] y"


def plain() -> Scaler:
    return planned(PLAIN, out=OUT)


def test_every_width_and_side_that_is_known_is_offered() -> None:
    found = stops(plain())
    assert found is not None
    assert found.widths == (0.25, 0.35, 0.5, 0.75, 1.0, 1.4)
    assert found.sides == tuple((side, side) for side in (3, 5, 6, 7, 8, 9, 10))
    assert (found.depths, found.repeats, found.assumed) == ((1.0,), ((),), ())
    assert found.today == (4, 4, 0)
    assert found.macs_at(4, 4, 0) == 64 * (12 + 20)
    assert found.macs_at(2, 0, 0) == 9 * (6 + 10)
    assert (found.params_at(4, 0, 0), found.params_at(2, 6, 0)) == (32, 16)


@pytest.mark.parametrize(
    ("work", "widths", "sides"),
    [(7 * 6 * 7, 6, 7), (7 * 6 * 7 - 1, 4, 4), (7 * 4, 4, 4), (7 * 4 - 1, 1, 4)],
)
def test_large_models_are_offered_fewer(
    work: int, widths: int, sides: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scaler = plain()
    assert len(scaler.facts.nodes) == 7
    monkeypatch.setattr(MODULE, "WORK", work)
    found = stops(scaler)
    assert found is not None
    assert (len(found.widths), len(found.sides)) == (widths, sides)


def test_nothing_is_offered_of_a_model_that_is_not_known_in_full() -> None:
    def with_totals(**changed: Any) -> Facts:
        facts = plain().facts
        return replace(facts, totals=replace(facts.totals, **changed))

    assert stops(Scaler(with_totals())) is not None
    changes: tuple[dict[str, Any], ...] = (
        {"complete": False}, {"macs": 0, "macs_range": (0, 0)}, {"macs_range": (1, 2048)},
        {"macs_range": (2048, None)}, {"macs": 2047, "macs_range": (2047, 2047)},
    )  # fmt: skip
    for changed in changes:
        assert stops(Scaler(with_totals(**changed))) is None, changed


def test_sides_and_widths_are_offered_each_where_there_is_something_to_change() -> None:
    flat = planned(
        "w:8,4 u:4,4 v:4,3 | a = MatMul (x, w)  b = MatMul (a, u)  y = MatMul (b, v)",
        "float[1,8] x", "float[1,3] y",
    )  # fmt: skip
    found = stops(flat)
    assert found is not None
    assert (found.sides, found.resolutions, len(found.widths)) == (((),), (1.0,), 6)
    fixed = planned("w:3,3,1,1 | y = Conv (x, w)", out="float[1,3,A,B] y")
    only = stops(fixed)
    assert only is not None
    assert (only.widths, len(only.sides)) == ((1.0,), 7)
    assert stops(planned("w:8,3 | y = MatMul (x, w)", "float[1,8] x", "float[1,3] y")) is None
