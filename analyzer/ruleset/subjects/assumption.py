"""Sizes that the file leaves open and that were bound to a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import facts as records
from analyzer.ruleset.subjects.subject import Sort, Subject
from analyzer.shapes.stated import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for assumption in facts.assumptions:
        yield Subject(
            # Another default than the usual, which contradicts the graph, is no less a guess.
            kind=DEFAULT if assumption.reason.startswith(DEFAULT) else assumption.reason,
            place=assumption.input,
            name=f"{assumption.input}/{assumption.axis}",
            groups={"assumption": assumption},
            form=(str(assumption.axis),),
            detail=(assumption.dim,),
        )


SORT = Sort("assumption", {"assumption": records.Assumption}, _make)
