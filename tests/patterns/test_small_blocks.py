"""Single blocks, and the near misses that must stay unlabelled."""

from __future__ import annotations

import pytest
from onnx import TensorProto, parser

from analyzer.facts import Block, Facts
from tests.patterns.builders import Net, facts
from tests.patterns.other_nets import self_attention


def small(channels: int = 16, side: int = 8) -> Net:
    return Net(image=(1, channels, side, side))


def only(found: Facts) -> Block:
    (block,) = found.blocks
    return block


def kinds(found: Facts) -> list[str]:
    return [block.kind for block in found.blocks]


def block_of(text: str) -> list[str]:
    """Kinds of the blocks of a model in ONNX's text syntax."""
    head = '<ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1]>\n'
    return kinds(facts(parser.parse_model(head + text)))


@pytest.mark.parametrize("act", ["relu", "hswish", "silu", "gelu", "relu6", ""])
@pytest.mark.parametrize("norm", ["op", "decomposed", "folded"])
def test_separable_is_seen_through_normalisation_and_activation(act: str, norm: str) -> None:
    net = Net(image=(1, 16, 8, 8), norm=norm, activations="decomposed")
    y = net.conv(net.conv("x", 16, 16, 3, 2, act, groups=16), 16, 32, act="relu")
    block = only(net.facts(y))
    assert block.kind == "separable"
    assert block.detail == {
        "kernel": "3×3", "stride": 2, "in_channels": 16, "out_channels": 32,
        "squeeze_excite": False,
    }  # fmt: skip
    assert block.macs == 4 * 4 * 16 * 9 + 4 * 4 * 16 * 32


def test_depthwise_with_two_readers_is_not_separable() -> None:
    net = small()
    y = net.conv("x", 16, 16, 3, act="relu", groups=16)
    assert kinds(net.facts(net.op("Concat", net.conv(y, 16, 8), y, axis=1))) == []


def test_pooling_between_depthwise_and_pointwise_is_not_separable() -> None:
    net = small()
    y = net.op("MaxPool", net.conv("x", 16, 16, 3, groups=16), kernel_shape=[2, 2])
    assert kinds(net.facts(net.conv(y, 16, 32))) == []


def test_grouped_is_not_depthwise_in_a_separable_block() -> None:
    net = small()
    assert kinds(net.facts(net.conv(net.conv("x", 16, 16, 3, groups=4), 16, 32))) == []


def test_linear_narrow_head_is_separable_not_an_inverted_residual() -> None:
    net = small(64)
    y = net.conv(net.conv("x", 64, 64, 3, act="relu6", groups=64), 64, 24)
    y = net.op("Reshape", net.op("Transpose", y, perm=[0, 2, 3, 1]), net.constant([1, -1, 4]))
    assert kinds(net.facts(y)) == ["separable"]


def test_wide_linear_separable_before_a_foreign_addition_is_separable() -> None:
    """Xception's last separable convolution of a block (arXiv 1610.02357, figure 5)."""
    net = small()
    y = net.conv(net.conv(net.op("Relu", "x"), 16, 16, 3, groups=16), 16, 16)
    y = net.conv(net.conv(net.op("Relu", y), 16, 16, 3, groups=16), 16, 16)
    assert kinds(net.facts(net.op("Add", y, "x"))) == ["separable", "separable"]


def test_fused_mbconv_expands_with_a_standard_convolution() -> None:
    net = small()
    y = net.conv(net.conv("x", 16, 64, 3, act="silu"), 64, 16)
    block = only(net.facts(net.op("Add", y, "x")))
    assert (block.kind, block.detail["expansion"], block.detail["residual"]) == (
        "fused-mbconv", 4, True,
    )  # fmt: skip


def test_darknet_residual_narrows_before_its_3x3() -> None:
    """Darknet-53 (arXiv 1804.02767, figure 1), YOLO's backbone."""
    net = small(64)
    y = net.conv(net.conv("x", 64, 32, 1, act="relu"), 32, 64, 3, act="relu")
    block = only(net.facts(net.op("Add", y, "x")))
    assert block.kind == "basic-residual"
    assert (block.detail["kernel"], block.detail["inner_channels"]) == ("3×3", 64)


