"""Operators in the place of others, and types of which there are more or fewer."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from analyzer.compare.headlines.scene import headline
from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.compare.headlines.scene import Scene
    from analyzer.compare.record import Headline

MOST = 6
"""Statements of one sort."""


def activations(scene: Scene) -> Iterator[Headline]:
    """Another activation where one was: ``Relu → HardSwish``."""
    for (old, new), covers in _replaced(scene, bends=True):
        yield headline("activation", covers, old=old, new=new, count=len(covers))


def replaced(scene: Scene) -> Iterator[Headline]:
    """One operator where another was: ``16 × Flatten → Reshape``."""
    for (old, new), covers in _replaced(scene, bends=False):
        added = [scene.addition_behind(i) for i in covers] if new == "Gemm" else []
        every = [*covers, *(i for i in added if i is not None)]
        yield headline("replaced", every, old=old, new=new, count=len(covers))


def _replaced(scene: Scene, *, bends: bool) -> list[tuple[tuple[str, str], list[int]]]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, change in scene.left():
        if change.old and change.new and change.old.op_type != change.new.op_type:
            both = scene.old.part(change.old.id).record, scene.new.part(change.new.id).record
            activates = all(r is not None and r.nature is Nature.ACTIVATION for r in both)
            if activates == bends:
                found[change.old.op_type, change.new.op_type].append(index)
    return sorted(found.items(), key=lambda kv: -len(kv[1]))[:MOST]


def counted(scene: Scene) -> Iterator[Headline]:
    """What is left of operators that came or went, where there are many of a type."""
    found: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for index, change in scene.left():
        if change.old is None or change.new is None:
            found[change.node.op_type, change.new is not None].append(index)
    ranked = sorted(found.items(), key=lambda kv: -len(kv[1]))
    for (op_type, came), covers in ranked[:MOST]:
        if len(covers) > 2:
            yield headline("operators-added" if came else "operators-removed", covers,
                           operator=op_type, count=len(covers))  # fmt: skip
