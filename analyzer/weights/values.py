"""Numeric health of a weight tensor: NaN, range, float16 and int8 fitness."""

from __future__ import annotations

from math import log10
from typing import TYPE_CHECKING

import numpy as np

from analyzer.evidence import ValueStats
from analyzer.weights.chunks import TINY, rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

FP16_OVERFLOW = 65520.0
"""Smallest magnitude that rounds to infinity in float16 (halfway from 65504 to 65536)."""
FP16_UNDERFLOW = 2.0**-25
"""Largest magnitude that rounds to 0 in float16 (half the smallest subnormal, ties to even)."""
INT8 = 127


def value_stats(weights: NDArray[np.generic]) -> ValueStats:
    """Two passes over chunks of ``(N, …)``: ranges first, quantisation error second."""
    nan = inf = zeros = denormals = over = under = 0
    low, high = np.inf, -np.inf
    peaks = np.zeros(len(weights))
    for span, chunk in rows(weights):
        magnitude = np.abs(chunk)
        finite = np.isfinite(chunk)
        all_finite = bool(finite.all())
        if not all_finite:
            nan += int(np.isnan(chunk).sum())
            inf += int(np.isinf(chunk).sum())
        zero = int((magnitude == 0).sum())
        zeros += zero
        denormals += int((magnitude < TINY).sum()) - zero
        under += int((magnitude <= FP16_UNDERFLOW).sum()) - zero
        values = chunk if all_finite else chunk[finite]
        if values.size:
            low, high = min(low, float(values.min())), max(high, float(values.max()))
        usable = magnitude if all_finite else np.where(finite, magnitude, 0)
        over += int((usable >= FP16_OVERFLOW).sum())
        peaks[span] = usable.max(axis=1, initial=0)
    known = bool(np.isfinite(low))
    clean = known and nan == inf == 0
    measured = clean and peaks.max() > 0 and weights.dtype.kind not in "iub"
    tensor, channel = _int8_snr(weights, peaks) if measured else (None, None)
    return ValueStats(
        dtype=weights.dtype.name,
        elements=weights.size,
        nan=nan,
        inf=inf,
        zeros=zeros,
        denormals=denormals,
        min=low if known else 0.0,
        max=high if known else 0.0,
        constant=clean and weights.size > 1 and low == high,
        fp16_overflow=over / weights.size if weights.size else 0.0,
        fp16_underflow=under / weights.size if weights.size else 0.0,
        int8_snr=tensor,
        int8_channel_snr=channel,
    )


def _int8_snr(
    weights: NDArray[np.generic], peaks: NDArray[np.float64]
) -> tuple[float | None, float | None]:
    """10·log10(Σw² / Σ(w − ŵ)²) for ŵ = s·round(w/s), s = max|w| / 127, per tensor and channel."""
    signal = per_tensor = per_channel = 0.0
    scale = float(peaks.max()) / INT8
    scales = np.where(peaks > 0, peaks, 1)[:, None] / INT8
    for span, chunk in rows(weights):
        signal += float(np.einsum("ij,ij->", chunk, chunk, dtype=np.float64))
        per_tensor += _rounding(chunk, np.asarray(scale))
        per_channel += _rounding(chunk, scales[span])
    return _decibel(signal, per_tensor), _decibel(signal, per_channel)


def _rounding(chunk: NDArray[np.float32], scale: NDArray[np.float64]) -> float:
    """Σ(w − s·round(w/s))²; a scale that vanishes in float32 leaves the whole signal as noise."""
    step = np.maximum(scale.astype(np.float32), np.finfo(np.float32).tiny)
    error = np.rint(chunk / step) * step - chunk
    return float(np.einsum("ij,ij->", error, error, dtype=np.float64))


def _decibel(signal: float, noise: float) -> float | None:
    """``None`` when there is no error to measure (or no signal)."""
    return 10 * log10(signal / noise) if signal > 0 and noise > 0 else None
