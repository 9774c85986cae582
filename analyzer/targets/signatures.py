"""Versions and formal parameters of operators, as a runtime registers them.

onnx's own table lacks the operators of ``com.microsoft`` and is as new as the onnx that happens to
be installed; a table of kernels means the versions of the runtime that it was read from.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from analyzer.conformance.schemas import schema_at
from analyzer.targets.table import tables_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

Formals = tuple[tuple[str, str], ...]
"""Name and type parameter of each."""


class Version(NamedTuple):
    """An operator in the version that is in force."""

    since: int
    inputs: Formals
    outputs: Formals
    deprecated: bool = False


@cache
def _registered() -> Mapping[str, list[tuple[int, int, str, str]]]:
    text = (tables_dir() / "signatures.json").read_text(encoding="utf-8")
    found: Mapping[str, list[tuple[int, int, str, str]]] = json.loads(text)
    return found


def is_registered(domain: str, op_type: str) -> bool:
    """Whether the runtime has an operator of this name at all, be it without a kernel."""
    return f"{domain or 'ai.onnx'}:{op_type}" in _registered()


@lru_cache(maxsize=4096)
def version_of(domain: str, op_type: str, opset: int) -> Version | None:
    """The version of an operator at ``opset`` of its domain; ``None`` where nobody knows one.

    >>> version_of("", "Conv", 21).since, version_of("", "Conv", 22).since
    (11, 22)
    """
    rows = _registered().get(f"{domain or 'ai.onnx'}:{op_type}")
    if rows is not None:
        fitting = [row for row in rows if row[0] <= opset]
        # Runtimes shipped LayerNormalization years before the opset that has it.
        since, deprecated, inputs, outputs = fitting[-1] if fitting else rows[0]
        if fitting or domain:
            return Version(since, _formals(inputs), _formals(outputs), bool(deprecated))
        return None
    schema = schema_at(op_type, opset, domain)
    if schema is None:
        return None
    return Version(
        schema.since,
        tuple((formal.name, formal.parameter) for formal in schema.inputs),
        tuple((formal.name, formal.parameter) for formal in schema.outputs),
        schema.deprecated,
    )


def _formals(text: str) -> Formals:
    pairs = (pair.partition(":") for pair in text.split())
    return tuple((name, parameter) for name, _, parameter in pairs)
