"""What hardly any rule file or model brings about, one case after another."""

from __future__ import annotations

import operator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from jinja2 import nodes

from analyzer.dataclass import dataclass
from analyzer.errors import RuleError
from analyzer.facts import Block
from analyzer.graph.values import Value
from analyzer.ruleset import evaluate, handbook, parse_rule, sandbox
from analyzer.ruleset.calls import FUNCTIONS, Wrong
from analyzer.ruleset.fields_page import as_text
from analyzer.ruleset.kinds import ANY, NUMBER, TEXT, Many, Values
from analyzer.ruleset.pattern.constants import is_setting, plain
from analyzer.ruleset.pattern.parse import parse_pattern
from analyzer.ruleset.pattern.plan import plan
from analyzer.ruleset.shipped import read_shipped
from analyzer.ruleset.subjects import SORTS
from analyzer.ruleset.subjects.deployment import Placements
from analyzer.ruleset.subjects.weights import worst_integers
from tests.ruleset.build import RULE, facts, node, rule_text


def test_what_a_file_lacks_or_has_too_much_is_said_with_its_line() -> None:
    for text, said in (
        (rule_text(examples="none"), "r.yaml:17: 'examples' must be a list"),
        (f"{RULE}value: {{unit: MACs}}\n", "r.yaml:24: value: key 'of' is missing"),
        (rule_text(summary='"One\\nand two."'), "r.yaml:14: 'summary' must be one line"),
    ):
        with pytest.raises(RuleError) as caught:
            parse_rule(text, "r.yaml")
        assert str(caught.value) == said


def test_examples_that_cannot_be_read_are_an_error_when_somebody_asks() -> None:
    rule = read_shipped(RULE.replace("expect: match", "expect: much"), "r.yaml")
    with pytest.raises(RuleError, match=r"^r\.yaml:19: example: 'expect' is 'much'"):
        _ = rule.examples


def test_whole_division_and_remainder_are_of_whole_numbers() -> None:
    for op, found in ((operator.floordiv, 3), (operator.mod, 1)):
        whole = evaluate._whole(op)
        assert whole(7, 2) == found
        assert whole(7.0, 2) is whole(7, 2.0) is whole("7", 2) is sandbox.UNKNOWN
    assert not sandbox.UNKNOWN
    assert repr(sandbox.UNKNOWN) == "unknown"


def test_a_setting_is_what_a_pattern_states() -> None:
    for value, wanted, same in (
        ((1, 2), (1, 2), True), ((1, 2), (1, 3), False), ((1, 2), (1, 2, 3), False),
        ((1, 2, 3), (1, 2), False), (1, (1,), False), ((1,), 1, False), ([1, 2], (1, 2), False),
        ("a", "a", True), ("a", "b", False), ("1", 1, False), (1, "1", False), (1, 1, True),
        (1.0, 1, True), (True, 1, False), (None, 1, False), (2, 1, False),
    ):  # fmt: skip
        assert is_setting(value, cast("Any", wanted)) is same, (value, wanted)
    assert [plain(value) for value in (1, 0.5, "a", (1, "b"), (1, None), None, b"a")] == [
        1, 0.5, "a", (1, "b"), None, None, None,
    ]  # fmt: skip


def test_statements_that_share_no_tensor_have_no_order() -> None:
    pattern = parse_pattern("y = Relu (x)\nz = Neg (y)")
    assert [tuple(step) for step in plan(pattern, 0)] == [(0, "", False), (1, "y", False)]
    assert [tuple(step) for step in plan(pattern, 1)] == [(1, "", False), (0, "y", True)]
    assert [tuple(step) for step in plan(pattern, None, ["x"])] == [(0, "x", False),
                                                                    (1, "y", False)]  # fmt: skip
    with pytest.raises(ValueError, match="the pattern is not connected"):
        plan(pattern, None, ["a"])


