"""``onnxlint compare``: both formats, on models whose difference is known from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.fuzz.promises import plain
from tests.fuzz.strings import ATTACKS
from tests.golden.text import parse

SAMPLES = Path(__file__).parents[2] / "samples"
OLD, NEW = (str(SAMPLES / f"mobilenet_v1{name}.onnx") for name in ("_standard", ""))
STANDARD, SEPARABLE = 4_867_293_184, 568_740_352
"""MACs of MobileNetV1 with standard and separable convolutions (Howard et al. 2017, table 4)."""
GRAPH = "g (float[4,7] x, float[7,2] w) => (float[N,2] y) { [one] y = MatMul (x, w) }"


def test_text_states_the_numbers_of_the_paper(cli: Cli) -> None:
    outcome = cli("compare", OLD, NEW, "--select=SEP")
    lines = {line.split("  ")[0]: line for line in outcome.out.splitlines()}
    assert outcome.code == 0
    assert lines["MACs"].split()[1:4] == [
        f"{STANDARD:,}", f"{SEPARABLE:,}", f"−{STANDARD - SEPARABLE:,}",
    ]  # fmt: skip
    assert "findings: 0 came, 13 went, 0 the same" in outcome.out


def test_json_is_complete_and_adds_up(cli: Cli) -> None:
    found = json.loads(cli("compare", OLD, NEW, "--select=SEP", "--format=json").out)
    assert [found[side]["totals"]["macs"] for side in ("old", "new")] == [STANDARD, SEPARABLE]
    assert sum(c["macs"] for c in found["operators"]["changes"]) == SEPARABLE - STANDARD
    counts = {kind: len(findings) for kind, findings in found["findings"].items()}
    assert counts == {"came": 0, "went": 13}
    assert all(found[side]["model"]["sha256"] for side in ("old", "new"))


def test_versions_and_ends_that_differ_are_named(cli: Cli, tmp_path: Path) -> None:
    for name, text, opset in (("a", GRAPH, 17), ("b", GRAPH.replace("[4,7]", "[8,7]"), 18)):
        (tmp_path / f"{name}.onnx").write_bytes(parse(text, opset).SerializeToString())
    out = cli("compare", "a.onnx", "b.onnx").out
    assert "\ninput x: float32 4×7 → float32 8×7\n" in out
    assert "\nopset 17 → 18\n" in out


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("float[4] x) => (float[4] y) { y = Relu (x) }",
         "float16[4] x) => (float16[4] y) { y = Relu (x) }", "input x: float32 4 → float16 4"),
        ("float[1,2,8] x) => (float[1,2,8] y) { y = LpPool<kernel_shape=[3],pads=[1,1]> (x) }",
         "float[1,2,8] x) => (float[1,2,8] y) { y = LpPool<kernel_shape=[5],pads=[2,2]> (x) }",
         "LpPool: kernel_shape 3 → 5"),
        ("float[2,8] x, float[2,8] b) => (float[N,C] y) { y = Sum (x) }",
         "float[2,8] x, float[2,8] b) => (float[N,C] y) { y = Sum (x, b) }", "1 inputs → 2 inputs"),
    ],
)  # fmt: skip
def test_what_is_different_about_two_layers_that_look_alike_is_said(
    cli: Cli, tmp_path: Path, old: str, new: str, shown: str
) -> None:
    for name, text in (("a", old), ("b", new)):
        (tmp_path / f"{name}.onnx").write_bytes(parse(f"g ({text}").SerializeToString())
    assert shown in cli("compare", "a.onnx", "b.onnx").out


def test_what_was_judged_only_in_part_is_said(cli: Cli, clean: str, tmp_path: Path) -> None:
    newer = parse("g (float[4] x) => (float[4] y) { y = Relu (x) }")
    newer.opset_import[0].version = 9999
    (tmp_path / "c.onnx").write_bytes(newer.SerializeToString())
    out = cli("compare", clean, "c.onnx").out
    assert "new: inconclusive: " in out
    assert "old: inconclusive" not in out


def test_what_cannot_be_judged_is_named(cli: Cli, clean: str) -> None:
    outcome = cli("compare", clean, "missing.onnx")
    assert (outcome.code, outcome.out) == (2, "")
    assert "missing.onnx" in outcome.err
    assert cli("compare", "-", "-").code == 2


@pytest.mark.parametrize("text", ATTACKS[::7])
def test_names_from_models_drive_no_terminal(cli: Cli, tmp_path: Path, text: str) -> None:
    hostile = parse(GRAPH)
    hostile.graph.name = text.encode("utf-8", "replace").decode()
    node = hostile.graph.node[0]
    node.name = node.op_type = hostile.graph.name
    hostile.graph.input[0].name = node.input[0] = f"{hostile.graph.name}x"
    (tmp_path / "h.onnx").write_bytes(hostile.SerializeToString())
    (tmp_path / "o.onnx").write_bytes(parse(GRAPH).SerializeToString())
    for form in ("text", "json", "markdown"):
        outcome = cli("compare", "o.onnx", "h.onnx", f"--format={form}")
        assert outcome.code == 0
        plain(outcome.out)
