"""Rules × facts → findings, in the order of rules and places; nothing is filtered here."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from analyzer.converters.loading import done_on_load
from analyzer.facts import Problem
from analyzer.findings.finding import Finding
from analyzer.findings.fingerprint import fingerprint
from analyzer.patterns.index import index_of
from analyzer.patterns.likeness import likenesses_of
from analyzer.ruleset.allowance import Exhausted, model_allowance, rule_allowance
from analyzer.ruleset.evaluate import ALLOWANCE
from analyzer.ruleset.occurrences import occurrences
from analyzer.ruleset.option_values import values
from analyzer.ruleset.subjects import Subjects, common_groups
from analyzer.ruleset.trusted import USUAL, Trusted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from analyzer.facts import Facts
    from analyzer.ruleset.option import OptionValue
    from analyzer.ruleset.rule import Rule
    from analyzer.ruleset.subjects import Subject


def evaluate(
    facts: Facts,
    rules: Iterable[Rule],
    options: Mapping[str, Mapping[str, OptionValue]] | None = None,
    problems: list[Problem] | None = None,
    trusted: Trusted = USUAL,
    *,
    identify: bool = True,
) -> Iterator[Finding]:
    """Every match of every rule.

    Parameters
    ----------
    options : typed overrides by rule id.
    problems : gets one for each rule that would have had to look at too much. Rules about
        problems run last, and see those too.
    trusted : what the group ``trust`` holds.
    identify : give findings fingerprints, for which the whole graph is looked at.
    """
    make = partial(_finding, identify=identify)
    limits = [] if problems is None else problems
    chosen = [r for r in rules if not r.reads_weights or facts.evidence is not None]
    ordinary = [rule for rule in chosen if rule.subject != "problem"]
    yield from _evaluate(facts, ordinary, options or {}, limits, trusted, make)
    if limits:
        facts = replace(facts, problems=(*facts.problems, *limits))
    about = [rule for rule in chosen if rule.subject == "problem"]
    yield from _evaluate(facts, about, options or {}, limits, trusted, make)


def _evaluate(
    facts: Facts,
    rules: Iterable[Rule],
    options: Mapping[str, Mapping[str, OptionValue]],
    problems: list[Problem],
    trusted: Trusted,
    make: Callable[[Facts, Rule, Subject, dict[str, Any]], Finding],
) -> Iterator[Finding]:
    subjects = Subjects(facts)
    common = {**common_groups(facts), "trust": trusted}
    size = len(facts.nodes)
    of_all = model_allowance(size)
    types = index_of(facts).by_type
    for rule in rules:
        if not rule.may_match(types):
            continue
        allowance = rule_allowance(size, of_all)
        shared = _Shared(rule, options, {**common, ALLOWANCE: allowance})
        done: set[str] = set()
        matched = rule.has_patterns
        chosen = (
            occurrences(facts, rule, shared, allowance, done)
            if matched
            else subjects.select(rule.subject, rule.selector)
        )
        try:
            for subject in chosen:
                groups = {**shared(), **subject.groups}
                if matched or rule.when(groups):
                    done.add(subject.place)
                    yield make(facts, rule, subject, groups)
        except Exhausted:
            problems.append(_exhausted(rule))


class _Shared:
    """The groups of every subject of a rule; options are read where there is something to judge by
    them."""

    __slots__ = ("_made", "_of")

    def __init__(
        self,
        rule: Rule,
        options: Mapping[str, Mapping[str, OptionValue]],
        common: Mapping[str, Any],
    ) -> None:
        self._of = rule, options, common
        self._made: dict[str, Any] | None = None

    def __call__(self) -> Mapping[str, Any]:
        if self._made is None:
            rule, options, common = self._of
            self._made = {**common, "option": values(rule, options.get(rule.id, {}))}
        return self._made


def _finding(
    facts: Facts, rule: Rule, subject: Subject, groups: dict[str, Any], *, identify: bool
) -> Finding:
    message = rule.message(groups)
    deployment = subject.groups.get("deployment")
    return Finding(
        rule=rule.id,
        name=rule.name,
        category=rule.category,
        severity=rule.severity,
        node=subject.place,
        message=message,
        fix=rule.fix,
        fingerprint=_identity(facts, rule, subject) if identify else "",
        saving=subject.saving if "saving" in rule.when.groups else None,
        cause=rule.id if rule.group == "rule" else message,
        value=rule.value.of(groups) if rule.value else None,
        unit=rule.value.unit if rule.value else "",
        total=rule.value.total if rule.value else "sum",
        saves=rule.value.saves if rule.value else "",
        remedy=rule.remedy(groups) if rule.remedy else "",
        ask=rule.ask(groups) if rule.ask else "",
        action=rule.action(groups) if rule.action else "",
        tidied=rule.tool != "none",
        loaded=done_on_load(facts, rule.on_load, (subject.place,)).word,
        target=deployment.target if deployment else "",
    )


def _identity(facts: Facts, rule: Rule, subject: Subject) -> str:
    place = subject.place if subject.stands_at is None else subject.stands_at
    like = likenesses_of(facts).at(place)
    near, far = ("|".join((part, *subject.detail)) for part in (like.near, like.far))
    return fingerprint(rule.id, subject.name, (like.kind, *subject.form), near, far)


def _exhausted(rule: Rule) -> Problem:
    text = f"rule {rule.id} ({rule.name}) would have to look at too much of this model to be sure"
    return Problem("rule-limit", "", f"{text}; whether it applies elsewhere is unknown")
