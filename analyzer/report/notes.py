"""Explanations as notes of a page: what a number leads to."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.language import _
from analyzer.report.view.explained import certainty_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from analyzer.report.page import Page
    from analyzer.report.view.explained import Explained

PRINTED = (
    "totals.macs", "totals.flops", "totals.params", "totals.weight_bytes",
    "claims.memory.peak.fused_bytes", "memory.peak_bytes", "claims.saving.macs",
    "page.conversion_totals[0].macs_after",
)  # fmt: skip
"""Numbers that have a note on paper."""
MARKS = "abcdefghijklmnopqrstuvwxyz"
"""Marks of notes: letters, as a raised digit is one more digit of a number that is copied."""
WORTH = 2
"""How many times as long as what says so instead is what is not said again."""
_LONG = re.compile(r"(?<![\d.])\d{4,}(?![\d.]*\.\d)")
SHARES = ("share.macs", "share.params", "share.operators", "sum")
"""Kinds of numbers that are shares of one whole."""
BEFORE = {
    ".macs_share": ".macs", ".params_share": ".params", ".share": ".macs", ".shares": ".macs",
    ".left": ".macs_after",
}  # fmt: skip
"""Shares that stand behind what they are shares of."""
_SHARE = re.compile(r"\.(?:(?:macs|params)_share|shares?|left)(?=$|\[\d+\]$)")
_FORMULA = re.compile(r"formulas\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Note:
    """How one kind of number comes about."""

    anchor: str
    title: str
    formula: str
    example: str
    """The formula with the values of the first such number, or of the only one."""
    sure: str
    """How sure its numbers are; empty where they are exact."""
    source: str
    whole: str = ""
    """What its numbers are shares of, where that is the same for them: their marks leave it out."""
    rows: int = 1
    """Notes from this one on that have its source; 0 where one above says it."""
    again: str = ""
    """What its row says instead of ``sure``, which is long, where the note above says it."""


@dataclass(frozen=True, slots=True)
class NoteMark:
    """A number that explains itself."""

    anchor: str
    """Of its note."""
    mark: str
    """Of the note on paper; empty on a screen."""
    spelled: str
    """Its formula with the model's values. Empty where the note has it as its example; where the
    number is a value that has no parts; and for the share that the number before it is of the
    note's whole."""
    total: str
    """What comes out, with all digits of a count."""
    sure: str | None
    """How sure it is, where its note says otherwise."""
    is_example: bool = False
    """The note has its values."""
    at: str = ""
    """Stops of the sliders whose figures are its values, which the script adds up."""


@dataclass(frozen=True, slots=True)
class Notes:
    """All of a page."""

    notes: tuple[Note, ...]
    links: Mapping[str, NoteMark]
    """By the place of the number, such as ``totals.macs``."""

    @property
    def remarks(self) -> dict[str, list[str]]:
        """What paper says of several notes at once, how sure they are, with their marks."""
        found: dict[str, list[str]] = {}
        for mark, note in zip(MARKS, self.notes, strict=False):
            if note.sure:
                found.setdefault(note.sure, []).append(mark)
        return found


def on_screen(page: Page) -> Notes:
    """Every number leads to the note of its kind, or to the formula of its operator."""
    kinds: dict[str, list[Explained]] = {}
    for each in page.explained:
        kinds.setdefault(each.by, []).append(each)
    known = [way for way in page.reckonings if way.id in kinds]
    sources = {way.source: [each for each in known if each.source == way.source] for way in known}
    ways = [way for same in sources.values() for way in same]
    rows = {same[0].id: len(same) for same in sources.values()}
    anchors = {way.id: f"y-{n}" for n, way in enumerate(ways)}
    usual = {by: Counter(map(_sure, some)).most_common(1)[0][0] for by, some in kinds.items()}
    wholes = {by: _whole(some) for by, some in kinds.items() if by in SHARES}
    again = _again([usual[way.id] for way in ways], page.explained)
    notes = tuple(
        Note(anchors[way.id], way.title, way.formula, _in_full(kinds[way.id][0]), usual[way.id],
             way.source, grouped(wholes.get(way.id, "")), rows.get(way.id, 0), brief)
        for way, brief in zip(ways, again, strict=True)
    )  # fmt: skip
    values = {each.number: each.value for each in page.explained}
    stops = _stops(page, values)
    links = {}
    for each in page.explained:
        row = _FORMULA.fullmatch(each.by)
        anchor = f"y-f{row[1]}" if row else anchors.get(each.by)
        if anchor is not None:
            text = _briefly(each, wholes.get(each.by, ""), values)
            # A formula's row says nothing of certainty.
            said, sure = "" if row else usual[each.by], _sure(each)
            is_example = bool(text) and row is None and _alike(each, kinds[each.by][0])
            links[each.number] = NoteMark(
                anchor, "", "" if is_example else text, worded(each),
                sure if sure != said else None, is_example,
                stops.get(each.number, ""),
            )  # fmt: skip
    return Notes(notes, links)


