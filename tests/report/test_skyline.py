"""The picture of memory over the schedule."""

from __future__ import annotations

from analyzer.report import REPORT_FORMATS, Options, Result
from tests.golden.text import facts
from tests.report.results import words

GRAPH = """g (float[1024] x) => (float[N] z) {
  a = Relu (x)  b = Neg (a)  y = Relu (b)  z = com.example.Op (y)
}"""
"""8 KiB are alive at once, and a result of which nobody knows how large it is."""


def test_a_peak_of_which_a_part_is_unknown_is_at_least_so_large_in_the_picture_too() -> None:
    result = Result(facts(GRAPH), (), ())
    html = REPORT_FORMATS["html"](result, Options()).decode()
    assert "At least 8 KiB of activations exist at once" in words(html)
    assert "peak at least 8 KiB at " in words(html)
    assert "peak 8 kib" not in html.lower()
