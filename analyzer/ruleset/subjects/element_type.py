"""Element types that values of the model have."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.interface import ElementType
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Facts

SINCE: Mapping[str, int] = {
    "bfloat16": 4,
    "float8e4m3fn": 9, "float8e4m3fnuz": 9, "float8e5m2": 9, "float8e5m2fnuz": 9,
    "int4": 10, "uint4": 10, "float4e2m1": 11, "float8e8m0": 12, "int2": 13, "uint2": 13,
    "float6e2m3": 14, "float6e3m2": 14,
}  # fmt: skip
"""First IR version that has an element type (onnx.proto, enum ``Version``); others: every one."""


def _make(facts: Facts) -> Iterator[Subject]:
    seen = Counter(tensor.dtype for node in facts.nodes for tensor in node.outputs)
    seen.update(tensor.dtype for tensor in facts.inputs)
    seen.update(tensor.dtype for tensor in facts.parameters.tensors)
    for dtype, values in sorted((k, n) for k, n in seen.items() if k is not None):
        yield Subject(
            kind=dtype,
            place=dtype,
            name=dtype,
            groups={"type": ElementType(dtype, values, SINCE.get(dtype))},
            form=(dtype,),
        )


SORT = Sort("type", {"type": ElementType}, _make)
