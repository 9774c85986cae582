"""By how much a file grows for constants that are computed before it is stored, and what the peak
of activations is in the order in which it is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators import find
from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.facts import Facts, Node

LIMITS = (1 << 16, 1 << 14, 1 << 12, 1 << 10)
"""Bytes of a result from which on it may better stay computed, the mildest first."""
_NEVER_STORED = frozenset({Nature.RANDOM, Nature.CONTROL, Nature.RUNTIME, Nature.SEQUENCE})


def folded_bytes(facts: Facts, limit: int | None = None) -> int:
    """Bytes of what a simplifier stores in the place of operators that compute constants, without
    the tensors that nothing else reads; weights that are made of nothing among them. What the file
    shrinks by is 0. Results of more than ``limit`` bytes stay computed."""
    made = facts.parameters.weight_bytes - facts.parameters.stored_bytes
    if limit is not None and made:
        sizes = {t.name: t.bytes or 0 for node in facts.nodes for t in node.outputs}
        written = (sizes.get(t.name, 0) for t in facts.parameters.tensors if t.bytes == 0)
        made = sum(size for size in written if size <= limit)
    gone = {each.place for each in facts.structure.surplus if each.kind == "foldable"}
    gone -= spared(facts, limit)
    if not gone:
        return max(0, made)
    read = {name for node in facts.nodes if node.id not in gone for name in node.inputs}
    read |= {tensor.name for tensor in facts.outputs}
    results_of = (t for n in facts.nodes if n.id in gone and not n.scope for t in n.outputs)
    stored = sum(tensor.bytes or 0 for tensor in results_of if tensor.name in read)
    left = sum(t.bytes or 0 for t in facts.structure.initializers
               if not t.scope and t.name not in read)  # fmt: skip
    return max(0, made + stored - left)


def spared(facts: Facts, limit: int | None) -> frozenset[str]:
    """Ids of operators with a result that takes more than ``limit`` bytes."""
    if limit is None:
        return frozenset()
    return frozenset(node.id for node in facts.nodes
                     if any((t.bytes or 0) > limit for t in node.outputs))  # fmt: skip


def limit_under(facts: Facts, most: int) -> int | None:
    """The mildest limit with which constants add less than ``most`` bytes to the file, else the
    strictest; ``None`` where none is needed."""
    if folded_bytes(facts) < most:
        return None
    return next((each for each in LIMITS if folded_bytes(facts, each) < most), LIMITS[-1])


def levelled_peak(facts: Facts) -> int | None:
    """Bytes of activations at the peak where each operator of the main graph runs as soon as what
    it reads is there, with those that were so before it, and constants are stored: the order in
    which onnxslim writes a file. ``None`` where operators run bodies, or where a size is unknown.

    Tensors live as in the file's own order: from the operator that makes them to the last that
    reads them, inputs from the start and outputs to the end.
    """
    if any(node.scope or node.composite for node in facts.nodes):
        return None
    given = {t.name for t in facts.inputs}
    order = _by_level(_by_level(facts.nodes, {}), made := _varying(facts.nodes, given))
    order = [node for node in order if any(t.name in made for t in node.outputs)]
    held = {t.name: t.bytes for t in facts.inputs}
    held |= {t.name: t.bytes for node in order for t in node.outputs if t.name}
    last = {name: at for at, node in enumerate(order) for name in node.inputs}
    last |= {t.name: len(order) for t in facts.outputs}
    live = {name: held[name] or 0 for name in given if name in last}
    dying: dict[int, list[str]] = {}
    for name, at in last.items():
        dying.setdefault(at, []).append(name)
    if None in held.values():
        return None
    most = now = sum(live.values())
    for at, node in enumerate(order):
        for tensor in node.outputs:
            if tensor.name:
                live[tensor.name] = held[tensor.name] or 0
                now += live[tensor.name]
        most = max(most, now)
        unread = [t.name for t in node.outputs if t.name and t.name not in last]
        now -= sum(live.pop(name, 0) for name in (*dying.get(at, ()), *unread))
    return most


def _varying(nodes: Sequence[Node], given: set[str]) -> dict[str, int]:
    """Results that are not the same in every run, with how many such operators lie before each."""
    found: dict[str, int] = {}
    for node in nodes:
        record = find(node.domain, node.op_type, None)
        reads = [found.get(name, -1) for name in node.inputs if name in given or name in found]
        if reads or record is None or record.nature in _NEVER_STORED:
            found |= {t.name: max(reads, default=-1) + 1 for t in node.outputs}
    return found


def _by_level(nodes: Sequence[Node], levels: Mapping[str, int]) -> list[Node]:
    """Ordered by how many operators lie before each, of equals as they were; ``levels`` says it of
    results, where it is known."""
    found = dict(levels)
    if not levels:
        for node in nodes:
            level = max((found.get(name, -1) for name in node.inputs), default=-1) + 1
            found |= {t.name: level for t in node.outputs}
    return sorted(nodes, key=lambda n: max((found.get(t.name, 0) for t in n.outputs), default=0))