def test_3x3_then_1x1_alone_is_no_fused_mbconv() -> None:
    net = small()
    assert kinds(net.facts(net.conv(net.conv("x", 16, 64, 3, act="relu"), 64, 16))) == []


@pytest.mark.parametrize("pool", ["GlobalAveragePool", "ReduceMean"])
def test_squeeze_excite_stands_alone_with_reshapes_and_dense_layers(pool: str) -> None:
    net = small()
    pooled = (
        net.op("Flatten", net.op(pool, "x"))
        if pool == "GlobalAveragePool"
        else net.op(pool, "x", net.constant([2, 3]), keepdims=0)
    )
    y = net.linear(net.linear(pooled, 16, 4, "relu"), 4, 16, "sigmoid")
    y = net.op("Mul", net.op("Reshape", y, net.constant([1, 16, 1, 1])), "x")
    block = only(net.facts(y))
    assert block.kind == "squeeze-excite"
    assert block.detail == {"channels": 16, "reduced_channels": 4}


def test_a_gate_without_squashing_is_no_squeeze_excite() -> None:
    net = small()
    assert kinds(net.facts(net.squeeze_excite("x", 16, 4, gate="relu"))) == []


@pytest.mark.parametrize(("channels", "kind"), [(4, "split-depthwise"), (8, "split-grouped")])
def test_split_into_many_convolutions_is_a_grouped_one_written_out(
    channels: int, kind: str
) -> None:
    net = small(channels)
    first = net.op("Split", "x", outputs=4, axis=1, num_outputs=4)
    parts = [first, *(f"{first}.{i}" for i in range(1, 4))]
    side = channels // 4
    y = net.op("Concat", *(net.conv(part, side, side, 3) for part in parts), axis=1)
    block = only(net.facts(y))
    assert (block.kind, block.detail) == (kind, {"groups": 4})


def test_split_by_slices_counts_as_well() -> None:
    net = small(2)
    parts = [
        net.op("Slice", "x", net.constant([i]), net.constant([i + 1]), net.constant([1]))
        for i in range(2)
    ]
    y = net.op("Concat", *(net.conv(part, 1, 1, 3) for part in parts), axis=1)
    assert kinds(net.facts(y)) == ["split-depthwise"]


def test_1xk_then_kx1_is_a_spatial_pair() -> None:
    net = small()
    y = net.op("Conv", "x", net.weight(16, 16, 1, 7), pads=[0, 3, 0, 3])
    y = net.op("Conv", net.op("Relu", y), net.weight(24, 16, 7, 1), pads=[3, 0, 3, 0])
    block = only(net.facts(y))
    assert (block.kind, block.detail["side"], block.detail["out_channels"]) == (
        "spatial-pair", 7, 24,
    )  # fmt: skip


def test_spatial_reduction_attention_shrinks_key_and_value() -> None:
    """PVT: an 8×8 map is reduced to 4×4 by a strided convolution before key and value."""
    net = small(32)
    tokens = net.op("Reshape", "x", net.constant([1, 32, 64]))
    tokens = net.op("Transpose", tokens, perm=[0, 2, 1])
    small_map = net.op("Conv", "x", net.weight(32, 32, 2, 2), net.weight(32), strides=[2, 2])
    kept = net.op("Reshape", small_map, net.constant([1, 32, 16]))
    kept = net.layer_norm(net.op("Transpose", kept, perm=[0, 2, 1]), 32)
    block = only(net.facts(self_attention(net, tokens, 64, 32, 4, source=kept, sources=16)))
    assert (block.kind, block.detail["spatial_reduction"]) == ("attention", True)


