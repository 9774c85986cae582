"""Functions of the model that take the names of standard operators."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from analyzer.contents import Override
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for each in facts.contents.get("overrides") if facts.contents else ():
        record = cast("Override", each)
        yield Subject(
            kind=record.name,
            place=record.place,
            name=f"{record.domain}.{record.name}",
            structure=partial(tuple, (record.domain, record.name)),
            groups={"override": record},
        )


SORT = Sort("override", {"override": Override}, _make)
