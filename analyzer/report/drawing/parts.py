"""Operators that are one box: by block, by module of the source code, or each by itself."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

import networkx as nx

from analyzer.dataclass import dataclass
from analyzer.operators import find
from analyzer.operators.record import Nature
from analyzer.patterns.scopes import module_path
from analyzer.patterns.trace import regions_of
from analyzer.report.view.kinds import counted_macs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.facts import Block, Facts, Node
    from analyzer.report.drawing.branches import DrawnBranch
    from analyzer.report.drawing.record import Depth
    from analyzer.report.drawing.wiring import DrawnSource, Wiring

LEVELS = 4
"""Deepest level of modules that is a box."""
NO_METADATA: Mapping[str, str] = {}
"""Facts keep no metadata of operators; names have the modules of most exporters."""
Name = tuple[object, ...]


@dataclass(slots=True)
class DrawnPart:
    """One box before equal ones are folded."""

    nodes: list[str]
    """Drawn operators, producers first."""
    block: Block | None = None
    module: str = ""
    before: set[int] = field(default_factory=set)
    """Positions of the parts that feed it."""
    inputs: dict[str, DrawnSource] = field(default_factory=dict)
    """Inputs of the model that it reads."""
    feeds: dict[int, list[DrawnSource]] = field(default_factory=dict)
    """What each part before it hands to it."""
    abreast: int = 1
    """How many equal ones beside each other it is."""
    sample: list[str] = field(default_factory=list)
    """The drawn operators of one of those; empty where it is but one."""
    branch: DrawnBranch | None = None
    """Where it is one, beside another."""

    @property
    def one(self) -> list[str]:
        """The drawn operators that say what it is."""
        return self.sample or self.nodes


def parts_of(facts: Facts, wiring: Wiring, depth: Depth, level: int = LEVELS) -> list[DrawnPart]:
    """The boxes in an order in which producers come first and chains stay together.

    ``level`` is that of the modules, from 1 for the outermost.
    """
    groups, names, blocks = _groups(facts, wiring, depth, level)
    _merge_circles(wiring, groups)
    return _ordered(wiring, groups, names, blocks)


def _groups(
    facts: Facts, wiring: Wiring, depth: Depth, level: int
) -> tuple[dict[str, int], dict[int, str], dict[int, Block]]:
    """Number of the group of each drawn operator; modules and blocks by number."""
    numbers: dict[Name, int] = {}
    groups: dict[str, int] = {}
    names: dict[int, str] = {}
    blocks: dict[int, Block] = {}
    if depth == "operators":
        return {node: number for number, node in enumerate(wiring.reads)}, names, blocks
    found = {node: number for number, block in enumerate(facts.blocks) for node in block.nodes}
    anchors = _anchors(facts, wiring)
    for node in wiring.reads:
        anchor = anchors.get(node, node)
        number = found.get(node, found.get(anchor))
        path = _path(facts, node, anchor)[:level] if depth == "modules" else ()
        key: Name = ("node", anchor) if number is None else ("block", number)
        if path:
            key = ("module", *path)
        group = groups[node] = numbers.setdefault(key, len(numbers))
        if path:
            names[group] = ".".join(path)
        elif number is not None:
            blocks[group] = facts.blocks[number]
    return groups, names, blocks


def _path(facts: Facts, node: str, anchor: str) -> tuple[str, ...]:
    """Module of an operator, else of what it is drawn with."""
    return module_path(facts[node], NO_METADATA) or module_path(facts[anchor], NO_METADATA)


def _anchors(facts: Facts, wiring: Wiring) -> dict[str, str]:
    """What each operator is drawn with: the layer, join or block whose result it only changes."""
    by_id = {node.id: node for node in facts.nodes}
    regions = regions_of(facts.graph, by_id)
    through = wiring.through
    anchors = {node: through.get(anchor, anchor)
               for anchor, region in regions.items() for node in region}  # fmt: skip
    in_block = {node for block in facts.blocks for node in block.nodes}
    anchors |= {node: node for node in (*wiring.branches, *wiring.split)}
    for node, sources in wiring.reads.items():
        if node in anchors or node in in_block:
            continue
        made = {source.node for source in sources if not source.is_input}
        if len(made) == 1 and not any(source.is_input for source in sources):
            fact = facts[node]
            if not (counted_macs(fact) or fact.params or fact.composite or fact.macs is None):
                anchors[node] = made.pop()
    apart = {node for node in wiring.reads if is_unknown(facts[node]) or _calls(facts[node])}
    for node in wiring.reads:  # producers first, so that each chain is as long as one step
        anchor = anchors.get(node)
        if node in apart:
            anchors[node] = node
        elif anchor is not None:
            passed = {anchors.get(source.node, source.node)
                      for source in wiring.reads[node] if not source.is_input}  # fmt: skip
            if apart & passed:  # its result changed nothing of the layer before that operator
                anchors[node] = passed.pop() if len(passed) == 1 else node
            else:
                anchors[node] = anchors.get(anchor, anchor)
    return anchors


def _calls(node: Node) -> bool:
    """Whether what it runs multiplies: it changes more than the result of the layer before."""
    return node.composite and bool(node.macs)


def is_unknown(node: Node) -> bool:
    """Whether nobody knows what it costs: it is drawn by itself, and says so. What never runs
    costs nothing."""
    return node.macs is None and not node.composite and node.executions_range[1] != 0


def _merge_circles(wiring: Wiring, groups: dict[str, int]) -> None:
    """Groups that feed each other in a circle become one."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    for node, sources in wiring.reads.items():
        for source in sources:
            if not source.is_input and groups[source.node] != groups[node]:
                graph.add_edge(groups[source.node], groups[node])
    circles = [c for c in nx.strongly_connected_components(graph) if len(c) > 1]
    names = {number: min(circle) for circle in circles for number in circle}
    if names:
        for node, number in groups.items():
            groups[node] = names.get(number, number)


