"""Element types: ONNX's numbers and the names used in ``facts``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from onnx import TensorProto

if TYPE_CHECKING:
    from collections.abc import Mapping

_RENAMED = {"FLOAT": "float32", "DOUBLE": "float64"}

DTYPES: Mapping[int, str] = {
    number: _RENAMED.get(name, name.lower())
    for name, number in TensorProto.DataType.items()
    if name != "UNDEFINED"
}
"""``TensorProto.DataType`` to the names of ``facts.BITS`` (and ``string``)."""

NUMBERS: Mapping[str, int] = {name: number for number, name in DTYPES.items()}
"""The way back."""
