"""Values that are no tensors: what they are stands where others have a shape."""

from __future__ import annotations

import re

import pytest

from analyzer import units
from analyzer.report.content import HTML
from analyzer.report.rendering import render
from analyzer.report.result import Options, Result
from analyzer.report.sheet import Report
from tests.golden.text import facts
from tests.report.results import words

SEQUENCE = """g (float[2,3] a) => (seq(float[2,3]) y, float[2,3] z) {
    y = SequenceConstruct (a)  z = Relu (a) }"""


@pytest.mark.parametrize(
    ("dtype", "told"),
    [
        ("seq(map(string, float32))", "sequence of maps"), ("seq(int64)", "sequence of tensors"),
        ("map(int64, float32)", "map"), ("optional(float32)", "optional tensor"),
        ("optional(seq(float32))", "optional sequence"), ("float32", "unknown"), (None, "unknown"),
    ],
)  # fmt: skip
def test_what_has_no_shape_is_told_by_its_type(dtype: str | None, told: str) -> None:
    assert units.form(dtype, None) == told
    assert units.form(dtype, (2, None)) == "2×?"


def test_a_sequence_is_no_unknown_tensor_in_drawings_and_tables() -> None:
    page = render(Report.of(Result(facts(SEQUENCE), ())).sheet, Options(), HTML)
    assert "output y, sequence of tensors" in page
    assert "SequenceConstruct → y: sequence of tensors" in page
    row = re.search(r"SequenceConstruct sequence of tensors", words(page))
    assert row is not None, "the row of the operator"
    assert not re.search(r"SequenceConstruct unknown", words(page))
