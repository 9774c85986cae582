"""Which stored tensor of one model belongs to which of the other.

Names of tensors differ from export to export, so tensors belong together if the operators do and
use them for the same.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from analyzer.compare.folding import folds_of
from analyzer.compare.task import Task
from analyzer.graph.adjacency import call_of, fed_by, producer
from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from analyzer.compare.match import Matching
    from analyzer.compare.network import Wired
    from analyzer.compare.part import Part, PartOperand
    from analyzer.costs.parameters import Root
    from analyzer.graph.call import Call

PLAIN = frozenset({Nature.STATIC, Nature.CONVERSION, Nature.QUANTISATION})
"""Operators on the way of a stored tensor that leave its elements where they are; those that hand
on or reshape do, too."""
MATRIX = 2
"""Rank of what can be turned."""
HOPS = 8
"""Operators between a stored matrix and the product that takes it."""


class Couple(NamedTuple):
    """Two stored tensors that belong together."""

    old: Part
    new: Part
    operand: str
    learned: bool
    task: Task


def couples_of(matching: Matching) -> Iterator[Couple]:
    """All that two models store for operators that are in both."""
    folds = folds_of(matching.old, matching.partner)
    unfolds = folds_of(matching.new, matching.back)
    for before, after in sorted(matching.partner.items()):
        one, other = matching.old.parts[before], matching.new.parts[after]
        fold, back = folds.get(before), unfolds.get(after)
        norm = fold or back
        here, there = _by_kind(one.operands), _by_kind(other.operands)
        feeding = _makers(matching.old, one), _makers(matching.new, other)
        for kind, operands in here.items():
            for mine, yours in zip(operands, there.get(kind, ()), strict=False):
                turned, steps = _way(matching.old, one, mine.slot, feeding[0])
                again, others = _way(matching.new, other, yours.slot, feeding[1])
                for root, match in zip(mine.roots, yours.roots, strict=False):
                    task = Task(root, match, turned != again, norm, back is not None,
                                kind == BIAS, steps != others)  # fmt: skip
                    yield Couple(one, other, kind, mine.learned, task)
        if norm is not None and (BIAS in here) != (BIAS in there):
            root = (here.get(BIAS) or there[BIAS])[0].roots[0]
            first, second = (root, None) if BIAS in here else (None, root)
            task = Task(first, second, fold=norm, unfolds=back is not None, is_bias=True)
            yield Couple(one, other, BIAS, True, task)

    yield from _constant_outputs(matching)


def _constant_outputs(matching: Matching) -> Iterator[Couple]:
    """Outputs that are stored tensors in both models."""
    old, new = (dict(_stored_ends(network)) for network in (matching.old, matching.new))
    for end, (part, root) in old.items():
        if end in new:
            other, match = new[end]
            yield Couple(part, other, "output", False, Task(root, match))


def _stored_ends(network: Wired) -> Iterator[tuple[Hashable, tuple[Part, Root]]]:
    for part in network.parts:
        for _, end in part.exports if not part.node.scope else ():
            match network.stored_by(part):
                case (root,):
                    yield end, (part, root)


BIAS = Kind.BIAS.value


def _by_kind(operands: Iterable[PartOperand]) -> dict[str, list[PartOperand]]:
    found: dict[str, list[PartOperand]] = defaultdict(list)
    for operand in operands:
        found[operand.kind].append(operand)
    return found


def _makers(network: Wired, part: Part) -> Mapping[int, str]:
    """What makes each operand of an operator, where one does."""
    if not part.operands:
        return {}
    edges = fed_by(network.facts.graph, part.node.id)
    return {edge.slot: tail for tail, edge in edges if edge.slot is not None}


def _way(
    network: Wired, part: Part, slot: int, makers: Mapping[int, str]
) -> tuple[bool, tuple[str, ...]]:
    """Whether a matrix is turned on its way from the file into the product, and what is computed
    with it there."""
    turns = slot == 1 and bool(part.call.attr("transB", 0))
    steps: list[str] = []
    maker = makers.get(slot)
    for _ in range(HOPS):
        if maker is None:
            break
        call = call_of(network.facts.graph, maker)
        perm = tuple(call.attr("perm", (1, 0)))
        if call.op_type == "Transpose":
            turns ^= perm == (1, 0)
        is_turn = call.op_type == "Transpose" and len(perm) == MATRIX
        if not is_turn and not _is_plain(call):
            steps.append(call.op_type)
        maker = producer(network.facts.graph, maker)
    return turns, tuple(steps)


def _is_plain(call: Call) -> bool:
    record = record_of(call)
    return record is not None and (record.hands_on or record.reshapes or record.nature in PLAIN)
