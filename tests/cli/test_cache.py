"""A second run of ``check`` judges what has changed, and says the same of all else."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from analyzer.cli import judge
from analyzer.cli.budgets.limit import Limit
from analyzer.cli.caching import cache, installed, material, place, proof, store
from analyzer.cli.config.exclude import PathPattern
from analyzer.cli.config.record import Config
from analyzer.lint import Settings
from analyzer.model import Limits
from analyzer.report import CHECK_FORMATS, FINDINGS_ONLY, STATISTICS_FORMATS
from analyzer.report import json as report_json
from analyzer.report.result import Result
from analyzer.shapes.stated import Bindings
from tests import warm
from tests.cli.conftest import CLEAN, WASTEFUL, Cli, encode
from tests.smaller.test_forest import DEEP, STUMP, listed

ROOT = Path(__file__).parents[2]
Judged = list[str]


@pytest.fixture
def remembering(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache in a folder of this test, in which files are old as soon as they are written, and a
    tool of few files: at each command it looks at all of them."""
    monkeypatch.delenv("ONNXLINT_NO_CACHE")
    monkeypatch.setenv("ONNXLINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("ONNXLINT_CACHE_KEY", raising=False)
    monkeypatch.setattr(proof, "_FINE", 0)
    monkeypatch.setattr(proof, "_COARSE", 0)
    monkeypatch.setattr(installed, "_PACKAGE", str(ROOT / "analyzer" / "cli" / "caching"))
    return tmp_path / "cache"


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch, remembering: Path) -> Judged:
    """The models that are judged, and not remembered."""
    seen: Judged = []
    load = judge._loaded

    def loaded(path: str, plan: Any) -> Any:
        seen.append(path)
        return load(path, plan)

    monkeypatch.setattr(judge, "_loaded", loaded)
    return seen


def with_external_data(folder: Path, values: list[float]) -> str:
    """A model whose weights are in a file beside it."""
    model = onnx.parser.parse_model(CLEAN.replace("Relu (x)", "Add (x, w)"))
    weights = np.array(values, np.float32)
    tensor = numpy_helper.from_array(weights, "w")
    (folder / "w.bin").write_bytes(tensor.raw_data)
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="w.bin")
    model.graph.initializer.append(tensor)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    return "model.onnx"


@pytest.mark.parametrize("format_", CHECK_FORMATS)
def test_every_format_says_of_remembered_models_what_it_said(
    cli: Cli,
    judged: Judged,
    wasteful: str,
    clean: str,
    format_: str,
) -> None:
    models = [wasteful] if format_ == "netron" else [wasteful, clean]
    words = ("check", *models, "--format", format_, "--select", "ALL", "--preview")
    first = cli(*words)
    assert judged == models
    assert cli(*words) == first
    assert judged == models


@pytest.mark.parametrize("formats", [frozenset(CHECK_FORMATS), FINDINGS_ONLY], ids=len)
def test_all_formats_say_of_a_remembered_network_what_they_said(
    cli: Cli,
    judged: Judged,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    formats: frozenset[str],
) -> None:
    """All of it remembered, and what is kept for formats about findings alone."""
    (tmp_path / "net.onnx").write_bytes((ROOT / "samples/mobilenet_v1.onnx").read_bytes())

    def made() -> dict[str, bytes]:
        outputs = [f"--output={name}={name}.json" for name in sorted(formats)]
        cli("check", "net.onnx", "--select", "ALL", "--preview", *outputs)
        return {name: Path(f"{name}.json").read_bytes() for name in formats}

    first, again = made(), made()
    assert judged == ["net.onnx"]
    monkeypatch.setenv("ONNXLINT_NO_CACHE", "1")
    afresh = made()
    assert judged == ["net.onnx"] * 2
    assert [name for name in first if not first[name] == again[name] == afresh[name]] == []


@pytest.mark.parametrize("format_", STATISTICS_FORMATS)
def test_statistics_count_what_is_remembered(
    cli: Cli, judged: Judged, wasteful: str, format_: str
) -> None:
    words = ("check", wasteful, "--statistics", "--format", format_)
    assert cli(*words) == cli(*words)
    assert judged == [wasteful]


