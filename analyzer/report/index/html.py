"""Many models as one page: totals, what has no verdict, families, every model, worst first.

The page of ``check`` has their findings, that of ``report`` links to a report of each.
"""

from __future__ import annotations

from math import log10
from typing import TYPE_CHECKING, NamedTuple

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.findings.finding import Severity
from analyzer.language import _, ngettext, spoken
from analyzer.report.index.entry import IndexFigure, entry_of, failed
from analyzer.report.index.summary import SEVERITIES, families, totals_of, worst_first
from analyzer.report.index.twins import alike, told
from analyzer.report.lines import summary
from analyzer.report.notices import reported, silenced, without_verdict
from analyzer.report.rendering import environment
from analyzer.report.result import CLEAN, FINDINGS, INCONCLUSIVE, Failure, Result
from analyzer.report.script import script
from analyzer.report.uri import near
from analyzer.report.view.findings import about_use, first_of_each
from analyzer.report.view.kinds import COLORS
from analyzer.report.webface import with_letters
from analyzer.sanitise import label
from analyzer.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.report.index.entry import IndexEntry
    from analyzer.report.index.summary import IndexFamily, IndexTotals
    from analyzer.report.notices import Notice
    from analyzer.report.result import Batch, Options

BARS = 40
"""Most bars of a sparkline; of more models, as many are picked evenly."""
BAR, GAP, TALL = 6, 2, 24
DECADES = 3
ROWS = 1_000
"""Most models of a table; a page of more is slow to open, and the CSV has all of them."""
PRINTED_ROWS = 200
"""The same on paper."""
LISTED = 2_000
"""Most findings of the page of ``check``; those of the models that follow are left to the CSV."""
NAME = 80
"""Longest name of a model in a card."""
SCRIPTS = ("theme", "sort", "filter")


class IndexCard(NamedTuple):
    """One of the four headline numbers."""

    title: str
    value: str
    detail: tuple[str, ...]
    link: str = ""
    """Id of what its first detail leads to."""
    named: bool = False
    """Its details are names of models."""


@dataclass(frozen=True, slots=True)
class SparkBar:
    """One model."""

    x: int
    y: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Sparkline:
    """MACs of the models of a family, from the least to the most, on a logarithmic scale that all
    families share."""

    width: int
    height: int
    bar: int
    """Width of a bar."""
    bars: tuple[SparkBar, ...]
    alt: str


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """One family as the page shows it."""

    family: IndexFamily
    backbone: str
    """The published architecture that a part of each is, with its noun."""
    cost: str
    params: str
    most: int
    """MACs of the largest, which the table is sorted by."""
    most_params: int
    spark: Sparkline | None
    """``None`` where no cost is known."""


@dataclass(frozen=True, slots=True)
class ModelFindings:
    """What is found in one model, as the page of ``check`` lists it."""

    anchor: str
    entry: IndexEntry
    unjudged: tuple[Notice, ...]
    found: tuple[Notice, ...]
    more: Mapping[str, int]
    """By rule, how many findings of it are not listed."""
    silenced: tuple[Notice, ...]

    @property
    def speaks(self) -> bool:
        """Whether there is anything to list."""
        return bool(self.unjudged or self.found or self.silenced)


def render_index(entries: Sequence[IndexEntry], options: Options, title: str) -> bytes:
    """UTF-8: the index of the reports that ``entries`` name; ``title`` is their folder's."""
    return with_letters(index_page(entries, options, title), spoken()).encode("utf-8")


def index_page(
    entries: Sequence[IndexEntry], options: Options, title: str, *, on_paper: bool = False
) -> str:
    """The same, as text; ``on_paper``: for a PDF."""
    known = [entry.macs.value for entry in entries if entry.macs.value]
    low, high = min(known, default=1), max(known, default=1)
    rows = [_family(family, low, high) for family in families(entries)]
    return _page(
        entries, options, title=title, eyebrow=_("onnxlint index"), rows=rows, on_paper=on_paper
    )


def render_batch(batch: Batch, options: Options) -> bytes:
    """UTF-8: every model that ``check`` looked at, and its findings."""
    shown = [_shown(item, options) for item in batch.items]
    judged = {
        id(entry): item
        for entry, item in zip(shown, batch.items, strict=True)
        if isinstance(item, Result)
    }
    order = [entry for entry in worst_first(shown) if id(entry) in judged]
    found: list[ModelFindings] = []
    listed = left = 0
    for number, entry in enumerate(order, 1):
        each = _found(f"m{number}", entry, judged[id(entry)], options.text_rows)
        if each.speaks and listed < LISTED:
            found.append(each)
            listed += len(each.found) + len(each.silenced)
        else:
            left += each.speaks
    page = _page(
        shown, options, title=_("Models checked"), eyebrow=_("onnxlint check"),
        found=found, left=left, lead=summary(batch),
    )  # fmt: skip
    return with_letters(page, spoken()).encode("utf-8")


