"""Operators that ONNX Runtime takes as the specification's, by its own schemas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from onnx import defs
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema

from analyzer.conformance.schemas import EXTENSIONS


def versions(schemas: Iterable[Any]) -> dict[str, dict[int, bool]]:
    """Whether each version that changed an operator of ai.onnx has it still."""
    found: dict[str, dict[int, bool]] = defaultdict(dict)
    for schema in schemas:
        if schema.domain == "":
            found[schema.name][schema.since_version] = not schema.deprecated
    return found


def has(changes: dict[int, bool], version: int) -> bool:
    return changes.get(max((since for since in changes if since <= version), default=0), False)


def test_extensions_are_what_the_runtime_has_where_the_specification_has_not() -> None:
    theirs, specified = (
        versions(get_all_operator_schema()),
        versions(defs.get_all_schemas_with_history()),
    )
    wrong = []
    for name in theirs.keys() | EXTENSIONS.keys():
        for version in range(1, defs.onnx_opset_version() + 1):
            if not has(specified[name], version):
                extends = version in EXTENSIONS.get(name, ())
                if extends != has(theirs[name], version):
                    wrong.append((name, version, extends))
    assert wrong == []
