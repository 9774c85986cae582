"""Every rule says what acting on it takes: in its file, or by its category."""

from __future__ import annotations

import pytest

from analyzer.errors import RuleError
from analyzer.findings.finding import Severity
from analyzer.ruleset import load_rules, parse_rule
from analyzer.ruleset.judgement import LEVELS, RISKS, STAKES, TRAININGS, USUAL
from analyzer.ruleset.rule import Rule
from tests.each import each
from tests.ruleset.build import RULE, rule_text

RULES = load_rules()


def test_every_category_that_ships_has_usual_words() -> None:
    assert {rule.category for rule in RULES} == set(USUAL)


@each("rule", RULES, ids=lambda rule: rule.id)
def test_what_acting_takes_is_said_in_fixed_words(rule: Rule) -> None:
    assert (rule.effort in LEVELS, rule.confidence in LEVELS) == (True, True)
    assert rule.risk in RISKS
    assert rule.training in TRAININGS
    assert rule.stake in STAKES
    if rule.training == "train":
        assert (rule.effort, rule.risk) == ("high", "high")
    if rule.fix_safety == "safe":
        assert rule.risk in ("none", "low"), "results stay as they are"


def test_what_replaces_a_layer_by_another_says_what_training_it_takes() -> None:
    takes = {rule.id: rule.training for rule in RULES if rule.training != "none"}
    assert {takes[name] for name in ("EFF001", "EFF002", "EFF003", "SEP002")} == {"fine-tune"}
    assert {takes[name] for name in ("SEP001", "CNV001", "EFF019")} == {"train"}
    assert not takes.keys() & {"STR101", "EFF007", "EFF008", "QNT007", "WGT003"}


def test_what_saves_compute_or_bytes_is_no_doubt_about_the_model() -> None:
    doubts = {rule.id for rule in RULES if rule.stake == "use"}
    saving = [rule for rule in RULES if rule.value and rule.value.saves]
    # a remark about how a model is shipped is no doubt, whatever acting on it saves
    assert {r.id for r in saving if r.stake == "use"} == {"IOP001"}
    assert {r.severity for r in saving if r.stake == "use"} == {Severity.INFO}
    assert {"ONX014", "GRF004", "STR015", "TRU038", "IOP017"} <= doubts
    assert {r.id for r in RULES if r.stake == "sharing"} == {"TRU042", "TRU043"}
    assert not {"STR001", "SEP001", "EFF001", "GRF002", "GRF003"} & doubts


def test_a_rule_that_says_nothing_of_it_has_the_words_of_its_category() -> None:
    assert (parse_rule(RULE).effort, parse_rule(RULE).risk) == ("medium", "medium")
    safe = parse_rule(rule_text(category="structure") + "fix-safety: safe\n")
    assert (safe.effort, safe.risk, safe.confidence) == ("low", "none", "high")


@pytest.mark.parametrize("key", ["effort", "risk", "confidence", "training", "stake"])
def test_other_words_are_refused(key: str) -> None:
    with pytest.raises(RuleError, match=f"'{key}' is 'huge', expected"):
        parse_rule(RULE + f"{key}: huge\n")


def test_a_file_overrides_its_category() -> None:
    rule = parse_rule(RULE + "effort: high\nrisk: none\nconfidence: low\ntraining: train\n")
    judged = (rule.effort, rule.risk, rule.confidence, rule.training)
    assert judged == ("high", "none", "low", "train")
