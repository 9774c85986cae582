"""Bytes that nobody reads, that two may read differently, or that begin like another file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from analyzer.contents import Region
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for each in facts.contents.get("regions") if facts.contents else ():
        record = cast("Region", each)
        yield Subject(
            kind=record.family,
            place=record.place,
            name=f"{record.file}/{record.place}",
            structure=partial(tuple, (record.family, record.what, record.looks_like)),
            groups={"region": record},
        )


SORT = Sort("region", {"region": Region}, _make)
