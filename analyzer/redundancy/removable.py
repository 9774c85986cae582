"""Operators that a file can do without, as the result of each is one of its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.graph.adjacency import fed_by, read_by
from analyzer.redundancy.constants import Constants
from analyzer.redundancy.neutral import neutral
from analyzer.shapes.sites import list_sites

if TYPE_CHECKING:
    from collections.abc import Collection

    from analyzer.graph.scope import Op, Program
    from analyzer.shapes.instance import Shapes


class Removable(NamedTuple):
    """An operator that can go."""

    op_type: str
    slot: int
    """The input that the result is."""


def removable(program: Program, shapes: Shapes, ids: Collection[str]) -> dict[str, Removable]:
    """Those with these ids that can go, by id; ``shapes`` are inferred with nothing assumed."""
    if not ids:
        return {}
    sites = list_sites(program, shapes)
    constants = Constants(program, sites)
    found: dict[str, Removable] = {}
    homes: dict[int, _Home] = {}
    for site in sites:
        if site.id not in ids or site.cyclic or site.refused or site.declared:
            continue
        op, scope = site.op, program.scopes[site.instance.scope]
        same, ends = neutral(site, constants), frozenset(scope.outputs) - {""}
        if same is None or not can_go(program, op, same.slot, ends):
            continue
        home = homes.setdefault(id(site.instance), _Home({}, {*ends}))
        source = home.stands.get(op.inputs[same.slot], op.inputs[same.slot])
        if op.outputs[0] in ends:
            if source in home.named or scope.defines(source) or source in scope.inputs:
                continue
            home.named.add(source)
        home.stands[op.outputs[0]] = source
        found[site.id] = Removable(op.op_type, same.slot)
    return found


class _Home(NamedTuple):
    """What comes of removals in one graph."""

    stands: dict[str, str]
    """By the result of what is removed, what is read instead."""
    named: set[str]
    """Results that are outputs, or get the name of one: an operator gives a result one name."""


def can_go(program: Program, op: Op, slot: int, ends: Collection[str]) -> bool:
    """Whether input ``slot`` can take the place of its result, and nothing else of it is read.

    An output of a graph needs a producer with its name: where the input is no result of an
    operator of the same graph, or an output itself, the operator is how it gets one.

    Parameters
    ----------
    ends : outputs of its graph.
    """
    if any(name and name in ends for name in op.outputs[1:]):
        return False
    if any(edge.source_slot for _, edge in read_by(program.graph, op)):
        return False
    if op.outputs[0] not in ends:
        return True
    name = op.inputs[slot]
    made = any(edge.slot == slot and not edge.outer for _, edge in fed_by(program.graph, op))
    return made and name not in ends
