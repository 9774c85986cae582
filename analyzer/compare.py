"""Two models side by side: which operators changed, and what that costs.

Exports rename and reorder what did not change: operators are the same if they have one name and
nature (type, kernel, output, cost), else one nature alone; what is left has changed if it has one
name and type, else one type, kernel and output. Other attributes, and the weights, are not looked
at.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from analyzer.display import Brief
from analyzer.records import HIDDEN, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from analyzer.facts import Facts, Node, Tensor
    from analyzer.records import Signed

    Key = tuple[str, str, str]
    Named = dict[Key, Node]


@dataclass(frozen=True, slots=True)
class Change:
    """An operator that is not the same in both models."""

    old: Node | None
    """``None`` for an operator that came."""
    new: Node | None
    """``None`` for an operator that went."""

    @property
    @shown
    def macs(self) -> Signed | None:
        """By how many MACs one inference grows; ``None`` where a cost is unknown."""
        return _minus(*(0 if node is None else node.total_macs for node in (self.new, self.old)))

    @property
    @shown
    def params(self) -> Signed | None:
        """By how many parameters the operator grows."""
        return _minus(*(0 if node is None else node.params for node in (self.new, self.old)))


class Retyped(NamedTuple):
    """A graph input or output that is not the same in both models."""

    old: Tensor | None
    new: Tensor | None


@dataclass(frozen=True, slots=True, repr=False)
class Comparison(Brief):
    """What became of one model in another."""

    old: Facts = field(metadata=HIDDEN)
    new: Facts = field(metadata=HIDDEN)
    changes: tuple[Change, ...]
    """Largest difference in MACs first, then in parameters; unknown ones before all."""
    same: int
    """Operators that are in both, under whatever name."""
    renamed: int
    """Those of them with another name."""
    interface: tuple[Retyped, ...] = field(metadata=HIDDEN)
    """Graph inputs and outputs that came, went, or have another type."""


def compare(old: Facts, new: Facts) -> Comparison:
    """Match the operators of two models; O(V)."""
    before, after = _by_name(old.nodes), _by_name(new.nodes)
    kept = {n for n, node in before.items() if n in after and _nature(node) == _nature(after[n])}
    gone = {name: node for name, node in before.items() if name not in kept}
    came = {name: node for name, node in after.items() if name not in kept}
    # Numbered names shift when an operator is put in, so natures are asked before names.
    renamed = _pair_off(gone, came, _nature)
    named = [name for name, node in gone.items()
             if name in came and came[name].op_type == node.op_type]  # fmt: skip
    pairs = [(gone.pop(name), came.pop(name)) for name in named]
    pairs += _pair_off(gone, came, _outline)
    changes = [Change(*pair) for pair in pairs]
    changes += [Change(node, None) for node in gone.values()]
    changes += [Change(None, node) for node in came.values()]
    changes.sort(key=_order)
    ends = (*_pairs(old.inputs, new.inputs), *_pairs(old.outputs, new.outputs))
    return Comparison(old, new, tuple(changes), len(kept) + len(renamed), len(renamed), ends)


def _by_name(nodes: Iterable[Node]) -> Named:
    """Operators by scope and name; by id where the name is missing or not unique."""
    listed = list(nodes)
    often = Counter((node.scope, node.name) for node in listed)
    return {
        (n.scope, n.name, "") if n.name and often[n.scope, n.name] == 1 else ("", "", n.id): n
        for n in listed
    }


def _nature(node: Node) -> Hashable:
    """What an operator is, whatever it and its tensors are called."""
    counts = (node.total_macs, node.flops, node.params, node.executions)
    return (_outline(node), len(node.inputs), counts)


def _outline(node: Node) -> Hashable:
    """The same without the cost, which a bias that is folded in or shared changes."""
    outputs = tuple((tensor.dtype, tensor.shape) for tensor in node.outputs)
    conv = node.conv and replace(node.conv, params=0)
    return (node.domain, node.op_type, outputs, conv)


def _pair_off(gone: Named, came: Named, key: Callable[[Node], Hashable]) -> list[tuple[Node, Node]]:
    """Take operators of one ``key`` out of both, in order."""
    waiting: dict[Hashable, deque[Key]] = defaultdict(deque)
    for name, node in gone.items():
        waiting[key(node)].append(name)
    found = [
        (queue.popleft(), name) for name, node in came.items() if (queue := waiting[key(node)])
    ]
    return [(gone.pop(old), came.pop(new)) for old, new in found]


def _pairs(old: tuple[Tensor, ...], new: tuple[Tensor, ...]) -> Iterable[Retyped]:
    before, after = ({tensor.name: tensor for tensor in side} for side in (old, new))
    for name in dict.fromkeys((*before, *after)):
        pair = Retyped(before.get(name), after.get(name))
        if pair.old != pair.new:
            yield pair


def _order(change: Change) -> tuple[object, ...]:
    node = change.new or change.old
    unknown = change.macs is None
    return (not unknown, -abs(change.macs or 0), -abs(change.params or 0), node.id if node else "")


def _minus(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a - b
