"""Quantization annotations of tensors that do not exist."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from analyzer.contents import Annotation
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    for each in facts.contents.get("annotations") if facts.contents else ():
        record = cast("Annotation", each)
        yield Subject(
            kind="annotation",
            place=record.place,
            name=f"{record.place}/{record.key}",
            structure=partial(tuple, (record.key, record.name)),
            groups={"annotation": record},
        )


SORT = Sort("annotation", {"annotation": Annotation}, _make)
