"""Kinds, tags and savings of single convolutions; numbers from the MobileNet paper."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

import pytest

from analyzer.facts import Conv, Cost, Tensor
from analyzer.graph.call import Call
from analyzer.patterns import describe_conv, saving, tags
from tests.each import each
from tests.golden.text import facts


def conv_call(
    x: tuple[int, ...],
    w: tuple[int, ...],
    y: tuple[int, ...],
    op: str = "Conv",
    domain: str = "",
    bias: bool = False,
    **attributes: Any,
) -> Call:
    tensors = [Tensor("x", "float32", x), Tensor("w", "float32", w)]
    if bias:
        tensors.append(Tensor("b", "float32", (w[0],)))
    return Call(op, domain, 17, attributes, tuple(tensors), (Tensor("y", "float32", y),))


def described(call: Call) -> Conv:
    """The convolution with MACs = |Y| · M/groups · ΠK, the design's definition."""
    weight = call.shape(1)
    conv = describe_conv(call, Cost(call.out_size() * prod(weight[1:]), None))
    assert conv is not None
    return conv


@each(
    ("x", "w", "group", "kind"),
    [
        ((1, 32, 8, 8), (64, 32, 3, 3), 1, "standard"),
        ((1, 32, 8, 8), (64, 32, 1, 1), 1, "pointwise"),
        ((1, 32, 8, 8), (32, 1, 3, 3), 32, "depthwise"),
        ((1, 32, 8, 8), (64, 1, 3, 3), 32, "depthwise"),
        ((1, 32, 8, 8), (32, 1, 1, 1), 32, "depthwise"),
        ((1, 32, 8, 8), (64, 8, 3, 3), 4, "grouped"),
        ((1, 32, 8, 8), (64, 8, 1, 1), 4, "grouped"),
        ((1, 1, 8, 8), (64, 1, 3, 3), 1, "standard"),
        ((1, 1, 8, 8), (64, 1, 1, 1), 1, "pointwise"),
        ((1, 16, 99), (16, 1, 9), 16, "depthwise"),
        ((1, 16, 9, 9, 9), (8, 16, 1, 3, 3), 1, "standard"),
    ],
)
def test_kind_follows_from_shapes_and_groups(
    x: tuple[int, ...], w: tuple[int, ...], group: int, kind: str
) -> None:
    call = conv_call(x, w, (x[0], w[0], *x[2:]), group=group)
    assert described(call).kind == kind
    assert tags(call, described(call))[0] == kind


def test_transposed_weights_are_input_channels_first() -> None:
    call = conv_call((1, 8, 4, 4), (8, 16, 2, 2), (1, 16, 8, 8), "ConvTranspose", strides=(2, 2))
    conv = describe_conv(call, Cost(8 * 16 * 16 * 4, None))
    assert conv is not None
    assert (conv.in_channels, conv.out_channels, conv.transposed) == (8, 16, True)
    assert tags(call, conv) == ("standard", "transposed", "strided")
    assert saving(conv, call, 1) is None


def test_depthwise_transposed_has_as_many_groups_as_input_channels() -> None:
    call = conv_call((1, 8, 4, 4), (8, 2, 2, 2), (1, 16, 8, 8), "ConvTranspose", group=8)
    conv = describe_conv(call, Cost(1, None))
    assert conv is not None
    assert (conv.kind, conv.channel_multiplier, conv.out_channels) == ("depthwise", 2, 16)


def test_nhwc_feature_maps_are_read_in_their_layout() -> None:
    call = conv_call((1, 20, 30, 8), (16, 8, 3, 3), (1, 18, 28, 16), "NhwcConv", "com.microsoft")
    conv = describe_conv(call, Cost(1, None))
    assert conv is not None
    assert (conv.in_spatial, conv.out_spatial) == ((20, 30), (18, 28))


def test_quantized_convolution_keeps_its_weight_in_slot_3() -> None:
    scalar = Tensor("s", "float32", ())
    call = Call(
        "QLinearConv", "", 13, {"group": 4},
        (Tensor("x", "uint8", (1, 4, 5, 5)), scalar, scalar, Tensor("w", "int8", (4, 1, 3, 3)),
         scalar, scalar, scalar, scalar, Tensor("b", "int32", (4,))),
        (Tensor("y", "uint8", (1, 4, 3, 3)),),
    )  # fmt: skip
    conv = describe_conv(call, Cost(324, None))
    assert conv is not None
    assert (conv.kind, conv.params) == ("depthwise", 40)
    assert tags(call, conv) == ("depthwise", "quantized")


def test_tags_have_a_fixed_order() -> None:
    call = conv_call(
        (1, 8, 9, 9), (16, 1, 3, 3), (1, 16, 3, 3), "FusedConv", "com.microsoft",
        group=8, dilations=(2, 2), strides=(2, 2),
    )  # fmt: skip
    assert tags(call, described(call)) == (
        "depthwise", "multiplier", "dilated", "strided", "fused",
    )  # fmt: skip


