"""SARIF of ``check``, for code scanning and editors.

OASIS "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". A model has no lines: a
result's place is the file (``physicalLocation``) and the operator in it (``logicalLocations``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from analyzer import units
from analyzer.findings.finding import Severity
from analyzer.report.json import encode
from analyzer.report.result import Failure
from analyzer.sanitise import clean, label, sarif_text
from analyzer.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.findings.finding import Finding
    from analyzer.report.result import Batch, Options, Result
    from analyzer.ruleset.rule import Rule

    Object = dict[str, Any]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: Mapping[Severity, str] = {
    Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note",
}  # fmt: skip


def render_batch(batch: Batch, options: Options) -> bytes:
    """One run over all models. ``executionSuccessful`` is false where anything is inconclusive."""
    rules = {rule.id: rule for result in batch.results for rule in result.rules}
    numbers = {name: number for number, name in enumerate(rules)}
    driver = {
        "name": "onnxlint",
        "version": __version__,
        "rules": [_rule(rule) for rule in rules.values()],
    }
    invocation = {
        "executionSuccessful": batch.outcome != "inconclusive",
        "toolExecutionNotifications": list(_notifications(batch)),
    }
    if used := sorted({r.configuration for r in batch.results if r.configuration}):
        invocation["properties"] = {"configurations": [clean(path) for path in used]}
    run = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "artifacts": [_artifact(result) for result in batch.results],
        "results": [
            _result(result, finding, numbers)
            for result in batch.results
            for finding in result.groups
        ],
        "columnKind": "utf16CodeUnits",
    }
    return encode({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> Object:
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.rationale.strip() or rule.summary},
        "help": {"text": rule.fix.strip() or rule.summary},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"category": rule.category, "tags": [rule.category, rule.status]},
    }


def _result(result: Result, finding: Finding, numbers: Mapping[str, int]) -> Object:
    found: Object = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [_location(result.facts.model.path, finding.node)],
        "occurrenceCount": finding.count,
        # GitHub tells alerts apart by the second alone, and computes it for results with a line.
        "partialFingerprints": {
            "onnxlint/v1": finding.fingerprint,
            "primaryLocationLineHash": finding.fingerprint,
        },
    }
    if finding.count > 1:
        found["relatedLocations"] = [
            _location(result.facts.model.path, place.node) for place in finding.places[1:]
        ]
    if finding.rule in numbers:  # what suppressions themselves cause has no rule
        found["ruleIndex"] = numbers[finding.rule]
    return found


def _message(finding: Finding) -> str:
    more = finding.count - 1
    return sarif_text(finding.message) + (f" (and at {units.places(more)} more)" if more else "")


def _artifact(result: Result) -> Object:
    model = result.facts.model
    file: Object = {"location": {"uri": _uri(model.path)}, "length": model.bytes}
    return file | ({"hashes": {"sha-256": model.sha256}} if model.sha256 else {})


def _location(path: str, node: str = "") -> Object:
    place: Object = {"physicalLocation": {"artifactLocation": {"uri": _uri(path)}}}
    if node:
        name = {"name": label(node), "fullyQualifiedName": clean(node), "kind": "member"}
        place["logicalLocations"] = [name]
    return place


def _uri(path: str) -> str:
    """A path as a URI reference of RFC 3986; bytes that are no text survive it."""
    root = "file://" if path.startswith("/") else ""
    return root + quote(path.replace("\\", "/").encode("utf-8", "surrogateescape"))


def _notifications(batch: Batch) -> Iterator[Object]:
    for item in batch.items:
        if isinstance(item, Failure):
            yield _notification(item.path, "cannot-judge", item.reason, "")
            continue
        for problem in item.facts.problems:
            if problem.inconclusive:
                path = item.facts.model.path
                yield _notification(path, problem.code, problem.message, problem.where)


def _notification(path: str, code: str, message: str, node: str) -> Object:
    return {
        "level": "error",
        "message": {"text": sarif_text(message)},
        "descriptor": {"id": label(code)},
        "locations": [_location(path, node)],
    }
