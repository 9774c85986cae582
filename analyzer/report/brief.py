"""A report in a few lines: what a terminal shows once its pages are written.

The words are those of the first page, made of the same claims.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _, speaking
from analyzer.report import advised, words
from analyzer.report.cards import cards
from analyzer.report.index.html import in_all
from analyzer.report.index.summary import totals_of, worst_first
from analyzer.report.view.action import Action
from analyzer.report.view.findings import training
from analyzer.report.view.gains import unlocking
from analyzer.report.view.options.form import lighter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.report.index.entry import IndexEntry
    from analyzer.report.page import FirstStep, Page
    from analyzer.report.sheet import Sheet
    from analyzer.report.view.options import SmallerForm

WORST = 5
"""Models that the lines about an index name."""


def brief(sheet: Sheet, headline: str) -> list[str]:
    """Verdict, four numbers, and what to do first, each alternative in a line.

    ``headline`` is ``macs`` or ``flops``. Raises ``ModelError`` where the report is not one.
    """
    page = sheet.page
    with speaking(page.lang):
        said = words.say(sheet.claims)
        lines = [f"{page.title}: {said['verdict']}"]
        for card in cards(sheet.claims, headline):
            whole = card.claim in ("compute", "parameters")
            said_of = card.detail if whole else card.detail[:1]
            detail = f" ({', '.join(said_of)})" if said_of else ""
            lines.append(f"  {card.title}: {card.value}{detail}")
        lines += (f"  {said[claim]}" for claim in ("vendor", "trust") if claim in said)
        lines += (line for n, step in enumerate(page.first, 1) for line in _step(n, step, page))
        if not page.first:
            lines.append(f"  {said['actions']}")
        return lines


def brief_index(entries: Sequence[IndexEntry]) -> list[str]:
    """How many models came out how, and the worst of them."""
    order = worst_first(entries)
    lines = [in_all(totals_of(entries))]
    lines += (f"  {entry.path}: {_verdict(entry)}" for entry in order[:WORST])
    if len(order) > WORST:
        more = units.count(len(order) - WORST)
        lines.append("  " + _("and {n} more in the index", n=more))
    return lines


def _verdict(entry: IndexEntry) -> str:
    return entry.verdict or "; ".join(entry.reasons)


def _step(n: int, step: FirstStep, page: Page) -> Iterator[str]:
    if step.tool:
        titles = "; ".join(f"{each.title}{advised.part(each)}" for each in step.of)
        yield f"  {n}. {advised.tidying(step)}; {advised.weight(step)}: {titles}"
    elif len(step.of) == 1:
        yield f"  {n}. {_told(step.of[0], page)}"
    else:
        yield f"  {n}. {_(advised.CHOICE)}"
        yield from (f"     - {_told(each, page)}" for each in step.of)


def _told(each: Action | SmallerForm, page: Page) -> str:
    figures = list(_asks(each, page) if isinstance(each, Action) else _leaves(each, page))
    if each.training != "none":
        figures.insert(0, training(each.training))
    return "; ".join([each.title, *figures])


def _asks(action: Action, page: Page) -> Iterator[str]:
    """What acting on a rule saves, or what hangs on it."""
    if action.rests is not None:
        yield advised.resting(action)
    if action.macs:
        macs, whole = units.si(action.macs, "MAC"), page.whole
        yield (_("saves {macs} ({share})", macs=macs, share=units.percent(action.macs / whole))
               if whole else _("saves {macs}", macs=macs))  # fmt: skip
    if action.stored:
        yield _("{bytes} less to store", bytes=units.size(action.stored))
    if action.traffic:
        moved = advised.moving(action.traffic, action.traffic_now)
        itself = advised.by_itself(action.traffic_loaded, action.traffic)
        yield f"{moved} ({itself})" if itself else moved
    if action.peak_folded is not None:
        yield advised.lowering(action)
    if won := unlocking(action):
        yield won
    if slower := advised.slowing(action):
        yield slower


def _leaves(form: SmallerForm, page: Page) -> Iterator[str]:
    """What is left of a model in a smaller form."""
    if form.macs is not None and page.whole:
        macs, share = units.si(form.macs, "MAC"), units.percent(form.macs / page.whole)
        yield _("leaves {macs} ({share})", macs=macs, share=share)
    elif form.macs is not None and page.macs:
        yield _("leaves {macs}", macs=page.bounded(units.si(form.macs, "MAC")))
    if weights := lighter(form):
        yield weights
    if file := advised.in_file(form):
        yield file
