"""Pieces of the arithmetic of sizes, asked by themselves."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.graph.call import Unknown
from analyzer.scaling import joint, layout, spatial


def test_runs_of_axes_hold_the_same_number_of_elements() -> None:
    def runs(before: tuple[int, ...], after: tuple[int, ...]) -> list[Any]:
        sizes = (*before, *after)
        term: Any = SimpleNamespace(size=sizes.__getitem__)
        axes = range(len(sizes))
        return [*layout._runs(term, tuple(axes[: len(before)]), tuple(axes[len(before) :]))]

    assert runs((4, 6), (4, 6)) == [((0,), (2,)), ((1,), (3,))]
    assert runs((4, 6), (24,)) == [((0, 1), (2,))]
    assert runs((24,), (4, 6)) == [((0,), (1, 2))]
    assert runs((2, 6, 5), (4, 3, 5)) == [((0, 1), (3, 4)), ((2,), (5,))]
    assert runs((2, 3, 1), (6,)) == [((0, 1, 2), (3,))], "a one that the output has no more"
    assert runs((6,), (2, 3, 1)) == [((0,), (1, 2))]
    assert runs((4, 5), (6, 3)) == runs((4,), (2,)) == runs((2,), (4,)) == [], "not the same number"
    assert runs((3, 4), (3, 2)) == [], "nothing where anything does not fit"


def test_a_map_that_grows_follows_its_source_where_both_are_known() -> None:
    def side(out: int | None, inner: int | None, stride: int, then: int) -> int | None:
        found: list[Any] = []
        marked: list[int] = []
        dims = SimpleNamespace(mark_spatial=marked.append, derive=lambda *of: found.append(of))
        term: Any = SimpleNamespace(dims=dims, size=(out, inner).__getitem__)
        spatial.transposed(term, 0, 1, stride)
        assert marked == [1]
        if not found:
            return None
        ((target, sources, rule),) = found
        assert (target, sources) == (0, (1,))
        return int(rule(then))

    assert side(9, 4, 2, 10) == 21
    assert side(8, 4, 2, 10) == 20
    assert side(None, 4, 2, 10) is side(9, None, 2, 10) is side(None, None, 2, 10) is None


def test_windows_start_within_the_map_or_the_padding_before_it() -> None:
    """ONNX operator specification of MaxPool, ceil_mode and auto_pad included."""
    for reach, stride, pads, how, ceil, sides in (
        (3, 2, (1, 1), "NOTSET", False, {224: 112, 7: 4, 2: 1, 1: 1}),
        (3, 2, (0, 0), "NOTSET", True, {224: 112, 5: 2, 6: 3, 3: 1}),
        (3, 2, (0, 0), "NOTSET", False, {224: 111, 5: 2, 6: 2}),
        (2, 2, (0, 1), "NOTSET", True, {4: 2, 5: 3}), (1, 2, (0, 1), "NOTSET", True, {4: 2, 3: 2}),
        (1, 2, (1, 1), "NOTSET", True, {3: 2, 4: 3}), (3, 2, (1, 1), "VALID", True, {6: 2, 3: 1}),
        (3, 2, (9, 9), "SAME_UPPER", False, {5: 3, 6: 3}),
        (5, 3, (0, 0), "SAME_LOWER", True, {7: 3}),
    ):  # fmt: skip
        rule = spatial.out_side(reach, stride, pads, how, ceil)
        assert {side: rule(side) for side in sides} == sides
    small = spatial.out_side(5, 1, (1, 0))
    assert small(4) == 1
    with pytest.raises(Unknown, match="a feature map of side 3 is smaller than its kernel of 5"):
        small(3)


def test_sizes_that_are_tried_are_the_ends_of_the_curve_first() -> None:
    for now, step, tried in (
        (96, 1, [384, 16, 192, 97, 48, 98]), (96, 32, [384, 32, 192, 128, 160]),
        (1, 1, [4, 2, 3]), (0, 1, [1024, 42, 512, 1, 2]), (0, 16, [16384, 672, 8192, 16, 32]),
    ):  # fmt: skip
        size = SimpleNamespace(now=now, step=step)
        assert list(joint._others(cast("Any", size))) == tried, (now, step)


def test_coefficients_of_a_polynomial_are_solved_for_exactly() -> None:
    assert joint._inverse([[0, 1], [1, 0]]) == [[0, 1], [1, 0]], "a pivot further down"
    assert joint._inverse([[2, 0], [0, 4]]) == [[Fraction(1, 2), 0], [0, Fraction(1, 4)]]
    rows = [[1, 2, 4], [1, 3, 9], [1, 5, 25]]
    inverse = joint._inverse(rows)
    product = [[sum(a * b for a, b in zip(row, column, strict=True))
                for column in zip(*inverse, strict=True)] for row in rows]  # fmt: skip
    assert product == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert joint._product((2, 3, 5), (2, 0, 1)) == 20
    one = ((1, 2), (3, 4))
    assert joint._plus(one, ((10, 20), (30, 40))) == ((11, 22), (33, 44))
    found = SimpleNamespace(per=one, across=(7, 3))
    assert joint._times(cast("Any", found), 1) == ((3, 6), (9, 12))
