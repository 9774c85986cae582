"""The functions of the language one by one: what they take, give and cost."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import nodes

from analyzer.graph.values import NodeView, Value
from analyzer.patterns.index import index_of
from analyzer.ruleset.allowance import (
    Allowance,
    Exhausted,
    model_allowance,
    rule_allowance,
)
from analyzer.ruleset.calls import FUNCTIONS, Wrong, check_pattern, compile_pattern
from analyzer.ruleset.evaluate import ALLOWANCE
from analyzer.ruleset.expression import Amount, Expression
from analyzer.ruleset.kinds import ANY, FLAG, NUMBER, TEXT, Kind, Many, Values
from analyzer.ruleset.sandbox import UNKNOWN
from analyzer.ruleset.trees import Refused
from analyzer.ruleset.whitelist import Checker, comparable
from tests.each import each
from tests.golden.text import facts

NUMBERS, ANYTHING, NAMES = Many(NUMBER), Many(ANY), Many(TEXT)
PATTERN = nodes.Const("a+")
DATA = Values(NUMBER)


@pytest.mark.parametrize(
    ("name", "fitting", "refused"),
    [
        ("len", [(TEXT,), (ANY,), (NUMBERS,), (DATA,)], [(), (NUMBER,), (FLAG,), (TEXT, TEXT)]),
        ("max", [(NUMBERS,), (ANYTHING,), (ANY,), (NUMBER, NUMBER), (NUMBER, ANY, NUMBER)],
         [(), (NUMBER,), (NAMES,), (TEXT,), (NUMBER, TEXT), (NUMBERS, NUMBERS)]),
        ("inverse", [(NUMBERS,), (ANYTHING,), (ANY,)], [(), (NUMBER,), (NAMES,), (NUMBERS,) * 2]),
        ("proportional",
         [(NUMBERS, NUMBERS, NUMBER, NUMBER, NUMBER), (ANY, ANYTHING, ANY, NUMBER, ANY)],
         [(NUMBERS, NUMBERS, NUMBER, NUMBER), (NUMBERS, NAMES, NUMBER, NUMBER, NUMBER),
          (NUMBERS, NUMBERS, NUMBER, NUMBER, ANYTHING), (NUMBERS, NUMBER, NUMBER, NUMBER, NUMBER),
          (NUMBERS, NUMBERS, NUMBER, NUMBER, NUMBER, NUMBER)]),
        ("abs", [(NUMBER,), (ANY,)], [(), (TEXT,), (NUMBERS,), (NUMBER, NUMBER)]),
        ("lower", [(TEXT,), (ANY,)], [(NUMBER,), (TEXT, TEXT)]),
        ("constant", [(Value,), (Value, Value)], [(), (NodeView,), (Value, ANY)]),
        ("readers", [(Value,), (ANY,)], [(NodeView,), (Value, Value)]),
    ],
)  # fmt: skip
def test_a_function_takes_these_kinds_and_no_others(
    name: str, fitting: list[tuple[Kind, ...]], refused: list[tuple[Kind, ...]]
) -> None:
    function = FUNCTIONS[name]
    for kinds in fitting:
        assert function.check([PATTERN] * len(kinds), kinds) == function.result
    for kinds in refused:
        with pytest.raises(Wrong, match=r"^is how it is called$"):
            function.check([PATTERN] * len(kinds), kinds)


def test_a_pattern_is_a_literal_text_behind_a_text() -> None:
    matches = FUNCTIONS["matches"]
    assert matches.takes([PATTERN, PATTERN], [TEXT, TEXT])
    assert matches.takes([PATTERN, PATTERN], [ANY, TEXT])
    for second, kinds in ((PATTERN, [NUMBER, TEXT]), (PATTERN, [TEXT]),
                          (nodes.Const(3), [TEXT] * 2),
                          (nodes.Name("a", "load"), [TEXT] * 2),
                          (PATTERN, [TEXT] * 3)):  # fmt: skip
        assert not matches.takes([PATTERN, second], kinds)


@each(
    ("name", "given", "result"),
    [
        ("len", ("abc",), 3), ("len", ((1, None),), 2), ("len", ([],), 0), ("len", ({"a": 1},), 1),
        ("len", (7,), UNKNOWN),
        ("min", ((3, 1, 2),), 1), ("min", (5, 4), 4), ("min", ((),), UNKNOWN),
        ("min", (7,), UNKNOWN),
        ("max", ([3, None],), UNKNOWN), ("max", (2, "a"), UNKNOWN), ("max", ((True, 2),), UNKNOWN),
        ("sum", ((1, 2.5),), 3.5), ("sum", ((),), 0), ("sum", ((1, float("inf")),), UNKNOWN),
        ("product", ((2, 3, 4),), 24), ("product", ((),), 1), ("product", ((0.5, 4),), 2.0),
        ("product", ((2,) * 40,), 2**40), ("product", ((2,) * 16,), 2**16),
        ("product", ((2,) * 17,), 2**17),
                ("inverse", ((2, 0, 1),), (1, 2, 0)), ("inverse", ((),), ()),
                ("inverse", ((0, 0),), UNKNOWN),
        ("inverse", ((1, 2),), UNKNOWN), ("inverse", ((0, "a"),), UNKNOWN),
        ("inverse", ("01",), UNKNOWN),
        ("inverse", (tuple(range(11))[::-1],), tuple(range(11))[::-1]),
        ("proportional", ((2, 4), (1, 2), 2, 0, 0), True),
        ("proportional", ((2, 4), [1, 3], 2, 0, 0), False),
        ("proportional", (2, (1,), 2, 0, 0), UNKNOWN),
        ("proportional", ((2,), 1, 2, 0, 0), UNKNOWN),
        ("proportional", ((2, None), (1, 2), 2, 0, 0), UNKNOWN),
        ("proportional", ((2,), ("a",), 2, 0, 0), UNKNOWN),
        ("proportional", ((2,), (1,), None, 0, 0), UNKNOWN),
        ("proportional", ((2,), (1,), 10**400, 0, 0), UNKNOWN),
        ("abs", (-3,), 3), ("abs", (-0.5,), 0.5), ("abs", ("a",), UNKNOWN),
        ("abs", (True,), UNKNOWN),
        ("lower", ("AbC",), "abc"), ("lower", (3,), UNKNOWN),
        ("matches", ("baa", "a+$"), True), ("matches", ("aab", "a+$"), False),
        ("matches", (3, "a"), UNKNOWN), ("matches", ("\udc80", "a"), False),
    ],
)  # fmt: skip
def test_a_function_gives(name: str, given: tuple[Any, ...], result: object) -> None:
    found = FUNCTIONS[name].run(*given)
    assert (type(found), found) == (type(result), result)


def test_a_product_has_at_most_16_384_bits() -> None:
    product = FUNCTIONS["product"].run
    assert (product((1 << 16383,)) == 1 << 16383, product((1 << 16384,))) == (True, UNKNOWN)


def test_patterns_have_limits() -> None:
    check_pattern("a" * 500)
    for pattern, said in (
        ("a" * 501, "takes a pattern of up to 500 characters"),
        ("a" * 1000, "takes a pattern of up to 500 characters"),
        ("a{999}b{99}", "has a pattern of "),
        ("(", "has a pattern that RE2 refuses: missing ): ("),
    ):
        with pytest.raises(Wrong) as caught:
            check_pattern(pattern)
        assert str(caught.value).startswith(said)
    assert compile_pattern("^a.c$").search(b"abc") is not None


@pytest.mark.parametrize(
    ("name", "given", "steps"),
    [
        ("len", ("a" * 63,), 0), ("len", ("a" * 64,), 1), ("sum", ((1,) * 128,), 2),
        ("len", (7,), 0),
        ("proportional", ((1,) * 64, (1,) * 192, 1, 0, 0), 4),
        ("matches", (7, "a"), 0), ("matches", ("a" * 100, "a"), 0),
    ],
)  # fmt: skip
def test_a_call_costs_a_step_for_64_elements(name: str, given: tuple[Any, ...], steps: int) -> None:
    assert FUNCTIONS[name].cost(*given) == steps


def test_a_search_costs_the_length_of_the_text_times_that_of_the_pattern() -> None:
    size = compile_pattern("abc").programsize
    assert FUNCTIONS["matches"].cost("x" * 4096, "abc") == 2 * size


def test_an_allowance_lasts_for_so_many_steps_and_those_of_all_rules() -> None:
    common = model_allowance(3)
    own = rule_allowance(3, common)
    assert (common.left, own.left) == (1_000_120, 200_060)
    own.spend(60)
    own.spend()
    assert (common.left, own.left) == (1_000_059, 199_999)
    last = Allowance(2, Allowance(3))
    last.spend(2)
    with pytest.raises(Exhausted):
        last.spend()
    with pytest.raises(Exhausted):
        Allowance(9, Allowance(3)).spend(4)
    Allowance(9, Allowance(3)).spend(3)


LISTS = Checker({"xs": Many(NUMBER), "t": TEXT, "x": NUMBER, "data": Values(NUMBER), "a": ANY}, {})


@pytest.mark.parametrize(
    ("source", "holds", "steps"),
    [
        ("any(x2 in xs, x2 == 9)", False, 5),
        ("any(x2 in xs, x2 == 0)", True, 5),
        ("any(x2 in xs, any(x3 in xs, x3 == 9))", False, 30),
        ("len(t) == 128", True, 2),
        ("t == 'n'", False, 0),
        ("x > 1 or len(t) == 1", True, 0),
        ("x < 1 and len(t) == 1", False, 0),
        ("x < 1 or len(t) == 1", False, 2),
    ],
)
def test_looking_at_a_list_costs_a_step_for_each_element(
    source: str, holds: bool, steps: int
) -> None:
    known: dict[str, Any] = {"xs": (0, 1, 2, 3, 4), "t": "n" * 128, "x": 2}
    known[ALLOWANCE] = Allowance(100)
    assert Expression.parse(source, LISTS)(known) is (
        source in {"len(t) == 128", "any(x2 in xs, x2 == 0)", "x > 1 or len(t) == 1"}
    )
    assert known[ALLOWANCE].left == 100 - steps


def test_a_list_that_is_made_anew_costs_its_length_from_nine_on() -> None:
    for operands, steps in ((8, 0), (9, 9)):
        joined = ", ".join("x" * operands)
        graph = f"g (float[2] x) => (float[N] y) {{ y = Concat <axis = 0> ({joined}) }}"
        known: dict[str, Any] = {
            "node": index_of(facts(graph)).operator("y"),
            ALLOWANCE: Allowance(100),
        }
        condition = Expression.parse("len(node.inputs) > 1", Checker({"node": NodeView}, {}))
        assert condition(known) is True
        assert known[ALLOWANCE].left == 100 - steps


@each(
    ("source", "value"),
    [
        ("xs[0]", 7), ("xs[-1]", 9), ("xs[-3]", 7), ("xs[-4]", None), ("xs[3]", None),
        ("xs[1]", None),
        ("data.one", 1), ("data['one']", 1), ("data.two", None), ("data.none", None),
        ("a[0]", None),
        ("7 / 2", 3.5), ("7 // 2", 3), ("-7 // 2", -4), ("-7 % 3", 2), ("1 / 0", None),
        ("1 // 0", None),
        ("1.5 // 1", None), ("7 % 0.5", None), ("+x", 2), ("-x", -2), ("x + x * x - 1", 5),
        ("-a", None),
        ("x + a", None), ("count(y in xs, y is known)", 2), ("count(y in xs, y == 9)", None),
        ("count(y in xs, y is known and y == 9)", 1), ("count(y in a, true)", None),
        ("10000000000000 * 10000000000000 * 0.5", 5e25), ("len(t)", 1),
    ],
)  # fmt: skip
def test_an_amount_is_exact_or_unknown(source: str, value: float | None) -> None:
    known = {
        "xs": (7, None, 9),
        "t": "n",
        "x": 2,
        "a": "no number",
        "data": {"one": 1, "none": None},
    }
    found = Amount.parse(source, LISTS)(known)
    assert (type(found), found) == (type(value), value)


def test_a_quotient_beyond_all_floating_point_numbers_is_unknown() -> None:
    assert Amount.parse("x / 2", LISTS)({"x": 10**400}) is None


@each(
    ("a", "b", "equal", "ordered"),
    [
        (NUMBER, NUMBER, True, True), (TEXT, TEXT, True, False), (FLAG, FLAG, True, False),
        (NUMBER, TEXT, False, False), (ANY, TEXT, True, True), (NUMBER, ANY, True, True),
        (NUMBERS, NUMBERS, True, False), (NUMBERS, NAMES, False, False),
        (NUMBERS, ANYTHING, True, False),
        (Many(Value), Many(Value), False, False), (ANY, NUMBERS, True, False),
        (NUMBERS, ANY, True, False),
        (NUMBERS, NUMBER, False, False), (NodeView, NodeView, True, False),
        (Value, Value, True, False),
        (NodeView, Value, False, False), (DATA, DATA, False, False), (ANY, NodeView, False, False),
    ],
)  # fmt: skip
def test_what_can_be_compared(a: Kind, b: Kind, equal: bool, ordered: bool) -> None:
    assert (comparable(a, b, ordered=False), comparable(a, b, ordered=True)) == (equal, ordered)


@each(
    ("source", "said"),
    [
        ("x", "a condition must be true or false, this is a number"),
        ("xs", "a condition must be true or false, this is a list"),
        ("data", "a condition must be true or false, this is a mapping"),
        ("not x", "x is a number, not a flag"),
        ("x == 1 and t", "t is a text, not a flag"),
        ("t and x == 1", "t is a text, not a flag"),
        ("t + 1 == 2", "t is a text, not a number"),
        ("1 + t == 2", "t is a text, not a number"),
        ("-t == 1", "t is a text, not a number"),
        ("xs and true", "xs is a list"),
        ("data and true", "data is a group, name one of its fields"),
        ("x.y == 1", "x is a number and has no fields"),
        ("a.y == 1", "a is a plain value and has no fields"),
        ("xs.y == 1", "xs is a list and has no fields"),
        ("xs['a'] == 1", "xs takes a whole number"),
        ("data[0] == 1", "data takes a text in quotes"),
        ("x[0] == 1", "x is a number and takes no subscript"),
        ("xs[x] == 1", "a subscript must be a whole number or a text in quotes"),
        ("xs[true] == 1", "a subscript must be a whole number or a text in quotes"),
        ("data[-'a'] == 1", "a subscript must be a whole number or a text in quotes"),
        ("xs in xs", "a list cannot be a member"),
        ("x in x", "x is not a list"),
        ("x in data", "x is a number, not a text"),
        ("t in xs", "t is a text, the list holds numbers"),
        ("x == none", "none is not a value here, ask 'is unknown'"),
        (f"x == {10**30 + 1}", "this number is too large"),
        ("x in [x]", "a list may contain literals only"),
        ("x in [-'a']", "only a number can be negative"),
        ("x is odd", "only 'is known' and 'is unknown' can be asked, not 'is odd'"),
        ("x if true else x", "if-else is not allowed in an expression"),
        ("x ** 2 == 4", "** is not allowed in an expression"),
        ("t ~ t == t", "~ is not allowed in an expression"),
        ("any(y in x, true)", "x is a number, not a list"),
        ("any(y in xs, y)", "y is a number, not a flag"),
        ("any(Y in xs, true)", "'Y' is no name for an element: take letters, digits and _"),
        (f"any({'y' * 41} in xs, true)",
         f"'{'y' * 40}…' is no name for an element: take letters, digits and _"),
        ("any(len in xs, true)", "len already stands for something else"),
        ("any(option in xs, true)", "option already stands for something else"),
        ("any(all in xs, true)", "all already stands for something else"),
        ("any(y in xs, any(y in xs, true))", "y already stands for something else"),
        ("any(y in xs, true, true)", "any is written any(x in list, condition on x)"),
        ("any(y in xs in xs, true)", "any is written any(x in list, condition on x)"),
        ("any(y == xs, true)", "any is written any(x in list, condition on x)"),
        ("option.most == 1", "unknown option 'most'"),
        ("z == 1", "unknown group 'z'"),
        ("not " * 25 + "true", "nested more than 24 levels deep"),
        ("true and " + "t" * 2000, "longer than 2000 characters"),
        ("x == 1 2", "unexpected '2'"),
    ],
)  # fmt: skip
def test_what_a_condition_may_not_say_is_refused_in_these_words(source: str, said: str) -> None:
    with pytest.raises(Refused) as caught:
        Expression.parse(source, LISTS)
    assert str(caught.value) == said


def test_what_is_just_allowed_is_allowed() -> None:
    known = {"xs": (1,), "x": 2, "t": "a"}
    for source in ("not " * 24 + "true", f"x != {10**30}", f"any({'y' * 40} in xs, true)",
                   "any(b in xs, any(c in xs, any(d in xs, true)))", "x is known",
                   "true and " * 10 + "true", "x in [-1, 2]", "t in ['a', 'b']"):  # fmt: skip
        assert Expression.parse(source, LISTS)(known), source
    assert Expression.parse("true" + " " * 1996, LISTS)(known)
