"""Inputs and outputs of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.compare.headlines.scene import headline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.compare.headlines.scene import Scene
    from analyzer.compare.part import Part
    from analyzer.compare.record import Headline, Retyped
    from analyzer.facts import Tensor

IMAGE = 4
"""Rank of a batch of images."""
ENDS = ("old", "new")
MOST = 8
"""Inputs or outputs told one by one."""


def inputs_and_outputs(scene: Scene) -> Iterator[Headline]:
    """What callers have to give, and what they get: types, shapes, what came and went."""
    return (headline for headline in _ends(scene) if not headline.kind.endswith(RENAMED))


def renamed_ends(scene: Scene) -> Iterator[Headline]:
    """Inputs and outputs that are the same under another name."""
    return (headline for headline in _ends(scene) if headline.kind.endswith(RENAMED))


RENAMED = "-renamed"


def _ends(scene: Scene) -> Iterator[Headline]:
    for which, old, new in (
        ("input", scene.old.facts.inputs, scene.new.facts.inputs),
        ("output", scene.old.facts.outputs, scene.new.facts.outputs),
    ):
        pairs = [p for p in scene.found.interface if (p.old or p.new) in (*old, *new)]
        yield from _renamed(which, pairs, old, new)
        for pair in [p for p in pairs if p.old and p.new][:MOST]:
            if pair.old and pair.new:
                yield _retyped(scene, which, pair.old, pair.new)


def moved_outputs(scene: Scene) -> Iterator[Headline]:
    """An output of both models that another operator makes now."""
    if scene.is_other:
        return
    makers = scene.matching.makers
    names = {scene.new.ends.outputs[t.name]: t.name for t in scene.new.facts.outputs}
    for end in [end for end in makers[0] if end in makers[1] and end in names][:MOST]:
        old, new = makers[0][end], makers[1][end]
        before = scene.matching.back.get(new.index)
        if before is None or before == old.index or old.is_plumbing or new.is_plumbing:
            continue  # what came or went says it, or there is nothing to say
        covers = [i for i, c in scene.left() if c.old and c.new and scene.only(i, "outputs")]
        yield headline("output-moved", covers, name=names[end], old=_of(old), new=_of(new))


def _of(part: Part) -> str:
    return f"{part.node.op_type} {part.node.name or part.node.id}"


def _renamed(
    which: str, pairs: Sequence[Retyped], old: Sequence[Tensor], new: Sequence[Tensor]
) -> Iterator[Headline]:
    """One that went and one that came, of one type and in one place, is one with another name."""
    went = [pair.old for pair in pairs if pair.old and not pair.new]
    came = [pair.new for pair in pairs if pair.new and not pair.old]
    places = {tensor.name: i for i, tensor in enumerate(new)}
    for i, tensor in enumerate(old):
        if tensor not in went:
            continue
        other = next((t for t in came if places[t.name] == i
                      and (t.dtype, t.shape) == (tensor.dtype, tensor.shape)), None)  # fmt: skip
        if other is not None:
            went.remove(tensor)
            came.remove(other)
            yield headline(f"{which}-renamed", old=tensor.name, new=other.name)
    for tensor in went[:MOST]:
        yield headline(f"{which}-gone", name=tensor.name, type=_type(tensor))
    for tensor in came[:MOST]:
        yield headline(f"{which}-new", name=tensor.name, type=_type(tensor))


def _retyped(scene: Scene, which: str, old: Tensor, new: Tensor) -> Headline:
    if which == "input" and _is_image(old, new):
        covers = [i for i, c in scene.left() if c.old and c.new
                  and scene.only(i, "type", "MACs", "FLOPs", "kernel_shape")]  # fmt: skip
        sides = (units.shape((tensor.shape or ())[2:]) for tensor in (old, new))
        return headline("resolution", covers, name=new.name, **dict(zip(ENDS, sides, strict=True)))
    covers = [i for i, c in scene.left() if which == "input" and c.old and c.new
              and scene.only(i, "type", "MACs", "FLOPs")]  # fmt: skip
    return headline(f"{which}-type", covers, name=new.name, old=_type(old), new=_type(new))


def _is_image(old: Tensor, new: Tensor) -> bool:
    """Whether two inputs differ in the sides of an image alone."""
    before, after = old.shape or (), new.shape or ()
    return len(before) == len(after) == IMAGE and (old.dtype, before[:2]) == (new.dtype, after[:2])


def _type(tensor: Tensor) -> str:
    return f"{tensor.dtype or units.UNKNOWN} {units.shape(tensor.shape)}"
