"""Two models side by side: which operators changed, and what that costs.

Exports rename and reorder what did not change: operators are the same if they have one name and
nature (type, kernel, output, cost), else one nature alone; what is left of one name and type has
changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.facts import Facts, Node, Tensor

    Named = dict[tuple[str, str], Node]


@dataclass(frozen=True, slots=True)
class Change:
    """An operator that is not the same in both models."""

    old: Node | None
    """``None`` for an operator that came."""
    new: Node | None
    """``None`` for an operator that went."""

    @property
    def macs(self) -> int | None:
        """By how many MACs one inference grows; ``None`` where a cost is unknown."""
        return _minus(*(0 if node is None else node.total_macs for node in (self.new, self.old)))

    @property
    def params(self) -> int | None:
        """By how many parameters the operator grows."""
        return _minus(*(0 if node is None else node.params for node in (self.new, self.old)))


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of one model in another."""

    old: Facts
    new: Facts
    changes: tuple[Change, ...]
    """Largest difference in MACs first, unknown ones before all."""
    same: int
    """Operators that are in both, under whatever name."""
    renamed: int
    """Those of them with another name."""
    interface: tuple[tuple[Tensor | None, Tensor | None], ...]
    """Graph inputs and outputs that came, went, or have another type: (old, new)."""


def compare(old: Facts, new: Facts) -> Comparison:
    """Match the operators of two models; O(V)."""
    before, after = _by_name(old.nodes), _by_name(new.nodes)
    kept = {n for n, node in before.items() if n in after and _nature(node) == _nature(after[n])}
    gone, came, renamed = _without_renamed(
        {name: node for name, node in before.items() if name not in kept},
        {name: node for name, node in after.items() if name not in kept},
    )
    changes = []
    for name, node in gone.items():
        if name in came and came[name].op_type == node.op_type:
            changes.append(Change(node, came.pop(name)))
        else:
            changes.append(Change(node, None))
    changes += [Change(None, node) for node in came.values()]
    changes.sort(key=lambda c: (c.macs is not None, -abs(c.macs or 0), _place(c)))
    ends = (*_pairs(old.inputs, new.inputs), *_pairs(old.outputs, new.outputs))
    return Comparison(old, new, tuple(changes), len(kept) + renamed, renamed, ends)


def _by_name(nodes: Iterable[Node]) -> Named:
    """Operators by scope and name; by id where the name is missing or not unique."""
    listed = list(nodes)
    often = Counter((node.scope, node.name) for node in listed)
    return {
        (n.scope, n.name) if n.name and often[n.scope, n.name] == 1 else ("", n.id): n
        for n in listed
    }


def _nature(node: Node) -> tuple[object, ...]:
    """What an operator is, whatever it and its tensors are called."""
    outputs = tuple((tensor.dtype, tensor.shape) for tensor in node.outputs)
    counts = (node.total_macs, node.flops, node.params, node.executions)
    return (node.domain, node.op_type, len(node.inputs), outputs, node.conv, counts)


def _without_renamed(gone: Named, came: Named) -> tuple[Named, Named, int]:
    """What is left of both after pairs of one nature, and how many pairs there were.

    Numbered names shift when an operator is put in, so natures are asked before names.
    """
    waiting: dict[tuple[object, ...], deque[tuple[str, str]]] = defaultdict(deque)
    for name, node in gone.items():
        waiting[_nature(node)].append(name)
    paired = {
        name: queue.popleft() for name, node in came.items() if (queue := waiting[_nature(node)])
    }
    taken = set(paired.values())
    return (
        {name: node for name, node in gone.items() if name not in taken},
        {name: node for name, node in came.items() if name not in paired},
        len(paired),
    )


def _pairs(
    old: tuple[Tensor, ...], new: tuple[Tensor, ...]
) -> Iterable[tuple[Tensor | None, Tensor | None]]:
    before, after = ({tensor.name: tensor for tensor in side} for side in (old, new))
    for name in dict.fromkeys((*before, *after)):
        pair = before.get(name), after.get(name)
        if pair[0] != pair[1]:
            yield pair


def _place(change: Change) -> str:
    node = change.new or change.old
    return node.id if node else ""


def _minus(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a - b
