"""CSV: one row per operator, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

from analyzer.report import INSPECT_FORMATS, Options, Result
from analyzer.report.csv import COLUMNS


def rows(result: Result) -> list[dict[str, str]]:
    text = INSPECT_FORMATS["csv"](result, Options()).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def test_one_row_per_operator_and_macs_add_up(mobilenet: Result) -> None:
    found = rows(mobilenet)
    assert len(found) == len(mobilenet.facts.nodes)
    assert tuple(found[0]) == COLUMNS
    assert sum(int(row["total_macs"]) for row in found) == 568_740_352


def test_no_cell_starts_a_formula(hostile: Result) -> None:
    for row in rows(hostile):
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
            assert not set(cell) & {"\x1b", "\u202e", "\n"}
    assert rows(hostile)[2]["name"] == "'@sum"


def test_unknown_is_a_word_and_not_a_zero(unknown: Result) -> None:
    custom = rows(unknown)[1]
    assert (custom["macs"], custom["flops"], custom["shape"]) == ("unknown",) * 3
    assert custom["params"] == "0"


def test_saving_is_that_of_the_separable_form(standard: Result) -> None:
    by_name = {row["name"]: row for row in rows(standard)}
    # 14×14×512×512: D_K² M N − M (D_K² + N) per position, D_G = 14 (MobileNet paper, 3.1).
    assert int(by_name["block7.conv"]["saving_macs"]) == 196 * (9 * 512 * 512 - 512 * (9 + 512))
