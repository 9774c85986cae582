"""Operators of every instance: a flat list with stable identities, and the operator graph."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analyzer.dataclass import dataclass
from analyzer.digraph import new_digraph
from analyzer.facts import Tensor
from analyzer.graph.adjacency import Vertex, add_vertex, fed_by
from analyzer.graph.attributes import Reference
from analyzer.graph.call import Call
from analyzer.graph.names import Home
from analyzer.graph.signature import Signatures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.arrays import Elements
    from analyzer.digraph import Digraph
    from analyzer.graph.scope import Op, Program
    from analyzer.graph.signature import Signature
    from analyzer.shapes.instance import Child, Instance, Shapes


@dataclass(slots=True, eq=False)
class Site:
    """One operator in one instance of its scope, while a model is being analysed."""

    id: str
    """Unique in the model: scope path and first output name."""
    index: int
    """Position in the list of all sites."""
    op: Op
    call: Call
    signature: Signature
    """What the call is without the names: shared by equal calls."""
    instance: Instance
    children: tuple[Child, ...]
    """Bodies or function instance that it runs."""
    failure: str
    """Why its output types are unknown; empty if they are not."""
    declared: bool
    """True when an output shape rests on the file's own declaration."""
    refused: bool = False
    """True where it contradicts its operands."""
    cyclic: bool = False
    """True on a cycle or behind one: no order of execution exists, so no cost either."""
    fork: str = ""
    """The If that decides which of ``variants`` it is; empty where that is settled."""
    variants: tuple[Call, ...] = ()
    """The operator with the types it has by the branch that is taken."""


def list_sites(program: Program, shapes: Shapes) -> list[Site]:
    """All sites: the main graph in topological order, then every other instance."""
    sites: list[Site] = []
    taken: dict[str, int] = {}
    parents: dict[int, Instance] = {}
    signatures = Signatures()
    for instance in shapes.instances():
        scope = program.scopes[instance.scope]
        tensors: dict[str, Tensor] = {}
        for i, op in enumerate(scope.ops):
            children = instance.children.get(i, ())
            for child in children:
                if child.label != "call":
                    parents[id(child.instance)] = instance
            call = Call(
                op.op_type,
                op.domain,
                scope.opsets.get(op.domain, 1),
                instance.attributes.get(i) or _without_references(op.attributes),
                tuple([_tensor(n, tensors, instance, parents) for n in op.inputs]),
                tuple([_tensor(n, tensors, instance, {}) for n in op.outputs]),
                tuple([instance.values.get(n) if n else None for n in op.inputs]),
            )
            sites.append(
                Site(
                    _unique(_identity(instance, op, i), taken),
                    len(sites),
                    op,
                    call,
                    signatures.of(call),
                    instance,
                    children,
                    instance.failures.get(i, ""),
                    any(n in instance.declared for n in op.outputs),
                    i in instance.refused,
                    i >= scope.sorted,
                    instance.forks.get(i, ""),
                    _variants(call, instance, op) if i in instance.forks else (),
                )
            )
    return sites


def _variants(call: Call, instance: Instance, op: Op) -> tuple[Call, ...]:
    """``call`` once for each way of the values it reads and makes."""
    ways = {n: w for n in (*op.inputs, *op.outputs) if (w := instance.ways.get(n)) is not None}
    count = min((len(w.each) for w in ways.values()), default=0)

    def tensors(k: int, known: Sequence[Tensor | None]) -> tuple[Tensor | None, ...]:
        return tuple(
            Tensor(t.name, ways[t.name].each[k].type.dtype, ways[t.name].each[k].type.shape)
            if t is not None and t.name in ways
            else t
            for t in known
        )

    def values(k: int) -> tuple[Elements | None, ...]:
        return tuple(
            ways[n].each[k].value if n in ways else v
            for n, v in zip(op.inputs, call.values, strict=True)
        )

    return tuple(
        replace(
            call, inputs=tensors(k, call.inputs), outputs=tensors(k, call.outputs), values=values(k)
        )
        for k in range(count)
    )


