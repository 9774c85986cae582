"""What a model could do without, and what is settled before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.values import NodeView
from analyzer.patterns.index import index_of
from analyzer.ruleset.sandbox import UNKNOWN
from analyzer.ruleset.subjects.subject import Sort, Subject
from analyzer.surplus import KINDS, Surplus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    view = index_of(facts).operator
    for each in facts.structure.surplus:
        node = facts[each.place] if each.is_operator else None
        named = f"{node.scope}/{node.name}" if node is not None and node.name else each.place
        yield Subject(
            kind=each.kind,
            place=each.place,
            name=named,
            groups={"surplus": each, "node": UNKNOWN if node is None else view(node.id)},
            form=(each.kind,),
        )


SORT = Sort("surplus", {"surplus": Surplus, "node": NodeView}, _make, kinds=KINDS)
