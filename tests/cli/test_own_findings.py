"""What the tool finds in its own settings can be looked up, listed and governed like a rule."""

from __future__ import annotations

import json
import tomllib

import pytest

from analyzer.cli.config.read import build
from analyzer.findings.configuration import CONFIGURATION, ConfigurationRule
from analyzer.findings.finding import Severity
from analyzer.lint import Settings, governed, settle
from analyzer.ruleset import load_rules
from tests.cli.conftest import Cli

EACH = pytest.mark.parametrize("rule", CONFIGURATION, ids=lambda rule: rule.id)


@EACH
def test_each_sort_has_a_page_by_id_and_by_name(rule: ConfigurationRule, cli: Cli) -> None:
    page = cli("explain", rule.id).out
    assert page == cli("explain", rule.name).out
    heads = [line for line in page.splitlines() if line.startswith("#")]
    assert heads[0] == f"# {rule.name} ({rule.id})"
    assert heads[1:4] == ["## What it does", "## Why is this bad", "## Example"]
    assert heads[-1] == "## Fix"


@EACH
def test_each_example_is_a_configuration_that_can_be_read(rule: ConfigurationRule) -> None:
    assert rule.example
    for text in filter(None, (rule.example, rule.instead)):
        build("onnxlint.toml", tomllib.loads(text), (), {})


def test_they_are_listed_among_the_rules_and_no_rule_has_their_name(cli: Cli) -> None:
    listed = json.loads(cli("rules", "--format", "json").out)
    words = [word for rule in load_rules() for word in (rule.id, rule.name)]
    words += [word for rule in CONFIGURATION for word in (rule.id, rule.name)]
    assert len(set(words)) == len(words)
    ids = [rule["id"] for rule in listed]
    assert ids == sorted(ids)
    assert {rule.id for rule in CONFIGURATION} <= set(ids)
    entry = next(rule for rule in listed if rule["id"] == "CFG001")
    assert (entry["severity"], entry["category"]) == ("warning", "configuration")


@pytest.mark.parametrize("word", ["CFG001", "unused-suppression", "CFG", "configuration", "ALL"])
def test_they_are_ignored_and_graded_by_every_word_that_means_them(word: str) -> None:
    found = [rule.finding("what", "x") for rule in CONFIGURATION[:1]]
    assert governed(found, Settings(ignore=(word,))) == ()
    graded = governed(found, Settings(severity={word: "error"}))
    assert [f.severity for f in graded] == [Severity.ERROR]
    assert settle(load_rules(), Settings(ignore=(word,), severity={word: "info"}))[1] == []


def test_a_mistyped_word_is_told_which_was_meant() -> None:
    texts = [m.text for m in settle(load_rules(), Settings(ignore=("unused-supression",)))[1]]
    assert texts == [
        "'unused-supression' is no rule, id prefix or category, did you mean 'unused-suppression'?"
    ]
