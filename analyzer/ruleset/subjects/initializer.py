"""Tensors that the file stores, whether an operator reads them or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import surplus as records
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for each in facts.structure.initializers:
        yield Subject(
            kind="node" if each.is_node else "stored",
            place=f"{each.scope}/{each.name}" if each.scope else each.name,
            name=f"{each.scope}/{each.name}",
            groups={"initializer": each},
            # what nobody reads is nothing to any operator, and that of a body is not looked up:
            # then its own type says what it is
            form=() if each.readers and not each.scope else (str(each.dtype), str(each.shape)),
        )


SORT = Sort("initializer", {"initializer": records.Initializer}, _make, kinds=("stored", "node"))
