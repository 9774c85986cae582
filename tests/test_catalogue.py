"""`make catalogue`: what it counts of the findings of a folder of models."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analyzer.ruleset import load_rules
from tools.catalogue import lines, measure, remedies

RULES = load_rules()


def finding(rule: str, severity: str = "info", count: int = 1) -> dict[str, Any]:
    return {"rule": rule, "name": rule.lower(), "severity": severity, "count": count}


def model(path: str, *findings: dict[str, Any]) -> dict[str, Any]:
    outcome = "findings" if findings else "clean"
    return {"model": {"path": path}, "findings": list(findings), "outcome": outcome}


FOLDER = [
    model("a", finding("SEP001", "warning", 7), finding("GRF003"), finding("GRF003", count=2)),
    model("b", finding("GRF003")),
    model("c", finding("TRU001", "warning"), finding("TRU002")),
    model("d", finding("TRU002")),
    model("e"),
]


def test_groups_of_findings_are_counted_by_model() -> None:
    found = measure(FOLDER)
    assert found.groups == {"a": 3, "b": 1, "c": 2, "d": 1, "e": 0}
    assert found.quartile == 2


def test_a_rule_has_models_groups_and_places_the_widest_spread_first() -> None:
    rows = measure(FOLDER).rows
    assert [(row.rule, row.models, row.groups, row.places, row.most) for row in rows] == [
        ("GRF003", 2, 3, 4, 2), ("TRU002", 2, 2, 2, 1), ("SEP001", 1, 1, 7, 1),
        ("TRU001", 1, 1, 1, 1),
    ]  # fmt: skip


def test_a_model_is_suspected_for_a_trust_warning_and_not_for_a_note() -> None:
    assert measure(FOLDER).suspected == ["c"]


def test_rules_with_one_fix_are_one_remedy_and_conformance_is_none() -> None:
    large = next(rule for rule in RULES if rule.id == "CNV001")
    twin = replace(large, id="CNV999", fix=large.fix.replace("\n", "  "))
    conforming = next(rule for rule in RULES if rule.category == "conformance")
    assert remedies([large, twin, conforming]) == {"convolution": 1}


def test_the_table_names_the_models_with_more_than_eight_groups() -> None:
    noisy = [*FOLDER, model("noisy", *(finding(f"ABC{i:03}") for i in range(9)))]
    text = list(lines(measure(noisy), {rule.id: rule for rule in RULES}, full=True))
    assert text[0] == "6 models: median 1.5 groups, 75th percentile 2.75, most 9; 1 above 8"
    assert text[-1] == "   9 groups in noisy"
    assert "trust warnings or errors in 1 models (16.7%)" in text
