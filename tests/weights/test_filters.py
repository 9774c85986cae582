"""Dead, duplicate and proportional filters; dead kernel taps; numeric health."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analyzer.evidence import FilterUse
from analyzer.weights import chunks, scan
from analyzer.weights.filters import PROBE, _probe
from tests.weights.looks import channels, kernel_use, value_stats


def noise(*shape: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def test_a_3x3_kernel_with_one_live_row_is_1x3() -> None:
    weights = noise(8, 4, 3, 3)
    weights[:, :, [0, 2], :] = 0
    use = kernel_use(weights)
    assert (use.effective, use.offset, use.dead_taps) == ((1, 3), (1, 0), 6)
    assert use.shrinkable
    assert use.saved_share == pytest.approx(2 / 3)


def test_denormal_taps_are_dead_and_one_normal_value_keeps_a_tap() -> None:
    weights = noise(8, 4, 3, 3)
    weights[:, :, :, 0] = 1e-40
    assert kernel_use(weights).effective == (3, 2)
    weights[7, 3, 2, 0] = 1e-30
    assert kernel_use(weights).effective == (3, 3)


def test_a_5x5_kernel_with_odd_taps_dead_is_a_dilated_3x3() -> None:
    weights = noise(2, 2, 5, 5)
    weights[:, :, 1::2, :] = 0
    weights[:, :, :, 1::2] = 0
    use = kernel_use(weights)
    assert (use.effective, use.spread) == ((3, 3), (2, 2))


def test_a_kernel_of_zeros_is_empty() -> None:
    use = kernel_use(np.zeros((2, 2, 3, 3), np.float32))
    assert (use.effective, use.saved_share) == ((0, 0), 1.0)


def test_dead_filters_and_unread_inputs_are_listed() -> None:
    weights = noise(6, 5, 3, 3)
    weights[[1, 4]] = 0
    weights[:, 2] = 0
    use = channels(weights, bias=True)
    assert (use.dead, use.unread) == ((1, 4), (2,))
    assert use.freed_params == 2 * (5 * 9 + 1)
    assert use.redundant == 0


def test_duplicates_are_bit_identical_and_proportional_are_not() -> None:
    weights = noise(64, 16, 3, 3)
    weights[10] = weights[3]
    weights[50] = weights[3] * np.float32(-2.7)
    weights[20] = weights[21] + np.float32(1e-3)
    use = channels(weights)
    assert (use.duplicates, use.duplicate_count) == (((3, 10),), 1)
    assert use.proportional == ((3, 10, 50),)
    assert use.redundant == 2


def test_equal_filters_of_different_groups_are_not_duplicates() -> None:
    weights = noise(4, 2, 3, 3)
    weights[2] = weights[0]
    assert channels(weights, groups=2).duplicates == ()
    assert channels(weights, groups=1).duplicates == ((0, 2),)


def test_nan_filters_are_neither_dead_nor_duplicates() -> None:
    weights = np.full((3, 2, 1, 1), np.nan, np.float32)
    use = channels(weights)
    assert (use.dead, use.duplicates) == ((), ())


def test_numeric_health_is_counted() -> None:
    weights = np.array([[np.nan, np.inf, -np.inf, 0.0], [1e-40, 1e5, 2.0**-25, 1.0]], np.float32)
    stats = value_stats(weights)
    assert (stats.nan, stats.inf, stats.zeros, stats.denormals) == (1, 2, 1, 1)
    assert (stats.min, stats.max) == (0.0, 1e5)
    assert stats.fp16_overflow == 1 / 8
    assert stats.fp16_underflow == 2 / 8
    assert not stats.finite
    assert stats.int8_snr is None


def test_fp16_shares_agree_with_numpy_casts() -> None:
    exponents = np.random.default_rng(0).uniform(-12, 6, (50, 50))
    weights = (10**exponents).astype(np.float32)
    with np.errstate(over="ignore"):
        cast = weights.astype(np.float16)
    stats = value_stats(weights)
    assert stats.fp16_overflow == np.isinf(cast).mean()
    assert stats.fp16_underflow == (cast == 0).mean()


def test_constant_weights_are_recognised() -> None:
    assert value_stats(np.full((4, 3), 0.5, np.float32)).constant
    assert not value_stats(noise(4, 3)).constant
    assert not value_stats(np.ones((1, 1), np.float32)).constant


def test_uniform_noise_has_the_textbook_int8_snr() -> None:
    """Signal power a²/3 over error power (a/127)²/12: 20·log10(2·127) = 48.1 dB."""
    weights = np.random.default_rng(0).uniform(-1, 1, (64, 4096)).astype(np.float32)
    stats = value_stats(weights)
    assert stats.int8_snr == pytest.approx(20 * np.log10(254), abs=0.1)


def test_per_channel_scales_rescue_quiet_channels() -> None:
    weights = noise(32, 64)
    weights[1:] /= 1000
    stats = value_stats(weights)
    assert stats.int8_snr is not None
    assert stats.int8_channel_snr is not None
    assert stats.int8_channel_snr > stats.int8_snr


@given(n=st.integers(1, 9), m=st.integers(1, 5), chunk=st.sampled_from([1, 64, 1 << 20]))
@settings(max_examples=30, deadline=None)
def test_chunking_changes_nothing(n: int, m: int, chunk: int) -> None:
    weights = noise(n, m, 3, 3, seed=n * m)
    weights[0] = 0
    whole = (value_stats(weights), channels(weights), kernel_use(weights))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK_BYTES", chunk)
        patch.setattr(scan, "BLOCK", chunk)
        assert channels(weights) == whole[1]
        assert kernel_use(weights) == whole[2]
        pieces = value_stats(weights)
    assert (pieces.min, pieces.max, pieces.zeros) == (whole[0].min, whole[0].max, whole[0].zeros)
    assert (pieces.int8_snr or 0) == pytest.approx(whole[0].int8_snr or 0)


@pytest.mark.parametrize("dtype", ["float16", "float64", "int8"])
def test_other_element_types_are_read(dtype: str) -> None:
    weights = (noise(4, 3, 3, 3) * 50).astype(dtype)
    stats = value_stats(weights)
    assert stats.dtype == dtype
    assert stats.elements == 108
    assert (stats.int8_snr is None) == (dtype == "int8")


def test_of_more_than_65536_filters_none_are_compared_and_4096_are_listed() -> None:
    def two_alike(count: int) -> FilterUse:
        weights = np.zeros((count, 1, 1, 1), np.float32)
        weights[[3, 5]] = 1
        return channels(weights)

    most, more = two_alike(1 << 16), two_alike((1 << 16) + 1)
    assert (most.redundant, most.duplicates, most.dead_count) == (1, ((3, 5),), 65534)
    assert (more.redundant, more.duplicates, more.dead_count) == (0, (), 65535)
    assert (len(most.dead), most.dead[-1]) == (4096, 4097)


def test_filters_of_every_length_are_projected_on_the_beginning_of_one_sequence() -> None:
    longest = np.random.default_rng(0).standard_normal(PROBE + 1)
    for elements in (0, 1, 9, PROBE, PROBE + 1):
        assert np.array_equal(_probe(elements), longest[:elements])
