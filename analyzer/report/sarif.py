"""SARIF of ``check``, for code scanning and editors.

OASIS "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". A model has no lines: a
result is about the file (whose first line stands for all of it, as code scanning wants one) and
about an operator in it (``logicalLocations``). Where its bytes are says a related location: no
region may state a line and other bytes than those of the line (3.30.4), and GitHub wants a line of
every location, so that it is not told of bytes.
"""

from __future__ import annotations

import zlib
from collections import Counter
from typing import TYPE_CHECKING, Any

from analyzer.findings.order import RANK
from analyzer.report.json import encode
from analyzer.report.notices import (
    Spot,
    of_failure,
    reported,
    silenced,
    without_verdict,
)
from analyzer.report.result import Failure
from analyzer.report.sarif_rules import LEVELS, driver
from analyzer.report.uri import near, uri
from analyzer.sanitise import clean, sarif_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from analyzer.report.notices import Notice
    from analyzer.report.result import Batch, Options, Result

    Object = dict[str, Any]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
MOST_RESULTS = 25_000
MOST_LOCATIONS = 1_000
MOST_BYTES = 10_000_000
"""What GitHub takes: results of a run, locations of a result, bytes of a log in gzip."""


def render_batch(batch: Batch, options: Options) -> bytes:
    """One run over all models. ``executionSuccessful`` is false where anything is inconclusive."""
    return _render(batch, list(_notices(batch)), options, exact=True)


def render_reported(batch: Batch, options: Options) -> bytes:
    """The same without what is silenced: GitHub's code scanning opens an alert for every result,
    whatever its ``suppressions`` say.
    """
    heard = [notice for notice in _notices(batch) if not notice.quiet]
    return _render(batch, heard, options, exact=False)


def _render(batch: Batch, notices: Sequence[Notice], options: Options, *, exact: bool) -> bytes:
    most = MOST_RESULTS
    while True:
        data = encode({
            "$schema": SCHEMA, "version": "2.1.0",
            "runs": [_run(batch, notices, most, options, exact)],
        })  # fmt: skip
        if len(data) <= MOST_BYTES or len(zlib.compress(data, 1)) <= MOST_BYTES or most < 2:
            return data
        most //= 2


def _notices(batch: Batch) -> Iterator[Notice]:
    for item in batch.items:
        if isinstance(item, Failure):
            yield of_failure(item)
        else:
            yield from without_verdict(item)
            yield from reported(item)
            yield from silenced(item)


def _run(
    batch: Batch, notices: Sequence[Notice], most: int, options: Options, exact: bool
) -> Object:
    rules = {rule.id: rule for result in batch.results for rule in result.rules}
    tool = driver(rules.values(), notices)
    numbers = {rule["id"]: number for number, rule in enumerate(tool["rules"])}
    told = notices
    if len(notices) > most:
        told = sorted(notices, key=lambda notice: RANK[notice.severity])[:most]
    states = {notice.state for notice in notices}
    results = [
        _result(notice, identity, numbers, options.root, exact)
        for notice, identity in zip(told, _identities(told), strict=True)
    ]
    for notice, result in zip(told, results, strict=True):
        # What one result states of these, all have to.
        if states != {"new"}:
            result["suppressions"] = _suppressions(notice)
        if "accepted" in states:
            result["baselineState"] = "unchanged" if notice.state == "accepted" else "new"
    return {
        "tool": {"driver": tool},
        "automationDetails": {"id": "onnxlint/check/"},
        "invocations": [_invocation(batch, notices, len(told), options)],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that onnxlint ran in."}}},
        "artifacts": [_artifact(result, options.root) for result in batch.results],
        "results": results,
        "columnKind": "utf16CodeUnits",
    }


