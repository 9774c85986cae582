"""What kept the analysis from being complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import facts as records
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for problem in facts.problems:
        yield Subject(
            kind=problem.code,
            place=problem.where,
            name=problem.where,
            groups={"problem": problem},
            form=(problem.code,),
            # a tensor is one of many that are concerned, and which comes first is chance
            stands_at=problem.where if problem.where in facts else "",
        )


SORT = Sort("problem", {"problem": records.Problem}, _make)
