"""Nodes rewritten where onnx's inference (1.23) differs from what runtimes compute.

Each rewriting leaves the output shape that the operator specification and ONNX
Runtime agree on; only inference ever sees the rewritten node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import onnx

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


def correct(node: onnx.NodeProto, types: Mapping[str, onnx.TypeProto]) -> onnx.NodeProto:
    """``node``, or a copy with the attributes that inference reads rightly."""
    rule = _RULES.get(node.op_type) if node.domain in ("", "ai.onnx") else None
    return rule(node, types) if rule is not None else node


def edited(
    node: onnx.NodeProto, drop: Collection[str], add: Mapping[str, Any] = {}
) -> onnx.NodeProto:
    """Copy of ``node`` without the attributes ``drop`` and with ``add``."""
    result = onnx.NodeProto()
    result.CopyFrom(node)
    del result.attribute[:]
    result.attribute.extend(a for a in node.attribute if a.name not in drop and a.name not in add)
    result.attribute.extend(onnx.helper.make_attribute(k, v) for k, v in add.items())
    return result


def _padding(node: onnx.NodeProto) -> bytes:
    return next((a.s for a in node.attribute if a.name == "auto_pad"), b"NOTSET")


def _conv_transpose(node: onnx.NodeProto, types: Mapping[str, onnx.TypeProto]) -> onnx.NodeProto:
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


def _pool(node: onnx.NodeProto, types: Mapping[str, onnx.TypeProto]) -> onnx.NodeProto:
    """Under ``auto_pad=VALID`` every window lies inside the input, whatever ``ceil_mode`` says."""
    return edited(node, ("ceil_mode",)) if _padding(node) == b"VALID" else node


def _stft(node: onnx.NodeProto, types: Mapping[str, onnx.TypeProto]) -> onnx.NodeProto:
    """``onesided`` is 1 by default; onnx takes an absent one for 0."""
    absent = all(a.name != "onesided" for a in node.attribute)
    return edited(node, (), {"onesided": 1}) if absent else node


_RULES: Mapping[str, Callable[[onnx.NodeProto, Mapping[str, onnx.TypeProto]], onnx.NodeProto]] = {
    "ConvTranspose": _conv_transpose,
    "MaxPool": _pool,
    "AveragePool": _pool,
    "LpPool": _pool,
    "STFT": _stft,
}
