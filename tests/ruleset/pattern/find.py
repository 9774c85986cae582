"""Matches of a pattern in a small model, as names."""

from __future__ import annotations

from analyzer.facts import Facts
from analyzer.ruleset.pattern import (
    Index,
    Match,
    Matcher,
    check_pattern,
    model_budget,
    operator_type,
    parse_pattern,
)
from tests.golden.text import facts


def all_matches(model: Facts, text: str, through: str = "") -> list[Match]:
    pattern = parse_pattern(text, frozenset(map(operator_type, through.split())))
    check_pattern(pattern)
    index = Index(model.graph)
    return list(Matcher(pattern, index, model_budget(len(index))).find())


def found(graph: str, text: str, through: str = "", opset: int = 17) -> list[str]:
    """``y:c,x`` for each match: its place and what its tensors are, sorted."""
    return sorted(
        f"{match.place}: {' '.join(f'{n}={t}' for n, t in sorted(match.tensors.items()))}"
        for match in all_matches(facts(graph, opset), text, through)
    )


def places(graph: str, text: str, through: str = "", opset: int = 17) -> list[str]:
    """Where the pattern matches, each place once."""
    return sorted({m.place for m in all_matches(facts(graph, opset), text, through)})
