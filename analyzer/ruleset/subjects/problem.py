"""What kept the analysis from being complete."""

from __future__ import annotations

from functools import partial
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
            structure=partial(tuple, (problem.code,)),
            groups={"problem": problem},
        )


SORT = Sort("problem", {"problem": records.Problem}, _make)
