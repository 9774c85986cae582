"""What the parts of a look say of an array, as a layer of the graph would have them."""

from __future__ import annotations

from typing import Any

import numpy as np

from analyzer.evidence import FilterUse, KernelUse, Separability, ValueStats
from analyzer.facts import Conv
from analyzer.model.rows import Rows
from analyzer.weights.filters import Layout, filter_use
from analyzer.weights.kernels import kernel_use as use_of_columns
from analyzer.weights.scan import scan
from analyzer.weights.separability import TARGET, judge, spectra
from analyzer.weights.values import int8_snr
from analyzer.weights.values import value_stats as stats_of

Array = np.ndarray[Any, Any]


def value_stats(weights: Array) -> ValueStats:
    rows = Rows.of(weights)
    seen = scan(rows)
    return stats_of(seen.tally, weights.dtype.name, int8_snr(rows, seen))


def channels(weights: Array, groups: int = 1, bias: bool = False) -> FilterUse:
    """Of weights ``(N, M/groups, *K)``."""
    rows = Rows.of(weights)
    taps = int(np.prod(weights.shape[2:]))
    layout = Layout(len(weights), weights.shape[1] * groups, groups, taps, bias=bias)
    found = filter_use(rows, scan(rows, groups), layout)
    assert found is not None
    return found


def kernel_use(weights: Array) -> KernelUse:
    columns = scan(Rows.of(weights)).columns
    assert columns is not None
    return use_of_columns(columns, weights.shape[2:])


def separability(
    weights: Array, groups: int = 1, conv: Conv | None = None, target: float = TARGET
) -> Separability | None:
    found = spectra(Rows.of(weights), groups)
    return None if found is None else judge(found, conv, target)
