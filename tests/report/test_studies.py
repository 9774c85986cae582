"""Conventions and growth as text and as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.costs.conventions import Convention
from analyzer.report import Result, studies
from analyzer.report.studies import (
    conventions_json,
    conventions_text,
    growth_json,
    growth_text,
    polynomial,
)
from analyzer.scaling.freedom import InputAxis
from analyzer.scaling.symbolic import DimensionGrowth, Sample

GROWN = (
    DimensionGrowth(
        "side\x1b[2J", (InputAxis("x", 2), InputAxis("x", 3)), "quadratic", 2,
        (Fraction(160), Fraction(0), Fraction(7, 2)), (Sample(32, 3744), Sample(64, 14496)), 32,
    ),
    DimensionGrowth(
        "n", (InputAxis("x", 0),), "irregular", None, None, (Sample(1, 5), Sample(2, 9)), 1,
        "no polynomial",
    ),
)  # fmt: skip


def test_the_table_has_a_line_per_convention_and_says_why(mobilenet: Result) -> None:
    text = conventions_text(mobilenet.facts)
    assert re.search(r"^MobileNet paper +568,740,352 +mult-adds +1\.000 +exact$", text, re.M)
    assert re.search(r"^onnx-tool +735,240,328 +MACs +1\.293 +exact$", text, re.M)
    assert re.search(r"^DeepSpeed +[\d,]+ +FLOPs +2\.0\d\d +approximate$", text, re.M)
    assert "  approximate: F.relu6(x) counts once" in text


def test_a_total_that_misses_an_operator_says_at_least(unknown: Result) -> None:
    assert re.search(
        r"^torchvision +≥ 1,179,648 .* at least$", conventions_text(unknown.facts), re.M
    )


COUNTED = (
    Convention("ours", "MACs", 2_000, True, "everything", "—", "here"),
    Convention("one", "FLOPs", 4_001, False, "some", "a MAC is two", "there", True, "F.x once"),
    Convention("two more", "adds", None, False, "none", "unknown", "nowhere", False, "no size"),
    Convention("three", "MACs", 1_000, False, "convs", "no bias", "x 1.0", False),
)
TABLE = """\
convention    total  called   MACs ×
ours          2,000  MACs      1.000  exact
one           4,001  FLOPs     2.001  approximate
two more    unknown  adds    unknown  at least
three       ≥ 1,000  MACs      0.500  at least
"""
NOTES = """
ours: everything.
  source: here

one: some.
  differs: a MAC is two
  approximate: F.x once
  source: there

two more: none.
  differs: unknown
  at least: no size
  source: nowhere

three: convs.
  differs: no bias
  source: x 1.0
"""


def test_names_and_words_stand_left_in_the_table_and_numbers_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(studies, "conventions", lambda _: COUNTED)
    for macs, table in ((2_000, TABLE), (0, re.sub(r"  \d\.\d{3}", "unknown", TABLE))):
        facts = cast("Any", SimpleNamespace(totals=SimpleNamespace(macs=macs)))
        assert conventions_text(facts) == table + NOTES


def test_conventions_as_json_have_every_field(mobilenet: Result) -> None:
    data = json.loads(conventions_json(mobilenet.facts))
    assert data["schema"] == 1
    assert data["model"] == {"path": mobilenet.facts.model.path}
    by_name = {c["name"]: c for c in data["conventions"]}
    assert by_name["onnx-tool"]["count"] == 735_240_328
    assert by_name["DeepSpeed"]["exact"] is False
    assert by_name["fvcore"]["source"].startswith("fvcore 0.1.5")


def test_growth_as_text() -> None:
    text = growth_text(GROWN)
    assert "side\\x1b[2J (x axis 2, x axis 3): quadratic\n" in text
    assert "  MACs = 7/2·n² + 160  at multiples of 32\n" in text
    assert "  n = 32: 3.744 kMAC, n = 64: 14.5 kMAC\n" in text
    assert "n (x axis 0): irregular\n  no polynomial\n" in text
    assert "fixes every input" in growth_text(())
    samples = tuple(Sample(n, n) for n in range(1, studies.SHOWN + 2))
    many = DimensionGrowth("n", (InputAxis("x", 0),), "linear", 1, (Fraction(0), Fraction(1)),
                           samples, 1)  # fmt: skip
    shown = ", ".join(f"n = {n}: {n} MAC" for n in range(1, studies.SHOWN + 1))
    assert growth_text((many,)) == f"n (x axis 0): linear\n  MACs = n\n  {shown}\n"
    two = replace(many, step=2, samples=())
    assert growth_text((two, many)).startswith("n (x axis 0): linear\n  MACs = n  at multiples of "
                                               "2\n\nn (x axis 0): linear\n")  # fmt: skip


def test_growth_as_json_keeps_coefficients_exact() -> None:
    data = json.loads(growth_json("m.onnx", GROWN))
    first, second = data["growth"]
    assert first["coefficients"] == ["160", "0", "7/2"]
    assert first["axes"] == [{"input": "x", "axis": 2}, {"input": "x", "axis": 3}]
    assert first["samples"] == [{"size": 32, "macs": 3744}, {"size": 64, "macs": 14496}]
    assert (second["coefficients"], second["reason"]) == (None, "no polynomial")


def test_polynomials_are_written_as_people_do() -> None:
    assert polynomial((Fraction(0),)) == "0"
    assert polynomial((Fraction(-5), Fraction(1), Fraction(2))) == "2·n² + n − 5"
    assert polynomial((Fraction(1), Fraction(-1), Fraction(1))) == "n² − 1·n + 1"
    assert polynomial((Fraction(0), Fraction(1, 2_000), Fraction(0))) == "1/2,000·n"
    assert polynomial((Fraction(0), Fraction(0), Fraction(0), Fraction(3))) == "3·n³"
