"""Recognised groups of operators, such as separable or inverted residual blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import facts as records
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Block, Facts


def _make(facts: Facts) -> Iterator[Subject]:
    nodes = {node.id: node for node in facts.nodes}
    for block in facts.blocks:
        members = [nodes[key] for key in block.nodes if key in nodes]
        name = f"{members[0].scope}/{members[0].name}" if members and members[0].name else ""
        yield Subject(
            kind=block.kind,
            place=_first(block),
            name=name or _first(block),
            groups={"block": block},
            form=(block.kind,),
        )


def _first(block: Block) -> str:
    return next(iter(block.nodes), "")


SORT = Sort("block", {"block": records.Block}, _make)
