"""Channel shuffle (ShuffleNet, arXiv 1707.01083, section 3.1): reshape, transpose, reshape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.patterns.match import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Shape, Tensor
    from analyzer.patterns.flow import Flow


def channel_shuffle(flow: Flow) -> Iterator[Match]:
    for split in flow.of("reshape"):
        merge = flow.only_reader(split)
        if merge is None or flow.role(merge) != "reshape":
            continue
        before, after = _shape(flow.call(split).input(0)), _shape(flow.call(merge).output(0))
        grouped = _shape(flow.call(split).output(0))
        if not before or not grouped or before != after or len(grouped) != len(before) + 1:
            continue
        turns = [n for n in flow.regions[split] if flow.call(n).op_type == "Transpose"]
        axis = _swapped(tuple(flow.call(turns[0]).attr("perm") or ())) if len(turns) == 1 else 0
        groups, each = grouped[axis : axis + 2] if axis else (None, None)
        if groups is not None and groups > 1 and each != 1:  # else nothing changes places
            yield Match("channel-shuffle", (split, merge), {"groups": groups})


def _shape(tensor: Tensor | None) -> Shape:
    return tensor.shape if tensor else None


def _swapped(perm: tuple[int, ...]) -> int:
    """First of the two neighbouring axes (not the batch) a permutation swaps; 0 for another."""
    moved = [axis for axis, origin in enumerate(perm) if axis != origin]
    return moved[0] if len(moved) == 2 and moved[1] == moved[0] + 1 else 0
