"""Loops whose number of iterations the file fixes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from analyzer.contents import Repetition
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for each in facts.contents.get("repetitions") if facts.contents else ():
        record = cast("Repetition", each)
        yield Subject(
            kind="Loop",
            place=record.place,
            name=record.place,
            structure=partial(tuple, ("Loop",)),
            groups={"repetition": record},
        )


SORT = Sort("repetition", {"repetition": Repetition}, _make)
