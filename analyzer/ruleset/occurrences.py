"""Where the patterns of a rule match, as subjects: the operator of the last statement and all that
the pattern has bound."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from analyzer.patterns.index import index_of
from analyzer.ruleset.pattern import Lookup, Matcher
from analyzer.ruleset.sandbox import UNKNOWN
from analyzer.ruleset.subjects.node import NodeSubjects, node_structure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from analyzer.facts import Facts
    from analyzer.ruleset.allowance import Allowance
    from analyzer.ruleset.pattern import Occurrence
    from analyzer.ruleset.rule import Rule
    from analyzer.ruleset.subjects import Subject


def occurrences(
    facts: Facts, rule: Rule, allowance: Allowance, done: Collection[str]
) -> Iterator[Subject]:
    """Every match of ``rule.match`` with no match of ``rule.unless``.

    Parameters
    ----------
    done : places that need no further match; may grow while this runs.

    Raises ``Exhausted`` where the allowance ends before the search does.
    """
    lookup = facts.once(_lookup)
    unless = [Matcher(pattern, lookup, allowance) for pattern in rule.unless]
    unbound = {name: UNKNOWN for pattern in rule.match for name in pattern.names}
    for pattern in rule.match:
        for found in Matcher(pattern, lookup, allowance).find(done):
            if not any(other.holds(found) for other in unless):
                yield _subject(facts, found, {**unbound, **_bound(lookup, found)})


def _lookup(facts: Facts) -> Lookup:
    return Lookup(index_of(facts))


def _bound(lookup: Lookup, found: Occurrence) -> Mapping[str, Any]:
    """Tensors and values of attributes by metavariable."""
    value, scope = lookup.index.value, found.scope
    groups: dict[str, Any] = {name: value(scope, tensor) for name, tensor in found.tensors.items()}
    groups.update((n, UNKNOWN if v is None else v) for n, v in found.settings.items())
    return groups


def _subject(facts: Facts, found: Occurrence, bound: Mapping[str, Any]) -> Subject:
    place = facts.once(NodeSubjects).subject(facts[found.place])
    return place._replace(
        structure=partial(_structure, facts, found.operators), groups={**place.groups, **bound}
    )


def _structure(facts: Facts, operators: tuple[str, ...]) -> tuple[object, ...]:
    """What the operators are, in the order of the statements."""
    return tuple(node_structure(facts[node]) for node in operators)
