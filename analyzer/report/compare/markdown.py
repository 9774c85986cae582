"""What changed between two models, for a comment on a pull request: the verdict first.

Everything from the models goes through ``sanitise.markdown`` or ``markdown_code``: no mention, no
reference, no link, no HTML and no command of theirs reaches the comment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.findings.group import group
from analyzer.language import _, ngettext, retold, term
from analyzer.report.compare.rows import (
    elsewhere,
    measures,
    row,
    turnover,
    uncovered,
    weights_note,
)
from analyzer.report.compare.words import say, verdict
from analyzer.sanitise import encode_text, markdown, markdown_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.findings.finding import Finding
    from analyzer.report.compare.pair import Pair
    from analyzer.report.result import Options

MOST = 65_536
"""Characters of a comment at GitHub."""
ROOM = 400
"""Left for what closes the comment."""
FINDINGS = 20
"""Findings that came, listed open; the rest, and those that went, are folded."""
ROWS = 200
"""Operators listed."""
LONGEST = 400
"""Characters of a message."""


class _Comment:
    """Text up to a size; once something did not fit, nothing of its sort does any more."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)

    def fill(self, lines: Iterator[str]) -> int:
        """Lines as far as they fit; how many did not."""
        left = 0
        for line in lines:
            if left or self.size + len(line) > MOST - ROOM:
                left += 1
            else:
                self.add(line)
        return left


def markdown_comment(pair: Pair, options: Options) -> bytes:
    """UTF-8, at most ``MOST`` characters."""
    comment = _Comment()
    old, new = (markdown_code(result.facts.model.path) for result in (pair.old, pair.new))
    comment.add(f"## onnxlint: {_prose(verdict(pair.comparison))}\n\n{old} → {new}\n\n")
    lines = [*_gates(pair), *_headlines(pair), *_doubts(pair)]
    for line in lines:
        comment.add(line)
    comment.add("\n" if lines else "")
    head = f"| | {_('old')} | {_('new')} | {_('difference')} | |"
    comment.add(f"{head}\n| --- | ---: | ---: | ---: | ---: |\n")
    for measure in measures(pair):
        comment.add(f"| {' | '.join(map(markdown, measure[:5]))} |\n")
    _findings(pair, comment)
    _operators(pair, comment)
    return encode_text("".join(comment.parts))


def _prose(text: str) -> str:
    return markdown(units.shorten(text, LONGEST))


def _gates(pair: Pair) -> Iterator[str]:
    marks = {
        "failed": f"❌ **{_('failed')}**",
        "inconclusive": f"⚠ **{_('inconclusive')}**",
        "passed": f"✅ {_('passed')}",
    }
    for gate in sorted(pair.gates, key=lambda gate: gate.outcome == "passed"):
        yield f"- {marks[gate.outcome]}: {_prose(gate.text)}\n"


def _headlines(pair: Pair) -> Iterator[str]:
    first = verdict(pair.comparison)
    for headline in pair.comparison.headlines:
        text = say(headline)
        if text != first:
            yield f"- {_prose(text)}\n"


def _doubts(pair: Pair) -> Iterator[str]:
    note = weights_note(pair.comparison.weights)
    if note:
        yield f"- ⚠ {_prose(note)}\n"
    for which, result in ((_("old"), pair.old), (_("new"), pair.new)):
        some = [problem for problem in result.facts.problems if problem.inconclusive]
        for problem in some[:3]:
            yield f"- ⚠ {which}: {_('inconclusive')}: {_prose(retold(problem.message))}\n"
        if some[3:]:
            more = ngettext("{n} more problem", "{n} more problems", len(some) - 3)
            yield f"- ⚠ {which}: {more}\n"


def _findings(pair: Pair, comment: _Comment) -> None:
    numbers = _("{came} came, {went} went", came=units.count(len(pair.findings.came)),
                went=units.count(len(pair.findings.went)))  # fmt: skip
    comment.add(f"\n**{_('Findings')}:** {numbers}\n\n")
    came, went = group(pair.findings.came), group(pair.findings.went)
    left = comment.fill(map(_finding, came[:FINDINGS]))
    rest = [*(("+", f) for f in came[FINDINGS:]), *(("−", f) for f in went)]
    if rest or left:
        gone = went == tuple(f for sign, f in rest)
        title = _("Findings that went") if gone else _("More findings")
        comment.add(f"\n<details><summary>{title}</summary>\n\n")
        left += comment.fill(f"- {sign} {_finding(found)[2:]}" for sign, found in rest)
        comment.add(_cut(left))
        comment.add("\n</details>\n")


def _finding(found: Finding) -> str:
    place = markdown_code(found.node) or _("model")
    said = f"{_prose(found.message)}{elsewhere(found)}"
    where = _("{rule} at {place}", rule=markdown(found.rule), place=place)
    return f"- **{term(found.severity.value)}** {where}: {said}\n"


def _operators(pair: Pair, comment: _Comment) -> None:
    found = pair.comparison
    left = uncovered(found)
    changed = sum(c.old is not None and c.new is not None for c in found.changes)
    came = sum(c.old is None for c in found.changes)
    went = sum(c.new is None for c in found.changes)
    title = turnover(changed, came, went, found.same, found.renamed)
    title = title[0].upper() + title[1:]
    if not left:
        comment.add(f"\n{title}\n")
        return
    comment.add(f"\n<details><summary>{title}</summary>\n\n")
    head = f"| | {_('operator')} | | MACs | {_('parameters')} |"
    comment.add(f"{head}\n| --- | --- | --- | ---: | ---: |\n")
    cut = comment.fill(map(_row, map(row, left[:ROWS])))
    comment.add(_cut(cut + max(0, len(left) - ROWS)))
    comment.add("\n</details>\n")


def _row(cells: tuple[str, ...]) -> str:
    sign, name, what, macs, params = cells
    return (
        f"| {markdown_code(sign)} | {markdown_code(name)} | {_prose(what)} | {macs} | {params} |\n"
    )


def _cut(left: int) -> str:
    return f"\n{_('… and {n} more; JSON has them all', n=units.count(left))}\n" if left else ""
