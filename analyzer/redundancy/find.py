"""Everything that a model could do without, each place once: the order of the questions."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.digraph import reached
from analyzer.graph.structure import unneeded
from analyzer.redundancy.baked import (
    another_batch,
    another_size,
    baked,
    fixes_a_size,
    may_be_baked,
    may_fix_a_size,
)
from analyzer.redundancy.constants import Constants, is_written_down
from analyzer.redundancy.decided import decided, idle
from analyzer.redundancy.duplicates import repeated
from analyzer.redundancy.effect import Effects
from analyzer.redundancy.idle import left_idle
from analyzer.redundancy.initializers import list_initializers
from analyzer.redundancy.neutral import neutral
from analyzer.redundancy.removable import can_go
from analyzer.shapes.run import infer_shapes
from analyzer.shapes.sites import list_sites
from analyzer.shapes.stated import Bindings
from analyzer.surplus import Structure, Surplus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from analyzer.graph.scope import Op, Program
    from analyzer.model import Limits, Model
    from analyzer.shapes.instance import Shapes
    from analyzer.shapes.sites import Site
    from analyzer.survey import Survey


def find_structure(
    model: Model,
    survey: Survey,
    limits: Limits,
    unassumed: Callable[[], Shapes],
    *,
    reads_known: bool,
) -> Structure:
    """What ``model`` stores and could do without.

    Shapes are inferred once more where the file leaves sizes open, with nothing assumed; and a
    second time, with another batch, where a constant meets an open size.

    Parameters
    ----------
    unassumed : infers the shapes with nothing assumed.
    reads_known : whether operators read what they were meant to; else no input is called unread.

    Raises
    ------
    ModelError
        The file changed since it was loaded.
    """
    program = survey.program
    sites = survey.sites
    infer = partial(infer_shapes, program, limits=limits)
    if survey.shapes.assumptions:
        sites = list_sites(program, unassumed())
    look = _Look(program, sites, frozenset(unneeded(survey.graph)))
    known = {site.id for site in survey.sites}
    surplus = [each for each in look.operators() if each.place in known]
    surplus += look.baked(lambda: infer(Bindings(shapes=another_batch(survey.shapes))))
    surplus += look.sizes(lambda: infer(Bindings(shapes=another_size(survey.shapes))))
    if reads_known:
        surplus += _unread_inputs(program)
        if any(each.kind in CUTS for each in surplus):
            inputs, told = look.idle_inputs()
            surplus = [each for each in surplus if each.place not in told or each.kind not in CUTS]
            surplus += inputs
    surplus += _unused_functions(program)
    paths: dict[int, str] = {}
    for site in survey.sites:
        paths.setdefault(site.instance.scope, site.instance.path)
    order = {site.id: i for i, site in enumerate(survey.sites)}
    surplus.sort(key=lambda each: order.get(each.place, len(order)))
    return Structure(tuple(surplus), list_initializers(program, paths, model))


class _Look:
    """Judges the operators of a program, each once however many instances it has."""

    def __init__(self, program: Program, sites: Sequence[Site], dead: frozenset[str]) -> None:
        self._program = program
        self._sites = sites
        self._dead = dead
        self._constants = Constants(program, sites)
        self._repeated = repeated(sites, self._constants)
        self._unproven = _resting_on_declarations(program, sites)
        self._exports = [frozenset(scope.outputs) - {""} for scope in program.scopes]

    def operators(self) -> Iterator[Surplus]:
        """The first cause of every operator that is one of surplus in all its instances."""
        found: dict[Op, Surplus | None] = {}
        kinds: dict[Op, set[str]] = {}
        never = self._never_run()
        for site in self._sites:
            each = self._judge(site, never)
            kinds.setdefault(site.op, set()).add(each.kind if each is not None else "")
            found.setdefault(site.op, each)
        agreed = {op: each for op, each in found.items() if len(kinds[op]) == 1}
        folded = {op for op, each in agreed.items() if each is not None and each.kind == "foldable"}
        agreed |= self._swallowed(folded, {}, FOLDED)
        gone = {op for op, each in agreed.items() if each is not None and each.kind in _GONE}
        idle = {op: 0 for op, each in agreed.items() if each is not None and each.kind == "reshape"}
        open_ = {op: 0 for op in self._written_out() if agreed.get(op) is None}
        computed = self._swallowed(gone, idle | open_, WRITTEN) | self._swallowed(gone, idle, IDLE)
        for op, each in agreed.items():
            if each is not None:
                yield each
            elif op in computed:
                yield computed[op]

    def baked(self, infer: Callable[[], Shapes]) -> Iterator[Surplus]:
        """Operators that allow one batch only, where the file leaves it open."""
        open_ = [
            site for site in self._sites
            if site.id not in self._dead and may_be_baked(site, self._constants)
        ]  # fmt: skip
        if not open_:
            return
        twice = {site.id: site for site in list_sites(self._program, infer())}
        for site in open_:
            other = twice.get(site.id)
            why = None if other is None else baked(site, other, self._constants)
            if why is not None:
                yield Surplus("baked-batch", site.id, why)

    def sizes(self, infer: Callable[[], Shapes]) -> Iterator[Surplus]:
        """Reshapes that allow some sizes only of an axis that the file leaves open."""
        open_ = [
            site for site in self._sites
            if site.id not in self._dead and may_fix_a_size(site, self._constants)
        ]  # fmt: skip
        if not open_:
            return
        other = {site.id: site for site in list_sites(self._program, infer())}
        for site in open_:
            why = None
            if site.id in other:
                why = fixes_a_size(site, other[site.id], self._constants)
            if why is not None:
                yield Surplus("baked-size", site.id, why)

    def idle_inputs(self) -> tuple[list[Surplus], frozenset[str]]:
        """Inputs that are read without effect, and the operators that are why."""
        found: list[Surplus] = []
        told: set[str] = set()
        effects = Effects(self._program, self._sites, self._constants, self._unproven)
        for each, why in effects.surplus():
            found.append(each)
            told.update(why)
        return found, frozenset(told)

    def _never_run(self) -> dict[int, str]:
        """Instances that never run, and why."""
        never: dict[int, str] = {}
        for site in self._sites:
            if not site.children:
                continue
            labels = idle(site, self._constants)
            for child in site.children:
                if id(site.instance) in never:
                    never[id(child.instance)] = never[id(site.instance)]
                elif child.label in labels:
                    text = f"it is in the {child.label} of {site.op.op_type} {site.id}"
                    never[id(child.instance)] = f"{text}, which never runs"
        return never

    def _judge(self, site: Site, never: dict[int, str]) -> Surplus | None:
        op = site.op
        if id(site.instance) in never:
            maker = is_written_down(op)
            return None if maker else Surplus("never-run", site.id, never[id(site.instance)])
        if site.id in self._dead:
            silent = op.op_type == "Constant" or not any(op.outputs)
            return None if silent else Surplus("dead", site.id, _unread(site))
        if site.index in self._unproven or site.cyclic or site.refused:
            return None
        growth = self._constants.foldable.get(site.index)
        if growth is not None and op.op_type != "Identity":
            return _folded(site, growth)
        same, ends = neutral(site, self._constants), self._exports[site.instance.scope]
        if same is not None and can_go(self._program, op, same.slot, ends):
            return Surplus(same.kind, site.id, same.why, by=op.inputs[same.slot])
        settled = decided(site, self._constants)
        if settled is not None:
            return Surplus(settled.kind, site.id, settled.why, by=settled.by)
        before = self._repeated.get(site.index)
        if before is not None and not (self._is_export(site) and self._is_export(before)):
            return Surplus("duplicate", site.id, f"{before.id} computes the same", by=before.id)
        return None

    def _is_export(self, site: Site) -> bool:
        return not self._exports[site.instance.scope].isdisjoint(site.op.outputs)

    def _written_out(self) -> Iterator[Op]:
        """Reshapes whose target is computed although a constant with one -1 says the same."""
        for site in self._sites:
            if site.op.standard != "Reshape" or len(site.op.inputs) < 2:
                continue
            if self._constants.is_constant(site, 1) or site.call.attr("allowzero", 0):
                continue
            sizes = self._constants.sizes(site, 1)
            if sizes is not None and 0 not in sizes:
                yield site.op

    def _swallowed(
        self, gone: set[Op], kept: Mapping[Op, int], cause: Surplus
    ) -> dict[Op, Surplus]:
        """Operators that nothing reads once ``gone`` are, and once those of ``kept`` have lost
        all operands but one, or have them as constants."""
        first = {site.op: site for site in reversed(self._sites)}

        def may_go(op: Op) -> bool:
            site = first.get(op)
            named = site is not None and not self._is_export(site)
            return named and not is_written_down(op) and not op.bodies

        idle = left_idle(self._program.graph, gone, kept, may_go)
        return {op: replace(cause, place=first[op].id) for op in idle}


FOLDED = Surplus("foldable", "", "only what is known before the model runs is computed from it")
WRITTEN = Surplus("computed-shape", "", "a Reshape knows all sizes of it but one, which -1 says")
IDLE = Surplus("computed-shape", "", "what reads it changes no shape")
CUTS = frozenset({"constant-result", "constant-where"})
"""Kinds of operators that are told with the input of which they let nothing through."""
_GONE = frozenset({"dead", "never-run", "foldable"})
"""Kinds of operators that read nothing any more once the advice is followed."""


def _unread(site: Site) -> str:
    names = ", ".join(name for name in site.op.outputs if name)
    return f"no output of the model depends on {names}"


def _folded(site: Site, growth: int) -> Surplus:
    call = site.call
    made = sum(tensor.bytes or 0 for tensor in call.outputs if tensor is not None)
    read = {tensor.name: tensor.bytes or 0 for tensor in call.inputs if tensor is not None}
    taken = sum(read.values())
    sizes = f"{units.size(taken)} become {units.size(made)}"
    why = (
        "all it is computed from is known before the model runs"
        if taken == made
        else f"all it is computed from is known before the model runs ({sizes})"
    )
    return Surplus(
        "foldable", site.id, why,
        result_bytes=made, operand_bytes=sum(read.values()), growth_bytes=growth,
    )  # fmt: skip


def _resting_on_declarations(program: Program, sites: Sequence[Site]) -> frozenset[int]:
    """Sites whose types rest on what the file declares, which may be stale."""
    start = {site.op for site in sites if site.declared}
    if not start:
        return frozenset()
    behind = reached(program.graph, start)
    return frozenset(site.index for site in sites if site.op in behind)


def _unread_inputs(program: Program) -> Iterator[Surplus]:
    """Inputs of the main graph that no operator reads and that are no outputs."""
    main = program.main
    for name in dict.fromkeys(main.inputs):
        stored = name in main.constants or name in main.sparse
        if name and not stored and not main.reads.get(name) and name not in main.outputs:
            yield Surplus("unread-input", name, "no operator reads it", operators=0)


def _unused_functions(program: Program) -> Iterator[Surplus]:
    """Local functions that the main graph calls neither itself nor through another."""
    if not program.functions:
        return
    called: set[int] = set()
    todo = [0]
    while todo:
        scope = program.scopes[todo.pop()]
        for op in scope.ops:
            inner = list(op.bodies.values())
            callee = program.functions.get(op.key)
            if callee is not None:
                inner.append(callee)
            todo += (index for index in inner if index not in called)
            called.update(inner)
    for key, index in program.functions.items():
        if index not in called:
            label, scope = ".".join(part for part in key if part), program.scopes[index]
            yield Surplus("unused-function", label, "nothing calls it", operators=len(scope.ops))
