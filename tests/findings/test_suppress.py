"""Suppressions: what they silence, and what is said about those that do nothing."""

from __future__ import annotations

from datetime import date

import pytest

from analyzer.findings.finding import Severity
from analyzer.findings.suppress import Suppression, unused
from analyzer.lint import Settings, judge, lint, unused_suppressions
from analyzer.ruleset import parse_rule
from tests.ruleset.build import RULE, facts, node

RULES = (parse_rule(RULE),)
MODEL = facts(node("stem/a"), node("body/b"))
REASON = "measured on the device"


def nodes(*suppressions: Suppression, today: date | None = None) -> list[str]:
    """Places of the rule's findings that are left."""
    findings = lint(MODEL, RULES, Settings(suppressions=suppressions, today=today))
    return [f.node for f in findings if f.rule == "TST001"]


@pytest.mark.parametrize(
    ("entry", "left"),
    [
        (Suppression("TST001", REASON), []),
        (Suppression("TST", REASON), []),
        (Suppression("test-rule", REASON), []),
        (Suppression("TST001", REASON, node="stem/*"), ["body/b"]),
        (Suppression("TST001", REASON, node="*b"), ["stem/a"]),
        (Suppression("TST001", REASON, model="net.onnx"), []),
        (Suppression("TST001", REASON, model="models/*"), []),
        (Suppression("TST001", REASON, model="other.onnx"), ["stem/a", "body/b"]),
        (Suppression("TST001", REASON, node="nowhere"), ["stem/a", "body/b"]),
    ],
    ids=str,
)
def test_a_suppression_silences_what_its_globs_match(entry: Suppression, left: list[str]) -> None:
    assert nodes(entry) == left


def test_a_node_may_be_given_by_the_name_that_findings_show() -> None:
    named = node("/conv1_output_0", name="/conv1")
    for glob, left in (("/conv1", 0), ("/conv1_output_0", 0), ("/conv", 1), ("", 1)):
        settings = Settings(suppressions=(Suppression("TST001", REASON, node=glob),))
        assert len(judge(facts(named), RULES, settings).findings) == left


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_suppression_without_reason_is_refused(reason: str) -> None:
    with pytest.raises(ValueError, match="needs a reason"):
        Suppression("TST001", reason)


def test_an_expired_suppression_silences_nothing_and_is_reported() -> None:
    entry = Suppression("TST001", REASON, expires=date(2025, 6, 30))
    assert nodes(entry, today=date(2025, 6, 30)) == []
    assert nodes(entry) == []
    assert nodes(entry, today=date(2025, 7, 1)) == ["stem/a", "body/b"]
    findings = lint(MODEL, RULES, Settings(suppressions=(entry,), today=date(2025, 7, 1)))
    expired = next(f for f in findings if f.rule == "CFG002")
    assert "expired on 2025-06-30; its reason was: measured on the device" in expired.message


def test_an_unused_suppression_is_a_finding() -> None:
    idle = Suppression("TST001", REASON, node="nowhere")
    findings = lint(MODEL, RULES, Settings(suppressions=(idle, idle)))
    assert [f.rule for f in findings] == ["CFG001", "TST001", "TST001"]
    assert findings[0].severity is Severity.WARNING
    assert "node 'nowhere'" in findings[0].message


def test_a_suppression_about_another_model_is_not_called_unused() -> None:
    entry = Suppression("TST001", REASON, model="other.onnx")
    findings = lint(MODEL, RULES, Settings(suppressions=(entry,)))
    assert {f.rule for f in findings} == {"TST001"}


def test_in_a_batch_one_use_is_enough() -> None:
    entry = Suppression("TST001", REASON, node="stem/*")
    settings = Settings(suppressions=(entry,))
    used = judge(MODEL, RULES, settings).used | judge(facts(), RULES, settings).used
    assert unused_suppressions(settings, used, ("models/net.onnx", "empty.onnx")) == ()
    assert len(unused_suppressions(settings, frozenset(), ("models/net.onnx",))) == 1


def test_findings_about_the_configuration_can_be_ignored_and_graded() -> None:
    idle = (Suppression("TST001", REASON, node="nowhere"),)
    assert not {"CFG001"} & {
        f.rule for f in lint(MODEL, RULES, Settings(suppressions=idle, ignore=("CFG001",)))
    }
    graded = lint(MODEL, RULES, Settings(suppressions=idle, severity={"CFG001": "error"}))
    assert (graded[0].rule, graded[0].severity) == ("CFG001", Severity.ERROR)


def test_the_verdict_keeps_what_was_silenced_and_why() -> None:
    entry = Suppression("TST001", REASON, node="stem/*")
    verdict = judge(MODEL, RULES, Settings(suppressions=(entry,)))
    assert [(f.node, s.reason) for f, s in verdict.suppressed] == [("stem/a", REASON)]


def test_no_suppressions_no_findings_about_them() -> None:
    assert unused((), frozenset(), ("a.onnx",)) == ()


def test_of_several_entries_the_first_is_told_and_all_are_used() -> None:
    one, two = Suppression("TST", "first"), Suppression("TST001", "second")
    found = judge(MODEL, RULES, Settings(suppressions=(one, two)))
    assert [reason for _, reason in found.suppressed] == [one, one]
    assert not [f for f in found.findings if f.rule != "TST001"]
