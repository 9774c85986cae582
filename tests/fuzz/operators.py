"""Fuzzing of onnx's inference of single operators: which of them kill the process?

``python -m tests.fuzz.operators --seconds 600 --seed 7`` lists operators with how they die. It
asks the shape pass as ``analyzer.shapes`` does, but unguarded, in batches of child processes.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, defs, helper

from analyzer.graph.program import build_program
from analyzer.model.guard import GuardFailure, Progress, guarded
from analyzer.model.limits import Limits
from analyzer.shapes.infer import Inference
from analyzer.shapes.stated import Bindings
from tests.fuzz.parts import FLOATS, number, numbers, tensor

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = 2000
LIMITS = Limits(guard_seconds=20)
_ELEMENTS = {"tensor(float)": 1, "tensor(int64)": 7, "tensor(bool)": 9, "tensor(string)": 8,
             "tensor(int32)": 6, "tensor(uint8)": 2, "tensor(double)": 11}  # fmt: skip


@dataclass
class Deaths:
    """How operators died."""

    operators: int = 0
    """Operators tried."""
    by_operator: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    examples: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Seed and number of the first death of each operator."""


@lru_cache(maxsize=1)
def _schemas() -> tuple[defs.OpSchema, ...]:
    every = defs.get_all_schemas_with_history()
    return tuple(sorted(every, key=lambda s: (s.domain, s.name, s.since_version)))


def one(seed: int, count: int) -> ModelProto:
    """A model of one random operator; the same every time."""
    rng = random.Random(seed << 40 | count)
    schema = rng.choice(_schemas())
    graph = GraphProto(name="g")
    node = NodeProto(op_type=schema.name, domain=schema.domain)
    most = min(schema.max_input, len(schema.inputs) + 2)
    wanted = rng.choice((most, schema.min_input, rng.randint(0, most + 1)))
    for i in range(wanted):
        node.input.append(_operand(graph, schema, i, rng) if rng.random() < 0.93 else "")
    least = max(schema.min_output, 1)
    node.output.extend(f"y{i}" for i in range(rng.choice((least, least, len(schema.outputs), 0))))
    for name, attribute in sorted(schema.attributes.items()):
        if rng.random() < (0.9 if attribute.required else 0.5):
            node.attribute.append(_attribute(name, attribute, rng))
    graph.node.append(node)
    graph.output.extend(helper.make_empty_tensor_value_info(n) for n in node.output)
    version = schema.since_version if rng.random() < 0.8 else rng.randint(1, 27)
    model = ModelProto(ir_version=10)
    model.graph.CopyFrom(graph)
    model.opset_import.add(domain=schema.domain, version=version)
    if schema.domain:
        model.opset_import.add(version=rng.randint(7, 26))
    return model


def _operand(graph: GraphProto, schema: defs.OpSchema, i: int, rng: random.Random) -> str:
    name = f"x{i}"
    formal = schema.inputs[min(i, len(schema.inputs) - 1)] if schema.inputs else None
    kinds = [_ELEMENTS[t] for t in (sorted(formal.types) if formal else ()) if t in _ELEMENTS]
    kind = rng.choice(kinds or [1]) if rng.random() < 0.95 else rng.randint(0, 27)
    if rng.random() < 0.35:
        made = tensor(rng)
        made.name = name
        if rng.random() < 0.5:
            made.data_type = kind
        graph.initializer.append(made)
        return name
    rank = rng.choice((0, 1, 2, 3, 4, 4, 5, None))
    sizes = [rng.choice((1, 2, 3, 8, 0, None, number(rng))) for _ in range(rank or 0)]
    value = helper.make_tensor_value_info(name, kind, None if rank is None else sizes)
    wrap = formal is not None and not kinds and rng.random() < 0.8
    if wrap or rng.random() < 0.02:
        inner = value.type
        wrapped = rng.choice((helper.make_sequence_type_proto, helper.make_optional_type_proto))
        value.type.CopyFrom(wrapped(inner))
    graph.input.append(value)
    return name


def _attribute(name: str, attribute: defs.OpSchema.Attribute, rng: random.Random) -> AttributeProto:
    kind = str(attribute.type).rsplit(".", 1)[-1]
    if rng.random() < 0.05:
        kind = rng.choice(("INT", "INTS", "FLOAT", "FLOATS", "STRING", "TENSOR", "GRAPH"))
    words = ("", "SAME_UPPER", "VALID", "NOTSET", "nearest", "ij,jk->ik", "i...,j->", "DCR",
             "bidirectional", "constant", "->", "...", "LINEAR")  # fmt: skip
    makers: dict[str, Callable[[], Any]] = {
        "INT": lambda: number(rng),
        "INTS": lambda: numbers(rng) or [0],
        "FLOAT": lambda: rng.choice(FLOATS),
        "FLOATS": lambda: [rng.choice(FLOATS) for _ in range(rng.randint(1, 6))],
        "STRING": lambda: rng.choice(words),
        "STRINGS": lambda: [rng.choice(words)] * rng.randint(1, 3),
        "TENSOR": lambda: tensor(rng),
        "TYPE_PROTO": lambda: helper.make_tensor_type_proto(1, [number(rng)]),
        "SPARSE_TENSOR": lambda: helper.make_sparse_tensor(
            helper.make_tensor("v", TensorProto.FLOAT, [1], [1.0]), tensor(rng), [9]
        ),
    }
    maker = makers.get(kind)
    return helper.make_attribute(name, maker() if maker else GraphProto(name="b"))


def _ask(model: ModelProto) -> None:
    opsets = {o.domain: o.version for o in model.opset_import}
    Inference(build_program(model, opsets), Bindings()).run()


def _batch(seed: int, numbers_: range, progress: Progress) -> int:
    for count in numbers_:
        progress.at(count)
        try:
            _ask(one(seed, count))
        except (ValueError, TypeError, RuntimeError) as error:
            raise AssertionError(f"{type(error).__name__}: {error}") from error
    return len(numbers_)


def run(seconds: float, seed: int, most: int | None = None) -> Deaths:
    """Try operators for ``seconds``, or ``most`` of them."""
    deaths, end = Deaths(), time.monotonic() + seconds
    while time.monotonic() < end and (most is None or deaths.operators < most):
        first = deaths.operators
        last = first + min(BATCH, (most or 1 << 60) - first)
        result = guarded(partial(_batch, seed, range(first, last)), limits=LIMITS)
        if not isinstance(result, GuardFailure):
            deaths.operators = last
            continue
        at = result.at if result.at is not None else first
        node = one(seed, at).graph.node[0]
        label = f"{node.domain or 'ai.onnx'}::{node.op_type}"
        what = result.detail.split(" (")[0] if result.kind != "error" else result.detail[:120]
        deaths.by_operator[label][what] += 1
        deaths.examples.setdefault(f"{label} {what}", (seed, at))
        deaths.operators = at + 1
    return deaths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    deaths = run(**vars(parser.parse_args()))
    print(f"{deaths.operators:,} operators")
    for label, counts in sorted(deaths.by_operator.items()):
        print(label, dict(counts))
    for what, place in sorted(deaths.examples.items()):
        print(f"  {what}: {place}")


if __name__ == "__main__":
    main()
