"""Rule files somebody might write to harm: each is refused quickly, in a line or a page."""

from __future__ import annotations

import pytest

from analyzer.errors import RuleError
from analyzer.ruleset import parse_rule
from analyzer.ruleset.document import MAX_ENTRIES
from analyzer.ruleset.load import MAX_ERRORS
from tests.each import each
from tests.ruleset.build import RULE, rule_text
from tests.steps import steps, stopped

LINES = 200_000  # of Python; a text of 100,000 characters costs one each

PLAIN = rule_text(options="{}", when="|\n  true", message="m")


def listed(word: str, count: int) -> str:
    return ", ".join([word] * count)


def matching(pattern: str, more: str = "") -> str:
    block = "match: |\n" + "".join(f"  {line}\n" for line in pattern.splitlines()).rstrip()
    return PLAIN.replace("applies-to: {node: [Conv]}", block) + more


TOO_MANY = f"more than {MAX_ENTRIES} entries in one list or mapping"
HOSTILE = {
    rule_text(applies_to=f"{{node: [{listed('Convx', 9000)}]}}"): TOO_MANY,
    rule_text(options="{" + ", ".join(f"o{i}: {{default: 1}}" for i in range(900)) + "}"): TOO_MANY,
    rule_text(examples=f"[{listed('{nme: a}', 3000)}]"): TOO_MANY,
    RULE + "".join(f"k{i}: 1\n" for i in range(5000)): TOO_MANY,
    "".join(f"{i}: x\n" for i in range(9000)): TOO_MANY,
    RULE + f"yields-to: [{listed('SEP001', 6000)}]\n": TOO_MANY,
    "a: " + "[" * 2000: "not valid YAML",
    "".join("  " * i + "a:\n" for i in range(200)): "nested more than 8 levels deep",
    RULE.replace("Because", "\x01"): "not valid YAML",
    matching(
        "\n".join(f"a{i} = Relu (a{i - 1})" for i in range(1, 200))
    ): "more than 32 statements",
    matching(f"y = {' | '.join(['Relu'] * 300)} (x)"): "more than 32 alternatives",
    matching(f"y = Sum ({listed('x', 500)})"): "more than 32 operands",
    matching("y = Pow (x, " + "[" * 900 + ")"): "expected a number",
    matching(f"y = Pow (x, {'9' * 3000})"): "this number is too long",
    matching("y = Relu (y)"): "'y' is read before it is made",
    matching("a = Relu (b)\nb = Relu (a)"): "'b' is read before it is made",
    matching("a = Relu (x)\ny = Relu (z)"): "no tensor ties this statement to the last statement",
    matching("# nothing"): "a pattern needs a statement",
    matching("y = Relu (x)", f"through: [{listed('Identiti', 5000)}]\n"): TOO_MANY,
    matching("y = Relu (x)", "unless: |\n  q = Relu (p)\n"): "no tensor ties this statement",
    matching("len = Relu (x)"): "'len' means something else in a rule",
}


@each(("text", "message"), HOSTILE.items(), ids=range(len(HOSTILE)))
def test_a_hostile_file_is_refused_in_one_line_in_few_steps(text: str, message: str) -> None:
    with stopped(), pytest.raises(RuleError) as caught:
        steps(lambda: parse_rule(text, "r.yaml"), most=LINES)
    (line,) = str(caught.value).splitlines()
    assert message in line
    assert len(line) < 200


def test_of_many_operators_that_do_not_exist_the_first_are_named() -> None:
    words = ", ".join(f"Conv{i}x" for i in range(200))
    with stopped(), pytest.raises(RuleError) as caught:
        steps(
            lambda: parse_rule(rule_text(applies_to=f"{{node: [{words}]}}"), "r.yaml"), most=LINES
        )
    assert len(str(caught.value).splitlines()) == 8


def test_of_many_errors_a_page_is_listed_and_the_others_are_counted() -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(RULE + "".join(f"k{i}: 1\n" for i in range(100)), "r.yaml")
    lines = str(caught.value).splitlines()
    assert len(lines) == MAX_ERRORS
    assert lines[-1] == "r.yaml:123: and 51 more errors"
