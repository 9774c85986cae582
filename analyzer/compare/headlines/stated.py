"""Attributes and weights of operators that are in both models."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from analyzer.compare.headlines.scene import headline
from analyzer.compare.measure import NOT_FINITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.compare.headlines.scene import Scene
    from analyzer.compare.record import Headline

GENERAL = frozenset({"operator", "type", "inputs", "sources", "outputs", "runs", "MACs", "FLOPs"})
"""Aspects that are no settings."""
MOST = 8
"""Settings told one by one."""


def settings(scene: Scene) -> Iterator[Headline]:
    """Equal changes of one attribute, grouped: ``epsilon 1e-5 → 1e-3`` in 53 operators."""
    found: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for index, change in scene.left():
        if change.old and change.new and change.old.op_type == change.new.op_type:
            for aspect, old, new in change.differences:
                if aspect not in GENERAL:
                    found[change.new.op_type, aspect, old, new].append(index)
    told = sorted(found.items(), key=lambda kv: (-len(kv[1]), kv[0]))[:MOST]
    said = {(key[0], key[1]) for key, _ in told}
    for (op_type, aspect, old, new), indices in told:
        covers = [i for i in indices if all(
            (op_type, d.aspect) in said or d.aspect in ("type", "MACs", "FLOPs")
            for d in scene.found.changes[i].differences
        )]  # fmt: skip
        yield headline("setting", covers, operator=op_type, setting=aspect, old=old, new=new,
                       count=len(indices))  # fmt: skip


def sharing(scene: Scene) -> Iterator[Headline]:
    """Parameters that one file stores once for several uses and the other for each, where the
    counts differ: the network may be the same."""
    old, new = scene.old.facts.parameters, scene.new.facts.parameters
    if not scene.is_other and old.weights != new.weights and old.repeated != new.repeated:
        yield headline("sharing", old=old.repeated, new=new.repeated)


def weights(scene: Scene) -> Iterator[Headline]:
    """How many layers have other weights, and how far the furthest is from what it was."""
    found = scene.found.weights
    if scene.is_other:
        return
    layers = len({change.new for change in found.changes if change.fate == "changed"})
    if found.layers:
        alone = not scene.found.changes
        broken = {change.new for change in found.changes
                  if change.fate == "changed" and change.why == NOT_FINITE}  # fmt: skip
        yield headline("weights", layers=found.layers, largest=found.largest,
                       alone=int(alone), broken=len(broken))  # fmt: skip
    elif layers:
        yield headline("constants-changed", count=layers, largest=found.largest)
