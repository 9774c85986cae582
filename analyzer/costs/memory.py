"""Bytes moved per operator and the peak of live activations.

Conventions: every output is a buffer of its own (no in-place reuse), a tensor
lives from the operator that makes it (a graph input from the start) until its
last reader has run, graph outputs live to the end, weights are not activations.
The order is the file's topological order; a runtime may do better or worse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.facts import Certainty, Memory, Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.graph.program import Program, Scope
    from analyzer.shapes.result import Instance
    from analyzer.shapes.sites import Site

ALIVE_LISTED = 20
"""Tensors listed at the peak."""


def traffic(site: Site) -> tuple[int | None, int | None]:
    """Bytes read and written by one execution; ``None`` where a size is unknown."""
    reads = {t.name: t.bytes for t in site.call.inputs if t is not None}
    writes = [t.bytes for t in site.call.outputs if t is not None]
    return _total(list(reads.values())), _total(writes)


def _total(sizes: Sequence[int | None]) -> int | None:
    known = [s for s in sizes if s is not None]
    return sum(known) if len(known) == len(sizes) else None


def peak_memory(
    program: Program, sites: Sequence[Site], constants: Mapping[int, set[str]]
) -> Memory:
    """Peak activation memory of the main graph, bodies and functions included.

    Parameters
    ----------
    program, sites : the model, callers before callees.
    constants : names that are constants, by scope index; they are not activations.
    """
    by_instance: dict[int, list[Site]] = {}
    order: list[Instance] = []
    for site in sites:
        if id(site.instance) not in by_instance:
            order.append(site.instance)
        by_instance.setdefault(id(site.instance), []).append(site)
    if not order:
        return Memory(None, "", (), Certainty.UNKNOWN, "the graph has no operators")
    peaks: dict[int, tuple[int, str, list[Tensor], int]] = {}
    for instance in reversed(order):  # callees first
        scope = program.scopes[instance.scope]
        own = by_instance[id(instance)]
        fixed = constants.get(instance.scope, set())
        peaks[id(instance)] = _scope_peak(scope, instance, own, peaks, fixed)
    size, node, alive, missing = peaks[id(order[0])]
    alive.sort(key=lambda t: (-(t.bytes or 0), t.name))
    listed = tuple(alive[:ALIVE_LISTED])
    if missing:
        reason = f"{missing} tensor(s) of unknown size are not included"
        return Memory(size, node, listed, Certainty.LOWER_BOUND, reason)
    return Memory(size, node, listed, Certainty.EXACT)


def _scope_peak(
    scope: Scope,
    instance: Instance,
    sites: Sequence[Site],
    peaks: Mapping[int, tuple[int, str, list[Tensor], int]],
    fixed: set[str],
) -> tuple[int, str, list[Tensor], int]:
    """(bytes, node id, live tensors, tensors of unknown size) at the peak of one scope."""
    last: dict[str, int] = {}
    for i, site in enumerate(sites):
        for name in (*site.op.inputs, *site.op.captured):
            last[name] = i
    for name in scope.outputs:
        last[name] = len(sites)
    live: dict[str, Tensor] = {}
    missing = 0
    current = 0
    if not instance.path:  # inputs of bodies and functions are counted by their caller
        for name in scope.inputs:
            if name not in fixed and name in last:
                kind = instance.types.get(name)
                live[name] = Tensor(name, kind.dtype if kind else None, kind.shape if kind else None)
        missing += sum(1 for t in live.values() if t.bytes is None)
        current = sum(t.bytes or 0 for t in live.values())
    best, where, snapshot = current, sites[0].id, list(live.values())
    leaving: dict[int, list[str]] = {}
    for name, i in last.items():
        leaving.setdefault(i, []).append(name)
    peak_at = -1
    for i, site in enumerate(sites):
        for tensor in site.call.outputs:
            if tensor is None or tensor.name in fixed or tensor.name in live:
                continue
            live[tensor.name] = tensor
            current += tensor.bytes or 0
            missing += tensor.bytes is None
        inner = max((peaks[id(c.instance)] for c in site.children if id(c.instance) in peaks),
                    key=lambda p: p[0], default=None)  # fmt: skip
        during = current + (inner[0] if inner else 0)
        if during > best:
            best, where, peak_at = during, site.id, i
            snapshot = [] if inner is None else list(inner[2])
        if inner is not None:
            missing += inner[3]
        for name in leaving.get(i, ()):
            gone = live.pop(name, None)
            current -= (gone.bytes or 0) if gone else 0
        for tensor in site.call.outputs:  # made but never read
            if tensor is not None and tensor.name not in last and tensor.name in live:
                current -= live.pop(tensor.name).bytes or 0
    if peak_at >= 0:
        snapshot += _alive_at(peak_at, sites, last, scope, instance, fixed)
    return best, where, snapshot, missing


def _alive_at(
    at: int,
    sites: Sequence[Site],
    last: Mapping[str, int],
    scope: Scope,
    instance: Instance,
    fixed: set[str],
) -> list[Tensor]:
    """Tensors alive while operator ``at`` runs, by replaying births and deaths."""
    alive: list[Tensor] = []
    if not instance.path:
        for name in scope.inputs:
            kind = instance.types.get(name)
            if name not in fixed and last.get(name, -1) >= at and kind is not None:
                alive.append(Tensor(name, kind.dtype, kind.shape))
    seen: set[str] = set()
    for i, site in enumerate(sites[: at + 1]):
        for tensor in site.call.outputs:
            if tensor is None or tensor.name in fixed or tensor.name in seen:
                continue
            seen.add(tensor.name)
            if i == at or last.get(tensor.name, i) >= at:
                alive.append(tensor)
    return alive
