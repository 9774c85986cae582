"""Loops that run as often as whoever calls the model likes."""

from __future__ import annotations

from analyzer.patterns.open_loops import OpenLoop, open_loops
from tests.golden.text import facts

BODY = """<body = b (int64 i, bool c, float[4] s) => (bool d, float[4] t) {{
  {ends}  t = Relu (s) }}>"""
GOES_ON, ENDS = "d = Identity (c)", "m = ReduceMax <keepdims = 0> (s) z = Neg (m) d = Less (z, m)"


def seen(trips: str, body: str = GOES_ON, **stated: int) -> tuple[OpenLoop, ...]:
    loop = f"y = Loop {BODY.format(ends=body)} ({trips})"
    graph = f"""g (int64 n, float[4] x) => (float[4] y) <int64 ten = {{10}}, bool go = {{1}}> {{
      one = Identity (n) more = Add (one, ten) {loop} }}"""
    return open_loops(facts(graph, trips=stated))


def test_a_number_that_comes_from_an_input_is_the_callers() -> None:
    assert seen("more, , x") == (OpenLoop("y", ("n",)),)


def test_a_loop_that_its_body_ends_runs_as_long_as_the_data_say() -> None:
    assert seen(", go, x", ENDS) == (OpenLoop("y", ()),)


def test_a_number_in_the_file_or_on_the_command_line_bounds_it() -> None:
    assert seen("ten, , x") == seen("ten, go, x", ENDS) == seen("more, , x", y=3) == ()