def test_weights_and_targets_are_remembered(cli: Cli, judged: Judged, tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes((ROOT / "samples/mobilenet_v1.onnx").read_bytes())
    words = ("check", "m.onnx", "--weights", "--target", "tensorrt", "--format", "json")
    assert cli(*words) == cli(*words)
    assert judged == ["m.onnx"]


def test_what_attributes_hold_is_told_by_a_check_and_remembered(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "trees.onnx").write_bytes(listed(DEEP, STUMP).SerializeToString())
    for _ in range(2):
        (model,) = json.loads(cli("check", "trees.onnx", "--format", "json").out)["models"]
        values = {claim["id"]: claim["values"] for claim in model["claims"]}
        assert (values["network"]["trees"], values["parameters"]["tree_nodes"]) == (2, 8)
        assert values["compute"]["comparisons"] == 3


def test_a_run_that_remembers_everything_loads_no_onnx(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(encode(WASTEFUL))
    code = (
        "import sys\nfrom analyzer.cli.caching import proof\nproof._FINE = 0\n"
        "from analyzer.cli.main import run\nrun(['check', 'model.onnx'])\n"
        "print(*sorted(sys.modules))"
    )
    variables = {"ONNXLINT_CACHE_DIR": "cache", "XDG_STATE_HOME": str(tmp_path / "state")}
    first = warm.run_text([], code=code, cwd=tmp_path, env=variables, capture_output=True)
    again = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=variables | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    for done, heavy in ((first, True), (again, False)):
        finding, *_, loaded = done.stdout.splitlines()
        assert "SEP001" in finding
        names = {"onnx", "numpy", "networkx", "jinja2", "yaml", "multiprocessing"}
        assert bool(names & {*loaded.split()}) is heavy


def test_bytes_that_changed_are_judged_whatever_their_times_say(
    cli: Cli, judged: Judged, wasteful: str
) -> None:
    status = os.stat(wasteful)
    cli("check", wasteful)
    data = encode(WASTEFUL.replace('"" : 17', '"" : 16'))
    assert len(data) == status.st_size
    Path(wasteful).write_bytes(data)
    os.utime(wasteful, ns=(status.st_atime_ns, status.st_mtime_ns))
    cli("check", wasteful)
    assert judged == [wasteful] * 2


@pytest.mark.parametrize("hashed", [True, False])
def test_a_large_file_that_was_rewritten_is_judged_whatever_its_owner_says(
    cli: Cli, judged: Judged, wasteful: str, monkeypatch: pytest.MonkeyPatch, hashed: bool
) -> None:
    monkeypatch.setattr(proof, "REMEMBERED", 1)
    monkeypatch.setattr(proof, "HASHED", 1 << 20 if hashed else 1)
    status = os.stat(wasteful)
    cli("check", wasteful)
    cli("check", wasteful)
    assert judged == [wasteful]
    Path(wasteful).write_bytes(encode(WASTEFUL.replace('"" : 17', '"" : 16')))
    os.utime(wasteful, ns=(status.st_atime_ns, status.st_mtime_ns))
    cli("check", wasteful)
    assert judged == [wasteful] * 2


@pytest.mark.parametrize("hashed", [True, False])
def test_external_data_counts(
    cli: Cli, judged: Judged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hashed: bool
) -> None:
    monkeypatch.setattr(proof, "REMEMBERED", 1 << 20 if hashed else 1)
    model = with_external_data(tmp_path, [1.0] * 8)
    first = cli("check", model)
    assert cli("check", model) == first
    assert judged == [model]
    (tmp_path / "w.bin").write_bytes(np.zeros(8, np.float32).tobytes())
    cli("check", model)
    assert judged == [model] * 2
    os.link(tmp_path / "w.bin", tmp_path / "other")  # another name of the same bytes: TRU018
    assert "TRU018" in cli("check", model).out
    assert judged == [model] * 3
    (tmp_path / "w.bin").unlink()
    missing = cli("check", model)
    assert "EXT001" in missing.out
    assert cli("check", model) == missing
    assert judged == [model] * 4


def test_a_file_of_this_moment_is_not_remembered(
    cli: Cli, judged: Judged, wasteful: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "_FINE", 60_000_000_000)
    cli("check", wasteful)
    cli("check", wasteful)
    assert judged == [wasteful] * 2


@pytest.mark.parametrize(
    "more",
    [
        ["--select", "SEP"],
        ["--ignore", "STR"],
        ["--preview"],
        ["--shape", "x=2,64,56,56"],
        ["--limit", "visits=9999"],
        ["--weights"],
        ["--target", "coreml"],
        ["--rules", "own"],
    ],
)
def test_what_is_asked_for_counts(
    cli: Cli, judged: Judged, wasteful: str, tmp_path: Path, more: list[str]
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/rule.yaml").write_text(own_rule("conv.macs > 1000"))
    cli("check", wasteful)
    cli("check", wasteful, *more)
    assert judged == [wasteful] * 2
    cli("check", wasteful, *more)
    assert judged == [wasteful] * 2


def own_rule(when: str) -> str:
    """A rule file of somebody's own, about convolutions."""
    return f"""
id: OWN001
name: own-rule
category: own
severity: info
applies-to: {{node: [Conv]}}
when: {when}
message: a convolution
summary: Says so.
rationale: Because.
fix: Do something.
examples:
  - name: one
    expect: match
    model: |
      <ir_version: 8, opset_import: ["" : 17]>
      g (float[1,4,8,8] x, float[4,4,3,3] w) => (float[1,4,y,z] o) {{ o = Conv (x, w) }}
  - name: none
    expect: no-match
    model: |
      <ir_version: 8, opset_import: ["" : 17]>
      g (float[1,4] x) => (float[1,4] o) {{ o = Relu (x) }}
"""


def test_a_changed_rule_of_ones_own_counts(
    cli: Cli, judged: Judged, wasteful: str, tmp_path: Path
) -> None:
    rule = tmp_path / "own/rule.yaml"
    rule.parent.mkdir()
    rule.write_text(own_rule("conv.macs > 1000"))
    assert "OWN001" in cli("check", wasteful, "--rules", "own").out
    rule.write_text(own_rule("conv.macs < 1000"))
    assert "OWN001" not in cli("check", wasteful, "--rules", "own").out
    assert judged == [wasteful] * 2


def test_a_changed_table_of_ones_own_counts(
    cli: Cli, judged: Judged, wasteful: str, tmp_path: Path
) -> None:
    table = (
        "# id: mine\n# name: Mine\n# version: 1\n# date: 2026-01-01\n# source: us\n"
        "# licence: none\n# kind: runtime\n# match: range\n# trust: measured\n"
        "domain,op,since,until,dtypes,condition,note\n"
    )
    Path("mine.csv").write_text(table)
    words = ("check", wasteful, "--target", "./mine.csv", "--select", "TGT")
    assert "TGT" in cli(*words).out
    Path("mine.csv").write_text(f"{table}ai.onnx,Conv,1,,,,\n")
    assert "TGT001" not in cli(*words).out
    assert judged == [wasteful] * 2


def test_severity_suppressions_and_baseline_are_applied_at_every_run(
    cli: Cli, judged: Judged, wasteful: str
) -> None:
    plain = cli("check", wasteful)
    assert plain.code == 0
    config = Path("onnxlint.toml")
    config.write_text('[severity]\nSEP001 = "error"\n')
    assert cli("check", wasteful).code == 1
    entry = '[[suppress]]\nrule = "{}"\nreason = "known"\n'
    config.write_text(entry.format("SEP001"))
    silenced = cli("check", wasteful)
    assert "SEP001" not in silenced.out
    assert "1 suppressed" in silenced.err
    config.write_text(entry.format("TRU001"))
    assert "CFG001" in cli("check", wasteful).out
    config.unlink()
    cli("check", wasteful, "--write-baseline", "base")
    assert "in the baseline" in cli("check", wasteful, "--baseline", "base").err
    assert cli("check", wasteful) == plain
    assert judged == [wasteful] * 2  # once more, for the fingerprints that a baseline has


def test_what_json_said_of_a_model_is_remembered_for_what_it_was_made_of(
    cli: Cli, judged: Judged, wasteful: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is applied at every run makes another text, and so does another command line."""
    made: list[str] = []
    write = report_json._document

    def noted(result: Result) -> bytes:
        made.append(result.facts.model.path)
        return write(result)

    monkeypatch.setattr(report_json, "_document", noted)
    config = Path("onnxlint.toml")
    entry = '[[suppress]]\nrule = "SEP001"\nreason = "known"\nexpires = {}\n'
    states = ["", '[severity]\nSEP001 = "error"\n', entry.format("2999-01-01"),
              entry.format("2001-01-01")]  # fmt: skip
    for number, state in enumerate(states, 1):
        config.write_text(state)
        first, again = (cli("check", wasteful, "--format", "json") for _ in range(2))
        assert made == [wasteful] * number
        assert first == again
        anew = cli("check", wasteful, "--format", "json", "--no-cache").out
        assert anew.replace(" --no-cache", "") == first.out
        del made[number:]
    assert judged == [wasteful] * (1 + len(states))  # the others without a cache


def test_a_suppression_expires_although_nothing_else_changes(
    cli: Cli, judged: Judged, wasteful: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("onnxlint.toml").write_text(
        '[[suppress]]\nrule = "SEP001"\nreason = "until then"\nexpires = 2026-01-31\n'
    )
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1769817600")  # 31 January 2026
    assert "SEP001" not in cli("check", wasteful).out
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1769904000")
    assert "CFG002" in cli("check", wasteful).out
    assert judged == [wasteful]


def test_what_judges_counts(
    cli: Cli, judged: Judged, wasteful: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("check", wasteful)
    monkeypatch.setattr(cache, "installed", lambda store, began: "another version")
    cli("check", wasteful)
    assert judged == [wasteful] * 2


def test_a_file_of_the_tool_that_changed_counts(
    cli: Cli, judged: Judged, wasteful: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Path(installed._PACKAGE) == ROOT / "analyzer" / "cli" / "caching"
    monkeypatch.setattr(installed, "_PACKAGE", "tool")
    Path("tool/part").mkdir(parents=True)
    for text in ("a = 1", "a = 1", "a = 2"):
        Path("tool/part/a.py").write_text(text)
        cli("check", wasteful)
    assert judged == [wasteful] * 2
    Path("tool/__pycache__").mkdir()
    Path("tool/__pycache__/a.pyc").touch()
    cli("check", wasteful)
    assert judged == [wasteful] * 2


def entries(folder: Path) -> list[Path]:
    """Entries about models, the largest first."""
    return sorted(folder.glob("*.entry"), key=lambda path: -path.stat().st_size)


def flipped(data: bytes, at: int) -> bytes:
    """``data`` with one bit changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:20],
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: flipped(data, 0),
        lambda data: flipped(data, 40),
        lambda data: flipped(data, len(data) - 1),
    ],
)
def test_an_entry_that_is_not_as_we_wrote_it_is_ignored_and_replaced(
    cli: Cli, judged: Judged, wasteful: str, remembering: Path, spoil: Callable[[bytes], bytes]
) -> None:
    first = cli("check", wasteful)
    entry = entries(remembering)[0]
    written = entry.read_bytes()
    entry.write_bytes(spoil(written))
    assert cli("check", wasteful) == first
    assert judged == [wasteful] * 2
    assert entry.read_bytes() == written


def test_an_entry_under_another_name_is_ignored(
    cli: Cli, judged: Judged, wasteful: str, clean: str, remembering: Path
) -> None:
    cli("check", clean)
    harmless = entries(remembering)[0].read_bytes()
    cli("check", wasteful)
    for entry in entries(remembering):
        entry.write_bytes(harmless)
    assert "SEP001" in cli("check", wasteful).out
    assert judged == [clean, wasteful, wasteful]


def test_a_cache_that_somebody_else_filled_says_nothing(
    cli: Cli, judged: Judged, wasteful: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("check", wasteful)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "of somebody else"))
    cli("check", wasteful)
    assert judged == [wasteful] * 2


