"""Where models run, as text and JSON: the ``targets`` command."""

from __future__ import annotations

from dataclasses import field
from textwrap import wrap
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.records import HIDDEN, Output, shown
from analyzer.report.json import encode
from analyzer.report.result import Failure
from analyzer.report.style import Style
from analyzer.sanitise import clean, encode_lines, label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.deployment import Blocker, TargetFit
    from analyzer.facts import Facts
    from analyzer.report.result import Options

WIDTH = 80
"""Columns of the text."""
MOST_REASONS = 12
"""Reasons that are listed under the table where few targets were asked about."""


@dataclass(frozen=True, slots=True)
class ModelTargets:
    """One model and where it runs."""

    path: str
    targets: tuple[TargetFit, ...]
    """In the order in which they were asked for."""


@dataclass(frozen=True, slots=True)
class Deployments(Output):
    """Models, and where each runs."""

    items: tuple[Facts | Failure, ...] = field(metadata=HIDDEN)

    @property
    @shown
    def models(self) -> tuple[ModelTargets, ...]:
        """Models that could be read, in the order given."""
        return tuple(
            ModelTargets(item.model.path, item.targets)
            for item in self.items
            if not isinstance(item, Failure)
        )


def json(found: Deployments, options: Options) -> bytes:
    """One object, ``models`` in it."""
    return encode(found.to_dict())


def text(found: Deployments, options: Options) -> bytes:
    """A table for each model, a line for each target, and what would help."""
    style = Style(options.color)
    lines: list[str] = []
    for item in found.items:
        if lines:
            lines.append("")
        if isinstance(item, Failure):
            lines.append(f"{label(item.path)}: {style.error('cannot judge')}: {clean(item.reason)}")
        else:
            lines += _model(item, style)
    return encode_lines(lines)


def _model(facts: Facts, style: Style) -> Iterator[str]:
    fits = facts.targets
    yield style.bold(label(facts.model.path))
    width = max(map(len, ("target", *(fit.target for fit in fits))))
    yield f"  {'target':<{width}}  {'verdict':<11} {'operators':>10} {'MACs':>5}  what blocks"
    for fit in fits:
        yield _line(fit, width, style)
    if len(fits) <= 3:
        yield from _reasons(fits)
    yield from _help(fits)


def _line(fit: TargetFit, width: int, style: Style) -> str:
    share = "" if fit.macs_share is None else units.percent(fit.macs_share).replace(" %", "%")
    operators = f"{fit.supported:,}/{fit.nodes:,}"
    verdict = f"{verdict_words(fit):<11}"
    paint = {"whole": style.good, "no": style.error}.get(fit.verdict, style.warning)
    start = f"  {fit.target:<{width}}  "
    rest = f" {operators:>10} {share:>5}  "
    room = WIDTH - len(start) - len(verdict) - len(rest)
    return f"{start}{paint(verdict)}{rest}{_cut(top(fit), max(room, 8))}".rstrip()


def verdict_words(fit: TargetFit) -> str:
    """``whole``, ``in 3 parts``, ``no`` or ``maybe``; ``~`` where figures are not certain."""
    if fit.verdict == "split":
        return f"{'' if fit.certain else '~'}{units.many(fit.partitions, 'part')}"
    return fit.verdict


def top(fit: TargetFit) -> str:
    """The first blocker, and how many operators it is about."""
    return _said(fit.blockers[0], times=True) if fit.blockers else ""


def _said(blocker: Blocker, *, times: bool = False) -> str:
    """The reason, with the operator in front unless it begins with that."""
    more = f" ×{blocker.count:,}" if times and blocker.count > 1 else ""
    reason = clean(blocker.reason)
    if not blocker.op_type:
        return reason
    if blocker.reason.startswith(blocker.op_type):
        return f"{reason}{more}"
    return f"{label(blocker.op_type)}{more}: {reason}"


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"


def _reasons(fits: Iterable[TargetFit]) -> Iterator[str]:
    for fit in fits:
        if not fit.blockers:
            continue
        yield ""
        yield f"What blocks on {label(fit.name)} {label(fit.version)}:"
        for blocker in fit.blockers[:MOST_REASONS]:
            yield from _wrapped(_reason(blocker))
        if (rest := len(fit.blockers) - MOST_REASONS) > 0:
            yield f"  … and {units.many(rest, 'more reason')}"
        if fit.needs:
            yield f"  {fit.target} runs all of it from version {fit.needs} on."


def _reason(blocker: Blocker) -> str:
    where = f"{units.many(blocker.count, 'operator')}, first {label(blocker.node)}"
    place = f" ({where})" if blocker.node else ""
    doubt = "" if blocker.certain else "perhaps: "
    return f"{doubt}{_said(blocker)}{place}"


def _help(fits: Iterable[TargetFit]) -> Iterator[str]:
    helped: dict[str, list[str]] = {}
    for fit in fits:
        for edit in fit.edits:
            words = edit.verdict if edit.verdict != "split" else units.many(edit.partitions, "part")
            helped.setdefault(edit.text, []).append(f"{fit.target} {words}")
    if not helped:
        return
    yield ""
    yield "What would help (each was tried):"
    for what, results in helped.items():
        yield from _wrapped(f"{clean(what)} → {', '.join(results)}")


def _wrapped(line: str) -> list[str]:
    return wrap(line, WIDTH, initial_indent="  ", subsequent_indent="      ")
