"""Numbers for people, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer import units
from tests.each import each


@each(
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


@each(
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


def test_prefixes_go_up_by_three_powers_of_ten_and_ten_of_two() -> None:
    assert [units.si(10**n) for n in range(0, 36, 3)] == [
        "1", "1 k", "1 M", "1 G", "1 T", "1 P", "1 E", "1 Z", "1 Y", "1 R", "1 Q", "1000 Q",
    ]  # fmt: skip
    assert [units.size(2**n) for n in range(0, 100, 10)] == [
        "1 B", "1 KiB", "1 MiB", "1 GiB", "1 TiB", "1 PiB", "1 EiB", "1 ZiB", "1 YiB", "1024 YiB",
    ]  # fmt: skip
    assert (units.si(10**39), units.si(10**39 + 1)) == ("1000000000 Q", "10^39")
    assert (units.size(1024**11), units.size(1024**11 + 1)) == ("1073741824 YiB", "10^33 B")
    assert (units.si(-(10**40), "MAC"), units.si(0.25), units.si(999.96)) == (
        "-10^40 MAC",
        "0.25",
        "1 k",
    )


@each(
    ("share", "text"),
    [
        (-0.5, "-50.0 %"), (0.00009, "under 0.01 %"), (0.0001, "0.01 %"), (0.000999, "0.1 %"),
        (0.001, "0.1 %"), (0.0015, "0.1 %"), (-0.0005, "-0.05 %"), (-0.00001, "-0.001 %"),
        (0.9994, "99.9 %"), (0.9995, "99.95 %"), (0.99999, "99.99 %"), (1 - 2e-9, "99.99 %"),
        (1 - 1e-10, "100.0 %"), (1.0004, "100.0 %"), (12.345, "1,234.5 %"),
    ],
)  # fmt: skip
def test_a_share_is_as_exact_as_it_has_to_be(share: float, text: str) -> None:
    assert units.percent(share) == text


@each(
    ("value", "text"),
    [
        (0, "0 ns"), (1e-9, "1 ns"), (9.99e-7, "999 ns"), (1e-6, "1 µs"), (1e-3, "1 ms"),
        (9.99e-4, "999 µs"), (0.999, "999 ms"), (1, "1 s"), (1000, "1000 s"), (123456, "123456 s"),
        (2.5e-12, "0.0025 ns"), (1e-14, "0 ns"),
    ],
)  # fmt: skip
def test_a_time_is_in_the_largest_unit_that_it_has_one_of(value: float, text: str) -> None:
    assert units.seconds(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (2000, "operators", "2,000 operators"), (2000.0, "operators", "2,000 operators"),
        (0.5, "operators", "0.5 operators"), (2000, "b", "2 kb"), (2000, "MACs", "2 kMACs"),
        (2000, "", "2 k"),
    ],
)  # fmt: skip
def test_a_noun_is_counted_and_a_unit_has_a_prefix(value: float, unit: str, text: str) -> None:
    assert units.magnitude(value, unit) == text


@each(
    ("text", "unit", "value"),
    [
        ("5", "MACs", 5), ("5MACs", "MACs", 5), ("5 MAC", "MACs", 5), ("5k", "MACs", 5000),
        ("5 GMAC", "MACs", 5 * 10**9), ("5 KiB", "bytes", 5120), ("5 kB", "bytes", 5000),
        ("5B", "bytes", 5), ("5 Kibytes", "bytes", 5120),
        ("1_000", "", 1000), ("+2.5", "", 2.5), ("-2", "", -2), ("1e3", "", 1000),
        ("2.5E1", "", 25),
        ("50 %", "", 0.5), ("5Q", "", 5 * 10**30), ("5 YiB", "bytes", 5 * 2**80),
        ("0.5 k", "", 500),
        ("12345678901234567890", "", 12345678901234567890),
    ],
)  # fmt: skip
def test_a_quantity_is_read_in_its_unit(text: str, unit: str, value: float) -> None:
    found = units.parse_quantity(text, unit)
    assert (type(found), found) == (type(value), value)


def test_what_is_no_quantity_is_refused_in_these_words() -> None:
    for text, unit, said in (("x", "", "'x' is not a number"), ("5 m", "", "'5 m' has a unit"),
                             ("5 %", "MACs", "'5 %' is not in MACs"),
                             ("5 MiBytes", "bytes", "'5 MiBytes' is not in bytes")):  # fmt: skip
        with pytest.raises(ValueError) as caught:
            units.parse_quantity(text, unit)
        assert str(caught.value) == said


@each(
    ("value", "text"),
    [
        ([1] * 8, "a list [1, 1, 1, 1, 1, 1, 1, 1]"), ([1] * 9, "a list"), ([], "a list"),
        ([1, [2]], "a list"), ([{}], "a list"), ({}, "a table"), ({"a": 1}, "a table"),
        (10**18 - 1, "999999999999999999"), (10**18, "a number of over 18 digits"),
        (-(10**18), "a number of over 18 digits"), ("y" * 40, f"'{'y' * 40}'"), (1.5, "1.5"),
        ("y" * 41, f"'{'y' * 40}'"), (None, "None"), (["a", True], "a list ['a', True]"),
    ],
)  # fmt: skip
def test_a_value_in_a_message_is_short(value: object, text: str) -> None:
    assert units.spell(value) == text


def test_small_writers_are_exact() -> None:
    assert (units.span(0, None), units.span(5, 5, "MAC")) == ("at least 0", "5 MAC")
    assert (units.span(1000, 2000), units.span(1000, 2000, "B")) == (
        "1,000 to 2,000",
        "1 kB to 2 kB",
    )
    assert (units.so_many(0, "input"), units.so_many(1, "input")) == ("0 inputs", "1 input")
    assert (units.number(0.00012345), units.number(1234567.0, "B")) == ("0.0001234", "1.235e+06 B")
    assert units.shorten("a" * 120) == "a" * 120
    assert units.shorten("a" * 60 + "b" * 61) == f"{'a' * 60}…{'b' * 59}"
    assert units.shape([None]) == "?"
    assert (units.letters("a\u00e9"), units.letters("\uff21"), units.letters("\uac00")) == (2, 2, 2)
    assert (units.places(0), units.places(1)) == ("0 places", "1 place")
