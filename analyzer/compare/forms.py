"""Different ways to write one and the same setting, brought into one.

Each function takes an operator and its settings and changes what has several spellings; what it
cannot know (an unknown rank) it leaves as it is. Source: ONNX's operator specification.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any

from analyzer.graph.call import Unknown
from analyzer.operators import record_of
from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.graph.call import Call
    from analyzer.operators.record import Operator

    Settings = dict[str, Any]

UNTIL_SEVEN = ("broadcast", "consumed_inputs")
"""Attributes of ai.onnx before opset 7 that allow what is done anyway, or hint at memory."""
NO_AXIS = 1 << 31
"""``INT32_MAX`` and above: to the end of an axis."""


def normalised(call: Call, given: Mapping[str, Any]) -> Settings:
    """``given`` in its one form; what does not count any more is left out."""
    found = dict(given)
    for name in ("axis", "axes"):
        if name in found and call.op_type not in ("Slice", "Squeeze"):
            found[name] = _positive(found[name], _rank(call))
    rule = _rule(call)
    if not call.domain:
        for name in UNTIL_SEVEN:
            found.pop(name, None)
    if rule is not None:
        formed = dict(found)
        with suppress(Unknown):  # then it stays as it is written
            rule(call, formed)
            found = formed
    return found


def _rank(call: Call) -> int | None:
    """Rank that axes count from."""
    tensor = call.input(0)
    if call.op_type in ("Unsqueeze", "OneHot"):
        tensor = call.output()
    return None if tensor is None or tensor.shape is None else len(tensor.shape)


def _positive(axes: Any, rank: int | None) -> Any:
    if rank is None:
        return axes
    if isinstance(axes, tuple):
        return tuple(sorted(_positive(axis, rank) for axis in axes))
    return axes + rank if isinstance(axes, int) and axes < 0 else axes


def _rule(call: Call) -> Callable[[Call, Settings], None] | None:
    """What brings an operator's settings into one form, by its name or what it is."""
    record = record_of(call)
    if not call.domain and call.op_type in _RULES:
        return _RULES[call.op_type]
    if record is None:
        return None
    if record.is_convolution or record.nature is Nature.POOLING:
        return partial(_window, record)
    if call.domain:
        return None
    if record.nature is Nature.SOFTMAX:
        return _softmax
    return _reduce if record.reduces else None


def _window(record: Operator, call: Call, found: Settings) -> None:
    """Convolution and pooling: neutral strides, dilations and pads are stated; SAME is pads."""
    kernel = found.get("kernel_shape")
    slot = record.weight if record.is_convolution else None
    weight = None if slot is None else call.input(slot)
    if weight is not None and weight.shape is not None:
        kernel = weight.shape[2:]
    stated = found.pop("kernel_shape", None)
    if stated and kernel and tuple(stated) != tuple(kernel):
        found["kernel_shape"] = stated  # it contradicts the weights
    if not kernel or None in kernel:
        return
    if not record.is_convolution:
        found["kernel_shape"] = tuple(kernel)
    n = len(kernel)
    found["strides"] = tuple(found.get("strides") or (1,) * n)
    found["dilations"] = tuple(found.get("dilations") or (1,) * n)
    pads = tuple(found.get("pads") or (0,) * (2 * n))
    auto = found.pop("auto_pad", "NOTSET")
    found["pads"] = pads if auto == "NOTSET" else (0,) * (2 * n)
    if auto not in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"):
        found["auto_pad"] = auto
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        known = None if record.is_transposed else _same(call, found, kernel)
        found["pads"] = auto if known is None else known if auto == "SAME_UPPER" else _lower(known)
    if not found.get("output_padding") or not any(found["output_padding"]):
        found.pop("output_padding", None)
    if found.get("group") == 1:
        found.pop("group")
    if call.op_type == "MaxPool" and len(call.outputs) < 2:
        found.pop("storage_order", None)
    if not any(p for p in found["pads"] if p) and not found.get("ceil_mode"):
        found.pop("count_include_pad", None)  # there is no padding to count


