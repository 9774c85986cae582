"""Where the model breaks a rule of ONNX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import facts as records
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for breach in facts.breaches:
        yield Subject(
            kind=breach.family,
            place=breach.where,
            name=breach.where,
            groups={"breach": breach},
            form=(breach.code,),
        )


SORT = Sort("breach", {"breach": records.Breach}, _make)
