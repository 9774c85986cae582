"""Mutations of what is connected to what, and of what everything is called."""

from __future__ import annotations

import random
from itertools import pairwise

from google.protobuf.message import DecodeError
from onnx import GraphProto, ModelProto, NodeProto, defs, helper

from tests.fuzz.parts import any_node, graphs, nodes, number, value_names
from tests.fuzz.strings import attack

DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft", "ai.onnx.preview", "local", "x.y",
           "ai.onnx.preview.training", "pkg.onnxscript.torch_lib.common")  # fmt: skip
OPERATORS = tuple(sorted({(s.domain, s.name) for s in defs.get_all_schemas()}))


def inputs(model: ModelProto, rng: random.Random) -> None:
    """Missing, extra, swapped, repeated, unknown and cyclic operands."""
    node = any_node(model, rng)
    names = node.input if rng.random() < 0.75 else node.output
    edit = rng.randrange(6)
    if edit == 0 and names:
        del names[rng.randrange(len(names))]
    elif edit == 1:
        names.extend([rng.choice(value_names(model))] * rng.choice((1, 1, 2, 30)))
    elif edit == 2 and names:
        names[rng.randrange(len(names))] = rng.choice(value_names(model))
    elif edit == 3 and node.output:
        node.input.append(node.output[0])
    elif edit == 4:
        shuffled = list(names)
        rng.shuffle(shuffled)
        names[:] = shuffled
    else:
        del names[:]


def operator(model: ModelProto, rng: random.Random) -> None:
    """A node becomes another operator, keeping its operands."""
    node = any_node(model, rng)
    if rng.random() < 0.8:
        node.domain, node.op_type = rng.choice(OPERATORS)
    else:
        node.op_type = rng.choice((attack(rng)[:100], "If", "Loop", "Scan", "block", "Constant"))
        node.domain = rng.choice(DOMAINS)
    if rng.random() < 0.1:
        node.overload = rng.choice(("", "o", attack(rng)[:20]))


def graph_edit(model: ModelProto, rng: random.Random) -> None:
    """Nodes doubled, dropped or moved; outputs and inputs of graphs changed."""
    graph = rng.choice(graphs(model))
    edit = rng.randrange(6)
    if edit == 0 and graph.node:
        graph.node.add().CopyFrom(rng.choice(graph.node))
    elif edit == 1 and graph.node:
        del graph.node[rng.randrange(len(graph.node))]
    elif edit == 2 and graph.output:
        del graph.output[rng.randrange(len(graph.output))]
    elif edit == 3 and graph.input:
        del graph.input[rng.randrange(len(graph.input))]
    elif edit == 4:
        graph.output.add().name = rng.choice(value_names(model))
    elif len(graph.node) > 1:
        first, last = graph.node[0], graph.node[-1]
        kept = NodeProto.FromString(first.SerializeToString())
        first.CopyFrom(last)
        last.CopyFrom(kept)


def versions(model: ModelProto, rng: random.Random) -> None:
    edit = rng.randrange(5)
    if edit == 0 and model.opset_import:
        rng.choice(model.opset_import).version = rng.choice((*range(-1, 30), 2**62, -(2**62)))
    elif edit == 1:
        model.opset_import.add(domain=rng.choice(DOMAINS), version=number(rng))
    elif edit == 2:
        del model.opset_import[:]
    elif edit == 3:
        model.ir_version = number(rng)
    elif model.functions:
        del rng.choice(model.functions).opset_import[:]


def nest(model: ModelProto, rng: random.Random) -> None:
    """The graph moves into the branches of an If or the body of a Loop, some levels deep."""
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        try:
            node = _wrapped(model, rng)
            if len(node.SerializeToString()) > 200_000:
                return
            model.graph.node.append(node)
        except DecodeError:  # as deep as protobuf goes
            return
        del model.graph.node[:-1]


def _wrapped(model: ModelProto, rng: random.Random) -> NodeProto:
    """A node that has the model's graph as a body."""
    inner = GraphProto.FromString(model.graph.SerializeToString())
    del inner.input[:]
    outputs = [f"{o.name}_" for o in inner.output] or ["o"]
    condition = rng.choice([i.name for i in model.graph.input] or ["c"])
    if rng.random() < 0.7:
        node = helper.make_node("If", [condition], outputs)
        labels = ("then_branch", "else_branch") if len(graphs(model)) < 8 else ("then_branch",)
    else:
        node, labels = helper.make_node("Loop", [condition, ""], outputs), ("body",)
    node.attribute.extend(helper.make_attribute(label, inner) for label in labels)
    return node


def functions(model: ModelProto, rng: random.Random) -> None:
    """A tower of functions, each calling the one below twice; or one that calls itself."""
    height = rng.choice((1, 5, 60, 200))
    below = rng.choice((("", "Relu"), ("", "MatMul"), ("bomb", f"f{height - 1}")))
    for level in range(height):
        names = ["x", "t", "y"]
        calls = [
            helper.make_node(below[1], [a] * (2 if below[1] == "MatMul" else 1), [b],
                             domain=below[0])
            for a, b in pairwise(names)
        ]  # fmt: skip
        imports = [helper.make_opsetid("", 17), helper.make_opsetid("bomb", 1)]
        model.functions.append(
            helper.make_function("bomb", f"f{level}", ["x"], ["y"], calls, imports)
        )
        below = ("bomb", f"f{level}")
    node = any_node(model, rng)
    node.domain, node.op_type = below
    if model.functions and rng.random() < 0.3:
        victim = rng.choice(model.functions)
        victim.name, victim.domain = rng.choice(OPERATORS)[1], ""


def text(model: ModelProto, rng: random.Random) -> None:
    """A hostile name or comment."""
    text, edit = attack(rng), rng.randrange(9)
    if edit < 4:
        _rename(model, rng.choice(value_names(model)), text)
    elif edit == 4:
        any_node(model, rng).name = text
    elif edit == 5:
        model.producer_name, model.graph.name, model.graph.doc_string = text, text, text
    elif edit == 6:
        model.metadata_props.add(key=text, value=attack(rng))
        any_node(model, rng).metadata_props.add(key="pkg.torch.onnx.name_scopes", value=text)
    elif edit == 7:
        node = any_node(model, rng)
        node.name, node.doc_string, node.domain = text, text, text
    else:
        rng.choice([*model.functions, model.graph]).name = text


def _rename(model: ModelProto, old: str, new: str) -> None:
    """Another name for a value, wherever it is used."""
    for node in nodes(model):
        for names in (node.input, node.output):
            names[:] = [new if name == old else name for name in names]
    for graph in graphs(model):
        for value in (*graph.input, *graph.output, *graph.initializer, *graph.value_info):
            if value.name == old:
                value.name = new
