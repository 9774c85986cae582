"""Findings about places become one finding for each cause, and can be taken apart again."""

from __future__ import annotations

import json
from dataclasses import replace

from analyzer.analyze import analyze
from analyzer.facts import Saving
from analyzer.findings.finding import Finding, Severity
from analyzer.findings.group import group, ungroup
from analyzer.lint import Settings, lint, yielding
from analyzer.model import load
from analyzer.report import CHECK_FORMATS
from analyzer.report.result import Batch, Options, Result
from analyzer.ruleset import load_rules
from tests.samples.test_mobilenet_v1 import SAMPLES

RULES = load_rules()


def finding(node: str, value: float | None = None, **more: object) -> Finding:
    base = Finding("TST001", "test", "test", Severity.INFO, node, f"at {node}", "", f"print-{node}",
                   cause="TST001", value=value, unit="MAC")  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def test_one_cause_is_one_finding_led_by_its_largest_value() -> None:
    (one,) = group([finding("a", 2), finding("b", 5), finding("c", 5), finding("d")])
    assert (one.node, one.message, one.fingerprint) == ("b", "at b", "print-b")
    assert (one.count, one.value) == (4, 12)
    assert [place.node for place in one.places] == ["b", "c", "a", "d"]


def test_values_that_do_not_add_up_are_shown_by_their_largest() -> None:
    (one,) = group([finding("a", 0.5, total="max"), finding("b", 0.25, total="max")])
    assert one.value == 0.5


def test_what_acting_on_all_places_saves_is_weighed_by_their_macs() -> None:
    """100 MACs become 40 and 300 become 150; theory has a half of the one, 0.6 of the other."""
    one = Saving(100, 40, 10, 4, 0.4, 0.5, 7)
    other = Saving(300, 150, 20, 15, 0.5, 0.6, 9)
    (found,) = group([finding("a", 2, saving=one), finding("b", saving=other), finding("c", 1)])
    assert found.saving == Saving(400, 190, 30, 19, 0.475, 0.575, 9)
    dark = replace(other, live_bytes=None)
    (found,) = group([finding("a", 2, saving=one), finding("b", saving=dark)])
    assert found.saving is not None
    assert found.saving.live_bytes is None
    (found,) = group([finding("a", saving=one), finding("b", 1)])
    assert (found.saving, found.value) == (one, 1)
    (found,) = group([finding("a"), finding("b")])
    assert (found.saving, found.value) == (None, None)


def test_rule_severity_target_and_cause_keep_findings_apart() -> None:
    base = finding("a")
    others = [replace(base, rule="TST002"), replace(base, severity=Severity.ERROR),
              replace(base, target="phone"), replace(base, cause="other")]  # fmt: skip
    assert [f.count for f in group([base, *others, base])] == [2, 1, 1, 1, 1]


def test_grouping_is_undone_place_by_place() -> None:
    single = [finding("b", 5), finding("a", 2)]
    assert ungroup(group(single)) == tuple(single)
    assert group(ungroup(group(single))) == group(single)


def test_each_place_keeps_what_to_do_there_and_what_to_ask() -> None:
    single = [finding("b", 5, remedy="mend b", ask="why b?"), finding("a", 2, remedy="mend a")]
    (one,) = group(single)
    assert [(p.remedy, p.ask) for p in one.places] == [("mend b", "why b?"), ("mend a", "")]
    assert ungroup([one]) == tuple(single)


def test_without_a_cause_the_same_message_is_the_same_finding() -> None:
    same = [finding(node, cause="", message="m") for node in "ab"]
    assert [f.count for f in group([*same, finding("c", cause="", message="n")])] == [2, 1]


def test_the_standard_mobilenet_is_one_finding_with_the_papers_saving_in_every_format() -> None:
    facts = analyze(load(str(SAMPLES / "mobilenet_v1_standard.onnx")))
    (found,) = lint(facts, RULES, Settings(select=("SEP001",)))
    assert found.saving is not None
    # Howard et al. 2017, table 4: 4,866 M to 569 M, here with the classifier and without the stem.
    assert (found.count, found.saving.macs) == (13, 4_867_293_184 - 568_740_352)
    batch = Batch((Result(facts, (found,), RULES),))
    sarif = json.loads(CHECK_FORMATS["sarif"](batch, Options()))["runs"][0]["results"]
    assert [(r["occurrenceCount"], len(r["relatedLocations"])) for r in sarif] == [(13, 13)]
    for name in ("text", "github"):
        shown = CHECK_FORMATS[name](batch, Options()).decode()
        assert shown.count("SEP001") == 1
        assert "and 9 more; 4.299 GMAC in all" in shown


def test_a_rule_says_nothing_where_the_rule_it_yields_to_has_spoken() -> None:
    rules = [rule for rule in RULES if rule.id in ("CNV001", "SEP001")]
    both = [finding("a", rule=rule.id) for rule in rules] + [finding("b", rule="CNV001")]
    assert [(f.rule, f.node) for f in yielding(both, rules)] == [("SEP001", "a"), ("CNV001", "b")]
