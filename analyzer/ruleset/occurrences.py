"""Where the patterns of a rule match, as subjects: the operator of the last statement and all that
the pattern has bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.patterns.index import index_of
from analyzer.ruleset.pattern import Lookup, Matcher
from analyzer.ruleset.sandbox import UNKNOWN
from analyzer.ruleset.subjects.node import SORT, NodeSubjects

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from analyzer.facts import Facts
    from analyzer.ruleset.allowance import Allowance
    from analyzer.ruleset.pattern import Occurrence
    from analyzer.ruleset.rule import Rule
    from analyzer.ruleset.subjects import Subject


def occurrences(
    facts: Facts,
    rule: Rule,
    shared: Callable[[], Mapping[str, Any]],
    allowance: Allowance,
    done: Collection[str],
) -> Iterator[Subject]:
    """Every match of ``rule.match`` that meets its condition, with no match of ``rule.unless``.

    Parameters
    ----------
    shared : groups that do not depend on the match.
    done : places that need no further match; may grow while this runs.

    Raises ``Exhausted`` where the allowance ends before the search does.
    """
    lookup = facts.once(_lookup)
    unless = [Matcher(pattern, lookup, allowance) for pattern in rule.unless]
    unbound = {name: UNKNOWN for pattern in rule.match for name in pattern.names}
    asked = rule.when.groups
    whole = not asked.isdisjoint(NODE_GROUPS)
    for pattern in rule.match:
        for found in Matcher(pattern, lookup, allowance).find(done):
            # Most matches fail the condition, which asks for few of the groups.
            groups = {**shared(), **unbound, **_bound(lookup, found, asked)}
            if whole:
                groups.update(_place(facts, found).groups)
            if rule.when(groups) and not any(other.holds(found) for other in unless):
                yield _subject(facts, found, {**unbound, **_bound(lookup, found)})


NODE_GROUPS = frozenset(SORT.groups)


def _lookup(facts: Facts) -> Lookup:
    return Lookup(index_of(facts))


def _bound(
    lookup: Lookup, found: Occurrence, asked: Collection[str] | None = None
) -> Mapping[str, Any]:
    """Tensors and values of attributes by metavariable, those that are ``asked`` for alone."""
    value, scope = lookup.index.value, found.scope
    groups: dict[str, Any] = {
        name: value(scope, tensor)
        for name, tensor in found.tensors.items()
        if asked is None or name in asked
    }
    groups.update((n, UNKNOWN if v is None else v) for n, v in found.settings.items())
    return groups


def _place(facts: Facts, found: Occurrence) -> Subject:
    return facts.once(NodeSubjects, about_targets=True).subject(facts[found.place])


def _subject(facts: Facts, found: Occurrence, bound: Mapping[str, Any]) -> Subject:
    place = _place(facts, found)
    types = tuple([facts[node].op_type for node in found.operators])
    return place._replace(groups={**place.groups, **bound}, detail=types)
