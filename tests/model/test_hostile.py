"""Hostile files end in one line that names the problem, and cost little on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from analyzer.analyze import analyze
from analyzer.errors import ModelError
from analyzer.facts import Problem
from analyzer.model import Limits, Model, load
from analyzer.model.guard import guarded
from tests.each import each
from tests.model import wirebytes as wb

RELU = wb.node(wb.blob(1, b"x"), wb.blob(2, b"y"), wb.blob(4, b"Relu"))


def refusal(data: bytes, limits: Limits = Limits()) -> str:
    with pytest.raises(ModelError) as caught:
        load(data, name="m.onnx", limits=limits)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def codes(model: Model) -> set[str]:
    return {problem.code for problem in model.problems}


@each(
    ("what", "data"),
    [
        ("a varint without an end", wb.model() + b"\x08" + b"\xff" * 20),
        ("a group", wb.model(wb.tag(77, wb.GROUP_START))),
        ("the end of a group", wb.model() + wb.tag(1, 4)),
        ("wire type 7", wb.model(wb.tag(3, 7))),
        ("field number 0", wb.model(wb.tag(0, 2) + b"\0")),
        ("a field number over 2^29", wb.model() + b"\xff\xff\xff\xff\x7f\0"),
        ("a length over the message", wb.model(wb.tag(1, 2) + b"\x7f")),
        ("a length of 2^63", wb.model(wb.tag(1, 2) + b"\xff" * 9 + b"\x01")),
        ("a tensor that is none", wb.model(wb.initializer(b"\xff" * 9))),
        ("a large tensor that is none", wb.model(wb.initializer(b"\x08\x01" * 3000 + b"\xff"))),
        ("random bytes", bytes(range(1, 256)) * 20),
        ("no graph", wb.number(1, 8) + wb.OPSET),
    ],
)
def test_what_is_not_an_onnx_model_is_refused(what: str, data: bytes) -> None:
    message = refusal(data)
    assert message.startswith("m.onnx: ")
    assert "; " in message, f"{what}: no remedy"


def test_every_truncation_of_a_model_is_refused_or_says_what_is_missing() -> None:
    data = wb.model(RELU, RELU)
    graph = data.index(b"\x3a")
    for size in range(1, len(data)):
        if size != graph:
            assert "truncated" in refusal(data[:size]) or size < graph
    assert "no graph" in refusal(data[:graph])


@pytest.mark.parametrize(
    ("limit", "limits", "data"),
    [
        ("nodes", Limits(nodes=9), wb.model(RELU * 10)),
        ("nodes", Limits(nodes=9), wb.model(wb.nested(10))),
        ("tensors", Limits(tensors=9), wb.model(wb.initializer(wb.number(2, 1)) * 10)),
        ("functions", Limits(functions=9), wb.model() + wb.blob(25, wb.blob(1, b"f")) * 10),
        ("nesting", Limits(), wb.model(wb.nested(40))),
        ("nesting", Limits(), wb.model(wb.nested(20_000))),
        ("fields", Limits(fields=999), wb.model(wb.node(wb.blob(1, b"") * 1000))),
        ("fields", Limits(fields=999), wb.model(wb.node(wb.blob(5, wb.number(8, 1) * 50_000)))),
        ("fields", Limits(fields=999), wb.model(wb.node(wb.blob(5, wb.blob(8, b"1" * 90_000))))),
        ("fields", Limits(fields=999), wb.model(wb.initializer(wb.number(1, 1) * 50_000))),
        ("structure_bytes", Limits(structure_bytes=999), wb.model(RELU * 100)),
        ("string_bytes", Limits(), wb.model(wb.node(wb.blob(3, b"n" * (2 << 20))))),
    ],
)
def test_an_exceeded_limit_is_named(limit: str, limits: Limits, data: bytes) -> None:
    message = refusal(data, limits)
    assert f"(limit {limit} = {getattr(limits, limit):,})" in message
    assert "raise that limit" in message


BOMBS: dict[str, Callable[[int], bytes]] = {
    "empty attributes": lambda n: wb.model(wb.node(wb.blob(5) * n)),
    "empty nodes": lambda n: wb.model(wb.node() * n),
    "empty tensors": lambda n: wb.model(wb.initializer() * n),
    "empty types": lambda n: wb.model(wb.blob(11) * n),
    "empty dimensions": lambda n: wb.model(
        wb.blob(11, wb.blob(2, wb.blob(1, wb.blob(2, wb.blob(1) * n))))
    ),
    "metadata": lambda n: wb.model() + wb.blob(14) * n,
    "strings in a tensor": lambda n: wb.model(wb.initializer(wb.blob(6) * n)),
}
LONG = {"empty tensors", "metadata", "strings in a tensor"}
"""Refused after most of them have been read: a fifth, with a fifth of each limit."""


@pytest.mark.parametrize("name", BOMBS)
def test_a_10_mb_bomb_is_refused_within_a_gigabyte(name: str) -> None:
    part = 5 if name in LONG else 1
    data = BOMBS[name](5_000_000 // part)
    modest = Limits(guard_bytes=(1 << 30) // part, guard_seconds=100)
    budgets = ("fields", "structure_bytes", "nodes", "tensors", "values")
    limits = replace(Limits(), **{name: getattr(Limits(), name) // part for name in budgets})
    message = guarded(lambda _: refusal(data, limits), limits=modest)
    assert isinstance(message, str), message
    assert "(limit " in message


def test_deeply_nested_types_are_refused_by_protobuf_at_the_latest() -> None:
    inner = b""
    for _ in range(60):  # small enough to be copied unread
        inner = wb.blob(4, wb.blob(1, inner))
    message = refusal(wb.model(wb.blob(11, wb.blob(2, inner))))
    assert "nested too deep" in message or "Depth" in message


def test_a_claim_of_2_to_the_80_elements_is_a_problem_and_not_an_allocation() -> None:
    dims = wb.number(1, 1 << 20) * 4
    model = load(wb.model(wb.initializer(dims, wb.number(2, 1), wb.blob(8, b"w"))))
    (problem,) = model.problems
    assert (problem.code, problem.where, problem.inconclusive) == ("tensor-size", "w", True)
    assert model.payloads.array(model.proto.graph.initializer[0]) is None


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (wb.number(1, 3) + wb.number(2, 1) + wb.blob(9, b"\0" * 8), "needs 12 bytes and 8 are"),
        (wb.number(1, (1 << 64) - 1) + wb.number(2, 1), "negative dimension"),
        (wb.number(1, 1) + wb.number(2, 99), "element type 99 is unknown"),
        (wb.number(1, 3000) + wb.number(2, 1) + wb.blob(9, b"\0" * 8000), "needs 12,000 bytes"),
        (wb.number(1, 0) + wb.number(2, 1) + wb.blob(4, b"\0" * 8000), "the file stores far more"),
    ],
)
def test_data_that_does_not_fit_its_shape_is_a_problem(fields: bytes, says: str) -> None:
    model = load(wb.model(wb.initializer(fields)))
    assert codes(model) == {"tensor-size"}
    assert says in model.problems[0].message


@pytest.mark.parametrize("name", [b"\xff\xfe", b"a\xc3", b"\xed\xa0\x80"])
def test_names_that_are_not_utf8_become_text(name: bytes) -> None:
    long = wb.blob(6, b"doc" * 100)  # too long to be copied unread
    data = wb.model(
        wb.node(wb.blob(1, name), wb.blob(2, b"y"), wb.blob(4, b"Relu"), long),
        wb.node(wb.blob(1, b"y"), wb.blob(2, name), wb.blob(3, name)),
        wb.blob(11, wb.blob(1, name)),
    )
    model = load(data)
    assert "invalid-utf-8" in codes(model)
    first, second = model.proto.graph.node
    assert first.input[0] == second.output[0] == second.name == model.proto.graph.input[0].name
    assert isinstance(first.input[0], str)


def test_nul_and_control_characters_in_names_are_kept_as_text() -> None:
    model = load(wb.model(wb.node(wb.blob(1, b"a\0b\x1b[31m"), wb.blob(4, b"Relu"))))
    assert model.proto.graph.node[0].input[0] == "a\0b\x1b[31m"
    assert model.problems == ()


def test_a_name_of_100000_characters_loads() -> None:
    model = load(wb.model(wb.node(wb.blob(3, b"n" * 100_000), wb.blob(4, b"Relu"))))
    assert len(model.proto.graph.node[0].name) == 100_000


def test_many_problems_are_counted_and_not_all_listed() -> None:
    odd = [
        wb.initializer(wb.number(1, 5), wb.number(2, 1), wb.blob(8, b"w%d" % i), wb.blob(9, b"\0"))
        for i in range(300)
    ]
    facts = analyze(load(wb.model(*odd)), limits=Limits(problems=10))
    assert len(facts.breaches) == 11
    assert facts.breaches[-1].message.startswith("and 29")


def test_notes_are_counted_last_and_do_not_make_a_model_inconclusive() -> None:
    note = Problem("external-missing", "w", "is missing", inconclusive=False)
    grave = Problem("cycle", "y", "a cycle")
    listed = Limits(problems=2).listed([note, note, note])
    assert listed[2:] == (Problem("more-problems", "", "and 1 more problem", inconclusive=False),)
    listed = Limits(problems=2).listed([note, grave, note, grave, grave])
    assert listed[:2] == (grave, grave)
    assert listed[2] == Problem("more-problems", "", "and 3 more problems")


def test_fields_of_a_newer_onnx_are_named_and_keep_nothing_from_being_conclusive() -> None:
    model = load(wb.model(wb.blob(999, b"new"), RELU))
    assert not model.problems
    assert [region.family for region in model.payloads.rest.unread] == ["unknown-field"]