def test_fused_attention_operators_are_attention_blocks() -> None:
    net = Net(image=(1, 16, 32))
    y = net.op("Attention", "x", net.weight(32, 96), net.weight(96),
               domain="com.microsoft", num_heads=4)  # fmt: skip
    found = net.facts(net.op("MatMul", y, net.weight(32, 32)))
    assert kinds(found) == ["attention"]
    assert len(only(found).nodes) == 2
    assert only(found).detail["fused"] is True
    assert only(found).detail["projections"] == 1, "one weight makes query, key and value"


def test_plain_softmax_between_other_operators_is_no_attention() -> None:
    assert block_of("g (float[1,8] x) => (float[1,8] y) { y = Softmax (x) }") == []


def test_classifier_layers_are_no_mlp() -> None:
    net = Net(image=(1, 512))
    assert kinds(net.facts(net.linear(net.linear("x", 512, 4096, "relu"), 4096, 10))) == []


@pytest.mark.parametrize("same", [True, False])
def test_both_factors_of_a_gated_mlp_read_one_value(same: bool) -> None:
    """Shazeer 2020: (Swish(x·W) ⊗ x·V)·W₂."""
    net = Net(image=(1, 16))
    x = net.op("Sigmoid", "x")
    gate = net.linear(x, 16, 64, "silu")
    inner = net.op("Mul", gate, net.linear(x if same else net.linear("x", 16, 16), 16, 64))
    assert kinds(net.facts(net.linear(inner, 64, 16))) == (["mlp"] if same else [])


def test_reshape_transpose_of_heads_is_no_channel_shuffle() -> None:
    net = Net(image=(1, 16, 32))
    y = net.op("Reshape", "x", net.constant([1, 16, 4, 8]))
    y = net.op("Transpose", y, perm=[0, 2, 1, 3])
    assert kinds(net.facts(net.op("Reshape", y, net.constant([1, 64, 8])))) == []