def _again(texts: Iterable[str], of: Iterable[Explained]) -> Iterator[str]:
    """For each note ``Assumed: as above.``, where the last that said anything said the same."""
    kinds = {_sure(each): each.certainty for each in of}
    above = ""
    for text in texts:
        brief = certainty_words(kinds[text], _("as above")) if text else ""
        yield brief if text == above and len(text) > WORTH * len(brief) else ""
        above = text or above


def _stops(page: Page, values: Mapping[str, int | float]) -> dict[str, str]:
    """MACs at other sizes whose sum by kind is that of stops, by the place of the number."""
    sizes, stops = page.what_if, page.what_if.stops
    if stops is None:
        return {}
    sides = {units.shape(each) if each else "": at for at, each in enumerate(stops.sides)}
    widths, depths = ({f"{stop:g}": at for at, stop in enumerate(each)}
                      for each in (stops.widths, stops.depths))  # fmt: skip
    width, _, depth = stops.today
    cells: list[tuple[str, int | None, int | None]] = [
        *((f"page.what_if.rows[{n}]", widths.get(row.width), depth)
          for n, row in enumerate(sizes.rows)),
        *((f"page.what_if.depths[{n}]", width, depths.get(row.depth))
          for n, row in enumerate(sizes.depths)),
    ]  # fmt: skip
    found = {}
    for place, wide, deep in cells:
        if wide is None or deep is None:
            continue
        for n, column in enumerate(sizes.columns):
            number, side = f"{place}.macs[{n}]", sides.get(column.sides)
            if side is not None and values.get(number) == stops.macs_at(wide, side, deep):
                found[number] = f"{wide} {side} {deep}"
    return found


def _whole(shares: Iterable[Explained]) -> str:
    """What most of ``shares`` divide by."""
    texts = (each.summands[0].text.partition(" / ")[2] for each in shares)
    return Counter(texts).most_common(1)[0][0]


def _alike(one: Explained, other: Explained) -> bool:
    """Whether both say the same, as a number of a sentence does of one in a table."""
    return (one.value, one.summands) == (other.value, other.summands)


def _briefly(each: Explained, whole: str, values: Mapping[str, int | float]) -> str:
    """``spelled`` without what a reader gets from elsewhere; see ``NoteMark.spelled``."""
    text = spelled(each)
    if whole and text.endswith(f" / {grouped(whole)}"):
        part = each.summands[0].text.partition(" / ")[0]
        before = _SHARE.sub(lambda found: BEFORE[found[0]], each.number)
        if before != each.number and str(values.get(before)) == part:
            return ""
        return grouped(part)
    return "" if _is_whole(each, text) else text


def on_paper(page: Page) -> Notes:
    """The numbers that matter most have a note each."""
    ways = {way.id: way for way in page.reckonings}
    found = {each.number: each for each in page.explained if each.by in ways}
    notes: list[Note] = []
    links = {}
    for number in PRINTED:
        each = found.get(number)
        if each is not None and each.value and _is_read(number, page, found):
            way, mark = ways[each.by], MARKS[len(notes)]
            links[number] = NoteMark(f"y-{mark}", mark, "", "", None)
            notes.append(Note(f"y-{mark}", way.title, way.formula, _in_full(each), _sure(each),
                              way.source))  # fmt: skip
    return Notes(tuple(notes), links)


def _is_read(number: str, page: Page, found: Mapping[str, Explained]) -> bool:
    """Whether paper has the number."""
    if number.startswith("page.conversion_totals"):
        return bool(page.conversions)
    if number == "claims.memory.peak.fused_bytes":
        written = found.get("memory.peak_bytes")
        return written is not None and written.value != found[number].value
    return True


def spelled(each: Explained) -> str:
    """``2 · 4,089,184,256 (MACs) + 20,480 (Relu)``."""
    text = ""
    for part in each.summands:
        own = grouped(part.text)
        own = f"{own} ({part.label})" if part.label else own
        sign = "−" if own.startswith("−") else "+"
        text += f" {sign} {own.removeprefix('−')}" if text else own
    return text or "0"


def worded(each: Explained) -> str:
    """The number as the page shows it, with all its digits where it is a count."""
    if isinstance(each.value, int):
        return units.count(each.value)
    if each.by.partition(".")[0] == "time":
        return units.seconds(each.value)
    if each.by == "snr":
        return f"{each.value:.1f} dB"
    if each.by == "layer.intensity":
        return units.number(each.value, "FLOP/B")
    return units.si(each.value) if each.by in ("rate", "per") else units.percent(each.value)


def _in_full(each: Explained) -> str:
    text, total = spelled(each), worded(each)
    return total if text == total or _is_whole(each, text) else f"{text} = {total}"


def _is_whole(each: Explained, text: str) -> bool:
    """Whether a number has no parts, so that its digits would stand before themselves."""
    return isinstance(each.value, float) and text == repr(each.value)


def grouped(text: str) -> str:
    """Arithmetic with its long numbers grouped by thousands.

    >>> grouped("2 · 4089184256 + 1024 / 19.5")
    '2 · 4,089,184,256 + 1,024 / 19.5'
    """
    return _LONG.sub(lambda found: f"{int(found[0]):,}", text)


def _sure(each: Explained) -> str:
    return certainty_words(each.certainty, each.reason)
