"""What an operator's operands must fulfil beyond what its schema and inference know.

A contract looks at one ``Call`` (types, attributes, small constants) and yields a ``Violation``
for what it sees broken. It says nothing where something it needs is unknown. Sources: the
operator specifications of ONNX and ``com.microsoft``, and what ONNX Runtime checks of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.attention import ATTENTION
from analyzer.operators.contracts.contrib_attention import CONTRIB_ATTENTION
from analyzer.operators.contracts.contrib_grouped import CONTRIB_GROUPED
from analyzer.operators.contracts.contrib_normalization import CONTRIB_NORMALISATION
from analyzer.operators.contracts.contrib_other import CONTRIB_OTHER
from analyzer.operators.contracts.contrib_products import CONTRIB_PRODUCTS
from analyzer.operators.contracts.contrib_state import CONTRIB_STATE
from analyzer.operators.contracts.elementwise import ELEMENTWISE
from analyzer.operators.contracts.indexing import INDEXING
from analyzer.operators.contracts.machine_learning import MACHINE_LEARNING
from analyzer.operators.contracts.movement import MOVEMENT
from analyzer.operators.contracts.normalization import NORMALISATION
from analyzer.operators.contracts.pooling import POOLING
from analyzer.operators.contracts.products import PRODUCTS
from analyzer.operators.contracts.quantization import QUANTISATION
from analyzer.operators.contracts.recurrent import RECURRENT
from analyzer.operators.contracts.reduction import REDUCTION
from analyzer.operators.contracts.resampling import RESAMPLING
from analyzer.operators.contracts.schema import matches_schema
from analyzer.operators.contracts.sequences import SEQUENCES
from analyzer.operators.contracts.text import TEXT
from analyzer.operators.contracts.trees import TREES
from analyzer.operators.contracts.vendor import DOMAIN
from analyzer.operators.contracts.windows import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.operators.contracts.violation import Contract

    Table = Mapping[tuple[str, str], tuple[Contract, ...]]


def _merged(tables: Iterable[Table]) -> Table:
    """Contracts of each operator from all families that have some, in their order."""
    merged: dict[tuple[str, str], tuple[Contract, ...]] = {}
    for table in tables:
        for operator, contracts in table.items():
            merged[operator] = (*merged.get(operator, ()), *contracts)
    return merged


_CONTRACTS = _merged(
    (
        MOVEMENT, INDEXING, WINDOWS, POOLING, PRODUCTS, ELEMENTWISE, NORMALISATION, RECURRENT,
        REDUCTION, QUANTISATION, ATTENTION, RESAMPLING, SEQUENCES, TEXT, MACHINE_LEARNING, TREES,
        CONTRIB_ATTENTION, CONTRIB_GROUPED, CONTRIB_PRODUCTS, CONTRIB_NORMALISATION, CONTRIB_STATE,
        CONTRIB_OTHER,
    )
)  # fmt: skip
"""By domain (``""`` is ai.onnx) and operator."""


def contracts_of(domain: str, op_type: str) -> tuple[Contract, ...]:
    """Contracts of an operator; none where none are known.

    Those of ``com.microsoft`` begin with its signature, which onnx has no schema for.
    """
    contracts = _CONTRACTS.get((domain, op_type), ())
    return (matches_schema, *contracts) if domain == DOMAIN else contracts
