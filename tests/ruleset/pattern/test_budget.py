"""Models made to keep a matcher busy: every search ends, by itself or at its limit."""

from __future__ import annotations

import pytest

from analyzer.ruleset.pattern import (
    Exhausted,
    Lookup,
    Matcher,
    model_allowance,
    parse_pattern,
    rule_allowance,
)
from tests.ruleset.pattern.find import lookup_in

Uses = list[tuple[str, list[str], str]]


def lookup_of(uses: Uses) -> Lookup:
    return lookup_in(("", *use) for use in uses)


def steps(uses: Uses, text: str) -> int:
    """Allowance that it takes to find one match of each place; raises ``Exhausted``."""
    lookup = lookup_of(uses)
    budget = rule_allowance(len(lookup), model_allowance(len(lookup)))
    allowed = budget.left
    done: set[str] = set()
    for match in Matcher(parse_pattern(text), lookup, budget).find(done):
        done.add(match.place)
    return allowed - budget.left


def chain(length: int) -> Uses:
    """Sums of the two before."""
    names = ["x", "y", *(f"t{i}" for i in range(length))]
    return [("Add", names[i : i + 2], names[i + 2]) for i in range(length)]


def test_a_chain_of_equal_operators_takes_steps_in_proportion() -> None:
    pattern = "a = Add (x, y)\nb = Add (a, z)\nc = Add (b, u)"
    small, large = steps(chain(300), pattern), steps(chain(3_000), pattern)
    assert large < 12 * small


def test_matches_of_one_tensor_with_itself_do_not_multiply() -> None:
    doubling: Uses = [("Add", [f"t{i}", f"t{i}"], f"t{i + 1}") for i in range(2_000)]
    pattern = "\n".join(f"v{i + 1} = Add (v{i}, w{i})" for i in range(8))
    assert steps(doubling, pattern) < 100 * 2_000


def test_a_star_is_searched_once_for_each_reader() -> None:
    star: Uses = [("Relu" if i % 2 else "Neg", ["x"], f"t{i}") for i in range(4_000)]
    assert steps(star, "a = Relu (x)\nb = Neg (x)") < 20 * 4_000


def test_a_search_whose_matches_are_all_refused_ends_at_its_limit() -> None:
    star: Uses = [("Relu" if i % 2 else "Neg", ["x"], f"t{i}") for i in range(3_000)]
    lookup = lookup_of(star)
    search = Matcher(
        parse_pattern("a = Relu (x)\nb = Neg (x)"), lookup, rule_allowance(1, model_allowance(1))
    )
    with pytest.raises(Exhausted):
        sum(1 for _ in search.find())  # every pair is one


def test_operands_of_a_wide_operator_are_steps() -> None:
    wide: Uses = [("Max", [f"x{i}" for i in range(3_000)], "y")]
    with pytest.raises(Exhausted):
        steps(wide, "y = Max (a, b, c, d, d, ...)")


def test_the_rules_of_a_model_share_a_budget() -> None:
    common = model_allowance(0)
    common.left = 10
    budget = rule_allowance(0, common)
    with pytest.raises(Exhausted):
        budget.spend(11)
    assert common.left < 0


def test_a_cycle_of_operators_that_are_seen_through_ends() -> None:
    cycle: Uses = [("Identity", ["b"], "a"), ("Identity", ["a"], "b"), ("Relu", ["b"], "y"),
                   ("Neg", ["c"], "d")]  # fmt: skip
    pattern = parse_pattern("c = Neg (x)\ny = Relu (c)", frozenset({("", "Identity")}))
    lookup = lookup_of(cycle)
    assert list(Matcher(pattern, lookup, model_allowance(4)).find()) == []
