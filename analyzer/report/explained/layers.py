"""Layers of one shape, and blocks: from the equations of their operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report.explained.sums import EXACT, added_up, product, weakest
from analyzer.report.view.explained import Explained, Summand
from analyzer.report.view.kinds import counted_macs
from analyzer.report.view.layers import shape_of
from analyzer.report.view.method import formula_key
from analyzer.report.view.summary import block_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.facts import Block, Facts, Node
    from analyzer.report.page import Page
    from analyzer.report.result import Result


def explain(result: Result, page: Page) -> Iterator[Explained]:
    yield from _layers(result.facts, page)
    yield from _blocks(result.facts, page)


def _layers(facts: Facts, page: Page) -> Iterator[Explained]:
    alike: dict[tuple[str, str], list[Node]] = {}
    for node in facts.nodes:
        if counted_macs(node):
            alike.setdefault(shape_of(node), []).append(node)
    rows = {(row.op, row.formula, row.flops, row.source): n for n, row in enumerate(page.formulas)}
    for index, layer in enumerate(page.layers):
        place = f"page.layers[{index}]"
        nodes = alike[layer.title, layer.place]
        by, sure = rows[formula_key(nodes[0])], weakest(nodes)
        yield Explained(f"{place}.macs", layer.macs, f"formulas[{by}]",
                        tuple(_macs(nodes)), *sure)  # fmt: skip
        if layer.params:
            yield Explained(f"{place}.params", layer.params, "shape.params",
                            tuple(_params(nodes)), *EXACT)  # fmt: skip
        if layer.intensity:
            first = nodes[0]
            moved = (first.read_bytes or 0) + (first.write_bytes or 0)
            yield Explained(f"{place}.intensity", layer.intensity, "layer.intensity",
                            (Summand(f"{first.cost.flops} / {moved}"),), *sure)  # fmt: skip


def _macs(nodes: Sequence[Node]) -> Iterator[Summand]:
    runs: dict[str, int] = {}
    for node in nodes:
        text = node.cost.substitution
        runs[text] = runs.get(text, 0) + node.counted
    return (Summand(product(count, text)) for text, count in runs.items())


def _params(nodes: Sequence[Node]) -> Iterator[Summand]:
    uses: dict[str, int] = {}
    for node in nodes:
        if node.params:
            text = node.params_substitution
            uses[text] = uses.get(text, 0) + 1
    return (Summand(product(count, text)) for text, count in uses.items())


def _blocks(facts: Facts, page: Page) -> Iterator[Explained]:
    found: dict[str, list[Block]] = {}
    for block in facts.blocks:
        found.setdefault(block_name(block.kind), []).append(block)
    for index, row in enumerate(page.block_kinds):
        place, blocks = f"page.block_kinds[{index}]", found[row.kind]
        inside = {key for block in blocks for key in block.nodes}
        if row.macs:
            parts = tuple(added_up((block.macs or 0, "") for block in blocks))
            yield Explained(f"{place}.macs", row.macs, "block", parts,
                            *weakest(n for n in facts.nodes if n.id in inside))  # fmt: skip
        if row.params:
            parts = tuple(added_up((block.params, "") for block in blocks))
            yield Explained(f"{place}.params", row.params, "block.params", parts, *EXACT)
