"""How far a pattern is looked for: the last place at which it is found, and the next."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from analyzer.graph.adjacency import Port
from analyzer.patterns import open_loops
from analyzer.patterns.attention import _projections

if TYPE_CHECKING:
    import pytest


def test_a_projection_is_looked_for_behind_31_operators_of_31_operands() -> None:
    def found(between: int, arity: int = 1) -> bool:
        """Behind a chain of operators that only move elements."""
        flow: Any = SimpleNamespace(
            is_mixing=lambda node: node == f"n{between}",
            role=lambda _: "reshape",
            arity=lambda _: arity,
            sources=lambda node: [Port(f"n{int(node[1:]) + 1}", 0)],
        )
        layers, passed = _projections(flow, [Port("n0", 0)])
        assert len(passed) == (between if layers else 0)
        return [*layers] == [f"n{between}"]

    assert [found(between) for between in (0, 31, 32)] == [True, True, False]
    assert [found(1, arity) for arity in (32, 33)] == [True, False]


def test_an_input_that_says_how_often_is_looked_for_through_2000_tensors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def deciding(between: int) -> tuple[str, ...]:
        names = [f"v{n}" for n in range(between)] + ["given"]
        makers = {("", a): SimpleNamespace(inputs=[b]) for a, b in itertools.pairwise(names)}
        monkeypatch.setattr(open_loops, "wires_of", lambda _: SimpleNamespace(makers=makers))

        class Known(dict[str, Any]):
            inputs = (SimpleNamespace(name="given"),)

        facts: Any = Known(loop=SimpleNamespace(scope="", inputs=names[:1]))
        return open_loops._deciding(facts, "loop")

    assert [deciding(between) for between in (0, 1999, 2000)] == [("given",), ("given",), ()]
