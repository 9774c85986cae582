"""Standard convolutions that gave way to depthwise and pointwise ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.compare.headlines.scene import headline
from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.compare.headlines.scene import Scene
    from analyzer.compare.part import Part
    from analyzer.compare.record import Headline

BEHIND = (Nature.NORMALISATION, Nature.ACTIVATION)
"""What follows a convolution and goes or comes with it."""


def separated(scene: Scene) -> Iterator[Headline]:
    """As many standard convolutions went as depthwise and pointwise ones came, or the reverse."""
    went, came = _kinds(scene.old_layers, scene.went), _kinds(scene.new_layers, scene.came)
    for kind, before, after in (("separated", went, came), ("joined", came, went)):
        count = len(before.get("standard", ()))
        if count and len(after.get("depthwise", ())) == len(after.get("pointwise", ())) == count:
            covers = [*before["standard"], *after["depthwise"], *after["pointwise"]]
            covers += [i for i, c in scene.left()
                       if not (c.old and c.new) and _is_behind(scene, i)]  # fmt: skip
            yield headline(kind, covers, count=count)


def _is_behind(scene: Scene, index: int) -> bool:
    record = scene.part_of(index).record
    return record is not None and record.nature in BEHIND


def _kinds(layers: tuple[Part, ...], gone: Mapping[str, int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for part in layers:
        if part.node.conv is not None and part.node.id in gone:
            found.setdefault(part.node.conv.kind, []).append(gone[part.node.id])
    return found
