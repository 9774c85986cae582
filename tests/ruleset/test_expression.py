"""Conditions: what they mean, also where facts are unknown."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.facts import ModelInfo
from analyzer.ruleset.expression import Expression, Message
from analyzer.ruleset.option import Option
from analyzer.ruleset.sandbox import UNKNOWN
from analyzer.ruleset.subjects import groups
from analyzer.ruleset.trees import Refused
from analyzer.ruleset.whitelist import Checker
from tests.each import each
from tests.ruleset.build import CONV, SAVING, facts, node

CHECKER = Checker(
    groups("node"), {"min-macs": Option("min-macs", 1000, "integer", "MACs", "")}
)  # fmt: skip
KNOWN = {"node": node(), "conv": CONV, "saving": SAVING, "option": {"min_macs": 1000},
         "model": facts().model, "totals": facts().totals}  # fmt: skip
ABSENT = {**KNOWN, "saving": UNKNOWN}


def holds(source: str, values: dict[str, object] = KNOWN) -> bool:
    return Expression.parse(source, CHECKER)(values)


@each(
    "source",
    [
        "conv.kind == 'standard' and conv.kernel_volume > 1",
        "conv.macs >= option.min_macs",
        "1 in conv.strides and 2 not in conv.strides",
        "conv.kind in ['standard', 'grouped']",
        "not conv.is_dilated and not conv.transposed",
        "conv.in_channels * 2 - 12 == 500 and conv.macs / 2 < conv.macs",
        "-conv.groups < 0",
        "1 < conv.kernel_volume < 10 and not (1 < conv.kernel_volume < 5)",
        "node.cost.macs == conv.macs",
        "model.opset == 17 and model.opset is known",
        "totals.macs_by_kind.depthwise is unknown",
        "conv.channel_multiplier is unknown",
        "true",
    ],
)
def test_a_true_condition_holds_and_its_negation_does_not(source: str) -> None:
    assert holds(source)
    assert not holds(f"not ({source})")


@each("operator", ["<", "<=", ">", ">=", "==", "!="])
@each("form", ["{} {} 1", "not {} {} 1", "1 {1} {0}", "-{} {} 1", "{}+1 {} 1"])
def test_every_comparison_with_an_unknown_fact_is_not_applicable(operator: str, form: str) -> None:
    assert not holds(form.format("saving.ratio", operator), ABSENT)


@pytest.mark.parametrize(
    "source",
    [
        "saving.ratio in [1]", "saving.ratio not in [1]", "not saving.ratio in [1]",
        "not (saving.ratio < 1 or conv.groups == 2)", "conv.channel_multiplier > 0",
        "conv.macs / 0 > 1", "not conv.macs / 0 > 1", "conv.macs + saving.ratio > 0",
    ],
)  # fmt: skip
def test_a_condition_that_depends_on_an_unknown_fact_reports_nothing(source: str) -> None:
    assert not holds(source, ABSENT)


def test_operand_order_does_not_matter_where_a_fact_is_unknown() -> None:
    clauses = ("saving.ratio < 1", "conv.groups == 1", "saving.macs > 3")
    assert all(holds(" or ".join(p), ABSENT) for p in permutations(clauses))
    assert not any(holds(" and ".join(p), ABSENT) for p in permutations(clauses))


TRUTHS = {"true": True, "false": False, "saving.ratio < 1": None, "conv.groups == 1": True,
          "conv.groups == 2": False, "saving.macs in [1]": None}  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn, depth: int = 4) -> tuple[str, bool | None]:
    """A condition and its value in Kleene's three-valued logic."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(sorted(TRUTHS.items())))
    left, a = draw(conditions(depth - 1))
    if draw(st.booleans()):
        return f"not ({left})", None if a is None else not a
    right, b = draw(conditions(depth - 1))
    if draw(st.booleans()):
        value = False if False in (a, b) else None if None in (a, b) else True
        return f"({left}) and ({right})", value
    value = True if True in (a, b) else None if None in (a, b) else False
    return f"({left}) or ({right})", value


@given(conditions())
def test_conditions_follow_three_valued_logic(case: tuple[str, bool | None]) -> None:
    source, truth = case
    assert holds(source, ABSENT) is (truth is True)


def test_a_message_writes_facts_with_their_filters() -> None:
    source = """{{ conv.kernel }}, {{ conv.macs | si }}MAC,
        {{ saving.ratio | percent }} ({{ saving.factor | times }}), {{ conv.strides | shape }},
        {{ option.min_macs | count }}, {{ conv.channel_multiplier }}"""
    message = Message.parse(source, CHECKER)(KNOWN)
    assert message == "3×3, 115.6 MMAC, 11.5 % (8.7×), 1×1, 1,000, unknown"


def test_a_sentence_of_ours_stays_whole() -> None:
    sentence = "words and " * 20 + "an end"
    known = {**KNOWN, "node": node(name=sentence)}
    assert Message.parse("{{ node.name | prose }}", CHECKER)(known) == sentence
    assert "…" in Message.parse("{{ node.name }}", CHECKER)(known)
    with pytest.raises(Refused, match="'prose' takes a text, not a number"):
        Message.parse("{{ conv.macs | prose }}", CHECKER)


@pytest.mark.parametrize("name", ["{{ 7*7 }}", "{% for x in y %}", "{{ conv.macs }}", "{# a #}"])
def test_a_node_name_is_never_rendered_as_a_template(name: str) -> None:
    message = Message.parse("in {{ node.name }}", CHECKER)
    assert message({**KNOWN, "node": node(name=name)}) == f"in {name}"


@given(st.text(max_size=300))
def test_any_name_stays_text_on_one_line(name: str) -> None:
    message = Message.parse("in {{ node.name }}!", CHECKER)({**KNOWN, "node": node(name=name)})
    assert message.startswith("in")
    assert message.endswith("!")
    assert len(message.splitlines()) == 1
    assert len(message) <= 130


def test_a_model_field_of_a_data_mapping_is_read_from_the_data() -> None:
    info = replace(facts().model, metadata={"pop": "a", "keys": "b"})
    assert isinstance(info, ModelInfo)
    assert holds("model.metadata.keys == 'b'", {**KNOWN, "model": info})
    assert not holds("model.metadata.items == 'b'", {**KNOWN, "model": info})


def test_refused_says_what_and_at_which_line() -> None:
    with pytest.raises(Refused, match="unknown field 'ratoi' of Saving, did you mean 'ratio'") as e:
        Expression.parse("conv.macs > 1\n and saving.ratoi < 1", CHECKER)
    assert e.value.line == 2
