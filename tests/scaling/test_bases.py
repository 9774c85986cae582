"""Bases of Fourier transforms keep their filters at every width."""

from __future__ import annotations

import pytest

from analyzer.report.view import whatif
from analyzer.scaling import Scaler
from analyzer.scaling.bases import bases
from tests.golden.text import facts

HALVES = """g (float[1,1,{n}] x) => (float[1,4,7] y) <float[10,1,16] w = {{0}},
    float[6,5,1] v = {{0}}, float[4,6,1] u = {{0}}, int64[1] o = {{0}}, int64[1] h = {{5}},
    int64[1] e = {{10}}, int64[1] c = {{1}}, float p = {{{power}}}> {{
    a = Conv <strides = [8]> (x, w)  r = Slice (a, o, h, c)  i = Slice (a, h, e, c)
    {squares}  s = {joined} (m, k)  t = Sqrt (s)  b = Conv (t, v)  y = Conv (b, u) }}"""
POWERS = "j = Cast <to = 1> (i)  m = Pow (r, p)  k = Pow (j, p)"


@pytest.mark.parametrize(
    ("squares", "power", "joined", "kept"),
    [
        (POWERS, "2", "Add", True),
        ("m = Mul (r, r)  k = Mul (i, i)", "2", "Add", True),
        (POWERS, "3", "Add", False),
        (POWERS, "2", "Sub", False),
        ("m = Mul (r, i)  k = Mul (i, r)", "2", "Add", False),
        ("n = Relu (r)  m = Mul (n, n)  k = Mul (i, i)", "2", "Add", False),
    ],
)
def test_filters_of_which_squares_are_added_are_not_narrowed(
    squares: str, power: str, joined: str, kept: bool
) -> None:
    """10 · 16, 6 · 5 and 4 · 6 weights: of half the width the second have 3 outputs."""
    found = facts(HALVES.format(n=64, squares=squares, power=power, joined=joined))
    scaler = Scaler(found)
    assert bases(scaler.system.terms) == (("a",) if kept else ())
    if kept:
        assert scaler.at(0.5).params == 160 + 3 * 5 + 4 * 3


def test_how_long_a_frame_is_nobody_chooses() -> None:
    """One side alone, that filters slide over: no table of other lengths, nor a slider."""
    found = facts(HALVES.format(n=64, squares=POWERS, power="2", joined="Add"))
    table = whatif.view(found)
    assert [column.sides for column in table.columns] == ["64"]
    assert [row.width for row in table.rows] == ["1", "0.75", "0.5", "0.25"]
    assert [row.name for row in table.axes] == ["width"]
    assert table.stops is not None
    assert table.stops.sides == ((64,),)
