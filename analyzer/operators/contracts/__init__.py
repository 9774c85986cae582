"""What an operator's operands must fulfil beyond what its schema and inference know.

A contract looks at one ``Call`` (types, attributes, small constants) and yields a ``Violation``
for what it sees broken. It says nothing where something it needs is unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.operators.contracts.violation import Contract

_CONTRACTS: Mapping[tuple[str, str], tuple[Contract, ...]] = {}
"""By domain (``""`` is ai.onnx) and operator."""


def contracts_of(domain: str, op_type: str) -> tuple[Contract, ...]:
    """Contracts of an operator; none where none are known."""
    return _CONTRACTS.get((domain, op_type), ())
