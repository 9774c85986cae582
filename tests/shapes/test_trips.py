"""How often a Loop runs (ONNX operator specification): as long as the condition holds, looked at
before each iteration, and no more than the limit; an absent limit is none, an absent condition
true."""

from __future__ import annotations

import pytest

from analyzer.facts import Range
from tests.each import each
from tests.golden.text import facts

NUMBERS = (
    "<int64 five = {5}, int64 none = {0}, int64 less = {-3}, int64 two = {2}, int64 three = {3}, "
    "int64 seven = {7}, int64 one = {1}, bool yes = {1}, bool no = {0}, "
    "int64 huge = {2147483647}, int64 almost = {2147483646}>"
)
KEPT, NEVER, COUNTED = "on = Identity (go)", "on = Identity (no)", "on = Less (i, three)"
DATA = "r = ReduceMax <keepdims = 0> (a) q = Cast <to = 7> (r) on = Less (q, three)"
TRIPS: list[tuple[str, str, Range]] = [
    # limit and condition, and what the body makes of the condition
    ("five, yes", KEPT, (5, 5)), ("five, ", KEPT, (5, 5)), ("none, yes", KEPT, (0, 0)),
    ("less, yes", KEPT, (0, 0)), ("five, no", KEPT, (0, 0)),
    ("five, yes", "j = Identity (go) k = Identity (j) on = Identity (k)", (5, 5)),
    # known when the model runs
    ("five, c", KEPT, (0, 5)), ("n, yes", KEPT, (0, None)), ("n, c", KEPT, (0, None)),
    (", c", NEVER, (0, 1)), ("five, c", COUNTED, (0, 4)), ("n, yes", COUNTED, (0, 4)),
    ("five, yes", DATA, (1, 5)), (", yes", DATA, (1, None)), ("five, c", DATA, (0, 5)),
    # the condition turns false after the iteration that finds 3 not below 3
    (", yes", COUNTED, (4, 4)), (", ", COUNTED, (4, 4)), ("two, yes", COUNTED, (2, 2)),
    ("five, yes", COUNTED, (4, 4)), (", yes", NEVER, (1, 1)), ("five, yes", NEVER, (1, 1)),
    # a loop without end, and the limits that exporters write for it
    (", yes", KEPT, (1, None)), ("huge, yes", COUNTED, (4, 4)), ("huge, yes", KEPT, (1, None)),
    ("almost, yes", KEPT, (2147483646, 2147483646)),
]  # fmt: skip


def runs(args: str, body: str, carried: tuple[str, str, str] = ("", "", "")) -> Range:
    given, state, made = carried
    found = facts(
        f"g (int64 n, bool c, float[4] x) => (float[] y) {NUMBERS} {{ y{', s_out' if given else ''}"
        f" = Loop ({args}, x{given}) <body = b (int64 i, bool go, float[4] a{state}) => "
        f"(bool on, float[4] z{made}) {{ {body} z = Relu (a) }}> }}"
    )
    relu = next(node for node in found.nodes if node.op_type == "Relu")
    assert relu.executions == (relu.executions_range[0] if len(set(relu.executions_range)) == 1
                               else None)  # fmt: skip
    return relu.executions_range


@each(("args", "body", "trips"), TRIPS)
def test_a_loop_runs_as_often_as_limit_and_condition_allow(
    args: str, body: str, trips: Range
) -> None:
    assert runs(args, body) == trips


@pytest.mark.parametrize(
    ("body", "trips"),
    [
        ("t = Add (s, two) on = Less (t, seven)", 3),  # 3, 5 and 7, from 1
        ("t = Add (s, two) on = LessOrEqual (t, seven)", 4),
        ("t = Add (s, two) on = Less (s, seven)", 4),  # 1, 3, 5 and 7
        ("t = Mul (s, two) on = Less (t, seven)", 3),  # 2, 4 and 8
        ("t = Identity (s) on = Less (s, one)", 1),
    ],
)
def test_a_number_that_is_carried_counts(body: str, trips: int) -> None:
    assert runs(", yes", body, (", one", ", int64 s", ", int64 t")) == (trips, trips)
