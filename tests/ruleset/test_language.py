"""What rules can say about a graph: neighbours, constants, attributes, lists, texts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from analyzer.findings.finding import Finding
from analyzer.lint import Settings, judge
from analyzer.ruleset import parse_rule
from analyzer.ruleset.allowance import Allowance, Exhausted
from analyzer.ruleset.engine import evaluate
from analyzer.ruleset.evaluate import ALLOWANCE
from analyzer.ruleset.expression import Amount, Expression, Message
from analyzer.ruleset.option import Option
from analyzer.ruleset.sandbox import UNKNOWN
from analyzer.ruleset.subjects import Subjects, common_groups, groups
from analyzer.ruleset.trees import Refused
from analyzer.ruleset.whitelist import Checker
from tests.each import each
from tests.golden.text import facts
from tests.ruleset.build import rule_text

NET = facts("""g (float[1,3,8,8] x, float[n,4] z) => (float[1,4,8,8] y, float[n,4] q)
  <float[4,3,3,3] w = {}, float[1] three = {3}, float[4] b = {1, 2, 3, 4}> {
    c = Conv <pads = [1,1,1,1]> (x, w, b)
    r = Relu (c)
    p = Pow (r, three)
    s = Add (p, c)
    t = Transpose <perm = [0,2,3,1]> (s)
    y = Transpose <perm = [0,3,1,2]> (t)
    m = Resize <mode = "cubic"> (y, , three)
    q = Neg (z)
  }""")
OPTIONS = {"most": Option("most", 3, "integer", "", "")}
CHECKER = Checker(groups("node"), OPTIONS)
SUBJECTS = {s.place: s for s in Subjects(NET).select("node", ())}


def at(place: str) -> dict[str, Any]:
    return {**common_groups(NET), **SUBJECTS[place].groups, "option": {"most": 3}}


def truth(source: str, place: str) -> bool | None:
    """``None``: neither it nor its negation holds."""
    yes, no = (Expression.parse(f"{sign}({source})", CHECKER)(at(place)) for sign in ("", "not "))
    assert not (yes and no)
    return yes if yes or no else None


@each(
    ("place", "source", "expected"),
    [
        ("c", "node.attr.pads == [1, 1, 1, 1] and node.attr.group == 1", True),
        ("c", "node.attr['auto_pad'] == 'NOTSET' and node.attr.strides is unknown", True),
        ("m", "node.attr.mode == 'cubic' and node.inputs[1] is unknown", True),
        ("y", "node.inputs[0].producer.attr.perm == [0, 2, 3, 1]", True),
        ("y", "node.inputs[0].producer.op_type == node.op_type", True),
        ("y", "inverse(node.attr.perm) == node.inputs[0].producer.attr.perm", True),
        ("c", "inverse(node.attr.pads) is unknown and inverse([2, 0, 1]) == [1, 2, 0]", True),
        ("c", "proportional([2, 4], [1, 2], 2, 0, 0)", True),
        ("c", "proportional([3], [1, 1], 2, 0.5, 0)", True),
        ("c", "proportional([2, 4], [1, 3], 2, 0.1, 0.5)", False),
        ("c", "proportional([2, 4], [1, 2, 3], 2, 0, 0)", None),
        ("c", f"proportional([1], [1], product({', '.join(['9' * 9] * 40)}), 0, 0)", None),
        ("y", "node.attr.perm[-1] == 2 and node.attr.perm[4] is unknown", True),
        ("c", "node.inputs[1].shape == [4, 3, 3, 3] and node.inputs[1].is_initializer", True),
        ("c", "node.inputs[0].is_input and not node.inputs[0].is_constant", True),
        ("c", "constant(node.inputs[1], node.inputs[2])", True),
        ("c", "constant(node.inputs[0], node.inputs[1])", False),
        ("m", "constant(node.inputs[1])", None),
        ("c", "readers(node.outputs[0]) == 2", True),
        ("c", "any(r in node.readers, r.op_type == 'Relu')", True),
        ("c", "all(r in node.readers, r.op_type == 'Relu')", False),
        ("c", "count(r in node.readers, r.op_type in ['Relu', 'Add']) == 2", True),
        ("c", "any(r in node.readers, any(v in r.inputs, v == node.outputs[0]))", True),
        ("c", "any(r in node.readers, any(v in r.inputs, v.scalar == 3))", None),
        ("p", "any(v in node.inputs, v.scalar == 3)", True),
        ("p", "node.inputs[1].values == [3]", True),
        ("s", "node.inputs[1].producer in node.producers", True),
        ("s", "node in node.inputs[0].producer.readers", True),
        ("c", "len(node.inputs) == 3 and len(node.readers) == 2 and len('abc') == 3", True),
        ("c", "product(node.inputs[1].shape) == 108 and sum(node.attr.pads) == 4", True),
        ("c", "min(node.inputs[2].values) == 1 and max(3, 7, 5) == 7", True),
        ("c", "max(node.inputs[0].elements, option.most) == 192", True),
        ("c", "abs(-3) == 3 and 7 // 2 == 3 and 7 % 2 == 1 and -7 % 4 == 1", True),
        ("c", "7 % 0 == 1", None),
        ("c", "7.5 % 2 == 1", None),
        ("c", "node.outputs[0].shape[1] % option.most == 1", True),
        ("c", "matches(node.op_type, '^Co[mn]v$') and not matches(node.op_type, 'onV')", True),
        ("c", "matches(lower(node.op_type), '^conv') and lower('ÄB') == 'äb'", True),
        ("c", r"matches(node.op_type, '\bConv\b') and not matches(node.op_type, '\d')", True),
        ("c", r"len('\n') == 2 and matches('a.b', 'a\.b') and not matches('axb', 'a\.b')", True),
        ("q", "matches(node.name, 'x')", False),
        ("q", "matches(node.inputs[0].producer.name, 'x')", None),
        ("c", "'group' in node.attr and 'groups' not in node.attr", True),
        ("c", "conv.kernel_volume * conv.in_channels == 27 and 8 in conv.in_spatial", True),
        ("c", "all(r in node.inputs[1].producer.readers, true)", None),
    ],
)  # fmt: skip
def test_a_rule_sees_the_graph(place: str, source: str, expected: bool | None) -> None:
    assert truth(source, place) is expected


def test_an_empty_list_has_all_and_not_any() -> None:
    assert truth("all(r in node.readers, r.op_type == 'Conv')", "q") is True
    assert truth("any(r in node.readers, r.op_type == 'Conv')", "q") is False
    assert truth("sum([]) == 0 and product([]) == 1 and min([]) is unknown", "q") is True


@each(
    ("source", "expected"),
    [
        ("any(d in node.inputs[0].shape, d == 4)", True),
        ("any(d in node.inputs[0].shape, d == 5)", None),
        ("all(d in node.inputs[0].shape, d == 4)", None),
        ("all(d in node.inputs[0].shape, d == 5)", False),
        ("count(d in node.inputs[0].shape, d == 4) == 1", None),
        ("count(d in node.inputs[0].shape, d is known) == 1", True),
        ("4 in node.inputs[0].shape", True),
        ("5 in node.inputs[0].shape", None),
        ("5 not in node.inputs[0].shape", None),
        ("node.inputs[0].shape == [3, 5]", False),
        ("node.inputs[0].shape == [3, 4]", None),
        ("node.inputs[0].shape != [3, 4]", None),
        ("node.inputs[0].shape == [3, 4, 1]", False),
        ("product(node.inputs[0].shape) > 0", None),
        ("max(node.inputs[0].shape) > 3", None),
        ("len(node.inputs[0].shape) == 2", True),
        ("node.inputs[0].shape[0] is unknown", True),
    ],
)  # fmt: skip
def test_one_unknown_size_leaves_open_only_what_depends_on_it(
    source: str, expected: bool | None
) -> None:
    known = {"node": _Stub(_Stub(None, shape=(None, 4)))}
    yes, no = (Expression.parse(f"{sign}({source})", CHECKER)(known) for sign in ("", "not "))
    assert (yes if yes or no else None) is expected


class _Stub:
    """A node with one input, or that input."""

    def __init__(self, first: _Stub | None, shape: tuple[int | None, ...] = ()) -> None:
        self.inputs = (first,)
        self.shape = shape


@each(
    ("source", "message"),
    [
        ("any(node.readers, true)", "any is written any(x in list, condition on x)"),
        ("any(x in node.readers)", "any is written any(x in list, condition on x)"),
        ("any(x in node.readers, x)", "x is a Node, not a flag|x is a group"),
        ("any(x in node.name, true)", "node.name is a text, not a list"),
        ("any(conv in node.readers, true)", "conv already stands for something else"),
        ("any(x in node.readers, x.op_typ == '')", "unknown field 'op_typ' of Node, did you mean"),
        ("any(x in node.readers, true) and x == 1", "unknown group 'x'"),
        ("any(a in node.readers, any(b in node.readers, any(c in node.readers, "  # noqa: ISC004
         "any(d in node.readers, true))))", "more than 3 quantifiers in one another"),
        ("lenn(node.readers) == 1", "unknown function 'lenn', did you mean 'len'?"),
        ("len(conv.macs) == 1", "len(list) is how it is called"),
        ("constant(node)", "constant(value, …) is how it is called"),
        ("matches(node.name, node.op_type)", "matches(text, 'pattern') is how it is called"),
        ("matches(node.name, '(')", "has a pattern that RE2 refuses: missing )"),
        ("matches(node.name, '(?=a)')", "RE2 refuses: invalid perl operator: (?="),
        ("matches(node.name, '((a{100}){100}){100}')", "RE2 refuses: "),
        ("node.inputs['a'] is known", "node.inputs takes a whole number"),
        ("node.attr[0] == 1", "node.attr takes a text in quotes"),
        ("conv.macs[0] == 1", "conv.macs is a number and takes no subscript"),
        ("option['most'] == 1", "write option.most"),
        ("node.inputs == 1", "cannot compare a list with a number"),
        ("node.inputs == node.inputs", "cannot compare a list with a list"),
        ("node == conv", "cannot compare a Node with a Conv"),
        ("conv in node.inputs", "conv is a Conv, the list holds Values"),
        ("node.name.upper() == 'A'", "only functions of the language can be called"),
        ("len(node.readers, key=1) == 1", "only functions of the language can be called"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_what_would(source: str, message: str) -> None:
    with pytest.raises(Refused) as caught:
        Expression.parse(source, CHECKER)
    assert any(part in str(caught.value) for part in message.split("|")), caught.value


def test_data_of_another_kind_than_the_rule_takes_it_for_is_unknown() -> None:
    for source in ("node.attr.mode > 3", "node.attr.mode[0] == 'c'", "sum(node.attr.mode) > 1",
                   "1 in node.attr.mode", "any(x in node.attr.mode, true)", "-node.attr.mode < 1",
                   "matches(node.attr.antialias, '0')", "abs(node.attr.mode) == 1"):  # fmt: skip
        assert truth(source, "m") is None, source


def test_messages_and_amounts_compute() -> None:
    message = Message.parse(
        "{{ node.inputs[1].shape | shape }} of {{ node.inputs[1].name }} read by "
        "{{ len(node.readers) }}: {{ node.tags | list }} {{ (2 * conv.macs) | si }}MAC "
        "{{ node.inputs[7].bytes | bytes }}",
        CHECKER,
    )
    assert message(at("c")) == (
        f"4×3×3×3 of w read by 2: {', '.join(SUBJECTS['c'].groups['node'].tags)} 13.82 kMAC unknown"
    )
    amount = Amount.parse("node.inputs[1].elements * 4", CHECKER)
    assert (amount(at("c")), amount(at("q"))) == (432, None)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ node.inputs }}", "node.inputs is a list of groups, name one of them"),
        ("{{ node.tags }}", "a list needs the filter 'shape' or 'list'"),
        ("{{ node.inputs[0] }}", "is a group, name one of its fields"),
        ("{{ node.name | list }}", "filter 'list' takes a list, not a text"),
        ("{{ conv.macs | bytes * 2 }}", "filter is not allowed in an expression"),
    ],
)
def test_a_message_says_what_it_cannot_show(source: str, message: str) -> None:
    with pytest.raises(Refused) as caught:
        Message.parse(source, CHECKER)
    assert message in str(caught.value)


def found(**changes: str) -> list[Finding]:
    return list(evaluate(NET, [parse_rule(rule_text(options="{}", **changes))]))


def test_a_rule_says_what_to_do_at_the_place_and_what_to_ask() -> None:
    text = rule_text(
        options="{}", applies_to="{node: [Transpose]}",
        when="node.inputs[0].producer.op_type == 'Transpose'",
        message="'two transposes'",
    ) + ("remedy: remove {{ node.name }} {{ node.id }}\nask: why {{ node.id }}?\n"
         "value: {of: '2 * node.outputs[0].bytes', unit: B}\n")  # fmt: skip
    (finding,) = evaluate(NET, [parse_rule(text)])
    assert (finding.node, finding.remedy, finding.ask) == ("y", "remove y", "why y?")
    assert (finding.value, finding.unit) == (2 * 4 * 4 * 64, "B")


def test_a_rule_about_weights_statistics_reads_weights() -> None:
    rule = parse_rule(rule_text(options="{}", when="node.inputs[1].statistics.min < 0"))
    assert rule.reads_weights
    assert not parse_rule(rule_text(options="{}", when="node.inputs[1].scalar < 0")).reads_weights


FAN = facts("g (float[4] x) => (float[4] y) { "
            + " ".join(f"a{i} = Relu (x)" for i in range(300))
            + " y = Sum (" + ", ".join(f"a{i}" for i in range(300)) + ") }")  # fmt: skip


def test_a_rule_that_looks_at_too_much_is_inconclusive_and_says_which() -> None:
    readers = "node.inputs[0].readers"
    text = rule_text(
        options="{}", applies_to="{node: [Relu]}", message="m",
        when=f"any(a in {readers}, any(b in {readers}, a.name == 'none' and b.name == 'none'))",
    )  # fmt: skip
    rules = (parse_rule(text), parse_rule(PROBLEM))
    verdict = judge(FAN, rules, Settings())
    (problem,) = verdict.problems
    assert (problem.code, problem.inconclusive) == ("rule-limit", True)
    assert "TST001 (test-rule)" in problem.message
    assert [finding.rule for finding in verdict.findings] == ["TST002"]


PROBLEM = rule_text(
    id="TST002", name="problems", options="{}", applies_to="problem", when="problem.inconclusive",
    message="'{{ problem.code }}'",
)  # fmt: skip


def test_an_evaluation_stops_at_the_end_of_its_allowance() -> None:
    condition = Expression.parse("all(r in node.readers, r.op_type != 'x')", CHECKER)
    groups = {**at("c"), ALLOWANCE: Allowance(2)}
    assert condition(groups)
    with pytest.raises(Exhausted):
        condition(groups)


def test_a_product_of_large_numbers_is_unknown_rather_than_endless() -> None:
    amount = Amount.parse("product(node.inputs[0].shape)", CHECKER)
    assert amount({"node": _Stub(_Stub(None, shape=(2**62,) * 4096))}) is None


def test_what_is_unknown_stays_unknown_in_every_function() -> None:
    for call in ("len(node.inputs[9].shape)", "min(node.inputs[9].shape)", "abs(conv.macs)",
                 "readers(node.inputs[9])", "len(lower(node.inputs[9].name))"):  # fmt: skip
        value = Amount.parse(call, CHECKER)({**at("q"), "conv": UNKNOWN})
        assert value is None, call


def test_what_is_no_part_of_the_language_is_called_what_its_author_wrote() -> None:
    for source, called in (
        ("1 if totals.macs else 2", "if-else"), ("'a' ~ 'b'", "~"),
        ("2 ** 3", "**"), ("{'a': 1}", "dict"), ("totals|length", "filter"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=f"^{re.escape(called)} is not allowed in an expression$"):
            Expression.parse(source, CHECKER)
    for source, called in (("(1 < 2) + 1", "this comparison"), ("(not true) + 1", "this not"),
                           (f"'{'a' * 39}' + 1", repr("a" * 39)[:40] + "…"),
                           (f"'{'a' * 38}' + 1", repr("a" * 38)), ("model.path + 1", "model.path"),
                           ("['a', 'b'][0] + 1", "this subscript")):  # fmt: skip
        with pytest.raises(Refused) as caught:
            Expression.parse(source, CHECKER)
        assert str(caught.value).startswith(f"{called} is a "), source