@pytest.mark.parametrize("groups", [1, 16])
def test_a_transposition_with_an_axis_of_one_is_no_channel_shuffle(groups: int) -> None:
    net = small(16, 8)
    split = net.op("Reshape", "x", net.constant([1, groups, 16 // groups, 8, 8]))
    turned = net.op("Transpose", split, perm=[0, 2, 1, 3, 4])
    y = net.op("Reshape", turned, net.constant([1, 16, 8, 8]))
    assert kinds(net.facts(net.conv(y, 16, 16))) == []


def test_fused_convolution_with_addend_closes_a_residual() -> None:
    net = small()
    y = net.op("FusedConv", "x", net.weight(64, 16, 1, 1), net.weight(64),
               domain="com.microsoft", activation="Relu")  # fmt: skip
    y = net.op("FusedConv", y, net.weight(64, 1, 3, 3), net.weight(64), domain="com.microsoft",
               activation="Relu", group=64, pads=[1, 1, 1, 1])  # fmt: skip
    y = net.op("FusedConv", y, net.weight(16, 64, 1, 1), net.weight(16), "x",
               domain="com.microsoft", activation="Relu")  # fmt: skip
    block = only(net.facts(y))
    assert (block.kind, block.detail["residual"], len(block.nodes)) == (
        "inverted-residual", True, 3,
    )  # fmt: skip


def test_blocks_of_a_long_chain_are_found_once_each() -> None:
    net = small()
    y = "x"
    for _ in range(150):
        y = net.conv(net.conv(y, 16, 16, 3, act="relu", groups=16), 16, 16, act="relu")
    found = net.facts(y)
    assert kinds(found) == ["separable"] * 150


def test_branches_behind_other_layers_are_no_inception_module() -> None:
    for between, expected in ((False, ["inception"]), (True, [])):
        net = small()
        start = net.op("ConvTranspose", "x", net.weight(16, 16, 1, 1)) if between else "x"
        ends = (net.conv("x", 16, 8), net.conv("x", 16, 8, 3), net.conv(start, 16, 8, 5))
        assert kinds(net.facts(net.op("Concat", *ends, axis=1))) == expected


def test_dilated_branches_are_no_inception_module() -> None:
    """Atrous spatial pyramid pooling (arXiv 1706.05587) looks alike but for the dilation."""
    for rate, expected in ((1, ["inception"]), (6, [])):
        net = small()
        branches = [net.conv("x", 16, 8)] + [
            net.op("Conv", "x", net.weight(8, 16, 3, 3), pads=[r] * 4, dilations=[r, r])
            for r in (rate, 2 * rate - 1)
        ]
        assert kinds(net.facts(net.op("Concat", *branches, axis=1))) == expected


def test_qoperator_residual_block_is_an_inverted_residual() -> None:
    net = small()

    def qconv(x: str, m: int, n: int, k: int, groups: int = 1) -> str:
        weight = net.weight(n, m // groups, k, k, dtype=TensorProto.INT8)
        scale, zero = net.number(0.1), net.constant([0], TensorProto.UINT8, ())
        zero_weight = net.constant([0], TensorProto.INT8, ())
        return net.op(
            "QLinearConv", x, scale, zero, weight, scale, zero_weight, scale, zero,
            group=groups, pads=[k // 2] * 4,
        )  # fmt: skip

    scale, zero = net.number(0.1), net.constant([0], TensorProto.UINT8, ())
    x = net.op("QuantizeLinear", "x", scale, zero)
    y = qconv(qconv(qconv(x, 16, 64, 1), 64, 64, 3, groups=64), 64, 16, 1)
    y = net.op("QLinearAdd", y, scale, zero, x, scale, zero, scale, zero, domain="com.microsoft")
    block = only(net.facts(net.op("DequantizeLinear", y, scale, zero)))
    assert (block.kind, block.detail["residual"], block.detail["expansion"]) == (
        "inverted-residual", True, 4,
    )  # fmt: skip


def test_dynamically_quantised_convolutions_are_seen_through_their_rescaling() -> None:
    """``quantize_dynamic``: the scale comes from the data, yet it is no second branch."""
    net = small()

    def dynamic(x: str, m: int, n: int, k: int, groups: int = 1) -> str:
        quantized = net.op("DynamicQuantizeLinear", x, outputs=3)
        weight = net.weight(n, m // groups, k, k, dtype=TensorProto.UINT8)
        y = net.op("ConvInteger", quantized, weight, f"{quantized}.2", group=groups,
                   pads=[k // 2] * 4)  # fmt: skip
        scale = net.op("Mul", f"{quantized}.1", net.number(0.1))
        return net.op("Mul", net.op("Cast", y, to=TensorProto.FLOAT), scale)

    y = dynamic(net.op("Relu", dynamic("x", 16, 16, 3, 16)), 16, 32, 1)
    assert kinds(net.facts(y)) == ["separable"]


WIDTHS = (
    ((8, 32, 8), {"channels": 8, "hidden": 32}), ((8, 9, 8), {"channels": 8, "hidden": 9}),
    ((8, 8, 8), None), ((8, 7, 8), None), ((8, 32, 9), None), ((8, 32, 7), None),
)  # fmt: skip


@pytest.mark.parametrize(("widths", "told"), WIDTHS)
@pytest.mark.parametrize("gated", [False, True])
def test_a_feed_forward_part_widens_and_returns(
    widths: tuple[int, int, int], told: dict[str, int] | None, gated: bool
) -> None:
    into, inner, out = widths
    net = Net(image=(2, 5, into))
    hidden = net.op("Relu", net.linear("x", into, inner))
    if gated:
        hidden = net.op("Mul", hidden, net.linear("x", into, inner))
    found = net.facts(net.linear(hidden, inner, out))
    assert [dict(block.detail) for block in found.blocks] == (
        [{**told, "gated": gated}] if told else []
    )


def test_without_a_nonlinearity_two_layers_are_no_feed_forward_part() -> None:
    net = Net(image=(2, 5, 8))
    assert kinds(net.facts(net.linear(net.linear("x", 8, 32), 32, 8))) == []
    factors = [net.linear("x", 8, 32), net.linear("x", 8, 32)]
    assert kinds(net.facts(net.linear(net.op("Mul", *factors), 32, 8))) == []
