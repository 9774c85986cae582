"""Texts of the command line as values."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable

import pytest

from analyzer.cli import scale, values
from tests.each import each


def test_shape_of_a_scalar_and_of_an_empty_input() -> None:
    assert values.name_and_shape("x=") == ("x", ())
    assert values.name_and_shape("past=1,0,64") == ("past", (1, 0, 64))


def test_path_may_hold_equals_signs_and_format_may_not() -> None:
    assert values.format_and_path("json=out/a=b.json") == ("json", "out/a=b.json")


@each(
    ("read", "text"),
    [
        (values.name_and_shape, "x"),
        (values.name_and_shape, "x=1,,2x"),
        (values.name_and_shape, "x=1.5"),
        (values.name_and_shape, "x=٣"),
        (values.name_and_count, "n=9223372036854775808"),
        (values.name_and_count, "n="),
        (values.format_and_path, "=path"),
        (values.format_and_path, "json="),
        (values.positive, "0"),
        (values.positive, "-1"),
        (values.positive, "many"),
    ],
)
def test_wrong_text_is_refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        read(text)


@pytest.mark.parametrize(
    ("read", "most"), [(values.positive, 10**6), (scale._blocks, 1000), (scale._divisor, 1024)]
)
def test_whole_numbers_have_ends(read: Callable[[str], int], most: int) -> None:
    assert [read(str(number)) for number in (1, 2, most - 1, most)] == [1, 2, most - 1, most]
    assert read("01") == 1
    beyond = [] if read is values.positive else [str(most + 1), "9" * 5000]
    for text in (*beyond, "-1", "0", "١", "1.5", ""):
        with pytest.raises(ArgumentTypeError):
            read(text)


def test_sides_are_pixels_from_sixteen_on_and_multipliers_below() -> None:
    assert scale._sides("15,16,0.5,96×160,1x1,2X3") == (
        15.0, (16,), 0.5, (96, 160), (1, 1), (2, 3),
    )  # fmt: skip
    assert scale._sides("1000000") == ((1_000_000,),)
    for text in ("1000001", "9" * 5000, "0x1", "1x1000001", "1x", "x", "axb", "1x2.5"):
        with pytest.raises(ArgumentTypeError, match=" is not a side from 1 to 1000000 pixels"):
            scale._sides(text)
    assert scale._depths("0.5,1+2+3,1000+1") == (0.5, (1, 2, 3), (1000, 1))
    for text, value in (("0.001", 0.001), ("100", 100.0)):
        assert scale._depths(text) == (value,)
    for text in ("0.0009", "100.1", "nan", "inf", "x"):
        with pytest.raises(ArgumentTypeError, match=r" is not a multiplier from 0.001 to 100$"):
            scale._depths(text)
    assert values.whole(str(values.MOST)) == values.MOST
    assert values.whole("1" + "0" * 19) == values.ENDLESS == 2**63
    with pytest.raises(ArgumentTypeError, match="is not a whole number from 0"):
        values.name_and_shape(f"x={2**63}")
    assert values.name_and_shape(f"x={2**63 - 1},0") == ("x", (2**63 - 1, 0))
    assert [scale._budget(text) for text in ("0", "300M", "1.5k")] == [0, 300_000_000, 1500]
    for text in ("-1", "300 bytes", "x"):
        with pytest.raises(ArgumentTypeError, match=r"is not a number of MACs, such as 300M$"):
            scale._budget(text)
