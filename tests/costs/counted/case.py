"""One operator on real numbers: what its definition computes, counted, and what we say it costs."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
from onnx.reference import ReferenceEvaluator

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from tests.costs.counted.tally import counted, plain, tally

MS, ML = "com.microsoft", "ai.onnx.ml"
Array = np.ndarray[Any, Any]
Definition = Callable[..., Any]

RUNTIME, REFERENCE = "onnxruntime", "onnx"
"""Who else computes the operator, and must get the same result as the definition."""


@dataclass(frozen=True)
class Case:
    """A call of an operator on arrays."""

    op: str
    inputs: tuple[Array | None, ...]
    define: Definition
    """Its definition: a function of counting arrays and attributes."""
    attributes: dict[str, Any] = field(default_factory=dict)
    domain: str = ""
    version: int = 23
    outputs: int = 1
    beside: str = RUNTIME
    """``RUNTIME`` or ``REFERENCE``, else why nobody's result can be compared."""
    tolerance: float = 2e-4

    @property
    def key(self) -> tuple[str, str]:
        return self.domain, self.op

    def __str__(self) -> str:
        shapes = ",".join("x".join(map(str, a.shape)) for a in self.inputs if a is not None)
        return f"{self.domain}::{self.op}-{shapes}-{sorted(self.attributes)}"


@dataclass(frozen=True)
class Count:
    """What a definition did."""

    macs: int
    flops: int
    results: tuple[Array, ...]


def count(case: Case) -> Count:
    """Evaluate the definition on numbers that count."""
    arrays = [None if a is None else counted(a) for a in case.inputs]
    with tally() as seen:
        found = case.define(*arrays, **case.attributes)
    results = found if isinstance(found, tuple) else (found,)
    return Count(seen.macs, seen.flops, tuple(np.asarray(plain(r)) for r in results))


def call(case: Case, results: Sequence[Array]) -> Call:
    """What a cost formula sees of the case."""

    def tensor(array: Array) -> Tensor:
        return Tensor("t", array.dtype.name, array.shape)

    return Call(
        case.op,
        case.domain,
        case.version,
        {k: tuple(v) if isinstance(v, list) else v for k, v in case.attributes.items()},
        tuple(None if a is None else tensor(a) for a in case.inputs),
        tuple(tensor(r) for r in results),
        tuple(a if a is not None and a.size <= 16 else None for a in case.inputs),
    )


def model(case: Case, results: Sequence[Array] = ()) -> onnx.ModelProto:
    """The case as a model of one operator."""
    names = [f"i{n}" if a is not None else "" for n, a in enumerate(case.inputs)]
    outputs = [f"o{n}" for n in range(max(case.outputs, 1))]
    node = onnx.helper.make_node(case.op, names, outputs, domain=case.domain, **case.attributes)
    inputs = [
        onnx.helper.make_tensor_value_info(
            name, onnx.helper.np_dtype_to_tensor_dtype(array.dtype), array.shape
        )
        for name, array in zip(names, case.inputs, strict=True)
        if array is not None
    ]
    graph = onnx.helper.make_graph(
        [node], "g", inputs, [onnx.ValueInfoProto(name=name) for name in outputs]
    )
    opsets = [onnx.helper.make_opsetid(case.domain, case.version)]
    if case.domain:
        opsets.append(onnx.helper.make_opsetid("", 21))
    return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=10)


def feed(case: Case) -> dict[str, Array]:
    return {f"i{n}": a for n, a in enumerate(case.inputs) if a is not None}


def outside(case: Case) -> list[Array]:
    """What ONNX Runtime or ONNX's reference makes of the case."""
    made = model(case)
    if case.beside == REFERENCE:
        return [np.asarray(r) for r in ReferenceEvaluator(made).run(None, feed(case))]
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(
        made.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return [np.asarray(r) for r in session.run(None, feed(case))]


def by_reference(
    op: str, *inputs: Array | None, domain: str = "", version: int = 23, **attributes: Any
) -> Case:
    """The operator as ONNX's reference evaluator runs it, or the function body that it takes."""

    def define(*arrays: Any, **_: Any) -> Any:
        given = {f"i{n}": a for n, a in enumerate(arrays) if a is not None}
        return tuple(ReferenceEvaluator(made).run(None, given))

    case = Case(op, inputs, define, attributes, domain, version, beside="is the reference")
    made = model(case)
    return case


def numbers(*shape: int, seed: str = "", kind: type[np.generic] = np.float32) -> Array:
    """Reproducible numbers between −1 and 1 or, for integers, small ones."""
    dice = np.random.default_rng(zlib.crc32(f"{shape}{seed}".encode()))
    if np.issubdtype(kind, np.floating):
        return dice.uniform(-1, 1, shape).astype(kind)
    return dice.integers(0, 9, shape).astype(kind)


f = numbers


def positive(*shape: int) -> Array:
    """Numbers between 0.5 and 1.5."""
    found: Array = np.abs(numbers(*shape, seed="positive")) + np.float32(0.5)
    return found


def u8(*shape: int) -> Array:
    return numbers(*shape, kind=np.uint8)


def scalar(value: float, kind: type[np.generic] = np.float32) -> Array:
    return np.array(value, kind)
