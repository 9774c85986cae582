"""Which stored tensor of one model belongs to which of the other.

Names of tensors differ from export to export, so tensors belong together if the operators do and
use them for the same.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from analyzer.compare.folding import Fold, folds_of
from analyzer.graph.adjacency import call_of, producer
from analyzer.operators.record import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.compare.match import Matching
    from analyzer.compare.network import Network, Operand, Part
    from analyzer.costs.parameters import Root

HOPS = 8
"""Operators between a stored matrix and the product that takes it."""


class Task(NamedTuple):
    """Two tensors to be read, and what lies between them."""

    before: Root | None
    """``None``: zeros, the bias of a layer that has none."""
    after: Root
    turned: bool
    """They lie as each other's transpose."""
    fold: Fold | None
    """The normalisation that is in the new tensor and beside the old one."""
    is_bias: bool
    """Of a fold: what is added, not what is multiplied."""


class Couple(NamedTuple):
    """Two stored tensors that belong together."""

    old: Part
    new: Part
    operand: str
    learned: bool
    task: Task


def couples_of(matching: Matching) -> Iterator[Couple]:
    """All that two models store for operators that are in both."""
    folds = folds_of(matching)
    for before, after in sorted(matching.partner.items()):
        one, other = matching.old.parts[before], matching.new.parts[after]
        fold = folds.get(before)
        here, there = _by_kind(one.operands), _by_kind(other.operands)
        for kind, operands in here.items():
            for mine, yours in zip(operands, there.get(kind, ()), strict=False):
                flips = (_flips(matching.old, one, mine.slot)
                         != _flips(matching.new, other, yours.slot))  # fmt: skip
                for root, match in zip(mine.roots, yours.roots, strict=False):
                    task = Task(root, match, flips, fold, fold is not None and kind == BIAS)
                    yield Couple(one, other, kind, mine.learned, task)
        if fold is not None and BIAS not in here:
            for operand in there.get(BIAS, ())[:1]:
                task = Task(None, operand.roots[0], False, fold, True)
                yield Couple(one, other, BIAS, True, task)


BIAS = Kind.BIAS.value


def _by_kind(operands: Iterable[Operand]) -> dict[str, list[Operand]]:
    found: dict[str, list[Operand]] = defaultdict(list)
    for operand in operands:
        found[operand.kind].append(operand)
    return found


def _flips(network: Network, part: Part, slot: int) -> bool:
    """Whether a matrix is turned on its way from the file into the product."""
    turns = slot == 1 and bool(part.call.attr("transB", 0))
    node, at = part.node.id, slot
    for _ in range(HOPS):
        maker = producer(network.facts.graph, node, at)
        if maker is None:
            break
        call = call_of(network.facts.graph, maker)
        if call.op_type == "Transpose" and len(call.attr("perm", (1, 0))) == 2:
            turns ^= tuple(call.attr("perm", (1, 0))) == (1, 0)
        node, at = maker, 0
    return turns
