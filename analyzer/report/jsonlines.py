"""JSON lines of ``check``, for streams and ``jq``: one object per line, each complete in itself.

``kind`` says what a line is: ``finding`` (also one that is silenced, as its ``state`` says),
``problem``, ``failure`` (a file that could not be judged), ``model`` after all of a model, and one
``summary`` at the end. Members have the names that they have in JSON.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from analyzer.findings.finding import Severity
from analyzer.records import SCHEMA, Tool, plain
from analyzer.report.json import encode_lines
from analyzer.report.notices import reported, silenced
from analyzer.report.result import Failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.findings.finding import Finding
    from analyzer.report.notices import Notice
    from analyzer.report.result import Batch, Options, Result


def render_batch(batch: Batch, options: Options) -> bytes:
    """ASCII; the last line is the summary, so that output that was cut off is known for it."""
    return encode_lines({"schema": SCHEMA} | line for line in _lines(batch))


def _lines(batch: Batch) -> Iterator[dict[str, Any]]:
    for item in batch.items:
        if isinstance(item, Failure):
            yield {"kind": "failure", "path": item.path, "message": item.message,
                   "outcome": item.outcome}  # fmt: skip
        else:
            yield from _of_model(item)
    results = batch.results
    yield {
        "kind": "summary",
        "tool": plain(Tool()),
        "outcome": batch.outcome,
        "models": len(results),
        "failures": len(batch.failures),
        **_counts(finding for result in results for finding in result.groups),
        "suppressed": sum(result.suppressed for result in results),
        "accepted": sum(result.accepted for result in results),
        "excluded": len(batch.excluded),
        "unchanged": len(batch.since.unchanged) if batch.since else 0,
    }


def _of_model(result: Result) -> Iterator[dict[str, Any]]:
    model = result.facts.model
    for notice in (*reported(result), *silenced(result)):
        yield _finding(notice)
    for problem in result.facts.problems:
        yield {"kind": "problem", "path": model.path} | plain(problem)
    yield {
        "kind": "model",
        "path": model.path,
        "sha256": model.sha256,
        "outcome": result.outcome,
        **_counts(result.groups),
        "suppressed": result.suppressed,
        "accepted": result.accepted,
    }


def _finding(notice: Notice) -> dict[str, Any]:
    return {
        "kind": "finding",
        "path": notice.path,
        "state": notice.state,
        "place": notice.place,
        "from": notice.origin,
        **plain(notice.quiet or notice.finding),
    }


def _counts(findings: Iterable[Finding]) -> dict[str, int]:
    severities = Counter(finding.severity for finding in findings)
    return {"findings": severities.total()} | {
        f"{severity.value}s": severities[severity] for severity in Severity
    }
