"""Where the stream through a block comes in and goes out, and what one block more is made of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from analyzer.facts import Tensor
from analyzer.graph.adjacency import vertex
from analyzer.graph.call import Call, Unknown
from analyzer.scaling.depth import _ends, _is_stream, _sides, _unstrided, sibling
from tests.golden.text import facts

HEAD = """g (float[1,4,8,8] x, float[1,4,8,8] z, float[1,1,8,8] m, int64[1] k, float s)
    => (float[1,4,8,8] y, float[1,4,8,8] b)"""


def ends(body: str, nodes: str = "a b") -> tuple[str, str] | None:
    model = facts(f"{HEAD} {{ {body} }}")
    found = _ends(model, cast("Any", SimpleNamespace(nodes=tuple(nodes.split()))))
    return None if found is None else (found[0].name, found[1].name)


def test_a_block_has_one_stream_in_and_one_out() -> None:
    chain = "a = Relu (x)  b = Neg (a)  y = Abs (b)"
    assert ends(chain) == ("x", "b")
    assert ends(chain, "a") == ("x", "a")
    assert ends(chain, "b y") is None, "b is an output of the model as well"
    assert ends("a = Relu (x)  b = Neg (a)  y = Add (a, b)") is None, "two go out"
    assert ends("a = Relu (x)  b = Neg (a)  f = Shape (a)  y = Reshape (b, f)") == ("x", "b")
    assert ends("a = Add (x, z)  b = Neg (a)  y = Abs (b)") == ("x", "b")
    assert ends("a = Add (m, x)  b = Neg (a)  y = Abs (b)") == ("x", "b"), "as what goes out"
    assert ends("a = Mul (x, s)  b = Neg (a)  y = Abs (b)") == ("x", "b"), "a number is no stream"
    assert ends("a = Tile (x, k)  b = Neg (a)  y = Abs (b)", "b") is None, "sizes are not known"
    pooled = "p = GlobalAveragePool (x)  a = Add (p, m)  b = Add (a, x)  y = Add (b, z)"
    assert ends(pooled, "p") == ("x", "p"), "a single one may have another shape"
    assert ends("a = Add (m, m)  b = Add (a, x)  y = Abs (b)", "a") == ("m", "a")
    assert ends("v = MatMul (x, z)  a = Concat <axis = 1> (v, m)  b = Abs (x)  y = Abs (b)",
                "a") is None  # fmt: skip
    inside = """c = Cast <to = 9> (s)  b = Abs (x)
        y = If (c) <then_branch = t () => (float[1,4,8,8] p) { p = Neg (b) },
                    else_branch = e () => (float[1,4,8,8] q) { q = Relu (b) }>"""
    assert ends(inside, "y.then_branch/p") is None


def test_a_stream_is_neither_integers_nor_a_number() -> None:
    for dtype, shape, is_one in (
        ("float32", (2,), True), ("float32", (None,), True), (None, (2,), True),
        ("int64", (2,), False), ("uint8", (2,), False), ("float32", (1,), False),
        ("float32", (), False), ("float16", (1, 1), False), ("float32", None, True),
    ):  # fmt: skip
        assert _is_stream(Tensor("t", dtype, cast("Any", shape))) is is_one, (dtype, shape)
    assert not _is_stream(None)
    assert _sides(Tensor("t", "float32", (1, 4, 1, None))) == (4, None)
    assert _sides(Tensor("t", "float32", None)) == ()


def test_one_block_more_is_at_the_output_side_and_has_no_stride() -> None:
    def tensor(name: str, *shape: int | None) -> Tensor:
        return Tensor(name, "float32", shape)

    large, small = (1, 4, 8, 8), (1, 16, 4, 4)
    operands = tensor("x", *large), tensor("w", 16, 4, 3, 3), None
    call = Call("Conv", "", 17, {"strides": (2, 2), "group": 1}, operands, (tensor("y", *small),))
    made = _unstrided(call, large, small)
    assert made.attributes == {"strides": (1, 1), "group": 1}
    assert [t and t.shape for t in made.inputs] == [(1, 4, 4, 4), (16, 4, 3, 3), None]
    assert [t and t.shape for t in made.outputs] == [small]
    assert _unstrided(call, large, (1, 16, 8, 8)).attributes == call.attributes
    plain = Call("Relu", "", 17, {}, (Tensor("x", "float32", None),), (tensor("y", *large),))
    moved = _unstrided(plain, large, small)
    assert moved.attributes == {}
    assert [t and t.shape for t in (*moved.inputs, *moved.outputs)] == [None, (1, 4, 4, 4)]


def test_one_more_block_has_the_sizes_at_the_end_of_the_last_or_says_why_there_is_none() -> None:
    def next_one(body: str, x: str, y: str, more: str = "") -> object:
        model = facts(f"g (float{x} x) => (float{y} y) {more} {{ {body} }}")
        ids = [node.id for node in model.nodes]
        stage: Any = SimpleNamespace(blocks=[SimpleNamespace(nodes=ids)], entry="x", leave="y")
        try:
            calls = sibling(model, stage, {n: vertex(model.graph, n).call for n in ids})
        except Unknown as why:
            return str(why)
        return [t.shape for c in calls.values() for t in (*c.inputs, *c.outputs) if t is not None]

    odd, kernel = "y = com.example.Odd (x)", "<float[4,2,1,1] w = {1, 2, 3, 4, 5, 6, 7, 8}>"
    rank, channels = "a block changes the rank of its input", "a block's channels are unknown"
    assert next_one("y = Relu (x)", "[1,4,8,8]", "[1,4,8,8]") == [(1, 4, 8, 8)] * 2
    halved = next_one("y = Conv <strides = [2, 2]> (x, w)", "[1,2,4,4]", "[1,4,2,2]", kernel)
    assert halved == [(1, 4, 2, 2), (4, 4, 1, 1), (1, 4, 2, 2)]
    assert next_one("y = Flatten (x)", "[2,4,8]", "[2,32]") == rank
    assert next_one(odd, "", "[1,8,4,4]") == next_one(odd, "[1,4,8,8]", "") == rank
    assert next_one(odd, "[1,0,8,8]", "[1,8,4,4]") == channels
    assert next_one(odd, "[1,8,8,8]", "[1,0,4,4]") == channels
    assert str(next_one(odd, "[1,4,8,8]", "[1,8,4,4]")).startswith("y axis 0: how Odd arithmetic")
