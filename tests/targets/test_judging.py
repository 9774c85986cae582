"""One target and one call: rows that cover a version, types, and which refusal is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from analyzer.targets.branching import parting
from analyzer.targets.flow import Dataflow, consumers
from analyzer.targets.history import _as_it_was, order
from analyzer.targets.judge import (
    YES,
    Answer,
    Judge,
    _last_opset,
    _listed,
    _order,
    _versions,
    covers,
    fits,
    typed,
)
from analyzer.targets.partition import partitions
from analyzer.targets.signatures import Version
from analyzer.targets.table import Row, Table, read_table
from analyzer.targets.truth import all_of, any_of
from analyzer.targets.use import TensorValue, Use
from tests.each import each
from tests.targets.asking import HEAD
from tests.targets.calls import EMPTY, MAP, NONE, OPEN, SCALAR


def row(since: int, until: int | None = None) -> Row:
    return Row(since, until, (), ())


def table(rows: str, head: str = "") -> Table:
    text = HEAD.format(id="ours", kind="delegate").replace("domain,op", f"{head}domain,op", 1)
    return read_table("ours.csv", (text + rows).encode())


def call(*inputs: TensorValue | None, op: str = "Own", domain: str = "d", opset: int = 5,
         version: Version | None = None, local: bool = False,
         out: tuple[TensorValue | None, ...] = (MAP,)) -> Use:  # fmt: skip
    stub = cast("Any", type("Op", (), {"attributes": {}}))
    return Use(op, domain, opset, {}, inputs, out, stub, "here", version, local)


@each(
    ("match", "rows", "version", "covered"),
    [
        ("kernel", [row(1, 6), row(7)], 6, [True, False]),
        ("kernel", [row(1, 6), row(7)], 7, [False, True]),
        ("kernel", [row(1, 6), row(7)], 8, [False, False]),
        ("kernel", [row(2, 6)], 1, [False]),
        ("kernel-open", [row(1, 6), row(7)], 9, [False, True]),
        ("kernel-open", [row(1), row(7)], 6, [True, False]),
        ("kernel-open", [row(1), row(7)], 7, [False, True]),
        ("kernel-open", [row(3)], 2, [False]),
        ("range", [row(1, 6), row(7)], 6, [True, False]),
        ("range", [row(1, 6), row(7)], 99, [False, True]),
        ("range", [row(1, 6), row(7)], 7, [False, True]),
        ("range", [row(2)], 1, [False]),
    ],
)
def test_a_row_is_about_versions(
    match: str, rows: list[Row], version: int, covered: list[bool]
) -> None:
    assert [covers(match, each, rows, version) for each in rows] == covered


@pytest.mark.parametrize(
    ("match", "rows", "version", "said"),
    [
        ("range", [row(3, 6)], 2, ", only from 3 on"),
        ("range", [row(3, 6), row(7, 9)], 12, ", only up to 9"),
        ("range", [row(3, 6), row(7)], 12, ""),
        ("kernel", [row(3, 6), row(7)], 12, ", only up to 7"),
        ("kernel-open", [row(3)], 12, ""),
    ],
)
def test_which_versions_there_are_is_told(
    match: str, rows: list[Row], version: int, said: str
) -> None:
    assert _versions(rows, match, version) == said


def test_an_operand_is_named_by_slot_parameter_or_name() -> None:
    version = Version(1, (("X", "T"), ("W", "T"), ("B", "S")), (("Y", "T"),))
    use = call(MAP, OPEN, SCALAR, EMPTY, version=version)
    named = {key: [what for what, _ in typed(key, use)]
             for key in ("", "#0", "#1", "#9", "T", "W", "B", "S", "Y", "none")}  # fmt: skip
    assert named == {
        "": ["input 0"], "#0": ["input 0"], "#1": ["input 1"], "#9": [],
        "T": ["input 0", "input 1", "output 0"], "W": ["input 1"], "B": ["input 2", "input 3"],
        "S": ["input 2", "input 3"], "Y": ["output 0"], "none": [],
    }  # fmt: skip
    assert typed("", call()) == [("input 0", MAP)], "the output stands in for it"
    assert typed("#0", call()) == typed("", call(out=())) == []
    assert typed("T", call(MAP)) == [], "nobody knows the version"
    assert [w for w, _ in typed("T", call(None, MAP, version=version))] == ["input 1", "output 0"]
    none = Version(1, (), ())
    assert typed("T", call(MAP, version=none)) == []


def test_types_fit_also_half_as_float() -> None:
    f32, f16 = frozenset({"f32"}), frozenset({"f16"})
    assert [fits(MAP, f32, False), fits(OPEN, f32, False), fits(NONE, f32, True)] == [
        True,
        False,
        None,
    ]
    assert [fits(OPEN, f32, True), fits(MAP, f16, True), fits(SCALAR, f32, True)] == [
        True,
        False,
        False,
    ]
    words = [_listed(frozenset("abcdefg"[:n])) for n in (1, 2, 4, 5)]
    assert words == ["a", "a or b", "a or b or c or d", "one of a, b, c, d, e"]


CASES: list[tuple[str, str, Use, Answer]] = [
    ("d,Own,1,,,,", "", call(MAP), YES),
    ("d,Own,1,,,,", "", call(MAP, op="Other"),
     Answer(False, "operator", "d::Other is not supported")),
    ("d,Own,1,,,never,", "", call(MAP), Answer(False, "operator", "d::Own is not supported")),
    ("d,Own,1,4,,,", "", call(MAP),
     Answer(False, "version", "d::Own-5 is not supported, only up to 4")),
    ("d,Own,6,,,,", "", call(MAP),
     Answer(False, "version", "d::Own-5 is not supported, only from 6 on")),
    ("ai.onnx,Relu,1,13,,,", "", call(MAP, op="Relu", domain="", opset=14,
                                      version=Version(14, (), ())),
     Answer(False, "cliff", "Relu-14 is not supported, only up to 13", 13)),
    ("d,Own,1,,f16,,", "", call(MAP), Answer(False, "type", "input 0 is f32, not f16")),
    ("d,Own,1,,f16,,", "", call(NONE),
     Answer(None, "undecided", "the element type of input 0 is not known")),
    ("d,Own,1,,f16,rank(#0)==3,", "", call(NONE),
     Answer(None, "undecided", "the element type of input 0 is not known")),
    ("d,Own,1,,,rank(#0)==3,", "", call(MAP),
     Answer(False, "condition", "is supported only with rank = 3 of input 0; input 0 has rank 4")),
    ("d,Own,1,,,rank(#0)==3; static(#0),", "", call(NONE),
     Answer(None, "undecided",
            "cannot be told for sure to have rank = 3 of input 0; input 0 has an unknown rank")),
    ("d,Own,1,,f16,,\nd,Own,1,,f32,,", "", call(MAP), YES),
    ("d,Own,1,,f16,,\nd,Own,1,,,rank(#0)==3,", "", call(MAP),
     Answer(False, "condition", "is supported only with rank = 3 of input 0; input 0 has rank 4")),
    ("d,Own,1,,f32,,", "# half_as_float: yes\n", call(OPEN), YES),
    ("d,Own,1,,,,", "# functions: yes\n", call(local=True), YES),
    ("d,Own,1,,,,", "# functions: no\n", call(local=True),
     Answer(False, "function", "local functions of a model are not understood")),
    ("d,Own,1,,,,", "", call(local=True),
     Answer(None, "function", "the table does not say whether local functions are understood")),
    ("d,Own,1,,,,", "", call(op="Constant", domain=""), YES),
    ("d,Own,1,,,,", "", call(op="Constant"),
     Answer(False, "operator", "d::Constant is not supported")),
]  # fmt: skip


@each(("rows", "head", "use", "answer"), CASES)
def test_a_target_answers_for_a_call(rows: str, head: str, use: Use, answer: Answer) -> None:
    judge = Judge(table(f"{rows}\n", head), lambda _: None)
    assert judge.ask(use) == answer
    assert judge.ask(use) is judge.ask(use)


def test_the_refusal_that_came_closest_is_told() -> None:
    codes = ("operator", "version", "cliff", "type", "function", "condition")
    ranked = [*(Answer(False, code) for code in codes), Answer(None, "undecided"), YES]
    assert [_order(each) for each in ranked] == sorted(set(map(_order, ranked)))


@each(
    ("op", "opset", "rows", "match", "last"),
    [
        ("Conv", 22, [row(1, 10)], "range", 10),  # versions 1, 11 and 22
        ("Conv", 22, [row(11, 21)], "range", 21),
        ("Conv", 11, [row(1, 10)], "range", 10),
        ("Conv", 11, [row(1, 1)], "range", 10),
        ("Conv", 10, [row(1)], "range", None),
        ("Relu", 20, [row(6, 12)], "range", 12),  # versions 1, 6, 13 and 14
        ("Relu", 20, [row(13)], "kernel", 13),
        ("Relu", 20, [row(1)], "kernel", 5),
        ("Relu", 20, [row(7, 12)], "kernel", None),
        ("Pad", 2, [row(1, 1)], "range", 1),  # versions 1 and 2
        ("Pad", 11, [row(2)], "kernel", 10),
        ("Nothing", 11, [row(1)], "range", None),
    ],
)
def test_the_newest_opset_below_at_which_a_version_was_taken(
    op: str, opset: int, rows: list[Row], match: str, last: int | None
) -> None:
    assert _last_opset(call(op=op, domain="", opset=opset), rows, match) == last


MEAN = call(MAP, op="Softplus", domain="", opset=18)


@pytest.mark.parametrize(
    ("functions", "body", "elsewhere", "truth", "said"),
    [
        ("yes", "Relu", False, True, ""),
        ("no", "Relu", False, False, "Softplus is not supported"),
        ("", "Relu", False, None, "Softplus is not supported; its ONNX function body may serve"),
        ("yes", "Sin", False, False,
         "Softplus is not supported; nor is its body: Sin is not supported"),
        ("yes", "Relu", True, False, "Softplus is not supported"),
        ("yes", "Relu", None, None, "Softplus is not supported; its ONNX function body may serve"),
        ("yes", "", False, False, "Softplus is not supported"),
        ("yes", "Abs", False, None, "Softplus is not supported; its ONNX function body may serve"),
    ],
)  # fmt: skip
def test_a_body_serves_where_the_target_runs_all_of_it(
    functions: str, body: str, elsewhere: bool | None, truth: bool | None, said: str
) -> None:
    head = f"# functions: {functions}\n" if functions else ""
    ours = table("ai.onnx,Relu,1,,,,\nai.onnx,Abs,1,,,?on luck,\n", head)
    inside = [call(MAP, op="Relu", domain=""), call(MAP, op=body, domain="")] if body else None
    answer = Judge(ours, lambda use: inside if use is MEAN else None, lambda _: elsewhere).ask(MEAN)
    assert (answer.truth, answer.reason) == (truth, said)


@each(
    ("edges", "graphs", "supported", "groups"),
    [
        ([(), (0,), (1,)], [[0, 1, 2]], "111", 1),
        ([(), (0,), (1,)], [[0, 1, 2]], "101", 2),
        ([(), (0,), (1,)], [[0, 1, 2]], "011", 1),
        ([(), (0,), (1,)], [[0, 1, 2]], "000", 0),
        ([(), (), (0, 1)], [[0, 1, 2]], "110", 1),
        ([(), (0,), (0,), (1, 2)], [[0, 1, 2, 3]], "1011", 2),
        ([(), (0,), (), (2,)], [[0, 1, 2, 3]], "1010", 1),
        ([(), (), ()], [[0], [1, 2]], "111", 2),
        ([(), (), ()], [[0, 1, 2], []], "111", 1),
        ([(), (), ()], [[0], [1, 2]], "101", 2),
        ([(), (0,), (1,), (2,), (3,)], [[0, 1, 2, 3, 4]], "10101", 3),
        ([(), (), (0,), (1,), (2, 3)], [[0, 1, 2, 3, 4]], "10011", 2),
    ],
)  # fmt: skip
def test_operators_fall_into_groups(
    edges: list[tuple[int, ...]], graphs: list[list[int]], supported: str, groups: int
) -> None:
    flow = Dataflow(uses=cast("Any", list(edges)), before=edges, graphs=graphs)
    assert partitions(flow, [each == "1" for each in supported]) == groups


def test_readers_are_the_edges_turned_round() -> None:
    flow = Dataflow(uses=cast("Any", [None] * 4), before=[(), (0,), (0, 1), ()])
    assert consumers(flow) == [[1, 2], [2], [], []]


def test_truth_has_three_values() -> None:
    t, f, u = True, False, None
    assert [any_of(x) for x in ([], [f], [t, u], [u, t], [f, u], [u, f])] == [f, f, t, t, u, u]
    assert [all_of(x) for x in ([], [t], [f, u], [u, f], [t, u], [u, t])] == [t, t, f, f, u, u]


def test_ranks_part_from_two_on() -> None:
    assert parting([[0, 1], [1, 0]]) == ()
    assert parting([[1], [2]]) == ((0, (1, 2)),)
    assert parting([[2], [1]]) == ((0, (2, 1)),)
    assert parting([[2], [2]]) == parting([[None], [2]]) == parting([[2], [None]]) == ()
    assert parting([[1]]) == parting([[1], [2], [3]]) == ()


def test_versions_are_sorted_by_their_numbers() -> None:
    assert order("1.10.0") > order("1.9.1") > order("1.9")
    assert (order("1.9.dev"), order("")) == ((1, 9), ())


def test_calls_of_one_outline_are_judged_once_where_no_row_looks_at_sizes() -> None:
    small, large = TensorValue("f32", (1, 4)), TensorValue("f32", (9, 9))
    for condition, answers, asked in (
        ("", [True, True, False], 2),
        ("maxdim(#0)<=5", [True, False, False], 3),
    ):
        judge = Judge(table(f"d,Own,1,,f32,{condition},\n"), lambda use: None)
        uses = [call(each, op="Own") for each in (small, large, TensorValue("f16", (1, 4)))]
        uses[1]._key = "large"
        assert [judge.ask(use).truth for use in uses] == answers
        assert len(judge.known) == asked
    assert not judge.alike


def test_a_row_of_an_older_version_has_the_types_of_todays_or_none() -> None:
    """What is known of an older version is when its rows came and went."""
    today = table("d,Own,1,5,f32,,\nd,Own,6,8,f16,,\nd,Own,6,,f64,,\n")
    whole = today.rows("d", "Own")
    for since, until, rows in (
        (1, 5, whole[:1]), (1, None, whole[:1]), (6, 8, whole[1:2]), (6, None, whole[2:]),
        (6, 7, whole[1:]),
    ):  # fmt: skip
        found = _as_it_was(today, "d", "Own", since, until)
        assert found == [replace(row, until=until, doubtful=True) for row in rows]
    nothing = [Row(2, 5, (), (), doubtful=True)]
    assert _as_it_was(today, "d", "Own", 2, 5) == nothing
    assert _as_it_was(today, "d", "Other", 2, 5) == nothing


def test_types_that_came_later_are_not_decided_by_a_row_of_an_older_version() -> None:
    old = ("f32", "f64", "i32", "i64", "b", "s", "u8")
    judge = Judge(table(f"d,Own,1,5,{'|'.join(old)}|f16|bf16,,\n"), lambda use: None)
    (row,) = judge.table.rows("d", "Own")
    cases: dict[str, bool | None] = {**dict.fromkeys(old, True), "f16": None, "bf16": None,
                                     "i8": False}  # fmt: skip
    for dtype, then in cases.items():
        use = call(TensorValue(dtype, (2,)), op="Own", opset=1)
        found = [judge._row(replace(row, doubtful=doubtful), use) for doubtful in (False, True)]
        assert [each.truth for each in found] == [then is not False, then], dtype
        if then is None:
            assert found[1].code == "undecided"
            assert found[1].reason.startswith("the element type of ")


def test_an_operator_whose_first_version_has_no_row_has_no_older_opset() -> None:
    for domain, op, opset in (("com.microsoft", "Gelu", 1), ("", "Relu", 1), ("", "Relu", 14)):
        assert _last_opset(call(MAP, op=op, domain=domain, opset=opset), (), "kernel") is None
