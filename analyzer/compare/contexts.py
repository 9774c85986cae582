"""What is around a layer, whatever shape arithmetic and plumbing an exporter puts between.

The skeleton of a network: layers, joins and what normalises or reduces; an operator through which
one tensor merely flows is no part of it. A layer's context is what it is and what its neighbours
on the skeleton are, up to some steps away: Weisfeiler and Lehman's refinement, which is linear.
Query, key and value of attention have one type and one shape, and another context each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from analyzer.compare.cones import Numbers
    from analyzer.compare.network import Wired
    from analyzer.compare.part import Part

STEPS = 4
"""How far away the furthest neighbours are that count."""
NEAR = 2
"""How far away the nearest are that tell enough: two layers alike may follow each other anywhere.
"""
KEPT = frozenset({
    Nature.CONVOLUTION, Nature.PRODUCT, Nature.ATTENTION, Nature.RECURRENT, Nature.NORMALISATION,
    Nature.SOFTMAX, Nature.POOLING, Nature.EMBEDDING,
})  # fmt: skip
"""What is in the skeleton even where one tensor flows through."""


class _Skeleton:
    def __init__(self, network: Wired) -> None:
        self.network = network
        count = len(network.parts)
        self.kept = [_is_kept(part) for part in network.parts]
        self.before: list[list[tuple[int, int]]] = [[] for _ in range(count)]
        """(slot, operator of the skeleton) that feeds each."""
        self.after: list[list[tuple[int, int]]] = [[] for _ in range(count)]
        origin = [-1] * count
        for part in network.parts:
            feeding = [(0 if part.commutes else source.slot,
                        source.part if self.kept[source.part] else origin[source.part])
                       for source in part.flows]  # fmt: skip
            if not self.kept[part.index]:
                origin[part.index] = feeding[0][1] if feeding else -1
                continue
            for slot, maker in feeding:
                if maker >= 0:
                    self.before[part.index].append((slot, maker))
                    self.after[maker].append((slot, part.index))


def around(
    sides: tuple[Wired, Wired], numbers: Numbers, *, sized: bool
) -> Iterator[tuple[list[int], list[int]]]:
    """Contexts of both models as numbers, the widest first; -1 for what is not in the skeleton.

    ``sized``: layers of another width are other layers.
    """
    skeletons = [_Skeleton(side) for side in sides]
    rounds = [[_first(skeleton, numbers, sized=sized) for skeleton in skeletons]]
    for _ in range(STEPS):
        rounds.append([
            _refined(skeleton, known, numbers)
            for skeleton, known in zip(skeletons, rounds[-1], strict=True)
        ])  # fmt: skip
    yield from ((old, new) for old, new in reversed(rounds[NEAR:]))


def _first(skeleton: _Skeleton, numbers: Numbers, *, sized: bool) -> list[int]:
    return [
        numbers.of(("kind", _kind(part, sized=sized))) if kept else -1
        for part, kept in zip(skeleton.network.parts, skeleton.kept, strict=True)
    ]


def _refined(skeleton: _Skeleton, known: list[int], numbers: Numbers) -> list[int]:
    def around(index: int) -> int:
        ends = (skeleton.before[index], skeleton.after[index])
        near = (tuple(sorted((slot, known[other]) for slot, other in end)) for end in ends)
        return numbers.of(("around", known[index], *near))

    return [around(index) if number >= 0 else number for index, number in enumerate(known)]


def _is_kept(part: Part) -> bool:
    nature = part.record.nature if part.record is not None else None
    return nature in KEPT or nature is None or part.is_weighted or _flowing(part) > 1


def _flowing(part: Part) -> int:
    """Tensors of the network that an operator takes, each once."""
    sources = {(source.part, source.port) for source in part.flows}
    return len(sources) + len({which for _, which in part.given})


def _kind(part: Part, *, sized: bool) -> Hashable:
    """What an operator of the skeleton is, in sizes but not in form."""
    conv = part.node.conv
    channels = None
    if sized and part.is_weighted and part.node.outputs and part.node.outputs[0].shape:
        shape = part.node.outputs[0].shape
        channels = shape[1] if conv is not None and len(shape) > 1 else shape[-1]
    form = conv and (conv.kind, conv.kernel_shape, conv.strides)
    return (part.node.domain, part.node.op_type, form, channels, part.label)
