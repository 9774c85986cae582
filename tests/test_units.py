"""Numbers for people, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer import units


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (568_740_352, "568.7 M"), (4_089_184_256, "4.089 G"), (15_470_264_320, "15.47 G"),
        (4_866_269_184, "4.866 G"), (999, "999"), (1000, "1 k"), (999_960, "1 M"),
        (2**93, "9.904 R"), (10**400, "10^400"), (-1_500, "-1.5 k"), (0, "0"), (None, "unknown"),
    ],
)  # fmt: skip
def test_counts_get_an_si_prefix_and_four_digits(value: int | None, text: str) -> None:
    assert units.si(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (2**20 - 1, "1 MiB"), (2**40, "1 TiB"),
     (16_927_904, "16.14 MiB"), (None, "unknown")],
)  # fmt: skip
def test_bytes_get_an_iec_prefix(value: int | None, text: str) -> None:
    assert units.size(value) == text


def test_unknown_is_written_out_everywhere() -> None:
    writers = (units.si, units.size, units.count, units.percent, units.times, units.number,
               units.shape)  # fmt: skip
    assert {write(None) for write in writers} == {"unknown"}


@given(st.integers(1, 10**33))
def test_a_prefixed_count_reads_back_within_its_four_digits(value: int) -> None:
    assert units.parse_quantity(units.si(value, "MAC"), "MACs") == pytest.approx(value, rel=5e-4)


@given(st.integers(0, 10**26))
def test_prefixed_bytes_read_back_within_their_four_digits(value: int) -> None:
    assert units.parse_quantity(units.size(value), "bytes") == pytest.approx(value, rel=5e-4)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("", ""), ("x", ""), ("5 MiB", "MACs"), ("5 MAC", "bytes"), ("5 %", "MACs"), ("5 apples", ""),
     ("1e999", ""), ("5 5", ""), ("--5", ""), ("nan", ""), ("inf", "")],
)  # fmt: skip
def test_what_is_not_a_quantity_of_the_unit_is_refused(text: str, unit: str) -> None:
    with pytest.raises(ValueError):
        units.parse_quantity(text, unit)


@given(st.text(max_size=300), st.integers(3, 40))
def test_a_shortened_text_keeps_its_ends_and_its_limit(text: str, limit: int) -> None:
    short = units.shorten(text, limit)
    assert len(short) == min(len(text), limit)
    assert short[:1] == text[:1]
    assert short[-1:] == text[-1:]
