"""Strings → what was recognised in them.

All strings of a kind are searched at once, joined: 60,000 names cost milliseconds. Only where an
expression finds something is it asked which string that was.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import re2

from analyzer.contents import Sighting
from analyzer.model.magic import HEAD, looks_like
from analyzer.trust.encoded import verdict
from analyzer.trust.shapes import COMMON, ONCE, OTHERS, REFERENCES, SECRETS, TOLD, Shape
from analyzer.trust.texts import encoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.trust.texts import StringGroup, Strings

LONG = 4096
"""Bytes from which a text is long."""
FILES = ("metadata", "attribute", "element", "documentation")
"""Kinds of strings that may be one."""
ELSEWHERE = frozenset({"a Python pickle", "a web page or script", "a key or certificate"})
"""Files that are shapes of their own: ``pickle``, ``markup``, ``secret``."""
SMALLEST = 8
"""Characters of one."""
UNREAD = ("metadata", "documentation")
"""Kinds of strings that people alone read."""
REMOVED = (*UNREAD, "metadata-key")
"""Kinds of strings that go with these."""
LEAKS = ("path", "trace")
"""Families that tell of the exporter's machine."""
_LONG_FIELD = 128
"""Bytes from which lengths take two, also that of the entry around."""
LENGTHY = ("metadata", "documentation", "attribute")
"""Kinds of strings that may be."""
RECONSIDERED = frozenset({"encoded", "url"})
"""Families in which the first of a string may be none and the next be one."""
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
    """Offset of each."""
    strings: list[str | bytes]
    bounds: list[int]
    """Index of the first string of each group."""
    groups: list[StringGroup]

    def at(self, offset: int) -> int:
        """Index of the string at an offset."""
        return bisect_right(self.starts, offset) - 1

    def group(self, index: int) -> StringGroup:
        return self.groups[bisect_right(self.bounds, index) - 1]


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


def look(strings: Strings) -> tuple[Sighting, ...]:
    """Everything that is recognised, by shape and in the order of the strings."""
    kinds: dict[str, list[StringGroup]] = {}
    for group in strings.groups():
        kinds.setdefault(group.kind, []).append(group)
    joined = {kind: _join(groups) for kind, groups in kinds.items()}
    rare = {kind for kind, each in joined.items() if _any_of(_ANYWHERE).search(each.data)}
    found: list[Sighting] = []
    owned: Counter[str] = Counter()
    for shape in (*SECRETS, *OTHERS):
        where = rare if shape in _ANYWHERE else joined.keys()
        found += _seen(shape, [joined[kind] for kind in sorted(shape.kinds & where)], owned)
    if any(each.family == "path" for each in found):  # which is where traces lead: one leak
        found = [each for each in found if each.family != "trace"]
    _with_all_removed(found, kinds, owned)
    return (*found, *_foreign(kinds), *_long(kinds))


def _with_all_removed(
    found: list[Sighting], kinds: Mapping[str, list[StringGroup]], owned: Mapping[str, int]
) -> None:
    """Have leaks of operators count all that goes with them: who takes out the metadata and the
    documentation of operators takes out those without a path, too. ``owned``: bytes of strings of
    operators in which a family was seen."""
    first = next((n for n, each in enumerate(found) if owned.get(each.family) and
                  each.family in LEAKS and each.bytes), None)  # fmt: skip
    if first is None:
        return
    whole = sum(_field(group, data) for kind in REMOVED for group in kinds.get(kind, ())
                for data, of in group.first.items() if not isinstance(of, str))  # fmt: skip
    seen = owned[found[first].family]
    found[first] = replace(found[first], bytes=found[first].bytes + whole - seen)


def _field(group: StringGroup, data: str | bytes) -> int:
    """Bytes that a string takes in all its places, with the marks before it; a key with those of
    its entry."""
    size = group.size(data)
    marks = 4 if group.kind == "metadata-key" else 2 if size < _LONG_FIELD else 4
    return group.times(data) * (size + marks)


