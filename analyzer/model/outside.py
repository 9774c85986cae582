"""What the external data of a model is like when the model is loaded."""

from __future__ import annotations

from dataclasses import field
from itertools import groupby, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.facts import Problem
from analyzer.model.declared import Refusal, parts_of
from analyzer.model.external import Extent, locate, look, open_inside
from analyzer.model.notes import as_text, declared_bytes
from analyzer.model.sniff import HEAD, recognise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from analyzer.model.external import Identity
    from analyzer.model.notes import External

_POINTER = "a git-LFS pointer"
_PLACEHOLDERS = (_POINTER, "an HTML or XML page", "JSON text")
"""What downloads leave in the place of a file, as ``recognise`` calls it."""
_PAGE_BYTES = 1 << 20
"""No page that a server sends in the place of data is longer."""
SLACK = 1 << 16
"""Bytes in the middle of a file that alignment explains."""


@dataclass(frozen=True, slots=True)
class TensorExtent:
    """The stretch of a file that one tensor is said to fill."""

    path: Path
    start: int
    stop: int
    size: int
    """Bytes of the file."""
    name: str
    """Of the tensor."""
    tensor: External
    identity: Identity


@dataclass(frozen=True, slots=True)
class Outside:
    """External data when the model is loaded."""

    problems: tuple[Problem, ...] = ()
    """One per kind and file for tensors whose data cannot be read."""
    files: Mapping[str | bytes, Identity | None] = field(default_factory=dict)
    """What ``look`` saw at each location: for the rest of the run it is this or has changed."""
    places: tuple[TensorExtent, ...] = ()
    """Where the tensors are whose data can be read."""


def look_outside(
    tensors: Sequence[External], folder: Path | None, model: Identity | None = None
) -> Outside:
    """Look at the data of ``tensors``; only the head of what may be a placeholder is read.

    ``model`` is what the model's own file is.
    """
    refused: dict[tuple[str, str], tuple[Refusal, list[External]]] = {}
    places: list[TensorExtent] = []
    files = {location: look(location, folder) for location in {t.location for t in tensors}}
    instead = {location: _instead(location, folder, seen) for location, seen in files.items()}
    for tensor in tensors:
        name = as_text(tensor.name)
        found = locate(tensor, folder)
        if isinstance(found, Extent) and model and found.identity[:2] == model[:2]:
            found = Refusal(
                "external-self",
                "external data {data} is the model file itself; export the model again",
            )
        placeholder = instead[tensor.location]
        short = isinstance(found, Refusal) and found.code == "external-too-short"
        # Weights may look like text, but not like a pointer.
        if placeholder and (short or (placeholder[0] == _POINTER and isinstance(found, Extent))):
            what, remedy = placeholder
            text = f"external data {{data}} is {what} in the place of the data; {remedy}"
            found = Refusal("external-placeholder", text, inconclusive=False)
        if isinstance(found, Extent):
            stop = found.offset + found.length
            size = found.identity[2]
            places.append(
                TensorExtent(found.path, found.offset, stop, size, name, tensor, found.identity)
            )
            continue
        refused.setdefault((found.code, as_text(tensor.location)), (found, []))[1].append(tensor)
    problems = []
    for (code, location), (refusal, unseen) in refused.items():
        more = f" ({len(unseen):,} tensors)" if len(unseen) > 1 else ""
        message = refusal.message.replace("{data}", f"{location[:200]!r}{more}", 1)
        file, first = location[:200], as_text(unseen[0].name)
        hidden = _declared(unseen)
        problems.append(Problem(code, first, message, refusal.inconclusive, file, hidden))
    return Outside((*problems, *_overlaps(places)), files, tuple(places))


def _declared(tensors: Sequence[External]) -> int | None:
    """Bytes of all of them, each stretch of a file once; ``None`` where one states no size."""
    sizes = {
        (tensor.location, dict(tensor.entries).get("offset", "0"), size)
        for tensor in tensors
        for size in (declared_bytes(tensor.data_type, tensor.dims),)
    }
    known = [size for _, _, size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


def _instead(
    location: str | bytes, folder: Path | None, seen: Identity | None
) -> tuple[str, str] | None:
    """What a download left at ``location``, and the remedy, if it is not the data."""
    parts = parts_of(location)
    if folder is None or seen is None or isinstance(parts, Refusal) or seen[2] > _PAGE_BYTES:
        return None
    with open_inside(Extent(folder.joinpath(*parts), 0, seen[2], seen)) as file:
        found = recognise(file.read(HEAD)) if file else None
    if found is None or found[0] not in _PLACEHOLDERS:
        return None
    return found if found[0] == _POINTER else (found[0], "download the file itself")


def _overlaps(places: list[TensorExtent]) -> Iterator[Problem]:
    """Tensors that share bytes without being the same tensor."""
    distinct = {(place.path, place.start, place.stop): place for place in reversed(places)}
    ordered = [distinct[key] for key in sorted(distinct)]
    for path, group in groupby(ordered, key=attrgetter("path")):
        inside = list(group)
        for before, after in pairwise(inside):
            if after.start < before.stop:
                yield Problem(
                    "external-overlap", after.name,
                    f"external data {path.name!r}: tensors {before.name!r} and {after.name!r} "
                    "overlap; export the model again",
                )  # fmt: skip
