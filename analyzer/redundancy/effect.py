"""Inputs that are read, and of whose values nothing comes out.

Backwards from the outputs: what they need, but for operands that an operator reads without its
result depending on them. A body's operators are needed as far as what runs it is.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from analyzer.graph.adjacency import fed_by, read_by
from analyzer.redundancy.decided import NOUGHT, cut, idle
from analyzer.shapes.types import decode_type, is_open
from analyzer.surplus import Surplus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analyzer.graph.scope import Op, Program, Scope
    from analyzer.redundancy.constants import Constants
    from analyzer.redundancy.decided import Cut
    from analyzer.shapes.sites import Site


class Stop(NamedTuple):
    """Where an operand's values go no further."""

    site: Site
    cut: Cut
    exact: bool
    """Whether NaN and infinities have no effect either."""


class Effects:
    """What the outputs depend on.

    Parameters
    ----------
    sites : operators of every instance, with nothing assumed; the cuts of those that are
        ``unproven`` are not believed.
    """

    def __init__(
        self,
        program: Program,
        sites: Sequence[Site],
        constants: Constants,
        unproven: frozenset[int],
    ) -> None:
        self._program = program
        self._cuts: dict[Op, dict[int, Stop]] = {}
        self._still: dict[Op, frozenset[str]] = {}
        """Labels of bodies that never run, in any instance."""
        for site in sites:
            sure = not (site.index in unproven or site.cyclic or site.refused)
            found = _cuts(site, constants) if sure else {}
            before = self._cuts.setdefault(site.op, found)
            self._cuts[site.op] = {slot: before[slot] for slot in before if slot in found}
            if site.op.bodies:
                labels = frozenset(idle(site, constants))
                self._still[site.op] = self._still.get(site.op, labels) & labels
        self._needed: set[Op] = set()
        self._told = any(each.cut.told for cuts in self._cuts.values() for each in cuts.values())
        if self._told:
            self._find_needed()

    def surplus(self) -> Iterator[tuple[Surplus, tuple[str, ...]]]:
        """Each input without effect, and the operators whose finding it is."""
        main = self._program.main
        if not self._told:
            return
        for name in dict.fromkeys(main.inputs):
            stored = name in main.constants or name in main.sparse
            reads = main.reads.get(name)
            if name and not stored and reads and name not in main.outputs:
                yield from self._judge(name, main, reads)

    def _judge(
        self, name: str, main: Scope, reads: Sequence[tuple[Op, int | None]]
    ) -> Iterator[tuple[Surplus, tuple[str, ...]]]:
        if any(self._matters(op, slot, name) for op, slot in reads):
            return
        stops, direct = self._ends(reads)
        told = [stop for stop in stops if stop.cut.told]
        if not told:
            return  # a finding of the operators: they are dead, or of an axis of one element
        declared = decode_type(main.input_types[name]) if name in main.input_types else None
        shape = declared is None or is_open(declared)
        why = _why(told, direct=direct and len(told) == len(stops), shape=shape)
        own = tuple(stop.site.id for stop in told)
        yield Surplus("idle-input", name, why, operators=0), own

    def _matters(self, op: Op, slot: int | None, name: str) -> bool:
        """Whether a needed operator lets what it reads there have an effect."""
        if op not in self._needed:
            return False
        if slot is not None:
            return slot not in self._cuts.get(op, {})
        return any(name in scope.outputs and not scope.defines(name) for scope in self._run(op))

    def _run(self, op: Op) -> Iterator[Scope]:
        """Bodies of ``op`` that may run, or the function that it calls."""
        still = self._still.get(op, frozenset())
        for label, index in op.bodies.items():
            if label not in still:
                yield self._program.scopes[index]
        callee = self._program.functions.get(op.key)
        if callee is not None:
            yield self._program.scopes[callee]

    def _find_needed(self) -> None:
        graph, needed = self._program.graph, self._needed
        todo = list(_makers(self._program.main))
        while todo:
            op = todo.pop()
            if op in needed:
                continue
            needed.add(op)
            for scope in self._run(op):
                todo += _makers(scope)
            for tail, edge in fed_by(graph, op):
                if self._matters(op, edge.slot, edge.tensor):
                    todo.append(tail)

    def _ends(self, reads: Sequence[tuple[Op, int | None]]) -> tuple[list[Stop], bool]:
        """(Where what depends on ``reads`` ends, whether all of that is ``reads``)."""
        stops: dict[tuple[Op, int], Stop] = {}
        direct = True
        seen: set[Op] = set()
        todo = deque(reads)
        while todo:
            op, slot = todo.popleft()
            if slot is None:
                continue  # what its body does with it is a read of its own
            stop = self._cuts.get(op, {}).get(slot)
            if stop is not None:
                stops[op, slot] = stop
                direct = direct and (op, slot) in reads
            elif op not in seen:
                seen.add(op)
                heads = read_by(self._program.graph, op)
                todo += [(head, edge.slot) for head, edge in heads]
        return list(stops.values()), direct


def _makers(scope: Scope) -> Iterable[Op]:
    ends = frozenset(scope.outputs) - {""}
    return (op for op in scope.ops if not ends.isdisjoint(op.outputs))


def _cuts(site: Site, constants: Constants) -> dict[int, Stop]:
    """By slot: operands whose values the result does not depend on."""
    found = {}
    for slot, each in cut(site, constants).items():
        operand = site.call.input(slot)
        whole = operand is not None and (operand.dtype or "").startswith(("int", "uint", "bool"))
        found[slot] = Stop(site, each, whole or not each.spills)
    return found


def _why(told: Sequence[Stop], *, direct: bool, shape: bool) -> str:
    """In words; ``shape`` is whether the shape, which is open, may have an effect."""
    first = told[0]
    if not all(stop.cut.why == NOUGHT for stop in told):
        if shape:
            return f"its shape alone gets past {first.site.id}: {first.cut.why}"
        return f"what it is read for ends at {first.site.id}: {first.cut.why}"
    if not all(stop.exact for stop in told):
        if shape:
            return "it ends in products with 0, which its shape, NaN and infinities alone survive"
        return "it ends in products with 0, which NaN and infinities alone survive"
    if shape:
        return "it ends in products with 0, which its shape alone survives"
    if direct:
        return "it is only multiplied by 0"
    return "what is computed from it is only multiplied by 0"
