"""Interpolation: Resize, Upsample, GridSample, RoiAlign and relatives.

A value interpolated from t neighbours costs t multiplications and t additions. Computing the
sampling positions is left out.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown
from analyzer.operators.formula import Work

if TYPE_CHECKING:
    from analyzer.graph.call import Call

TAPS = {"nearest": 0, "linear": 2, "bilinear": 2, "cubic": 4, "bicubic": 4}
"""Neighbours per interpolated axis."""


def _taps(mode: str) -> int:
    if mode not in TAPS:
        raise Unknown(f"interpolation mode {mode} is not known")
    return TAPS[mode]


def resize(call: Call) -> Work:
    """Resize and Upsample: FLOPs = 2·|Y|·t^d over the d axes whose size changes.

    With ``antialias`` an axis that shrinks has its taps stretched by the shrink factor.

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> def f32(*shape): return Tensor("t", "float32", shape)
    >>> x, y = f32(1, 8, 16, 16), f32(1, 8, 32, 32)
    >>> call = Call("Resize", "", 19, {"mode": "linear"}, (x,), (y,))
    >>> resize(call).other  # 2 · 8·32·32 · 4 neighbours
    65536
    """
    each, size = _taps(call.attr("mode", "nearest")), call.out_size()
    taps = 1 if each else 0
    for before, after in zip(call.shape(0), call.out_shape(), strict=True):
        if before == after or not each or not after:
            continue
        shrink = before if call.attr("antialias", 0) and before > after else after
        taps *= -(-each * shrink // after)
    if call.shape(0) == call.out_shape():
        taps = 0
    return Work(0, 2 * size * taps, f"2 · {size} · {taps}")


def grid_sample(call: Call) -> Work:
    """GridSample: FLOPs = 2·|Y|·t^d in d spatial dimensions."""
    shape = call.out_shape()
    taps = _taps(call.attr("mode", "linear"))
    taps = taps ** (len(shape) - 2) if taps else 0
    return Work(0, 2 * prod(shape) * taps, f"2 · {prod(shape)} · {taps}")


def affine_grid(call: Call) -> Work:
    shape = call.out_shape()
    return Work(0, 2 * shape[-1] * prod(shape), f"2 · {shape[-1]} · {prod(shape)}")


def roi_align(call: Call) -> Work:
    """RoiAlign: s² bilinear samples per output value, averaged (arXiv 1703.06870)."""
    size, ratio = call.out_size(), call.attr("sampling_ratio", 0)
    if ratio <= 0:
        return Work(0, None, "", "sampling grid depends on the regions")
    return Work(0, size * (9 * ratio * ratio + 1), f"{size} · (9 · {ratio}² + 1)")


def crop(call: Call) -> Work:
    taps = _taps(call.attr("mode", "bilinear")) ** 2
    return Work(0, 2 * call.out_size() * taps, f"2 · {call.out_size()} · {taps}")
