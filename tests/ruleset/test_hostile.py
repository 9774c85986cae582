"""Expressions somebody might write to harm: refused at load, quickly, before anything runs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.ruleset.expression import MAX_LENGTH, Expression, Message
from analyzer.ruleset.subjects import groups
from analyzer.ruleset.whitelist import Checker, Refused

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
    "conv" + ".cost" * 300 + " == 1", "node" + ".cost" * 30 + " == 1", "1 < " * 400 + "2 and",
]  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE, ids=lambda s: s[:30])
def test_hostile_conditions_are_refused_within_milliseconds(source: str) -> None:
    start = time.process_time()
    with pytest.raises(Refused):
        Expression.parse(source, CHECKER)
    assert time.process_time() - start < 0.1


@pytest.mark.parametrize(
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
def test_hostile_messages_are_refused_within_milliseconds(source: str) -> None:
    start = time.process_time()
    with pytest.raises(Refused):
        Message.parse(source, CHECKER)
    assert time.process_time() - start < 0.1


def outcome(parser: type[Expression] | type[Message], source: str) -> str:
    """The source that was accepted, or ``refused``."""
    try:
        return parser.parse(source, CHECKER).source
    except Refused:
        return "refused"


TOKENS = (
    "conv node saving macs kind strides __class__ . ( ) [ ] { } {{ }} {% %} | ~ * ** / // % + - < "
    "== in not and or is known unknown if else none true 1 9999999999 0.5 'a' upper format , : = "
    "lipsum # \n"
).split(" ")


@given(st.lists(st.sampled_from(TOKENS), max_size=40).map(" ".join))
def test_any_mix_of_tokens_is_accepted_or_refused_and_nothing_else(source: str) -> None:
    for parser in (Expression, Message):
        start = time.process_time()
        assert outcome(parser, source) in (source, "refused")
        assert time.process_time() - start < 0.25


@given(st.text(max_size=200))
def test_any_text_is_accepted_or_refused_and_nothing_else(source: str) -> None:
    assert outcome(Expression, source) in (source, "refused")
