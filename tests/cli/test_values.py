"""Texts of the command line as values."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable

import pytest

from analyzer.cli import values


def test_shape_of_a_scalar_and_of_an_empty_input() -> None:
    assert values.name_and_shape("x=") == ("x", ())
    assert values.name_and_shape("past=1,0,64") == ("past", (1, 0, 64))


def test_path_may_hold_equals_signs_and_format_may_not() -> None:
    assert values.format_and_path("json=out/a=b.json") == ("json", "out/a=b.json")


@pytest.mark.parametrize(
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
