"""Blocks and layers that came or went."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from analyzer.compare.headlines.scene import headline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.compare.headlines.scene import Scene
    from analyzer.compare.network import Wired
    from analyzer.compare.part import Part
    from analyzer.compare.record import Headline


def blocks(scene: Scene) -> Iterator[Headline]:
    """Recognised blocks of which no layer is in the other model."""
    for kind, network, gone in (
        ("blocks-removed", scene.old, scene.went),
        ("blocks-added", scene.new, scene.came),
    ):
        found = scene.blocks_of(network, gone)
        for name, (count, *covers) in sorted(found.items(), key=lambda kv: -kv[1][0]):
            yield headline(kind, covers, count=count, block=name)
            scene.covered.update(covers)


def layers(scene: Scene) -> Iterator[Headline]:
    """Other weighted layers that came or went, with what follows each of them alone."""
    for kind, network, gone in (
        ("layers-removed", scene.old, scene.went),
        ("layers-added", scene.new, scene.came),
    ):
        found: dict[str, list[Part]] = defaultdict(list)
        for part in network.parts:
            index = gone.get(part.node.id)
            if part.is_weighted and index is not None and index not in scene.covered:
                found[part.node.kind].append(part)
        for name, parts in sorted(found.items(), key=lambda kv: -len(kv[1])):
            covers = [i for part in parts for i in _with_followers(network, part, gone)]
            yield headline(kind, covers, count=len(parts), layer=name)


def _with_followers(network: Wired, part: Part, gone: Mapping[str, int]) -> Iterator[int]:
    yield gone[part.node.id]
    while len(part.readers) == 1:
        ((index, *_),) = part.readers
        part = network.parts[index]
        if part.node.id not in gone or part.is_weighted or len(part.flows) > 1:
            return
        yield gone[part.node.id]
