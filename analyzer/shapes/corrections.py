"""Where onnx's inference (1.23) differs from what runtimes compute.

Either the node is rewritten before it is asked about (only inference ever sees
the rewritten node), or the shape it answers is replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx

from analyzer.model.proto import copied

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from analyzer.graph.call import Call
    from analyzer.model.proto import NodeMessage


def correct(node: NodeMessage, types: Mapping[str, onnx.TypeProto]) -> NodeMessage:
    """``node``, or a copy with the attributes that inference reads rightly."""
    rule = _RULES.get(node.op_type) if node.domain in ("", "ai.onnx") else None
    return rule(node, types) if rule is not None else node


def edited(node: NodeMessage, drop: Collection[str], add: Mapping[str, Any] = {}) -> onnx.NodeProto:
    """Copy of ``node`` without the attributes ``drop`` and with ``add``."""
    result = copied(node)
    del result.attribute[:]
    result.attribute.extend(a for a in node.attribute if a.name not in drop and a.name not in add)
    result.attribute.extend(onnx.helper.make_attribute(k, v) for k, v in add.items())
    return result


def _padding(node: NodeMessage) -> bytes:
    return next((a.s for a in node.attribute if a.name == "auto_pad"), b"NOTSET")


def _conv_transpose(node: NodeMessage, types: Mapping[str, onnx.TypeProto]) -> NodeMessage:
    """``auto_pad=SAME_*`` as the explicit pads it stands for.

    The output is cropped to input · stride and never extended, so an axis loses
    max(0, output_padding + dilated kernel − stride); onnx adds output_padding on top.
    """
    given = {a.name: list(a.ints) for a in node.attribute if a.ints}
    if not _padding(node).startswith(b"SAME") or "output_shape" in given or len(node.input) < 2:
        return node
    kernel = given.get("kernel_shape")
    if kernel is None and node.input[1] in types:
        dims = types[node.input[1]].tensor_type.shape.dim
        kernel = [d.dim_value for d in dims[2:]]
    if not kernel or 0 in kernel:
        return node
    ones, zeros = [1] * len(kernel), [0] * len(kernel)
    axes = zip(
        kernel,
        given.get("dilations", ones),
        given.get("strides", ones),
        given.get("output_padding", zeros),
        strict=False,
    )
    lost = [max(0, extra + (k - 1) * d + 1 - s) for k, d, s, extra in axes]
    return edited(node, ("auto_pad",), {"pads": [*zeros[: len(lost)], *lost]})


def _stft(node: NodeMessage, types: Mapping[str, onnx.TypeProto]) -> NodeMessage:
    """``onesided`` is 1 by default; onnx takes an absent one for 0."""
    absent = all(a.name != "onesided" for a in node.attribute)
    return edited(node, (), {"onesided": 1}) if absent else node


_RULES: Mapping[str, Callable[[NodeMessage, Mapping[str, onnx.TypeProto]], NodeMessage]] = {
    "ConvTranspose": _conv_transpose,
    "STFT": _stft,
}


def corrected_shape(call: Call) -> tuple[int, ...] | None:
    """Output shape of ``call`` where onnx's answer is not to be trusted, else ``None``."""
    rule = _SHAPES.get((call.domain, call.op_type))
    data = call.input(0)
    if rule is None or data is None or data.shape is None or None in data.shape:
        return None
    return rule(call, call.shape(0))


def _pooled(call: Call, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """``ceil_mode``: a last window that would start in the padding behind the data is left out;
    under ``auto_pad=SAME_*`` the size is ⌈input / stride⌉ without another rounding."""
    padding = call.attr("auto_pad", "NOTSET")
    kernel = call.attr("kernel_shape", ())
    if not call.attr("ceil_mode") or len(shape) != len(kernel) + 2:
        return None
    rank = len(kernel)
    strides = call.attr("strides") or (1,) * rank
    dilations = call.attr("dilations") or (1,) * rank
    pads = call.attr("pads") if padding == "NOTSET" else None
    pads = pads or (0,) * (2 * rank)
    if (len(strides), len(dilations), len(pads)) != (rank, rank, 2 * rank) or 0 in strides:
        return None
    if padding.startswith("SAME"):
        return (*shape[:2], *(-(-n // s) for n, s in zip(shape[2:], strides, strict=True)))
    sides = []
    for i, size in enumerate(shape[2:]):
        window = (kernel[i] - 1) * dilations[i] + 1
        steps = -((window - size - pads[i] - pads[rank + i]) // strides[i])  # ceiling
        sides.append(steps + (steps * strides[i] < size + pads[i]))
    return (*shape[:2], *sides) if min(sides) > 0 else None


def _resized(call: Call, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """By scales: ⌊size · scale⌋ in single precision, as runtimes multiply; onnx uses double."""
    if call.attr("coordinate_transformation_mode") == "tf_crop_and_resize":
        return None
    slot = 1 if call.op_type == "Upsample" or call.version < 11 else 2
    scales: Any = call.attr("scales")
    if scales is None and slot < len(call.values):
        scales = call.values[slot]
    if scales is None or np.asarray(scales).dtype == object or np.size(scales) == 0:
        return None
    axes = call.attr("axes") or range(len(shape))
    factors = np.asarray(scales, np.float32).ravel()
    if len(factors) != len(axes) or not np.all(np.isfinite(factors)):
        return None
    result = list(shape)
    for axis, factor in zip(axes, factors, strict=True):
        if not -len(shape) <= axis < len(shape):
            return None
        result[axis] = int(np.float32(shape[axis]) * factor)
    return tuple(result) if min(result, default=0) >= 0 else None


def _features(call: Call, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """As many of the last axis as there are indices; onnx counts those of Y's last axis only."""
    indices = call.input(1)
    if indices is None or indices.elements is None or not shape:
        return None
    return (*(shape[:-1] or (1,)), indices.elements)


_SHAPES: Mapping[tuple[str, str], Callable[[Call, tuple[int, ...]], tuple[int, ...] | None]] = {
    ("", "MaxPool"): _pooled,
    ("", "AveragePool"): _pooled,
    ("", "LpPool"): _pooled,
    ("", "Resize"): _resized,
    ("", "Upsample"): _resized,
    ("ai.onnx.ml", "ArrayFeatureExtractor"): _features,
}

CORRECTED = frozenset(_SHAPES)
"""Domain and name of the operators that ``corrected_shape`` knows."""
