"""What each command prints and writes, on models whose numbers are known from elsewhere."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import networkx as nx
import pytest

from analyzer.findings.configuration import CONFIGURATION
from analyzer.report import REPORT_FORMATS
from tests.cli.conftest import WASTEFUL, Cli, encode

SAMPLES = Path(__file__).parents[2] / "samples"
MOBILENET = str(SAMPLES / "mobilenet_v1.onnx")
MACS, PARAMS = 568_740_352, 4_231_976
"""MobileNetV1 1.0-224 (Howard et al. 2017, tables 1 and 4; mult-adds counted exactly)."""


def test_inspect_json_states_the_numbers_of_the_paper(cli: Cli) -> None:
    words = ["inspect", MOBILENET, "--select", "SEP", "--format", "json"]
    shown = json.loads(cli(*words).out)
    totals = shown["totals"]
    assert (totals["macs"], totals["params"], totals["weighted_layers"]) == (MACS, PARAMS, 28)
    assert shown["outcome"] == "clean"
    assert shown["command"] == " ".join(["onnxlint", *words])


def test_check_json_holds_the_same_object_and_the_findings(cli: Cli, wasteful: str) -> None:
    shown = json.loads(cli("check", MOBILENET, wasteful, "no.onnx", "--format", "json").out)
    assert (shown["schema"], shown["outcome"]) == (1, "inconclusive")
    clean, found = shown["models"]
    assert clean["totals"]["macs"] == MACS
    assert [f["rule"] for f in found["findings"]] == ["SEP001"]
    assert shown["failures"][0]["path"] == "no.onnx"


def test_failures_are_also_said_when_stdout_is_not_text(cli: Cli) -> None:
    outcome = cli("check", "no.onnx", "--format", "json", "-q")
    assert outcome.err == "onnxlint: error: no.onnx: there is no such file; check the path\n"


def test_inspect_csv_adds_up_to_the_total(cli: Cli) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("inspect", MOBILENET, "--format", "csv").out)))
    assert sum(int(row["total_macs"]) for row in rows) == MACS


@pytest.mark.parametrize(("count", "first"), [("macs", "568.7 MMAC"), ("flops", "1.158 GFLOP")])
def test_count_chooses_the_headline(cli: Cli, count: str, first: str) -> None:
    headline = cli("inspect", MOBILENET, "--count", count).out.split("Compute")[1].split()
    assert " ".join(headline[:2]) == first


def test_inspect_to_a_file_prints_nothing(cli: Cli) -> None:
    outcome = cli("inspect", MOBILENET, "--format", "json", "-o", "m.json")
    assert (outcome.code, outcome.out) == (0, "")
    assert json.loads(Path("m.json").read_text())["totals"]["macs"] == MACS


def test_inspect_explain_shows_equation_and_numbers(cli: Cli, wasteful: str) -> None:
    out = cli("inspect", wasteful, "--explain", "y").out
    assert "1·128·56·56 · 64 · 3·3" in out
    assert "231,211,008  exact" in out  # D_G² · D_K² · M · N of the paper
    assert "1/N + 1/D_K² = 11.9 %" in out


def test_inspect_explain_of_nothing_proposes_a_name(cli: Cli) -> None:
    outcome = cli("inspect", MOBILENET, "--explain", "block1.pointwise.cov")
    assert outcome.code == 2
    assert "did you mean 'block1.pointwise.conv'?" in outcome.err


def test_inspect_conventions_needs_no_model(cli: Cli) -> None:
    outcome = cli("inspect", "--conventions")
    assert outcome.code == 0
    assert "| `Conv` |" in outcome.out
    assert cli("inspect").code == 2


def test_report_writes_html_and_pdf_and_says_where(
    cli: Cli, clean: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(REPORT_FORMATS, "pdf", lambda *_: b"of a model")
    outcome = cli("report", clean, "-o", "a/b")
    assert outcome.out == "a/b/clean.html\na/b/clean.pdf\n"
    assert Path("a/b/clean.html").read_bytes().startswith(b"<!DOCTYPE html>")
    assert Path("a/b/clean.pdf").read_bytes() == b"of a model"
    assert not [p for p in Path("a/b").iterdir() if p.suffix not in (".html", ".pdf")]


@pytest.mark.parametrize("words", [["check"], ["inspect"], ["scale"], ["inspect", "--format=csv"]])
def test_the_file_is_hashed_only_for_outputs_that_show_it(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, wasteful: str, words: list[str]
) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError("hashed")

    shown = cli(*words[:1], wasteful, "--format=json").out
    assert hashlib.sha256(Path(wasteful).read_bytes()).hexdigest() in shown
    monkeypatch.setattr(hashlib, "file_digest", refuse)
    monkeypatch.setattr(hashlib, "sha256", refuse)
    assert "hashed" not in cli(*words, wasteful).err


def test_report_lists_as_many_operators_as_the_limit_says(cli: Cli) -> None:
    chain = "".join(f" t{i + 1} = Relu (t{i})" for i in range(12))
    header = '<ir_version: 8, opset_import: ["" : 17]>'
    Path("chain.onnx").write_bytes(
        encode(f"{header} g (float[4] t0) => (float[4] t12) {{{chain} }}")
    )
    words = "report", "chain.onnx", "-o", ".", "--format=html"
    pages = []
    for more in ((), ("--limit", "html_rows=10")):
        assert cli(*words, *more).code == 0
        pages.append(Path("chain.html").read_text(encoding="utf-8"))
    assert ["10 of 12 operators shown" in page for page in pages] == [False, True]


def test_report_is_reproducible_and_dated_on_request(
    cli: Cli, wasteful: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pages() -> bytes:
        assert cli("report", wasteful, "-o", "out", "--format", "html").code == 0
        return Path("out/wasteful.html").read_bytes()

    undated = pages()
    assert pages() == undated
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert b"2001-09-09" in pages()
    assert b"2001-09-09" not in undated
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    outcome = cli("report", wasteful, "-o", "out", "--format", "html")
    assert outcome.code == 2
    assert "SOURCE_DATE_EPOCH is 'yesterday'" in outcome.err


@pytest.mark.parametrize("name", ["g.graphml", "g.xml", "g.dot", "g.gv", "g.json"])
def test_graph_suffix_chooses_the_format(cli: Cli, name: str) -> None:
    assert cli("graph", MOBILENET, "-o", name).out == f"{name}\n"
    suffix = Path(name).suffix
    if suffix in (".graphml", ".xml"):
        graph = nx.read_graphml(name, force_multigraph=True)
    elif suffix == ".json":
        graph = nx.node_link_graph(json.loads(Path(name).read_text()), edges="edges")
    else:
        assert Path(name).read_text().startswith("digraph")
        return
    macs = nx.get_node_attributes(graph, "macs")
    assert sum(map(int, macs.values())) == MACS


def test_graph_on_standard_output(cli: Cli) -> None:
    assert cli("graph", MOBILENET, "-o", "-", "--format", "dot").out.startswith("digraph")
    assert cli("graph", MOBILENET, "-o", "-").code == 2


def test_rules_lists_every_shipped_file_and_what_is_found_in_settings(cli: Cli) -> None:
    files = [p.stem.partition("-") for p in (SAMPLES.parent / "rules").glob("*.yaml")]
    known = sorted([(rule, name) for rule, _, name in files]
                   + [(rule.id, rule.name) for rule in CONFIGURATION])  # fmt: skip
    listed = [tuple(line.split()[:2]) for line in cli("rules").out.splitlines()]
    assert listed == known
    assert [r["id"] for r in json.loads(cli("rules", "--format", "json").out)] == [
        rule for rule, _ in known
    ]


def test_rules_test_runs_the_examples(cli: Cli) -> None:
    shipped = SAMPLES.parent / "rules" / "SEP001-separable-candidate.yaml"
    Path("own").mkdir()
    text = shipped.read_text()
    Path("own/SEP001-x.yaml").write_text(text)
    outcome = cli("rules", "test", "own")
    assert outcome.code == 0
    assert "PASS" in outcome.out
    Path("own/SEP001-x.yaml").write_text(text.replace("expect: no-match", "expect: match", 1))
    broken = cli("rules", "test", "own")
    assert broken.code == 1
    assert "FAIL" in broken.out


def test_own_rules_apply_beside_the_shipped_ones(cli: Cli, wasteful: str) -> None:
    shipped = SAMPLES.parent / "rules" / "SEP001-separable-candidate.yaml"
    Path("own").mkdir()
    text = shipped.read_text()
    Path("own/SEP001-x.yaml").write_text(text)
    outcome = cli("check", wasteful, "--rules", "own")
    assert outcome.code == 2
    assert "SEP001 is already in SEP001-separable-candidate.yaml" in outcome.err
    text = text.replace("SEP001", "OWN001").replace("separable-candidate", "own-rule")
    Path("own/SEP001-x.yaml").write_text(text)
    outcome = cli("check", wasteful, "--rules", "own")
    assert "OWN001" in outcome.out
    assert "SEP001" in outcome.out
    assert cli("explain", "own-rule", "--rules", "own").out.startswith("# own-rule (OWN001)")


@pytest.mark.parametrize("word", ["SEP001", "sep001", "separable-candidate"])
def test_explain_by_id_or_name(cli: Cli, word: str) -> None:
    out = cli("explain", word).out
    assert out.startswith("# separable-candidate (SEP001)")
    assert "1/N + 1/D_K²" in out


def test_baseline_accepts_what_is_there_and_reports_what_is_new(
    cli: Cli, wasteful: str, tmp_path: Path
) -> None:
    outcome = cli("check", wasteful, "--write-baseline", "base.json")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "base.json: 1 finding accepted\n"
    assert cli("check", wasteful, "--baseline", "base.json", "--fail-on", "info").code == 0
    tmp_path.joinpath(wasteful).write_bytes(encode(WASTEFUL.replace("128", "96")))
    assert cli("check", wasteful, "--baseline", "base.json", "--fail-on", "info").code == 1
    Path("onnxlint.toml").write_text('baseline = "base.json"\n')
    tmp_path.joinpath(wasteful).write_bytes(encode(WASTEFUL))
    assert cli("check", wasteful).out == ""
    # Writing a new one judges afresh: what the old one accepts must not drop out of it.
    before = Path("base.json").read_bytes()
    assert cli("check", wasteful, "--write-baseline", "base.json").code == 0
    assert Path("base.json").read_bytes() == before


def test_baseline_of_a_batch_with_a_bad_file_is_exit_2(cli: Cli, wasteful: str) -> None:
    outcome = cli("check", wasteful, "no.onnx", "--write-baseline", "base.json")
    assert outcome.code == 2
    assert "no.onnx: there is no such file" in outcome.err
    assert '"model": "wasteful.onnx"' in Path("base.json").read_text()


def test_outputs_besides_standard_output(cli: Cli, wasteful: str) -> None:
    words = ("--output", "json=a=b.json", "--output", "text=f.txt", "--color", "always")
    outcome = cli("check", wasteful, *words)
    assert "\x1b[" in outcome.out
    assert json.loads(Path("a=b.json").read_text())["outcome"] == "findings"
    assert "\x1b[" not in Path("f.txt").read_text()
    assert "1 finding (1 warning)" in Path("f.txt").read_text()


def test_version_lists_what_bug_reports_need(cli: Cli) -> None:
    from analyzer.version import __version__

    lines = cli("version").out.splitlines()
    assert lines[0] == f"onnxlint {__version__}"
    assert any(line.startswith("onnx ") for line in lines)
    assert cli("--version", "-q").out == f"onnxlint {__version__}\n"
