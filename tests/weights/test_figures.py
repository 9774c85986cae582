"""Work, costs and shares as figures: by hand from the formulas, each limit from both sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analyzer.evidence import DW_PW, PW_DW, Decoupling
from analyzer.facts import Conv
from analyzer.model.rows import Rows
from analyzer.weights import low_rank, separability
from analyzer.weights.chunks import CHUNK_BYTES, dead_below, rows, spans
from analyzer.weights.core import has_core, kernel_core
from analyzer.weights.filters import Layout
from analyzer.weights.kernels import kernel_use
from analyzer.weights.layers import Form, convolution, splits, work
from analyzer.weights.low_rank import judge_axes, judge_channels
from analyzer.weights.scan import scan
from analyzer.weights.separability import judge, spectra, spectral_work
from analyzer.weights.values import _energy, value_stats
from tests.each import each

CONV = Conv(
    "standard", False, "3×5", (3, 5), 15, 4, 8, 1, None, (2, 1), (1, 1), (20, 10), (10, 12),
    2 * 10 * 12 * 15 * 4 * 8, 15 * 4 * 8,
)  # fmt: skip
"""4 to 8 channels, two images of 20×10 to 10×12."""
GROUPED = replace(CONV, groups=2, macs=2 * 10 * 12 * 15 * 2 * 8)


def test_work_of_a_decomposition_counts_the_short_side_squared() -> None:
    assert low_rank.work(10, 40) == low_rank.work(40, 10) == 10 * 10 * (10 + 10)
    assert spectral_work(8, 4, 1, 9) == 4 * 8**3 + 8 * 4**3
    assert spectral_work(8, 4, 2, 9) == 4 * 4**3 + 8 * 2**3
    assert spectral_work(8, 4, 4, 9) == spectral_work(8, 4, 1, 1) == 0
    assert spectral_work(8, 4, 2, 2) == 4 * 2**3 + 8 * 2**3
    most = separability.WORK
    assert spectral_work(10**6, 10**6, 1, 1024) == 2 * most


def test_a_matrix_is_taken_apart_from_8_to_1024_rows_and_up_to_8_million_weights() -> None:
    sides = [(8, 8), (7, 8), (8, 7), (1024, 1024), (1025, 1025), (1024, 8192), (1024, 8193)]
    assert [low_rank.fits(*each) for each in sides] == [
        True,
        False,
        False,
        True,
        False,
        True,
        False,
    ]


def test_two_layers_cost_their_weights_at_every_position() -> None:
    found = np.array([90.0, 5.0, 5.0])
    split = judge_channels(found, (3, 2, 2), 5 * 12)
    assert (split.split, split.rank, split.full) == ("channels", 2, 3)
    assert (split.params, split.params_now) == (2 * (3 + 4), 12)
    assert (split.macs, split.macs_now, split.energy) == (5 * 2 * (3 + 4), 60, 0.95)
    assert judge_channels(found, (3, 4), None).macs is None
    every = judge_channels(found, (3, 4), 60, target=1.0)
    assert (every.rank, every.energy, every.target) == (3, 1.0, 1.0)
    assert judge_channels(found, (3, 4), 60, target=0.9).rank == 1
    assert judge_channels(found, (3, 4), 60, target=0.951).rank == 3


def test_a_vertical_and_a_horizontal_kernel_cost_what_they_are_applied_to() -> None:
    split = judge_axes(np.array([1.0, *[0.0] * 11]), CONV)
    assert (split.split, split.rank, split.full) == ("spatial", 1, 3 * 4)
    assert (split.params, split.params_now) == (3 * 4 + 5 * 8, 15 * 4 * 8)
    # down 3 × 1 to 10 × 10 places, along 1 × 5 to 10 × 12, for two images
    assert split.macs == 2 * 10 * (10 * 3 * 4 + 12 * 5 * 8)
    for unknown in (replace(CONV, macs=None), replace(CONV, in_spatial=(None, 10))):
        assert judge_axes(np.array([1.0]), unknown).macs is None


def test_a_depthwise_and_a_pointwise_stage_cost_what_they_are_applied_to() -> None:
    ends = (20 * 10, 10 * 12)
    cost = separability._macs
    assert cost(CONV, DW_PW) == 2 * (ends[1] * 15 * 4 + ends[1] * 4 * 8)
    assert cost(CONV, PW_DW) == 2 * (ends[0] * 4 * 8 + ends[1] * 15 * 8)
    assert cost(GROUPED, DW_PW) == 2 * (ends[1] * 15 * 4 + ends[1] * 4 * 8 // 2)
    assert cost(GROUPED, PW_DW) == 2 * (ends[0] * 4 * 8 // 2 + ends[1] * 15 * 8)
    back = replace(CONV, transposed=True, macs=3 * 20 * 10 * 15 * 4 * 8)
    assert cost(back, DW_PW) == 3 * (ends[0] * 15 * 4 + ends[1] * 4 * 8)
    assert cost(back, PW_DW) == 3 * (ends[0] * 4 * 8 + ends[0] * 15 * 8)
    for unknown in (
        replace(CONV, macs=None), replace(CONV, in_spatial=(None, 10)),
        replace(CONV, out_spatial=(10, None)),
    ):  # fmt: skip
        assert (cost(unknown, DW_PW), cost(unknown, PW_DW)) == (None, None)


def option(order: str, energy: tuple[float, ...], macs: tuple[int, ...] | None) -> Decoupling:
    return Decoupling(order, len(energy), energy, energy, macs)


@pytest.mark.parametrize(
    ("energy", "macs", "now", "picked"),
    [
        ((0.9, 0.95, 1.0), (1, 2, 3), 10, (2, 2, DW_PW)),
        ((0.95, 0.96, 1.0), (1, 2, 3), 10, (1, 1, DW_PW)),
        ((0.9, 0.949, 1.0), (1, 2, 3), 10, (3, 3, DW_PW)),
        ((0.9, 0.949, 1.0), (1, 2, 3), 3, None),
        ((0.9, 0.949, 1.0), (1, 2, 3), 4, (3, 3, DW_PW)),
        ((0.9, 0.94), (1, 2), 10, None),
        ((0.99,), (1,), None, None),
        ((0.99,), None, 10, None),
    ],
)
def test_the_fewest_terms_that_keep_the_energy_are_picked_where_they_save(
    energy: tuple[float, ...],
    macs: tuple[int, ...] | None,
    now: int | None,
    picked: tuple[int, int, str] | None,
) -> None:
    assert separability._pick(option(DW_PW, energy, macs), now, 0.95) == picked


def test_weights_are_decomposed_of_spatial_kernels_with_several_inputs_in_groups_that_fit() -> None:
    def known(*shape: int, groups: int = 1) -> bool:
        return spectra(Rows.of(np.ones(shape, np.float32)), groups) is not None

    assert known(4, 2, 2)
    assert known(4, 2, 2, groups=2)
    assert not known(4, 2, 1)
    assert not known(4, 1, 2)
    assert not known(4, 2, 2, groups=3)
    assert not known(0, 2, 2)


def test_of_two_orders_the_cheaper_one_is_recommended_and_the_better_first_term_told() -> None:
    weights = np.einsum(
        "nm,mk->nmk", *map(np.random.default_rng(0).standard_normal, ((8, 4), (4, 15)))
    )
    found = spectra(Rows.of(weights.reshape(8, 4, 3, 5).astype(np.float32)))
    assert found is not None
    assert (found.rows, found.taps, found.unit, found.sampled) == ((8, 4), 15, 2.0**-24, False)
    said = judge(found, CONV)
    assert (said.order, said.terms, said.energy) == (DW_PW, 1, 1.0)
    assert said.macs == 2 * (120 * 15 * 4 + 120 * 4 * 8)
    assert (said.first_term, said.baseline) == (1.0, said.depthwise_first.baseline[0])
    assert said.first_term_baseline == said.depthwise_first.baseline[0]
    turned = spectra(Rows.of(weights.reshape(8, 4, 3, 5).swapaxes(0, 1).astype(np.float32)))
    assert turned is not None
    other = judge(turned, replace(CONV, in_channels=8, out_channels=4))
    assert (other.order, other.terms, other.first_term) == (PW_DW, 1, 1.0)
    assert other.first_term_baseline == other.pointwise_first.baseline[0]
    assert judge(found).order is None


@pytest.mark.parametrize(("name", "digits"), [("float16", 11), ("float32", 24), ("float64", 24)])
def test_the_unit_roundoff_of_a_type_is_that_of_its_digits(name: str, digits: int) -> None:
    assert separability._unit_roundoff(np.dtype(name)) == 2.0**-digits


def test_a_form_has_the_channels_of_its_groups_and_whether_there_is_a_bias() -> None:
    assert convolution(CONV) == Form((8, 4, 3, 5), Layout(8, 4, 1, 15), (3, 5))
    biased = replace(CONV, params=CONV.params + 8)
    assert convolution(biased) == Form((8, 4, 3, 5), Layout(8, 4, 1, 15, bias=True), (3, 5))
    grouped = replace(GROUPED, params=15 * 2 * 8)
    assert convolution(grouped) == Form((8, 2, 3, 5), Layout(8, 4, 2, 15), (3, 5))
    back = replace(grouped, transposed=True)
    assert convolution(back) == Form((4, 4, 3, 5), Layout(8, 4, 2, 15), (3, 5), transposed=True)
    assert convolution(replace(CONV, groups=3)) is None
    assert convolution(replace(CONV, groups=8)) is None
    assert (Layout(8, 4, 2, 15).per_output, Layout(8, 4, 2, 15).per_input) == (30, 60)


def test_looking_costs_bytes_and_a_twelfth_of_the_decomposition() -> None:
    form = convolution(CONV)
    assert form is not None
    assert work(form, 1000) == 1000 + (4 * 8**3 + 8 * 4**3) // 12
    assert work(Form((16, 64), Layout(64, 16)), 1000) == 1000


def test_two_smaller_layers_are_looked_for_in_one_group_where_the_matrix_fits() -> None:
    one = Form((16, 8, 3, 3), Layout(16, 8, 1, 9), (3, 3))
    whole, axes = low_rank.work(16, 72), low_rank.work(24, 48)
    assert splits(one) == whole + axes
    assert splits(replace(one, transposed=True)) == 0
    assert splits(replace(one, layout=Layout(16, 8, 2, 9))) == 0
    assert splits(Form((16, 8, 9), Layout(16, 8, 1, 9), (9,))) == whole
    assert splits(Form((16, 8, 1, 9), Layout(16, 8, 1, 9), (1, 9))) == whole
    assert splits(Form((4, 8, 3, 3), Layout(4, 8, 1, 9), (3, 3))) == low_rank.work(24, 12)
    assert splits(Form((16, 64), Layout(64, 16))) == low_rank.work(16, 64)
    assert splits(Form((16, 2, 3, 3), Layout(16, 2, 1, 9), (3, 3))) == low_rank.work(16, 18)


def ends(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def up(value: float) -> float:
    return float(np.nextafter(np.float32(value), np.float32(np.inf)))


def down(value: float) -> float:
    return float(np.nextafter(np.float32(value), np.float32(0)))


BF16_END = float(np.uint32(0x7F7F8000).view(np.float32))


def test_values_are_counted_from_the_very_number_that_a_type_cannot_hold() -> None:
    """float16 rounds to 0 up to 2⁻²⁵ and to infinity from 65,520, bfloat16 from halfway behind its
    largest number; below 2⁻¹²⁶ a float32 has fewer digits."""
    tally = scan(Rows.of(ends(2.0**-25, up(2.0**-25), 0.0, 2.0**-126, down(2.0**-126)))).tally
    assert (tally.underflow, tally.zeros, tally.denormals) == (3, 1, 1)
    tally = scan(Rows.of(ends(65520, down(65520), BF16_END, down(BF16_END), np.inf))).tally
    assert (tally.overflow, tally.bf16_overflow, tally.inf, tally.positive_inf) == (3, 1, 1, 1)
    tally = scan(Rows.of(ends(-np.inf, np.nan, -3.0, 2.0))).tally
    assert (tally.nan, tally.inf, tally.positive_inf) == (1, 1, 0)
    assert (tally.low, tally.high, tally.elements) == (-3.0, 2.0, 4)


@each(
    ("values", "half", "brain"),
    [
        ((1.0, -2.5), True, True), ((1 + 2**-10,), True, False), ((1 + 2**-11,), False, False),
        ((1 + 2**-7,), True, True), ((1 + 2**-8,), True, False), ((65504.0,), True, False),
        ((65536.0,), False, True), ((2.0**-24,), True, True), ((2.0**-25,), False, True),
        ((3 * 2.0**-25,), False, True), ((2.0**-14,), True, True), ((0.0,), True, True),
        ((np.inf,), False, False), ((np.nan,), False, False), ((1.0, np.inf), False, False),
    ],
)  # fmt: skip
def test_numbers_are_exact_in_a_type_that_holds_each_of_them(
    values: tuple[float, ...], half: bool, brain: bool
) -> None:
    stats = value_stats(scan(Rows.of(ends(*values))).tally, "float32", (None, None))
    assert (stats.fp16_exact, stats.bf16_exact) == (half, brain)


def test_a_tensor_of_one_number_is_constant_from_two_elements_on() -> None:
    def constant(*values: float) -> bool:
        return value_stats(scan(Rows.of(ends(*values))).tally, "float32", (None, None)).constant

    assert constant(2.0, 2.0)
    assert not constant(2.0)
    assert not constant(2.0, 3.0)
    assert not constant(2.0, 2.0, np.nan)
    assert not constant(2.0, 2.0, np.inf)
    nothing = value_stats(scan(Rows.of(ends(np.nan))).tally, "float32", (None, None))
    assert (nothing.min, nothing.max) == (0.0, 0.0)


def test_a_channel_is_dead_below_a_millionth_of_a_millionth_of_the_largest() -> None:
    assert dead_below(ends(2.0, 1.0, np.inf)) == 2e-12
    assert dead_below(ends(1e-30)) == dead_below(ends()) == float(np.finfo(np.float32).tiny)


def test_chunks_hold_four_mebibytes_or_a_row() -> None:
    assert CHUNK_BYTES == 4 << 20
    half = (2 << 20) // 4
    assert [*spans(5, half, 4)] == [slice(0, 2), slice(2, 4), slice(4, 5)]
    assert [*spans(2, half + 1, 4)] == [slice(0, 1), slice(1, 2)]
    assert [*spans(2, 3 * half, 4)] == [slice(0, 1), slice(1, 2)]
    assert [*spans(3, 0)] == [slice(0, 3)]
    ((span, chunk),) = rows(Rows.of(np.arange(6, dtype=np.float64).reshape(2, 3)))
    assert (span, chunk.dtype.name, chunk.shape) == (slice(0, 2), "float32", (2, 3))
    mebibyte = Rows.of(np.broadcast_to(np.float32(1), (6, 1 << 18)))
    assert [(span, chunk.shape) for span, chunk in rows(mebibyte)] == [
        (slice(0, 4), (4, 1 << 18)), (slice(4, 6), (2, 1 << 18)),
    ]  # fmt: skip


def test_a_kernel_is_looked_at_for_its_core_from_5_to_65536_taps() -> None:
    kernels = [(5, 1), (4, 4), (), (256, 256), (256, 257), (5,)]
    assert [has_core(kernel) for kernel in kernels] == [True, False, False, True, False, True]


def test_a_core_keeps_99_percent_and_is_cut_on_every_side_alike() -> None:
    energy = np.ones((5, 4)) * 0.0
    energy[1:4, 1:3] = 1.0
    found = kernel_core(energy, 7)
    assert found is not None
    assert (found.kernel, found.core, found.core_shape, found.taps, found.core_taps) == (
        "5×4", "3×2", (3, 2), 20, 6,
    )  # fmt: skip
    assert (found.energy, found.macs_now, found.target) == (1.0, 7, 0.99)
    energy[2, 0] = 6 / 99
    assert (found := kernel_core(energy, 7)) is not None
    assert found.core == "3×2"
    energy[2, 0] = 6 / 98
    assert (found := kernel_core(energy, 7)) is not None
    assert (found.core, found.energy) == ("5×4", 1.0)
    for nothing in (np.zeros((5, 5)), np.full((5, 5), np.inf), np.ones((4, 4))):
        assert kernel_core(nothing, 7) is None


def test_the_taps_that_live_are_a_box_of_even_steps() -> None:
    columns = np.zeros((1, 2, 7), np.float32)
    columns[0, 1, [1, 3, 5]] = 1
    found = kernel_use(columns, (7,))
    assert (found.effective, found.offset, found.spread) == ((3,), (1,), (2,))
    assert (found.taps, found.dead_taps) == (7, 4)
    columns[0, 0, 2] = 1e-38
    assert kernel_use(columns, (7,)).effective == (3,)
    columns[0, 0, 2] = 1.2e-38
    assert (found := kernel_use(columns, (7,))).effective == (5,)
    assert (found.spread, found.dead_taps) == ((1,), 3)
    gone = kernel_use(np.zeros((1, 2, 7), np.float32), (7,))
    assert (gone.effective, gone.offset, gone.spread, gone.dead_taps) == ((0,), (0,), (1,), 7)


@pytest.mark.parametrize("number", [2.0, 2.0**80])
@pytest.mark.parametrize("count", [1, 511, 512, 513, 3 * 512])
def test_the_energy_of_numbers_whose_squares_no_float32_holds_is_their_sum_of_squares(
    number: float, count: int
) -> None:
    values = np.full(count, number, np.float32)
    assert _energy(values) == count * number**2


def test_the_energy_of_many_ordinary_numbers_is_summed_in_parts_of_float32() -> None:
    values = np.random.default_rng(7).standard_normal(4 * 512 + 3).astype(np.float32)
    parts = values[: 4 * 512].reshape(4, 512)
    expected = sum(float(np.einsum("j,j->", part, part)) for part in parts)
    rest = values[4 * 512 :].astype(np.float64)
    assert _energy(values) == expected + float(rest @ rest)