def test_two_records_of_one_name_are_an_error() -> None:
    @dataclass(frozen=True, slots=True)
    class Conv:
        """One."""

        macs: int

    one = Conv

    @dataclass(frozen=True, slots=True)
    class Conv:  # type: ignore[no-redef]
        """Another."""

        macs: int

    assert handbook._reachable([one, one]) == {one}
    with pytest.raises(TypeError, match="two records are called Conv: "):
        handbook._reachable([one, Conv])


def test_kinds_are_listed_where_there_are_some() -> None:
    book = handbook.handbook()
    for entry in book.subjects:
        first, second, *_ = as_text(book, entry.name)
        assert first == f"{entry.name}: {entry.meaning}"
        kinds = f"  kinds: {', '.join(entry.selects)}"
        assert second == kinds if entry.selects else second.startswith("  groups: ")
    assert any(entry.selects for entry in book.subjects)


def test_no_operator_has_a_target_where_none_is_asked_about() -> None:
    assert Placements(facts()).groups("y") == {}


LIST, ANYS = Many(NUMBER), Many(ANY)
TAKEN: dict[str, tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]] = {
    "len": ([(TEXT,), (ANY,), (LIST,), (Values(ANY),)], [(), (NUMBER,), (TEXT, TEXT)]),
    "min": ([(LIST,), (ANYS,), (ANY,), (NUMBER, NUMBER), (NUMBER, ANY, NUMBER)],
            [(), (NUMBER,), (Many(TEXT),), (NUMBER, TEXT), (TEXT, NUMBER), (LIST, NUMBER)]),
    "inverse": ([(LIST,), (ANYS,), (ANY,)], [(), (NUMBER,), (LIST, LIST), (Many(TEXT),)]),
    "proportional": (
        [(LIST, LIST, NUMBER, NUMBER, NUMBER), (ANYS, ANYS, NUMBER, ANY, NUMBER), (ANY,) * 5],
        [(LIST, LIST, NUMBER, NUMBER), (NUMBER, LIST, NUMBER, NUMBER, NUMBER), (LIST,) * 5,
         (LIST, LIST, ANYS, NUMBER, NUMBER), (LIST, LIST, NUMBER, NUMBER, TEXT)],
    ),
    "abs": ([(NUMBER,), (ANY,)], [(), (TEXT,), (NUMBER, NUMBER)]),
    "lower": ([(TEXT,), (ANY,)], [(), (NUMBER,), (TEXT, TEXT)]),
    "constant": ([(Value,), (Value, Value)], [(), (ANY,), (Value, ANY), (ANY, Value)]),
    "readers": ([(Value,), (ANY,)], [(), (NUMBER,), (Value, Value)]),
}  # fmt: skip


def test_functions_take_what_their_usage_says_and_nothing_else() -> None:
    for name, (taken, refused) in TAKEN.items():
        function = FUNCTIONS[name]
        assert all(function.check((), kinds) == function.result for kinds in taken), name
        for kinds in refused:
            with pytest.raises(Wrong):
                function.check((), kinds)
    text, number = nodes.Const("a+"), nodes.Const(3)
    takes = FUNCTIONS["matches"].takes
    assert takes((number, text), (TEXT, TEXT))
    assert takes((number, text), (ANY, TEXT))
    for arguments, kinds in (
        ((text, text), (NUMBER, TEXT)), ((text, number), (TEXT, NUMBER)), ((text,), (TEXT,)),
        ((text, nodes.Name("a", "load")), (TEXT, TEXT)),
    ):  # fmt: skip
        assert not takes(arguments, cast("Any", kinds))


