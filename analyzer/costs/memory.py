"""Bytes moved per operator and the peak of live activations.

Conventions: every output is a buffer of its own (no in-place reuse), a tensor
lives from the operator that makes it (a graph input from the start) until its
last reader has run, graph outputs live to the end, weights are not activations.
The order is the file's topological order; a runtime may do better or worse.
"""

from __future__ import annotations

import sys
from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, cast

from analyzer.costs.fused import fuse
from analyzer.costs.settled import settled
from analyzer.costs.timeline import Life, Moment, held, reused, steps
from analyzer.dataclass import dataclass
from analyzer.facts import Certainty, Memory, Tensor
from analyzer.graph.adjacency import Port, edges

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from analyzer.digraph import Digraph
    from analyzer.graph.call import Call
    from analyzer.graph.scope import Program, Scope
    from analyzer.shapes.instance import Instance
    from analyzer.shapes.sites import Site

_AS_WRITTEN: Mapping[Port, Tensor] = MappingProxyType({})
ALIVE_LISTED = 20
"""Tensors listed at the peak."""


def traffic(call: Call) -> tuple[int | None, int | None]:
    """Bytes read and written by one execution; ``None`` where a size is unknown."""
    reads = {t.name: t.bytes for t in call.inputs if t is not None}
    writes = [t.bytes for t in call.outputs if t is not None]
    return _total(reads.values()), _total(writes)


def _total(sizes: Collection[int | None]) -> int | None:
    return None if None in sizes else sum(cast("Collection[int]", sizes))


def peak_memory(
    program: Program,
    graph: Digraph[str],
    sites: Sequence[Site],
    constants: Mapping[int, set[str]],
) -> tuple[Memory, Mapping[str, Moment]]:
    """Peak activation memory of the main graph, bodies and functions included; and what is alive
    while each operator of the main graph runs, none where sizes are unknown.

    Parameters
    ----------
    program, graph, sites : the model, callers before callees.
    constants : names that are constants, by scope index; they are not activations.
    """
    by_instance: dict[int, list[Site]] = {}
    order: list[Instance] = []
    for site in sites:
        if id(site.instance) not in by_instance:
            order.append(site.instance)
        by_instance.setdefault(id(site.instance), []).append(site)
    if not order:
        return Memory(None, "", (), Certainty.UNKNOWN, "the graph has no operators"), {}
    last = _last_uses(graph, sites)
    scopes = [(instance, by_instance[id(instance)]) for instance in reversed(order)]
    upper = lower = _peak(program, scopes, constants, last, _UPPER)
    open_runs = any(child.times is None for site in sites for child in site.children)
    if open_runs or any(instance.ways for instance in order):
        lower = _peak(program, scopes, constants, last, _LOWER)
    peak = lower if upper.unsized else upper
    listed = _listed(peak.alive)
    certainty, reason = Certainty.EXACT, ""
    if upper.unsized:
        certainty = Certainty.LOWER_BOUND
        reason = f"tensors of unknown size, which are not included: {upper.unsized}"
    elif lower.bytes != upper.bytes:
        certainty = Certainty.ASSUMED
        reason = "which bodies run depends on data; the upper end is counted"
    ends = lower.bytes, None if upper.unsized else upper.bytes
    stored, kept = fuse(graph, sites, last)
    fused = _peak(program, scopes, constants, kept, _UPPER, stored) if stored else None
    if fused is not None and fused.unsized:
        fused = None
    gone = settled(program, graph, sites)
    folded = _peak(program, scopes, constants, kept, _UPPER, {**gone, **stored}) if gone else None
    moments = {} if peak.unsized else {moment.node: moment for moment in peak.moments}
    return Memory(
        peak.bytes, peak.node, listed, certainty, reason, ends,
        None if fused is None else fused.bytes,
        () if fused is None else _listed([t for t in fused.alive if t.bytes]),
        steps(peak.moments), held(peak.lives, scopes[-1][1]),
        None if folded is None or folded.unsized else folded.bytes,
    ), moments  # fmt: skip


def _listed(alive: Sequence[Tensor]) -> tuple[Tensor, ...]:
    return tuple(sorted(alive, key=lambda t: (-(t.bytes or 0), t.name))[:ALIVE_LISTED])


@dataclass(slots=True)
class Peak:
    """Highest point of one scope."""

    bytes: int
    node: str
    alive: list[Tensor]
    unsized: int
    """Tensors of unknown size, which no figure contains."""
    in_place: int = 0
    """Highest point where operators write in place."""
    moments: list[Moment] = field(default_factory=list)
    """One for each operator."""
    lives: list[Life] = field(default_factory=list)
    """Those of ``alive``."""


def _peak(
    program: Program,
    scopes: Sequence[tuple[Instance, Sequence[Site]]],
    constants: Mapping[int, set[str]],
    last: Mapping[Port, int],
    end: _End,
    stored: Mapping[Port, Tensor] = _AS_WRITTEN,
) -> Peak:
    """Peak of the last of ``scopes``, which come callees first.

    ``stored`` has what is there in the place of an output, where that is not the tensor itself.
    """
    peaks: dict[int, Peak] = {}
    for instance, own in scopes:
        scope, fixed = program.scopes[instance.scope], constants.get(instance.scope, set())
        peaks[id(instance)] = _scope_peak(scope, instance, own, peaks, fixed, last, end, stored)
    return peaks[id(scopes[-1][0])]


