"""Constants of element-wise operators that are no parameters although they look learned.

Anchor grids and strides of a detector's head are sized by position and nothing with weights comes
after them; mean images are taken from what the caller passes; attention masks are added to scores
of every head alike. Tables that feed weighted layers (position embeddings) and vectors along
channels (biases) stay parameters; so, as a guess, does what is joined to feature maps.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from analyzer.costs.axes import Axis, follow_axes, reaches_weights
from analyzer.costs.raw import normalises_image, raw_values
from analyzer.costs.roles import Role
from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.costs.axes import Axes, Key
    from analyzer.costs.roles import Constant
    from analyzer.facts import Tensor
    from analyzer.graph.scope import Program
    from analyzer.shapes.sites import Site

    Root = tuple[int, str]
    Shape = tuple[int | None, ...]

ADDING = (Nature.ELEMENTWISE,)
JOINING = (Nature.MOVEMENT,)
"""What joins a table to a feature map, which is no less a guess than to add one."""
ON_THE_WAY = (Nature.ELEMENTWISE, Nature.ACTIVATION)
"""What lies between the scores of attention and their softmax, moves and conversions aside."""
MAX_WAY = 6
MAX_OPERANDS = 8
"""Operands or readers looked at; real operators of this kind have two or three."""


def set_apart(
    program: Program,
    sites: Sequence[Site],
    constants: Mapping[Root, Constant],
    feeds: Sequence[Mapping[int, Sequence[Root]]],
) -> None:
    """Give masks and grids among the ``constants`` their own role; mark what was judged.

    Parameters
    ----------
    feeds : by site index, the constants that each input slot takes.
    """
    _doubt_joined(constants, sites)
    _doubt_masks(program, sites, constants, feeds)
    candidates = {root: c for root, c in constants.items() if _feeds_only(c, sites, ADDING)}
    if not candidates:
        return
    weighted = frozenset(site.index for site in sites if feeds[site.index] and _is_weighted(site))
    reached = reaches_weights(program, sites, weighted)
    axes, raw = follow_axes(sites, weighted), raw_values(program, sites, feeds)
    readers: dict[Key, list[Site]] = {}
    for site in sites:
        for name in site.op.inputs:
            readers.setdefault((id(site.instance), name), []).append(site)
    found: dict[Root, list[tuple[Site, int]]] = {}
    along: dict[int, list[tuple[Axes, Shape]]] = {}
    for index in dict.fromkeys(index for c in candidates.values() for index in c.uses):
        along[index] = _known_axes(sites[index], axes)
        for slot, roots in feeds[index].items():
            for root in roots:
                found.setdefault(root, []).append((sites[index], slot))
    for root, constant in candidates.items():
        constant.is_judged = _is_wide(constant)
        uses = found.get(root)
        if not uses:
            continue
        if all(normalises_image(site, slot, raw) for site, slot in uses):
            _move(constant, Role.POSITION, "taken from the image, before any layer")
        elif all(_is_mask(site, slot, readers) for site, slot in uses):
            _move(constant, Role.MASK, "broadcast over the heads of attention scores")
        elif all(
            _is_sized_by_position(site, slot, along[site.index])
            and not any((id(site.instance), name) in reached for name in site.op.outputs)
            for site, slot in uses
        ):
            _move(constant, Role.POSITION, "sized by position, no weighted layer behind it")


def _doubt_joined(constants: Mapping[Root, Constant], sites: Sequence[Site]) -> None:
    for constant in constants.values():
        if _feeds_only(constant, sites, JOINING):
            constant.is_judged = _is_wide(constant)


def _doubt_masks(
    program: Program,
    sites: Sequence[Site],
    constants: Mapping[Root, Constant],
    feeds: Sequence[Mapping[int, Sequence[Root]]],
) -> None:
    """Leave to be masks what something behind it attends with; others have the shape alone."""
    shaped = {root for root, constant in constants.items() if constant.role is Role.MASK}
    if not shaped:
        return
    attending = frozenset(site.index for site in sites if _attends(site))
    reached = reaches_weights(program, sites, attending) if attending else frozenset()
    for site in sites:
        for slot, roots in feeds[site.index].items():
            if (id(site.instance), site.op.inputs[slot]) in reached:
                shaped.difference_update(roots)
    for root in shaped:
        constants[root].role = Role.CONSTANT


def _attends(site: Site) -> bool:
    """Whether it makes shares of scores, which those of classes are not, or takes a mask."""
    record = record_of(site.call)
    if record is None:
        return False
    scores = record.role == "softmax" and len(_shape(site.call.output(0))) > 2
    return scores or bool(record.slots(Kind.MASK))


def _move(constant: Constant, role: Role, why: str) -> None:
    constant.role, constant.why, constant.is_judged = role, why, True
    constant.uses.clear()


def _feeds_only(constant: Constant, sites: Sequence[Site], natures: Sequence[Nature]) -> bool:
    """Whether a constant that counts as a weight is read by operators of ``natures`` alone."""
    if constant.role is not Role.WEIGHT or constant.elements <= 1 or not constant.uses:
        return False
    return all(_nature(sites[index]) in natures for index in constant.uses)


def _is_wide(constant: Constant) -> bool:
    """Along several axes: a bias, a scale or a token of a class is along one, and never judged."""
    return sum(size != 1 for size in constant.tensor.shape or ()) > 1


def _nature(site: Site) -> Nature | None:
    record = record_of(site.call)
    return record.nature if record is not None else None


def _is_weighted(site: Site) -> bool:
    record = record_of(site.call)
    return record is not None and record.is_weighted


def _known_axes(site: Site, axes: Mapping[Key, Axes]) -> list[tuple[Axes, Shape]]:
    """Axes and shapes of the operands that follow from a weighted layer, a few of them."""
    place = id(site.instance)
    known = (
        (axes[place, name], _shape(site.call.input(slot)))
        for slot, name in enumerate(site.op.inputs)
        if (place, name) in axes
    )
    return list(islice(known, MAX_OPERANDS))


def _is_sized_by_position(site: Site, slot: int, others: Sequence[tuple[Axes, Shape]]) -> bool:
    """Whether an axis of the operand runs along positions of what it is combined with."""
    shape = _shape(site.call.input(slot))
    return any(
        size not in (1, None)
        and back <= len(along)
        and along[-back] is Axis.POSITION
        and whole[-back] == size
        for along, whole in others
        for back, size in enumerate(reversed(shape), 1)
    )


def _is_mask(site: Site, slot: int, readers: Mapping[Key, Sequence[Site]]) -> bool:
    """Whether the operand is combined with scores (…, heads, queries, keys), the same for each
    head, on their way to a softmax over the keys."""
    shape, scores = _shape(site.call.input(slot)), _shape(site.call.output(0))
    if len(scores) < 3 or shape[-1:] != scores[-1:] or len(shape) > len(scores):
        return False
    heads = scores[-3]
    own = shape[-3] if len(shape) > 2 else 1
    if heads in (1, None) or own != 1 or scores[-1] in (1, None):
        return False
    place = id(site.instance)
    for _ in range(MAX_WAY):
        after = readers.get((place, site.op.outputs[0]), ()) if site.op.outputs else ()
        if any(_is_softmax(reader, len(scores)) for reader in after[:MAX_OPERANDS]):
            return True
        if len(after) != 1 or not _is_on_the_way(after[0]):
            return False
        site = after[0]
    return False


def _is_on_the_way(site: Site) -> bool:
    record = record_of(site.call)
    return record is not None and (record.nature in ON_THE_WAY or record.keeps_role)


def _is_softmax(site: Site, rank: int) -> bool:
    """Over the last axis: by default since opset 13, which few exporters leave to it."""
    axis = site.call.attr("axis", -1)
    record = record_of(site.call)
    return record is not None and record.role == "softmax" and axis in (-1, rank - 1)


def _shape(tensor: Tensor | None) -> tuple[int | None, ...]:
    return (tensor.shape or ()) if tensor is not None else ()
