"""What-if table, architecture and modules on the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from onnx import helper

from analyzer.report import Options, Result
from analyzer.report.content import PDF
from analyzer.report.rendering import render
from analyzer.report.sheet import Report
from analyzer.report.view import modules, whatif
from analyzer.report.view.whatif import DepthRow, WidthRow
from analyzer.scaling import Scaler
from analyzer.scaling.tables import DEPTHS
from tests.golden.text import facts
from tests.report.results import html_of, judge, save, words


def page(result: Result) -> str:
    return words(html_of(result).decode())


def test_table_is_the_papers(mobilenet: Result) -> None:
    """Howard et al. 2017, tables 6 and 7: 569, 418, 290, 186 and 569, 325, 149, 41 million."""
    text = page(mobilenet)
    assert "1 568,740,352 100.0 % top-1 70.6 % 418,121,728 73.5 % top-1 69.1 %" in text
    assert "290,675,200 51.1 % top-1 67.2 % 186,400,768 32.8 % top-1 64.4 % 4,231,976" in text
    assert "0.75 325,400,448 57.2 % top-1 68.4 % 239,273,472 42.1 % 1" in text
    assert "0.5 149,497,088" in text
    assert "0.25 41,030,272" in text
    assert "470,072" in text


def test_columns_are_of_todays_width(mobilenet: Result) -> None:
    columns = mobilenet.facts.once(whatif.view).columns
    assert [column.sides for column in columns] == ["224×224", "192×192", "160×160", "128×128"]
    assert {column.params for column in columns} == {4_231_976}
    assert {column.held for column in columns} == {mobilenet.facts.parameters.kept_bytes}


def test_accuracy_is_published_for_the_papers_network_alone(
    mobilenet: Result, standard: Result
) -> None:
    cells = [row.published for row in mobilenet.facts.once(whatif.view).rows]
    assert cells[0] == (0.706, 0.691, 0.672, 0.644)
    assert [row[0] for row in cells] == [0.706, 0.684, 0.637, 0.506]
    assert {share for row in cells[1:] for share in row[1:]} == {None}
    other = [row.published for row in standard.facts.once(whatif.view).rows]
    assert {share for row in other for share in row} == {None}


def test_cells_are_coloured_by_their_share(mobilenet: Result) -> None:
    rows = mobilenet.facts.once(whatif.view).rows
    assert [whatif.heat(row, 568_740_352)[0] for row in rows] == [5, 4, 3, 1]


def test_exponents_stand_beside_the_rule_of_thumb(mobilenet: Result) -> None:
    axes = {axis.name: axis for axis in mobilenet.facts.once(whatif.view).axes}
    assert {name: axis.expected for name, axis in axes.items()} == {
        "width": 2, "resolution": 2, "depth": 1,
    }  # fmt: skip
    assert float(axes["resolution"].exponent) == pytest.approx(2, abs=0.05)
    assert "1 + 2 + 2 + 6 + 2 today" in axes["depth"].remark


def test_model_without_convolutions_says_why_there_is_no_table(tmp_path: Path) -> None:
    nodes = [helper.make_node("Relu", ["x"], ["y"])]
    assert "what if it were smaller (the model has no layers with weights" in page(
        judge(save(tmp_path, "relu", nodes))
    )


@pytest.mark.parametrize(
    ("layers", "names"),
    [
        ("y = Conv (x, w)", None),
        ("a = Conv (x, t) y = MaxPool <kernel_shape = [7, 7]> (a)", None),
        ("a = Conv (x, w) b = Relu (a) y = Conv (b, u)", {"width", "resolution", "depth"}),
        ("a = Conv (x, w) b = Conv (x, t) y = Div (a, b)", {"resolution"}),
    ],
)
def test_axes_that_change_nothing_are_left_out(layers: str, names: set[str] | None) -> None:
    """One layer has no width; nor have two that both read the input and join at the output."""
    text = f"""g (float[1,4,64,64] x) => (float[1,4,N,M] y)
    <float[8,4,1,1] w = {{0}}, float[8,4,1,1] t = {{0}}, float[4,8,1,1] u = {{0}}> {{ {layers} }}"""
    found = whatif.view(facts(text))
    assert (bool(found.reason), found.rows == ()) == ((names is None,) * 2)
    assert {axis.name for axis in found.axes} == (names or set())


def test_depths_stand_below_the_widths(mobilenet: Result) -> None:
    half, double = mobilenet.facts.once(whatif.view).depths
    assert (half.depth, half.blocks) == ("0.5", "1 + 1 + 1 + 3 + 1")
    assert (double.depth, double.blocks) == ("2", "2 + 4 + 4 + 12 + 4")
    scaler = Scaler(mobilenet.facts)
    assert half.macs[0] == scaler.at(depth=0.5).macs
    assert double.macs[3] == scaler.at(depth=2.0, sides=128).macs
    assert double.params == scaler.at(depth=2.0).params
    assert "1, depth 0.5 1 + 1 + 1 + 3 + 1" in page(mobilenet)


def test_cells_within_the_budget_are_marked(mobilenet: Result) -> None:
    """Howard et al. 2017: 0.5 takes 149 million, 160 pixels take 290 million, 192 take 418."""
    assert "✓" not in page(mobilenet)
    text = page(replace(mobilenet, budget=300_000_000))
    assert "✓ 290,675,200" in text
    assert "✓ 149,497,088" in text
    assert "✓ 418,121,728" not in text
    assert "within the configuration's budget of 300 MMAC" in text


def test_widths_of_a_transformer_stand_in_html_and_the_pdf_says_so(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("MatMul", ["x", "a"], ["h"]),
        helper.make_node("Relu", ["h"], ["i"]),
        helper.make_node("MatMul", ["i", "b"], ["y"]),
    ]
    result = judge(save(tmp_path, "dense", nodes, a=(32, 64), b=(64, 16)))
    macs = 8 * 32 * (32 * 64 + 64 * 16)
    assert f"Width α MACs Parameters 1 {macs:,} 100.0 % {32 * 64 + 64 * 16:,}" in page(result)
    sheet = Report.of(result).sheet
    printed = words(render(sheet, Options(), PDF))
    assert "Width α" not in printed
    assert "what if it were smaller (the HTML report has it)" in printed


def test_page_names_the_architecture_or_says_that_it_does_not_know(
    mobilenet: Result, standard: Result
) -> None:
    assert "Architecture: MobileNetV1, α = 1, 224×224, 28 weighted layers" in page(mobilenet)
    assert "Architecture: not recognised as a published one" in page(standard)


def test_modules_are_listed_with_everything_below_them(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Conv", ["x", "a"], ["h"], name="/stem/conv/Conv", pads=[1] * 4),
        helper.make_node("Relu", ["h"], ["i"], name="/stem/act/Relu"),
        helper.make_node("Conv", ["i", "b"], ["y"], name="/head/Conv"),
    ]
    result = judge(save(tmp_path, "modules", nodes, a=(16, 8, 3, 3), b=(4, 16, 1, 1)))
    rows = {row.path: row for row in modules.rows(result.facts)}
    assert rows["stem"].cost == "1.18 M"  # 32·32 positions · 9 · 8 · 16
    assert rows["stem"].nodes == 2
    assert rows["head"].params == 4 * 16
    assert sum(rows[name].share or 0 for name in ("stem", "head")) == pytest.approx(1)


def test_modules_need_names_of_the_exporter(mobilenet: Result) -> None:
    found = modules.rows(mobilenet.facts)
    assert (found == ()) == (mobilenet.facts.modules is None)
    assert len(found) <= modules.ROWS


def test_a_cell_is_hotter_above_each_quarter_of_todays_macs() -> None:
    macs = (100, 76, 75, 51, 50, 26, 25, 11, 10, 0, None)
    assert whatif.heat(WidthRow("1", macs, 1), 100) == (5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0)
    assert whatif.heat(WidthRow("1", macs, 1), 0) == (0,) * len(macs)


def test_sizes_of_which_nothing_is_known_are_no_columns() -> None:
    """Nor is one that was there before, such as 96 for both 0.86 and 0.71 of 128 samples."""
    sides, macs = ((128,), (96,), (96,), (64,)), ((9, None, None, None), (5, 4, None, None))
    table = [
        [SimpleNamespace(sides=s, macs=m) for s, m in zip(sides, row, strict=True)] for row in macs
    ]
    assert whatif._telling(table) == [0, 1]  # type: ignore[arg-type]


def test_a_width_that_changes_nothing_is_no_row(tmp_path: Path) -> None:
    """All layers have the model's inputs and outputs for their channels."""
    nodes = [helper.make_node("Conv", ["x", w], [w + "x"], pads=[1, 1, 1, 1]) for w in "wv"]
    nodes.append(helper.make_node("Mul", ["wx", "vx"], ["y"]))
    weights = dict.fromkeys("wv", (16, 8, 3, 3))
    table = whatif.view(judge(save(tmp_path, "one", nodes, **weights)).facts)
    assert [row.width for row in table.rows] == ["1"]
    assert len(table.columns) > 1


