"""Inputs and outputs of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.compare.headlines.scene import headline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.compare.headlines.scene import Scene
    from analyzer.compare.part import Part
    from analyzer.compare.record import Headline
    from analyzer.facts import Tensor

IMAGE = 4
"""Rank of a batch of images."""
ENDS = ("old", "new")
NAME = 20
"""Letters of a dimension's name."""
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
        yield from _renamed(which, old, new)
        before = {tensor.name: tensor for tensor in old}
        both = [(before[t.name], t) for t in new if t.name in before and before[t.name] != t]
        for pair in both[:MOST]:
            yield _retyped(scene, which, *pair)
    yield from _opened(scene)


def _opened(scene: Scene) -> Iterator[Headline]:
    """Inputs of one type of which one file states sizes that the other leaves open."""
    sides = scene.old.facts, scene.new.facts
    left_open = [{(a.input, a.axis): a.dim for a in side.assumptions} for side in sides]
    before = {tensor.name: tensor for tensor in sides[0].inputs}
    told = 0
    for tensor in sides[1].inputs:
        axes = range(len(tensor.shape or ()))
        open_axes = [[axis for axis in axes if (tensor.name, axis) in side] for side in left_open]
        if before.get(tensor.name) == tensor and open_axes[0] != open_axes[1] and told < MOST:
            told += 1
            old, new = (_stated(tensor, side) for side in left_open)
            yield headline("input-type", name=tensor.name, old=old, new=new)


def _stated(tensor: Tensor, left_open: Mapping[tuple[str, int], str]) -> str:
    """The type of an input with the names of what it leaves open."""
    sizes = (left_open.get((tensor.name, axis), "" if size is None else str(size))[:NAME]
             for axis, size in enumerate(tensor.shape or ()))  # fmt: skip
    return f"{tensor.dtype or units.UNKNOWN} {'×'.join(size or '?' for size in sizes)}"


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


def _renamed(which: str, old: Sequence[Tensor], new: Sequence[Tensor]) -> Iterator[Headline]:
    """One that went and one that came, of one type and in one place, is one with another name."""
    names = {t.name for t in old}, {t.name for t in new}
    went = {i: tensor for i, tensor in enumerate(old) if tensor.name not in names[1]}
    came = {i: tensor for i, tensor in enumerate(new) if tensor.name not in names[0]}
    kinds = [{i: (tensor.dtype, tensor.shape) for i, tensor in side.items()}
             for side in (went, came)]  # fmt: skip
    same = [i for i in went if i in came and kinds[0][i] == kinds[1][i]]
    for i in same[:MOST]:
        yield headline(f"{which}{RENAMED}", old=went[i].name, new=came[i].name)
    renamed = frozenset(same)
    for kind, ends in (("gone", went), ("new", came)):
        for tensor in [tensor for i, tensor in ends.items() if i not in renamed][:MOST]:
            yield headline(f"{which}-{kind}", name=tensor.name, type=_type(tensor))


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