def _same(call: Call, found: Settings, kernel: tuple[int, ...]) -> tuple[int, ...] | None:
    """Pads of ``SAME_UPPER``: total = max((⌈in/s⌉ − 1)·s + d·(k − 1) + 1 − in, 0), the odd one
    behind."""
    tensor = call.input(0)
    sizes = tensor.shape[-len(kernel) :] if tensor is not None and tensor.shape else ()
    if len(sizes) != len(kernel) or None in sizes:
        return None
    totals = [
        max((-(-size // s) - 1) * s + d * (k - 1) + 1 - size, 0)
        for size, s, d, k in zip(sizes, found["strides"], found["dilations"], kernel, strict=True)
        if size is not None
    ]
    return (*(t // 2 for t in totals), *(t - t // 2 for t in totals))


def _lower(pads: tuple[int, ...]) -> tuple[int, ...]:
    """The same with the odd one in front."""
    half = len(pads) // 2
    return (*pads[half:], *pads[:half])


def _softmax(call: Call, found: Settings) -> None:
    """Before opset 13 all axes from ``axis`` on are one; those of one element count for nothing."""
    rank, axis = _rank(call), found.get("axis")
    if rank is not None and isinstance(axis, int):
        found["axis"] = tuple(range(axis, rank)) if call.version < 13 else (axis,)
        found["axis"] = tuple(a for a in found["axis"] if _side(call, a) != 1)


def _side(call: Call, axis: int) -> int | None:
    shape = call.dims(0)
    return shape[axis] if axis < len(shape) else None


def _reduce(call: Call, found: Settings) -> None:
    """No axes are all axes, unless ``noop_with_empty_axes`` says none."""
    rank = _rank(call)
    noop = found.pop("noop_with_empty_axes", 0)
    stated = len(call.inputs) > 1 and call.inputs[1] is not None
    if not found.get("axes") and (not stated or found.get("axes") == ()):
        found["axes"] = () if noop else tuple(range(rank)) if rank is not None else "all"


def _squeeze(call: Call, found: Settings) -> None:
    tensor = call.input(0)
    shape = None if tensor is None else tensor.shape
    if shape is None:
        return
    stated = len(call.inputs) > 1 and call.inputs[1] is not None
    if found.get("axes") is None and not stated:
        found["axes"] = tuple(i for i, size in enumerate(shape) if size == 1)
    elif found.get("axes") is not None:
        found["axes"] = _positive(_tuple(found["axes"]), len(shape))


def _transpose(call: Call, found: Settings) -> None:
    rank = _rank(call)
    if found.get("perm") is None and rank is not None:
        found["perm"] = tuple(reversed(range(rank)))


def _slice(call: Call, found: Settings) -> None:
    """Every bound with its axis; what is beyond the end is the end."""
    rank, starts, ends = _rank(call), found.get("starts"), found.get("ends")
    if rank is None or starts is None or ends is None:
        return
    shape = call.dims(0)
    axes = _tuple(found.get("axes", tuple(range(len(starts)))))
    steps = _tuple(found.get("steps", (1,) * len(starts)))
    cuts = []
    for axis, start, end, step in zip(axes, _tuple(starts), _tuple(ends), steps, strict=True):
        axis = axis + rank if axis < 0 else axis
        size = shape[axis]
        if step > 0 and (end >= NO_AXIS - 1 or (size is not None and end >= size)):
            end = inf
        if size is not None:
            start = start + size if start < 0 else start
            end = end + size if -size <= end < 0 and step > 0 else end
        if (start, end, step) != (0, inf, 1):
            cuts.append((axis, start, end, step))
    for name in ("starts", "ends", "axes", "steps"):
        found.pop(name, None)
    for i, name in enumerate(("axes", "starts", "ends", "steps")):
        found[name] = tuple(cut[i] for cut in sorted(cuts))


def _tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _clip(call: Call, found: Settings) -> None:
    """No bound is an infinite one, unless the input is there and computed."""
    for slot, name, bound in ((1, "min", -inf), (2, "max", inf)):
        if call.input(slot) is None:
            found[name] = bound if found.get(name) is None else found[name]


def _pad(call: Call, found: Settings) -> None:
    if call.input(2) is None:
        found.setdefault("constant_value", 0.0)
    if found.get("mode", "constant") != "constant":
        found.pop("constant_value", None)
    elif isinstance(found.get("constant_value"), (int, float)):
        found["constant_value"] = float(found["constant_value"])


def _resize(call: Call, found: Settings) -> None:
    """Sizes are the scales they make; what only one mode reads is left out in others."""
    shape, target = call.dims(0), call.out_shape()
    sizes = found.pop("sizes", None)
    if sizes is not None and None not in shape and len(shape) == len(target):
        found["scales"] = tuple(t / s for t, s in zip(target, shape, strict=True) if s)
    if found.get("coordinate_transformation_mode") != "tf_crop_and_resize":
        found.pop("roi", None)
        found.pop("extrapolation_value", None)
    mode = found.get("mode", "nearest")
    if mode != "cubic":
        found.pop("cubic_coeff_a", None)
        found.pop("exclude_outside", None)
    if mode != "nearest":
        found.pop("nearest_mode", None)
    for name in ("antialias", "keep_aspect_ratio_policy"):
        if found.get(name) in (0, "stretch"):
            found.pop(name)


def _reshape(call: Call, found: Settings) -> None:
    """``allowzero`` is about sizes of 0 in the target."""
    target = call.integers(1)
    if not found.get("allowzero") or (target is not None and 0 not in target):
        found.pop("allowzero", None)


def _grid(call: Call, found: Settings) -> None:
    """Opset 20 gave two modes other names."""
    mode = found.get("mode")
    if isinstance(mode, str):
        found["mode"] = mode.removeprefix("bi")


def _split(call: Call, found: Settings) -> None:
    """Sizes of the parts, however they are stated."""
    axis = found.get("axis", 0)
    shapes = [tensor.shape for tensor in call.outputs if tensor is not None]
    sides = [shape[axis] for shape in shapes if shape is not None and axis < len(shape)]
    if len(sides) == len(call.outputs) and None not in sides:
        found.pop("num_outputs", None)
        found.setdefault("split", tuple(sides))


def _gemm(call: Call, found: Settings) -> None:
    """How a stored matrix lies is no setting of the layer; the weights know."""
    weight = call.input(1)
    if weight is not None:
        found.pop("transb", None)
    if call.input(2) is None:
        found.pop("beta", None)


def _without_defaults(**defaults: Any) -> Callable[[Call, Settings], None]:
    """Settings that later versions have, at what they were before."""

    def rule(call: Call, found: Settings) -> None:
        for name, value in defaults.items():
            if found.get(name) == value:
                found.pop(name)

    return rule


_RULES: Mapping[str, Callable[[Call, Settings], None]] = {
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "Slice": _slice,
    "Clip": _clip,
    "Pad": _pad,
    "Resize": _resize,
    "Gemm": _gemm,
    "Reshape": _reshape,
    "GridSample": _grid,
    "BatchNormalization": _without_defaults(training_mode=0),
    "Split": _split,
    "ArgMax": _without_defaults(select_last_index=0),
    "ArgMin": _without_defaults(select_last_index=0),
}
"""What else has several spellings, by operator of ai.onnx."""
