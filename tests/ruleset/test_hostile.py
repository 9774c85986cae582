"""Expressions somebody might write to harm: refused at load, quickly, before anything runs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.facts import Problem
from analyzer.ruleset import allowance, parse_rule
from analyzer.ruleset.engine import evaluate
from analyzer.ruleset.expression import MAX_LENGTH, Expression, Message
from analyzer.ruleset.subjects import groups
from analyzer.ruleset.trees import Refused
from analyzer.ruleset.whitelist import Checker
from tests.each import each
from tests.golden.text import facts
from tests.ruleset.build import rule_text
from tests.steps import steps, stopped

LINES = 200_000  # of Python; a text of 100,000 characters costs one each

CHECKER = Checker(groups("node"), {})

HOSTILE = [
    "'a' * 10**9 == 'b'", "'a' * 1000000000 == 'b'", "['a'] * 1000000000 == []",
    "9**9**9 > 1", "9 ** 999999999 > 1", "'a' ~ 'b' == 'ab'",
    "conv.__class__ == 1", "conv.__class__.__mro__ == 1", "conv.kind.__class__ == 1",
    "node.__dataclass_fields__ == 1", "conv._x == 1", "().__class__ == 1", "''.join == 1",
    "conv.kind.format(conv) == ''", "range(10) == 1", "lipsum.__globals__ == 1", "self == 1",
    "cycler == 1", "conv['__class__'] == 1", "conv[0] == 1", "conv.strides[conv.groups] == 1",
    "conv.strides[true] == 1", "conv.strides[0:1] == 1", "node.attr[conv.kind] == 1",
    "conv.kind | upper == 'A'", "conv | attr('__class__') == 1", "conv.kind is callable",
    "conv.kind is defined", "conv.macs is divisibleby(0)", "{'a': 1} == 1", "[1, 2] == 1",
    "(1, 2) == 1", "1 if true else 2", "conv.macs if true", "none == none", "conv == conv",
    "option.__class__ == 1", "option == 1", "model.opsets == 1", "conv.kind < 'b'",
    "conv.kind + conv.kind == ''", "true + true == 2", "conv.strides < conv.strides",
    "conv.strides in [1]", "1 in conv.kind", "1 in [conv.macs]", "conv.macs == 'a'",
    "conv.macs", "conv.kind", "1", "''", "", " ", "conv.", ".conv", "a b", "== 1",
    "true }} {{ true", "true %}{% if true", "{{ true }}", "{% if true %}", "true # }}",
    "loop.index == 1", "super() == 1", "namespace() == 1", "joiner == 1", "dict() == 1",
    "(" * 600 + "true" + ")" * 600, "[" * 900, "{" * 900, "not " * 450 + "true",
    "-" * 900 + "1 == 1",
    "((true) and " * 100 + "true" + ")" * 100, " and ".join(["true"] * 300),
    "1" * 1900 + " == 1", "1" * 100_000 + " == 1", "'" + "a" * 100_000 + "' == 'a'",
    "any(a in " * 4 + "node.readers" + ", true)" * 4, "len(" * 100 + "'a'" + ")" * 100 + " > 1",
    "any(a in node.readers, any(a in node.readers, true))", "any(__class__ in node.readers, true)",
    "any(len in node.readers, true)", "any(a in node, true)", "any(a in a, true)",
    "node._index is known", "node.vertex is known", "node.node is known", "node.__getattr__ == 1",
    "node.attr.get('x') == 1", "node.inputs[:1] == node.inputs", "node.inputs[1.5] is known",
    "node.inputs[0].contents is known", "node.inputs[0]._names is known",
    "*".join(["1" + "0" * 30] * 50) + " > 1", "matches(node.name, '(')", "matches('a', node.name)",
    "matches(node.name, '" + "a" * 501 + "')", "matches(node.name, '(a|b){1,900}')",
    "matches(node.name, '((a{1,30}){1,30}){1,30}')", "matches(node.name, '(?!a)')",
    "matches(node.name, '(a)\\1')", "any()", "any", "len()", "len", "eval('1') == 1",
    "abs(conv.kind) == 1", "constant('w')", "readers(node) == 1", "inverse(conv) == [0]",
    "proportional([1], [1], 1, 0)", "proportional(1, [1], 1, 0, 0)",
    "conv" + ".cost" * 300 + " == 1", "node" + ".cost" * 30 + " == 1", "1 < " * 400 + "2 and",
]  # fmt: skip


@each("source", HOSTILE, ids=lambda s: s[:30])
def test_hostile_conditions_are_refused_in_few_steps(source: str) -> None:
    with stopped(), pytest.raises(Refused):
        steps(lambda: Expression.parse(source, CHECKER), most=LINES)


@each(
    "source",
    [
        "{% for a in [1] %}{% endfor %}", "{% set a = 1 %}", "{% include 'x' %}",
        "{% import 'x' as y %}", "{% macro a() %}{% endmacro %}", "{{ 'a' * 1000000000 }}",
        "{{ 9**9**9 }}", "{{ conv }}", "{{ conv.__class__ }}", "{{ conv.kind() }}",
        "{{ lipsum() }}",
        "{{ conv.kind | upper }}", "{{ conv.kind | si }}", "{{ conv.macs | si('x') }}",
        "{{ conv.macs | si | si }}", "{{ conv.strides }}", "{{ conv.macs | shape }}",
        "{{ conv.kind.format }}", "{{ conv.kind", "{{ }}", "{{ 'text' }}", "{{ 1 + 1 }}",
        "{% extends 'x' %}", "{% block a %}{% endblock %}", "a" * (MAX_LENGTH + 1),
        "{{ (" * 400,
    ],
    ids=lambda s: s[:30],
)  # fmt: skip
def test_hostile_messages_are_refused_in_few_steps(source: str) -> None:
    with stopped(), pytest.raises(Refused):
        steps(lambda: Message.parse(source, CHECKER), most=LINES)


FAN = facts(
    "g (float[4] x) => (float[4] y) { "
    + " ".join(f"a{i} = Relu (x)" for i in range(1000))
    + " y = Sum (" + ", ".join(f"a{i}" for i in range(1000)) + ") }"
)  # fmt: skip
READERS = "node.inputs[0].readers"


@pytest.mark.parametrize(
    "source",
    [
        f"any(a in {READERS}, any(b in {READERS}, any(c in {READERS}, c.name == '-')))",
        f"count(a in {READERS}, count(b in {READERS}, b.name != a.name) > 1) == 0",
        f"any(a in {READERS}, any(b in {READERS}, matches(b.id, '(x+x+)+y')))",
        f"any(a in {READERS}, any(b in a.inputs[0].readers, len(b.readers) > 9))",
        f"any(a in {READERS}, any(b in a.readers, len(b.producers) == 0))",
    ],
)  # fmt: skip
def test_work_that_a_model_multiplies_ends_in_a_problem_within_seconds(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a quarter of the limit that there is, which takes half a second."""
    monkeypatch.setattr(allowance, "RULE_STEPS", allowance.RULE_STEPS // 4)
    rule = parse_rule(rule_text(options="{}", applies_to="{node: all}", when=f'"{source}"',
                                message="m"))  # fmt: skip
    problems: list[Problem] = []
    with stopped():
        assert list(evaluate(FAN, [rule], {}, problems)) == []
    assert [problem.code for problem in problems] == ["rule-limit"]


def test_a_search_costs_what_the_pattern_and_the_text_are_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a quarter of the limit that there is."""
    monkeypatch.setattr(allowance, "RULE_STEPS", allowance.RULE_STEPS // 4)
    rule = parse_rule(rule_text(options="{}", applies_to="{node: all}", message="m",
                                when="matches(node.id, '(a?){99}(a){99}b')"))  # fmt: skip
    name = "a" * 90_000
    model = facts(f"g (float[4] x) => (float[4] {name}) {{ {name} = Relu (x) }}")
    problems: list[Problem] = []
    many = replace(model, nodes=model.nodes * 30)
    assert list(evaluate(many, [rule], {}, problems)) == []
    assert [problem.code for problem in problems] == ["rule-limit"]


def outcome(parser: type[Expression] | type[Message], source: str) -> str:
    """The source that was accepted, or ``refused``."""
    try:
        return parser.parse(source, CHECKER).source
    except Refused:
        return "refused"


TOKENS = (
    "conv node saving macs kind strides __class__ . ( ) [ ] { } {{ }} {% %} | ~ * ** / // % + - < "
    "== in not and or is known unknown if else none true 1 9999999999 0.5 'a' upper format , : = "
    "lipsum # \n any( all( count( len( min( product( matches( lower( constant( readers( r in "
    "inverse( node.readers node.inputs node.attr [0] [-1] ['axis'] '(a|b)*' ) ) ,"
).split(" ")


@given(st.lists(st.sampled_from(TOKENS), max_size=40).map(" ".join))
def test_any_mix_of_tokens_is_accepted_or_refused_and_nothing_else(source: str) -> None:
    for parser in (Expression, Message):
        with stopped():
            steps(partial(outcome, parser, source), most=LINES)
        assert outcome(parser, source) in (source, "refused")


@given(st.text(max_size=200))
def test_any_text_is_accepted_or_refused_and_nothing_else(source: str) -> None:
    assert outcome(Expression, source) in (source, "refused")
