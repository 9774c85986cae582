"""Inputs and outputs of the model as the file declares them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer import interface as records
from analyzer.graph.adjacency import producer
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


LINEAR = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})
"""What takes BatchNormalization into its weights."""
DEFAULTS = 4
"""IR version from which callers may replace an initializer that is an input."""


def _make(facts: Facts) -> Iterator[Subject]:
    held = _held(facts)
    for role, declared in facts.interface.declared:
        if declared.is_default and declared.name in held:
            declared = replace(declared, held_bytes=held[declared.name])
        if role == "output" and declared.rank is None and facts.assumptions:
            # Axes that went only because a size was assumed to be 1 are there for other sizes
            shape = facts.fixed_shapes.get("", {}).get(declared.name)
            declared = replace(declared, known_rank=None if shape is None else len(shape))
        yield Subject(
            kind="default" if declared.is_default else role,
            place=declared.name,
            name=f"{role}/{declared.name}",
            groups={"declared": declared},
            form=(role,),
            detail=(str(declared.dtype),),
        )


def _held(facts: Facts) -> dict[str, int]:
    """Bytes that BatchNormalization behind layers reads and writes, by the name of its scale."""
    held: dict[str, int] = {}
    if facts.model.ir_version < DEFAULTS:
        return held
    for node in facts.nodes:
        if node.op_type != "BatchNormalization" or node.domain or node.scope:
            continue
        layer = producer(facts.graph, node.id)
        if layer is not None and facts[layer].op_type in LINEAR:
            moved = node.outputs[0].bytes
            if moved is not None:
                held[node.inputs[1]] = held.get(node.inputs[1], 0) + 2 * moved
    return held


SORT = Sort(
    "interface", {"declared": records.Declared}, _make, kinds=("input", "default", "output")
)
