"""Schemas of ``com.microsoft``, which onnx has no schemas for: arity, types, attributes.

``com_microsoft.json`` holds what ONNX Runtime's own schemas say (MIT licence), by operator:

- ``inputs``, ``outputs``: name, type variable (or an element type) and whether the operand is
  optional (``?``), one of any number (``*``) and, of these, free to differ in type (``~``),
- ``arity``: least and most inputs, least and most outputs,
- ``types``: element types that each variable stands for,
- ``attributes``: their types, ``!`` where one must be given.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

DOMAIN = "com.microsoft"

LEGACY = frozenset(
    "Affine Crop DynamicSlice GRUUnit GivenTensorFill ImageScaler ParametricSoftplus Scale "
    "ScaledTanh SimplifiedLayerNormalization".split()
)
"""Experimental operators of ai.onnx that onnx dropped and ONNX Runtime still has."""

INTERNAL = ("com.microsoft.nchwc", "com.ms.internal.nhwc")
"""Domains of optimised models that ONNX Runtime saved: its own layouts of known operators."""


class FormalParameter(NamedTuple):
    """An input or output."""

    name: str
    type: str
    kind: str


class VendorSchema(NamedTuple):
    """What an operator takes and makes."""

    inputs: tuple[FormalParameter, ...]
    outputs: tuple[FormalParameter, ...]
    arity: tuple[int, int, int, int]
    types: dict[str, frozenset[str]]
    attributes: dict[str, str]


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    # Only a model with such an operator pays for this.
    text = Path(__file__).with_name("com_microsoft.json").read_text("utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


@lru_cache(maxsize=512)
def schema_of(op_type: str) -> VendorSchema | None:
    """VendorSchema of an operator of ``com.microsoft``; ``None`` where that is not known."""
    entry = _table().get(op_type)
    if entry is None:
        return None
    return VendorSchema(
        tuple(FormalParameter(*operand) for operand in entry["inputs"]),
        tuple(FormalParameter(*operand) for operand in entry["outputs"]),
        tuple(entry["arity"]),
        {variable: frozenset(types.split()) for variable, types in entry["types"].items()},
        entry["attributes"],
    )


def is_known(domain: str, op_type: str) -> bool:
    """Whether ONNX Runtime has this operator, though onnx has no schema of it."""
    if domain == DOMAIN:
        return op_type in _table()
    return domain in INTERNAL or (domain == "" and op_type in LEGACY)
