"""Mutations of a ModelProto that keep it parseable: what a schema-aware attacker would change."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from google.protobuf.message import DecodeError
from onnx import (
    AttributeProto,
    GraphProto,
    ModelProto,
    NodeProto,
    TensorProto,
    defs,
    helper,
    numpy_helper,
)

from tests.fuzz.strings import attack, break_utf8
from tests.fuzz.walk import mutate as mutate_bytes
from tests.fuzz.walk import mutate_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Mutation = Callable[[ModelProto, random.Random], None]

INTS = (
    0, 1, -1, 2, 3, 7, -2, 8, 64, 255, 1024, 65_536, 2**20, -(2**20), 2**31 - 1, 2**31, -(2**31),
    2**32, 2**40, 2**53, 2**61, 2**62, 2**63 - 1, -(2**63), -(2**63) + 1, 10**18,
)  # fmt: skip
FLOATS = (0.0, -0.0, 1.0, -1.0, 0.5, 1e-45, 1e30, -1e30, float("inf"), float("-inf"), float("nan"))
DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft", "ai.onnx.preview", "local", "x.y",
           "ai.onnx.preview.training", "pkg.onnxscript.torch_lib.common")  # fmt: skip
OPERATORS = tuple(sorted({(s.domain, s.name) for s in defs.get_all_schemas()}))
VECTORS = ("Reshape Expand Tile Range ConstantOfShape OneHot Resize Pad Slice Split TopK Squeeze "
           "Unsqueeze Upsample CenterCropPad Col2Im DFT STFT MaxUnpool AffineGrid HannWindow "
           "MelWeightMatrix SplitToSequence ReduceSum Gather Loop Scan").split()  # fmt: skip
"""Operators of which an input says how large the output is."""


def mutate(data: bytes, rng: random.Random, pool: Sequence[bytes]) -> bytes:
    """A mutant of the model in ``data``: mostly of its structure, at times of its bytes."""
    kind = rng.random()
    if kind < 0.07:
        return mutate_bytes(data, rng, rng.choice(pool))
    if kind < 0.15:
        return mutate_inside(data, rng, rng.choice(pool))
    model = ModelProto.FromString(data)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5))):
        rng.choices(_MUTATIONS, _WEIGHTS)[0](model, rng)
    return break_utf8(model.SerializeToString())


def graphs(model: ModelProto) -> list[GraphProto]:
    """The main graph and every body in it or in a function."""
    found = [model.graph]
    todo = [*model.graph.node, *(n for f in model.functions for n in f.node)]
    while todo:
        for attribute in todo.pop().attribute:
            bodies = [*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs]
            found += bodies
            todo += [n for g in bodies for n in g.node]
    return found


def nodes(model: ModelProto) -> list[NodeProto]:
    """Every operator of every graph and function."""
    inner = [n for g in graphs(model) for n in g.node]
    return inner + [n for f in model.functions for n in f.node]


def number(rng: random.Random) -> int:
    """An integer at or beside a limit of something."""
    if rng.random() < 0.3:
        return rng.randint(-4, 40)
    return max(-(2**63), min(2**63 - 1, rng.choice(INTS) + rng.choice((0, 0, 0, 1, -1))))


def numbers(rng: random.Random, most: int = 8) -> list[int]:
    """A list of such integers, at times a long one."""
    size = rng.randint(0, most) if rng.random() < 0.95 else rng.choice((64, 500, 5_000))
    return [number(rng)] * size if rng.random() < 0.2 else [number(rng) for _ in range(size)]


def tensor(rng: random.Random) -> TensorProto:
    """A small constant, possibly of an odd type, or one that claims to be huge."""
    if rng.random() < 0.6:
        values = np.array(numbers(rng), np.int64)
        shape = () if len(values) == 1 and rng.random() < 0.5 else values.shape
        return numpy_helper.from_array(values.reshape(shape))
    if rng.random() < 0.4:
        size = rng.randint(0, 5)
        return helper.make_tensor("", 1, [size], [rng.choice(FLOATS) for _ in range(size)])
    made = TensorProto(data_type=rng.choice((*range(30), 99, -1)))
    made.dims.extend(numbers(rng, 5))
    made.raw_data = rng.randbytes(rng.randint(0, 16))
    return made


def _node(model: ModelProto, rng: random.Random) -> NodeProto:
    found = nodes(model) or [model.graph.node.add()]
    return rng.choice(found)


def _names(model: ModelProto) -> list[str]:
    found = [n for node in nodes(model) for n in (*node.input, *node.output)]
    return found + [t.name for t in model.graph.initializer] + ["", "nowhere"]


def _edit_ints(model: ModelProto, rng: random.Random) -> None:
    """An integer attribute gets another value, length or element."""
    found = [a for n in nodes(model) for a in n.attribute if a.type in (2, 7)]
    if not found:
        return _add_attribute(model, rng)
    chosen = rng.choice(found)
    if chosen.type == AttributeProto.INT:
        chosen.i = number(rng)
    elif chosen.ints and rng.random() < 0.6:
        chosen.ints[rng.randrange(len(chosen.ints))] = number(rng)
    else:
        chosen.ints[:] = numbers(rng)
    return None


def _value(rng: random.Random) -> Any:
    return rng.choice((
        lambda: number(rng),
        lambda: rng.choice(FLOATS),
        lambda: numbers(rng) or [1],
        lambda: [rng.choice(FLOATS) for _ in range(rng.randint(1, 4))],
        lambda: attack(rng)[:500],
        lambda: [attack(rng)[:100], ""],
        lambda: tensor(rng),
        lambda: [tensor(rng), tensor(rng)],
        lambda: helper.make_tensor_type_proto(rng.randint(0, 30), [number(rng), "n", None]),
        lambda: helper.make_sparse_tensor(
            helper.make_tensor("v", 1, [1], [1.0]), helper.make_tensor("i", 7, [1], [0]), [9]
        ),
        lambda: GraphProto(name="empty"),
    ))()  # fmt: skip


def _add_attribute(model: ModelProto, rng: random.Random) -> None:
    """An attribute the operator may know gets a value of any type."""
    node = _node(model, rng)
    schemas = [s for s in (_schema(node),) if s is not None and s.attributes]
    names = sorted(schemas[0].attributes) if schemas else []
    name = rng.choice(names) if names and rng.random() < 0.9 else attack(rng)[:50]
    made = helper.make_attribute(name, _value(rng))
    kept = [a for a in node.attribute if a.name != name or rng.random() < 0.1]
    del node.attribute[:]
    node.attribute.extend([*kept, made])
    if rng.random() < 0.1:
        node.attribute[-1].type = rng.choice(range(15))
    if rng.random() < 0.05:
        node.attribute[-1].ref_attr_name = rng.choice(("alpha", "", name, "nowhere"))


def _schema(node: NodeProto) -> defs.OpSchema | None:
    try:
        return defs.get_schema(node.op_type, domain=node.domain)
    except defs.SchemaError:
        return None


def _drop_attribute(model: ModelProto, rng: random.Random) -> None:
    node = _node(model, rng)
    if node.attribute:
        del node.attribute[rng.randrange(len(node.attribute))]


def _dims(model: ModelProto, rng: random.Random) -> None:
    """A declared dimension, or all of a type."""
    values = [v for g in graphs(model) for v in (*g.input, *g.output, *g.value_info)]
    if not values:
        return
    value = rng.choice(values)
    kind = value.type.tensor_type
    if kind.shape.dim and rng.random() < 0.6:
        dim = rng.choice(kind.shape.dim)
        edit = rng.randrange(3)
        if edit == 0:
            dim.dim_value = number(rng)
        elif edit == 1:
            dim.dim_param = rng.choice(("N", "", attack(rng)))
        else:
            dim.Clear()
    elif rng.random() < 0.3:
        value.type.Clear()
    elif rng.random() < 0.3:
        wrapped = helper.make_sequence_type_proto(value.type)
        value.type.CopyFrom(rng.choice((wrapped, helper.make_optional_type_proto(wrapped))))
    else:
        kind.elem_type = kind.elem_type or 1
        del kind.shape.dim[:]
        for size in numbers(rng, 6)[:70]:
            kind.shape.dim.add().dim_value = size


def _dtype(model: ModelProto, rng: random.Random) -> None:
    values = [v for g in graphs(model) for v in (*g.input, *g.output, *g.value_info)]
    chosen = rng.choice((*values, *model.graph.initializer, None))
    number_of_type = rng.choice((*range(28), 99, -1))
    if isinstance(chosen, TensorProto):
        chosen.data_type = number_of_type
    elif chosen is not None:
        chosen.type.tensor_type.elem_type = number_of_type


def _constant(model: ModelProto, rng: random.Random) -> None:
    """An input that steers an output's size becomes a hostile constant."""
    wanted = [n for n in nodes(model) if n.op_type in VECTORS] or nodes(model)
    if not wanted:
        return
    node = rng.choice(wanted)
    if not node.input:
        node.input.append("")
    made = tensor(rng)
    made.name = f"hostile{rng.randrange(1_000_000)}"
    node.input[rng.randrange(len(node.input))] = made.name
    model.graph.initializer.append(made)


