"""What to do first of what could be better, as the first sentence names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer import units
from analyzer.language import _
from analyzer.report.view.gains import dearer, unlocking
from analyzer.report.view.height import impact_of_step
from analyzer.report.view.options.form import (
    LEVELS,
    MOMENT,
    NOTABLE,
    WORTHWHILE,
    Level,
    SmallerForm,
    impact_of,
    level_of,
    lighter,
)
from analyzer.report.view.steps import first, left, promises, worth

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from analyzer.report.view.action import Action

CACHED = "kv-cache"
"""The form that computes a token at a time."""
MOST_NAMED = 2
"""Alternatives that the first sentence names, and steps of medium impact."""
TRAINED, FREE, MEDIUM = "trained", "free", "medium"
"""In which words the first sentence names steps: of high impact with and without training; without
such, those of medium impact."""


class Lead(NamedTuple):
    """A step that the first sentence may name."""

    of: tuple[Action | SmallerForm, ...]
    """What of it is of more than low impact."""
    impact: Level
    tool: str
    """The command that does all of it; empty for none."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Rules and forms."""
        return tuple(_id(each) for each in self.of)

    @property
    def trains(self) -> bool:
        """Whether it takes training, whichever is chosen."""
        return all(each.training != "none" for each in self.of)


class LeadTitle(NamedTuple):
    """One thing to do, as the first sentence names it."""

    id: str
    step: int
    """Those of one step are alternatives."""
    title: str
    brings: str
    """What it brings and what warns of it, in a few words; empty where there is neither."""


def leads_of(asks: tuple[Action, ...], forms: tuple[SmallerForm, ...]) -> tuple[Lead, ...]:
    """Of what to do first, in its order, what is worth the first sentence."""
    found: dict[str, Action | SmallerForm] = {form.id: form for form in forms}
    found |= {ask.rule: ask for ask in asks}
    leads = []
    for step in first(asks, forms):
        if of := worth(step, found):
            leads.append(Lead(of, impact_of_step(step, found), step.tool))
        elif (told := _before_sharing([found[name] for name in step.ids])) is not None:
            leads.append(told)
    return tuple(leads)


def _before_sharing(of: Sequence[Action | SmallerForm]) -> Lead | None:
    """What is to go before a model is handed on, where that saves many bytes, too: it stands among
    the first for another reason than its impact."""
    for each in of:
        if not isinstance(each, SmallerForm) and each.shares:
            impact = impact_of(0, 0, each.stored, each.stored_now)
            if impact != "low":
                return Lead((each,), impact, "")
    return None


def chosen(leads: Sequence[Lead], told: Collection[str] = ()) -> tuple[str, tuple[Lead, ...]]:
    """In which words, and which of them: all that bring much without training; else with it; else
    what is of medium impact. ``told``: rules whose saving another sentence tells."""
    left = [lead for lead in leads if not {*lead.ids} & {*told}]
    high = [lead for lead in left if lead.impact == "high"]
    if free := [lead for lead in high if not lead.trains]:
        return FREE, tuple(free)
    if high:
        return TRAINED, tuple(high)
    medium = tuple(lead for lead in left if lead.impact == "medium")[:MOST_NAMED]
    return (MEDIUM, medium) if medium else ("", ())


def titles(leads: Iterable[Lead], *, figures: bool) -> tuple[LeadTitle, ...]:
    """Each with what it brings; ``figures``: by how much, and not only what warns of it. The device
    of the times is told once."""
    found: list[LeadTitle] = []
    timed = False
    for number, lead in enumerate(leads):
        if lead.tool:
            title = _("Clean up with {tool}", tool=lead.tool)
            found.append(LeadTitle(lead.ids[0], number, title, _cleaned(lead) if figures else ""))
            continue
        for each in lead.of[:MOST_NAMED]:
            says = (_figure(each, told=timed) if figures else "", *_cautions(each))
            timed = timed or (figures and isinstance(each, SmallerForm) and _is_timed(each))
            found.append(LeadTitle(_id(each), number, _does(each), "; ".join(filter(None, says))))
    return tuple(found)


def _id(each: Action | SmallerForm) -> str:
    return each.id if isinstance(each, SmallerForm) else each.rule


