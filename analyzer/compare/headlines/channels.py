"""Layers of another width: all of them by one factor, the last one, or some."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.compare.headlines.scene import headline
from analyzer.operators.record import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.compare.headlines.scene import Scene
    from analyzer.compare.part import Part
    from analyzer.compare.record import Headline

ROUNDING = 4.0, 8.0
"""Channels are rounded to multiples of 8: to the nearest, or up so that no tenth is lost
(MobileNetV2)."""
FLAT = 2
"""Rank of what a classifier puts out: batch and classes."""
TAIL = 2
"""Last layers that a width multiplier may leave alone: the classifier, and what is in front."""
LEAST = 3
"""Layers with another width below which there is no telling a factor."""


class Widths(NamedTuple):
    """Output channels of one layer in both models."""

    part: Part
    old: int
    new: int


def width(scene: Scene) -> Iterator[Headline]:
    """Every layer's channels follow one factor, within rounding; nothing came or went."""
    listed = _widths(scene)
    moved = [w for w in listed if w.old != w.new]
    if len(moved) < LEAST or len(scene.pairs) < max(len(scene.old_layers), len(scene.new_layers)):
        return
    factor = _factor(listed[: len(listed) - _still(listed)])
    if factor is not None and factor != 1:
        yield headline("width", _resized(scene), factor=factor, layers=len(listed),
                       still=_still(listed))  # fmt: skip


def _still(listed: Sequence[Widths]) -> int:
    """Last layers that are as wide as they were, as far as that may be."""
    count = 0
    while count < min(TAIL, len(listed)) and listed[-1 - count].old == listed[-1 - count].new:
        count += 1
    return count


def _factor(listed: Sequence[Widths]) -> float | None:
    """The simplest α with |new − α·old| within rounding for every layer; ``None`` if none is.

    >>> _factor([Widths(None, 32, 24), Widths(None, 64, 48), Widths(None, 1280, 960)])
    0.75
    """
    for slack in ROUNDING:
        low = max((w.new - slack) / w.old for w in listed)
        high = min((w.new + slack) / w.old for w in listed)
        if low <= high:
            for steps in (4, 8, 10, 20, 100):
                middle = round((low + high) / 2 * steps) / steps
                if low <= middle <= high and middle:
                    return middle
            return (low + high) / 2
    return None


def _resized(scene: Scene) -> list[int]:
    """Changes that are nothing but other sizes."""
    return [
        i for i, c in scene.left()
        if c.old and c.new and (scene.only(i, *SIZES) or scene.new.part(c.new.id).is_plumbing)
    ]  # fmt: skip


SIZES = ("type", "MACs", "FLOPs", "group", "shape", "split")
"""Aspects that follow the width of a network."""


def classes(scene: Scene) -> Iterator[Headline]:
    """The last layer of a classifier has another number of outputs, and so has the model."""
    for old, new in scene.found.interface:
        if old is None or new is None or new not in scene.new.facts.outputs:
            continue
        before, after = old.shape or (), new.shape or ()
        if len(before) != FLAT or len(after) != FLAT or before[0] != after[0]:
            continue
        if before[1] == after[1]:
            continue  # another type alone
        last = _widths(scene)[-1:]
        if last and (last[0].old, last[0].new) == (before[1], after[1]):
            covers = [i for i, c in scene.left() if c.new
                      and scene.only(i, "type", "MACs")
                      and c.new.outputs and c.new.outputs[0].shape == new.shape]  # fmt: skip
            yield headline("classes", covers, output=new.name, old=before[1], new=after[1])


def pruned(scene: Scene) -> Iterator[Headline]:
    """Some layers are narrower, or wider, by no common factor."""
    if scene.is_other or any(width(scene)):
        return
    listed = [w for w in _widths(scene) if w.old != w.new and _is_left(scene, w.part)]
    for kind, some in (
        ("pruned", [w for w in listed if w.new < w.old]),
        ("widened", [w for w in listed if w.new > w.old]),
    ):
        if some:
            before, after = sum(w.old for w in some), sum(w.new for w in some)
            yield headline(kind, _resized(scene), count=len(some), layers=len(scene.new_layers),
                           old=before, new=after)  # fmt: skip


def _is_left(scene: Scene, part: Part) -> bool:
    return scene.altered.get(part.node.id) not in scene.covered


def _widths(scene: Scene) -> list[Widths]:
    found = []
    for old, new in scene.pairs:
        before, after = _channels(old), _channels(new)
        if before and after:
            found.append(Widths(new, before, after))
    return found


def _channels(part: Part) -> int | None:
    """Outputs of a layer: of a convolution N, of a product the columns of its stored matrix."""
    if part.node.conv is not None:
        return part.node.conv.out_channels
    stored = any(operand.kind == Kind.WEIGHT.value for operand in part.operands)
    shape = part.node.outputs[0].shape if part.node.outputs else None
    return shape[-1] if stored and shape else None
