"""What ``scale`` prints of sizes, of a budget and of growth, of studies that are made for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from analyzer.report import scale
from analyzer.report.result import Options
from analyzer.report.style import Style


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def point(**about: Any) -> Any:
    usual: dict[str, Any] = {
        "width": 0.5, "resolution": 0.857, "depth": 1, "repeats": (2, 3), "sides": (192, 192),
        "macs": 1_234, "macs_range": None, "flops": 2_500, "flops_range": None, "params": 99,
        "expected_macs": 1_200, "deviation": 0.0283, "assumed": "", "reason": "",
    }  # fmt: skip
    return some(**usual | about)


def study(macs: int = 4_936, **about: Any) -> Any:
    return some(facts=some(totals=some(macs=macs)), **about)


def told(lines: Any) -> list[str]:
    return [" ".join(line.split()) for line in lines]


def test_a_size_is_a_line_and_depth_has_columns_where_it_is_another() -> None:
    flat = point(width=1, resolution=1, sides=(), deviation=None, macs=None, flops=None,
                 assumed="even parts", reason="no shape")  # fmt: skip
    lines = told(scale._points(study(), (point(), flat, flat), Style()))
    assert lines == [
        "width resolution input MACs of now FLOPs parameters rule of thumb off by",
        "0.5 0.857 192×192 1,234 25.0 % 2,500 99 1.2 kMAC +2.8 %",
        *["1 1 without spatial axes unknown unknown unknown 99 1.2 kMAC unknown"] * 2,
        "assumed: even parts", "not known: no shape",
    ]  # fmt: skip
    deep = point(depth=1.23456, macs_range=(1_000, 1_234), flops_range=(2_000, 2_500))
    (head, line) = told(scale._points(study(0), (deep,), Style()))
    assert head.startswith("width resolution depth blocks input MACs")
    assert line == ("0.5 0.857 1.23 2+3 192×192 1,000 to 1,234 unknown 2,000 to 2,500 99 1.2 kMAC "
                    "+2.8 %")  # fmt: skip


def test_a_budget_has_sizes_that_fit_or_none() -> None:
    def lines(*points: Any) -> list[str]:
        found = some(budget=5_000, points=points, affordable=7)
        return told(scale._frontier(study(), cast("Any", found), Style()))

    assert lines() == ["No combination tried fits 5,000 MAC."]
    head, columns, row, last = lines(point())
    assert head == ("Within 5,000 MAC: 7 combinations fit; of these no axis can be raised:")
    assert (columns[:5], row[:3]) == ("width", "0.5")
    assert last == ("Best balanced first: nearest to the direction depth 1.2^φ, width 1.1^φ, "
                    "resolution 1.15^φ that EfficientNet found.")  # fmt: skip


def test_growth_is_told_by_axis_and_why_one_is_missing() -> None:
    def lines(*axes: tuple[str, float | None], sides: tuple[int, ...] = ()) -> list[str]:
        growth = [some(axis=axis, exponent=exponent, expected=2) for axis, exponent in axes]
        return told(scale._growth(study(growth=growth, sides=sides), Style()))

    head = ["How MACs grow: MACs ∝ multiplier^exponent", "axis exponent rule of thumb"]
    depth = "depth: no runs of like blocks that do most of the work were found"
    assert lines(("depth", 1.0), ("width", 1.876), ("resolution", None)) == [
        *head, "depth 1.00 2", "width 1.88 2", "resolution unknown 2",
    ]  # fmt: skip
    assert lines(("resolution", 2.0)) == [*head, "resolution 2.00 2", depth]
    assert lines(("depth", 1.0))[3:] == ["resolution: no input axis is known to be spatial"]
    (fixed,) = lines(("depth", 1.0), sides=(9,))[3:]
    assert fixed == ("resolution: constants that nobody trains (prior boxes, grids, means) have "
                     "the size of the input")  # fmt: skip


def test_a_table_has_what_was_asked_for_else_what_a_budget_affords() -> None:
    head = "width,resolution,depth,input,macs,flops,params,expected_macs,reason,assumed"
    wide, flat = point(width=1), point(sides=(), macs=None, reason="no shape", assumed="even")
    asked = "1,0.857,1,192×192,1234,2500,99,1200,,"
    afforded = "0.5,0.857,1,,unknown,2500,99,1200,no shape,even"
    for table, frontier, rows in (
        ((wide,), some(points=(flat,)), [asked]), ((wide, flat), None, [asked, afforded]),
        ((), some(points=(flat,)), [afforded]), ((), None, []),
    ):  # fmt: skip
        made = scale.csv(study(table=table, frontier=frontier), Options())
        assert made.decode("utf-8-sig").splitlines() == [head, *rows]
