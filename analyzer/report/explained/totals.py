"""The numbers of the first page: totals, and what each kind of layer has of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.facts import Certainty
from analyzer.language import _, term
from analyzer.report.claims.cost import best_savings, has_share
from analyzer.report.explained.sums import EXACT, added_up, how_sure, sized, weakest
from analyzer.report.view.explained import Explained, Summand
from analyzer.report.view.kinds import counted_flops, counted_macs
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Facts, Node
    from analyzer.report.explained.sums import Sureness
    from analyzer.report.page import Page
    from analyzer.report.result import Result


def explain(result: Result, page: Page) -> Iterator[Explained]:
    facts = result.facts
    totals, stored = facts.totals, facts.parameters
    sure = how_sure(totals)
    kinds = _kinds(totals.macs_by_kind)
    if len(totals.macs_by_kind) == 1:  # whose sum would say nothing: its layers do
        kinds = ((counted_macs(node), "") for node in facts.nodes)
    by_kind = tuple(added_up(kinds))
    yield Explained("totals.macs", totals.macs, "macs", by_kind, *sure)
    if not totals.flops_complete:
        sure = Certainty.LOWER_BOUND, _("some of the operators have unknown FLOPs")
    yield Explained("totals.flops", totals.flops, "flops", tuple(_flops(facts)), *sure)
    held = how_sure(stored)
    params = added_up(_kinds(totals.params_by_kind))
    yield Explained("totals.params", stored.weights, "params", tuple(params), *held)
    sizes = sized(stored.bytes_by_dtype)
    yield Explained("totals.weight_bytes", stored.weight_bytes, "bytes", sizes, *held)
    yield from _saving(result)
    yield from _shares(facts, page)


def _kinds(counts: Mapping[str, int]) -> Iterator[tuple[int, str]]:
    return ((count, label(term(kind), widths.TERM)) for kind, count in counts.items())


def _flops(facts: Facts) -> Iterator[Summand]:
    macs = facts.totals.macs
    if macs:
        yield Summand(f"2 · {macs}", _("MACs"))
    other: dict[str, int] = {}
    for node in facts.nodes:
        rest = counted_flops(node) - 2 * counted_macs(node)
        other[node.op_type] = other.get(node.op_type, 0) + rest
    yield from added_up((rest, label(op, widths.TERM)) for op, rest in other.items())


def _saving(result: Result) -> Iterator[Explained]:
    best = best_savings(result)
    if result.facts.totals.certainty is Certainty.UNKNOWN:  # and then it is withheld
        return
    macs = sum(saved for saved, _params, _rule in best.values())
    if not macs:
        return
    sure = weakest(node for node in result.facts.nodes if node.id in best)
    parts = tuple(added_up((saved, rule) for saved, _params, rule in best.values()))
    yield Explained("claims.saving.macs", macs, "saving", parts, *sure)
    if has_share(result.facts.totals):
        yield from _share("claims.saving.share", macs, result.facts.totals.macs, "macs", sure)


def _shares(facts: Facts, page: Page) -> Iterator[Explained]:
    nodes: dict[str, list[Node]] = {}
    for node in facts.nodes:
        if not node.composite:
            nodes.setdefault(label(term(node.kind), widths.TERM), []).append(node)
    named = {row.kind for row in page.shares}
    others = [node for kind, some in nodes.items() if kind not in named for node in some]
    all_macs = sum(facts.totals.macs_by_kind.values())
    all_params = sum(facts.totals.params_by_kind.values())
    for index, row in enumerate(page.shares):
        place = f"page.shares[{index}]"
        mine = nodes.get(row.kind, others)
        said = [label(node.op_type, widths.TERM) if mine is others else "" for node in mine]
        if row.macs:
            sure = weakest(node for node in mine if node.macs)
            parts = added_up(zip(map(counted_macs, mine), said, strict=True))
            yield Explained(f"{place}.macs", row.macs, "kind.macs", tuple(parts), *sure)
            if row.macs_share is not None:
                yield from _share(f"{place}.macs_share", row.macs, all_macs, "macs", sure)
        if row.params:
            parts = added_up(zip([node.params for node in mine], said, strict=True))
            yield Explained(f"{place}.params", row.params, "kind.params", tuple(parts), *EXACT)
            yield from _share(f"{place}.params_share", row.params, all_params, "params", EXACT)


def _share(place: str, part: int, whole: int, what: str, sure: Sureness) -> Iterator[Explained]:
    parts = (Summand(f"{part} / {whole}"),)
    yield Explained(place, part / whole, f"share.{what}", parts, *sure)