def test_machines_that_know_one_secret_share_entries(
    cli: Cli, judged: Judged, wasteful: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONNXLINT_CACHE_KEY", "a secret of all runners")
    cli("check", wasteful)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another machine"))
    cli("check", wasteful)
    assert judged == [wasteful]
    monkeypatch.setenv("ONNXLINT_CACHE_KEY", "short")
    assert "ONNXLINT_CACHE_KEY has fewer than 16 characters" in cli("check", wasteful).err


def test_failures_are_not_remembered(cli: Cli, judged: Judged, remembering: Path) -> None:
    Path("bad.onnx").write_bytes(b"\xff" * 100)
    assert cli("check", "bad.onnx") == cli("check", "bad.onnx")
    assert judged == ["bad.onnx"] * 2


def test_what_was_found_without_a_lost_task_is_not_remembered(
    cli: Cli, judged: Judged, wasteful: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = iter(range(100))
    monkeypatch.setattr("analyzer.model.guard.tasks_lost", lambda: next(lost))
    cli("check", wasteful)
    cli("check", wasteful)
    assert judged == [wasteful] * 2


def test_no_cache_writes_nothing(cli: Cli, wasteful: str, remembering: Path) -> None:
    cli("check", wasteful, "--no-cache")
    assert not remembering.exists()


def test_the_folder_that_the_command_line_names_is_used(
    cli: Cli, wasteful: str, remembering: Path, tmp_path: Path
) -> None:
    cli("check", wasteful, "--cache-dir", "deep/er")
    assert entries(tmp_path / "deep/er")
    assert not remembering.exists()
    assert (tmp_path / "deep/er").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("plugins", "silent", "why"),
    [(("x",), False, "code of others"), ((), True, "name the configuration")],
)
def test_plans_with_code_of_others_or_a_word_about_the_configuration_are_not_remembered(
    plugins: tuple[str, ...], silent: bool, why: str
) -> None:
    plan: Any = type("Plan", (), {"config": Config(plugins=plugins), "silent": silent})()
    with pytest.raises(material.Unkeyable, match=why):
        material.material(plan)


def test_a_full_disk_is_one_note_and_no_failure(
    cli: Cli, wasteful: str, clean: str, remembering: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise OSError(28, "No space left on device")

    plain = cli("check", wasteful, clean, "--no-cache")
    monkeypatch.setattr(store.Store, "write", full)
    done = cli("check", wasteful, clean)
    assert (done.code, done.out) == (plain.code, plain.out)
    assert done.err.count("No space left on device; --no-cache does without") == 1


def test_a_folder_that_others_may_write_to_is_not_used(
    cli: Cli, judged: Judged, wasteful: str, remembering: Path
) -> None:
    remembering.mkdir(mode=0o777)
    remembering.chmod(0o777)
    done = cli("check", wasteful)
    assert "may be written by, somebody else; --no-cache does without" in done.err
    assert not entries(remembering)


def test_a_link_in_the_place_of_the_folder_is_not_followed(
    cli: Cli, wasteful: str, remembering: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    remembering.symlink_to(tmp_path / "elsewhere")
    assert "no cache: " in cli("check", wasteful).err
    assert not entries(tmp_path / "elsewhere")


def test_a_key_that_others_can_read_is_not_used(
    cli: Cli, wasteful: str, remembering: Path, tmp_path: Path
) -> None:
    cli("check", wasteful)
    (tmp_path / "state/onnxlint" / place.SECRET).chmod(0o644)
    assert "is no private key of ours; remove it" in cli("check", wasteful).err


def test_without_a_home_folder_there_is_no_cache_and_no_word_about_it(
    cli: Cli, wasteful: str, remembering: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "ONNXLINT_CACHE_DIR", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert "cache" not in cli("check", wasteful).err


def test_what_was_not_used_for_longest_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kept = store.Store(os.open(tmp_path, os.O_RDONLY), b"k" * 32)
    noise = os.urandom(1000)
    for number in range(10):
        kept.write(f"e{number}", noise)
        os.utime(tmp_path / f"e{number}.entry", (number, number))
    assert kept.read("e0") == noise  # it is in use
    monkeypatch.setattr(store, "MOST_BYTES", 5_500)
    kept.tidy()
    left = {name for name in (f"e{n}" for n in range(10)) if kept.read(name)}
    assert left == {"e0", "e7", "e8", "e9"}
    monkeypatch.setattr(store, "MOST_FILES", 2)
    kept.tidy()
    assert kept.usage()[0] == 1


def test_what_killed_processes_left_goes_after_an_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kept = store.Store(os.open(tmp_path, os.O_RDONLY), b"k" * 32)
    for name, age in ((".begun-1", 4000), (".begun-2", 100)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (os.stat(tmp_path).st_mtime - age,) * 2)
    kept.tidy()
    assert [path.name for path in tmp_path.iterdir()] == [".begun-2"]


def test_an_entry_beyond_the_limit_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kept = store.Store(os.open(tmp_path, os.O_RDONLY), b"k" * 32)
    monkeypatch.setattr(store, "ENTRY_BYTES", 100)
    assert not kept.write("large", os.urandom(200))
    assert kept.write("small", b"xx")
    monkeypatch.setattr(store, "UNPACKED_BYTES", 1)
    assert kept.read("small") is None


def test_processes_that_run_at_once_agree(tmp_path: Path) -> None:
    for number in range(2):
        text = WASTEFUL.replace("g (", f"g{number} (")
        (tmp_path / f"m{number}.onnx").write_bytes(encode(text))
    variables = {"ONNXLINT_CACHE_DIR": "c", "XDG_STATE_HOME": str(tmp_path / "state")}
    words = ["check", ".", "--format", "json", "-j", "2"]
    running = [
        warm.Process(words, cwd=tmp_path, env=variables, stdout=warm.PIPE, stderr=warm.PIPE)
        for _ in range(2)
    ]
    results = [process.communicate() for process in running]
    assert {process.returncode for process in running} == {0}
    assert len({out for out, _ in results}) == 1
    assert len(json.loads(results[0][0])["models"]) == 2
    assert all(b"cache" not in err for _, err in results)


OTHER: dict[str, Any] = {
    "fail_on": "never", "count": "flops", "path": "x", "select": ("SEP",), "ignore": ("SEP",),
    "preview": True, "weights": True, "allow_missing_data": True, "rules": ("own",),
    "baseline": "b", "severity": {"SEP": "info"}, "options": {"SEP001": {"min-macs": 1}},
    "shapes": {"x": (1,)}, "dims": {"n": 2}, "trip_counts": {"loop": 3}, "limits": {"nodes": 1},
    "budgets": {"macs": (Limit("1", 1),)}, "base": "git:main",
    "trusted": ("a",), "targets": ("coreml",), "nested": True, "exclude": (PathPattern("a"),),
    "extend_exclude": (PathPattern("a"),), "force_exclude": True, "today": date(2026, 1, 1),
    "trips": {"loop": 3}, "hinted": False, "assume": False,
}  # fmt: skip
"""Another value for fields that have one of a plain type."""


@pytest.mark.parametrize("record", [Config(), Settings(), Limits(), Bindings()])
def test_every_setting_makes_another_key_unless_it_is_applied_afresh(record: Any) -> None:
    name = type(record).__name__
    left = material.AFRESH.get(name, frozenset()) | material.ELSEWHERE.get(name, frozenset())
    own = {field.name for field in fields(record)}
    assert left <= own
    plain = material.written(record)
    tried = 0
    for field in own:
        value = getattr(record, field)
        other = OTHER.get(field, value + 1 if type(value) in (int, float) else None)
        if other is not None:
            changed = material.written(replace(record, **{field: other}))
            assert (changed == plain) is (field in left), field
            tried += 1
    assert tried >= len(own) / 2


def test_what_cannot_be_written_down_makes_no_key() -> None:
    with pytest.raises(material.Unkeyable, match="function cannot be written down"):
        material.written((lambda: 1,))


def test_no_two_values_are_written_alike() -> None:
    values = [(), ("",), ("", ""), ((),), ("a", "b"), ("ab",), {"a": 1}, {"a": "1"}, 1, "1", True,
              1.0, None, "None", frozenset({"a"}), b"a", date(2026, 1, 1), [1]]  # fmt: skip
    assert len({material.written(value) for value in values}) == len(values)


def test_the_command_shows_the_folder_and_empties_it(
    cli: Cli, wasteful: str, remembering: Path
) -> None:
    assert cli("cache").out == f"{remembering}\nnothing is remembered\n"
    cli("check", wasteful)
    number = len(entries(remembering))
    assert f"{number} entries, " in cli("cache").out
    assert cli("cache", "--clear").out == f"{remembering}\n{number} entries removed\n"
    assert not entries(remembering)
    (remembering / "not ours").touch()
    assert "0 entries, 0 B of 256 MiB" in cli("cache").out
    remembering.chmod(0o777)
    done = cli("cache")
    assert done.code == 2
    assert done.err.endswith("; name another folder\n")


def test_the_base_of_a_relative_budget_counts(cli: Cli, judged: Judged, wasteful: str) -> None:
    Path("onnxlint.toml").write_text(
        '[[models]]\npath = "wasteful.onnx"\nbase = "base.onnx"\nbudgets.macs = "+5%"\n'
    )
    Path("base.onnx").write_bytes(Path(wasteful).read_bytes())
    words = ("check", wasteful, "--select", "BGT")
    assert cli(*words).code == 0
    Path("base.onnx").write_bytes(encode(CLEAN))
    exceeded = cli(*words)
    assert "BGT001" in exceeded.out
    assert cli(*words) == exceeded
    assert judged.count(wasteful) == 2


def test_formats_about_findings_alone_need_nothing_else_of_a_model(
    cli: Cli, wasteful: str, tmp_path: Path
) -> None:
    (tmp_path / "mobilenet.onnx").write_bytes((ROOT / "samples/mobilenet_v1.onnx").read_bytes())
    words = ("check", wasteful, "mobilenet.onnx", "--select", "ALL", "--preview")
    for which, more in (("whole", ["--format", "json"]), ("few", [])):
        cli(*words, *more, *(f"--output={name}={which}-{name}" for name in FINDINGS_ONLY))
    for name in FINDINGS_ONLY:
        few, whole = (Path(f"{which}-{name}").read_bytes() for which in ("few", "whole"))
        assert few == whole, name


def test_the_home_folder_gets_entries_and_a_key_and_nothing_else(
    cli: Cli, wasteful: str, remembering: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ONNXLINT_CACHE_DIR", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    cli("check", wasteful)
    files = [path for path in home.rglob("*") if path.is_file()]
    assert {str(path.parent.relative_to(home)) for path in files} == {
        ".cache/onnxlint", ".local/state/onnxlint",
    }  # fmt: skip
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    cli("check", wasteful, "--rules", "none")  # a mistake writes nothing
    assert len([path for path in home.rglob("*") if path.is_file()]) == len(files)


def test_versions_are_those_of_the_folders_that_python_imports_from(tmp_path: Path) -> None:
    for name in ("onnx-1.19.0.dist-info", "PyYAML-6.0.1-py3.11.egg-info", "google_re2-1.dist-info",
                 "other-1.dist-info", "onnx", "onnxruntime-1.20.0.dist-info"):  # fmt: skip
        (tmp_path / name).mkdir()
    found = installed.versions([str(tmp_path), str(tmp_path / "absent"), ""])
    assert found == [("pyyaml", "6.0.1"), ("google_re2", "1"), ("onnx", "1.19.0")]


def test_another_version_of_whatever_judges_is_another_key() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    needed = {re.split(r"[^\w-]", text)[0].replace("-", "_").lower() for text in stated}
    draws = {"weasyprint", "squarify", "graphlay", "resvg_py", "pillow", "fonttools", "brotli"}
    assert set(installed.BUILDS_ON) | {"markupsafe"} == needed - draws


def test_packages_of_unknown_version_make_no_cache(
    cli: Cli, wasteful: str, remembering: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "BUILDS_ON", ("onnx", "some_package"))
    done = cli("check", wasteful)
    assert "no cache: nothing says which version of some_package is installed" in done.err
    assert done.code == 0
