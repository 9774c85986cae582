"""Linear operators that could be one, or stand in a better order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.values import NodeView
from analyzer.patterns.index import index_of
from analyzer.patterns.merging import KINDS, Merge, merges_of
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    view = index_of(facts).operator
    for merge in merges_of(facts):
        node = facts[merge.node]
        yield Subject(
            kind=merge.kind,
            place=merge.node,
            name=f"{node.scope}/{node.name}" if node.name else node.id,
            groups={"merge": merge, "node": view(node.id)},
            form=(merge.kind,),
        )


SORT = Sort("merge", {"merge": Merge, "node": NodeView}, _make, kinds=KINDS)