def test_another_depth_is_a_row_where_it_has_a_number_and_other_repeats(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whatif, "units_of", lambda _, repeats: sum(repeats))
    stages = [SimpleNamespace(layered=True)]

    def rows(half: int | None, repeats: int, now: int = 8, deep: bool = True) -> list[DepthRow]:
        """Of a scaler that knows ``half`` and ``repeats`` of half the depth, at the first size."""
        at = {
            (size, depth): SimpleNamespace(
                macs=(half if size == 1.0 else None) if depth == 0.5 else None,
                params=5, repeats=(repeats, 1) if depth == 0.5 else (4, 2),
            )
            for size in (1.0, 0.5) for depth in DEPTHS
        }  # fmt: skip
        scaler: Any = SimpleNamespace(
            deep=deep, stages=stages * 2, at=lambda _, rho, depth: at[rho, depth],
            repeats=lambda _: (2, 1), held_bytes=lambda depth: int(100 * depth),
        )  # fmt: skip
        return [*whatif._depths(scaler, (1.0, 0.5), now)]

    (row,) = rows(4, 1)
    assert (row.depth, row.blocks, row.macs, row.shares) == ("0.5", "1 + 1", (4, None), (0.5, None))
    assert (row.params, row.units, row.units_today, row.unit, row.held) == (5, 2, 3, "layers", 50)
    assert rows(4, 1, now=0)[0].shares == (None, None)
    assert rows(4, 1, deep=False) == rows(4, 2) == rows(None, 1) == []
    stages.append(SimpleNamespace(layered=False))
    assert whatif._unit(cast("Any", stages)) == "blocks"
