"""What calls of one function cost each: its body is counted once, for all of them together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.graph.adjacency import vertices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.facts import Facts
    from analyzer.report.drawing.wiring import Wiring

Runs = Counter[str]
"""By drawn operator, how often it runs a scope."""


def lent(facts: Facts, wiring: Wiring) -> dict[str, Runs]:
    """By operator in a body that several drawn operators run: how often each of those runs it.

    A function that is called from functions belongs to what is drawn of these, in proportion.
    """
    callers: dict[str, list[str]] = {}
    homes: dict[str, str] = {}
    for node, vertex in vertices(facts.graph):
        homes[node] = vertex.scope
        for scope in vertex.runs:
            callers.setdefault(scope, []).append(node)
    known: dict[str, Runs] = {}
    for scope in callers:
        _runs(scope, facts, wiring, callers, homes, known)
    return {
        node: runs for node, scope in homes.items()
        if wiring.owner.get(node, node) != node and len(runs := known.get(scope, Runs())) > 1
        and runs.total() == facts[node].counted
    }  # fmt: skip


def _runs(
    scope: str,
    facts: Facts,
    wiring: Wiring,
    callers: Mapping[str, list[str]],
    homes: Mapping[str, str],
    known: dict[str, Runs],
) -> Runs:
    """Of a scope, callers first; one that runs itself has none. Bodies are nested, not deep."""
    waiting = [scope]
    while waiting:
        here = waiting[-1]
        inner = [homes[node] for node in callers.get(here, ()) if wiring.owner.get(node) != node]
        missing = [each for each in inner if each not in known and each not in waiting]
        if missing:
            waiting += missing
            continue
        waiting.pop()
        known[here] = found = Runs()
        for node in callers.get(here, ()):
            times = facts[node].counted
            if wiring.owner.get(node) == node:
                found[node] += times
                continue
            above = known.get(homes[node], Runs())
            whole = above.total()
            for owner, part in above.items() if whole else ():
                found[owner] += times * part // whole
    return known[scope]
