"""Bodies and functions: what one inference runs, counted by hand."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest

from analyzer.facts import Certainty, Facts, Node
from tests.golden.text import facts, facts_of, parse

BRANCHES = (
    "then_branch = t () => (float[4,9] a) { a = MatMul (x, wide) }, "  # 4·7·9 = 252
    "else_branch = e () => (float[4,2] b) { b = MatMul (x, narrow) }"  # 4·7·2 = 56
)
WEIGHTS = "float[4,7] x, float[7,9] wide, float[7,2] narrow"


def node(found: Facts, op_type: str) -> Node:
    return next(n for n in found.nodes if n.op_type == op_type)


@pytest.mark.parametrize(("value", "macs"), [(1, 252), (0, 56)])
def test_if_with_a_constant_condition_costs_the_branch_it_takes(value: int, macs: int) -> None:
    found = facts(
        f"g ({WEIGHTS}) => (float y) <bool c = {{{value}}}> {{ y = If (c) <{BRANCHES}> }}"
    )
    assert (found.totals.macs, found.totals.certainty) == (macs, Certainty.EXACT)
    assert sorted(n.executions or 0 for n in found.nodes if n.op_type == "MatMul") == [0, 1]


def test_if_with_an_unknown_condition_costs_the_larger_branch_and_says_so() -> None:
    found = facts(f"g (bool c, {WEIGHTS}) => (float y) {{ y = If (c) <{BRANCHES}> }}")
    assert (found.totals.macs, found.totals.certainty) == (252, Certainty.ASSUMED)
    assert (found.totals.macs_range, node(found, "If").macs_range) == ((56, 252), (56, 252))
    assert "condition depends on data" in found.totals.reason
    assert sorted(n.counted for n in found.nodes if n.op_type == "MatMul") == [0, 1]
    assert all(n.executions is None for n in found.nodes if n.op_type == "MatMul")


TWO = "(float[4,2] a) { a0 = MatMul (x, wide) a = MatMul (a0, tall) }"
ONE = "(float[4,2] b) { b = MatMul (x, narrow) }"


def either(output: str, condition: str, first: str, second: str) -> str:
    return (
        f"{output} = If ({condition}) <then_branch = {output}1 () => {first}, "
        f"else_branch = {output}2 () => {second}>"
    )


NESTED = f"(float[4,2] d) {{ {either('d', 'no', TWO, ONE)} }}"


@pytest.mark.parametrize(
    ("body", "layers"),
    [
        (either("y", "c", TWO, ONE), 2),
        (either("y", "c", ONE, TWO), 2),
        (either("y", "no", TWO, ONE), 1),
        (either("y", "c", NESTED, ONE), 1),
        (f"{either('u', 'c', NESTED, TWO)} v = MatMul (x, narrow) y = Add (u, v)", 3),
    ],
    ids=["first has more", "second has more", "decided", "nested", "beside another"],
)
def test_of_branches_that_exclude_each_other_the_longer_one_counts_as_layers(
    body: str, layers: int
) -> None:
    model = parse(f"g (bool c, float[4,7] x) => (float[4,2] y) <bool no = {{0}}> {{ {body} }}")
    for name, shape in {"wide": (7, 9), "tall": (9, 2), "narrow": (7, 2)}.items():
        weights = np.ones(shape, np.float32)
        model.graph.initializer.append(onnx.numpy_helper.from_array(weights, name))
    assert facts_of(model).totals.weighted_layers == layers


def test_a_function_counts_at_each_call_as_layers() -> None:
    """Twice: two calls of a function with one layer; and once by itself."""
    model = onnx.parser.parse_model("""<ir_version: 8, opset_import: ["" : 17, "of": 1]>
        g (float[4,4] x) => (float[4,4] y) <float[4,4] w = {0}>
        { a = of.Twice (x, w)  y = of.Layer (a, w) }
        <domain: "of", opset_import: ["" : 17, "of": 1]> Twice (x, w) => (y)
        { a = of.Layer (x, w)  y = of.Layer (a, w) }
        <domain: "of", opset_import: ["" : 17]> Layer (x, w) => (y) { y = MatMul (x, w) }""")
    found = facts_of(model)
    assert found.totals.weighted_layers == 3


def test_a_branch_that_never_runs_inside_an_undecided_one_runs_zero_times() -> None:
    inner = "y1 = If (no) <then_branch = t1 () => (float[4,9] a) { a = MatMul (x, wide) }, "
    inner += "else_branch = e1 () => (float[4,2] b) { b = MatMul (x, narrow) }>"
    found = facts(
        f"g (bool c, {WEIGHTS}) => (float y) <bool no = {{0}}> "
        f"{{ y = If (c) <then_branch = t () => (float y1) {{ {inner} }}, "
        "else_branch = e () => (float[4,7] z) { z = Identity (x) }> }"
    )
    runs = {n.outputs[0].name: (n.executions, n.counted) for n in found.nodes}
    assert runs["a"] == (0, 0)
    assert runs["b"] == (None, 1)
    assert next(n for n in found.nodes if n.outputs[0].name == "a").total_macs == 0
    assert found.totals.macs == 56


def test_an_unknown_operator_in_an_undecided_branch_makes_a_lower_bound() -> None:
    found = facts(
        f"g (bool c, {WEIGHTS}) => (float y) {{ y = If (c) <"
        "then_branch = t () => (float[4,9] a) { a = MatMul (x, wide) }, "
        "else_branch = e () => (float b) { b = com.example.Magic (x) }> }"
    )
    assert found.totals.macs_range == (0, None)  # Magic may cost nothing, or anything
    assert (found.totals.macs, found.totals.complete) == (0, False)
    assert (found.totals.certainty, found.totals.unknown_nodes) == (Certainty.LOWER_BOUND, 1)


def test_a_branch_that_does_not_fit_the_sizes_in_use_is_not_taken() -> None:
    """The larger branch multiplies 7 columns with 8 rows, which no runtime does."""
    graph = (
        "g (bool c, float[4,7] x, float[7,2] narrow, float[8,9] other) => (float[4,N] y) "
        "{ y = If (c) <then_branch = t () => (float[4,2] a) { a = MatMul (x, narrow) }, "
        "else_branch = e () => (float[4,9] b) { b = MatMul (x, other) }> }"
    )
    found = facts(graph)
    assert (found.totals.macs, found.totals.certainty) == (56, Certainty.ASSUMED)
    assert found.totals.complete
    assert not found.problems
    assert "else_branch does not fit" in found.totals.reason
    assert found.outputs[0].shape == (4, 2)
    assert {n.id: n.executions for n in found.nodes if n.op_type == "MatMul"} == {
        "y.then_branch/a": 1,
        "y.else_branch/b": 0,
    }


def test_where_no_branch_fits_the_cost_is_unknown() -> None:
    found = facts(
        "g (bool c, float[4,7] x, float[8,9] w) => (float[4,N] y) "
        "{ y = If (c) <then_branch = t () => (float[4,9] a) { a = MatMul (x, w) }, "
        "else_branch = e () => (float[4,9] b) { b = MatMul (w, x) }> }"
    )
    assert (found.totals.complete, found.totals.certainty) == (False, Certainty.LOWER_BOUND)
    assert {b.family for b in found.breaches} == {"operand"}


LOOP = (
    "y = Loop ({m}, {c}, x) <body = b (int64 i, bool c_in, float[7,7] s_in) => "
    "(bool c_out, float[7,7] s) {{ c_out = {goes_on}  s = MatMul (s_in, s_in) }}>"  # 343 a step
)


def loop(m: str, c: str, goes_on: str, inputs: str = "float[7,7] x", **more: object) -> Facts:
    constants = "<int64 five = {5}, bool true = {1}>"
    body = LOOP.format(m=m, c=c, goes_on=goes_on)
    return facts(f"g ({inputs}) => (float[7,7] y) {constants} {{ {body} }}", **more)  # type: ignore[arg-type]


def test_loop_with_a_constant_trip_count_multiplies_its_body() -> None:
    found = loop("five", "true", "Identity (c_in)")
    assert (found.totals.macs, found.totals.certainty) == (5 * 343, Certainty.EXACT)
    assert node(found, "MatMul").executions == 5
    assert node(found, "MatMul").macs == 343


def test_loop_whose_condition_turns_false_runs_once() -> None:
    ends = "Constant <value = bool {0}> ()"
    assert loop("five", "true", ends).totals.macs == 343
    assert loop("", "true", ends).totals.macs == 343
    assert loop("", "true", ends).totals.certainty is Certainty.EXACT


def test_loop_with_an_unknown_trip_count_may_run_never_or_without_end_and_says_so() -> None:
    found = loop("n", "true", "Identity (c_in)", "float[7,7] x, int64 n")
    assert (found.totals.macs, found.totals.complete) == (0, False)
    assert found.totals.macs_range == (0, None)
    assert found.totals.certainty is Certainty.LOWER_BOUND
    assert "--trip-count" in found.totals.reason
    assert node(found, "MatMul").executions is None


WHILE = (
    "_, y = Loop ({m}, true, zero, x) <body = b (int64 i, bool c_in, int32 n_in, float[7,7] s_in) "
    "=> (bool c_out, int32 n, float[7,7] s) {{ s = MatMul (s_in, s_in)  {step} }}>"
)
"""A loop that carries a counter; 343 MACs a step."""


def while_loop(step: str, m: str = "", inputs: str = "float[7,7] x", **more: object) -> Facts:
    constants = (
        "<bool true = {1}, int32 zero = {0}, int32 two = {2}, int32 nine = {9}, int64 m = {3}>"
    )
    body = WHILE.format(m=m or '""', step=step)
    return facts(f"g ({inputs}) => (float[7,7] y) {constants} {{ {body} }}", **more)  # type: ignore[arg-type]


def test_loop_that_counts_to_a_constant_runs_until_its_condition_turns_false() -> None:
    counted = while_loop("n = Add (n_in, two)  c_out = Less (n, nine)")  # 2, 4, 6, 8, 10
    assert (counted.totals.macs, counted.totals.certainty) == (5 * 343, Certainty.EXACT)
    assert node(counted, "MatMul").executions == 5


def test_loop_that_counts_to_a_size_follows_the_size() -> None:
    step = (
        "n = Add (n_in, two)  k = Cast <to = 1> (n)  size = Shape <start = 0, end = 1> (z)"
        "  rows = Cast <to = 1> (size)  c_out = Less (k, rows)"
    )
    found = while_loop(step, inputs="float[7,7] x, float[N,3] z", shapes={"z": (11, 3)})
    assert (found.totals.macs, found.totals.complete) == (6 * 343, True)  # 2, 4, … 12


def test_loop_that_counts_stops_at_its_limit() -> None:
    step = "n = Add (n_in, two)  c_out = Less (n, nine)"
    assert while_loop(step, m="m").totals.macs == 3 * 343
    free = while_loop(step, m="free", inputs="float[7,7] x, int64 free")
    assert (free.totals.macs, free.totals.complete) == (5 * 343, True)
    assert free.totals.macs_range == (0, 5 * 343)  # the limit that is not known may be lower


def test_loop_whose_condition_is_true_forever_counts_one_iteration_and_says_so() -> None:
    forever = while_loop("n = Identity (n_in)  c_out = Less (n, nine)")
    assert (forever.totals.macs, forever.totals.complete) == (343, False)


def test_loop_whose_condition_reads_data_counts_one_iteration_and_says_so() -> None:
    step = "n = ReduceSum <keepdims = 0> (part)  part = Cast <to = 6> (s)  c_out = Less (n, nine)"
    found = while_loop(step)
    assert (found.totals.macs, found.totals.complete) == (343, False)


def test_stated_trip_counts_are_multiplied() -> None:
    found = loop("n", "true", "Identity (c_in)", "float[7,7] x, int64 n", trips={"y": 12})
    assert (found.totals.macs, found.totals.complete) == (12 * 343, True)


def test_scan_runs_its_body_once_per_slice() -> None:
    # 6 slices of (2,7) · (7,3) = 42 each
    found = facts(
        "g (float[6,2,7] x, float[7,3] w) => (float[6,2,3] y) { y = Scan (x) <num_scan_inputs = 1, "
        "body = b (float[2,7] s) => (float[2,3] o) { o = MatMul (s, w) }> }"
    )
    assert (found.totals.macs, found.totals.certainty) == (6 * 42, Certainty.EXACT)
    assert found.outputs[0].shape == (6, 2, 3)


@pytest.mark.parametrize(
    ("axes", "shape"),
    [
        ("scan_output_axes = [-1]", (6, 2, 7)),
        ("scan_output_axes = [-2]", (6, 2, 7)),
        ("scan_output_axes = [-3]", (6, 2, 7)),
        ("scan_output_axes = [1]", (6, 2, 7)),
        ("scan_input_axes = [-2], scan_output_axes = [-1]", (2, 6, 7)),
    ],
)
def test_scan_reads_and_stacks_along_axes_from_either_end(
    axes: str, shape: tuple[int, ...]
) -> None:
    """ONNX Runtime gives the shape, and on ones the sum of all products."""
    graph = (
        f"g (float[{','.join(map(str, shape))}] x, float[7,3] w) => (float[A,B,C] y) "
        f"{{ y = Scan (x) <num_scan_inputs = 1, {axes}, "
        "body = b (float[2,7] s) => (float[2,3] o) { o = MatMul (s, w) }> }"
    )
    data = parse(graph).SerializeToString()
    session = ort.InferenceSession(data, providers=["CPUExecutionProvider"])
    feed = {"x": np.ones(shape, np.float32), "w": np.ones((7, 3), np.float32)}
    (result,) = session.run(None, feed)
    found = facts(graph)
    assert found.outputs[0].shape == result.shape
    assert found.totals.macs == result.sum() == 6 * 42


def test_the_state_that_a_scan_hands_back_is_as_its_body_makes_it() -> None:
    """Nothing is known of what comes in; after six steps it is the sum of two slices."""
    found = facts(
        """g (float[6,2] x, float z) => (float y, float[6,2] w) {
          s = com.example.Magic (z)
          y, w = Scan (s, x) <num_scan_inputs = 1, body = b (float[N] p, float[2] e)
            => (float[M] q, float[2] o) { q = Add (e, e)  o = Neg (e) }>
        }"""
    )
    assert [tensor.shape for tensor in found.outputs] == [(2,), (6, 2)]


def test_each_of_a_batch_is_scanned() -> None:
    """Opset 8: 3 of 4 steps, a number each."""
    found = facts(
        """g (float[3,4] x) => (float[3,4] y) {
          y = Scan ("", x) <num_scan_inputs = 1, body = s (float p) => (float o) { o = Exp (p) }>
        }""",
        opset=8,
    )
    assert (node(found, "Exp").executions, found.outputs[0].shape) == (12, (3, 4))


def test_a_batch_of_scans_of_unknown_length_runs_unknown_times() -> None:
    """Opset 8 scans each of a batch; here it is 2 of as many steps as the loop makes."""
    found = facts(
        """g (float[2] x, int64 n, bool c) => (float[2,A] y) {
          v = Loop (n, c) <body = b (int64 i, bool d) => (bool e, float[2] r)
            { e = Identity (d)  r = Neg (x) }>
          t = Transpose <perm = [1, 0]> (v)
          y = Scan ("", t) <num_scan_inputs = 1, body = s (float p) => (float o) { o = Abs (p) }>
        }""",
        opset=8,
    )
    assert found.outputs[0].shape == (2, None)
    assert node(found, "Abs").executions is None
    assert not found.totals.flops_complete
    assert found.problems == ()


def test_nested_functions_cost_what_their_bodies_cost() -> None:
    # two calls of Outer, each two calls of Inner: 4 · 343
    found = facts(
        "g (float[7,7] x) => (float[7,7] y) { a = local.Outer (x)  y = local.Outer (a) }",
        functions='<domain: "local", opset_import: ["" : 17, "local" : 1]> '
        "Outer (x) => (y) { t = local.Inner (x)  y = local.Inner (t) }"
        '<domain: "local", opset_import: ["" : 17]> Inner (x) => (y) { y = MatMul (x, x) }',
    )
    assert (found.totals.macs, found.totals.certainty) == (4 * 343, Certainty.EXACT)
    assert node(found, "MatMul").executions == 4


def test_doubling_sixty_times_is_counted_without_expansion() -> None:
    # F0 is one product of 8; each of F1 … F60 calls the one before it twice: 8 · 2^60
    bodies = ['<domain: "local", opset_import: ["" : 17]> F0 (x) => (y) { y = MatMul (x, x) }']
    bodies += [
        '<domain: "local", opset_import: ["" : 17, "local" : 1]> '
        f"F{i} (x) => (y) {{ t = local.F{i - 1} (x)  y = local.F{i - 1} (t) }}"
        for i in range(1, 61)
    ]
    found = facts(
        "g (float[2,2] x) => (float[2,2] y) { y = local.F60 (x) }", functions="".join(bodies)
    )
    assert (found.totals.macs, found.totals.certainty) == (8 * 2**60, Certainty.EXACT)
    assert node(found, "MatMul").executions == 2**60


def test_a_function_called_with_two_shapes_is_counted_for_each() -> None:
    # 4·7·3 + 9·7·3
    found = facts(
        "g (float[4,7] a, float[9,7] b, float[7,3] w) => (float[4,3] y, float[9,3] z)"
        "{ y = local.Dense (a, w)  z = local.Dense (b, w) }",
        functions='<domain: "local", opset_import: ["" : 17]> '
        "Dense (x, w) => (y) { y = MatMul (x, w) }",
    )
    assert found.totals.macs == 84 + 189
    assert len({n.id for n in found.nodes}) == len(found.nodes) == 4


def test_loop_whose_condition_needs_a_bomb_is_not_evaluated() -> None:
    step = (
        "n = Identity (n_in)  k = Constant <value = int64[1] {1000000000000}> ()"
        "  many = Expand (n_in, k)  sum = ReduceSum <keepdims = 0> (many)  c_out = Less (sum, nine)"
    )
    assert while_loop(step).totals.macs == 343
