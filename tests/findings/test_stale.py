"""What is said of a baseline itself, and of an entry as it is written anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.facts import Assumption
from analyzer.findings.baseline import Accepted, Baseline, BoundSize
from analyzer.findings.finding import Finding, Severity
from analyzer.findings.order import dedupe, sort
from analyzer.findings.ratchet import amount, apply_entries, better
from analyzer.findings.stale import of_other_sizes, stale, without_model
from tests.findings.test_ratchet import finding

PRINT = "0123456789ab-0123456789abcdef-0123456789ab-0123456789ab"
ENTRY = Accepted("SEP001", "conv1", "said", Severity.WARNING, PRINT, 5, "MAC")


def said(findings: tuple[Finding, ...]) -> list[str]:
    return [found.message for found in findings]


def test_a_stale_entry_is_named_for_each_finding_that_it_accepts() -> None:
    found = stale([replace(ENTRY, count=2), replace(ENTRY, place="", count=1)], Baseline({}))
    assert said(found) == [
        "the baseline accepts SEP001 at conv1, which is not found any more",
        "the baseline accepts SEP001 at conv1, which is not found any more",
        "the baseline accepts SEP001, which is not found any more",
    ]
    assert len({each.fingerprint for each in found}) == 3
    assert {(each.rule, each.cause) for each in found} == {("CFG004", "CFG004")}
    assert found[0].remedy == "onnxlint check MODELS --write-baseline FILE --prune"


def test_a_model_that_is_gone_is_named_with_the_number_of_its_findings() -> None:
    baseline = Baseline({"a": (ENTRY,), "b": (replace(ENTRY, count=2), ENTRY)}, path="b.jsonl")
    found = without_model(baseline, ["a", "b"])
    assert said(found) == [
        "the baseline accepts 1 finding of a, which does not exist",
        "the baseline accepts 3 findings of b, which does not exist",
    ]
    assert found[0].remedy == "onnxlint check MODELS --write-baseline b.jsonl --prune"


@pytest.mark.parametrize(
    ("now", "then", "told"),
    [
        (("--dim", 8), ("default", 1), True),
        (("default", 8), ("--dim", 1), True),
        (("default: batch", 8), ("--shape", 1), True),
        (("--dim", 8), ("--dim", 8), False),
        (("default", 8), ("default", 1), False),
        (("--dim", 8), ("the model's own", 1), False),
        (("the model's own", 8), ("--dim", 1), False),
        (("--dim", 8), ("defaults", 1), False),
    ],
)
def test_other_sizes_are_told_where_somebody_chose_them(
    now: tuple[str, int], then: tuple[str, int], told: bool
) -> None:
    assumption = Assumption("x", 0, "batch", now[1], now[0])
    recorded = BoundSize("x", 0, then[1], then[0])
    what = "the baseline was written with x axis 0 = 1, here it is 8: whether accepted findings "
    what += "have become worse is not judged"
    assert said(of_other_sizes([assumption], [recorded])) == ([what] if told else [])


def test_of_several_other_sizes_the_first_is_told_and_how_many_more() -> None:
    now = [Assumption("x", axis, "", 8, "--dim") for axis in range(4)]
    then = [BoundSize("x", axis, 1, "default") for axis in (1, 2, 3)]
    for count, more in ((1, ""), (2, " (and 1 size more)"), (3, " (and 2 sizes more)")):
        (found,) = of_other_sizes(now, then[:count])
        assert found.message.startswith(
            f"the baseline was written with x axis 1 = 1, here it is 8{more}: whether"
        )
    assert of_other_sizes(now, [BoundSize("y", 1, 1, "default")]) == ()


@pytest.mark.parametrize(
    ("now", "then", "magnitudes", "kept"),
    [
        (5, 9, True, 5),
        (9, 5, True, 5),
        (5, 5, True, 5),
        (5, None, True, 5),
        (None, 5, True, 5),
        (5, 9, False, 9),
        (5, None, False, None),
    ],
)
def test_an_entry_that_is_written_anew_takes_what_is_better(
    now: int | None, then: int | None, magnitudes: bool, kept: int | None
) -> None:
    old = replace(ENTRY, value=then, message="old")
    found = better(replace(ENTRY, value=now, message="new"), old, magnitudes=magnitudes)
    assert (found.value, found.message) == (kept, "new")


def test_an_entry_keeps_its_severity_against_an_error_and_its_unit_with_its_value() -> None:
    error, info = (replace(ENTRY, severity=s) for s in (Severity.ERROR, Severity.INFO))
    assert better(error, info).severity is Severity.INFO
    assert better(info, error).severity is Severity.INFO
    other = replace(ENTRY, value=1, unit="B")
    assert (better(other, ENTRY).value, better(other, ENTRY).unit) == (5, "MAC")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (2048, "B", "2 KiB"),
        (2048, "bytes", "2 KiB"),
        (2048, "MAC", "2.048 kMAC"),
        (0.5, "", "0.5"),
        (-0.5, "", "-0.5"),
        (0, "MAC", "0 MAC"),
        (1, "", "1"),
    ],
)
def test_a_magnitude_is_written_by_its_unit(value: float, unit: str, text: str) -> None:
    assert amount(value, unit) == text


def test_what_reads_the_same_is_not_told_twice() -> None:
    then, now = finding(value=10_000_001, unit="MAC"), finding(value=10_000_002, unit="MAC")
    entry = Accepted("R", "n", "", Severity.WARNING, then.fingerprint, then.value, "MAC")
    (found,) = apply_entries([now], [entry]).new
    assert found.message == "found; the baseline has 10 MMAC"
    assert apply_entries([now], [entry], magnitudes=False).new == ()


def test_findings_come_by_severity_rule_place_and_message_and_once() -> None:
    places = {"a": 0, "b": 1}
    order = [
        finding("z", severity=Severity.ERROR, message="last place"),
        finding("b", rule="Q"),
        finding("a", rule="R", message="m"),
        finding("a", rule="R", message="n"),
        finding("b", rule="R"),
        finding("y", rule="R"),
        finding("z", rule="R"),
        finding("a", severity=Severity.INFO),
    ]
    assert list(sort(reversed(order), places)) == order
    again = [order[1], replace(order[1], fingerprint="other"), order[2], order[3], order[1]]
    assert dedupe(again) == (order[1], order[2], order[3])
