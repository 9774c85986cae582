"""Branches. Where it is settled which one runs, its operators are drawn like those around them;
where data decide, each branch is a box of its own, beside the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer import units
from analyzer.graph.adjacency import vertex
from analyzer.language import _
from analyzer.report.view.layers import shape_of
from analyzer.sanitise import label

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.facts import Facts, Node

LABELS = {"then_branch": "then", "else_branch": "else"}


class DrawnBranch(NamedTuple):
    """One branch of an operator of the main graph."""

    scope: str
    node: str
    """Id of the operator in it that says most about it."""
    nodes: tuple[str, ...]
    """Its operators, without those that they run."""
    reads: frozenset[str]
    """Names of tensors that its operators read."""


def settled(facts: Facts) -> dict[str, str]:
    """The scope of the branch that runs, by operator that is drawn by what is in it: an ``If`` of
    the main graph or of another such branch, whose other branch never runs."""
    choosing: dict[str, list[str]] = {}
    for node in facts.nodes:
        if node.composite and len(_sides(facts, node.id)) == 2:
            choosing.setdefault(node.scope, []).append(node.id)
    inside = _inside(
        facts, {s for some in choosing.values() for n in some for s in _sides(facts, n)}
    )
    found: dict[str, str] = {}
    drawn = [""]
    for scope in drawn:
        for chooser in choosing.get(scope, ()):
            left = [side for side in _sides(facts, chooser)
                    if any(node.executions_range[1] != 0 for node in inside[side])]  # fmt: skip
            if len(left) == 1 and all(n.executions_range == (1, 1) for n in inside[left[0]]):
                found[chooser] = left[0]
                drawn.append(left[0])
    return found


def branches(facts: Facts, around: Collection[str]) -> dict[str, tuple[DrawnBranch, ...]]:
    """By operator of the scopes ``around``, where each of two branches may run and one
    multiplies."""
    scopes = {
        scope: node.id for node in facts.nodes if node.composite and node.scope in around
        for scope in _sides(facts, node.id)
    }  # fmt: skip
    inside = _inside(facts, scopes)
    found: dict[str, tuple[DrawnBranch, ...]] = {}
    for scope, nodes in inside.items():
        if nodes and all(node.executions_range[1] != 0 for node in nodes):
            main = max(nodes, key=lambda node: (node.macs or 0, node.params, bool(node.flops)))
            reads = frozenset(name for node in nodes for name in _read(facts, node.id))
            side = DrawnBranch(scope, main.id, tuple(node.id for node in nodes), reads)
            found[scopes[scope]] = (*found.get(scopes[scope], ()), side)
    return {
        node: both for node, both in found.items()
        if len(both) > 1 and any(each.macs for side in both for each in inside[side.scope])
    }  # fmt: skip


def _sides(facts: Facts, node: str) -> list[str]:
    runs = vertex(facts.graph, node).runs
    return [scope for scope in runs if scope.rpartition(".")[2] in LABELS]


def _inside(facts: Facts, scopes: Collection[str]) -> dict[str, list[Node]]:
    inside: dict[str, list[Node]] = {scope: [] for scope in scopes}
    for node in facts.nodes:
        if node.scope in inside:
            inside[node.scope].append(node)
    return inside


def _read(facts: Facts, node: str) -> frozenset[str]:
    record = vertex(facts.graph, node)
    return record.implicit.union(t.name for t in record.call.inputs if t is not None)


def branch_words(facts: Facts, branch: DrawnBranch, letters: int) -> tuple[str, str]:
    """Title, no longer than ``letters``, and detail of its box: what it is, and what it costs where
    no total counts that."""
    word = LABELS[branch.scope.rpartition(".")[2]]
    layers = [facts[node] for node in branch.nodes if facts[node].macs]
    match layers:
        case []:
            what = facts[branch.node].op_type
        case [layer] if not layer.composite:
            what, *_ = shape_of(layer)
            if len(f"{word}: {what}") > letters:
                what, _, _ = what.partition(" → ")
                what, _, _ = what.rpartition(" ")
        case _:
            what = units.many(len(layers), "layer")
    return label(f"{word}: {what}", letters), _uncounted(layers)


def _uncounted(layers: Sequence[Node]) -> str:
    if not layers or any(node.counted for node in layers):
        return ""
    macs = units.si(sum(node.macs or 0 for node in layers), "MAC")
    return _("{macs}, not counted", macs=macs)
