"""Conventions and growth as text and as JSON."""

from __future__ import annotations

import json
import re
from fractions import Fraction

from analyzer.report import Result
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
