"""Network decoupling: how much of a convolution T depthwise separable terms keep.

Guo, Li, Lin, Chen, Li, "Network Decoupling: From Regular to Depthwise Separable
Convolutions", BMVC 2018 (https://arxiv.org/abs/1808.05517): every convolution is a
sum of at most K² separable ones.  For weights W of shape N×M×K²

* depthwise → pointwise: for each input channel the N×K² matrix W[:, m] is cut at
  rank T; row space = depthwise kernels, column space = pointwise weights;
* pointwise → depthwise: for each output channel the M×K² matrix W[n].

The best T terms keep the T largest squared singular values (Eckart–Young).
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from analyzer.dataclass import dataclass
from analyzer.evidence import DW_PW, PW_DW, Decoupling, Separability
from analyzer.weights.chunks import spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.facts import Conv
    from analyzer.model.rows import Rows

TARGET = 0.95
SMALL = 4000
"""What the eigenvalues of the smallest matrix take, in units of side³ of large ones."""
WORK = 1_000_000_000
"""Eigenvalue work (matrices × side³) above which channels are subsampled: a second."""
HELD = 4 << 20
"""Elements of matrices held at once, above which channels are subsampled."""


@dataclass(frozen=True, slots=True)
class Spectra:
    """Squared singular values of the weights in both orders, and what reading them needs."""

    first: NDArray[np.float64]
    """One row for each input channel of each group: depthwise → pointwise."""
    second: NDArray[np.float64]
    """One row for each output channel: pointwise → depthwise."""
    rows: tuple[int, int]
    """Filters per group and input channels per group."""
    taps: int
    unit: float
    """Unit roundoff of the stored type."""
    sampled: bool
    """True when only an even subset of channels was decomposed."""


def spectra(weights: Rows, groups: int = 1, every: int = 1) -> Spectra | None:
    """Squared singular values of ``weights``; nearly all of the work.

    Parameters
    ----------
    weights
        ``(N, M/groups, *K)``, as ONNX stores Conv weights.
    groups
        Channel groups; every group is decoupled on its own.
    every
        Take only each such channel, in both orders.

    Returns
    -------
    ``None`` for weights with NaN or infinity, or all of them 0; for filters that do not fit into
    the groups; for kernels so large that not even one matrix is held; and for kernels of one tap
    or one input channel per group, which are separable already.
    """
    n, m, taps = weights.shape[0], weights.shape[1], prod(weights.shape[2:])
    if taps < 2 or m < 2 or n == 0 or n % groups or max(n // groups, m) * taps > HELD:
        return None
    flat = weights.like((n, m, taps))
    first = _by_input(flat, groups, every)
    second = _by_output(flat, every)
    total = first.sum() + second.sum()
    if not np.isfinite(total) or total == 0:
        return None
    sampled = len(first) < m * groups or len(second) < n
    unit = _unit_roundoff(weights.dtype)
    return Spectra(first, second, (n // groups, m), taps, unit, sampled)


def judge(found: Spectra, conv: Conv | None = None, target: float = TARGET) -> Separability:
    """Energy, baseline and MACs of T = 1 … K² terms, and the smallest T worth having.

    Parameters
    ----------
    conv
        Sizes for the MAC counts; without it no recommendation can be made.
    target
        Share of energy to keep, in (0, 1].
    """
    (filters, channels), taps, unit = found.rows, found.taps, found.unit
    costs = (None, None) if conv is None else (_macs(conv, DW_PW), _macs(conv, PW_DW))
    one = _decoupling(DW_PW, found.first, filters, taps, unit, costs[0])
    two = _decoupling(PW_DW, found.second, channels, taps, unit, costs[1])
    macs_now = conv.macs if conv is not None else None
    best = min((c for c in (_pick(one, macs_now, target), _pick(two, macs_now, target)) if c),
               default=None)  # fmt: skip
    lead = one if one.energy[0] >= two.energy[0] else two
    chosen = None if best is None else (one if best[2] == DW_PW else two)
    terms = None if best is None else best[1]
    return Separability(
        depthwise_first=one,
        pointwise_first=two,
        target=target,
        macs_now=macs_now,
        order=None if best is None else best[2],
        terms=terms,
        energy=chosen.energy[terms - 1] if chosen and terms else None,
        baseline=chosen.baseline[terms - 1] if chosen and terms else None,
        macs=None if best is None else best[0],
        first_term=lead.energy[0],
        first_term_baseline=lead.baseline[0],
        sampled=found.sampled,
    )


def _pick(option: Decoupling, macs_now: int | None, target: float) -> tuple[int, int, str] | None:
    """(MACs, terms, order) of the fewest terms that reach the target and save MACs."""
    if option.macs is None or macs_now is None:
        return None
    terms = next((i + 1 for i, e in enumerate(option.energy) if e >= target), None)
    if terms is None or option.macs[terms - 1] >= macs_now:
        return None
    return option.macs[terms - 1], terms, option.order


def _decoupling(
    order: str, spectra: NDArray[np.float64], rows: int, taps: int, unit: float, cost: int | None
) -> Decoupling:
    """Sum squared singular values ``(channels, R)`` over channels; find the exact rank."""
    total = float(spectra.sum())
    # Rounding W to its type moves it by at most u·‖W‖ (Frobenius), and by Weyl's inequality
    # no singular value moves further; summing up to K² products first costs K² roundings more.
    noise = (unit * (taps + 1)) ** 2 * spectra.sum(axis=1, keepdims=True)
    rank = int((spectra > noise).sum(axis=1).max(initial=0))
    kept = np.cumsum(spectra.sum(axis=0)) / total
    energy = [1.0 if terms >= rank else min(1.0, float(e)) for terms, e in enumerate(kept, 1)]
    macs = None if cost is None else tuple(cost * t for t in range(1, len(energy) + 1))
    return Decoupling(order, rank, tuple(energy), gaussian_energy(rows, taps), macs)


def _macs(conv: Conv, order: str) -> int | None:
    """MACs of one separable term: the depthwise stage carries kernel and stride.

    >>> from analyzer.facts import Conv
    >>> c = Conv("standard", False, "3×3", (3, 3), 9, 64, 128, 1, None, (1, 1), (1, 1),
    ...          (56, 56), (56, 56), 56 * 56 * 9 * 64 * 128, 9 * 64 * 128)
    >>> _macs(c, DW_PW) == 56 * 56 * (9 * 64 + 64 * 128)
    True
    """
    if conv.macs is None or None in conv.in_spatial or None in conv.out_spatial:
        return None
    inner = prod(d for d in conv.in_spatial if d is not None)
    outer = prod(d for d in conv.out_spatial if d is not None)
    m, n, taps = conv.in_channels, conv.out_channels, conv.kernel_volume
    moved = inner if conv.transposed else outer  # positions at which the kernel is applied
    mixing = m * n // conv.groups
    per_image = moved * taps * mixing
    batch = conv.macs // per_image if per_image else 1
    if order == DW_PW:
        return batch * (moved * taps * m + outer * mixing)
    return batch * (inner * mixing + moved * taps * n)


def _by_input(weights: Rows, groups: int, every: int) -> NDArray[np.float64]:
    """Spectra of the N/groups × K² matrix of each input channel, of one group after another."""
    n, m, taps = weights.shape
    per = n // groups
    side = min(per, taps)
    room = HELD // (side * side if taps <= per else per * taps)
    every = max(every, groups * m * side**3 // WORK, -(-m // room))
    parts = []
    for group in range(groups):
        chosen = slice((-group * m) % every, m, every)  # each such channel of all groups
        count = len(range(m)[chosen])
        if not count:
            continue
        if taps <= per:
            gram = np.zeros((count, taps, taps))
        else:
            held = np.zeros((count, per, taps))
        for span in spans(per, m * taps):
            rows = slice(group * per + span.start, group * per + span.stop)
            block = np.asarray(weights[rows][:, chosen], dtype=np.float64)
            if taps <= per:
                gram += block.transpose(1, 2, 0) @ block.transpose(1, 0, 2)
            else:
                held[:, span] = block.transpose(1, 0, 2)
        if taps > per:
            gram = held @ held.transpose(0, 2, 1)
        parts.append(_eigenvalues(gram))
    return np.concatenate(parts)


def _by_output(weights: Rows, every: int) -> NDArray[np.float64]:
    """Spectra of the M/groups × K² matrix of each output channel."""
    n, m, taps = weights.shape
    every = max(every, n * min(m, taps) ** 3 // WORK)
    parts = []
    for span in spans(n, m * taps):
        chosen = slice((-span.start) % every, None, every)
        block = np.asarray(weights[span][chosen], dtype=np.float64)
        turned = block.transpose(0, 2, 1)
        parts.append(_eigenvalues(turned @ block if taps <= m else block @ turned))
    return np.concatenate(parts)


def _eigenvalues(gram: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each matrix, largest first; one row of NaN if any is not finite.

    The Gram matrix in float64 loses half of *its* digits, which still leaves more than
    a float32 has; it makes the cost independent of the longer side.
    """
    if not np.isfinite(gram).all():
        return np.full((1, gram.shape[-1]), np.nan)
    return np.linalg.eigvalsh(gram)[:, ::-1].clip(min=0)


