"""What is known before the model runs, what nobody needs, and what only looks like it."""

from __future__ import annotations

import pytest

from analyzer.analyze import analyze
from analyzer.model import load
from analyzer.shapes.stated import Bindings
from tests.golden.text import facts, parse
from tests.redundancy.looks import kinds, surplus

SIZES = ("g (float[N,8] x) => (float[N,8] y) <int64 i = {%d}> "
         "{ s = Shape (x)  n = Gather (s, i)  f = Cast <to = 1> (n)  y = Div (x, f) }")  # fmt: skip

FUNCTION = '<domain: "local", opset_import: ["" : 17]> f (a) => (b) { %s }'


def test_what_is_computed_from_constants_is_foldable() -> None:
    found = surplus("g (float[4] x) => (float[4] y) "
                    "<float[4] a = {1,2,3,4}, float[4] b = {1,2,3,4}> "
                    "{ c = Mul (a, b)  d = Sqrt (c)  y = Add (x, d) }")  # fmt: skip
    assert {place: each.kind for place, each in found.items()} == {"c": "foldable", "d": "foldable"}
    assert (found["c"].operand_bytes, found["c"].result_bytes) == (32, 16)


def test_a_size_that_the_file_states_is_known_and_one_that_it_leaves_open_is_not() -> None:
    assert kinds(SIZES % 1) == {"s": "foldable", "n": "foldable", "f": "foldable"}
    assert kinds(SIZES % 0) == {}


def test_a_size_that_the_user_states_proves_nothing() -> None:
    model = load(parse(SIZES % 0).SerializeToString())
    assert analyze(model, Bindings(dims={"N": 3})).structure.surplus == ()


def test_growth_is_that_of_the_step_that_grows_most() -> None:
    found = surplus("g (float[1000] x) => (float[1000] y) <int64[1] n = {1000}, float one = {1}> "
                    "{ e = Expand (one, n)  h = Neg (e)  y = Add (x, h) }")  # fmt: skip
    assert [found[place].growth_bytes for place in "eh"] == [4000, 4000]


SUM = "g (float[4] x%s) => (float[4] y) %s { %s  y = Add (x, c) }"
FOUR = "<float[4] a = {1,2,3,4}>"


@pytest.mark.parametrize(
    "graph",
    [
        SUM % ("", "", "c = RandomNormal <shape = [4]> ()"),
        SUM % ("", "<int8[4] q = {1,2,3,4}, float s = {1}>", "c = DequantizeLinear (q, s)"),
        SUM % (", float[4] a", FOUR, "c = Neg (a)"),
        SUM % ("", FOUR, "c = com.example.Foo (a)"),
        SUM % ("", "", "c = Constant <value_float = 1.0> ()"),
    ],
)
def test_random_draws_integers_overridable_and_unknown_operators_are_not_folded(graph: str) -> None:
    assert kinds(graph) == {}


def test_what_follows_from_an_overridable_small_constant_is_not_known() -> None:
    graph = ("g (float[N,8] x, int64 k) => (float[N,8] y) <int64 k = {8}> "
             "{ j = Neg (k)  f = Cast <to = 1> (j)  y = Div (x, f) }")  # fmt: skip
    assert kinds(graph) == {}


def test_one_repetition_makes_a_chain_of_repetitions() -> None:
    graph = ("g (float[4] x) => (float[4] y) <float a = {2}, float b = {2}, float c = {3}> "
             "{ p = Mul (x, a) q = Tanh (p) r = Mul (x, b) s = Tanh (r) t = Mul (x, c) "
             "u = Tanh (t) y = Sum (q, s, u) }")  # fmt: skip
    found = surplus(graph)
    assert {place: each.by for place, each in found.items()} == {"r": "p", "s": "q"}


def test_operators_in_two_bodies_are_no_repetition() -> None:
    graph = ("g (float[4] x, bool c) => (float[4] y) { y = If (c) "
             "<then_branch = t () => (float[4] u) { a = Tanh (x) u = Neg (a) }, "
             "else_branch = e () => (float[4] v) { b = Tanh (x) v = Abs (b) }> }")  # fmt: skip
    assert kinds(graph) == {}


def test_operators_without_readers_and_what_feeds_only_them_are_dead() -> None:
    assert kinds("g (float[4] x) => (float[4] y) { y = Neg (x) a = Tanh (x) b = Tanh (a) }") == {
        "a": "dead",
        "b": "dead",
    }


def test_the_branch_that_a_constant_condition_rules_out_never_runs() -> None:
    graph = ("g (float[4] x) => (float[4] y) <bool c = {0}> { y = If (c) "
             "<then_branch = t () => (float[4] u) { a = Tanh (x) u = Neg (a) }, "
             "else_branch = e () => (float[4] v) { v = Abs (x) }> }")  # fmt: skip
    assert kinds(graph) == {
        "y": "constant-if",
        "y.then_branch/a": "never-run",
        "y.then_branch/u": "never-run",
    }


def test_a_reshape_with_one_open_size_needs_no_computed_target() -> None:
    graph = ("g (float[N,8,2] x) => (float[N,16] y) <int64[1] i = {0}, int64[1] c = {16}> "
             "{ s = Shape (x) n = Gather (s, i) t = Concat <axis = 0> (n, c) "
             "y = Reshape (x, t) }")  # fmt: skip
    assert kinds(graph) == dict.fromkeys("snt", "computed-shape")