def _invocation(batch: Batch, notices: Sequence[Notice], told: int, options: Options) -> Object:
    notes = [
        _notification(notice, options.root)
        for item in batch.items
        for notice in (
            [of_failure(item)] if isinstance(item, Failure) else without_verdict(item, again=True)
        )
    ]
    if told < len(notices):
        text = f"{told:,} of {len(notices):,} results are in this log, the gravest; JSON has all"
        notes.append(
            {
                "level": "warning",
                "message": {"text": text},
                "descriptor": {"id": "results-left-out"},
            }
        )
    found: Object = {
        "executionSuccessful": batch.outcome != "inconclusive",
        "toolExecutionNotifications": notes,
    }
    if options.exit_code is not None:
        found["exitCode"] = options.exit_code
    if used := sorted({r.configuration for r in batch.results if r.configuration}):
        found["properties"] = {"configurations": [clean(path) for path in used]}
    return found


def _notification(notice: Notice, root: str) -> Object:
    return {
        "level": "error",
        "message": {"text": sarif_text(notice.message)},
        "descriptor": {"id": notice.name or notice.rule},
        "locations": [_location(notice.path, Spot(notice.place, notice.place), root)],
    }


def _result(
    notice: Notice, identity: str, numbers: Mapping[str, int], root: str, exact: bool
) -> Object:
    first, *rest = notice.spots or (Spot(notice.place, notice.place),)
    found: Object = {
        "ruleId": notice.rule,
        "ruleIndex": numbers[notice.rule],
        "level": LEVELS[notice.severity],
        "message": {"text": sarif_text(_message(notice))},
        "locations": [_location(notice.path, first, root)],
        # GitHub tells alerts apart by the second alone, which it would make of the first line.
        "partialFingerprints": dict.fromkeys(("onnxlint/v2", "primaryLocationLineHash"), identity),
    }
    if notice.finding is not None:
        found["occurrenceCount"] = notice.finding.count
    if exact and first.extent:
        rest = [first, *rest]
    related = [_location(notice.path, spot, root, exact) for spot in rest[: MOST_LOCATIONS - 1]]
    if notice.origin:
        related.insert(0, _origin(notice.origin, root))
    if related:
        found["relatedLocations"] = related
    return found


def _message(notice: Notice) -> str:
    return "\n".join([notice.sentence, *(f"{word}: {text}" for word, text in notice.advice)])


def _identities(notices: Iterable[Notice]) -> Iterator[str]:
    """Of several results of a file that nothing tells apart each has its number, as GitHub's own
    hashes of lines have."""
    same: Counter[tuple[str, str]] = Counter()
    for notice in notices:
        same[key := (notice.path, notice.identity)] += 1
        yield notice.identity if same[key] == 1 else f"{notice.identity}:{same[key]}"


def _suppressions(notice: Notice) -> list[Object]:
    if not notice.quiet:
        return []
    return [{"kind": "external", "status": "accepted", "justification": notice.silence}]


def _artifact(result: Result, root: str) -> Object:
    model = result.facts.model
    file: Object = {
        "location": _place(model.path, root), "length": model.bytes, "roles": ["analysisTarget"],
    }  # fmt: skip
    return file | ({"hashes": {"sha-256": model.sha256}} if model.sha256 else {})


def _location(path: str, spot: Spot, root: str, exact: bool = False) -> Object:
    region = {"startLine": 1}
    if exact and spot.extent:
        region = dict(zip(("byteOffset", "byteLength"), spot.extent, strict=True))
    place: Object = {"physicalLocation": {
        "artifactLocation": _place(path, root), "region": region,
    }}  # fmt: skip
    if spot.node:
        place["logicalLocations"] = [
            {"name": spot.name, "fullyQualifiedName": spot.node, "kind": "member"}
        ]
    return place


def _origin(origin: str, root: str) -> Object:
    """The line of the Python source that an operator comes from."""
    path, _, line = origin.rpartition(":")
    return {
        "physicalLocation": {
            "artifactLocation": _place(path, root), "region": {"startLine": max(1, int(line))},
        },
        "message": {"text": "The source that it was exported from."},
    }  # fmt: skip


def _place(path: str, root: str) -> Object:
    reference = uri(near(path, root))
    return {"uri": reference} | ({} if reference.startswith("file:") else {"uriBaseId": ROOT})
