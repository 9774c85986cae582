"""Places of convolutions, pools and resized maps of vendors' layouts: those of ONNX's operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from analyzer.graph.call import Unknown
from analyzer.operators.results import window
from tests.each import each
from tests.operators.results import Dims, N, last, made, onnx_says, shapes_of

if TYPE_CHECKING:
    pass


WINDOWS: list[dict[str, Any]] = [
    {},
    {"strides": [2, 3]},
    {"dilations": [2, 3]},
    {"pads": [1, 2, 3, 4]},
    {"pads": [1, 2, 3, 4], "strides": [3, 2], "dilations": [2, 1]},
    {"auto_pad": "SAME_UPPER", "strides": [2, 3]},
    {"auto_pad": "SAME_LOWER", "strides": [3, 2]},
    {"auto_pad": "VALID", "strides": [2, 2]},
    {"kernel_shape": [3, 2]},
]
PLACES: list[tuple[int | None, int | None]] = [(11, 12), (12, 10), (N, 11), (11, N)]


@pytest.mark.parametrize("attributes", WINDOWS, ids=str)
def test_a_convolution_has_the_places_of_onnx_in_either_layout(attributes: dict[str, Any]) -> None:
    for places in PLACES:
        x, w = (2, 4, *places), (6, 4, 3, 2)
        wanted = onnx_says("Conv", [x, w], attributes)
        assert wanted is not None
        assert shapes_of(window.convolved(), x, w, **attributes) == [wanted]
        assert shapes_of(window.convolved(3), x, N, N, w, **attributes) == [wanted]
        turned = last(x)
        for rule, more in ((window.convolved(channels_last=True), {}),
                           (window.convolved(), {"channels_last": 1})):  # fmt: skip
            assert shapes_of(rule, turned, w, **attributes, **more) == [last(wanted)]


@pytest.mark.parametrize("attributes", WINDOWS, ids=str)
def test_a_pool_has_the_places_of_onnx_in_either_layout(attributes: dict[str, Any]) -> None:
    asked = {"kernel_shape": [3, 4], **attributes}
    for places in PLACES:
        for ceil in (0, 1):
            stated = {**asked, "ceil_mode": ceil}
            x = (2, 4, *places)
            wanted = onnx_says("MaxPool", [x], stated)
            assert wanted is not None
            assert shapes_of(window.pooled(), x, **stated) == [wanted]
            found = shapes_of(window.pooled(channels_last=True), last(x), **stated)
            assert found == [last(wanted)]
            assert shapes_of(window.pooled(), last(x), **stated, channels_last=1) == found


def test_without_a_kernel_a_pool_takes_the_whole_map() -> None:
    x = (2, 4, 5, 6)
    wanted = onnx_says("GlobalAveragePool", [x], {})
    assert shapes_of(window.pooled(), x) == [wanted] == [(2, 4, 1, 1)]
    assert shapes_of(window.pooled(channels_last=True), last(x)) == [(2, 1, 1, 4)]


GROWN: list[dict[str, Any]] = [
    {},
    {"strides": [2, 3]},
    {"dilations": [2, 3]},
    {"output_padding": [1, 2], "strides": [2, 3]},
    {"pads": [1, 0, 2, 1], "strides": [3, 2], "dilations": [2, 1]},
    {"auto_pad": "SAME_UPPER", "strides": [3, 2]},
    {"auto_pad": "SAME_LOWER", "strides": [2, 1]},
    {"auto_pad": "SAME_UPPER", "strides": [2, 3]},
    {"output_shape": [10, 12], "strides": [2, 2]},
    {"group": 2},
    {"kernel_shape": [3, 2], "strides": [2, 2]},
]


@each("attributes", GROWN, ids=str)
def test_a_transposed_convolution_has_the_places_of_onnx(attributes: dict[str, Any]) -> None:
    for places in PLACES:
        x, w = (2, 4, *places), (4, 5, 3, 2)
        wanted = onnx_says("ConvTranspose", [x, w], attributes)
        assert wanted is not None
        if "output_shape" in attributes:
            wanted = (*wanted[:2], 10, 12)  # onnx does without it where a place is open
        assert shapes_of(window.deconvolved(), x, w, **attributes) == [wanted]
        found = shapes_of(window.deconvolved(3, channels_last=True), last(x), N, N, w, **attributes)
        assert found == [last(wanted)]


def test_padding_that_is_an_operand_is_that_of_the_attribute() -> None:
    x, w, pads = (2, 4, 7, 8), (4, 5, 3, 2), [1, 0, 2, 1]
    rule = window.deconvolved(pads_slot=2)
    wanted = onnx_says("ConvTranspose", [x, w], {"pads": pads, "strides": [2, 3]})
    known = made([x, w, (4,)], {"strides": [2, 3]}, contents={2: np.array(pads)})
    assert [found.shape for found in rule(known)] == [wanted]
    assert shapes_of(rule, x, w, (4,), strides=[2, 3]) == [(2, 5, N, N)]
    assert shapes_of(rule, x, w, N, strides=[2, 3], pads=pads) == [wanted]
    unknown = (2, 4, 7, 8), (4, N, 3, 2)
    assert shapes_of(window.deconvolved(), *unknown) == [(2, N, 9, 9)]


def test_blocks_of_channels_are_those_of_onnx_with_channels_last() -> None:
    for op, x in (("DepthToSpace", (2, 12, 3, 5)), ("SpaceToDepth", (2, 3, 6, 10))):
        wanted = onnx_says(op, [x], {"blocksize": 2}, 13)
        assert wanted is not None
        (found,) = window.blocks(made([last(x)], {"blocksize": 2}, op))
        assert found.shape == last(wanted)
    (found,) = window.blocks(made([(2, 4, 4, 9)], {"blocksize": 1}, "SpaceToDepth"))
    assert found.shape == (2, 4, 4, 9)


def test_a_resized_map_is_that_of_onnx() -> None:
    x = (1, 6, 7, 3)
    for slot, contents in ((2, np.array([1, 1.5, 2.6, 1], np.float32)),
                           (3, np.array([1, 9, 4, 3]))):  # fmt: skip
        shapes: list[Dims | None] = [x, N, N, N]
        shapes[slot] = (4,)
        wanted = onnx_says("Resize", shapes[: slot + 1], {"mode": "nearest"}, 19, {slot: contents})
        (found,) = window.resized(made(shapes, {}, contents={slot: contents}))
        assert found.shape == wanted
    scales = [1.0, 1.0, 2.5, 3.0]
    assert shapes_of(window.upsampled, (1, N, 3, 5), scales=scales) == [(1, N, 7, 15)]
    short = made([(1, 6, 7), N, (2,), N], contents={2: np.array([2, 2], np.float32)})
    with pytest.raises(Unknown):
        window.resized(short)
    (found,) = window.resized(
        made([(N, 6), N, (2,)], contents={2: np.array([2, 2], np.float32)})
    )  # fmt: skip
    assert found.shape == (N, 12)


def test_a_blocked_layout_keeps_the_order_of_axes_unless_it_says_otherwise() -> None:
    def of(op: str, shape: Dims, **attributes: Any) -> Any:
        return window.reordered(made([shape], attributes, op))[0].shape

    assert of("ReorderInput", (1, 8, 5, 6)) == (1, 8, 5, 6)
    assert of("ReorderInput", (1, 5, 6, 8), channels_last=1) == (1, 8, 5, 6)
    assert of("ReorderOutput", (1, 8, 5, 6)) == (1, 8, 5, 6)
    assert of("ReorderOutput", (1, 8, 5, 6), channels=3) == (1, 3, 5, 6)
    assert of("ReorderOutput", (1, 8, 5, 6), channels=3, channels_last=1) == (1, 5, 6, 3)


def test_a_causal_convolution_leaves_the_reach_of_its_kernel() -> None:
    """Without a state before it, K − 1 places at the dilation; with one, the same again."""
    assert shapes_of(window.causal, (2, 4, 9), (4, 1, 3)) == [(2, 4, 9), (2, 4, 2)]
    assert shapes_of(window.causal, (2, 4, 9), (4, 1, 3), dilation=4)[1] == (2, 4, 8)
    assert shapes_of(window.causal, (2, 4, 9), (4, 1, 3), N, (2, 4, 5))[1] == (2, 4, 5)
    assert shapes_of(window.causal, (2, 4, 9), (4, 1, N))[1] is None
    assert shapes_of(window.causal, (2, 4, 9, 9), (4, 1, 3, 3))[1] is None
