"""Mutations of one detail: an attribute, a type, a tensor."""

from __future__ import annotations

import random
from typing import Any

from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, defs, helper

from tests.fuzz.parts import FLOATS, any_node, graphs, nodes, number, numbers, tensor, value_names
from tests.fuzz.strings import attack

VECTORS = ("Reshape Expand Tile Range ConstantOfShape OneHot Resize Pad Slice Split TopK Squeeze "
           "Unsqueeze Upsample CenterCropPad Col2Im DFT STFT MaxUnpool AffineGrid HannWindow "
           "MelWeightMatrix SplitToSequence ReduceSum Gather Loop Scan").split()  # fmt: skip
"""Operators of which an input says how large the output is."""


def edit_ints(model: ModelProto, rng: random.Random) -> None:
    """An integer attribute gets another value, length or element."""
    found = [a for n in nodes(model) for a in n.attribute if a.type in (2, 7)]
    if not found:
        return add_attribute(model, rng)
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


def add_attribute(model: ModelProto, rng: random.Random) -> None:
    """An attribute the operator may know gets a value of any type."""
    node = any_node(model, rng)
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


def drop_attribute(model: ModelProto, rng: random.Random) -> None:
    node = any_node(model, rng)
    if node.attribute:
        del node.attribute[rng.randrange(len(node.attribute))]


def dims(model: ModelProto, rng: random.Random) -> None:
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


def dtype(model: ModelProto, rng: random.Random) -> None:
    values = [v for g in graphs(model) for v in (*g.input, *g.output, *g.value_info)]
    chosen = rng.choice((*values, *model.graph.initializer, None))
    number_of_type = rng.choice((*range(28), 99, -1))
    if isinstance(chosen, TensorProto):
        chosen.data_type = number_of_type
    elif chosen is not None:
        chosen.type.tensor_type.elem_type = number_of_type


def constant(model: ModelProto, rng: random.Random) -> None:
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


def steered(model: ModelProto, rng: random.Random) -> None:
    """A new operator whose output's size is what a hostile constant says."""
    op = rng.choice(VECTORS[:-2])
    node = NodeProto(op_type=op, output=[f"s{rng.randrange(10**6)}"])
    node.input.append(rng.choice(value_names(model)))
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


def tensor_edit(model: ModelProto, rng: random.Random) -> None:
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
