"""Where floating point lies between integers, and how much of a model is in either."""

from __future__ import annotations

from analyzer.patterns.index import index_of
from analyzer.patterns.quantised import Quantisation, _readers, quantisation_of
from tests.golden.text import facts

WEIGHTS = "<int8[4,4] w = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16}, float s = {0.1}, int8 z = {0}>"
HEAD = f"g (float[1,4] x) => (float[1,4] y) {WEIGHTS} {{ q = QuantizeLinear (x, s, z)"
PRODUCT = "d = DequantizeLinear (q, s, z) v = DequantizeLinear (w, s, z) a = MatMul (d, v)"
TAIL = "eq = QuantizeLinear (e, s, z) y = DequantizeLinear (eq, s, z) }"


def seen(graph: str) -> Quantisation:
    return quantisation_of(facts(graph))


def between(operators: str) -> Quantisation:
    middle = "aq = QuantizeLinear (a, s, z) ad = DequantizeLinear (aq, s, z)"
    return seen(f"{HEAD} {PRODUCT} {middle} {operators} {TAIL}")


def test_an_operator_without_an_integer_kernel_is_an_island() -> None:
    found = between("e = Erf (ad)")
    assert (found.islands, found.island_operators, found.island_types) == (1, 1, "Erf ×1")
    assert found.island_flops == 4


def test_an_operator_with_one_is_none() -> None:
    assert between("e = Sigmoid (ad)").islands == 0


def test_what_is_not_quantised_at_once_is_in_floating_point_whatever_it_is() -> None:
    found = between("m = Mul (ad, ad) e = Tanh (m)")
    assert (found.islands, found.island_operators) == (1, 2)


def test_the_first_result_says_whether_it_is_in_floating_point() -> None:
    """Behind it, MaxPool has the places of the largest, which are integers."""
    graph = (
        f"g (float[1,1,4] x) => (float[1,1,4] y) {WEIGHTS} {{ q = QuantizeLinear (x, s, z) "
        "d = DequantizeLinear (q, s, z) m, at = MaxPool <kernel_shape = [1]> (d) e = Erf (m)"
    )
    found = seen(f"{graph} {TAIL}")
    assert (found.island_operators, found.island_types) == (2, "MaxPool ×1, Erf ×1")


def test_what_reads_weights_alone_is_no_island() -> None:
    graph = f"{HEAD} {PRODUCT} k = Erf (v) aq = QuantizeLinear (a, s, z)"
    tail = "kq = QuantizeLinear (k, s, z) kd = DequantizeLinear (kq, s, z)"
    assert seen(f"{graph} {tail} e = DequantizeLinear (aq, s, z) {TAIL}").islands == 0


def test_moving_data_is_no_island() -> None:
    assert between("e = Transpose <perm = [0, 1]> (ad)").islands == 0


def test_an_activation_between_a_product_and_its_quantisation_is_part_of_the_kernel() -> None:
    assert seen(f"{HEAD} {PRODUCT} e = Relu (a) {TAIL}").islands == 0


def test_what_comes_before_the_first_or_after_the_last_integers_is_no_island() -> None:
    graph = (
        f"g (float[1,4] x) => (float[1,4] y) {WEIGHTS} {{ r = Erf (x) q = QuantizeLinear (r, s, z)"
        f" {PRODUCT} aq = QuantizeLinear (a, s, z) e = DequantizeLinear (aq, s, z) y = Erf (e) }}"
    )
    assert seen(graph).islands == 0


def test_a_bias_that_is_dequantised_behind_an_identity_is_no_float() -> None:
    graph = (
        "g (float[1,2,4] x) => (float[1,2,4] y) <int8[2,2,1] w = {1,2,3,4}, int32[2] b = {1,2}, "
        "float s = {0.1}, int8 z = {0}> { q = QuantizeLinear (x, s, z) d = DequantizeLinear "
        "(q, s, z) v = DequantizeLinear (w, s, z) c = DequantizeLinear (b, s) i = Identity (c) "
        f"e = Conv (d, v, i) {TAIL}"
    )
    assert seen(graph).islands == 0


