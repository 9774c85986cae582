"""Living with a baseline: what stays accepted, what is new, what is stale, what is written."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import onnx
import pytest

from tests.cli.conftest import CLEAN, WASTEFUL, Cli, encode
from tests.exporters import NETWORKS, Dynamo, Exporter, Script, renamed, residual_net
from tests.patterns.builders import Net
from tests.patterns.other_nets import vgg19

SAMPLES = Path(__file__).parents[2] / "samples"
BASE = "base.jsonl"
WIDER = WASTEFUL.replace("128", "96")


def entries(path: str = BASE) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
    assert lines[0] == {"schema": 2, "tool": "onnxlint"}
    return [line for line in lines if "rule" in line]


def places(path: str = BASE) -> list[tuple[object, object]]:
    return [(entry["model"], entry["rule"]) for entry in entries(path)]


def test_what_grows_beyond_what_was_accepted_is_new(cli: Cli) -> None:
    Path("onnxlint.toml").write_text(
        f'baseline = "{BASE}"\n[options.BGT001]\nmax-macs = "600 MMAC"\n'
    )
    shutil.copy(SAMPLES / "mobilenet_v1_standard.onnx", "net.onnx")
    Path(BASE).write_text('{"schema": 2, "tool": "onnxlint"}\n')
    assert cli("check", "net.onnx").code == 1
    assert cli("check", "net.onnx", "--write-baseline", BASE).code == 0
    (budget,) = (entry for entry in entries() if entry["rule"] == "BGT001")
    assert (budget["value"], budget["unit"]) == (4_867_293_184, "MAC")
    assert cli("check", "net.onnx").code == 0
    net = Net()
    net.norm = "folded"
    Path("net.onnx").write_bytes(net.model(vgg19(net)).SerializeToString())
    outcome = cli("check", "net.onnx", "--allow-missing-data")
    assert outcome.code == 1
    assert "BGT001 one inference needs 19.63 GMAC" in outcome.out
    assert "the budget is 600 MMAC (+19.03 GMAC); the baseline has 4.867 GMAC" in outcome.out


@pytest.mark.parametrize(("one", "other"), [(Script, Dynamo), (Dynamo, Script)])
def test_accepted_findings_survive_another_exporter(
    cli: Cli, one: type[Script | Dynamo], other: type[Script | Dynamo]
) -> None:
    def found(exporter: Exporter, *words: str) -> dict[str, int]:
        Path("net.onnx").write_bytes(residual_net(exporter).SerializeToString())
        words = ("check", "net.onnx", "--format", "json", "--ignore", "CFG", *words)
        (model,) = json.loads(cli(*words).out)["models"]
        return dict(Counter(f["rule"] for f in model["findings"] for _ in f["places"]))

    before, after = found(one()), found(other())
    both = sum(min(before[rule], after[rule]) for rule in before.keys() & after)
    assert both >= 8
    found(one())
    assert cli("check", "net.onnx", "--write-baseline", BASE).code == 0
    left = found(other(), "--baseline", BASE)
    survived = sum(after[rule] - left.get(rule, 0) for rule in before.keys() & after)
    assert survived >= 0.9 * both


@pytest.mark.parametrize("exporter", [Script, Dynamo])
@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.__name__)
def test_accepted_findings_survive_other_names_for_everything(
    cli: Cli, network: type, exporter: type[Script | Dynamo]
) -> None:
    model: onnx.ModelProto = network(exporter())
    Path("net.onnx").write_bytes(model.SerializeToString())
    assert cli("check", "net.onnx", "--write-baseline", BASE).code == 0
    Path("net.onnx").write_bytes(renamed(model).SerializeToString())
    outcome = cli("check", "net.onnx", "--baseline", BASE)
    assert outcome.out == ""
    assert "0 findings" in outcome.err


def test_a_baseline_is_the_same_from_everywhere_and_in_any_order(cli: Cli) -> None:
    for name in ("a", "m/b"):
        path = Path(f"p/{name}.onnx")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(WASTEFUL))
    written = []
    root = os.getcwd()
    for folder, models, file in (
        (root, ["p"], "p/base.jsonl"),
        (f"{root}/p", ["m/b.onnx", "a.onnx"], "base.jsonl"),
        (f"{root}/p/m", [f"{root}/p/a.onnx", "b.onnx"], "../base.jsonl"),
    ):
        os.chdir(folder)
        assert cli("check", *models, "--write-baseline", file).code == 0
        written.append(Path(file).read_bytes())
        os.remove(file)
    os.chdir(root)
    assert written[0] == written[1] == written[2]
    Path("p/base.jsonl").write_bytes(written[0])
    os.chdir("p/m")
    assert cli("check", "b.onnx", "../a.onnx", "--baseline", "../base.jsonl").out == ""
    assert [model for model, _ in places("../base.jsonl")] == ["a.onnx", "m/b.onnx"]


def test_models_that_were_not_judged_stay_accepted_as_they_were(cli: Cli) -> None:
    for name in "ab":
        Path(f"{name}.onnx").write_bytes(encode(WASTEFUL))
    assert cli("check", "a.onnx", "b.onnx", "--write-baseline", BASE).code == 0
    both = Path(BASE).read_bytes()
    Path("b.onnx").write_bytes(encode(WIDER))
    outcome = cli("check", "a.onnx", "--write-baseline", BASE)
    assert outcome.err == f"{BASE}: 1 finding accepted, and 1 of other models as before\n"
    assert Path(BASE).read_bytes() == both


def test_rules_that_were_not_applied_stay_accepted_as_they_were(cli: Cli, wasteful: str) -> None:
    words = ("check", wasteful, "--write-baseline", BASE)
    assert cli(*words).code == 0
    before = Path(BASE).read_bytes()
    assert cli(*words, "--select", "GRF").code == 0
    assert Path(BASE).read_bytes() == before
    assert cli("check", wasteful, "--baseline", BASE, "--select", "GRF").out == ""


def test_what_is_not_found_any_more_is_a_finding_that_pruning_ends(cli: Cli, wasteful: str) -> None:
    assert cli("check", wasteful, "--write-baseline", BASE).code == 0
    Path(wasteful).write_bytes(encode(CLEAN))
    outcome = cli("check", wasteful, "--baseline", BASE, "--fail-on", "warning")
    assert outcome.code == 1
    assert "CFG004 the baseline accepts SEP001 at y, which is not found any more" in outcome.out
    assert f"fix: onnxlint check MODELS --write-baseline {BASE} --prune" in outcome.out
    outcome = cli("check", wasteful, "--write-baseline", BASE, "--prune")
    assert (outcome.code, outcome.err) == (0, f"{BASE}: 1 accepted finding removed, 0 left\n")
    assert entries() == []
    assert cli("check", wasteful, "--baseline", BASE, "--fail-on", "info").code == 0


def test_pruning_adds_nothing_new_and_keeps_the_smaller_magnitude(cli: Cli) -> None:
    for name in "abc":
        Path(f"{name}.onnx").write_bytes(encode(WASTEFUL))
    assert cli("check", "a.onnx", "b.onnx", "--write-baseline", BASE).code == 0
    before = entries()
    Path("a.onnx").write_bytes(encode(WASTEFUL.replace("56,56", "28,28")))
    Path("b.onnx").write_bytes(encode(WASTEFUL.replace("56,56", "112,112")))
    assert cli("check", ".", "--write-baseline", BASE, "--prune").code == 0
    a, b = entries()
    assert a["value"] == before[0]["value"] // 4  # type: ignore[operator]
    assert b["value"] == before[1]["value"]
    outcome = cli("check", ".", "--baseline", BASE, "--format", "json")
    models = json.loads(outcome.out)["models"]
    new = {m["model"]["path"]: [f["message"] for f in m["findings"]] for m in models}
    assert new["a.onnx"] == []
    assert len(new["b.onnx"]) == len(new["c.onnx"]) == 1
    assert new["b.onnx"][0].endswith("; 814.9 MMAC, the baseline has 203.7 MMAC")
    assert "the baseline" not in new["c.onnx"][0]


def test_a_model_that_does_not_exist_any_more_is_named_once(cli: Cli, clean: str) -> None:
    for name in "ab":
        Path(f"{name}.onnx").write_bytes(encode(WASTEFUL))
    assert cli("check", "a.onnx", "b.onnx", "--write-baseline", BASE).code == 0
    os.remove("a.onnx")
    says = "CFG004 the baseline accepts 1 finding of a.onnx, which does not exist"
    outcome = cli("check", clean, "--baseline", BASE)
    assert outcome.code == 0
    assert outcome.out.count(says) == 1
    outcome = cli("check", clean, "b.onnx", "--baseline", BASE)
    assert outcome.out.count(says) == 1
    assert cli("check", clean, "--baseline", BASE, "--ignore", "CFG004").out == ""
    outcome = cli("check", clean, "--write-baseline", BASE)
    assert outcome.err == (
        f"{BASE}: 0 findings accepted, and 2 of other models as before; --prune removes those of "
        "models that do not exist any more\n"
    )
    assert cli("check", clean, "--write-baseline", BASE, "--prune").code == 0
    assert places() == [("b.onnx", "SEP001")]


def test_a_run_over_some_models_says_nothing_about_the_others(cli: Cli, clean: str) -> None:
    Path("a.onnx").write_bytes(encode(WASTEFUL))
    assert cli("check", "a.onnx", "--write-baseline", BASE).code == 0
    Path("a.onnx").write_bytes(encode(CLEAN))
    assert cli("check", clean, "--baseline", BASE, "--fail-on", "info").code == 0


def test_an_entry_about_weights_is_not_stale_where_none_are_read(cli: Cli) -> None:
    net = """<ir_version: 8, opset_import: ["" : 17]>
    g (float[1,2] x) => (float[1,2] y) <float[2,2] w = {0., 1., 2., 3.}> { y = MatMul (x, w) }"""
    Path("a.onnx").write_bytes(encode(net))
    model = onnx.load("a.onnx")
    model.graph.initializer[0].float_data[0] = float("nan")
    onnx.save(model, "a.onnx")
    assert cli("check", "a.onnx", "--weights", "--write-baseline", BASE).code == 0
    assert ("a.onnx", "WGT001") in places()
    assert cli("check", "a.onnx", "--baseline", BASE).out == ""
    assert cli("check", "a.onnx", "--weights", "--baseline", BASE).out == ""
    Path("a.onnx").write_bytes(encode(net))
    for _ in range(2):  # also where the cache has what was found
        assert cli("check", "a.onnx", "--baseline", BASE).out == ""
        outcome = cli("check", "a.onnx", "--weights", "--baseline", BASE)
        assert "CFG004 the baseline accepts WGT001 at y" in outcome.out


def test_sizes_that_the_user_chose_otherwise_make_nothing_worse_and_are_said(cli: Cli) -> None:
    open_batch = WASTEFUL.replace("float[1,", "float[batch,")
    Path("a.onnx").write_bytes(encode(open_batch))
    words = ("check", "a.onnx", "--ignore", "GRF")
    assert cli(*words, "--write-baseline", BASE).code == 0
    assert cli(*words, "--baseline", BASE, "--dim", "batch=1").out == ""
    outcome = cli(*words, "--baseline", BASE, "--dim", "batch=8")
    assert outcome.code == 0
    assert (
        "a.onnx: CFG005 the baseline was written with x axis 0 = 1, here it is 8: whether "
        "accepted findings have become worse is not judged"
    ) in outcome.out
    assert "SEP001" not in outcome.out
    # the model's own word is another matter
    Path("a.onnx").write_bytes(encode(WASTEFUL.replace("float[1,", "float[8,")))
    assert "; 1.63 GMAC, the baseline has 203.7 MMAC" in cli(*words, "--baseline", BASE).out


def test_a_file_of_the_first_schema_is_refused_with_the_remedy_and_written_anew(
    cli: Cli, wasteful: str
) -> None:
    Path(BASE).write_text('{\n "models": {},\n "schema": 1\n}\n')
    outcome = cli("check", wasteful, "--baseline", BASE)
    assert outcome.code == 2
    assert outcome.err == (
        f"onnxlint: error: {BASE}: a baseline of schema 1, which this version does not read; "
        "write it again: onnxlint check MODELS --write-baseline FILE\n"
    )
    assert cli("check", wasteful, "--write-baseline", BASE, "--prune").code == 2
    outcome = cli("check", wasteful, "--write-baseline", BASE)
    assert outcome.code == 0
    assert "of schema 1, whose entries cannot be kept" in outcome.err
    assert places() == [(wasteful, "SEP001")]


@pytest.mark.parametrize("content", ["name,macs\n", "<<<<<<< HEAD\n", "{}"])
def test_a_file_that_is_no_baseline_is_not_written_over(
    cli: Cli, wasteful: str, content: str
) -> None:
    Path("other").write_text(content)
    outcome = cli("check", wasteful, "--write-baseline", "other")
    assert outcome.code == 2
    assert outcome.err.startswith("onnxlint: error: other:1: ")
    assert Path("other").read_text() == content


def test_an_empty_file_becomes_a_baseline(cli: Cli, wasteful: str) -> None:
    Path(BASE).touch()
    assert cli("check", wasteful, "--write-baseline", BASE).code == 0
    assert places() == [(wasteful, "SEP001")]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--prune"], "--prune is for --write-baseline FILE"),
        (["--prune", "--write-baseline", BASE], f"--prune: {BASE}: there is no such file"),
    ],
)
def test_pruning_needs_a_baseline(cli: Cli, wasteful: str, words: list[str], says: str) -> None:
    outcome = cli("check", wasteful, *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"onnxlint: error: {says}\n"


@pytest.mark.parametrize("name", ["/nowhere/\x00", "//host/share", "..", "a\n::error::b", "-"])
def test_hostile_paths_of_models_are_only_names(cli: Cli, clean: str, name: str) -> None:
    Path("a.onnx").write_bytes(encode(WASTEFUL))
    assert cli("check", "a.onnx", "--write-baseline", BASE).code == 0
    text = Path(BASE).read_text()
    Path(BASE).write_text(text.replace('"a.onnx"', json.dumps(name)))
    outcome = cli("check", clean, "--baseline", BASE)
    assert outcome.code == 0
    assert "\n::" not in outcome.out


def test_formats_that_show_no_fingerprint_say_the_same_without_them(
    cli: Cli, wasteful: str
) -> None:
    from analyzer.report import WITHOUT_FINGERPRINTS

    for name in sorted(WITHOUT_FINGERPRINTS):
        alone = cli("check", wasteful, "--format", name)
        beside = cli("check", wasteful, "--format", name, "--output", "json=all.json")
        assert alone.out == beside.out
    shown = json.loads(Path("all.json").read_text())["models"][0]["findings"][0]["fingerprint"]
    assert [len(part) for part in shown.split("-")] == [12, 16, 12, 12]
