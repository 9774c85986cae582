"""What is in a file besides the network: strings, bytes, files, and operators that stand out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from analyzer.contents import (
    Annotation,
    DataFile,
    Extension,
    Override,
    Region,
    Repetition,
    Sighting,
    Switch,
    Text,
)
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from analyzer.facts import Facts

_R = TypeVar("_R")


class _Identity(NamedTuple):
    """What a record is to findings; as the fields of ``Subject``."""

    kind: str
    place: str
    name: str
    form: tuple[str, ...] = ()
    detail: tuple[str, ...] = ()
    stands_at: str | None = ""
    """Most are what they hold, and the place is that of the first of several."""


def _sort(word: str, meaning: str, record: type[_R], identity: Callable[[_R], _Identity]) -> Sort:
    """The sort of all records of one type that ``Facts.contents`` has."""

    def make(facts: Facts) -> Iterator[Subject]:
        for each in facts.contents.get(record) if facts.contents else ():
            kind, place, name, form, detail, at = identity(each)
            yield Subject(kind, place, name, {word: each}, form=form, detail=detail, stands_at=at)

    return Sort(word, {word: record}, make, meaning=meaning)


SORTS = (
    _sort(
        "string",
        "Every string of the model.",
        Text,
        lambda r: _Identity(r.kind, r.place, r.owner, (r.kind, r.text)),
    ),
    _sort(
        "sighting",
        "What was recognised inside a string of the model.",
        Sighting,
        lambda r: _Identity(
            r.family,
            r.place,
            f"{r.place}/{r.owner}",
            (r.family, r.what, r.excerpt),
            # of secrets too little is shown to tell them apart
            stands_at=None if r.family == "secret" else "",
        ),
    ),
    _sort(
        "region",
        "Bytes that nobody reads, that two may read differently, or that begin like another file.",
        Region,
        lambda r: _Identity(
            r.family, r.place, f"{r.file}/{r.place}", (r.family, r.what, r.looks_like or "")
        ),
    ),
    _sort(
        "file",
        "Files with external data.",
        DataFile,
        lambda r: _Identity("file", r.place, r.name, (r.name,)),
    ),
    _sort(
        "extension",
        "Operators of domains that are not the standard's, by type.",
        Extension,
        lambda r: _Identity(r.domain, r.place, f"{r.domain}.{r.op_type}", (r.domain, r.op_type)),
    ),
    _sort(
        "override",
        "Functions of the model that take the names of standard operators.",
        Override,
        lambda r: _Identity(r.name, r.place, f"{r.domain}.{r.name}", (r.domain, r.name)),
    ),
    _sort(
        "switch",
        "Outputs that a comparison with a constant switches.",
        Switch,
        lambda r: _Identity(r.op_type, r.place, r.place, (r.op_type,), (r.comparison,), None),
    ),
    _sort(
        "repetition",
        "Loops whose number of iterations the file fixes.",
        Repetition,
        lambda r: _Identity("Loop", r.place, r.place, stands_at=None),
    ),
    _sort(
        "annotation",
        "Quantization annotations of tensors that do not exist.",
        Annotation,
        lambda r: _Identity("annotation", r.place, f"{r.place}/{r.key}", (r.key,), (r.name,), None),
    ),
)
