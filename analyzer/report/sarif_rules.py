"""What SARIF says of the tool: its rules with their documentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from analyzer.findings.finding import Severity
from analyzer.report.notices import CANNOT_JUDGE, INCONCLUSIVE
from analyzer.report.view.findings import headline, paragraphs, reference, safety
from analyzer.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.report.notices import Notice
    from analyzer.ruleset.rule import Rule

    Object = dict[str, Any]

LEVELS: Mapping[Severity, str] = {
    Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note",
}  # fmt: skip
_WITHOUT_VERDICT = {
    CANNOT_JUDGE: "A file that could not be judged at all.",
    INCONCLUSIVE: "A model that was judged in part only: it is not clean.",
}
_SECURITY: Mapping[Severity, str] = {
    Severity.ERROR: "8.0", Severity.WARNING: "5.5", Severity.INFO: "3.0",
}  # fmt: skip
"""Where GitHub draws the lines between low, medium and high: 4.0 and 7.0."""
_CWE = re.compile(r"https://cwe\.mitre\.org/data/definitions/(\d{1,5})\.html")


def driver(rules: Iterable[Rule], notices: Iterable[Notice]) -> Object:
    """The tool, with every rule that was applied and whatever else ``notices`` go by."""
    described = {rule.id: _rule(rule) for rule in rules}
    for notice in notices:
        if notice.rule not in described:
            described[notice.rule] = _own(notice)
    return {
        "name": "onnxlint",
        "fullName": f"onnxlint {__version__}",
        "version": __version__,
        "semanticVersion": __version__,
        # A package URL: there is no page of this version whose address is known to hold.
        "informationUri": f"pkg:generic/onnxlint@{__version__}",
        "rules": list(described.values()),
    }


def _rule(rule: Rule) -> Object:
    found: Object = {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": _sentence(headline(rule.summary))},
        "fullDescription": {"text": " ".join(paragraphs(rule.rationale)) or rule.summary},
        "help": {
            "text": "\n\n".join(paragraphs(rule.fix)) or rule.summary,
            "markdown": _help(rule),
        },
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": _properties(rule),
    }
    links = [link.address for link in map(reference, rule.references) if link.address]
    return found | ({"helpUri": links[0]} if links else {})


def _own(notice: Notice) -> Object:
    """What no rule file describes: reasons for no verdict, mistakes of the configuration."""
    text = _WITHOUT_VERDICT.get(notice.rule)
    remedy = notice.remedy or "Act on the message, then judge the model again"
    found = {
        "id": notice.rule,
        "shortDescription": {"text": text or _sentence(headline(notice.name.replace("-", " ")))},
        "fullDescription": {"text": text or _sentence(remedy)},
        "help": {"text": _sentence(remedy), "markdown": _sentence(remedy)},
        "defaultConfiguration": {"level": LEVELS[notice.severity]},
    }
    return found if text else found | {"name": notice.name}


def _properties(rule: Rule) -> Object:
    """Tags, and of rules about weaknesses what GitHub ranks them by."""
    weaknesses = _CWE.findall(" ".join(rule.references))
    tags = [rule.category, rule.status]
    found: Object = {
        "category": rule.category,
        "precision": "high" if rule.status == "stable" else "medium",
    }
    if weaknesses:
        tags += ["security", *(f"external/cwe/cwe-{int(number):03}" for number in weaknesses)]
        found["security-severity"] = _SECURITY[rule.severity]
    return found | {"tags": tags}


def _help(rule: Rule) -> str:
    """Markdown; a rule file is the team's own text and may hold some."""
    parts = [f"# {rule.name} ({rule.id})", *paragraphs(rule.rationale)]
    if fix := paragraphs(rule.fix):
        parts += ["## What to do", *fix, safety(rule)]
    if rule.references:
        named = map(reference, rule.references)
        links = [
            f"- [{link.words}]({link.address})" if link.address else f"- {link.words}"
            for link in named
        ]
        parts += ["## References", "\n".join(links)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
