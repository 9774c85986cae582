"""What was recognised inside a string of the model."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from analyzer.contents import Sighting
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for each in facts.contents.get("sightings") if facts.contents else ():
        record = cast("Sighting", each)
        yield Subject(
            kind=record.family,
            place=record.place,
            name=f"{record.place}/{record.owner}",
            structure=partial(tuple, (record.family, record.what, record.excerpt)),
            groups={"sighting": record},
        )


SORT = Sort("sighting", {"sighting": Sighting}, _make)
