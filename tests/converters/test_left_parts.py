"""What a limit of a tool asks of what an operator reads, of operators that are made for it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.converters.converter import Leaving

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


def made(op: str = "Relu", *inputs: str, scope: str = "", domain: str = "", extent: Any = None,
         makers: tuple[Any, ...] = ()) -> Any:  # fmt: skip
    found = node(op, *inputs, makers=makers)
    found.scope, found.domain, found.extent, found.id = scope, domain, extent, inputs[-1:]
    return found


def whole(*, assumptions: Any = (), **held: int | None) -> Any:
    stored = held or {"k": 3, "one": 1}
    tensors = [some(name=name, elements=size) for name, size in stored.items()]
    known: dict[Any, Any] = {}

    def once(make: Callable[[Any], Any]) -> Any:
        return known.setdefault(make, make(facts))

    facts = some(assumptions=assumptions, parameters=some(tensors=tensors), once=once)
    return facts


def test_what_a_limit_states_is_asked_and_nothing_else() -> None:
    conv, grouped = node("Conv"), node("Conv", groups=2)
    computed = node("Reshape", "x", "s")
    open_ = whole(assumptions=("N",))
    for stated, met, others in (
        ({}, (), (made(),)),
        ({"operators": ("Relu", "Add")}, (made(), made("Add")), (made("Sub"),)),
        ({"domains": ("d",)}, (made(domain="d"),), (made(), made(domain="e"))),
        ({"bodies": True}, (made(scope="s"), made(scope="s", extent=2)), (made(),)),
        ({"functions": True}, (made(scope="s"),), (made(scope="s", extent=2), made())),
        ({"zeros": True}, (made("Add", "x"),), (made("Add", "zero"),)),
        ({"first": True}, (made("Add", "k", "x"),), (made("Add", "x", "k"), made())),
        ({"single": True}, (made("Add", "x", "one"), made("Add", "one", "k")),
         (made("Add", "k", "one"), made("Add", "x"))),
        ({"behind": ("Conv",)}, (made(makers=(node("Gemm"),)),), (made(makers=(conv,)),)),
        ({"grouped": ("Conv",)}, (made("Mul", "x", "k", makers=(grouped,)),),
         (made("Mul", "x", makers=(grouped,)), made("Mul", "x", "k", makers=(conv,)))),
        ({"reshaped": True}, (made(makers=(computed,)),),
         (made(makers=(node("Reshape", "x", "k"),)), made())),
        ({"operators": ("Add",), "bodies": True}, (made("Add", scope="s"),),
         (made("Add"), made(scope="s"))),
        ({"first": True, "single": True}, (made("Add", "one"),),
         (made("Add", "k"), made("Add", "x", "one"))),
    ):  # fmt: skip
        limit = Leaving("why", **cast("Any", stated))
        assert all(left._is_met(whole(), limit, each) for each in met), stated
        assert not any(left._is_met(whole(), limit, each) for each in others), stated
    limit = Leaving("why", open=True)
    assert left._is_met(open_, limit, made())
    assert not left._is_met(whole(), limit, made())


def test_limits_of_size_and_of_position_are_asked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, stated in (("_is_gathered", "gathered"), ("_is_turned", "axis")):
        monkeypatch.setattr(left, name, lambda _, each: each.op_type == "Transpose")
        limit = Leaving("why", **cast("Any", {stated: True}))
        assert left._is_met(whole(), limit, made("Transpose"))
        assert not left._is_met(whole(), limit, made())
    large = Leaving("why", elements=3)
    held = whole(a=2, b=3, c=4, d=None, e=9)
    assert left._met(held, large, {"a", "b", "c", "d"}) == {"b", "c"}