def _ordered(
    wiring: Wiring, groups: dict[str, int], names: dict[int, str], blocks: dict[int, Block]
) -> list[DrawnPart]:
    """Parts in topological order: what reads the last one comes next, else the file decides."""
    members: dict[int, list[str]] = {}
    for node in wiring.reads:
        members.setdefault(groups[node], []).append(node)
    before: dict[int, set[int]] = {number: set() for number in members}
    after: dict[int, list[int]] = {number: [] for number in members}
    for node, sources in wiring.reads.items():
        here = groups[node]
        for source in sources:
            there = here if source.is_input else groups[source.node]
            if there != here and there not in before[here]:
                before[here].add(there)
                after[there].append(here)
    order = chained(before, after)
    place = {number: index for index, number in enumerate(order)}
    parts = []
    for number in order:
        part = DrawnPart(members[number], blocks.get(number), names.get(number, ""))
        if len(part.nodes) == 1:
            (only,) = part.nodes
            part.branch = wiring.branches.get(only)
        part.before = {place[other] for other in before[number]}
        for node in part.nodes:
            for source in wiring.reads[node]:
                if source.is_input:
                    part.inputs[source.node] = source
                elif groups[source.node] != number:
                    handed = part.feeds.setdefault(place[groups[source.node]], [])
                    if source not in handed:
                        handed.append(source)
        parts.append(part)
    return parts


def chained(before: Mapping[int, set[int]], after: Mapping[int, Iterable[int]]) -> list[int]:
    """Depth first: a branch is followed to where it meets another."""
    waiting = {number: len(sources) for number, sources in before.items()}
    ready = [number for number, count in waiting.items() if not count][::-1]
    order: list[int] = []
    while ready:
        number = ready.pop()
        order.append(number)
        freed = []
        for reader in after[number]:
            waiting[reader] -= 1
            if not waiting[reader]:
                freed.append(reader)
        ready.extend(reversed(freed))
    return order


def main_node(facts: Facts, nodes: Iterable[str]) -> Node:
    """The operator that says most about a box: that with most MACs, else parameters, else one
    that computes and does not only move or convert."""
    return max(
        (facts[node] for node in nodes),
        key=lambda node: (counted_macs(node), node.composite, node.params, telling(node)),
    )


def telling(node: Node) -> int:
    """How much an operator says about what it is drawn with: 0 where it only moves data."""
    record = find(node.domain, node.op_type)
    if record is None:
        return 2
    return 1 if record.nature in (Nature.CONVERSION, Nature.QUANTISATION) else (
        2 * (record.nature not in (Nature.MOVEMENT, Nature.STATIC, Nature.SEQUENCE)))  # fmt: skip