@pytest.mark.parametrize(
    ("ends", "reader", "kind"),
    [
        ("float[N,16] y", "d = Neg (t)", "dead"),
        ("float[N,16] y", "d = Size (t)  e = Neg (d)", "dead"),
        ("float[N,16] y, int64 z", "z = Size (t)", "foldable"),
        ("float[N,16] y, int64[2] z", "z = Neg (t)", ""),
    ],
)
def test_a_target_is_idle_too_where_what_else_reads_it_goes(
    ends: str, reader: str, kind: str
) -> None:
    graph = (f"g (float[N,8,2] x) => ({ends}) "
             "<int64[1] i = {0}, int64[1] c = {16}> "
             "{ s = Shape (x) n = Gather (s, i) t = Concat <axis = 0> (n, c) "
             f"y = Reshape (x, t)  {reader} }}")  # fmt: skip
    found = kinds(graph)
    assert {found.get(place) for place in "snt"} == {"computed-shape" if kind else None}
    assert not kind or kind in found.values()


def test_a_function_called_twice_is_judged_by_both_calls() -> None:
    function = FUNCTION % "c = Cast <to = 1> (a) b = Neg (c)"
    both = ("g (float[4] x, double[4] z) => (float[4] y, float[4] w) "
            "{ y = local.f (x) w = local.f (z) }")  # fmt: skip
    once = "g (float[4] x) => (float[4] y) { y = local.f (x) }"
    assert kinds(both, functions=function) == {}
    assert set(kinds(once, functions=function).values()) == {"cast"}


def test_inputs_and_functions_that_nothing_reads_are_named() -> None:
    function = FUNCTION % "b = Neg (a)"
    found = surplus("g (float[4] x, float[4] z) => (float[4] y) { y = Neg (x) }", 17, function)
    assert {place: each.kind for place, each in found.items()} == {
        "z": "unread-input",
        "local.f": "unused-function",
    }
    assert found["local.f"].operators == 1


def test_a_batch_is_baked_only_where_another_one_cannot_run() -> None:
    reshape = "g (float[N,8] x) => (float[1,8] y) <int64[2] s = {1,8}> { y = Reshape (x, s) }"
    assert kinds(reshape) == {"y": "baked-batch"}
    crop = ("g (float[N,8] x) => (float[2,4] y) <int64[1] a = {0}, int64[1] b = {1}, "
            "int64[2] s = {2,4}> { c = Slice (x, a, b)  y = Reshape (c, s) }")  # fmt: skip
    assert kinds(crop) == {}


def test_a_constant_for_two_samples_bakes_the_batch_and_one_for_all_does_not() -> None:
    graph = "g (float[N,4] x) => (float[N,4] y) <float[%d,1] c = {%s}> { y = Add (x, c) }"
    assert kinds(graph % (3, "1,2,3")) == {"y": "baked-batch"}
    assert kinds(graph % (1, "1")) == {}


def test_a_length_is_baked_where_the_target_states_it_and_one_more_does_not_fit() -> None:
    graph = ("g (float[%s,S,64] x) => (float[A,B,C,D] y) <int64[4] s = {%s}> "
             "{ y = Reshape (x, s) }")  # fmt: skip
    assert kinds(graph % ("N", "-1,128,4,16")) == {"y": "baked-size"}
    assert kinds(graph % ("N", "0,128,4,16")) == {"y": "baked-size"}
    assert kinds(graph % ("1", "1,128,4,16")) == {"y": "baked-size"}
    assert kinds(graph % ("N", "0,-1,4,16")) == {}
    assert kinds(graph % ("N", "-1,1,4,16")) == {}, "every position becomes a sample"
    assert kinds(graph % ("N", "-1,2,2,32")) == {"y": "baked-size"}


def test_a_length_that_is_only_unknown_is_not_baked() -> None:
    graph = ("g (float[N,64] x) => (float[A,B,C,D] y) <int64[4] s = {-1,128,1,1}> "
             "{ n = NonZero (x)  f = Cast <to = 1> (n)  y = Reshape (f, s) }")  # fmt: skip
    assert kinds(graph) == {}


def test_weights_in_fewer_bits_are_widened_on_purpose() -> None:
    numbers = ",".join(str(i % 9) for i in range(400))
    graph = ("g (float[400] x) => (float[400] y) <int8[400] q = {%s}> "
             "{ c = Cast <to = 1> (q)  y = Add (x, c) }")  # fmt: skip
    assert kinds(graph % numbers) == {}


def test_an_initial_state_for_one_sequence_bakes_the_batch() -> None:
    graph = ("g (float[5,N,2] x) => (float[5,1,N,3] y) <float[1,9,2] w, float[1,9,3] r, "
             "float[1,1,3] h> { y = GRU <hidden_size = 3> (x, w, r, , , h) }")  # fmt: skip
    assert kinds(graph) == {}, "the batch is not the first axis of the input"


def test_nothing_is_looked_for_until_somebody_asks() -> None:
    found = facts("g (float[4] x) => (float[4] y) { y = Identity (x) }")
    assert found.structure is found.structure


def test_a_shape_with_many_known_sizes_goes_with_them_unless_one_is_open() -> None:
    graph = ("g (float[N,8] x) => (float y) <int64 i = {1}, int64 j = {%d}> {"
             " s = Shape (x) %s m = Gather (s, j) y = Sum (%s, m) }")  # fmt: skip
    some = [f"n{k}" for k in range(50)]
    reads = " ".join(f"{name} = Gather (s, i)" for name in some)
    known = kinds(graph % (1, reads, ", ".join(some)))
    assert known["s"] == "foldable"
    some_open = kinds(graph % (0, reads, ", ".join(some)))
    assert "s" not in some_open
    assert some_open["n7"] == "foldable"
