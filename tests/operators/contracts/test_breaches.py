"""What becomes of violations: breaches of the model, one for each operator."""

from __future__ import annotations

import numpy as np

from analyzer.language import retold, speaking
from tests.golden.text import facts
from tests.operators.contracts.nodes import Node, violations


def test_one_operator_has_one_breach_and_the_cause_comes_first() -> None:
    found = facts(
        "g (float[1,4,3,3] x, float[3] s, float[3] b) => (float[1,4,3,3] y) "
        "{ y = GroupNormalization <num_groups = 3> (x, s, b) }",
        opset=21,
    ).breaches
    assert [(b.code, b.where, b.grave) for b in found] == [("divisibility", "y", True)]


def test_a_single_entry_is_no_entries_in_any_language() -> None:
    breach = facts(
        "g (float[2,3] x) => (float[3,2] y) { y = Transpose <perm = [0]> (x) }"
    ).breaches[0]
    assert breach.message == "Transpose: perm has 1 entry, the input (2×3) 2 axes"
    with speaking("ko"):
        several = retold(breach.message.replace("1 entry", "7 entries"))
        assert retold(breach.message) == several.replace("7", "1") != breach.message


def test_a_zero_scale_is_read_where_shapes_do_not_depend_on_it() -> None:
    found = facts(
        "g (float[2,3] x) => (uint8[2,3] y) <float[3] s = {0.5, 0, 1}, uint8[3] z = "
        "{1, 1, 1}> { y = QuantizeLinear (x, s, z) }",
        opset=21,
    ).breaches
    assert [(b.code, b.grave) for b in found] == [("scale-value", False)]
    assert found[0].message.endswith("scale is 0, which loses all that it scales")


def test_scales_are_read_for_each_operator_though_signatures_agree() -> None:
    found = facts(
        "g (float[2,3] x) => (uint8[2,3] y, uint8[2,3] w) <float[3] s = {0.5, 1, 1}, "
        "float[3] t = {0.5, 0, 1}, uint8[3] z = {1, 1, 1}> "
        "{ y = QuantizeLinear (x, s, z) w = QuantizeLinear (x, t, z) }",
        opset=21,
    ).breaches
    assert [(b.code, b.where) for b in found] == [("scale-value", "w")]


def test_an_assumed_size_condemns_no_model() -> None:
    found = facts(
        "g (float[n,4] x, float[8,4] b) => (float[8,4] y) { y = Add (x, b) }", opset=21
    ).breaches
    assert [b for b in found if b.grave] == []


def test_a_size_that_is_stated_condemns_it_beside_one_that_is_assumed() -> None:
    found = facts(
        "g (float[n,3,8,8] x, float[4,3,3,3] w, float[5] b) => (float[n,4,6,6] y) "
        "{ y = Conv (x, w, b) }",
        opset=21,
    ).breaches
    assert [(b.code, b.grave) for b in found] == [("bias-length", True)]


def test_an_omitted_output_is_no_breach() -> None:
    found = facts(
        "g (float[1,3,2] x, float[1,15,2] w, float[1,15,5] r) => (float[1,3,5] h) "
        '{ "", h = GRU <hidden_size = 5> (x, w, r) }',
        opset=21,
    ).breaches
    assert found == ()


def test_an_operand_of_unknown_shape_is_no_breach() -> None:
    found = facts(
        "g (float[2,3,4] x, int64[k] s) => (float y) { a = Reshape (x, s)  "
        "y = com.microsoft.FusedMatMul <transBatchA = 1> (a, a) }",
        opset=21,
    ).breaches
    assert [b.code for b in found if b.where == "y"] == []


def test_halves_of_an_odd_width_are_a_breach() -> None:
    """BiasSplitGelu multiplies one half by the Gelu of the other (ONNX Runtime's definition; it
    has no kernel for processors that could be asked)."""
    codes = [
        [v.code for v in violations(Node("BiasSplitGelu", [np.ones(shape, np.float32),
                                                           np.ones(shape[-1], np.float32)],
                                         domain="com.microsoft"))]
        for shape in ((3, 5, 4), (2, 4, 5))
    ]  # fmt: skip
    assert codes == [[], ["divisibility"]]


def test_a_query_of_a_decoder_has_a_length() -> None:
    """ONNX Runtime's documentation: (batch, 1, width), or (batch, 1, heads, 3, size) packed."""
    text = (
        "g (float[{}] q, float[2,1,8] k, float[2,1,8] v) => (float[B,S,W] y) "
        "{{ y = com.microsoft.DecoderMaskedMultiHeadAttention <num_heads = 2> (q, k, v) }}"
    )
    found = {size: [b.code for b in facts(text.format(size), opset=21).breaches]
             for size in ("2,1,8", "2,8", "2,1,2,8")}  # fmt: skip
    assert found == {"2,1,8": [], "2,8": ["rank"], "2,1,2,8": ["rank"]}


def test_a_running_product_takes_its_flags_as_0_and_1() -> None:
    """As ONNX documents it (opset 26), for which the runtime has no kernel to be asked."""
    codes = {
        (name, flag): [
            v.code
            for v in violations(
                Node("CumProd", [np.ones((2, 3), np.float32), np.array(1)], {name: flag}, opset=26)
            )
        ]
        for name in ("exclusive", "reverse")
        for flag in (0, 1, 2)
    }
    assert {key for key, found in codes.items() if found} == {("exclusive", 2), ("reverse", 2)}


def test_a_batch_comes_first_where_the_layout_says_so() -> None:
    """As ONNX documents it from opset 14 on; the runtime has no kernel to be asked."""
    x, w, r = (np.ones(shape, np.float32) for shape in ((3, 4, 5), (1, 24, 5), (1, 24, 6)))
    codes = {}
    for opset, layout, shape in (
        (14, 0, (1, 4, 6)), (14, 1, (3, 1, 6)), (14, 1, (1, 3, 6)), (13, 1, (1, 4, 6)),
    ):  # fmt: skip
        first = np.ones(shape, np.float32)
        node = Node("LSTM", [x, w, r, None, None, first, first],
                    {"hidden_size": 6, "layout": layout}, opset=opset)  # fmt: skip
        codes[opset, layout, shape] = bool([v for v in violations(node) if "initial" in v.text])
    assert list(codes.values()) == [False, False, True, False]