def _shown(item: Result | Failure, options: Options) -> IndexEntry:
    if isinstance(item, Failure):
        return failed(near(item.path, options.root), item.reason)
    return entry_of(item, near(item.facts.model.path, options.root), whole=False)


def _found(anchor: str, entry: IndexEntry, result: Result, most: int) -> ModelFindings:
    _, more = first_of_each(result.groups, most)
    listed: dict[str, int] = {}
    notices = []
    against = about_use(result)
    order = list(Severity)
    for notice in sorted(
        reported(result), key=lambda n: (order.index(n.severity), n.rule not in against)
    ):
        listed[notice.rule] = listed.get(notice.rule, 0) + 1
        if listed[notice.rule] <= most:
            notices.append(notice)
    unjudged = tuple(without_verdict(result, again=True))
    return ModelFindings(anchor, entry, unjudged, tuple(notices), more, tuple(silenced(result)))


def _page(
    entries: Sequence[IndexEntry],
    options: Options,
    *,
    title: str,
    eyebrow: str,
    lead: str = "",
    rows: Sequence[FamilyRow] = (),
    found: Sequence[ModelFindings] = (),
    left: int = 0,
    on_paper: bool = False,
) -> str:
    """``left``: models with findings that are not among ``found``."""
    order, totals = worst_first(entries), totals_of(entries)
    rest = [entry for entry in order if entry.reasons]
    most = PRINTED_ROWS if on_paper else ROWS
    unjudged = rest[:most]
    why = {entry.path: f"why{number}" for number, entry in enumerate(unjudged, 1)}
    devices = list(dict.fromkeys((t.device, t.name) for e in entries for t in e.times))
    return environment().get_template("index.html.j2").render(
        print=on_paper,
        lang=spoken(),
        title=title,
        eyebrow=eyebrow,
        lead=lead or in_all(totals),
        options=options,
        version=__version__,
        js=script(SCRIPTS),
        cards=_cards(totals, "unjudged" if unjudged else ""),
        entries=order[: min(options.html_rows, most)],
        models=len(order),
        anchors={each.entry.path: each.anchor for each in found},
        unjudged=unjudged,
        more_unjudged=len(rest) - len(unjudged),
        why=why,
        devices=devices,
        has_targets=any(entry.reach for entry in entries),
        less_exact=[*dict.fromkeys(t.less_exact for e in entries for t in e.times if t.less_exact)],
        device_columns=[(name, "time", "n") for _id, name in devices],
        families=rows,
        alike=told(alike(order)) if rows else "",
        found=found,
        left=left,
        colors=COLORS,
    )  # fmt: skip


def in_all(totals: IndexTotals) -> str:
    """The sentence about all models: ``3 models: 1 clean, 2 with findings; …``."""
    return _("{models}: {outcomes}.", models=units.many(totals.models, "model"),
             outcomes=", ".join(_outcomes(totals)))  # fmt: skip


def _outcomes(totals: IndexTotals) -> list[str]:
    """How many models came out how, the worst first."""
    said = (
        (totals.unread, _("{n} not read")),
        (totals.outcomes.get(INCONCLUSIVE, 0), _("{n} judged in part")),
        (totals.outcomes.get(FINDINGS, 0), _("{n} with findings")),
        (totals.outcomes.get(CLEAN, 0), _("{n} clean")),
    )
    return [text.format(n=units.count(number)) for number, text in said if number]


def figure(value: IndexFigure, unit: str = "") -> str:
    """A total in words: ``at least 5 MMAC``; ``unit`` is ``B`` for bytes.

    >>> from analyzer.report.index.entry import IndexFigure
    >>> figure(IndexFigure(2048), "B"), figure(IndexFigure(5_000_000, True), "MAC")
    ('2 KiB', 'at least 5 MMAC')
    """
    if value.value is None:
        return units.count(None)
    text = units.size(value.value) if unit == "B" else units.si(value.value, unit)
    return _("at least {figure}", figure=text) if value.least else text


