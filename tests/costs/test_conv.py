"""Convolutions against the numbers of the MobileNet paper and its relatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from analyzer.costs.registry import cost, precision
from analyzer.facts import Certainty
from tests.costs.calls import call

if TYPE_CHECKING:
    from analyzer.graph.call import Call


def conv(
    channels: int,
    size: int,
    out_channels: int,
    out_size: int,
    kernel: int,
    group: int = 1,
    **more: Any,
) -> Call:
    return call(
        "Conv",
        [(1, channels, size, size), (out_channels, channels // group, kernel, kernel)],
        (1, out_channels, out_size, out_size),
        group=group,
        **more,
    )


# Howard et al. 2017, table 4 and section 4: rows of one block at 14×14×512.
@pytest.mark.parametrize(
    ("node", "macs"),
    [
        (conv(512, 14, 512, 14, 3), 462_422_016),  # "Convolution 462 M mult-adds"
        (conv(512, 14, 512, 14, 3, 512), 903_168),
        (conv(512, 14, 512, 14, 1), 51_380_224),  # the two together: "52.3 M"
        (conv(384, 10, 384, 10, 3, 384), 345_600),  # "width multiplier 0.75, resolution 0.714"
        (conv(384, 10, 384, 10, 1), 14_745_600),  # together 15.1 M, as in table 3
    ],
)
def test_mobilenet_paper_layers(node: Call, macs: int) -> None:
    assert cost(node).macs == macs


def test_flops_are_two_per_mac_plus_the_bias() -> None:
    node = call("Conv", [(1, 3, 8, 8), (4, 3, 3, 3), (4,)], (1, 4, 6, 6))
    assert cost(node).flops == 2 * (4 * 36 * 27) + 4 * 36


def test_padding_positions_count() -> None:
    padded = conv(1, 5, 1, 5, 3, pads=(1, 1, 1, 1))
    assert cost(padded).macs == 25 * 9


def test_depthwise_multiplier_2_counts_4608_macs() -> None:
    node = call("Conv", [(1, 4, 8, 8), (8, 1, 3, 3)], (1, 8, 8, 8), group=4)
    assert cost(node).macs == 4608


def test_one_and_three_dimensional_convolutions() -> None:
    assert cost(call("Conv", [(2, 3, 10), (5, 3, 4)], (2, 5, 7))).macs == 2 * 5 * 7 * 3 * 4
    solid = call("Conv", [(1, 2, 4, 4, 4), (3, 2, 2, 2, 2)], (1, 3, 3, 3, 3))
    assert cost(solid).macs == 3 * 27 * 2 * 8


def test_transposed_convolution_counts_input_elements() -> None:
    """DCGAN's last layer (Radford et al. 2016): 64×32×32 to 3×64×64 with a 4×4 kernel."""
    node = call("ConvTranspose", [(1, 64, 32, 32), (64, 3, 4, 4)], (1, 3, 64, 64), strides=(2, 2))
    assert cost(node).macs == 64 * 32 * 32 * 3 * 16


def test_grouped_transposed_convolution() -> None:
    node = call("ConvTranspose", [(1, 8, 5, 5), (8, 2, 3, 3)], (1, 8, 7, 7), group=4)
    assert cost(node).macs == 8 * 25 * 2 * 9


@pytest.mark.parametrize(
    ("node", "why"),
    [
        (call("Conv", [(1, 5, 8, 8), (4, 3, 3, 3)], (1, 4, 6, 6)), "inconsistent channels"),
        (call("Conv", [(1, 4, 8, 8), (5, 2, 3, 3)], (1, 5, 6, 6), group=2), "5 outputs in 2"),
        (call("Conv", [(1, 3, 8, 8), (4, 3, 3, 3)], (1, 4, None, 6)), "shape of output 0"),
        (call("Conv", [(1, 3, 8, 8), (4, 3, 3, 3)], (1, 4, 6, 6), group=0), "group is 0"),
        (call("Conv", [(1, 3, 8, 8), (4, 3)], (1, 4, 6, 6)), "rank 2"),
        (call("Conv", [(1, 3, 8, 8), (4, 3, None, 3)], (1, 4, 6, 6)), "shape of the weight"),
        (
            call(
                "Conv", [(1, 3, 8, 8), (4, 3, None, 3)], (1, 4, 6, 6), kernel_shape=(3, 3), group=2
            ),
            "shape of the weight",
        ),
        (
            call("Conv", [(1, None, 8, 8), (4, 3, None, 3)], (1, 4, 6, 6), kernel_shape=(3, 3)),
            "shape of the weight",
        ),
        (call("Conv", [(1, 3, 8, 8), (4, 3, 3, 3)], (1, 4, 6, 6), group="x"), "specification"),
        (call("ConvTranspose", [(1, 3, 8, 8), (4, 3, 3, 3)], (1, 3, 9, 9)), "inconsistent"),
    ],
)
def test_a_doubtful_convolution_is_unknown_with_a_reason(node: Call, why: str) -> None:
    result = cost(node)
    assert (result.macs, result.flops, result.certainty) == (None, None, Certainty.UNKNOWN)
    assert why in result.reason


def test_kernel_shape_attribute_stands_in_for_an_unknown_weight() -> None:
    node = call("Conv", [(1, 6, 8, 8), (None, None, None, None)], (1, 4, 6, 6), kernel_shape=(3, 3))
    assert cost(node).macs == 4 * 36 * 6 * 9


def test_quantised_convolutions_count_like_float_ones_in_int8() -> None:
    shapes = [(1, 3, 8, 8), (), (), (4, 3, 3, 3), (4,), (4,), (), (), (4,)]
    quantised = call("QLinearConv", shapes, (1, 4, 6, 6), dtype="uint8")
    integer = call("ConvInteger", [(1, 3, 8, 8), (4, 3, 3, 3)], (1, 4, 6, 6), dtype="uint8")
    assert cost(quantised).macs == cost(integer).macs == 4 * 36 * 27
    assert precision(quantised) == precision(integer) == "int8"


def test_deformable_convolution_adds_the_sampling() -> None:
    shapes = [(1, 2, 5, 5), (3, 2, 3, 3), (1, 18, 3, 3), None, (1, 9, 3, 3)]
    result = cost(call("DeformConv", shapes, (1, 3, 3, 3), version=22))
    assert result.macs == 27 * 2 * 9
    assert result.flops == 2 * result.macs + (2 * 9 * 9) * (8 + 1)
