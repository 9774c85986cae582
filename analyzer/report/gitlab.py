"""Code Quality of ``check``: the report that GitLab shows in a merge request.

Members: GitLab's documentation, "Code Quality", and what it took them from, the specification of
Code Climate. What is silenced is not in it, as GitLab has no word for that.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from analyzer.findings.finding import Severity
from analyzer.report.json import encode
from analyzer.report.notices import of_batch
from analyzer.report.uri import near
from analyzer.sanitise import markdown_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.report.notices import Notice
    from analyzer.report.result import Batch, Options

SEVERITIES: Mapping[Severity, str] = {
    Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info",
}  # fmt: skip
WITHOUT_VERDICT = "blocker"


def render_batch(batch: Batch, options: Options) -> bytes:
    """A list of issues, one for each finding and for whatever has no verdict."""
    seen: Counter[str] = Counter()
    return encode([_issue(notice, options.root, seen) for notice in of_batch(batch)])


def _issue(notice: Notice, root: str, seen: Counter[str]) -> dict[str, Any]:
    path = near(notice.path, root)
    identity = f"{path}\0{notice.identity}"
    seen[identity] += 1
    whole = f"{identity}\0{seen[identity]}".encode("utf-8", "surrogatepass")
    issue: dict[str, Any] = {
        "type": "issue",
        "check_name": notice.rule,
        "description": f"{notice.title}: {notice.sentence}",
        "severity": SEVERITIES[notice.severity] if notice.finding else WITHOUT_VERDICT,
        "fingerprint": sha256(whole).hexdigest(),
        "location": {"path": path, "lines": {"begin": 1}},
    }
    if notice.advice:
        body = "\n".join(f"- {word}: {markdown_sentence(text)}" for word, text in notice.advice)
        issue["content"] = {"body": body}
    return issue
