"""Which operators are drawn, and which of them feed which.

Constants, what is known from shapes alone, renaming and conversion are plumbing: it is looked
through. Operators in bodies and functions are drawn as the operator of the main graph that runs
them; those of branches between which data decide as one operator of each; those of a branch of
which it is settled that it runs like those of the main graph.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from analyzer.dataclass import dataclass
from analyzer.graph.adjacency import vertices
from analyzer.graph.names import homes_of
from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature
from analyzer.report.drawing.branches import DrawnBranch, branches, settled
from analyzer.report.view.kinds import counted_macs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, MutableMapping

    from analyzer.facts import Facts, Node, Tensor
    from analyzer.graph.adjacency import Vertex
    from analyzer.operators.record import Operator

    Made = MutableMapping[str, "DrawnSource | None"]
    """Where each tensor comes from; none where that is not drawn."""

STEERING = frozenset({Kind.SHAPE, Kind.BOUND, Kind.SCALE, Kind.ZERO_POINT, Kind.STATISTIC})
"""Inputs that are no data: what computes them is the exporter's business."""


class DrawnSource(NamedTuple):
    """Where a tensor comes from: a drawn operator, or an input of the model."""

    node: str
    """Id of the operator; the name of the input where ``is_input``."""
    is_input: bool
    tensor: Tensor | None


@dataclass(slots=True)
class Wiring:
    """Drawn operators of the main graph and what they read."""

    reads: dict[str, tuple[DrawnSource, ...]] = field(default_factory=dict)
    """Of each drawn operator, in the order of the file."""
    outputs: list[tuple[Tensor, DrawnSource]] = field(default_factory=list)
    """Outputs of the model that something makes."""
    owner: dict[str, str] = field(default_factory=dict)
    """Drawn operator that each operator belongs to, itself included."""
    branches: dict[str, DrawnBranch] = field(default_factory=dict)
    """By the drawn operator that stands for one."""
    split: frozenset[str] = frozenset()
    """Operators that run these branches."""
    through: dict[str, str] = field(default_factory=dict)
    """By operator of which one branch runs and that is not drawn: what is drawn of its result."""


def wire(facts: Facts) -> Wiring:
    """One pass in topological order, O(V + E)."""
    run = _Wire(facts)
    found, made = run.found, run.inputs()
    run.walk("", made)
    for tensor in facts.outputs:
        source = made.get(tensor.name)
        if source is not None:
            found.outputs.append((tensor, source))
    _own_inner(found, run.runs, run.inner, facts)
    _own_plumbing(found, facts, run.plumbing)
    return found


