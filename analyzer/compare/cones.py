"""What an operator is by all that is before it, and by all that is behind it.

Numbers stand for what is equal: two operators have one number if they are alike and so is
everything that feeds them (or that they feed), in both models at once. This is value numbering,
or hashing of a Merkle graph, without hashes: linear in operators and edges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from analyzer.compare.network import Wired
    from analyzer.compare.part import Part

    Key = Callable[[Part], Hashable]


class Numbers:
    """Equal things have equal numbers."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {}

    def of(self, thing: Hashable) -> int:
        return self._known.setdefault(thing, len(self._known))


def upstream(network: Wired, key: Key, numbers: Numbers) -> list[int]:
    """A number for each operator that says what it is and what feeds it.

    Operators come after those that feed them, except on a cycle; what is not known yet counts as
    nothing.
    """
    found = [-1] * len(network.parts)
    for part in network.parts:
        sources: Sequence[Hashable] = [
            *((s.slot, found[s.part], s.port) for s in part.sources),
            *((slot, "input", name) for slot, name in part.given),
        ]
        if part.commutes and not part.operands:
            sources = [source[1:] for source in sources]  # type: ignore[index]
        listed = tuple(sorted(sources, key=repr))
        found[part.index] = numbers.of(("up", key(part), listed))
    return found


def downstream(network: Wired, key: Key, numbers: Numbers) -> list[int]:
    """A number for each operator that says what it is and what it feeds."""
    found = [-1] * len(network.parts)
    for part in reversed(network.parts):
        readers = sorted(
            (found[index], 0 if network.parts[index].commutes else slot, port)
            for index, slot, port in part.readers
            if not network.parts[index].is_carrier
        )
        found[part.index] = numbers.of(("down", key(part), part.exports, tuple(readers)))
    return found
