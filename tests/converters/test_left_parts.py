"""What a limit of a tool asks of what an operator reads, of operators that are made for it."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast

import pytest

left: Any = import_module("analyzer.converters.left")  # the package has a function of that name


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def node(op: str, *inputs: str, makers: tuple[Any, ...] = (), shape: Any = None,
         groups: int | None = None) -> Any:  # fmt: skip
    conv = None if groups is None else some(groups=groups)
    return some(op_type=op, inputs=inputs, makers=makers, conv=conv, scope="",
                outputs=(some(name=op, shape=shape),))  # fmt: skip


@pytest.fixture(autouse=True)
def _made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(left, "makers_before", lambda _, each: list(each.makers))
    monkeypatch.setattr(left, "_is_zero", lambda _, each: "zero" in each.inputs)


NOTHING = cast("Any", None)


def test_a_shape_is_computed_where_nothing_stores_it() -> None:
    computed, stored = node("Reshape", "x", "s"), node("Reshape", "x", "k")
    for made, found in (
        ((computed,), True), ((stored,), False), ((node("Reshape", "x"),), False), ((), False),
        ((node("Transpose", makers=(computed,)),), True),
        ((node("Transpose", makers=(node("Transpose", makers=(computed,)),)),), True),
        ((node("Transpose", makers=(stored,)),), False), ((node("Transpose"),), False),
        ((node("Relu", makers=(computed,)),), False), ((node("Relu", "x", "s"), computed), False),
    ):  # fmt: skip
        assert left._is_reshaped(NOTHING, node("MatMul", makers=made), {"k": NOTHING}) is found


def test_a_chain_of_sums_and_products_with_constants_leads_to_a_layer_or_not() -> None:
    conv = node("Conv")
    constant = node("Constant")
    for made, beyond in (
        (conv, False), (node("Add", makers=(conv,)), False), (node("Mul", makers=(conv,)), False),
        (node("Add", makers=(node("Mul", makers=(conv,)),)), False),
        (node("Sub", "zero", makers=(conv,)), False), (node("Sub", "k", makers=(conv,)), True),
        (node("Div", "zero", makers=(conv,)), True), (node("Relu", makers=(conv,)), True),
        (node("Add"), True), (node("Add", makers=(constant, conv)), False), (constant, True),
        (node("Gemm"), True),
    ):  # fmt: skip
        assert left._is_beyond(NOTHING, ("Conv",), node("Add", makers=(made,))) is beyond, made
    assert left._is_beyond(NOTHING, ("Conv",), node("Add"))


def test_a_grouped_layer_with_a_constant_behind_it() -> None:
    held, wide = NOTHING or some(), node("Conv", groups=2)
    for makers, constant, found in (
        ((wide,), held, True), ((wide,), None, False), ((node("Conv", groups=1),), held, False),
        ((node("Conv"),), held, False), ((node("Gemm", groups=2),), held, False), ((), held, False),
        ((node("Relu"), wide), held, True),
    ):  # fmt: skip
        assert left._is_grouped(("Conv",), makers, constant) is found


def test_a_constant_is_turned_for_one_gather_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def gathered(*readers: Any, op: str = "Transpose", inputs: tuple[str, ...] = ("t",)) -> bool:
        read = {("", "t"): {str(n): each for n, each in enumerate(readers)}}
        monkeypatch.setattr(left, "wires_of", lambda _: some(readers=read))
        return bool(left._is_gathered(NOTHING, node(op, *inputs)))

    turn, look = node("Transpose", "t"), node("Gather", "t", "i")
    assert gathered(turn, look)
    assert not gathered(turn)
    assert not gathered(turn, look, look)
    assert not gathered(turn, look, node("Relu", "t"))
    assert not gathered(turn, node("Gather", "i", "t")), "as its indices"
    assert not gathered(turn, look, op="Relu")
    assert not gathered(turn, look, inputs=())
    assert not gathered(turn, look, inputs=("u",))


def test_what_is_joined_was_joined_along_another_axis(monkeypatch: pytest.MonkeyPatch) -> None:
    def turned(before: Any, after: Any, part: Any, *, op: str = "Concat") -> bool:
        """``x``, of shape ``part``, is joined to ``before``, which is joined to ``after``."""
        first, last = node(op, "x", shape=before), node("Concat", "f", "x", shape=after)
        first.outputs = (some(name="f", shape=before),)
        monkeypatch.setattr(left, "wires_of", lambda _: some(makers={("", "f"): first}))
        facts = cast("Any", some(inputs=[some(name="x", shape=part)]))
        return bool(left._is_turned(facts, last))

    assert turned((4, 2), (4, 8), (2, 2))
    assert not turned((4, 2), (8, 2), (2, 2)), "along the same"
    assert not turned((4, 2), (4, 8), (2, 2), op="Add")
    assert not turned(None, (4, 8), (2, 2))
    assert not turned((4, 2), None, (2, 2))
    assert not turned((4, 4), (4, 8), (2, 2)), "two axes are larger: it does not tell"
    assert not turned((4, 2), (4, 8), (4, 2)), "none is"
    assert not turned((4, 2), (4, 8), (2, 2, 2))
    assert not turned((4, 2), (4, 8), None)