class _Wire:
    """The walk through the main graph, and through branches where it is settled which one runs."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.found = facts, Wiring()
        self.settled = settled(facts)
        drawn = {"", *self.settled.values()}
        self.sides = branches(facts, drawn)
        self.found.split = frozenset(self.sides)
        self.plumbing: list[str] = []
        self.runs: dict[str, str] = {}
        self.inner: list[tuple[str, str]] = []
        self.scopes: dict[str, list[tuple[str, Vertex]]] = {scope: [] for scope in drawn}
        for node, vertex in vertices(facts.graph):
            for scope in vertex.runs:
                self.runs.setdefault(scope, node)
            if vertex.scope in drawn:
                self.scopes[vertex.scope].append((node, vertex))
            else:
                self.inner.append((node, vertex.scope))

    def inputs(self) -> Made:
        return {tensor.name: DrawnSource(tensor.name, True, tensor) for tensor in self.facts.inputs}

    def walk(self, scope: str, made: Made) -> None:
        """Draw the operators of a scope; ``made`` has what is made around it, and gets the rest."""
        for node, vertex in self.scopes[scope]:
            branch = self.settled.get(node)
            if branch is not None:
                self._settle(node, vertex, branch, made)
                continue
            record = record_of(vertex.call)
            known = [source for name in _read(vertex, record) if (source := made.get(name))]
            if _is_plumbing(self.facts[node], record, known):
                self.plumbing.append(node)
                through = known[0] if known and _renames(record, vertex) else None
                made.update((t.name, through) for t in vertex.call.outputs if t is not None)
                continue
            if node in self.sides:
                known = [*_beside(self.found, self.sides[node], vertex, made)]
            self._draw(node, vertex, known, made)

    def _draw(self, node: str, vertex: Vertex, known: Iterable[DrawnSource], made: Made) -> None:
        self.found.reads[node] = tuple(dict.fromkeys(known))
        self.found.owner[node] = node
        for tensor in vertex.call.outputs:
            if tensor is not None:
                made[tensor.name] = DrawnSource(node, False, tensor)

    def _settle(self, node: str, vertex: Vertex, branch: str, made: Made) -> None:
        """Draw what is in the branch that runs. Where data state the condition, the operator is
        drawn too, as what they feed; else its results are those of the branch."""
        inside = ChainMap[str, DrawnSource | None]({}, made)
        self.walk(branch, inside)
        ends = [inside.get(name) for name in homes_of(self.facts.graph)[branch].outputs]
        given = [
            source for t in vertex.call.inputs if t is not None and (source := made.get(t.name))
        ]
        last = next((end for end in ends if end is not None and not end.is_input), None)
        if given or last is None:
            self._draw(node, vertex, [*filter(None, ends), *given], made)
            return
        self.found.owner[node] = self.found.through[node] = last.node
        for tensor, end in zip(vertex.call.outputs, ends, strict=False):
            if tensor is not None:
                made[tensor.name] = end and end._replace(tensor=tensor)


def _beside(
    found: Wiring, sides: Iterable[DrawnBranch], vertex: Vertex,
    made: Mapping[str, DrawnSource | None],
) -> Iterator[DrawnSource]:  # fmt: skip
    """Draw branches beside each other; what is left to feed the operator that runs them, which is
    where they meet."""
    given = next((tensor for tensor in vertex.call.outputs if tensor is not None), None)
    taken: set[str] = set()
    for side in sides:
        taken |= side.reads
        sources = [made.get(name) for name in sorted(side.reads)]
        found.reads[side.node] = tuple(dict.fromkeys(s for s in sources if s is not None))
        found.branches[side.node] = side
        yield DrawnSource(side.node, False, given)
    own = [tensor.name for tensor in vertex.call.inputs if tensor is not None]
    for name in [*own, *sorted(vertex.implicit - taken)]:
        source = made.get(name)
        if source is not None:
            yield source


def _read(vertex: Vertex, record: Operator | None) -> Iterator[str]:
    for slot, tensor in enumerate(vertex.call.inputs):
        operand = record.operand(slot) if record is not None else None
        if tensor is not None and (operand is None or operand.kind not in STEERING):
            yield tensor.name
    yield from sorted(vertex.implicit)


def _renames(record: Operator | None, vertex: Vertex) -> bool:
    if record is None:
        return False
    return record.hands_on or record.nature is Nature.CONVERSION


def _is_plumbing(
    node: Node, record: Operator | None, sources: Iterable[DrawnSource | None]
) -> bool:
    """Nothing that a reader of the picture misses; whatever has a cost is drawn."""
    if record is None or counted_macs(node) or node.composite or node.macs is None:
        return False
    if record.nature is Nature.STATIC:
        return bool(record.inputs) or not node.params
    if record.hands_on or record.nature is Nature.CONVERSION:
        return True
    return bool(node.inputs) and not any(sources)


def _own_inner(
    found: Wiring, runs: dict[str, str], inner: Iterable[tuple[str, str]], facts: Facts
) -> None:
    """Operators of bodies belong to what runs them, however deep; callers come first or last."""
    homes = {side.scope: node for node, side in found.branches.items()}
    above = dict(inner)
    for node, scope in above.items():
        path: list[str] = []
        here = scope
        while here not in homes and here in runs and len(path) < len(above):
            path.append(here)
            caller = runs[here]
            if caller in found.owner and caller not in above:
                homes[here] = found.owner[caller]
                break
            here = above.get(caller, "")
        home = homes.get(here)
        if home is not None:
            for passed in path:
                homes[passed] = home
            found.owner[node] = home
        elif counted_macs(facts[node]) or facts[node].params:
            found.reads.setdefault(node, ())  # nobody is known to run it, and it counts
            found.owner[node] = node


def _own_plumbing(found: Wiring, facts: Facts, plumbing: Iterable[str]) -> None:
    """Plumbing belongs to what reads it first, last operators first."""
    for node in reversed([*plumbing]):
        for reader in facts.graph.successors(node):
            if reader in found.owner:
                found.owner[node] = found.owner[reader]
                break
        else:
            for maker in facts.graph.predecessors(node):
                if maker in found.owner:
                    found.owner[node] = found.owner[maker]
                    break
            else:
                if facts[node].params:
                    found.reads[node], found.owner[node] = (), node
