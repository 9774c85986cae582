"""Rules × facts → findings, in the order of rules and places; nothing is filtered here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.findings.finding import Finding
from analyzer.findings.fingerprint import fingerprint
from analyzer.ruleset.option_values import values
from analyzer.ruleset.sandbox import UNKNOWN
from analyzer.ruleset.subjects import Subjects, common_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from analyzer.facts import Facts
    from analyzer.ruleset.option import OptionValue
    from analyzer.ruleset.rule import Rule, Value


def evaluate(
    facts: Facts,
    rules: Iterable[Rule],
    options: Mapping[str, Mapping[str, OptionValue]] | None = None,
) -> Iterator[Finding]:
    """Every match of every rule; ``options`` are typed overrides by rule id."""
    subjects = Subjects(facts)
    common = common_groups(facts)
    for rule in rules:
        if rule.reads_weights and facts.evidence is None:
            continue  # nothing is known of any layer
        shared = {**common, "option": values(rule, (options or {}).get(rule.id, {}))}
        for subject in subjects.select(rule.subject, rule.selector):
            groups = {**shared, **subject.groups}
            if rule.when(groups):
                message = rule.message(groups)
                yield Finding(
                    rule=rule.id,
                    name=rule.name,
                    category=rule.category,
                    severity=rule.severity,
                    node=subject.place,
                    message=message,
                    fix=rule.fix,
                    fingerprint=fingerprint(rule.id, subject.name, subject.structure()),
                    saving=subject.saving if "saving" in rule.when.groups else None,
                    cause=rule.id if rule.group == "rule" else message,
                    value=_value(rule.value, groups) if rule.value else None,
                    unit=rule.value.unit if rule.value else "",
                    total=rule.value.total if rule.value else "sum",
                )


def _value(value: Value, groups: Mapping[str, Any]) -> float | None:
    """The number that ``value`` names, ``None`` where it is not known."""
    record = groups[value.group]
    known: float | None = None if record is UNKNOWN else getattr(record, value.field)
    return known
