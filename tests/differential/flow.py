"""Layers that run bodies: If, Loop, Scan and local functions around a random inner layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper

from tests.differential.draft import DOMAIN, FLOAT, Draft, Value, probe
from tests.differential.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _inner(draft: Draft, x: Value) -> tuple[Draft, Value] | None:
    """A layer in a draft of its own, and its output as the runtime has it."""
    for _ in range(8):
        least, layer = draft.rng.choice(list(LAYERS.values()))
        if len(x.shape) < least:
            continue
        body = draft.branch()
        output = layer(body, x)
        found = probe(body, [x], [output])
        if found is not None:
            return body, found[0]
    return None


def _enclose(draft: Draft, body: Draft) -> None:
    """Count what ``body`` holds as the draft's own; its nodes go into a subgraph instead."""
    draft.attributes |= body.attributes
    draft.params += body.params
    draft.count = body.count
    draft.functions = body.functions


def _graph(
    body: Draft, inputs: list[onnx.ValueInfoProto], outputs: list[Value], *, declare: bool = False
) -> onnx.GraphProto:
    shapes = [
        helper.make_tensor_value_info(v.name, FLOAT, v.shape if declare else None) for v in outputs
    ]
    return helper.make_graph(body.nodes, body.fresh("body"), inputs, shapes, body.initializers)


def branch(draft: Draft, x: Value) -> str:
    """``If`` whose condition is constant, or follows from the shape of ``x``."""
    graphs = []
    for _ in range(2):
        found = _inner(draft, x)
        if found is None:
            return x.name
        body, output = found
        graphs.append(_graph(body, [], [output]))
        _enclose(draft, body)
    if draft.rng.random() < 0.5:
        condition = draft.scalar(draft.rng.random() < 0.5, np.bool_)
    else:
        size = draft.add("Gather", [draft.add("Shape", [x.name]), draft.scalar(0)])
        condition = draft.add("Greater", [size, draft.scalar(draft.rng.randint(0, 2))])
    return draft.add("If", [condition], then_branch=graphs[0], else_branch=graphs[1])


def loop(draft: Draft, x: Value) -> str:
    """``Loop`` over a constant or computed count; the layer reads an outer value each time."""
    found = _inner(draft, x)
    if found is None:
        return x.name
    body, output = found
    carried = body.fresh("carried")
    inputs = [
        helper.make_tensor_value_info(body.fresh("step"), TensorProto.INT64, []),
        helper.make_tensor_value_info(goes_on := body.fresh("cond"), TensorProto.BOOL, []),
        helper.make_tensor_value_info(carried, FLOAT, None),
    ]
    keep, add = body.make("Identity", [goes_on]), body.make("Add", [carried, carried])
    body.nodes += [keep, add]
    graph = _graph(body, inputs, [Value(keep.output[0], ()), Value(add.output[0], ()), output])
    graph.output[0].type.tensor_type.elem_type = TensorProto.BOOL
    _enclose(draft, body)
    if draft.rng.random() < 0.5:
        trips = draft.scalar(draft.rng.randint(1, 4))
    else:
        size = draft.add("Shape", [x.name], start=0, end=1)
        trips = draft.add("Squeeze", [draft.add("Add", [size, draft.ints(1)])])
    true = draft.scalar(True, np.bool_)
    initial = draft.array([1.0, 2.0], np.float32)
    return draft.add_all("Loop", [trips, true, initial], 2, body=graph)[1]


def scan(draft: Draft, x: Value) -> str:
    """``Scan`` along a random axis; the body works on slices."""
    axis = draft.rng.randrange(len(x.shape))
    inner = Value(draft.fresh("slice"), x.shape[:axis] + x.shape[axis + 1 :])
    found = _inner(draft, inner)
    if found is None:
        return x.name
    body, output = found
    # ONNX Runtime refuses a Scan whose output shapes its own inference leaves open.
    inputs = [helper.make_tensor_value_info(inner.name, FLOAT, inner.shape)]
    graph = _graph(body, inputs, [output], declare=True)
    _enclose(draft, body)
    out_axis = draft.rng.randrange(len(output.shape) + 1)
    return draft.add(
        "Scan",
        [x.name],
        body=graph,
        num_scan_inputs=1,
        scan_input_axes=[axis],
        scan_output_axes=[out_axis],
    )


def function(draft: Draft, x: Value) -> str:
    """A local function around a layer, with an attribute passed in; sometimes called again."""
    found = _inner(draft, Value("input", x.shape))
    if found is None:
        return x.name
    body, output = found
    for tensor in body.initializers:  # a function has no initializers
        node = body.make("Constant", [], value=tensor)
        node.output[0] = tensor.name
        body.nodes.insert(0, node)
    scaled = body.make("LeakyRelu", [output.name])
    slope = onnx.AttributeProto(name="alpha", ref_attr_name="slope", type=onnx.AttributeProto.FLOAT)
    scaled.attribute.append(slope)
    body.nodes.append(scaled)
    name = body.fresh("Layer")
    imports = [helper.make_opsetid("", draft.opset), helper.make_opsetid(DOMAIN, 1)]
    made = helper.make_function(
        DOMAIN, name, ["input"], [scaled.output[0]], body.nodes, imports, ["slope"]
    )
    _enclose(draft, body)
    draft.functions = [*draft.functions, made]
    first = draft.add(name, [x.name], domain=DOMAIN, slope=0.5)
    if output.shape == x.shape and draft.rng.random() < 0.5:
        first = draft.add(name, [first], domain=DOMAIN, slope=0.25)
    return draft.add("Identity", [first])  # the runtime inlines the call: nothing has its name


FLOWS: Mapping[str, tuple[int, Callable[[Draft, Value], str]]] = {
    "branch": (1, branch),
    "loop": (1, loop),
    "scan": (2, scan),
    "function": (1, function),
}
"""Least rank of the input and function by name."""
