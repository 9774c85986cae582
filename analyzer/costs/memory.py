"""Bytes moved per operator and the peak of live activations.

Conventions: every output is a buffer of its own (no in-place reuse), a tensor
lives from the operator that makes it (a graph input from the start) until its
last reader has run, graph outputs live to the end, weights are not activations.
The order is the file's topological order; a runtime may do better or worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from analyzer.facts import Certainty, Memory, Tensor

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.graph.scope import Program, Scope
    from analyzer.shapes.result import Instance
    from analyzer.shapes.sites import Site

ALIVE_LISTED = 20
"""Tensors listed at the peak."""


def traffic(site: Site) -> tuple[int | None, int | None]:
    """Bytes read and written by one execution; ``None`` where a size is unknown."""
    reads = {t.name: t.bytes for t in site.call.inputs if t is not None}
    writes = [t.bytes for t in site.call.outputs if t is not None]
    return _total(reads.values()), _total(writes)


def _total(sizes: Collection[int | None]) -> int | None:
    return None if None in sizes else sum(cast("Collection[int]", sizes))


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
    peaks: dict[int, Peak] = {}
    for instance in reversed(order):  # callees first
        scope = program.scopes[instance.scope]
        own = by_instance[id(instance)]
        fixed = constants.get(instance.scope, set())
        peaks[id(instance)] = _scope_peak(scope, instance, own, peaks, fixed)
    peak = peaks[id(order[0])]
    peak.alive.sort(key=lambda t: (-(t.bytes or 0), t.name))
    listed = tuple(peak.alive[:ALIVE_LISTED])
    if peak.unsized:
        reason = f"{peak.unsized} tensor(s) of unknown size are not included"
        return Memory(peak.bytes, peak.node, listed, Certainty.LOWER_BOUND, reason)
    return Memory(peak.bytes, peak.node, listed, Certainty.EXACT)


@dataclass(slots=True)
class Peak:
    """Highest point of one scope."""

    bytes: int
    node: str
    alive: list[Tensor]
    unsized: int
    """Tensors of unknown size, which no figure contains."""


def _scope_peak(
    scope: Scope,
    instance: Instance,
    sites: Sequence[Site],
    peaks: Mapping[int, Peak],
    fixed: set[str],
) -> Peak:
    """Walk the operators of one scope; ``peaks`` holds the scopes they run."""
    last = _last_uses(scope, sites)
    start = _live_inputs(scope, instance, fixed, last, 0)
    live = {t.name: t.bytes or 0 for t in start}
    best = Peak(sum(live.values()), sites[0].id, start, sum(t.bytes is None for t in start))
    current, at, inside = best.bytes, -1, None
    leaving: dict[int, list[str]] = {}
    for name, i in last.items():
        leaving.setdefault(i, []).append(name)
    for i, site in enumerate(sites):
        made = [t for t in site.call.outputs if t and t.name not in fixed and t.name not in live]
        live.update((t.name, t.bytes or 0) for t in made)
        current += sum(t.bytes or 0 for t in made)
        best.unsized += sum(t.bytes is None for t in made)
        inner = _highest(site, peaks)
        during = current + (inner.bytes if inner else 0)
        best.unsized += inner.unsized if inner else 0
        if during > best.bytes:
            best.bytes, best.node, at, inside = during, site.id, i, inner
        gone = [*leaving.get(i, ()), *(t.name for t in made if t.name not in last)]
        current -= sum(live.pop(name, 0) for name in gone)
    if at >= 0:
        best.alive = _alive_at(at, sites, last, fixed)
        best.alive += _live_inputs(scope, instance, fixed, last, at)
        best.alive += inside.alive if inside else []
    return best


def _last_uses(scope: Scope, sites: Sequence[Site]) -> dict[str, int]:
    """Position of the last reader by name; graph outputs outlive all."""
    last: dict[str, int] = {}
    for i, site in enumerate(sites):
        for name in (*site.op.inputs, *site.op.captured):
            last[name] = i
    for name in scope.outputs:
        last[name] = len(sites)
    return last


def _highest(site: Site, peaks: Mapping[int, Peak]) -> Peak | None:
    """The largest peak among the bodies ``site`` runs (one runs at a time)."""
    inner = [peaks[id(c.instance)] for c in site.children if id(c.instance) in peaks]
    return max(inner, key=lambda p: p.bytes, default=None)


def _live_inputs(
    scope: Scope, instance: Instance, fixed: set[str], last: Mapping[str, int], at: int
) -> list[Tensor]:
    """Graph inputs still needed at operator ``at``; those of bodies belong to their caller."""
    if instance.path:
        return []
    types = [(n, instance.types.get(n)) for n in scope.inputs if n not in fixed]
    return [
        Tensor(n, kind.dtype, kind.shape)
        for n, kind in types
        if kind is not None and last.get(n, -1) >= at
    ]


def _alive_at(
    at: int, sites: Sequence[Site], last: Mapping[str, int], fixed: set[str]
) -> list[Tensor]:
    """Tensors made by the first operators and alive while operator ``at`` runs."""
    alive: dict[str, Tensor] = {}
    for i, site in enumerate(sites[: at + 1]):
        for tensor in site.call.outputs:
            if tensor is None or tensor.name in fixed:
                continue
            if i == at or last.get(tensor.name, -1) >= at:
                alive.setdefault(tensor.name, tensor)
    return list(alive.values())
