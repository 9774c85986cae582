"""Two networks that have little to do with one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.compare.headlines.scene import headline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.compare.headlines.scene import Scene
    from analyzer.compare.record import Headline
    from analyzer.facts import Facts


def other_network(scene: Scene) -> Iterator[Headline]:
    """Less than half of the layers are in both, or two published networks are recognised."""
    if scene.is_other:
        old, new = (_name(side.facts) for side in (scene.old, scene.new))
        layers = max(len(scene.old_layers), len(scene.new_layers))
        yield headline("other-network", range(len(scene.found.changes)), old=old or None,
                       new=new or None, shared=scene.shared, layers=layers)  # fmt: skip


def _name(facts: Facts) -> str:
    return facts.architecture.family if facts.architecture else ""