def test_unknown_weight_or_broken_group_is_not_described() -> None:
    unknown = Call("Conv", "", 17, {}, (None, Tensor("w", "float32", None)), (None,))
    assert describe_conv(unknown, Cost(None, None)) is None
    assert tags(unknown, None) == ()
    broken = conv_call((1, 1, 4, 4), (1, 1, 3, 3), (1, 1, 2, 2), group=0)
    assert describe_conv(broken, Cost(None, None)) is None
    assert describe_conv(conv_call((1, 2), (2, 2), (1, 2), "Gemm"), Cost(4, None)) is None


def test_paper_ratio_for_3x3_and_256_filters_is_a_ninth_and_a_256th() -> None:
    call = conv_call((1, 128, 14, 14), (256, 128, 3, 3), (1, 256, 14, 14))
    found = saving(described(call), call, 1)
    assert found is not None
    assert round(found.theory_ratio, 4) == 0.1150
    assert round(1 / found.ratio, 2) == 8.69
    assert found.ratio == pytest.approx(found.theory_ratio)
    assert (found.params_now, found.params_after) == (294_912, 128 * 9 + 128 * 256)


def test_full_convolution_mobilenet_layer_costs_match_table_4() -> None:
    """14×14×512→512: 462.4 M as a standard layer, 52.3 M as a separable one (paper, table 4-6)."""
    call = conv_call((1, 512, 14, 14), (512, 512, 3, 3), (1, 512, 14, 14))
    found = saving(described(call), call, 1)
    assert found is not None
    assert (found.macs_now, found.macs_after) == (462_422_016, 52_283_392)
    assert (found.params_now, found.params_after) == (2_359_296, 266_752)


def test_saving_holds_for_any_kernel_stride_batch_and_repetition() -> None:
    call = conv_call((2, 8, 10, 20), (32, 8, 1, 5), (2, 32, 5, 8), strides=(2, 2))
    found = saving(described(call), call, 3)
    assert found is not None
    positions = 2 * 5 * 8 * 3
    assert found.macs_now == positions * 8 * 32 * 5
    assert found.macs_after == positions * 5 * 8 + positions * 8 * 32
    assert found.theory_ratio == pytest.approx(1 / 32 + 1 / 5)


@pytest.mark.parametrize("executions", [None, 0])
def test_unknown_or_no_executions_promise_nothing(executions: int | None) -> None:
    call = conv_call((1, 8, 4, 4), (32, 8, 3, 3), (1, 32, 4, 4))
    assert saving(described(call), call, executions) is None


@pytest.mark.parametrize(
    "call",
    [
        conv_call((1, 8, 4, 4), (1, 8, 3, 3), (1, 1, 4, 4)),  # 9·1 weights, or 9 + 1
        conv_call((1, 8, 4, 4), (2, 8, 2, 1), (1, 2, 4, 4)),  # 2·2 weights, or 2 + 2
        conv_call((1, 8, 4, 4), (64, 8, 1, 1), (1, 64, 4, 4)),
        conv_call((1, 8, 4, 4), (64, 4, 3, 3), (1, 64, 4, 4), group=2),
        conv_call((1, 8, 4, 4), (8, 1, 3, 3), (1, 8, 4, 4), group=8),
        conv_call((1, 8, 4, 4), (8, 64, 3, 3), (1, 64, 4, 4), "ConvTranspose"),
        conv_call((1, 8, 4, 4), (64, 8, 3, 3), (1, 64, 4, 4), "DeformConv"),
        conv_call((1, 8, 4, 4), (64, 8, 3, 3), (1, 63, 4, 4)),  # contradicts the weights
    ],
)
def test_what_is_not_cheaper_or_cannot_be_separated_promises_nothing(call: Call) -> None:
    assert saving(described(call), call, 1) is None


def test_an_output_of_unknown_size_promises_nothing() -> None:
    call = conv_call((1, 8, 4, 4), (64, 8, 3, 3), (1, 64, 4, 4))
    unknown = replace(call, outputs=(Tensor("y", "float32", (None, 64, 4, 4)),))
    assert saving(described(call), unknown, 1) is None


def test_what_is_alive_while_the_two_layers_run_is_what_the_converted_network_says() -> None:
    for m, n, behind in ((32, 8, "c"), (32, 8, "a"), (8, 32, "c"), (8, 32, "a"), (16, 16, "a")):
        head = f"g (float[1,{m},8,8] x) => (float[1,q,8,8] y)"
        tail = f"y = Concat <axis = 1> (c, {behind}) }}"
        now = facts(
            f"{head} <float[{n},{m},3,3] w = {{}}> "
            f"{{ a = Relu (x) c = Conv <pads = [1,1,1,1]> (a, w) {tail}"
        )
        after = facts(
            f"{head} <float[{m},1,3,3] d = {{}}, float[{n},{m},1,1] p = {{}}> {{ a = Relu (x) "
            f"e = Conv <pads = [1,1,1,1], group = {m}> (a, d) c = Conv (e, p) {tail}"
        )
        alive = {step.node: step.bytes for step in after.memory.timeline}
        assert now["c"].saving is not None
        assert now["c"].saving.live_bytes == max(alive["e"], alive["c"])