def test_functions_have_these_values() -> None:
    off = sandbox.UNKNOWN
    for name, given, found in (
        ("len", ("abc",), 3), ("len", ((1, 2),), 2), ("len", ({"a": 1},), 1), ("len", (7,), off),
        ("min", ((3, 1, 2),), 1), ("min", (3, 1), 1), ("min", ((),), off), ("min", (3, "a"), off),
        ("min", (off,), off), ("max", ([3, 5],), 5), ("max", (3, off), off), ("sum", ((),), 0),
        ("sum", ((1, 2, 3),), 6), ("product", ((),), 1), ("product", ((2, 3, 4),), 24),
        ("product", ((2,) * 16383,), 1 << 16383), ("product", ((2,) * 16384,), off),
        ("inverse", ((2, 0, 1),), (1, 2, 0)), ("inverse", ((0, 2),), off), ("inverse", ((),), ()),
        ("inverse", ([0],), off), ("abs", (-3,), 3), ("abs", ("a",), off), ("lower", ("Ab",), "ab"),
        ("lower", (3,), off), ("matches", ("xaab", "a+b"), True), ("matches", ("b", "a"), False),
        ("matches", (3, "a"), off), ("proportional", ((2, 4), (1, 2), 2, 0, 0), True),
        ("proportional", ((2, 5), (1, 2), 2, 0, 0), False),
        ("proportional", (3, (1, 2), 2, 0, 0), off), ("proportional", ((1,), 3, 2, 0, 0), off),
        ("proportional", ((1,), (1,), "a", 0, 0), off),
        ("proportional", ((10**400,), (1,), 1, 0, 0), off),
    ):  # fmt: skip
        value = FUNCTIONS[name].run(*given)
        assert value is found if found is off else value == found, (name, given)


def test_a_block_goes_by_the_name_and_the_scope_of_its_first_operator() -> None:
    def named(*ids: str, **about: str) -> tuple[str, str]:
        model = replace(facts(node("a", **about), node("b", name="late")),
                        blocks=(Block("residual", ids, 1, 1),))  # fmt: skip
        ((subject, *_),) = [list(SORTS["block"].make(model))]
        assert (subject.kind, subject.form) == ("residual", ("residual",))
        return subject.place, subject.name

    assert named("a", "b", name="stem", scope="loop") == ("a", "loop/stem")
    assert named("a", "b", name="stem", scope="") == ("a", "/stem")
    assert named("a", "b", name="", scope="loop") == ("a", "a")
    assert named("b", "a") == ("b", "/late")
    assert named("gone", "a", name="stem", scope="") == ("gone", "/stem")
    assert named() == ("", "")


def test_of_the_integers_of_a_layer_those_count_that_lose_most() -> None:
    def worst(*gains: float | None, other: float | None = None) -> tuple[Any, ...]:
        weights = [SimpleNamespace(node="a", gain=gain, at=at) for at, gain in enumerate(gains)]
        weights.insert(1, SimpleNamespace(node="b", gain=other, at=-1))
        found = worst_integers(cast("Any", SimpleNamespace(evidence=evidence(weights))))
        return tuple((name, cast("Any", each).at) for name, each in found.items())

    def evidence(weights: list[Any]) -> Any:
        return SimpleNamespace(integers=weights)

    rest = ("b", -1)
    for gains, at in (
        ((None,), 0), ((1.0, 2.0), 1), ((2.0, 1.0), 0), ((2.0, 2.0), 0), ((None, 1.0), 1),
        ((1.0, None), 0), ((None, None), 0), ((None, 0.0), 0), ((1.0, 3.0, 2.0), 1),
        ((0.5, None, 0.75), 2),
    ):  # fmt: skip
        assert worst(*gains) == (("a", at), rest), gains
        assert worst(*gains, other=9.0) == (("a", at), rest)
    assert worst_integers(cast("Any", SimpleNamespace(evidence=None))) == {}


def test_what_is_in_no_list_is_not_known_to_be_in_it_or_not() -> None:
    off = sandbox.UNKNOWN
    for member, group, found in (
        (1, (1, 2), True), (3, (1, 2), False), (1, [1], True), ("a", {"a": 1}, True),
        ("b", {"a": 1}, False), (1, 5, off), (1, None, off), ("a", off, off),
        (3, (1, None), off), (1, (1, None), True), (3, (), False),
    ):  # fmt: skip
        assert evaluate._contains(member, group) is found, (member, group)
