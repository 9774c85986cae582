"""Every string of the model."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from analyzer.contents import Text
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for each in facts.contents.get("texts") if facts.contents else ():
        record = cast("Text", each)
        yield Subject(
            kind=record.kind,
            place=record.place,
            name=record.owner,
            structure=partial(tuple, (record.kind, record.text)),
            groups={"string": record},
        )


SORT = Sort("string", {"string": Text}, _make)
