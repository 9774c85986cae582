"""What an index says of trust and of targets."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from analyzer.deployment import Blocker, TargetFit, Verdict
from analyzer.facts import Problem
from analyzer.report import CHECK_FORMATS, Batch, Options, Result
from analyzer.report.index.csv import render_index_csv
from analyzer.report.index.entry import IndexEntry, entry_of, failed
from analyzer.report.index.html import render_index
from analyzer.report.index.summary import totals_of
from tests.report.everything import asking, clean
from tests.report.results import words

UNREAD = failed("empty.onnx", "the file is empty")
CERTAIN = Blocker("", "Erf", "operator", "has no Erf", 1)
OPEN = replace(CERTAIN, certain=False)


def fit(verdict: Verdict, *blockers: Blocker) -> TargetFit:
    return TargetFit("t", "T", "1", verdict, True, 1, 1, 9, 9, 0, None, blockers)


def judged(*fits: TargetFit) -> IndexEntry:
    return entry_of(replace(clean(), facts=replace(clean().facts, targets=fits)), "net.onnx")


def line(entry: IndexEntry) -> dict[str, str]:
    (row,) = csv.DictReader(render_index_csv([entry]).decode().splitlines())
    return row


def page(*entries: IndexEntry) -> str:
    return words(render_index(entries, Options(), "nets").decode())


def test_findings_about_trust_are_counted_once_more() -> None:
    row = entry_of(asking(), "net.onnx")
    assert row.trust == (1, False)
    assert line(row)["trust_findings"] == "1"
    assert totals_of([row, row, UNREAD]).trust == 2
    assert "1 error 1 of them about trust" in page(row)
    assert "about trust" not in page(entry_of(clean(), "net.onnx")).split("Worst first")[0]


def test_trust_in_what_nobody_saw_is_at_least() -> None:
    missing = Problem("external-missing", "", "gone", unseen_bytes=9)
    result = replace(clean(), facts=replace(clean().facts, problems=(missing,)))
    row = entry_of(result, "net.onnx")
    assert row.trust == (0, True)
    assert line(row)["trust_findings_at_least"] == "yes"


@pytest.mark.parametrize("whole", [True, False])
def test_trust_that_no_rule_looked_for_is_unknown(whole: bool) -> None:
    unasked = Result(clean().facts, (), ())
    assert entry_of(unasked, "net.onnx", whole=whole).trust == (None, False)
    assert UNREAD.trust == (None, False)


def test_targets_that_take_the_whole_model_are_counted() -> None:
    row = judged(fit("whole"), fit("split", CERTAIN), fit("no", CERTAIN), fit("maybe", CERTAIN))
    assert row.reach == (1, 4, False)
    assert [line(row)[f"targets_{name}"] for name in ("judged", "whole", "whole_at_least")] == [
        "4", "1", "no"]  # fmt: skip
    assert "1 of 4" in page(row, UNREAD)


def test_targets_that_the_file_does_not_decide_make_it_at_least() -> None:
    untested = replace(fit("whole"), tested_from=9)
    for open_ in (fit("maybe", OPEN), untested):
        row = judged(fit("whole"), open_)
        assert row.reach == (1, 2, True)
        assert "≥ 1 of 2" in page(row)


def test_of_a_file_that_does_not_run_no_target_counts() -> None:
    missing = Problem("external-missing", "", "gone", unseen_bytes=9)
    facts = replace(clean().facts, targets=(fit("whole"),), problems=(missing,))
    row = entry_of(replace(clean(), facts=facts), "net.onnx")
    assert row.reach == (None, 1, False)
    assert [line(row)[f"targets_{name}"] for name in ("judged", "whole")] == ["1", "unknown"]
    text = words(render_index([row], Options(), "nets").decode())
    assert "of those judged; “–” where the file itself does not run." in text
    assert "1 of 1" not in text


def test_where_no_targets_were_judged_there_is_no_column() -> None:
    row = judged()
    assert row.reach is None
    assert line(row)["targets_judged"] == line(UNREAD)["targets_whole"] == "unknown"
    assert "Targets" not in page(row, UNREAD)
    checked = words(CHECK_FORMATS["html"](Batch((clean(),)), Options()).decode())
    assert "Trust" in checked
    assert "Targets" not in checked
