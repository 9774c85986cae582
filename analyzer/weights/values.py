"""Numeric health of a weight tensor: NaN, range, float16 and int8 fitness."""

from __future__ import annotations

from functools import lru_cache
from math import log10
from typing import TYPE_CHECKING, Any

import numpy as np

from analyzer.evidence import ValueStats
from analyzer.weights.chunks import rows
from analyzer.weights.scan import BF16_TAIL, FP16_TAIL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.model.rows import Rows
    from analyzer.weights.scan import Tally, TensorScan

INT8 = 127
TINY = np.finfo(np.float32).tiny
PART = 512
"""Squares added up in float32."""


@lru_cache(maxsize=64)
def name_of(dtype: np.dtype[Any]) -> str:
    """Its name, which NumPy puts together anew each time."""
    return str(dtype.name)


def value_stats(seen: Tally, dtype: str, snr: tuple[float | None, float | None]) -> ValueStats:
    """What ``seen`` says of a tensor; ``snr`` as ``int8_snr`` gives it."""
    known = seen.low <= seen.high
    clean = known and seen.nan == seen.inf == 0
    total = seen.elements or 1
    return ValueStats(
        dtype=dtype,
        elements=seen.elements,
        nan=seen.nan,
        inf=seen.inf,
        positive_inf=seen.positive_inf,
        zeros=seen.zeros,
        denormals=seen.denormals,
        min=seen.low if known else 0.0,
        max=seen.high if known else 0.0,
        constant=clean and seen.elements > 1 and seen.low == seen.high,
        fp16_overflow=seen.overflow / total,
        fp16_underflow=seen.underflow / total,
        bf16_overflow=seen.bf16_overflow / total,
        int8_snr=snr[0],
        int8_channel_snr=snr[1],
        fp16_exact=clean and not (seen.digits & FP16_TAIL or seen.beyond_fp16 or seen.overflow),
        bf16_exact=clean and not seen.digits & BF16_TAIL,
    )


def int8_snr(weights: Rows, seen: TensorScan) -> tuple[float | None, float | None]:
    """10·log10(Σw² / Σ(w − ŵ)²) for ŵ = s·round(w/s), s = max|w| / 127, per tensor and row.

    ``None`` for both where there is nothing to say: integers, zeros, values that are not finite.
    """
    peaks = seen.rows
    if peaks is None or not peaks.any() or not np.isfinite(peaks).all():
        return None, None
    if weights.dtype.kind in "iub":
        return None, None
    signal = per_tensor = per_channel = 0.0
    scale = np.full((1, 1), peaks.max() / INT8, np.float32)
    scales = (peaks[:, None] / INT8).astype(np.float32)
    for span, chunk in rows(weights):
        signal += _energy(chunk)
        per_tensor += _rounding(chunk, scale)
        per_channel += _rounding(chunk, scales[span])
    return _decibel(signal, per_tensor), _decibel(signal, per_channel)


def _rounding(chunk: NDArray[np.float32], scale: NDArray[np.float32]) -> float:
    """Σ(w − s·round(w/s))²; a scale that vanishes in float32 leaves the whole signal as noise."""
    step = np.maximum(scale, TINY)
    error = chunk / step
    np.rint(error, out=error)
    error *= step
    error -= chunk
    return _energy(error)


def _energy(values: NDArray[Any]) -> float:
    """Σw², of parts short enough that float32 loses nothing that is shown, then of their sums."""
    flat = values.reshape(-1)
    whole = len(flat) // PART * PART
    with np.errstate(over="ignore"):
        rest = _squares(flat[whole:]) if whole < len(flat) else 0.0
        if not whole:
            return rest
        parts = flat[:whole].reshape(-1, PART)
        sums = np.einsum("ij,ij->i", parts, parts)
    if not np.isfinite(sums).all():  # squares beyond float32
        return _squares(flat)
    return float(sums.sum(dtype=np.float64)) + rest


def _squares(flat: NDArray[Any]) -> float:
    """Their sum in float64."""
    return float(np.einsum("i,i->", flat, flat, dtype=np.float64))


def _decibel(signal: float, noise: float) -> float | None:
    """``None`` when there is no error to measure (or no signal)."""
    return 10 * log10(signal / noise) if signal > 0 and noise > 0 else None