def spectral_work(outputs: int, inputs: int, groups: int, taps: int) -> int:
    """Work of ``spectra``: matrices × side³, at most ``WORK`` in each of the two orders."""
    m = inputs // groups
    if taps < 2 or m < 2:
        return 0
    first = inputs * min(outputs // groups, taps) ** 3
    return min(first, WORK) + min(outputs * min(m, taps) ** 3, WORK)


def decoupling_work(outputs: int, inputs: int, groups: int, taps: int) -> int:
    """Work of ``spectra`` of every channel: matrices × (side³ + what a small one takes).

    >>> decoupling_work(64, 32, 1, 9) == (64 + 32) * (9**3 + SMALL)
    True
    """
    m = inputs // groups
    if taps < 2 or m < 2:
        return 0
    first = inputs * (min(outputs // groups, taps) ** 3 + SMALL)
    return first + outputs * (min(m, taps) ** 3 + SMALL)


@lru_cache(maxsize=1024)
def gaussian_energy(rows: int, taps: int) -> tuple[float, ...]:
    """Expected energy that T = 1 … min(rows, taps) terms keep of Gaussian ``rows × taps`` noise.

    Sampled, reproducibly, through Bartlett's decomposition of the Wishart matrix (a
    triangle with χ on its diagonal), so the cost depends on the short side only.
    The standard error is below 0.005 for every shape.
    """
    side, long = min(rows, taps), max(rows, taps)
    rng = np.random.default_rng([0, rows, taps])
    count = max(16, min(512, 2_000_000 // side**3))
    lower = np.tril(rng.standard_normal((count, side, side)), -1)
    diagonal = np.arange(side)
    lower[:, diagonal, diagonal] = np.sqrt(rng.chisquare(long - diagonal, (count, side)))
    values = np.linalg.eigvalsh(lower @ lower.transpose(0, 2, 1))[:, ::-1].clip(min=0)
    kept = np.cumsum(values.sum(axis=0)) / values.sum()
    return (*(float(e) for e in kept[:-1]), 1.0)


def _unit_roundoff(dtype: np.dtype[np.generic]) -> float:
    """u of the stored type, at best that of float32 (what the Gram matrix can resolve)."""
    bits = {"float16": 11, "bfloat16": 8}.get(dtype.name, 24)
    return float(2.0**-bits)
