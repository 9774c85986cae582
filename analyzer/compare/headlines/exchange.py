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
    turned = {
        places[0][old.index]: (places[1][new.index], new)
        for old, new in scene.pairs
        if old.outline == new.outline
        and ((index := scene.altered.get(new.node.id)) is None or _moved_alone(scene, index))
    }
    moved: dict[tuple[Hashable, int], tuple[tuple[Hashable, int], Part]] = {}
    for start, (_, new) in turned.items():
        # A layer that moved together with what is before it reads what it read.
        place = start if new.node.id in scene.altered else None
        while place in turned and place not in moved and turned[place][0] != place:
            moved[place] = turned[place]
            place = turned[place][0]
    if moved and {after for after, _ in moved.values()} == set(moved):
        behind = _behind(scene.new.parts, {new.index for _, new in moved.values()})
        covers = [i for i, c in scene.left() if c.old and c.new and scene.only(i, *MOVED)
                  and scene.new.part(c.new.id).index in behind]  # fmt: skip
        yield headline("exchanged", covers, count=len(moved))


def _moved_alone(scene: Scene, index: int) -> bool:
    return index not in scene.covered and scene.only(index, *MOVED)


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
