"""``--fail-on-increase`` and ``--fail-on-new``: exact, and judged only where they decide."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from analyzer.report.compare.gate import IncreaseBound, judge_bounds
from tests.cli.conftest import Cli
from tests.golden.text import parse

GRAPH = "g (float[4,7] x, float[7,{n}] w) => (float[N,M] y) {{ [one] y = MatMul (x, w) }}"
"""4·7·n MACs."""


def write(folder: Path, **models: str) -> None:
    for name, text in models.items():
        (folder / f"{name}.onnx").write_bytes(parse(text).SerializeToString())


@pytest.mark.parametrize(
    ("bound", "code", "said"),
    [
        ("macs=5%", 0, "passed: MACs 2,800 → 2,940 (+140, +5.0 %); 5% more is allowed"),
        ("macs=4.99%", 1, "failed: MACs 2,800 → 2,940 (+140, +5.0 %); 4.99% more is allowed"),
        ("macs=140", 0, "passed"),
        ("macs=139", 1, "failed"),
        ("macs=0", 1, "no more is allowed"),
        ("layers=0,operators=0", 0, "passed: operators 1, as before"),
        ("peak=1B,macs=10%", 1, "failed: peak activation bytes"),
    ],
)
def test_a_bound_is_exact(cli: Cli, tmp_path: Path, bound: str, code: int, said: str) -> None:
    write(tmp_path, a=GRAPH.format(n=100), b=GRAPH.format(n=105))
    outcome = cli("compare", "a.onnx", "b.onnx", f"--fail-on-increase={bound}")
    assert (outcome.code, said in outcome.out) == (code, True)


def test_every_total_can_be_bounded(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path, a=GRAPH.format(n=100), b=GRAPH.format(n=100))
    bounds = "macs=0,flops=0,params=0,weight-bytes=0,peak=0,operators=0,layers=0,file-bytes=0"
    outcome = cli("compare", "a.onnx", "b.onnx", f"--fail-on-increase={bounds}", "--format=json")
    gates = json.loads(outcome.out)["gates"]
    assert (outcome.code, {gate["outcome"] for gate in gates}, len(gates)) == (0, {"passed"}, 8)


@pytest.mark.parametrize("bound", ["macs", "macs=", "mac=5%", "macs=-1", "macs=x%", "params=1.5"])
def test_what_is_no_bound_is_refused(cli: Cli, bound: str) -> None:
    outcome = cli("compare", "a.onnx", "b.onnx", f"--fail-on-increase={bound}")
    assert outcome.code == 2
    assert "--fail-on-increase" in outcome.err


def test_what_is_unknown_is_inconclusive_and_outranks_what_fails(cli: Cli, tmp_path: Path) -> None:
    magic = GRAPH.replace("MatMul", "com.example.Magic").format(n=100)
    write(tmp_path, a=GRAPH.format(n=100), b=magic, c=GRAPH.format(n=200))
    outcome = cli("compare", "a.onnx", "b.onnx", "--fail-on-increase=macs=5%,file-bytes=0")
    assert outcome.code == 2
    assert "inconclusive: MACs 2,800 → at least 0" in outcome.out
    assert cli("compare", "b.onnx", "c.onnx", "--fail-on-increase=macs=5%").code == 2


def test_a_lower_bound_that_is_too_much_already_fails() -> None:
    from dataclasses import replace
    from types import SimpleNamespace
    from typing import Any, cast

    from tests.golden.text import facts

    known = facts(GRAPH.format(n=100))
    totals = replace(known.totals, macs=4000, macs_range=(4000, 4000), complete=False)
    new: Any = SimpleNamespace(facts=replace(known, totals=totals))
    old = cast(Any, SimpleNamespace(facts=known))
    (gate,) = judge_bounds(old, new, [IncreaseBound("macs", Fraction(5, 100), 0, "5%")])
    assert gate.outcome == "failed"


def test_a_finding_that_came_fails_and_one_under_another_name_does_not(
    cli: Cli, tmp_path: Path
) -> None:
    plain = "g (float[2] x) => (float[N] y) { [one] y = Relu (x) }"
    twice = "g (float[2] x) => (float[N] y) { [a] t = Identity (x) [b] y = Relu (t) }"
    other = "g (float[2] x) => (float[N] y) { [c] u = Identity (x) [d] y = Relu (u) }"
    write(tmp_path, plain=plain, twice=twice, other=other)
    select = ("--select=STR001", "--fail-on-new=info")
    worse = cli("compare", "plain.onnx", "twice.onnx", *select)
    assert (worse.code, "failed: 1 new finding at info or above: STR001" in worse.out) == (1, True)
    assert cli("compare", "twice.onnx", "other.onnx", *select).code == 0
    assert cli("compare", "twice.onnx", "plain.onnx", *select).code == 0
    assert cli("compare", "plain.onnx", "twice.onnx", "--select=STR001").code == 0


def test_what_fails_is_on_standard_error_where_the_text_is_not(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path, a=GRAPH.format(n=100), b=GRAPH.format(n=105))
    words = ("compare", "a.onnx", "b.onnx", "--fail-on-increase=macs=0")
    outcome = cli(*words, "--format=json")
    assert "failed: MACs 2,800 → 2,940 (+140, +5.0 %)" in outcome.err
    beside = cli(*words, "--output=markdown=out.md", "--output=json=out.json")
    assert "failed: MACs" in beside.out
    assert (tmp_path / "out.md").read_text().startswith("## onnxlint: ")
    assert json.loads((tmp_path / "out.json").read_text())["gates"][0]["outcome"] == "failed"
    alone = cli(*words, "-o", "text.txt", "--output=markdown=out.md")
    assert (alone.out, "failed" in alone.err) == ("", True)


def test_one_file_takes_one_format(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path, a=GRAPH.format(n=100))
    for words in (
        ("-o", "x", "-o", "y"),
        ("-o", "json=x", "-o", "text=x"),
        (
            "-o",
            "json=-",
        ),
    ):
        assert cli("compare", "a.onnx", "a.onnx", *words).code == 2
