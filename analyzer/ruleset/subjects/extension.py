"""Operators of domains that are not the standard's, by type."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from analyzer.contents import Extension
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for each in facts.contents.get("extensions") if facts.contents else ():
        record = cast("Extension", each)
        yield Subject(
            kind=record.domain,
            place=record.place,
            name=f"{record.domain}.{record.op_type}",
            structure=partial(tuple, (record.domain, record.op_type)),
            groups={"extension": record},
        )


SORT = Sort("extension", {"extension": Extension}, _make)
