"""Which findings came and went: by operator where it is in both, else by name."""

from __future__ import annotations

import pytest

from analyzer.findings.finding import Finding, Severity
from analyzer.report.compare.turnover import turnover


def finding(rule: str, node: str, mark: str) -> Finding:
    return Finding(rule, rule.lower(), "kind", Severity.WARNING, node, "text", "fix",
                   "-".join([mark] * 4))  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "partners", "operators", "came", "went"),
    [
        ("a", "b", {"b": "a"}, {"b"}, 0, 0),
        ("a", "b", {}, {"b"}, 1, 1),
        ("weight", "weight", {}, {"b"}, 0, 0),
        ("a", "a", {}, {"a"}, 1, 1),
        ("a", "b", {"b": "c"}, {"b"}, 1, 1),
        ("", "", {}, {"b"}, 0, 0),
    ],
)
def test_a_finding_stays_with_its_operator_or_its_tensor(
    old: str, new: str, partners: dict[str, str], operators: set[str], came: int, went: int
) -> None:
    found = turnover([finding("X001", old, "aaaaaaaaaaaa")], [finding("X001", new, "bbbbbbbbbbbb")],
                     partners, operators)  # fmt: skip
    assert (len(found.came), len(found.went)) == (came, went)


def test_another_rule_at_the_same_place_is_another_finding() -> None:
    found = turnover([finding("X001", "a", "a" * 12)], [finding("X002", "a", "b" * 12)],
                     {"a": "a"}, {"a"})  # fmt: skip
    assert (len(found.came), len(found.went)) == (1, 1)
