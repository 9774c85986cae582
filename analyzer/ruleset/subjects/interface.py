"""Inputs and outputs of the model as the file declares them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer import interface as records
from analyzer.patterns.held import held_bytes
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    held = held_bytes(facts)
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


SORT = Sort(
    "interface", {"declared": records.Declared}, _make, kinds=("input", "default", "output")
)
