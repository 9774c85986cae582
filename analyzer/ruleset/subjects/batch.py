"""Work that grows faster than the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.values import NodeView
from analyzer.patterns.index import index_of
from analyzer.ruleset.subjects.subject import Sort, Subject
from analyzer.surplus import BatchGrowth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    growth = facts.batch_growth
    if growth is None or growth.place not in facts:
        return
    node = facts[growth.place]
    yield Subject(
        kind=node.op_type,
        place=growth.place,
        name=f"{node.scope}/{node.name}" if node.name else growth.place,
        groups={"growth": growth, "node": index_of(facts).operator(node.id)},
    )


SORT = Sort("batch", {"growth": BatchGrowth, "node": NodeView}, _make)
