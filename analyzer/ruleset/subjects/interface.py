"""Inputs and outputs of the model as the file declares them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from analyzer import interface as records
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for role, declared in facts.interface.declared:
        yield Subject(
            kind="default" if declared.is_default else role,
            place=declared.name,
            name=f"{role}/{declared.name}",
            structure=partial(tuple, (role, declared.dtype, declared.rank)),
            groups={"declared": declared},
        )


SORT = Sort(
    "interface", {"declared": records.Declared}, _make, kinds=("input", "default", "output")
)