def _does(each: Action | SmallerForm) -> str:
    """What to do, without the place."""
    return each.title if isinstance(each, SmallerForm) else each.does


def _figure(each: Action | SmallerForm, *, told: bool) -> str:
    """What its impact rests on: of a form the time or the file; of what a rule asks for targets
    that it wins, compute or bytes. ``told``: the device of the times."""
    if not isinstance(each, SmallerForm):
        return unlocking(each) or _saved(each)
    if each.id == CACHED and each.macs_share is not None:
        return _("leaves {share} of compute for each token after the prompt",
                 share=units.percent(each.macs_share))  # fmt: skip
    if _is_timed(each):
        now, then = units.seconds(each.seconds_now), units.seconds(each.seconds)
        if told:
            return _("bound {now} → {then}", now=now, then=then)
        return _("bound {now} → {then} on {device}", now=now, then=then, device=each.device)
    if each.file_now is not None and each.file_bytes is not None:
        if each.file_now - each.file_bytes < NOTABLE * each.file_now:
            return ""
        return _("file {now} → {then}",
                 now=units.size(each.file_now), then=units.size(each.file_bytes))  # fmt: skip
    return lighter(each) if (each.weight_bytes or 0) < each.bytes_now else ""


def _is_timed(form: SmallerForm) -> bool:
    """Whether its impact rests on the time: on no less of it than of the bytes, where a run takes
    more than a moment."""
    if form.seconds is None or (form.seconds_now or 0.0) < MOMENT or form.id == CACHED:
        return False
    return LEVELS.index(level_of(1 - left(form))) <= LEVELS.index(form.impact)


def _saved(ask: Action) -> str:
    """How much less there is to compute, to store or to move."""
    if ask.macs_share is not None and ask.macs_share >= NOTABLE:
        return _("{share} less to compute", share=units.percent(ask.macs_share))
    if ask.stored >= WORTHWHILE:
        return _("{bytes} less to store", bytes=units.size(ask.stored))
    return ""


def _cleaned(lead: Lead) -> str:
    """The same of all that one command does, without what a runtime saves itself."""
    done = [each for each in lead.of if not isinstance(each, SmallerForm)]
    stored = sum(each.stored for each in done if each.tool == lead.tool)
    moved = sum(each.traffic - each.traffic_loaded for each in done if each.tool == lead.tool)
    if stored >= WORTHWHILE:
        return _("{bytes} less to store", bytes=units.size(stored))
    return _("{bytes} less to move", bytes=units.size(moved)) if moved >= WORTHWHILE else ""


def _cautions(each: Action | SmallerForm) -> tuple[str, ...]:
    if not isinstance(each, SmallerForm):
        return (dearer(each),)
    if each.grows:
        return (_("larger file"), *each.cautions)
    return each.cautions


class SavedPart(NamedTuple):
    """How much of the file, or of the weights, what is named first saves."""

    of: str
    """``file`` or ``weights``; empty for nothing."""
    share: float
    title: str


def part_of(leads: Iterable[Lead]) -> SavedPart:
    """Of the first that saves so many bytes that it is worth a figure of its own."""
    for lead in leads:
        for each in () if lead.tool else lead.of:
            if isinstance(each, SmallerForm):
                file = each.file_now is not None and each.file_bytes is not None
                now = each.file_now if file else each.bytes_now
                then = each.file_bytes if file else each.weight_bytes
            else:
                file, now, then = True, each.file_now, each.file_now - each.stored
            share = 1 - then / now if now and then is not None else 0.0
            if share >= NOTABLE:
                return SavedPart("file" if file else "weights", share, _does(each))
    return SavedPart("", 0.0, "")


def untrained_saving(asks: Iterable[Action], named: Collection[str]) -> Action | None:
    """What saves most compute of what rules ask for that no training follows, where that is a
    notable share and ``named`` has it not."""
    found = [ask for ask in asks if ask.training == "none" and promises(ask)
             and (ask.macs_share or 0.0) >= NOTABLE and ask.rule not in named]  # fmt: skip
    return max(found, key=lambda ask: ask.macs, default=None)
