"""Rules that ship are read as far as a run asks, and say the same as if they were read whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.resources import rules_dir
from analyzer.ruleset import Rule, load_rules, parse_rule
from analyzer.ruleset.shipped import Later, read_shipped
from tests.each import each
from tests.ruleset.build import RULE, rule_text

FILES = sorted(path.name for path in rules_dir().iterdir() if path.name.endswith(".yaml"))
HEAD = ("id", "name", "category", "severity", "status", "subject", "selector", "group", "stake",
        "yields_to", "source", "reads_weights", "operators", "has_patterns")  # fmt: skip


def is_read(rule: Rule) -> bool:
    assert isinstance(rule._later, Later)
    return "rule" in vars(rule._later)


@each("name", FILES)
def test_a_rule_that_ships_is_what_it_would_be_if_a_user_had_written_it(name: str) -> None:
    text = (rules_dir() / name).read_text("utf-8")
    whole, rule = parse_rule(text, name), read_shipped(text, name)
    for field in HEAD:
        assert getattr(rule, field) == getattr(whole, field), field
    if rule._later is not None:
        assert not is_read(rule), "what chooses rules takes reading the file"
    assert rule == whole


def test_hardly_any_file_has_another_form_than_usual() -> None:
    assert len([rule for rule in load_rules() if rule._later is None]) <= 3


def test_a_rule_is_read_when_somebody_asks_for_its_condition() -> None:
    rule = read_shipped(RULE, "r.yaml")
    assert (rule.id, rule.selector, rule.reads_weights) == ("TST001", ("Conv",), False)
    assert not is_read(rule)
    assert rule.when == parse_rule(RULE).when
    assert is_read(rule)
    assert [example.line for example in rule.examples] == [18, 21]


def test_a_field_that_no_rule_has_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'whn'"):
        _ = read_shipped(RULE, "r.yaml").whn  # type: ignore[attr-defined]


def test_a_rule_that_is_not_read_yet_can_be_changed_and_compared() -> None:
    changed = replace(read_shipped(RULE, "r.yaml"), fix="Another.")
    assert (changed.fix, changed.when.source) == ("Another.", parse_rule(RULE).when.source)
    assert changed != read_shipped(RULE, "r.yaml")
    assert read_shipped(RULE, "r.yaml") == parse_rule(RULE, "r.yaml")


@pytest.mark.parametrize(
    "text",
    [
        RULE.replace("{node: [Conv]}", "\n  node:\n    - Conv"),
        RULE.replace("{node: [Conv]}", "{node: ['Conv']}"),
        RULE.replace("severity: warning", "severity: 'warning'"),
        RULE.replace("id: TST001", "id: TST001  # ours"),
    ],
)
def test_a_file_of_another_form_is_read_whole(text: str) -> None:
    assert read_shipped(text, "r.yaml")._later is None
    assert read_shipped(text, "r.yaml") == parse_rule(text, "r.yaml")


@pytest.mark.parametrize(
    ("match", "types", "fits"),
    [
        ("c = Conv (x, w, ...)\n  y = Relu | Clip (c)", {("", "Conv"), ("", "Clip")}, True),
        ("c = Conv (x, w, ...)\n  y = Relu | Clip (c)", {("", "Conv"), ("", "Tanh")}, False),
        ("c = Conv (x, w)  # = Relu (c)", {("", "Conv")}, True),
        ("y = Softmax <axis = p> (x)", {("", "Softmax")}, True),
        ("y = com.acme.Op (x)", {("", "Op")}, False),
        ("y = com.acme.Op (x)", {("com.acme", "Op")}, True),
    ],
)
def test_a_pattern_is_not_looked_for_where_its_operators_are_not(
    match: str, types: set[tuple[str, str]], fits: bool
) -> None:
    text = rule_text(options="{}", when="|\n  true", message="m")
    text = text.replace("applies-to: {node: [Conv]}", f"match: |\n  {match}")
    for rule in (read_shipped(text, "r.yaml"), parse_rule(text)):
        assert rule.may_match(types) is fits
