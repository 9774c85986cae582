"""The matcher against one that tries everything, on small random graphs."""

from __future__ import annotations

from itertools import permutations, product
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.ruleset.pattern import Matcher, model_allowance, parse_pattern
from tests.ruleset.pattern.find import lookup_in

ARITY = {"Neg": 1, "Relu": 1, "Add": 2, "Sub": 2}
COMMUTES = {"Add"}
SCOPES = ("", "body")


class Use(NamedTuple):
    """An operator of a random graph, or a statement of a random pattern."""

    scope: str
    op_type: str
    operands: tuple[str, ...]
    output: str


@st.composite
def graphs(draw: st.DrawFn) -> list[Use]:
    uses: list[Use] = []
    names = {scope: ["x", "w"] for scope in SCOPES}
    for i in range(draw(st.integers(1, 8))):
        scope = draw(st.sampled_from(SCOPES))
        op_type = draw(st.sampled_from(sorted(ARITY)))
        operands = tuple(draw(st.sampled_from(names[scope])) for _ in range(ARITY[op_type]))
        names[scope].append(f"t{i}")
        uses.append(Use(scope, op_type, operands, f"t{i}"))
    return uses


@st.composite
def patterns(draw: st.DrawFn) -> list[Use]:
    """One to three statements, each of which reads what one before it makes or reads."""
    statements: list[Use] = []
    names = ["a"]
    for i in range(draw(st.integers(1, 3))):
        op_type = draw(st.sampled_from(sorted(ARITY)))
        tied = draw(st.sampled_from(names))
        others = [draw(st.sampled_from([*names, f"v{i}"])) for _ in range(ARITY[op_type] - 1)]
        operands = tuple(draw(st.permutations([tied, *others])))
        names += [*operands, f"o{i}"]
        statements.append(Use("", op_type, operands, f"o{i}"))
    return statements


def naive(uses: list[Use], statements: list[Use]) -> set[tuple[tuple[str, str], ...]]:
    """Bindings of every choice of distinct operators of one scope and of every order."""
    found = set()
    for chosen in permutations(uses, len(statements)):
        if len({use.scope for use in chosen}) > 1:
            continue
        if any(u.op_type != s.op_type for u, s in zip(chosen, statements, strict=True)):
            continue
        orders = [
            set(permutations(use.operands)) if use.op_type in COMMUTES else {use.operands}
            for use in chosen
        ]
        for picked in product(*orders):
            pairs = [("scope", chosen[0].scope)]
            for statement, use, operands in zip(statements, chosen, picked, strict=True):
                pairs += [*zip(statement.operands, operands, strict=True)]
                pairs.append((statement.output, use.output))
            bound = dict(pairs)
            if all(bound[name] == tensor for name, tensor in pairs):
                found.add(tuple(sorted(bound.items())))
    return found


@settings(max_examples=150, deadline=None)
@given(graphs(), patterns())
def test_every_match_is_found_and_nothing_else(uses: list[Use], statements: list[Use]) -> None:
    text = "\n".join(f"{s.output} = {s.op_type} ({', '.join(s.operands)})" for s in statements)
    lookup = lookup_in((u.scope, u.op_type, u.operands, u.output) for u in uses)
    matches = Matcher(parse_pattern(text), lookup, model_allowance(len(lookup))).find()
    found = {tuple(sorted({"scope": m.scope, **m.tensors}.items())) for m in matches}
    assert found == naive(uses, statements)
