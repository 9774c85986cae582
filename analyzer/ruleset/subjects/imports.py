"""Imported sets of operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import interface as records
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for entry in facts.interface.imports:
        yield Subject(
            kind=entry.domain,
            place=entry.domain,
            name=entry.domain,
            groups={"import": entry},
            form=(entry.domain,),
        )


SORT = Sort("import", {"import": records.Import}, _make)
