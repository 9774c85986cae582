"""Bytes of weights, buffers, scales and zero points at another size."""

from __future__ import annotations

from operator import is_
from typing import TYPE_CHECKING

from analyzer.graph.adjacency import vertices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from analyzer.facts import Facts, Tensor
    from analyzer.graph.call import Call
    from analyzer.scaling.depth import Stage
    from analyzer.scaling.system import System
    from analyzer.scaling.term import Term

HELD = frozenset({"weight", "buffer", "quantization"})
"""Roles of what ``Parameters.kept_bytes`` adds up."""


def held_bytes(
    facts: Facts,
    system: System,
    calls: Mapping[str, Call],
    stages: Sequence[Stage],
    counts: Sequence[int],
) -> int | None:
    """``Parameters.kept_bytes`` of the resized model, with so many blocks of each stage.

    Each tensor at the shape in which its readers take it then, in its own type; what only blocks
    read that are left out goes with them. ``None``: more blocks than today, too many tensors to
    have a list of, or a size that nobody knows, as of a table of which a resized part is taken.
    """
    stored = facts.parameters
    if stored.unlisted or any(n > s.repeats for s, n in zip(stages, counts, strict=True)):
        return None
    names = {t.name for t in stored.tensors if not t.scope and t.role in HELD}
    made = {t.name for t in stored.tensors if t.role == "quantization" and not t.bytes}
    gone = _gone(facts, stages, counts)
    left = {tensor.name for tensor in _read(facts, gone)}
    saved = 0
    seen = set(made)
    for node, call in calls.items():
        term = system.terms[node]
        if _is_cut(term, call) and any(t is not None and t.name in names for t in call.inputs):
            return None
        for before, after in zip(term.call.inputs, call.inputs, strict=True):
            if before is None or before.name not in names or before.name in seen:
                continue
            seen.add(before.name)
            now, then = before.bytes, after.bytes if after is not None else None
            if now is None or then is None:
                return None
            saved += now - (then if before.name in left else 0)
    return stored.kept_bytes - saved


def _is_cut(term: Term, call: Call) -> bool:
    """Whether an operator makes of the same constants what has another shape now."""
    fed = {slot for slot, tensor in enumerate(call.inputs) if tensor is not None}
    return (
        fed <= term.constants
        and call.outputs != term.call.outputs
        and all(map(is_, call.inputs, term.call.inputs))
    )


def _read(facts: Facts, gone: Iterable[str]) -> Iterator[Tensor]:
    """What is read by operators that stay."""
    without = frozenset(gone)
    for node, record in vertices(facts.graph):
        if node not in without:
            yield from (tensor for tensor in record.call.inputs if tensor is not None)


def _gone(facts: Facts, stages: Sequence[Stage], counts: Sequence[int]) -> set[str]:
    """Operators of the last blocks of stages that have fewer, and what prepares constants for
    them alone."""
    gone = {
        node
        for stage, count in zip(stages, counts, strict=True)
        for block in stage.blocks[count:]
        for node in block.nodes
    }
    if not gone:
        return gone
    for node, record in reversed([*vertices(facts.graph)]):
        slots = {slot for slot, tensor in enumerate(record.call.inputs) if tensor is not None}
        if not record.exports and slots <= record.constants:
            readers = {*facts.graph.successors(node)}
            if readers and readers <= gone:
                gone.add(node)
    return gone
