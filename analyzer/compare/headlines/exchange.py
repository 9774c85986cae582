"""Layers of which each stands in the place of another one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from analyzer.compare.headlines.scene import headline

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from analyzer.compare.headlines.scene import Scene
    from analyzer.compare.part import Part
    from analyzer.compare.record import Headline

MOVED = ("sources", "outputs")
"""Aspects of an operator that is what it was, elsewhere."""


def exchanged(scene: Scene) -> Iterator[Headline]:
    """Layers that are alike but for their weights, and read what others of them read before.

    Layers are recognised by their weights, so that an exchange of these looks like one of places.
    """
    if scene.is_other:
        return
    places = _places(scene.old_layers), _places(scene.new_layers)
    moved = [
        (places[0][old.index], places[1][new.index], new)
        for old, new in scene.pairs
        if old.outline == new.outline
        and (index := scene.altered.get(new.node.id)) is not None
        and index not in scene.covered
        and scene.only(index, *MOVED)
    ]
    moved = [(before, after, new) for before, after, new in moved if before != after]
    if moved and {before for before, _, _ in moved} == {after for _, after, _ in moved}:
        behind = _behind(scene.new.parts, {new.index for _, _, new in moved})
        covers = [i for i, c in scene.left() if c.old and c.new and scene.only(i, *MOVED)
                  and scene.new.part(c.new.id).index in behind]  # fmt: skip
        yield headline("exchanged", covers, count=len(moved))


def _places(layers: Iterable[Part]) -> dict[int, tuple[Hashable, int]]:
    """Of each layer, which of those that are alike it is."""
    seen: dict[Hashable, int] = defaultdict(int)
    found: dict[int, tuple[Hashable, int]] = {}
    for part in layers:
        found[part.index] = (part.outline, seen[part.outline])
        seen[part.outline] += 1
    return found


def _behind(parts: Sequence[Part], layers: set[int]) -> set[int]:
    """The layers, and what is computed from them before the next layer; makers come first."""
    found = set(layers)
    for part in parts:
        if not part.is_weighted and any(source.part in found for source in part.sources):
            found.add(part.index)
    return found | {part.index for part in parts if any(s.part in found for s in part.sources)}
