"""What a model has, and values that are at or beside a limit of something."""

from __future__ import annotations

import random

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

INTS = (
    0, 1, -1, 2, 3, 7, -2, 8, 64, 255, 1024, 65_536, 2**20, -(2**20), 2**31 - 1, 2**31, -(2**31),
    2**32, 2**40, 2**53, 2**61, 2**62, 2**63 - 1, -(2**63), -(2**63) + 1, 10**18,
)  # fmt: skip
FLOATS = (0.0, -0.0, 1.0, -1.0, 0.5, 1e-45, 1e30, -1e30, float("inf"), float("-inf"), float("nan"))


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


def any_node(model: ModelProto, rng: random.Random) -> NodeProto:
    found = nodes(model) or [model.graph.node.add()]
    return rng.choice(found)


def value_names(model: ModelProto) -> list[str]:
    found = [n for node in nodes(model) for n in (*node.input, *node.output)]
    return found + [t.name for t in model.graph.initializer] + ["", "nowhere"]


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
