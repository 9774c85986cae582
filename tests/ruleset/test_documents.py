"""What the documents for authors of rules say holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from analyzer.examples import run_example
from analyzer.ruleset import Rule, parse_rule
from analyzer.ruleset.document import Item, read
from analyzer.ruleset.fields_page import as_markdown
from analyzer.ruleset.handbook import handbook
from analyzer.ruleset.keys import Section
from analyzer.ruleset.load import _rule
from analyzer.ruleset.rule_schema import rule_schema
from tests.ruleset.build import RULE, rule_text
from tools.rule_fields import SCHEMA, TARGET, schema

DOCS = Path(__file__).parents[2] / "docs"
WORKED = re.findall(r"^```yaml\n(.*?)^```", (DOCS / "writing-rules.md").read_text("utf-8"),
                    re.DOTALL | re.MULTILINE)  # fmt: skip
RULES = [parse_rule(text, "writing-rules.md") for text in WORKED]


def test_five_rules_are_worked_out() -> None:
    assert [rule.name for rule in RULES] == [
        "unfolded-batch-norm", "cancelling-transposes", "house-style", "cubic-resize",
        "foreign-operator",
    ]  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_worked_rule_says_of_its_examples_what_they_expect(rule: Rule) -> None:
    results = [run_example(rule, example) for example in rule.examples]
    assert [str(result) for result in results if not result.passed] == []


def test_the_page_of_fields_is_current() -> None:
    assert TARGET.read_text("utf-8") == as_markdown(handbook()), "run `make readme`"


def test_the_schema_of_rule_files_is_current() -> None:
    assert SCHEMA.read_text("utf-8") == schema(), "run `make readme`"


def plain(item: Item) -> Any:
    """What a rule file says, as lists and dictionaries; ``no`` is a word in it."""
    if isinstance(item.value, list):
        return [plain(each) for each in item.value]
    if isinstance(item.value, dict):
        return {key: plain(each) for key, each in item.value.items()}
    return item.value


def test_every_rule_is_valid_by_the_schema_and_a_wrong_one_is_not() -> None:
    validator = jsonschema.Draft202012Validator(rule_schema())
    validator.check_schema(rule_schema())
    shipped = [path.read_text("utf-8") for path in (DOCS.parent / "rules").glob("*.yaml")]
    for text in (*shipped, *WORKED, RULE):
        assert [error.message for error in validator.iter_errors(plain(read(text)))] == []
    for changes in ({"severity": "grave"}, {"applies_to": "{nod: all}"}, {"id": "x"},
                    {"applies_to": "{tensor: [inputs]}"}, {"fix": "true\nwhne: 1"}):  # fmt: skip
        assert not validator.is_valid(plain(read(rule_text(**changes)))), changes


def test_the_schema_has_the_keys_that_the_loader_reads() -> None:
    errors: list[tuple[int, str]] = []
    top = Section(read(RULE), errors)
    _rule(top, "r.yaml", trusted=False)
    assert errors == []
    assert top.read == set(rule_schema()["properties"])


def test_every_field_says_what_it_is() -> None:
    bare = [f"{r.name}.{f.name}" for r in handbook().records for f in r.fields if not f.meaning]
    assert bare == []


def test_every_key_of_a_worked_rule_stands_in_the_table_of_keys() -> None:
    text = (DOCS / "writing-rules.md").read_text("utf-8")
    table = text.partition("## The file")[2].partition("##")[0]
    known = set(re.findall(r"`([a-z-]+)`", table))
    used = {key for worked in WORKED for key in re.findall(r"^([a-z-]+):", worked, re.MULTILINE)}
    assert used <= known
