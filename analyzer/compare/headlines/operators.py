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


def replaced(scene: Scene) -> Iterator[Headline]:
    """One operator where another was: ``16 × Relu → HardSwish``."""
    found: dict[tuple[str, str, bool], list[int]] = defaultdict(list)
    for index, change in scene.left():
        if change.old and change.new and change.old.op_type != change.new.op_type:
            part = scene.new.part(change.new.id)
            bends = part.record is not None and part.record.nature is Nature.ACTIVATION
            found[change.old.op_type, change.new.op_type, bends].append(index)
    for (old, new, bends), covers in sorted(found.items(), key=lambda kv: -len(kv[1]))[:MOST]:
        yield headline("activation" if bends else "replaced", covers, old=old, new=new,
                       count=len(covers))  # fmt: skip


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
