"""The comparison as a visible sequence: look, match, differ, read, say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.compare.differ import find_changes
from analyzer.compare.ends import ends_of
from analyzer.compare.headlines import headlines_of
from analyzer.compare.looks import look
from analyzer.compare.match import Matching
from analyzer.compare.network import Wired
from analyzer.compare.record import Comparison, Retyped
from analyzer.compare.weights import compare_weights
from analyzer.model.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.compare.record import Change
    from analyzer.facts import Facts, Tensor


def compare(old: Facts, new: Facts, *, limits: Limits = Limits()) -> Comparison:
    """Match the operators of two models, and compare all about them; n log n.

    Stored tensors are read where the facts still have their file, a block at a time and no more
    than ``limits.weight_bytes``.

    Raises
    ------
    ModelError
        A file changed since it was loaded.
    """
    before, after = (Wired(*side) for side in zip((old, new), ends_of(old, new), strict=True))
    matching = Matching(before, after, look(before, after, limits))
    changes, same, renamed = find_changes(matching)
    changes.sort(key=_order)
    ends = (*_pairs(old.inputs, new.inputs), *_pairs(old.outputs, new.outputs))
    weights = compare_weights(matching, limits)
    partners = {
        after.parts[mine].node.id: before.parts[theirs].node.id
        for mine, theirs in matching.back.items()
    }
    found = Comparison(old, new, tuple(changes), same, renamed, ends, weights, partners=partners)
    return replace(found, headlines=headlines_of(found, matching))


def _pairs(old: tuple[Tensor, ...], new: tuple[Tensor, ...]) -> Iterator[Retyped]:
    before, after = ({tensor.name: tensor for tensor in side} for side in (old, new))
    for name in dict.fromkeys((*before, *after)):
        pair = Retyped(before.get(name), after.get(name))
        if pair.old != pair.new:
            yield pair


def _order(change: Change) -> tuple[object, ...]:
    unknown = change.macs is None
    return (not unknown, -abs(change.macs or 0), -abs(change.params or 0), change.node.id)
