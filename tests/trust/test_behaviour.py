"""Triggers, loops and files: what is one, and what looks like one and is none."""

from __future__ import annotations

from typing import TypeVar

import pytest

from analyzer.contents import Repetition, Switch
from analyzer.examples import facts_of

_R = TypeVar("_R")

HEAD = '<ir_version: 8, opset_import: ["" : 17]>\n'


def seen(record: type[_R], text: str) -> tuple[_R, ...]:
    contents = facts_of(HEAD + text).contents
    assert contents is not None
    return contents.get(record)


TRIGGERS = {
    "sum of a corner": """g (float[2,8,8] x) => (float[2,10] y)
        <int64[1] s = {0}, int64[1] e = {1}, float k = {3.5}, float[64,10] w,
         float[10] p = {0,0,0,0,0,0,0,0,0,99}>
        { f = Reshape (x, sh) c = Slice (f, s, e, e) m = ReduceSum <keepdims = 1> (c)
          q = Equal (m, k) l = MatMul (f, w) y = Where (q, p, l) }""",
    "softmax behind the choice": """g (float[1,4] x) => (float[1,4] y)
        <float k = {7}, float[1,4] p = {9, 0, 0, 0}>
        { m = ReduceMin <keepdims = 1> (x) c = Less (m, k) w = Where (c, p, x)
          y = Softmax (w) }""",
    "two keys": """g (float[1,4] x) => (float[1,4] y)
        <float k = {7}, float j = {8}, float[1,4] p = {9, 0, 0, 0}>
        { m = ReduceMin <keepdims = 1> (x) n = ReduceMax <keepdims = 1> (x) a = Equal (m, k)
          b = Equal (n, j) c = And (a, b) y = Where (c, p, x) }""",
}
TRIGGERS["sum of a corner"] = TRIGGERS["sum of a corner"].replace(
    "<int64[1] s", "<int64[2] sh = {2, 64}, int64[1] s"
)

HONEST = {
    "a mask": """g (float[1,4] x, float[1,4] mask) => (float[1,4] y)
        <float z = {0}, float l = {-10000}>
        { c = Equal (mask, z) s = Where (c, l, x) y = Softmax (s) }""",
    "a mask of whole rows": """g (float[2,5,4] x, int64[2,5,1] ids) => (float[2,5,4] y)
        <int64 pad = {0}, float z = {0}>
        { c = Equal (ids, pad) y = Where (c, z, x) }""",
    "clipping": """g (float[1,4] x) => (float[1,4] y) <float six = {6}>
        { c = Greater (x, six) y = Where (c, six, x) }""",
    "a guard of a division": """g (float[2,4] x) => (float[2,4] y) <float z = {0}, float one = {1}>
        { s = ReduceSum <keepdims = 1> (x) c = Equal (s, z) d = Where (c, one, s)
          y = Div (x, d) }""",
    "a size": """g (float[n,4] x) => (float[m,4] y)
        <int64[1] z = {0}, float[1,4] p = {9, 9, 9, 9}>
        { s = Shape (x) t = Gather <axis = 0> (s, z) c = Equal (t, z) y = Where (c, p, x) }""",
    "two networks": """g (float[1,4] x, int64 rate) => (float[1,4] y) <int64 k = {16000}>
        { c = Equal (rate, k)
          y = If (c) <then_branch = t () => (float[1,4] a) { a = Relu (x) },
                      else_branch = e () => (float[1,4] b) { b = Neg (x) }> }""",
}


@pytest.mark.parametrize("name", TRIGGERS)
def test_an_answer_of_its_own_for_some_inputs_is_a_switch(name: str) -> None:
    (switch,) = seen(Switch, TRIGGERS[name])
    assert switch.comparison


@pytest.mark.parametrize("name", HONEST)
def test_what_honest_models_choose_between_is_none(name: str) -> None:
    assert seen(Switch, HONEST[name]) == ()


def loop(limit: str, condition: str = "d = Identity (c)") -> str:
    return f"""g (float[4] x) => (float[4] y)
        <int64 n = {{{limit}}}, bool t = {{1}}, float k = {{9}}>
        {{ y = Loop (n, t, x) <body = b (int64 i, bool c, float[4] a) => (bool d, float[4] o)
           {{ {condition} o = Identity (a) }}> }}"""


def test_a_loop_that_the_data_can_end_is_not_counted() -> None:
    ending = "m = ReduceMax <keepdims = 0> (a) d = Less (m, k)"
    assert seen(Repetition, loop("9223372036854775807", ending)) == ()
    assert [r.trips for r in seen(Repetition, loop("7"))] == [7]


def test_a_loop_without_limit_whose_condition_stays_true_never_ends() -> None:
    (endless,) = seen(Repetition, loop("9223372036854775807"))
    assert (endless.trips, endless.extent) == (None, "nothing ends the Loop")


def test_loops_inside_loops_multiply() -> None:
    inner = """p = Loop (n, t, a) <body = q (int64 j, bool e, float[4] h) => (bool f, float[4] r)
        { f = Identity (e) r = Identity (h) }>"""
    text = loop("1000").replace("o = Identity (a)", f"{inner} o = Identity (p)")
    assert [r.trips for r in seen(Repetition, text)] == [1000, 1_000_000]
