"""Hypothesis strategies for graphs: tidy ones that a checker might pass, and wild ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Draw = Callable[[st.SearchStrategy[Any]], Any]

CHANNELS, SIDE = 8, 6
WEIGHTS = {
    "w": (CHANNELS, CHANNELS, 3, 3),
    "d": (CHANNELS, 1, 3, 3),
    "p": (CHANNELS, CHANNELS, 1, 1),
    "m": (SIDE, SIDE),
    "s": (CHANNELS,),
}
UNARY = ("Relu", "Sigmoid", "Identity", "Neg", "Softmax", "GlobalAveragePool", "Flatten", "Shape",
         "Size", "Cast", "Fancy")  # fmt: skip
BINARY = ("Add", "Mul", "MatMul", "Sub", "Concat", "Gather", "Reshape", "Expand")
SIZES = (0, 1, 2, 3, CHANNELS, -1, 2**31, 2**62)
TYPES = (TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING, TensorProto.BOOL, 0, 99)
OPSETS = (7, 11, 13, 17, 18, 22)


@dataclass
class _Names:
    """What can be read at some place in a graph, and how new values are called."""

    known: list[str]
    prefix: str
    wild: bool
    made: int = 0

    def read(self, draw: Draw) -> str:
        beyond = ["", "nowhere", f"{self.prefix}{self.made}"] if self.wild else []
        name: str = draw(st.sampled_from([*self.known, *beyond]))
        return name

    def new(self, draw: Draw) -> str:
        """A name for a new value; a wild one may have been used before, or come later."""
        self.made += 1
        fresh = f"{self.prefix}{self.made}"
        name: str = (
            draw(st.sampled_from([fresh, fresh, fresh, *self.known])) if self.wild else fresh
        )
        self.known.append(name)
        return name


def _conv(draw: Draw, names: _Names) -> NodeProto:
    weight, groups = draw(st.sampled_from([("w", 1), ("d", CHANNELS), ("p", 1)]))
    if names.wild:
        weight, groups = draw(st.sampled_from([*WEIGHTS, ""])), draw(st.sampled_from([1, 3, 8, -1]))
    pads = draw(st.sampled_from([[1] * 4, [0] * 4, [0, 1, 2, 3]]))
    stride = draw(st.sampled_from([1, 2, 0, 2**40] if names.wild else [1, 2]))
    inputs = [names.read(draw), weight]
    return helper.make_node(
        "Conv", inputs, [names.new(draw)], group=groups, pads=pads, strides=[stride, stride]
    )


def _simple(draw: Draw, names: _Names) -> NodeProto:
    kind = draw(st.sampled_from([*UNARY, *BINARY]))
    count = draw(st.integers(0, 4)) if names.wild else 1 + (kind in BINARY)
    more: dict[str, Any] = {"Concat": {"axis": 1}, "Cast": {"to": 1}}.get(kind, {})
    if names.wild and draw(st.booleans()):
        more = {draw(st.sampled_from(["axis", "to", "perm", "x"])): draw(_attribute_values)}
    inputs = [names.read(draw) for _ in range(count)]
    outputs = [names.new(draw) for _ in range(draw(st.integers(0, 3)) if names.wild else 1)]
    domain = "x" if kind == "Fancy" else ""
    return helper.make_node(kind, inputs, outputs, domain=domain, **more)


_attribute_values = st.one_of(
    st.sampled_from(SIZES),
    st.lists(st.sampled_from(SIZES), min_size=1, max_size=5),
    st.floats(),
    st.text(max_size=5),
)


def _branches(draw: Draw, names: _Names, depth: int) -> NodeProto:
    bodies = {}
    for label in ("then_branch", "else_branch"):
        inner = _Names([*names.known], f"{names.prefix}{label[0]}{names.made}_", names.wild)
        nodes = _nodes(draw, inner, depth - 1, most=2)
        bodies[label] = helper.make_graph(nodes, label, [], _outputs([inner.known[-1]]))
    condition = names.read(draw) if names.wild else "c"
    return helper.make_node("If", [condition], [names.new(draw)], **bodies)


def _loop(draw: Draw, names: _Names, depth: int) -> NodeProto:
    prefix = f"{names.prefix}l{names.made}_"
    counters = [f"{prefix}i", f"{prefix}go"]
    inner = _Names([*names.known], prefix, names.wild)
    nodes = _nodes(draw, inner, depth - 1, most=2)
    going = helper.make_node("Identity", [counters[1]], [f"{prefix}on"])
    body = helper.make_graph(
        [*nodes, going], "body",
        [helper.make_tensor_value_info(counters[0], TensorProto.INT64, []),
         helper.make_tensor_value_info(counters[1], TensorProto.BOOL, [])],
        [helper.make_tensor_value_info(f"{prefix}on", TensorProto.BOOL, []),
         *_outputs([inner.known[-1]])],
    )  # fmt: skip
    limit = names.read(draw) if names.wild else "n"
    return helper.make_node("Loop", [limit, ""], [names.new(draw)], body=body)


def _call(draw: Draw, names: _Names) -> NodeProto:
    return helper.make_node("f", [names.read(draw)], [names.new(draw)], domain="local")


def _nodes(draw: Draw, names: _Names, depth: int, most: int) -> list[NodeProto]:
    makers: list[Callable[[Draw, _Names], NodeProto]] = [_conv, _simple, _simple]
    if depth:
        makers += [
            lambda d, n: _branches(d, n, depth),
            lambda d, n: _loop(d, n, depth),
            _call,
        ]
    count = draw(st.integers(1, most))
    return [draw(st.sampled_from(makers))(draw, names) for _ in range(count)]


def _outputs(names: Sequence[str]) -> list[Any]:
    return [helper.make_empty_tensor_value_info(name) for name in names]


@st.composite
def models(draw: Draw, *, wild: bool) -> ModelProto:
    """A model of one to eight operators, bodies and a local function.

    Tidy models (``wild=False``) define each value once and before it is read; whether shapes fit
    is left to chance. Wild ones do what they like with names, types, sizes and attributes.
    """
    sizes = st.sampled_from([*SIZES, None, "N"]) if wild else st.just(SIDE)
    kinds = st.sampled_from(TYPES) if wild else st.just(TensorProto.FLOAT)
    x = (
        [1, CHANNELS, SIDE, SIDE]
        if not wild
        else [draw(sizes) for _ in range(draw(st.integers(0, 5)))]
    )
    names = _Names(["x"], "v", wild)
    nodes = _nodes(draw, names, 2, most=8)
    graph = helper.make_graph(
        nodes, "g",
        [helper.make_tensor_value_info("x", draw(kinds), x),
         helper.make_tensor_value_info("c", TensorProto.BOOL, [])],
        _outputs([names.known[-1]]),
        [helper.make_tensor("n", TensorProto.INT64, [], [draw(st.sampled_from([0, 1, 3, 2**62]))])],
    )  # fmt: skip
    for name, shape in WEIGHTS.items():
        dims = [draw(sizes) for _ in shape] if wild and draw(st.booleans()) else shape
        claimed = [d if isinstance(d, int) else 1 for d in dims]
        graph.initializer.append(TensorProto(name=name, data_type=TensorProto.FLOAT, dims=claimed))
    inner = _Names(["a"], "u", wild)
    opset = helper.make_opsetid("", draw(st.sampled_from(OPSETS)))
    local = [opset, helper.make_opsetid("local", 1), helper.make_opsetid("x", 1)]
    body = _nodes(draw, inner, int(wild), most=3)
    weights = [
        helper.make_node("Constant", [], [name], value=helper.make_tensor("v", 1, [1], [1.0]))
        for name in WEIGHTS
    ]
    function = helper.make_function(
        "local", "f", ["a"], [inner.known[-1]], [*weights, *body], local
    )
    model: ModelProto = helper.make_model(graph, opset_imports=local, functions=[function])
    return model


def shuffled(model: ModelProto, order: Sequence[int]) -> ModelProto:
    """``model`` with its main graph's operators in another order in the file."""
    result: ModelProto = ModelProto.FromString(model.SerializeToString())
    nodes = [result.graph.node[i] for i in order]
    copies = [NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del result.graph.node[:]
    result.graph.node.extend(copies)
    return result


def renamed(model: ModelProto, prefix: str) -> ModelProto:
    """``model`` with ``prefix`` before the name of every value of the main graph and its bodies."""
    result: ModelProto = ModelProto.FromString(model.SerializeToString())
    todo: list[GraphProto] = [result.graph]
    while todo:
        graph = todo.pop()
        for value in (*graph.input, *graph.output, *graph.initializer):
            value.name = prefix + value.name
        for node in graph.node:
            node.input[:] = [prefix + name if name else name for name in node.input]
            node.output[:] = [prefix + name if name else name for name in node.output]
            todo += [attribute.g for attribute in node.attribute if attribute.HasField("g")]
    return result
