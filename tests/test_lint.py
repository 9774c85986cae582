"""The pipeline from facts to findings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.errors import ConfigError
from analyzer.findings.baseline import make_baseline
from analyzer.findings.finding import Severity
from analyzer.findings.order import dedupe, sort
from analyzer.findings.suppress import Suppression
from analyzer.lint import Settings, judge, lint
from analyzer.ruleset import parse_rule
from tests.ruleset.build import RULE, facts, node, rule_text

LATER = parse_rule(rule_text(id="TST002", name="later", severity="error"))
RULES = (parse_rule(RULE), LATER)


def test_findings_come_by_severity_then_rule_then_place_in_the_model() -> None:
    model = facts(node("z"), node("a"), node("m"))
    order = [(f.rule, f.node) for f in lint(model, RULES)]
    assert order == [(rule, at) for rule in ("TST002", "TST001") for at in ("z", "a", "m")]


def test_a_configured_severity_decides_the_order_too() -> None:
    settings = Settings(severity={"testing": "info", "TST001": "error"})
    findings = lint(facts(node("a")), RULES, settings)
    assert [(f.rule, f.severity) for f in findings] == [
        ("TST001", Severity.ERROR),
        ("TST002", Severity.INFO),
    ]


def test_what_is_silenced_or_accepted_comes_as_grave_and_in_the_order_as_if_it_were_not() -> None:
    model = facts(node("z"), node("a"), node("m"))
    settings = Settings(severity={"TST001": "error"})
    new = judge(model, RULES, settings).findings
    assert [f.severity for f in new] == [Severity.ERROR] * 6
    entry = Suppression("TST001", "we know")
    verdict = judge(model, RULES, replace(
        settings, suppressions=(entry,), baseline=make_baseline([(model, new)]),
    ))  # fmt: skip
    assert verdict.suppressed == tuple((f, entry) for f in new if f.rule == "TST001")
    assert verdict.accepted == tuple(f for f in new if f.rule == "TST002")
    assert verdict.findings == ()


def test_selected_rules_run_and_ignored_ones_do_not() -> None:
    model = facts(node("a"))
    assert [f.rule for f in lint(model, RULES, Settings(select=("later",)))] == ["TST002"]
    assert [f.rule for f in lint(model, RULES, Settings(ignore=("TST002",)))] == ["TST001"]
    assert lint(model, RULES, Settings(ignore=("ALL",))) == ()


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("TST", "options need one rule, not 'TST'"),
        ("testing", "options need one rule, not 'testing'"),
        ("latre", "did you mean 'later'"),
    ],
)
def test_options_are_of_one_rule_that_exists(word: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        lint(facts(), RULES, Settings(options={word: {"least": 1}}))


def test_the_same_facts_give_the_same_findings() -> None:
    model = facts(node("b"), node("a"))
    assert lint(model, RULES) == lint(model, tuple(reversed(RULES)))


def test_dedupe_keeps_the_first_and_the_order() -> None:
    one, two = lint(facts(node("a"), node("b")), RULES[:1])
    assert dedupe([two, one, two, one, one]) == (two, one)


def test_a_place_outside_the_graph_comes_last() -> None:
    one, two = lint(facts(node("a"), node("b")), RULES[:1])
    assert sort([one, two], {"b": 0}) == (two, one)


def test_a_model_without_nodes_has_no_findings() -> None:
    assert lint(facts(), RULES) == ()
