"""Which axes of an input are the height and width of an image."""

from __future__ import annotations

import pytest

from analyzer.scaling.freedom import _spatial


@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((None, 3, None, None), (2, 3)),
        ((None, 1, 28, 28), (2, 3)),
        ((None, None, None, 3), (1, 2)),
        ((1, 224, 224, 1), (1, 2)),
        ((1, 224, 224, 4), (1, 2)),
        ((1, 3, 5, 3), (2, 3)),  # both could be colours: as most files have them
        ((1, 16, 8, 2), (2, 3)),
        ((None, None, None, None), (2, 3)),
        ((1, 3, 224), ()),
        ((1, 3, 8, 8, 8), ()),
    ],
)
def test_height_and_width_are_the_last_axes_but_where_those_are_colours(
    shape: tuple[int | None, ...], axes: tuple[int, ...]
) -> None:
    assert _spatial(shape, shape) == axes
