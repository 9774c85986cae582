"""Branches between which data decide: each is a box of its own, beside the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer import units
from analyzer.graph.adjacency import vertex
from analyzer.language import _
from analyzer.report.view.layers import shape_of
from analyzer.sanitise import label

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def branches(facts: Facts) -> dict[str, tuple[DrawnBranch, ...]]:
    """By operator of the main graph, where each of two branches may run and one multiplies."""
    around = [node.id for node in facts.nodes if node.composite and not node.scope]
    scopes = {
        scope: node for node in around for scope in vertex(facts.graph, node).runs
        if scope.rpartition(".")[2] in LABELS
    }  # fmt: skip
    inside: dict[str, list[Node]] = {}
    for node in facts.nodes:
        if node.scope in scopes:
            inside.setdefault(node.scope, []).append(node)
    found: dict[str, tuple[DrawnBranch, ...]] = {}
    for scope, nodes in inside.items():
        if all(node.executions_range[1] != 0 for node in nodes):
            main = max(nodes, key=lambda node: (node.macs or 0, node.params, bool(node.flops)))
            reads = frozenset(name for node in nodes for name in _read(facts, node.id))
            side = DrawnBranch(scope, main.id, tuple(node.id for node in nodes), reads)
            found[scopes[scope]] = (*found.get(scopes[scope], ()), side)
    return {
        node: both for node, both in found.items()
        if len(both) > 1 and any(each.macs for side in both for each in inside[side.scope])
    }  # fmt: skip


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