def _scope_peak(
    scope: Scope,
    instance: Instance,
    sites: Sequence[Site],
    peaks: Mapping[int, Peak],
    fixed: set[str],
    last: Mapping[Port, int],
    end: _End,
    stored: Mapping[Port, Tensor],
) -> Peak:
    """Walk the operators of one scope; ``peaks`` holds the scopes they run."""
    kept = frozenset(scope.outputs)
    lives = [*_lives_of_inputs(scope, instance, sites, fixed, kept)]
    start = [life.tensor for life in lives]
    live = {t.name: t.bytes or 0 for t in start}
    best = Peak(sum(live.values()), sites[0].id, start, sum(t.bytes is None for t in start))
    current, at, inside = best.bytes, -1, None
    given = frozenset(live)
    leaving: dict[int, list[str]] = {}
    for life in lives:
        leaving.setdefault(life.end, []).append(life.tensor.name)
    for site in sites:
        made = [
            life
            for life in _lives_of_outputs(site, fixed, kept, last, end, stored)
            if life.tensor.name not in live
        ]
        for life in made:
            leaving.setdefault(life.end, []).append(life.tensor.name)
            live[life.tensor.name] = life.tensor.bytes or 0
            current += life.tensor.bytes or 0
            best.unsized += life.tensor.bytes is None
        lives += made
        inner = end.body(site, peaks)
        during = current + (inner.bytes if inner else 0)
        dying = [name for name in leaving.get(site.index, ()) if name not in given]
        spared = reused(site, made, dying, live)
        least = current + (inner.in_place if inner else 0) - spared
        first = next(iter(site.call.inputs), None)
        ends = first is not None and first.name in leaving.get(site.index, ())
        best.moments.append(
            Moment(
                site.id, during, least, sum(life.tensor.bytes or 0 for life in made),
                live.get(first.name, 0) if first is not None and ends else 0,
            )
        )  # fmt: skip
        best.unsized += inner.unsized if inner else 0
        if during > best.bytes:
            best.bytes, best.node, at, inside = during, site.id, site.index, inner
        current -= sum(live.pop(name, 0) for name in leaving.get(site.index, ()))
    best.in_place = max(moment.in_place for moment in best.moments)
    best.lives = [life for life in lives if life.start <= max(at, 0) <= life.end]
    if inside:
        best.lives += [Life(tensor, at, at) for tensor in inside.alive]
    if at >= 0:
        best.alive = [life.tensor for life in best.lives]
    return best


def _last_uses(graph: Digraph[str], sites: Sequence[Site]) -> dict[Port, int]:
    """Index of the last site that reads an output within its own scope."""
    index = {site.id: site.index for site in sites}
    last: dict[Port, int] = {}
    for tail, head, edge in edges(graph):
        if not edge.outer:
            port = Port(tail, edge.source_slot)
            last[port] = max(last.get(port, 0), index[head])
    return last


def _highest(site: Site, peaks: Mapping[int, Peak]) -> Peak | None:
    """The largest peak among the bodies that ``site`` may run (one runs at a time)."""
    bodies = (c.instance for c in site.children if c.times != 0)
    inner = [peaks[id(body)] for body in bodies if id(body) in peaks]
    return max(inner, key=lambda p: p.bytes, default=None)


def _lowest(site: Site, peaks: Mapping[int, Peak]) -> Peak | None:
    """The largest peak among the bodies that ``site`` runs for certain; of branches the lower."""
    open_if = site.op.op_type == "If" and all(c.times is None for c in site.children)
    inner = [
        peaks[id(c.instance)]
        for c in site.children
        if id(c.instance) in peaks and (open_if or c.runs[0] > 0)
    ]
    if open_if and len(inner) < len(site.children):
        return None  # a branch without operators takes nothing
    return (min if open_if else max)(inner, key=lambda p: p.bytes, default=None)


def _largest(tensors: Sequence[Tensor]) -> Tensor:
    return max(tensors, key=lambda t: t.bytes or 0)


def _smallest(tensors: Sequence[Tensor]) -> Tensor:
    return min(tensors, key=lambda t: t.bytes or 0)


class _End(NamedTuple):
    """One end of the range of peaks."""

    body: Callable[[Site, Mapping[int, Peak]], Peak | None]
    """Of the bodies that a site may run."""
    tensor: Callable[[Sequence[Tensor]], Tensor]
    """Of what a value may be."""


_UPPER = _End(_highest, _largest)
_LOWER = _End(_lowest, _smallest)
FOREVER = sys.maxsize


def _lives_of_inputs(
    scope: Scope,
    instance: Instance,
    sites: Sequence[Site],
    fixed: set[str],
    kept: Collection[str],
) -> Iterator[Life]:
    """Graph inputs, from the start; those of bodies belong to their caller."""
    if instance.path:
        return
    places = {site.op: site.index for site in sites}
    for name in dict.fromkeys(scope.inputs):
        kind = instance.types.get(name)
        if kind is None or name in fixed:
            continue
        uses = [places[op] for op, _ in scope.reads.get(name, ()) if op in places]
        if name in kept:
            uses = [FOREVER]
        if uses:
            yield Life(Tensor(name, kind.dtype, kind.shape), 0, max(uses))


def _lives_of_outputs(
    site: Site,
    fixed: set[str],
    kept: Collection[str],
    last: Mapping[Port, int],
    which: _End,
    stored: Mapping[Port, Tensor],
) -> Iterator[Life]:
    """What a site makes, from then on; graph outputs to the end."""
    for slot, tensor in enumerate(site.call.outputs):
        if tensor is not None and tensor.name not in fixed:
            ways = site.instance.ways.get(tensor.name)
            if ways is not None:
                kinds = [way.type for way in ways.each]
                tensor = which.tensor([Tensor(tensor.name, k.dtype, k.shape) for k in kinds])
            port = Port(site.id, slot)
            tensor, end = stored.get(port, tensor), last.get(port, site.index)
            yield Life(tensor, site.index, FOREVER if tensor.name in kept else end)
