"""The table of signatures against the schemas of ONNX Runtime."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import defs

from analyzer.operators.contracts import contracts_of
from analyzer.operators.contracts.vendor import is_known, schema_of
from tests.operators.contracts.families import FAMILIES as STANDARD
from tests.operators.contracts.ml_families import FAMILIES as ML
from tests.operators.contracts.nodes import call_of
from tools.contrib_signatures import TABLE, current

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.operators.contracts.violation import Contract


def test_table_holds_what_the_runtime_says_of_each_operator() -> None:
    table = json.loads(TABLE.read_text("utf-8"))
    stale = [name for name, entry in current().items() if table.get(name) != entry]
    assert stale == [], "run python tools/contrib_signatures.py"


def test_rotary_embedding_takes_four_inputs_and_64_bit_positions() -> None:
    signature = schema_of("RotaryEmbedding")
    assert signature is not None
    assert signature.arity[:2] == (4, 4)
    assert signature.types[signature.inputs[1].type] == {"int64"}


def test_operators_of_the_runtime_are_known_without_a_schema_of_onnx() -> None:
    assert is_known("com.microsoft", "MatMulNBits")
    assert is_known("", "SimplifiedLayerNormalization")
    assert is_known("com.microsoft.nchwc", "Conv")
    assert not is_known("com.microsoft", "MatMulNBit")
    assert not is_known("", "Conve")


class Asked(dict[str, Any]):
    """Attributes that remember what was asked for."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        super().__init__(given)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


def test_contracts_ask_for_attributes_that_one_of_their_operators_has() -> None:
    asked: dict[Contract, set[str]] = defaultdict(set)
    known: dict[Contract, set[str]] = defaultdict(set)
    attributes = _attributes()
    for family in (*STANDARD.values(), *ML.values()):
        node = family.make(np.random.default_rng(0))
        call = call_of(node)
        for contract in contracts_of(node.domain, node.op):
            given = Asked(call.attributes)
            list(contract(replace(call, attributes=given)))
            asked[contract] |= given.names
            known[contract] |= attributes[node.domain, node.op]
    wrong = {contract: asked[contract] - known[contract] for contract in asked}
    assert {str(contract): names for contract, names in wrong.items() if names} == {}


def _attributes() -> dict[tuple[str, str], set[str]]:
    """Of each operator of onnx, in any version."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for schema in defs.get_all_schemas_with_history():
        found[schema.domain, schema.name] |= set(schema.attributes)
    return found