def _foreign(kinds: Mapping[str, list[StringGroup]]) -> Iterator[Sighting]:
    """Strings that are a file."""
    for group in (g for kind in FILES for g in kinds.get(kind, ())):
        for data in group.first:
            if len(data) < SMALLEST:
                continue
            what = looks_like(encoded(data[:HEAD]))
            if what is not None and what not in ELSEWHERE:
                text = group.describe(data, group.times(data))
                yield Sighting("foreign", what, text.kind, text.place, text.owner, "",
                               text.length, text.count)  # fmt: skip


def _long(kinds: Mapping[str, list[StringGroup]]) -> Iterator[Sighting]:
    """Texts that are long for one."""
    for group in (g for kind in LENGTHY for g in kinds.get(kind, ())):
        for data in group.first:
            size = group.size(data)
            if size >= LONG:
                text = group.describe(data, group.times(data))
                yield Sighting("long", "a long text", text.kind, text.place, text.owner, "", size,
                               text.count)  # fmt: skip


def _join(groups: list[StringGroup]) -> _Joined:
    strings = [data for group in groups for data in group.first]
    # NUL stands between strings; within one it is a control character like others.
    parts = [encoded(data).replace(b"\0", b"\1") for data in strings]
    starts = [0, *accumulate(len(part) + 1 for part in parts[:-1])]
    bounds = [0, *accumulate(len(group.first) for group in groups[:-1])]
    return _Joined(b"\0".join(parts), starts, strings, bounds, groups)


def _seen(shape: Shape, kinds: list[_Joined], owned: Counter[str]) -> Iterator[Sighting]:
    """One sighting for each excerpt, with the number of strings that have it; ``owned`` gets the
    bytes of those of operators that may go."""
    first: dict[str, _Seen] = {}
    times: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for joined in kinds:
        for index, seen in _hits(shape, joined):
            what = _what(shape, seen)
            if what is None:
                continue
            key = "" if shape.family in ONCE else seen.decode("utf-8", "backslashreplace")
            group, data = joined.group(index), joined.strings[index]
            if key not in first:
                if len(first) == MOST:
                    break
                first[key] = _Seen(group, data, what, seen)
            times[key] = times.get(key, 0) + group.times(data)
            if group.kind in UNREAD:
                size = group.times(data) * group.size(data)
                sizes[key] = sizes.get(key, 0) + size
                if not isinstance(group.first[data], str):
                    owned[shape.family] += size
    for key, each in first.items():
        place = each.group.describe(each.data, times[key])
        text = each.seen.decode("utf-8", "backslashreplace")
        excerpt = f"{text[:4]}…" if shape.family == "secret" else _masked(text)[:EXCERPT]
        yield Sighting(shape.family, each.what, place.kind, place.place, _masked(place.owner),
                       excerpt, len(text), times[key], sizes.get(key, 0))  # fmt: skip


def _masked(text: str) -> str:
    """``text`` with the secrets in it cut: what else is seen in a string must not tell them."""
    data = text.encode("utf-8", "surrogatepass")
    if _any_of(SECRETS).search(data) is None:
        return text
    for shape in SECRETS:
        data = _compiled(shape).sub(_cut, data)
    return str(data.decode("utf-8", "replace"))


def _cut(match: Any) -> bytes:
    """A match with its secret shortened to four characters."""
    (start, end), (secret, last) = match.span(), match.span(1)
    whole = match.group()
    return bytes(whole[: secret - start] + whole[secret - start :][:4] + "…".encode()
                 + whole[len(whole) - (end - last) :])  # fmt: skip


class _Seen(NamedTuple):
    """Where a shape was first met."""

    group: StringGroup
    data: str | bytes
    what: str
    seen: bytes


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


def _hits(shape: Shape, joined: _Joined) -> Iterator[tuple[int, bytes]]:
    """Indices of strings with the shape, and what is seen of it first."""
    last = -1
    pattern = _compiled(shape)
    if pattern.search(joined.data) is None:
        return
    for number, match in enumerate(pattern.finditer(joined.data)):
        if number == _HITS:
            yield joined.at(match.start()), b""
            return
        group = next((g for g in range(1, pattern.groups + 1) if match.start(g) >= 0), 0)
        index = joined.at(match.start(group))
        if index != last or shape.family in RECONSIDERED:
            last = index
            yield index, match.group(group)
