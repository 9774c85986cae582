"""Markdown of ``check``, for a step's summary at GitHub or a comment: what has no verdict first.

``--output markdown=$GITHUB_STEP_SUMMARY`` replaces that file, which is empty when a step begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.report.lines import summary
from analyzer.report.notices import of_failure, reported, silenced, without_verdict
from analyzer.report.result import Failure, Result
from analyzer.sanitise import encode_text, markdown, markdown_code, markdown_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.report.notices import Notice
    from analyzer.report.result import Batch, Options

MOST_BYTES = 1_000_000
"""GitHub takes 1 MiB for a step."""
_HEAD = (
    "| Model | Verdict | Errors | Warnings | Infos | MACs | Parameters |\n"
    "| --- | --- | ---: | ---: | ---: | ---: | ---: |\n"
)
_VERDICTS = {"clean": "clean", "findings": "findings", "inconclusive": "**inconclusive**"}


class _Page:
    """Text up to a size, and how much did not fit."""

    def __init__(self, most: int) -> None:
        self.parts: list[str] = []
        self.left_out = 0
        self._room = most

    def add(self, text: str, *, counts: bool = True) -> bool:
        """Append ``text``, if it fits; once something did not, nothing does any more."""
        size = len(text.encode("utf-8"))
        if size > self._room:
            self._room = 0
            self.left_out += counts
            return False
        self._room -= size
        self.parts.append(text)
        return True


def render_batch(batch: Batch, options: Options) -> bytes:
    """UTF-8; cut at ``MOST_BYTES``, between findings, and says so."""
    page = _Page(MOST_BYTES - 500)  # for the last lines
    page.add(f"## onnxlint: {markdown(summary(batch))}\n", counts=False)
    for number, notice in enumerate(_without_verdict(batch)):
        start = "" if number else "\n"
        page.add(f"{start}- **No verdict** on {markdown_code(notice.path)}: {_text(notice)}\n")
    if batch.items:
        page.add(f"\n{_HEAD}", counts=False)
    for item in batch.items:
        page.add(_row(item))
    for result in batch.results:
        _of_model(result, page)
    _not_reported(batch, page)
    if page.left_out:
        lines = units.many(page.left_out, "line")
        page.parts.append(f"\n**Cut:** {lines} more did not fit; JSON has everything.\n")
    return encode_text("".join(page.parts))


def _without_verdict(batch: Batch) -> Iterator[Notice]:
    for item in batch.items:
        if isinstance(item, Failure):
            yield of_failure(item)
        else:
            yield from without_verdict(item, again=True)


def _row(item: Result | Failure) -> str:
    if isinstance(item, Failure):
        cells = [markdown_code(item.path), "**could not be judged**", *[""] * 5]
    else:
        severities = [finding.severity.value for finding in item.groups]
        counts = [str(severities.count(level) or "") for level in ("error", "warning", "info")]
        totals = item.facts.totals
        least = "" if totals.complete else "≥ "
        cells = [markdown_code(item.facts.model.path), _VERDICTS[item.outcome], *counts,
                 f"{least}{units.si(totals.macs)}", units.si(totals.params)]  # fmt: skip
    return f"| {' | '.join(cells)} |\n"


def _of_model(result: Result, page: _Page) -> None:
    findings = list(reported(result))
    if findings:
        page.add(f"\n### {markdown_code(result.facts.model.path)}\n\n", counts=False)
    for notice in findings:
        page.add(_finding(notice))


def _not_reported(batch: Batch, page: _Page) -> None:
    """Folded away: it may be long, and nobody has to act on it."""
    quiet = [notice for result in batch.results for notice in silenced(result)]
    title = f"{units.many(len(quiet), 'finding')} not reported"
    opened = quiet and page.add(f"\n<details><summary>{title}</summary>\n\n", counts=False)
    for notice in quiet:
        path = markdown_code(notice.path)
        page.add(f"- {path}: {_title(notice)}: {markdown(notice.silence)}\n")
    if opened:
        page.parts.append("\n</details>\n")


def _finding(notice: Notice) -> str:
    lines = [f"- **{notice.severity.value}** {_title(notice)}: {markdown(notice.message)}"]
    if notice.also:
        lines.append(f"  - {markdown(notice.also)}")
    lines += [f"  - {word}: {markdown_sentence(text)}" for word, text in notice.advice]
    return "".join(f"{line}\n" for line in lines)


def _title(notice: Notice) -> str:
    at = f" at {markdown_code(notice.place)}" if notice.place else ""
    return f"{markdown(notice.title)}{at}"


def _text(notice: Notice) -> str:
    at = f"{markdown_code(notice.place)}: " if notice.place else ""
    code = f" ({markdown(notice.name)})" if notice.name else ""
    return f"{at}{markdown(notice.message)}{code}"
