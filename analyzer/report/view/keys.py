"""Colour keys of pictures: what is drawn, in words, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from analyzer.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Keyed(Protocol):
    """A tile of a treemap."""

    @property
    def kind(self) -> str: ...
    @property
    def color(self) -> str: ...
    @property
    def macs(self) -> int: ...
    @property
    def children(self) -> Sequence[Keyed]: ...


def one_a_color(kinds: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Entries of a key: kinds that are drawn in one colour are one.

    >>> one_a_color([("MatMul", "dense"), ("Gather", "other"), ("Gemm", "dense")])
    [('MatMul, Gemm', 'dense'), ('Gather', 'other')]
    """
    named: dict[str, list[str]] = {}
    for kind, color in dict.fromkeys(kinds):
        named.setdefault(color, []).append(kind)
    return [(", ".join(names), color) for color, names in named.items()]


def rest_of_any_kind() -> str:
    """What a key calls layers that are added up whatever they are."""
    return _("rest of any kind")


def nested(found: Iterable[Keyed]) -> list[tuple[str, str]]:
    """The colour key of all that can be gone into, as ``Chart.key``."""

    def walk(tiles: Iterable[Keyed]) -> Iterator[tuple[str, str]]:
        for tile in tiles:
            if tile.macs > 0:
                yield tile.kind or rest_of_any_kind(), tile.color
                yield from walk(tile.children)

    return one_a_color(walk(found))
