"""Operators that ONNX Runtime takes as the specification's, by its own schemas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pytest
from onnx import defs
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema

from analyzer.conformance.schemas import EXTENSIONS, STANDARD
from tests.golden.text import facts


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


def test_domains_of_the_specification_are_those_of_its_operators_and_of_training() -> None:
    domains = {schema.domain for schema in defs.get_all_schemas_with_history()}
    assert domains | {"ai.onnx.training"} == STANDARD  # of which it specifies no operator yet


VERSIONS = (
    ("y = Upsample (x, s)", 9, None), ("y = Upsample (x, s)", 10, ("deprecated-operator", True)),
    # which the runtime takes of versions that the specification has withdrawn, or not yet
    ("y = GroupNormalization <num_groups = 1> (x, c, c)", 18, ("deprecated-operator", False)),
    ("y = LayerNormalization (x, s)", 16, ("newer-operator", False)),
    ("y = Mish (x)", 17, ("newer-operator", True)), ("y = Mish (x)", 18, None),
)  # fmt: skip


@pytest.mark.parametrize(("body", "opset", "breach"), VERSIONS)
def test_an_operator_out_of_its_time_is_grave_where_the_runtime_has_it_not(
    body: str, opset: int, breach: tuple[str, bool] | None
) -> None:
    found = facts(
        f"g (float[1,1,4,4] x, float[4] s, float[1] c) => (float[] y) {{ {body} }}", opset
    )
    told = [(each.code, each.grave) for each in found.breaches if "operator" in each.code]
    assert told == ([breach] if breach else [])


@pytest.mark.parametrize(
    ("operator", "said"),
    [
        ("com.microsoft.FusedMatMul", "attribute 'transA' is STRING, not INT, and was ignored"),
        ("Gemm", "attribute 'transA' of Gemm is of type STRING, not INT"),
    ],
)
def test_an_attribute_of_another_type_is_told_once_with_a_schema_or_without(
    operator: str, said: str
) -> None:
    found = facts(
        "g (float[2,4] x, float[4,5] w) => (float[2,5] y) "
        f'{{ y = {operator} <transA = "x"> (x, w) }}'
    )
    (breach,) = found.breaches
    assert (breach.code, breach.where, breach.message) == ("attribute-type", "y", said)
    assert breach.grave
