"""One pass over blocks counts what NumPy counts over the whole."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analyzer.model.rows import Rows
from analyzer.weights import scan as module
from analyzer.weights.scan import scan
from tests.weights.looks import value_stats

Array = np.ndarray[Any, Any]


def expected(values: Array) -> tuple[int, ...]:
    """NaN, infinite, zero, denormal, lost in float16 at either end, lost in bfloat16."""
    with np.errstate(over="ignore", invalid="ignore"):
        half, brain = values.astype(np.float16), values.astype(ml_dtypes.bfloat16)
    finite, size = np.isfinite(values), np.abs(values)
    return (
        int(np.isnan(values).sum()),
        int(np.isinf(values).sum()),
        int((values == 0).sum()),
        int(((size > 0) & (size < np.finfo(np.float32).tiny)).sum()),
        int((finite & np.isinf(half)).sum()),
        int((finite & (values != 0) & (half == 0)).sum()),
        int((finite & np.isinf(brain.astype(np.float32))).sum()),
    )


FLOATS = arrays.arrays(
    np.float32,
    arrays.array_shapes(min_dims=2, max_dims=4, max_side=6),
    elements=st.floats(width=32, allow_subnormal=True)
    | st.sampled_from([0.0, -0.0, 65519.0, 65520.0, 3.3961775e38, 2.0**-25, 1e-40, 1e-30]),
)


@given(values=FLOATS, block=st.sampled_from([1, 3, 7, 1 << 20]))
@settings(deadline=None)
def test_counts_are_those_of_casts_and_comparisons(values: Array, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        seen = scan(Rows.of(values))
    t = seen.tally
    assert (t.nan, t.inf, t.zeros, t.denormals, t.overflow, t.underflow, t.bf16_overflow) == (
        expected(values)
    )
    finite = values[np.isfinite(values)]
    if finite.size:
        assert (t.low, t.high) == (finite.min(), finite.max())
    assert t.elements == values.size
    assert t.positive_inf == (values == np.inf).sum()


@given(values=FLOATS, block=st.sampled_from([1, 3, 7, 1 << 20]), groups=st.integers(1, 6))
@settings(deadline=None)
def test_peaks_are_the_largest_magnitudes_of_rows_and_of_columns_by_group(
    values: Array, block: int, groups: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        seen = scan(Rows.of(values), groups)
    if len(values) % groups:
        assert seen.rows is seen.columns is None
        return
    table = np.abs(values.reshape(len(values), -1))
    assert seen.rows is not None
    assert seen.columns is not None
    parts = table.reshape(groups, len(table) // groups, -1)
    if not np.isnan(values).any():
        assert np.array_equal(seen.rows, table.max(axis=1))
        assert np.array_equal(seen.columns, parts.max(axis=1))
    assert np.array_equal(np.isnan(seen.rows), np.isnan(table).any(axis=1))


@pytest.mark.parametrize("block", [1, 2, 3, 4, 5, 6, 8, 12])
def test_blocks_may_begin_and_end_within_a_group(block: int) -> None:
    values = np.arange(1, 13, dtype=np.float32).reshape(6, 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        seen = scan(Rows.of(values), 2)
    assert seen.rows is not None
    assert seen.columns is not None
    assert seen.rows.tolist() == [2, 4, 6, 8, 10, 12]
    assert seen.columns.tolist() == [[5, 6], [11, 12]]


def test_a_float64_beyond_float32_is_an_overflow_and_not_infinite() -> None:
    seen = scan(Rows.of(np.array([[1e300, -1e300, 1.0, np.inf]]))).tally
    assert (seen.inf, seen.overflow, seen.bf16_overflow) == (1, 2, 2)
    assert seen.beyond_float32 == 2


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float8_e4m3fn", "float8_e5m2"])
def test_narrow_types_are_counted_as_what_they_stand_for(dtype: str) -> None:
    values = np.array([[0, 1.5, -2, np.nan]], np.float32).astype(getattr(ml_dtypes, dtype, dtype))
    seen = scan(Rows.of(values)).tally
    assert (seen.elements, seen.nan, seen.zeros, seen.low, seen.high) == (4, 1, 1, -2, 1.5)


def test_more_channels_than_can_be_told_apart_are_still_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_CHANNELS", 3)
    seen = scan(Rows.of(np.ones((2, 4), np.float32)))
    assert (seen.rows, seen.columns, seen.tally.elements) == (None, None, 8)


@pytest.mark.parametrize(
    ("values", "exact"),
    [
        ([0.5, -1.25, 65504.0, 0.0], True),
        ([0.5, 0.1], False),
        ([65536.0, 1.0], False),
        ([2.0**-24, 3 * 2.0**-24], True),
        ([2.0**-25, 1.0], False),
        ([2.0**-15 + 2.0**-25, 1.0], False),
    ],
)
def test_float16_numbers_are_those_that_numpy_gives_back(values: list[float], exact: bool) -> None:
    array = np.array(values, np.float32)
    with np.errstate(over="ignore"):
        assert bool((array.astype(np.float16) == array).all()) is exact
    assert value_stats(array).fp16_exact is exact


@pytest.mark.parametrize(("values", "exact"), [([1.5, -(2.0**100)], True), ([1.001], False)])
def test_bfloat16_numbers_end_after_seven_digits(values: list[float], exact: bool) -> None:
    assert value_stats(np.array(values, np.float32)).bf16_exact is exact


def test_what_is_not_finite_is_no_float16_number() -> None:
    assert not value_stats(np.array([1.0, np.nan], np.float32)).fp16_exact
