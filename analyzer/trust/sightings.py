"""Strings → what was recognised in them.

All strings of a kind are searched at once, joined: 60,000 names cost milliseconds. Only where an
expression finds something is it asked which string that was.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import re2

from analyzer.contents import Sighting
from analyzer.trust.encoded import verdict
from analyzer.trust.shapes import COMMON, ONCE, OTHERS, REFERENCES, SECRETS, TOLD, Shape
from analyzer.trust.texts import encoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.trust.texts import Found

MOST = 200
"""Different excerpts of one shape that are listed."""
_HITS = 200_000
"""Hits of one expression that are looked at; who has more of them wants to hide one."""
EXCERPT = 80
"""Characters of one."""


class _Joined(NamedTuple):
    """All strings of one kind."""

    data: bytes
    starts: list[int]
    strings: list[tuple[Found, int]]


@cache
def _compiled(shape: Shape) -> Any:
    options = re2.Options()
    if shape.is_binary:
        options.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(shape.pattern.encode(), options)


@cache
def _any_of(shapes: tuple[Shape, ...]) -> Any:
    """Finds whether there is one of ``shapes``; most models have none."""
    options = re2.Options()
    options.never_capture = True
    options.max_mem = 64 << 20
    return re2.compile("|".join(f"(?:{shape.pattern})" for shape in shapes).encode(), options)


_ANYWHERE = tuple(s for s in (*SECRETS, *OTHERS) if s.kinds == TOLD and s.family not in COMMON)
"""Shapes of all strings that few models have."""


def look(gathered: Mapping[tuple[str, str | bytes], tuple[Found, int]]) -> tuple[Sighting, ...]:
    """Everything that is recognised, by shape and in the order of the strings."""
    kinds: dict[str, list[tuple[Found, int]]] = {}
    for each in gathered.values():
        kinds.setdefault(each[0].kind, []).append(each)
    joined = {kind: _join(strings) for kind, strings in kinds.items()}
    rare = {kind for kind, strings in joined.items() if _any_of(_ANYWHERE).search(strings.data)}
    found: list[Sighting] = []
    for shape in (*SECRETS, *OTHERS):
        where = rare if shape in _ANYWHERE else joined.keys()
        found += _seen(shape, {kind: joined[kind] for kind in sorted(shape.kinds & where)})
    if any(each.family == "path" for each in found):  # which is where traces lead: one leak
        found = [each for each in found if each.family != "trace"]
    return tuple(found)


def _join(strings: list[tuple[Found, int]]) -> _Joined:
    # NUL stands between strings; within one it is a control character like others.
    parts = [encoded(found.data).replace(b"\0", b"\1") for found, _ in strings]
    starts = [0, *accumulate(len(part) + 1 for part in parts[:-1])]
    return _Joined(b"\0".join(parts), starts, strings)


def _seen(shape: Shape, joined: Mapping[str, _Joined]) -> Iterator[Sighting]:
    """One sighting for each excerpt, with the number of strings that have it."""
    first: dict[str, tuple[Found, str, bytes]] = {}
    times: dict[str, int] = {}
    for strings in joined.values():
        for found, count, seen in _hits(shape, strings):
            what = _what(shape, seen)
            if what is None:
                continue
            key = "" if shape.family in ONCE else seen.decode("utf-8", "backslashreplace")
            if key not in first:
                if len(first) == MOST:
                    return (yield from _listed(shape, first, times))
                first[key] = found, what, seen
            times[key] = times.get(key, 0) + count
    yield from _listed(shape, first, times)


def _listed(
    shape: Shape, first: Mapping[str, tuple[Found, str, bytes]], times: Mapping[str, int]
) -> Iterator[Sighting]:
    for key, (found, what, seen) in first.items():
        place = found.describe(times[key])
        text = seen.decode("utf-8", "backslashreplace")
        excerpt = f"{text[:4]}…" if shape.family == "secret" else text[:EXCERPT]
        yield Sighting(shape.family, what, place.kind, place.place, place.owner, excerpt,
                       len(text), times[key])  # fmt: skip


def _what(shape: Shape, seen: bytes) -> str | None:
    """The shape for people; ``None`` where a second look says that it is none."""
    if not seen:
        return f"more of what could be {shape.what} than is looked at"
    if shape.family == "encoded":
        return verdict(seen)
    if shape.family == "url" and _references().fullmatch(seen) is not None:
        return None
    return shape.what


@cache
def _references() -> Any:
    return re2.compile(REFERENCES.encode())


def _hits(shape: Shape, joined: _Joined) -> Iterator[tuple[Found, int, bytes]]:
    """Strings with the shape, and what is seen of it first."""
    last = -1
    pattern = _compiled(shape)
    if pattern.search(joined.data) is None:
        return
    for number, match in enumerate(pattern.finditer(joined.data)):
        if number == _HITS:
            yield (*joined.strings[bisect_right(joined.starts, match.start()) - 1], b"")
            return
        group = next((g for g in range(1, pattern.groups + 1) if match.start(g) >= 0), 0)
        index = bisect_right(joined.starts, match.start(group)) - 1
        if index != last:
            last = index
            yield (*joined.strings[index], match.group(group))