def test_convolutions_that_onnx_runtime_leaves_in_floating_point_are_counted() -> None:
    """Run with ONNX Runtime 1.32 for x86: only the first of these becomes a QLinearConv."""
    for step, dtype, unaligned, signed in (
        ("{0.0100009}", "uint8", 0, 0),  # within 1e-6 + 1 % of 0.1 · 0.1
        ("{0.0102}", "uint8", 1, 0),
        ("{0.01}", "int8", 0, 1),
    ):
        found = seen(
            f"g ({dtype}[1,2,4] x) => ({dtype}[1,1,4] y) <int8[1,2,1] w = {{1,2}}, "
            f"int32[1] b = {{0}}, float s = {{0.1}}, int8 n = {{0}}, {dtype} z = {{3}}, "
            f"float p = {step}> {{ "
            "d = DequantizeLinear (x, s, z) v = DequantizeLinear (w, s, n) "
            "c = DequantizeLinear (b, p) i = Identity (c) e = Conv (d, v, i) "
            "y = QuantizeLinear (e, s, z) }"
        )
        assert (found.float_forms, found.unaligned, found.signed_forms) == (1, unaligned, signed)
        assert found.left_on_x86 == unaligned + signed
        assert found.signed_macs == signed * 2 * 4


def test_what_reads_an_int8_tensor_twice_keeps_its_convolutions_in_floating_point() -> None:
    """As ONNX Runtime 1.32 does for x86: it makes uint8 of a pair that is read once."""
    for more, left in (("y = Relu (t)", 0), ("r = Abs (t) y = Add (r, t)", 1)):
        found = seen(
            "g (float[1,2,4] x) => (float[1,1,4] y) <int8[1,2,1] w = {1,2}, float s = {0.1}, "
            "int8 z = {0}> { q = QuantizeLinear (x, s, z) d = DequantizeLinear (q, s, z) "
            "v = DequantizeLinear (w, s, z) e = Conv (d, v) f = QuantizeLinear (e, s, z) "
            f"h = Identity (f) t = DequantizeLinear (h, s, z) {more} }}"
        )
        assert (found.signed_forms, found.left_on_x86) == (1, left)
        assert found.signed_macs == left * 2 * 4


def test_data_that_are_read_twice_keep_a_convolution_in_floating_point_too() -> None:
    """As ONNX Runtime 1.32 does for x86."""
    for reads, left in (
        ("d = DequantizeLinear (q, s, z) y2 = Relu (x)", 0),
        ("i = Identity (q) d = DequantizeLinear (i, s, z) y2 = Relu (x)", 0),
        ("d = DequantizeLinear (q, s, z) y2 = Relu (d)", 1),
        ("d = DequantizeLinear (q, s, z) o = DequantizeLinear (q, s, z) y2 = Relu (o)", 1),
        # a result that stays in floating point is no int8 tensor
        ("d = DequantizeLinear (q, s, z) y2 = Relu (e)", 0),
    ):
        found = seen(
            "g (float[1,2,4] x) => (float[1,1,4] y, float[1,2,4] y2) <int8[1,2,1] w = {1,2}, "
            f"float s = {{0.1}}, int8 z = {{0}}> {{ q = QuantizeLinear (x, s, z) {reads} "
            "v = DequantizeLinear (w, s, z) e = Conv (d, v) f = QuantizeLinear (e, s, z) "
            "t = DequantizeLinear (f, s, z) y = Relu (t) }"
        )
        assert (found.signed_forms, found.left_on_x86) == (1, left)


def test_macs_are_told_apart_by_the_arithmetic_they_are_done_in() -> None:
    found = seen(
        "g (float[1,4] x, float[4,4] m) => (float[1,4] y) "
        f"{WEIGHTS} {{ q = QuantizeLinear (x, s, z) {PRODUCT} y = MatMul (a, m) }}"
    )
    assert (found.integer_macs, found.float_macs, found.float_share) == (16, 16, 0.5)
    assert (found.integer_layers, found.float_layers) == (1, 1)


def test_a_model_in_floating_point_has_no_islands() -> None:
    found = seen("g (float[2,2] x) => (float[2,2] y) { y = MatMul (x, x) }")
    assert (found.islands, found.integer_macs, found.island_types) == (0, 0, "")


def test_a_model_without_macs_has_no_share_of_them() -> None:
    assert seen("g (float[2] x) => (float[2] y) { y = Relu (x) }").float_share is None


def test_readers_are_found_behind_so_many_identities_and_no_more() -> None:
    model = facts(
        "g (float[2] x) => (float[2] y, float[2] w) { a = Exp (x) b = Identity (a) "
        "c = Identity (b) y = Abs (c) w = Neg (c) }"
    )
    value = index_of(model).operator("a").outputs[0]
    found = {steps: [reader.id for reader in _readers(value, steps)] for steps in (0, 1, 2, 3)}
    assert found == {0: ["b"], 1: ["c"], 2: ["y", "w"], 3: ["y", "w"]}
    assert [reader.id for reader in _readers(value)] == ["y", "w"]
    assert _readers(None) == []