def operator_graph(program: Program, sites: Sequence[Site]) -> Digraph[str]:
    """The program graph with the vertices of each scope repeated for each of its instances."""
    graph: Digraph[str] = new_digraph()
    ends = [frozenset(scope.outputs) - {""} for scope in program.scopes]
    homes: dict[int, dict[Op, str]] = {}
    around: dict[int, Instance] = {}
    for site in sites:
        add_vertex(graph, site.id, _vertex(program, site, ends[site.instance.scope], around))
        homes.setdefault(id(site.instance), {})[site.op] = site.id
        for child in site.children:
            if child.label != "call":
                around[id(child.instance)] = site.instance
    for site in sites:
        own = site.instance
        for tail, edge in fed_by(program.graph, site.op):
            scope = around.get(id(own)) if edge.outer else own
            while scope is not None and tail not in homes[id(scope)]:
                scope = around.get(id(scope))
            if scope is not None:
                graph.add_edge(homes[id(scope)][tail], site.id, edge)
    return graph


def find_homes(program: Program, shapes: Shapes) -> dict[str, Home]:
    """What every instance knows of its names, by path."""
    instances = list(shapes.instances())
    around = {
        id(child.instance): instance.path
        for instance in instances
        for children in instance.children.values()
        for child in children
        if child.label != "call"
    }
    homes = {}
    for instance in instances:
        scope = program.scopes[instance.scope]
        homes[instance.path] = Home(
            scope.inputs, scope.outputs, scope.constants, scope.stored, scope.twice,
            instance.types, instance.values, around.get(id(instance)),
        )  # fmt: skip
    return homes


def _vertex(
    program: Program, site: Site, ends: frozenset[str], around: Mapping[int, Instance]
) -> Vertex:
    op, instance = site.op, site.instance
    vertex = Vertex(site.call, instance.path)
    if not ends.isdisjoint(op.outputs):
        vertex.exports = frozenset(i for i, name in enumerate(op.outputs) if name in ends)
    if site.children:
        vertex.runs = tuple(child.instance.path for child in site.children)
    if op.captured:
        given: set[str] = set()
        scope: Instance | None = instance
        while scope is not None:
            found = program.scopes[scope.scope]
            given |= found.constants.keys() | found.sparse.keys()
            scope = around.get(id(scope))
        vertex.implicit = frozenset(op.captured) - given
    return vertex


def _without_references(attributes: dict[str, Any]) -> dict[str, Any]:
    """Operators that were not reached keep references to a call's attributes unresolved."""
    return {k: v for k, v in attributes.items() if not isinstance(v, Reference)}


def _tensor(
    name: str,
    tensors: dict[str, Tensor],
    instance: Instance,
    parents: Mapping[int, Instance],
) -> Tensor | None:
    """``name`` typed as seen from ``instance``; ``None`` for an omitted operand.

    ``tensors`` are those made before; a body looks through to what encloses it.
    """
    if not name or name in tensors:
        return tensors.get(name)
    scope: Instance | None = instance
    kind = None
    while kind is None and scope is not None:
        kind = scope.types.get(name)
        scope = parents.get(id(scope))
    made = tensors[name] = Tensor(name, kind.dtype, kind.shape) if kind else Tensor(name)
    return made


def _identity(instance: Instance, op: Op, i: int) -> str:
    name = next((n for n in op.outputs if n), "") or op.name or f"{op.op_type}[{i}]"
    return f"{instance.path}/{name}" if instance.path else name


def _unique(identity: str, taken: dict[str, int]) -> str:
    """``identity``, numbered where a malformed file defines the same output twice."""
    unique, count = identity, taken.get(identity, 0)
    while unique in taken:
        count += 1
        unique = f"{identity}#{count}"
    taken[identity] = count or 1
    taken[unique] = taken.get(unique, 1)
    return unique
