"""Peak activation memory by liveness, worked by hand (float32: 4 bytes an element)."""

from __future__ import annotations

from analyzer.facts import Certainty
from tests.golden.text import facts


def test_a_chain_holds_one_input_and_one_output_at_a_time() -> None:
    # x(100) → a(100): 200 alive; a → b(50): 150; b → y(50): 100
    found = facts(
        "g (float[100] x) => (float[50] y) { a = Relu (x)  zero = Constant <value_ints = [0]> ()  "
        "n = Constant <value_ints = [50]> ()  b = Slice (a, zero, n)  y = Neg (b) }"
    ).memory
    assert (found.peak_bytes, found.at_node, found.certainty) == (800, "a", Certainty.EXACT)
    assert [t.name for t in found.alive] == ["a", "x"]


def test_a_residual_keeps_its_shortcut_alive() -> None:
    # x is read last by y: x, a, b (during b) and x, b, y (during y) are 3 · 10 elements
    found = facts(
        "g (float[10] x) => (float[10] y) { a = Relu (x)  b = Neg (a)  y = Add (x, b) }"
    ).memory
    assert found.peak_bytes == 3 * 10 * 4
    assert found.at_node == "b"


def test_outputs_live_to_the_end_and_weights_do_not_count() -> None:
    # early(5·9) stays; during late: a(10), early(45), late(10)
    found = facts(
        "g (float[5,2] x) => (float[5,9] early, float[5,2] late) <float[2,9] w = "
        "{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}> "
        "{ early = MatMul (x, w)  a = Relu (x)  late = Neg (a) }"
    ).memory
    assert found.peak_bytes == (45 + 10 + 10) * 4


def test_the_larger_branch_lives_inside_its_if() -> None:
    # outside: x(10), y(10); inside then: p(1000) and q(10) while q is made
    found = facts(
        "g (bool c, float[10] x) => (float[10] y) { y = If (c) <"
        "then_branch = t () => (float[10] q) { s = Constant <value_ints = [100, 10]> ()  "
        "p = Expand (x, s)  q = ReduceSum <keepdims = 0> (p, zero) }, "
        "else_branch = e () => (float[10] r) { r = Neg (x) }> }".replace(
            "q = ReduceSum", "zero = Constant <value_ints = [0]> ()  q = ReduceSum"
        )
    ).memory
    # c is one byte; its value is dead once the If has begun, but it is the If's input
    assert found.peak_bytes == 1 + (10 + 10 + 1000 + 10) * 4
    assert found.at_node == "y"
    assert found.alive[0].name == "p"


def test_unknown_sizes_make_a_lower_bound() -> None:
    found = facts(
        "g (float[10] x) => (float[] y) { a = com.example.Magic (x)  y = Relu (x) }"
    ).memory
    assert found.certainty is Certainty.LOWER_BOUND
    assert found.peak_bytes == (10 + 10) * 4
    assert "unknown size" in found.reason


def test_sub_byte_tensors_are_packed() -> None:
    # 11 int4 elements in 6 bytes beside 44 bytes of float32
    found = facts(
        "g (float[11] x, float s) => (int4[11] y) "
        "{ y = QuantizeLinear <output_dtype = 22> (x, s) }",
        opset=21,
    ).memory
    assert found.peak_bytes == 44 + 4 + 6


def test_the_timeline_is_what_is_alive_while_each_operator_runs() -> None:
    # x(100) and a; a and b(100); b and y(10). In place, b is written over a, and a not over x,
    # which the caller owns; a product writes over nothing.
    found = facts(
        "g (float[1,100] x, float[100,10] w) => (float[1,10] y) "
        "{ a = Relu (x)  b = Neg (a)  y = MatMul (b, w) }"
    ).memory
    weights = 4000
    assert [(s.node, s.operators) for s in found.timeline] == [("a", 1), ("b", 1), ("y", 1)]
    assert [s.bytes - weights for s in found.timeline] == [800, 800, 440]
    assert [s.in_place_bytes - weights for s in found.timeline] == [800, 400, 440]


def test_what_is_read_again_is_not_written_over() -> None:
    found = facts("g (float[10] x) => (float[10] y) { a = Relu (x)  b = Neg (a)  y = Add (a, b) }")
    assert [s.in_place_bytes for s in found.memory.timeline] == [80, 80, 40 * 2]


def test_a_long_timeline_keeps_its_maximum() -> None:
    body = "  ".join(f"a{n + 1} = Relu (a{n})" for n in range(600))
    found = facts(
        f"g (float[10] a0) => (float[10] a600, float[30] z) {{ {body}  z = Concat <axis = 0> "
        "(a300, a400, a500) }"
    ).memory
    assert len(found.timeline) == 151, "four operators a step"
    assert sum(step.operators for step in found.timeline) == 601
    assert max(step.bytes for step in found.timeline) == found.peak_bytes


def test_tensors_of_the_peak_have_their_times() -> None:
    # b is made while x, which y reads again, and a are alive
    found = facts(
        "g (float[10] x) => (float[10] y) { a = Relu (x)  b = Neg (a)  y = Add (x, b) }"
    ).memory
    assert [(t.name, t.bytes, t.first, t.last) for t in found.held] == [
        ("a", 40, 0, 1),
        ("b", 40, 1, 2),
        ("x", 40, 0, 2),
    ]


def test_what_an_if_gives_takes_what_its_branch_makes() -> None:
    # during z: c, x(10), z and the branch's own result, of 20 or 10 each; during y: z and y
    found = facts(
        "g (bool c, float[10] x) => (float[] y) { z = If (c) <"
        "then_branch = t () => (float[20] a) { a = Concat <axis = 0> (x, x) }, "
        "else_branch = e () => (float[10] b) { b = Identity (x) }>  y = Relu (z) }"
    )
    assert found.memory.peak_range == (1 + (10 + 10 + 10) * 4, 1 + (10 + 20 + 20) * 4)
    assert (found.memory.peak_bytes, found.memory.at_node) == (201, "z")
    relu = next(node for node in found.nodes if node.id == "y")
    assert relu.cost.flops_range == (10, 20)


def test_sizes_from_either_branch_cost_what_they_make() -> None:
    # y has as many elements as the branch says: 3·2 or 4·2
    found = facts(
        "g (bool c, float[1,2] x) => (float[] y) { s = If (c) <"
        "then_branch = t () => (int64[2] a) { a = Constant <value_ints = [3, 2]> () }, "
        "else_branch = e () => (int64[2] b) { b = Constant <value_ints = [4, 2]> () }>"
        "  z = Expand (x, s)  y = Relu (z) }"
    )
    relu = next(node for node in found.nodes if node.id == "y")
    assert relu.cost.flops_range == (6, 8)
