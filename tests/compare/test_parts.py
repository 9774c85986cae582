"""Operators as matching sees them: what they are, what flows into them, what they are alike by."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.compare import keys
from analyzer.compare.couples import _makers, _way
from analyzer.compare.ends import ends_of
from analyzer.compare.headlines import exchange
from analyzer.compare.network import Wired
from analyzer.compare.part import Part
from tests.each import each
from tests.golden.text import facts_of, parse

GRAPH = """g (float[2,4] x, float[2,4] z, bool c, int64[2] n) => (float[2,4] y)
    <float[4,4] w = {1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4}, float[4] b = {1, 2, 3, 4},
     float half = {0.5}, int64[2] form = {4, 2}, int64 i = {0}, float low = {0}> {
    k = Constant <value_float = 2.0> ()
    a = MatMul (x, w)
    s = Add (a, b)
    carried = Identity (s)
    kept = Dropout (carried)
    h = Mul (kept, half)
    t = Transpose (h)
    r = Reshape (t, form)
    p = MatMul (t, r)
    size = Shape (x)
    first = Gather (size, i)
    clipped = Clip (z, low)
    joined = Add (clipped, z)
    same = Add (z, z)
    odd = com.example.Odd (p, n)
    y = If (c) <then_branch = e () => (float[2,4] u) { u = Sub (joined, h) },
                    else_branch = f () => (float[2,4] v) { v = Sub (same, h) }> }"""


NAMES = {"a": "layer/dense", "s": "Add_1", "p": "dense.2", "y": "y"}


@cache
def parts() -> dict[str, Part]:
    written = parse(GRAPH)
    for node in written.graph.node:
        node.name = NAMES.get(node.output[0], "")
    model = facts_of(written)
    return {part.node.id: part for part in Wired(model, ends_of(model, model)[0]).parts}


def those(which: str) -> set[str]:
    return {name for name, part in parts().items() if getattr(part, which)}


def test_what_an_operator_is_to_a_network() -> None:
    assert those("is_constant") == {"k"}
    assert those("is_carrier") == {"carried", "kept"}
    assert those("is_weighted") == {"a"}
    assert those("is_plumbing") == {"carried", "kept", "k", "size", "first"}
    assert those("is_view") == {"carried", "kept", "t", "r"}
    assert those("commutes") == {"s", "h", "joined", "same"}


def test_bodies_have_the_label_of_their_place() -> None:
    labels = {name: part.label for name, part in parts().items() if part.label}
    assert labels == {"y.then_branch/u": "then_branch", "y.else_branch/v": "else_branch"}


def test_what_flows_into_an_operator_is_counted_once() -> None:
    joins = {name: part.joins for name, part in parts().items()}
    assert joins == {
        "k": 0, "a": 1, "s": 1, "carried": 1, "kept": 1, "h": 1, "t": 1, "r": 1, "p": 2, "size": 1,
        "first": 1, "clipped": 1, "joined": 2, "same": 1, "odd": 2, "y": 4,
        "y.then_branch/u": 2, "y.else_branch/v": 2,
    }  # fmt: skip
    arity = {
        name: parts()[name].arity for name in ("a", "s", "r", "clipped", "same", "first", "odd")
    }
    assert arity == {"a": 2, "s": 2, "r": 1, "clipped": 1, "same": 2, "first": 1, "odd": 2}
    assert parts()["r"].steers(1)
    assert not parts()["r"].steers(0)
    assert not parts()["odd"].steers(1)


def test_operators_are_seen_through_what_hands_on() -> None:
    index = {name: part.index for name, part in parts().items()}
    fed = {name: [(s.slot, s.part) for s in part.sources] for name, part in parts().items()}
    assert fed["h"] == [(0, index["s"])]
    assert fed["p"] == [(0, index["t"]), (1, index["r"])]
    assert fed["s"] == [(0, index["a"])]
    assert fed["size"] == []
    assert parts()["size"].given == ((0, parts()["a"].given[0][1]),)
    readers = {reader for reader, _, _ in parts()["h"].readers}
    assert readers >= {index["t"], index["y.then_branch/u"], index["y.else_branch/v"]}
    assert {kind for operand in parts()["a"].operands for kind in [operand.kind]} == {"weight"}
    assert [(o.slot, o.learned) for o in parts()["s"].operands] == [(1, True)]
    assert parts()["h"].operands == (), "one number is a setting"
    assert parts()["h"].steered == {1}


def test_takes_are_types_of_what_is_no_setting() -> None:
    assert parts()["h"].takes == (("float32", (2, 4)),)
    assert parts()["s"].takes == (("float32", (2, 4)), ("float32", (4,)))
    assert parts()["t"].types == (("float32", (4, 2)),)


@pytest.mark.parametrize(
    ("name", "tells"),
    [("conv", True), ("conv1", False), ("layer/conv1", True), ("layer.1", True), ("a:0", True),
     ("", False), ("Conv_12", False), ("1", False)],
)  # fmt: skip
def test_a_name_tells_more_than_a_number(name: str, tells: bool) -> None:
    assert keys.tells(name) is tells


def test_keys_go_from_all_that_is_known_to_the_family() -> None:
    found = parts()
    assert keys.named(found["a"]) is not None
    assert keys.named(found["s"]) is None
    assert keys.called(found["p"]) == ("", "dense.2", "", "MatMul")
    assert keys.called(found["s"]) is None
    assert keys.numbered(found["s"]) == ("", "Add_1", "", "Add")
    assert keys.numbered(found["t"]) is None
    assert keys.outlined(found["size"]) is None
    assert keys.outlined(found["t"]) is not None
    assert keys.typed(found["t"]) == ("", "Transpose", "", None, 1)
    assert keys.typed(found["size"]) == keys.loose(found["size"])
    assert keys.family(found["t"]) != keys.family(found["r"])
    assert keys.family(found["a"])[0].value == "product"  # type: ignore[index]
    assert keys.shaped(found["t"]) is None
    assert keys.shaped(found["a"]) == (keys.family(found["a"]), None, (2, 4))
    assert keys.kernel(found["t"]) is None
    assert keys.kernel(found["a"]) == (keys.family(found["a"]), None)
    assert keys.placed(found["t"]) == keys.loose(found["t"])
    assert keys.placed(found["r"]) == (found["r"].types, "", "view")
    assert keys.placed(found["clipped"]) == (found["clipped"].types, "")
    for name in ("a", "size", "y"):
        assert keys.placed(found[name])[0] == "only"  # type: ignore[index]
    assert [keys.slot(found[name], 1) for name in ("s", "joined", "p", "h")] == [0, 1, 1, 0]


def test_tensors_that_an_operator_makes_or_hands_on_are_stored_by_it() -> None:
    graph = """g (float[2] x) => (float[2] y, float[2] c, float[2] d)
        <float[2] w = {1, 2}> { c = Constant <value_floats = [1.0, 2.0]> () d = Identity (w)
        y = Add (x, w) }"""
    model = facts_of(parse(graph))
    wired = Wired(model, ends_of(model, model)[0])
    stored = {part.node.id: len(wired.stored_by(part)) for part in wired.parts}
    assert stored == {"c": 1, "d": 1, "y": 0}
    wired.origins = None  # of facts without their file
    assert [wired.stored_by(part) for part in wired.parts] == [(), (), ()]


def signs(count: int) -> str:
    """``w`` with another sign so often, turned first, into the product."""
    names = ["t", *(f"n{number}" for number in range(count))]
    steps = " ".join(f"{n} = Neg ({before})" for before, n in pairwise(names))
    return f"t = Transpose (w) {steps} y = MatMul (x, {names[-1]})"


@each(
    ("body", "way"),
    [
        ("y = MatMul (x, w)", (False, ())),
        ("t = Transpose <perm = [1, 0]> (w) y = MatMul (x, t)", (True, ())),
        ("t = Transpose (w) y = MatMul (x, t)", (True, ())),
        ("t = Transpose <perm = [0, 1]> (w) y = MatMul (x, t)", (False, ())),
        ("t = Transpose (w) u = Transpose (t) y = MatMul (x, u)", (False, ())),
        ("n = Neg (w) y = MatMul (x, n)", (False, ("Neg",))),
        ("n = Neg (w) t = Transpose (n) e = Exp (t) y = MatMul (x, e)", (True, ("Exp", "Neg"))),
        ("i = Identity (w) y = MatMul (x, i)", (False, ())),
        ("r = Reshape (w, form) y = MatMul (x, r)", (False, ())),
        ("y = Gemm <transB = 1> (x, w)", (True, ())),
        ("t = Transpose (w) y = Gemm <transB = 1> (x, t)", (False, ())),
        ("s = Unsqueeze (w, zero) t = Transpose <perm = [0, 2, 1]> (s) y = MatMul (x, t)",
         (False, ("Transpose",))),
        (signs(7), (True, ("Neg",) * 7)), (signs(8), (False, ("Neg",) * 8)),
        (signs(9), (False, ("Neg",) * 8)),
    ],
)  # fmt: skip
def test_the_way_of_a_matrix_into_its_product(body: str, way: tuple[bool, tuple[str, ...]]) -> None:
    graph = ("g (float[2,2] x) => (float[2,2] y) <float[2,2] w = {1, 2, 3, 4}, "
             f"int64[2] form = {{2, 2}}, int64[1] zero = {{0}}> {{ {body} }}")  # fmt: skip
    model = facts_of(parse(graph))
    wired = Wired(model, ends_of(model, model)[0])
    part = wired.part("y")
    assert _way(wired, part, 1, _makers(wired, part)) == way


def test_what_is_behind_layers_goes_as_far_as_those_that_read_it() -> None:
    def part(index: int, *sources: int, weighted: bool = False) -> Any:
        read = [SimpleNamespace(part=source) for source in sources]
        return SimpleNamespace(index=index, is_weighted=weighted, sources=read)

    parts = [
        part(0), part(1, 0, weighted=True), part(2, 1), part(3, 0, 2),
        part(4, 3, weighted=True), part(5, 4), part(6, 0), part(7, 6, weighted=True),
    ]  # fmt: skip
    assert exchange._behind(parts, {1}) == {1, 2, 3, 4}
    assert exchange._behind(parts, {7}) == {7}
    assert exchange._behind(parts, set()) == set()
    alike = [SimpleNamespace(index=i, outline=o) for i, o in ((4, "a"), (5, "b"), (6, "a"))]
    assert exchange._places(cast("Any", alike)) == {4: ("a", 0), 5: ("b", 0), 6: ("a", 1)}


def test_outputs_of_what_hands_on_are_outputs_of_what_it_hands_on() -> None:
    graph = """g (float[4] x) => (float[4] a, float[4] b, float[4] c, float[4] d) {
        a = Neg (x)  s = Exp (x)  b = Identity (s)  c = Identity (b)  d = Identity (x) }"""
    model = facts_of(parse(graph))
    ends = ends_of(model, model)[0]
    found = {part.node.id: part.exports for part in Wired(model, ends).parts}
    token = ends.outputs
    assert found == {
        "a": ((0, token["a"]),), "s": ((0, token["b"]), (0, token["c"])), "b": (), "c": (),
        "d": ((0, token["d"]),),
    }  # fmt: skip


def test_layers_exchange_their_weights_where_like_ones_read_what_the_other_read() -> None:
    def part(name: str, index: int, outline: str = "o") -> Any:
        node = SimpleNamespace(id=name)
        return SimpleNamespace(
            node=node, index=index, outline=outline, is_weighted=True, sources=()
        )

    def told(*outlines: str, alone: bool = True, covered: int = -1, other: bool = False) -> Any:
        old = [part("a", 0), part("b", 1), part("c", 2)]
        new = [part("b", 0, outlines[0]), part("a", 1, outlines[1]), part("c", 2)]
        changes = [SimpleNamespace(old=p.node, new=p.node) for p in new[:2]]
        scene = SimpleNamespace(
            is_other=other, old_layers=old, new_layers=new, covered={covered},
            pairs=[(old[0], new[1]), (old[1], new[0]), (old[2], new[2])],
            altered={"b": 0, "a": 1}, left=lambda: [*enumerate(changes)],
            only=lambda index, *_: alone or index == 0,
            new=SimpleNamespace(parts=new, part=lambda name: next(
                p for p in new if p.node.id == name)),
        )  # fmt: skip
        return [(h.kind, h.covers, h.values) for h in exchange.exchanged(cast("Any", scene))]

    assert told("o", "o") == [("exchanged", (0, 1), {"count": 2})]
    for nothing in (told("p", "q"), told("o", "q"), told("o", "o", alone=False),
                    told("o", "o", covered=1), told("o", "o", other=True)):  # fmt: skip
        assert nothing == []


def test_what_hands_on_an_input_hands_on_what_it_carries_and_not_how() -> None:
    graph = "g (float[4] x, float r) => (float[4] y) { d = Dropout (x, r)  y = Neg (d) }"
    model = facts_of(parse(graph))
    ends = ends_of(model, model)[0]
    found = {part.node.id: part.given for part in Wired(model, ends).parts}
    assert found["y"] == ((0, ends.inputs["x"]),)
