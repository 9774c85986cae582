"""Shares of parts, and what acting on findings saves."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from analyzer.report.explained.sums import EXACT, added_up, how_sure, weakest
from analyzer.report.view.devices import main_device
from analyzer.report.view.explained import Explained, Summand
from analyzer.report.view.pace import paces
from analyzer.sanitise import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts
    from analyzer.report.page import Page
    from analyzer.report.result import Result


def explain(result: Result, page: Page) -> Iterator[Explained]:
    yield from _parts(result.facts, page)
    for index, (row, fit) in enumerate(zip(page.targets, result.facts.targets, strict=False)):
        place = f"page.targets[{index}]"
        if fit.nodes:
            text = f"{fit.supported} / {fit.nodes}"
            yield Explained(f"{place}.share", row.share, "share.operators",
                            (Summand(text),), *EXACT)  # fmt: skip
        if row.macs:
            whole = result.facts.totals.macs
            part = round(row.macs * whole)
            text = f"{part} / {whole}" if whole and part / whole == row.macs else repr(row.macs)
            yield Explained(f"{place}.macs", row.macs, "share.macs", (Summand(text),),
                            *how_sure(result.facts.totals))  # fmt: skip
    yield from _savings(result, page)


def _parts(facts: Facts, page: Page) -> Iterator[Explained]:
    """Shares of kinds of blocks, shapes of layers and modules."""
    total, sure = facts.totals.macs, how_sure(facts.totals)
    for index, kind in enumerate(page.block_kinds):
        if kind.macs and kind.share is not None:
            text = Summand(f"{kind.macs} / {total}")
            yield Explained(f"page.block_kinds[{index}].share", kind.share, "share.macs",
                            (text,), *sure)  # fmt: skip
    for index, layer in enumerate(page.layers):
        if layer.share:
            text = Summand(f"{layer.macs} / {total}")
            place = f"page.layers[{index}]"
            yield Explained(f"{place}.share", layer.share, "share.macs", (text,), *sure)
    if facts.totals.whole:
        for index, so_far in enumerate(accumulate(layer.macs for layer in page.layers)):
            yield Explained(f"page.layers[{index}].sum", so_far / total, "sum",
                            (Summand(f"{so_far} / {total}"),), *sure)  # fmt: skip
    for index, row in enumerate(page.modules):
        if row.share and facts.modules is not None:
            text = Summand(f"{row.macs} / {facts.modules.macs}")
            yield Explained(f"page.modules[{index}].share", row.share, "share.macs",
                            (text,), *sure)  # fmt: skip


def _savings(result: Result, page: Page) -> Iterator[Explained]:
    """What the places of a rule save, and a row of those that are alike."""
    found: dict[str, dict[str, int]] = {}
    timed = {label(rule): each for rule, each in paces(result, main_device(result.devices)).items()}
    for finding in result.places:
        if finding.saving is not None:
            found.setdefault(label(finding.rule), {})[finding.node] = finding.saving.macs
    nodes = {node.id: node for node in result.facts.nodes}
    for index, group in enumerate(page.groups):
        saved, place = found.get(group.rule, {}), f"page.groups[{index}]"
        sure = weakest(nodes[node] for node in saved if node in nodes)
        if group.macs:
            slow = timed[group.rule].left_out
            parts = tuple(added_up((macs, "") for node, macs in saved.items() if node not in slow))
            yield Explained(f"{place}.macs", group.macs, "finding", parts, *sure)
        for number, row in enumerate(group.places):
            own = [saved[node] for node in dict.fromkeys(row.nodes) if node in saved]
            if row.macs and row.macs == sum(own):
                parts = tuple(added_up((macs, "") for macs in own))
                yield Explained(f"{place}.places[{number}].macs", row.macs, "finding", parts, *sure)
