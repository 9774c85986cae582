"""Fourier transforms and windows. A transform has no MACs: nobody runs it by its definition.

FLOPs follow the FFTW benchmark: 5·N·log₂N for a complex transform of length N, half of that for a
real one (Frigo and Johnson 2005, https://www.fftw.org/speed/method.html), with ⌈log₂N⌉ so that
counts stay integers.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown
from analyzer.operators.formula import Formula, Work, given, known_dim

if TYPE_CHECKING:
    from analyzer.graph.call import Call

FFTW = "Frigo and Johnson 2005: 5·N·log₂N, real input half"


def fft(length: int, *, real: bool) -> int:
    """FLOPs of one transform.

    >>> fft(1024, real=False), fft(1024, real=True)
    (51200, 25600)
    """
    full = 5 * length * max(length - 1, 0).bit_length()
    return full // 2 if real else full


def scalar(call: Call, index: int) -> int | None:
    """Value of a scalar input that is known before run time, else ``None``."""
    value = call.values[index] if index < len(call.values) else None
    return None if value is None or value.size != 1 else int(value.ravel()[0])


def dft(call: Call) -> Work:
    """DFT over one axis of ``(…, N, 1 or 2)``; the last axis holds real and imaginary part."""
    shape = call.shape(0)
    axis = call.attr("axis", 1) if call.version < 20 else -2
    if call.version >= 20 and given(call, 2):
        known = scalar(call, 2)
        if known is None:
            raise Unknown("the axis is computed at run time")
        axis = known
    length = scalar(call, 1) if given(call, 1) else shape[axis]
    if length is None:
        raise Unknown("dft_length is computed at run time")
    transforms = prod(shape[:-1]) // shape[axis] if shape[axis] else 0
    each = fft(length, real=shape[-1] == 1 or bool(call.attr("onesided", 0)))
    return Work(0, transforms * each, f"{transforms} · {each}")


def stft(call: Call) -> Work:
    """STFT: every frame is multiplied by the window and transformed."""
    batch, frames = call.out_shape()[:2]
    components = known_dim(call.input(0), 2) or 1
    length = scalar(call, 3) if given(call, 3) else None
    if length is None and given(call, 2):
        length = call.shape(2)[0]
    if length is None:
        raise Unknown("frame_length is computed at run time")
    window = length * components if given(call, 2) else 0
    each = fft(length, real=components == 1) + window
    return Work(0, batch * frames * each, f"{batch} · {frames} · {each}")


def half_transform(inverse: bool) -> Formula:
    """com.microsoft Rfft and Irfft over the last ``signal_ndim`` axes of the real side."""

    def count(call: Call) -> Work:
        shape = call.out_shape() if inverse else call.shape(0)
        length = prod(shape[len(shape) - call.attr("signal_ndim", 1) :])
        transforms = prod(shape) // length if length else 0
        each = fft(length, real=True)
        return Work(0, transforms * each, f"{transforms} · {each}")

    return Formula(count, flops="transforms · 2.5·N·⌈log₂N⌉", source=FFTW)
