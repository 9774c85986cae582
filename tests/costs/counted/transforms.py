"""Fourier transforms of radix 2, whose butterfly is a complex product and two complex sums."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.costs.counted.case import MS, Case, f, scalar
from tests.costs.counted.convolutions import NO_KERNEL
from tests.costs.counted.fused import complex_product
from tests.costs.counted.parts import (
    A,
)
from tests.costs.counted.tally import add, counted, left_out, plain, tally


def butterfly(x: Any) -> Any:
    """Cooley and Tukey 1965 on counting complex numbers, (…, N, 2), N a power of two."""
    size = x.shape[-2]
    if size == 1:
        return x
    even, odd = butterfly(x[..., 0::2, :]), butterfly(x[..., 1::2, :])
    angle = -2 * math.pi * np.arange(size // 2) / size
    turned = complex_product(odd, counted(np.stack([np.cos(angle), np.sin(angle)], -1)))
    return counted(np.concatenate([plain(even + turned), plain(even - turned)], -2))


def fourier(x: A, *rest: A, axis: int = 1, onesided: int = 0, inverse: int = 0) -> A:
    """Half of the work where the input is real, as FFTW's benchmark counts (Frigo and Johnson)."""
    half = x.shape[-1] == 1
    with left_out("the imaginary parts of real numbers"):
        pair = plain(x) if not half else np.concatenate([plain(x), np.zeros_like(plain(x))], -1)
    return halved(lambda: butterfly(counted(pair)), half)


def halved(work: Any, half: bool) -> A:
    with tally() as seen:
        result = work()
    add(seen.flops // (2 if half else 1))
    return result


def short_time(x: A, step: A, window: A, length: A) -> A:
    n = int(length)
    starts = range(0, x.shape[1] - n + 1, int(step))
    frames = counted(np.stack([plain(x)[:, s : s + n] for s in starts], 1)) * window[:, None]
    whole = fourier(frames)
    return counted(plain(whole)[..., : n // 2 + 1, :])


def rfft(x: A, **_: Any) -> A:
    y = fourier(counted(plain(x)[..., None]))
    return counted(plain(y)[..., : x.shape[-1] // 2 + 1, :])


def irfft(x: A, **_: Any) -> A:
    size = 2 * (x.shape[-2] - 1)
    halved(lambda: butterfly(counted(np.zeros((*x.shape[:-2], size, 2)))), True)
    whole = plain(x)[..., 0] + 1j * plain(x)[..., 1]
    return counted(np.fft.irfft(whole, size).astype(np.float32) * size)


def window(*terms: float) -> Any:
    def define(size: A, periodic: int = 1, **_: Any) -> A:
        """a − b·cos(2π·n / N) + c·cos(4π·n / N), the second angle twice the first."""
        n = counted(np.arange(int(size), dtype=np.float64))
        angle = 2 * math.pi * n / (int(size) - 1 + periodic)
        found = terms[0] - terms[1] * np.cos(angle)
        if terms[2:]:
            found = found + terms[2] * np.cos(2 * angle)
        return counted(plain(found).astype(np.float32))

    return define


def ms(op: str, inputs: Any, define: Any, beside: str = "onnxruntime", **more: Any) -> Case:
    outputs, tolerance = more.pop("outputs", 1), more.pop("tolerance", 5e-4)
    return Case(op, inputs, define, more, MS, 1, outputs, beside, tolerance)


CASES: tuple[Case, ...] = (
    Case("DFT", (f(2, 8, 2), None, scalar(1, np.int64)), fourier, version=20),
    Case("DFT", (f(2, 8, 1), None, scalar(1, np.int64)), fourier, version=20),
    Case("STFT", (f(1, 40, 1), scalar(4, np.int64), f(8), scalar(8, np.int64)), short_time,
         version=17),
    ms("Rfft", (f(3, 8),), rfft, NO_KERNEL, signal_ndim=1, normalized=0, onesided=1),
    ms("Irfft", (f(3, 5, 2),), irfft, NO_KERNEL, signal_ndim=1, normalized=0, onesided=1),
    Case("HannWindow", (scalar(9, np.int64),), window(0.5, 0.5)),
    Case("HammingWindow", (scalar(9, np.int64),), window(25 / 46, 21 / 46)),
    Case("BlackmanWindow", (scalar(9, np.int64),), window(0.42, 0.5, 0.08)),
)  # fmt: skip
