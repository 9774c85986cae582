"""Operators, one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer import facts as records
from analyzer.deployment import Placement
from analyzer.graph.values import NodeView
from analyzer.patterns.index import index_of
from analyzer.ruleset.fields import AUDIT, LAYER
from analyzer.ruleset.sandbox import UNKNOWN
from analyzer.ruleset.subjects.deployment import Placements
from analyzer.ruleset.subjects.subject import Sort, Subject
from analyzer.ruleset.subjects.weights import audit_group, layer_groups, worst_integers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts, Node, Saving


class NodeSubjects:
    """The operators of one model as subjects, each made when somebody asks for it."""

    def __init__(self, facts: Facts) -> None:
        self._layers = facts.evidence.layers if facts.evidence else {}
        self._blocks = {node: block for block in facts.blocks for node in block.nodes}
        self._integers = worst_integers(facts)
        self._placements = facts.once(Placements, about_targets=True)
        self._bare = {**dict.fromkeys(("conv", "saving", "block", "target"), UNKNOWN),
                      **layer_groups(None, None), **audit_group(facts)}  # fmt: skip
        self._view = index_of(facts).operator

    def subject(self, node: Node) -> Subject:
        """``node`` with its groups."""
        key, domain = node.id, node.domain
        groups = {**self._bare, "node": self._view(key)}
        known = {"conv": node.conv, "saving": node.saving, "block": self._blocks.get(key)}
        groups.update((name, record) for name, record in known.items() if record is not None)
        if self._placements.asked:
            groups.update(self._placements.groups(key))
        if key in self._layers or key in self._integers:
            groups.update(layer_groups(self._layers.get(key), self._integers.get(key)))
        return Subject(
            kind=node.op_type if domain in ("", "ai.onnx") else f"{domain}.{node.op_type}",
            place=key,
            name=f"{node.scope}/{node.name}" if node.name else key,
            groups=groups,
            saving=_saving(node),
        )


def _make(facts: Facts) -> Iterator[Subject]:
    return map(facts.once(NodeSubjects, about_targets=True).subject, facts.nodes)


def _some(facts: Facts, kind: str) -> Iterator[Subject]:
    domain, _, op_type = kind.rpartition(".")
    domains = ("", "ai.onnx") if domain in ("", "ai.onnx") else (domain,)
    by_type = index_of(facts).by_type
    ids = [node for domain in domains for node in by_type.get((domain, op_type), ())]
    return map(facts.once(NodeSubjects, about_targets=True).subject, map(facts.__getitem__, ids))


def _saving(node: Node) -> Saving | None:
    """Without the weights of another operator, where the two share them."""
    if node.saving is None or node.saved_params == node.saving.params:
        return node.saving
    return replace(node.saving, params_now=0, params_after=0)


SORT = Sort(
    "node",
    {
        "node": NodeView,
        "conv": records.Conv,
        "saving": records.Saving,
        "block": records.Block,
        "target": Placement,
        **LAYER,
        **AUDIT,
    },
    _make,
    some=_some,
)