def _steered(model: ModelProto, rng: random.Random) -> None:
    """A new operator whose output's size is what a hostile constant says."""
    op = rng.choice(VECTORS[:-2])
    node = NodeProto(op_type=op, output=[f"s{rng.randrange(10**6)}"])
    node.input.append(rng.choice(_names(model)))
    for _ in range(rng.randint(0, 3)):
        made = tensor(rng)
        made.name = f"h{rng.randrange(10**9)}"
        model.graph.initializer.append(made)
        node.input.append(made.name)
    where = rng.choice(graphs(model))
    where.node.insert(rng.randint(0, len(where.node)), node)
    if rng.random() < 0.7:
        later = rng.choice([n for n in where.node if n.output != node.output] or [node])
        later.input[:1] = node.output


def _tensor_edit(model: ModelProto, rng: random.Random) -> None:
    """An initializer lies about its size or holds other values."""
    tensors = [t for g in graphs(model) for t in g.initializer]
    tensors += [a.t for n in nodes(model) for a in n.attribute if a.HasField("t")]
    if not tensors:
        return
    chosen, name = rng.choice(tensors), ""
    name = chosen.name
    edit = rng.randrange(4)
    if edit == 0:
        chosen.dims[:] = numbers(rng, 6)[:70]
    elif edit == 1 and chosen.dims:
        chosen.dims[rng.randrange(len(chosen.dims))] = number(rng)
    elif edit == 2:
        chosen.CopyFrom(tensor(rng))
    else:
        chosen.data_location = TensorProto.EXTERNAL
        place = rng.choice(("w.bin", "../w.bin", "/etc/passwd", "", "a\0b", attack(rng)))
        chosen.external_data.add(key=rng.choice(("location", "offset", "length")), value=place)
    chosen.name = name


