"""Files with external data."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from analyzer.contents import DataFile
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for each in facts.contents.get("files") if facts.contents else ():
        record = cast("DataFile", each)
        yield Subject(
            kind="file",
            place=record.place,
            name=record.name,
            structure=partial(tuple, (record.name,)),
            groups={"file": record},
        )


SORT = Sort("file", {"file": DataFile}, _make)