def _cards(totals: IndexTotals, unjudged: str) -> list[IndexCard]:
    """The four numbers at the top; ``unjudged`` is where models without a verdict are listed."""
    found = units.count(sum(totals.counts.values()))
    errors, warnings, infos = (totals.counts[word] for word in SEVERITIES)
    severities = (
        *((units.many(errors, "error"),) if errors else ()),
        *((units.many(warnings, "warning"),) if warnings else ()),
        *((units.many(infos, "info"),) if infos else ()),
    )
    trust = [_("{n} of them about trust", n=units.count(totals.trust))] if totals.trust else []
    silent = [_("{n} more not reported", n=units.count(totals.silenced))] if totals.silenced else []
    return [
        IndexCard(_("Models"), units.count(totals.models), tuple(_outcomes(totals)), unjudged),
        IndexCard(
            _("Findings"),
            _("at least {figure}", figure=found) if totals.findings_least else found,
            (*severities, *trust, *silent),
        ),
        IndexCard(
            _("Compute of all"),
            figure(totals.macs, "MAC"),
            (
                _("{figure} parameters", figure=figure(totals.params)),
                _("{figure} of weights", figure=figure(totals.weight_bytes, "B")),
                *_absent(totals),
            ),
        ),
        IndexCard(
            _("Largest peak of activations"),
            figure(totals.peak_bytes, "B"),
            _peak_details(totals),
            named=True,
        ),
    ]


def _absent(totals: IndexTotals) -> Iterator[str]:
    """What of the weights is in none of the files."""
    unseen = totals.unseen_bytes
    if unseen.value or unseen.least:
        size = figure(unseen if unseen.value else IndexFigure(None), "B")
        yield _("{figure} of external data missing or unreadable", figure=size)
    if totals.unstored_bytes:
        size = units.size(totals.unstored_bytes)
        yield _("{figure} of weights in no file, but made when models run", figure=size)


def _peak_details(totals: IndexTotals) -> tuple[str, ...]:
    """Whose the largest peak is, and that others may be larger."""
    if not totals.peak_of:
        return ()
    n = totals.peaks_open
    open_ = ngettext("{n} other model has no exact peak", "{n} other models have no exact peak", n)
    return (label(totals.peak_of, NAME), *((open_,) if n else ()))


def _family(family: IndexFamily, low: int, high: int) -> FamilyRow:
    members = family.members
    backbone = family.backbone
    return FamilyRow(
        family,
        _("{name} backbone", name=backbone) if backbone else "",
        _range([m.macs for m in members], "MAC"),
        _learned(members),
        max((m.macs.value or 0 for m in members), default=0),
        max((m.params.value or 0 for m in members), default=0),
        _spark(members, low, high),
    )


def _learned(members: Sequence[IndexEntry]) -> str:
    """Parameters of the models in tensors, and that others hold what they have in attributes."""
    inside = {member.inside for member in members if member.inside}
    stored = [member.params for member in members if not member.inside]
    if not inside:
        return _range(stored, "")
    if stored:
        return _("{range}, others in attributes", range=_range(stored, ""))
    return inside.pop() if len(inside) == 1 else _("in attributes")


def _range(figures: Sequence[IndexFigure], unit: str) -> str:
    """The least and the most of several figures; a minimum between them may be more than the
    most, but not less than the least."""
    known = [(figure.value, figure.least) for figure in figures if figure.value is not None]
    if not known:
        return units.count(None)
    first, last = min(known), max(known)
    low, high = units.si(first[0], unit), units.si(last[0], unit)
    least = any(figure.least for figure in figures)
    if low == high:
        return _("at least {figure}", figure=low) if least else low
    text = _("{low} to {high}", low=low, high=high)
    return _("{range} or more", range=text) if least else text


def _spark(members: Sequence[IndexEntry], low: int, high: int) -> Sparkline | None:
    """A bar for each model of known cost; ``low`` and ``high`` are those of all families."""
    known = [member for member in members if member.macs.value]
    if not known:
        return None
    picked = known
    if len(known) > BARS:
        picked = [known[n * (len(known) - 1) // (BARS - 1)] for n in range(BARS)]
    bars = []
    for n, member in enumerate(picked):
        tall = _tall(member.macs.value or 1, low, high)
        title = f"{member.shown}: {figure(member.macs, 'MAC')}"
        bars.append(SparkBar(n * (BAR + GAP), round(TALL - tall, 1), round(tall, 1), title))
    first, last = figure(picked[0].macs, "MAC"), figure(picked[-1].macs, "MAC")
    alt = _("MACs of {models}, from {first} to {last}", models=units.many(len(known), "model"),
            first=first, last=last)  # fmt: skip
    return Sparkline(len(picked) * (BAR + GAP) - GAP, TALL, BAR, tuple(bars), alt)


def _tall(macs: int, low: int, high: int) -> float:
    """Height of a bar: the order of magnitude, the least of all a tenth of the most; the scale has
    ``DECADES`` at least, so that a little more is not drawn as a lot more."""
    decades = max(log10(high / low), DECADES)
    return TALL * (1 - 0.9 * log10(high / macs) / decades)