def _inputs(model: ModelProto, rng: random.Random) -> None:
    """Missing, extra, swapped, repeated, unknown and cyclic operands."""
    node = _node(model, rng)
    names = node.input if rng.random() < 0.75 else node.output
    edit = rng.randrange(6)
    if edit == 0 and names:
        del names[rng.randrange(len(names))]
    elif edit == 1:
        names.extend([rng.choice(_names(model))] * rng.choice((1, 1, 2, 30)))
    elif edit == 2 and names:
        names[rng.randrange(len(names))] = rng.choice(_names(model))
    elif edit == 3 and node.output:
        node.input.append(node.output[0])
    elif edit == 4:
        shuffled = list(names)
        rng.shuffle(shuffled)
        names[:] = shuffled
    else:
        del names[:]


def _operator(model: ModelProto, rng: random.Random) -> None:
    """A node becomes another operator, keeping its operands."""
    node = _node(model, rng)
    if rng.random() < 0.8:
        node.domain, node.op_type = rng.choice(OPERATORS)
    else:
        node.op_type = rng.choice((attack(rng)[:100], "If", "Loop", "Scan", "block", "Constant"))
        node.domain = rng.choice(DOMAINS)
    if rng.random() < 0.1:
        node.overload = rng.choice(("", "o", attack(rng)[:20]))


def _graph_edit(model: ModelProto, rng: random.Random) -> None:
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
        graph.output.add().name = rng.choice(_names(model))
    elif len(graph.node) > 1:
        first, last = graph.node[0], graph.node[-1]
        kept = NodeProto.FromString(first.SerializeToString())
        first.CopyFrom(last)
        last.CopyFrom(kept)


def _versions(model: ModelProto, rng: random.Random) -> None:
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


def _nest(model: ModelProto, rng: random.Random) -> None:
    """The graph moves into the branches of an If or the body of a Loop, some levels deep."""
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        try:
            inner = GraphProto.FromString(model.graph.SerializeToString())
        except DecodeError:  # as deep as protobuf goes
            return
        del inner.input[:]
        outputs = [f"{o.name}_" for o in inner.output] or ["o"]
        condition = rng.choice([i.name for i in model.graph.input] or ["c"])
        if rng.random() < 0.7:
            node = helper.make_node("If", [condition], outputs)
            labels = ("then_branch", "else_branch") if len(graphs(model)) < 8 else ("then_branch",)
        else:
            node, labels = helper.make_node("Loop", [condition, ""], outputs), ("body",)
        node.attribute.extend(helper.make_attribute(label, inner) for label in labels)
        if len(node.SerializeToString()) > 200_000:
            return
        del model.graph.node[:]
        model.graph.node.append(node)


def _functions(model: ModelProto, rng: random.Random) -> None:
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
    node = _node(model, rng)
    node.domain, node.op_type = below
    if model.functions and rng.random() < 0.3:
        victim = rng.choice(model.functions)
        victim.name, victim.domain = rng.choice(OPERATORS)[1], ""


def _text(model: ModelProto, rng: random.Random) -> None:
    """A hostile name or comment."""
    text, edit = attack(rng), rng.randrange(9)
    if edit < 4:
        _rename(model, rng.choice(_names(model)), text)
    elif edit == 4:
        _node(model, rng).name = text
    elif edit == 5:
        model.producer_name, model.graph.name, model.graph.doc_string = text, text, text
    elif edit == 6:
        model.metadata_props.add(key=text, value=attack(rng))
        _node(model, rng).metadata_props.add(key="pkg.torch.onnx.name_scopes", value=text)
    elif edit == 7:
        node = _node(model, rng)
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


_MUTATIONS: tuple[Mutation, ...] = (
    _edit_ints, _add_attribute, _drop_attribute, _dims, _dtype, _constant, _steered, _tensor_edit,
    _inputs, _operator, _graph_edit, _versions, _nest, _functions, _text,
)  # fmt: skip
_WEIGHTS = (10, 10, 3, 8, 4, 8, 5, 6, 8, 8, 4, 3, 2, 1, 8)
