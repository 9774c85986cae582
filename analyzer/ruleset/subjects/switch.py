"""Outputs that a comparison with a constant switches."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from analyzer.contents import Switch
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for each in facts.contents.get("switches") if facts.contents else ():
        record = cast("Switch", each)
        yield Subject(
            kind=record.op_type,
            place=record.place,
            name=record.place,
            structure=partial(tuple, (record.op_type, record.comparison)),
            groups={"switch": record},
        )


SORT = Sort("switch", {"switch": Switch}, _make)
