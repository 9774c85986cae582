"""One operator in full, found by id, name or output."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from analyzer.errors import ConfigError
from analyzer.report import Result
from analyzer.report.explain import explain_node
from tests.golden.text import facts
from tests.report.results import HOSTILE


def row(text: str, title: str) -> str:
    """What one line says."""
    found = re.search(rf"^  {re.escape(title)} +(.*)$", text, re.MULTILINE)
    assert found, text
    return found[1]


def test_a_convolution_in_the_terms_of_the_paper(standard: Result) -> None:
    text = explain_node(standard.facts, "block1.conv")
    assert row(text, "operator") == "Conv"
    assert row(text, "input 0").endswith("float32  1×32×112×112")
    assert row(text, "input 1") == "block1.weight  float32  64×32×3×3"
    assert row(text, "output 0").endswith("float32  1×64×112×112")
    assert row(text, "formula") == "|Y| · M/g · ΠK"
    assert row(text, "substitution") == "1·64·112·112 · 32 · 3·3"
    assert row(text, "MACs") == "231,211,008  exact"  # D_K²·M·N·D_G², eq. 2
    assert row(text, "FLOPs") == "462,422,016"
    assert row(text, "parameters") == "18,432"
    assert "arXiv 1704.04861" in row(text, "source")
    assert row(text, "convolution") == "standard, D_K = 3×3, M = 32, N = 64, groups = 1"
    assert "1/N + 1/D_K² = 12.7 %" in row(text, "separable")  # 1/64 + 1/9


def test_an_operator_is_found_by_any_output(standard: Result) -> None:
    facts = standard.facts
    node = next(n for n in facts.nodes if n.op_type == "Gemm")
    by_output = explain_node(facts, node.outputs[0].name)
    assert by_output == explain_node(facts, node.id) == explain_node(facts, node.name)
    assert row(by_output, "MACs") == "1,024,000  exact"
    assert "convolution" not in by_output


def test_several_of_one_name_are_listed_with_their_ids(standard: Result) -> None:
    nodes = standard.facts.nodes
    twins = tuple(replace(n, name="twin") if n.op_type == "Conv" else n for n in nodes)
    text = explain_node(replace(standard.facts, nodes=twins), "twin")
    assert text.startswith("14 operators are called twin; ask for one by its id:")
    assert len(text.splitlines()) == 16
    assert "block1.conv" in text


def test_none_of_that_name_proposes_one_that_is_spelt_alike(standard: Result) -> None:
    with pytest.raises(ConfigError, match=r"no operator 'block1.cnov', did you mean 'block1"):
        explain_node(standard.facts, "block1.cnov")
    with pytest.raises(ConfigError, match="onnxlint inspect lists them"):
        explain_node(standard.facts, "§")


def test_what_is_unknown_is_said_with_its_reason(unknown: Result) -> None:
    text = explain_node(unknown.facts, "custom")
    assert row(text, "MACs") == "unknown  unknown"
    assert "no cost rule" in row(text, "because")


def test_hostile_names_cannot_drive_the_terminal(hostile: Result) -> None:
    node = next(n for n in hostile.facts.nodes if n.op_type == "Conv")
    text = explain_node(hostile.facts, node.id)
    assert HOSTILE not in text
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize(("kernel", "pads", "share"), [
    ((3, 3), 1, "1/N + 1/D_K² = 36.1 %"), ((3,), 1, "1/N + 1/ΠD_K = 58.3 %"),
    ((5, 1), 0, "1/N + 1/ΠD_K = 45.0 %"),
])  # fmt: skip
def test_the_square_of_a_side_is_said_of_square_kernels(
    kernel: tuple[int, ...], pads: int, share: str
) -> None:
    sides, taps = ",".join(["9"] * len(kernel)), ",".join(map(str, kernel))
    found = facts(f"""g (float[1,8,{sides}] x) => (float y) <float[4,8,{taps}] w = {{1}}>
        {{ y = Conv <pads = [{",".join([str(pads)] * 2 * len(kernel))}]> (x, w) }}""")
    assert share in row(explain_node(found, "y"), "separable")
