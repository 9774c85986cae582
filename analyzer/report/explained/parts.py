"""Modules of the source code, and single blocks: what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report.explained.sums import EXACT, added_up, how_sure, weakest
from analyzer.report.view.explained import Explained
from analyzer.report.view.kinds import counted_macs
from analyzer.report.view.modules import every_module
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts
    from analyzer.report.page import Page
    from analyzer.report.result import Result


def explain(result: Result, page: Page) -> Iterator[Explained]:
    yield from _modules(result.facts, page)
    yield from _blocks(result.facts, page)


def _modules(facts: Facts, page: Page) -> Iterator[Explained]:
    """From their sub-modules, which are rows of the same table where they are large."""
    named = {label(module.path, widths.PATH): module for module in every_module(facts)}
    sure = how_sure(facts.totals)
    for index, row in enumerate(page.modules):
        place, module = f"page.modules[{index}]", named[row.path]
        if (module.macs, module.params) != (row.macs, row.params):
            continue  # another path is the same when shortened
        inner = module.children
        if row.macs:
            parts = [child.macs for child in inner]
            own = row.macs - sum(parts)
            yield Explained(f"{place}.macs", row.macs, "module",
                            tuple(added_up((n, "") for n in (*parts, own))), *sure)  # fmt: skip
        if row.params:
            parts = [child.params for child in inner]
            own = row.params - sum(parts)
            yield Explained(f"{place}.params", row.params, "module.params",
                            tuple(added_up((n, "") for n in (*parts, own))), *EXACT)  # fmt: skip


def _blocks(facts: Facts, page: Page) -> Iterator[Explained]:
    nodes = {node.id: node for node in facts.nodes}
    found = {block.nodes[0]: block for block in facts.blocks}
    for index, row in enumerate(page.blocks):
        place = f"page.blocks[{index}]"
        inside = [nodes[key] for key in found[row.nodes[0]].nodes]
        times = max(1, row.count // len(row.nodes)) if row.count % len(row.nodes) == 0 else 1
        macs = [counted_macs(node) // times for node in inside]
        if row.macs and row.macs == sum(macs):
            yield Explained(f"{place}.macs", row.macs, "block",
                            tuple(added_up((n, "") for n in macs)), *weakest(inside))  # fmt: skip
        params = [node.params for node in inside]
        if row.params and row.params == sum(params):
            yield Explained(f"{place}.params", row.params, "block.params",
                            tuple(added_up((n, "") for n in params)), *EXACT)  # fmt: skip
