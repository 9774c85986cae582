"""Annotations of ``check``: the workflow commands that GitHub Actions shows beside a pull request.

One for each rule that speaks of a model, the gravest first, as GitHub shows ten of each level of a
step and drops the rest; the log has all of them, and Markdown is for the step's summary.

Syntax and escapes: GitHub's documentation, "Workflow commands for GitHub Actions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.findings.finding import Severity
from analyzer.findings.order import RANK
from analyzer.report.notices import CANNOT_JUDGE, INCONCLUSIVE, of_batch
from analyzer.sanitise import github_data, github_property

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.report.notices import Notice
    from analyzer.report.result import Batch, Options

LEVELS: Mapping[Severity, str] = {
    Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice",
}  # fmt: skip
SHOWN = 10
"""Annotations of each level that GitHub shows for a step."""


@dataclass(frozen=True, slots=True)
class _Annotation:
    """What a rule says of a model: its first finding, and how many more there are."""

    first: Notice
    more: int


def render_batch(batch: Batch, options: Options) -> bytes:
    """One command a line; UTF-8."""
    found: dict[tuple[str, str, Severity], list[Notice]] = {}
    for notice in of_batch(batch):
        found.setdefault((notice.path, notice.title, notice.severity), []).append(notice)
    annotations = [_Annotation(notices[0], len(notices) - 1) for notices in found.values()]
    lines: list[str] = []
    for severity in sorted(LEVELS, key=RANK.__getitem__):
        lines += _of_level(severity, [a for a in annotations if a.first.severity is severity])
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _of_level(severity: Severity, annotations: Sequence[_Annotation]) -> Iterator[str]:
    """Without a verdict first. The last one that GitHub shows says how many it does not."""
    ranked = sorted(annotations, key=lambda a: a.first.finding is not None)
    for number, annotation in enumerate(ranked, 1):
        if number == SHOWN and len(ranked) > SHOWN:
            hidden = units.many(len(ranked) - SHOWN + 1, severity.value)
            text = f"and {hidden} more, which the log of this step has; GitHub shows ten of a level"
            yield f"::{LEVELS[severity]} title=onnxlint::{github_data(text)}"
        yield _command(annotation)


def _command(annotation: _Annotation) -> str:
    notice = annotation.first
    lines = [f"{notice.where}{notice.message}", *([notice.also] if notice.also else [])]
    lines += [f"{word}: {text}" for word, text in notice.advice]
    if annotation.more:
        lines.append(f"and {units.many(annotation.more, 'more finding')} of this rule")
    title = {
        CANNOT_JUDGE: "cannot judge", INCONCLUSIVE: f"inconclusive {notice.name}",
    }.get(notice.rule, notice.title)  # fmt: skip
    # Without a line GitHub would not show where it belongs; a model has one only.
    place = f"file={github_property(notice.path)},line=1,title={github_property(title)}"
    return f"::{LEVELS[notice.severity]} {place}::{github_data(chr(10).join(lines))}"
