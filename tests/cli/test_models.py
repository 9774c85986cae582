"""``[[models]]``: what holds for some models, which ones, and what is said about mistakes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from analyzer.cli.config.globs import Glob, path_within
from analyzer.cli.config.read import read_config
from analyzer.errors import ConfigError
from tests.cli.conftest import CLEAN, WASTEFUL, Cli, encode
from tests.each import each
from tests.steps import stopped

OPEN = """<ir_version: 8, opset_import: ["" : 17]>
g (float[n,m,4] x) => (float[n,m,4] y) { y = Relu (x) }"""


def put(name: str, text: str = WASTEFUL) -> str:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(text))
    return name


def says(text: str) -> None:
    Path("onnxlint.toml").write_text(text)


@each(
    ("glob", "yes", "no"),
    [
        ("a.onnx", "a.onnx ./a.onnx", "b/a.onnx a.onnxx"),
        ("./b/a.onnx", "b/a.onnx", "a.onnx b/b/a.onnx B/a.onnx"),
        ("*.onnx", "a.onnx .onnx", "b/a.onnx"),
        ("b/*.onnx", "b/a.onnx", "a.onnx b/c/a.onnx c/b/a.onnx B/a.onnx"),
        ("**/a.onnx", "a.onnx b/a.onnx b/c/a.onnx", "b/aa.onnx"),
        ("b/**", "b/a.onnx b/c/d/a.onnx", "a.onnx bb/a.onnx"),
        ("b/", "b/a.onnx b/c/d/a.onnx", "a.onnx"),
        ("./b/**/d/*.onnx", "b/d/a.onnx b/c/d/a.onnx b/d/d/a.onnx", "b/a.onnx b/d/e/a.onnx"),
        ("**/x/**/y/**/*.o", "x/y/a.o p/x/q/y/r/s/a.o x/y/x/y/a.o", "y/x/a.o x/a.o"),
        ("m[0-3]?.onnx", "m2b.onnx", "m4b.onnx m2.onnx"),
        ("**", "a b/c", ""),
    ],
)
def test_a_glob_means_paths_below_its_folder(glob: str, yes: str, no: str) -> None:
    found = Glob(glob)
    assert found.is_inside
    paths = [os.path.normpath(path) for path in yes.split()]
    assert [path for path in paths if not found.matches(path)] == []
    assert [path for path in no.split() if found.matches(path)] == []


@pytest.mark.parametrize("glob", ["../a.onnx", "a/../../b", "/etc/*", "..", "a/.."])
def test_a_glob_that_leads_out_is_no_entry(tmp_path: Path, glob: str) -> None:
    file = tmp_path / "onnxlint.toml"
    file.write_text(f'[[models]]\npath = "{glob}"\nfail-on = "never"\n')
    with pytest.raises(ConfigError, match=r"onnxlint.toml:2: models\[1\]\.path: .* leads out of"):
        read_config(str(file))


def test_a_glob_takes_time_by_its_length_only() -> None:
    with stopped():
        assert not Glob("/".join(["**", "a*a*a*a*a*b"] * 40)).matches("/".join(["a" * 60] * 200))


def test_a_path_is_within_a_folder_whichever_link_leads_there(tmp_path: Path) -> None:
    (tmp_path / "real/sub").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    assert path_within(f"{tmp_path}/link/sub/m", f"{tmp_path}/real") == "sub/m"
    assert path_within(f"{tmp_path}/real/sub/m", f"{tmp_path}/link") == "sub/m"
    assert path_within(f"{tmp_path}/m", f"{tmp_path}/real") is None
    assert path_within(f"{tmp_path}/..m", f"{tmp_path}") == "..m"


def test_what_an_entry_says_holds_for_its_models_alone(cli: Cli) -> None:
    put("edge/a.onnx"), put("cloud/b.onnx")
    says('[[models]]\npath = "edge/*.onnx"\nignore = ["separable"]\n')
    shown = json.loads(cli("check", ".", "--format", "json").out)
    found = {m["model"]["path"]: {f["rule"] for f in m["findings"]} for m in shown["models"]}
    assert "SEP001" in found["cloud/b.onnx"]
    assert "SEP001" not in found["edge/a.onnx"]


def test_later_entries_win_and_the_command_line_wins_over_all(cli: Cli) -> None:
    put("a/m.onnx"), put("a/b/m.onnx")
    says("""fail-on = "warning"
severity = {SEP001 = "info"}
[[models]]
path = "**/m.onnx"
severity = {SEP = "error"}
[[models]]
path = "a/b/*.onnx"
fail-on = "never"
options.separable-candidate.min-macs = "1 GMACs"
[[models]]
path = "a/b/m.onnx"
options.SEP001.min-macs = 1
""")
    assert cli("check", "a/m.onnx").code == 1
    outcome = cli("check", "a/b/m.onnx", "--format", "json")
    assert outcome.code == 0
    found = json.loads(outcome.out)["models"][0]["findings"]
    assert [f["severity"] for f in found if f["rule"] == "SEP001"] == ["error"]
    assert cli("check", "a/b/m.onnx", "--fail-on", "error").code == 1
    says('[[models]]\npath = "a/m.onnx"\nselect = ["SEP", "ONX"]\n')
    assert "SEP001" in cli("check", "a/m.onnx").out
    assert "SEP001" not in cli("check", "a/m.onnx", "--select", "ONX").out


def test_sizes_are_those_of_the_model(cli: Cli) -> None:
    put("a.onnx", OPEN), put("b.onnx", OPEN), put("c.onnx", OPEN)
    says("""dims = {n = 2, m = 3}
[[models]]
path = "a.onnx"
dims.m = 5
[[models]]
path = ["b.onnx", "none.onnx"]
shapes.x = [7, 8, 4]
""")

    def shape(*words: str) -> list[int]:
        found: list[int] = json.loads(cli("inspect", *words, "--format", "json").out)["outputs"][0][
            "shape"
        ]
        return found

    assert [shape(name) for name in ("a.onnx", "b.onnx", "c.onnx")] == [
        [2, 5, 4], [7, 8, 4], [2, 3, 4],
    ]  # fmt: skip
    assert shape("a.onnx", "--dim", "m=9") == [2, 9, 4]
    os.mkdir("sub")
    os.chdir("sub")
    assert shape("../a.onnx") == [2, 5, 4]


def test_targets_of_some_models(cli: Cli) -> None:
    put("a.onnx"), put("b.onnx")
    says('targets = ["tensorrt"]\n[[models]]\npath = "a.onnx"\ntargets = ["coreml"]\n')
    assert "coreml" in cli("targets", "a.onnx").out.lower()
    assert "coreml" not in cli("targets", "b.onnx").out.lower()
    says('[[models]]\npath = "a.onnx"\n\ntargets = ["coremml"]\n')
    assert cli("check", "b.onnx").code == 0
    outcome = cli("check", "a.onnx")
    assert outcome.code == 2
    assert "onnxlint.toml:4: models[1].targets:" in outcome.err
    assert "'coreml'" in outcome.err


def test_every_mistake_has_its_line_and_what_was_meant(cli: Cli, clean: str) -> None:
    says("""[[models]]
path = "a/*.onnx"
severty = {SEP001 = "info"}
[[models]]
fail-on = "fatal"
[[models]]
path = "a.onnx"
[[models]]
path = ["/abs.onnx", 5]
dims.batch = -1
[[models]]
path = "b.onnx"
baseline = "b.json"
dims.n = 2
""")
    outcome = cli("check", clean)
    assert outcome.code == 2
    lines = [line.split("onnxlint.toml:")[1] for line in outcome.err.splitlines()]
    starts = [
        "3: models[1].severty: unknown key, did you mean 'severity'?",
        "4: models[2].path: is required: which models",
        "5: models[2].fail-on: must be one of error, warning, info, never, not 'fatal'",
        "7: models[3].path: there is nothing that holds for these models",
        "9: models[4].path: must be a text, or a list of texts",
        "10: models[4].dims.batch: must be a whole number from 0",
        "13: models[5].baseline: holds for the whole project: put it above the first [[models]]",
    ]
    missing = [start for start in starts if not any(line.startswith(start) for line in lines)]
    assert missing == []
    says("""[[models]]
path = "none.onnx"
select = ["NOP001"]
severity.SEP001 = "fatal"
options.SEP001.min-mcas = 5
limits.guard_secnods = 5
""")
    outcome = cli("check", clean)
    assert outcome.code == 2
    numbers = [line.split("onnxlint.toml:")[1][:2] for line in outcome.err.splitlines()]
    assert sorted(numbers) == ["3:", "4:", "5:", "6:"]
    assert "did you mean 'min-macs'?" in outcome.err


def test_in_a_pyproject_too(cli: Cli) -> None:
    put("a.onnx")
    text = '[tool.onnxlint]\nfail-on = "warning"\n[[tool.onnxlint.models]]\npath = "a.onnx"\n'
    Path("pyproject.toml").write_text(f'{text}fail-on = "never"\n')
    assert cli("check", "a.onnx").code == 0
    Path("pyproject.toml").write_text(f'{text}select = ["NOP001"]\n')
    assert "pyproject.toml:5: " in cli("check", "a.onnx").err


def test_an_entry_that_means_no_model_is_a_finding_where_its_folder_is_searched(cli: Cli) -> None:
    put("models/edge/a.onnx", CLEAN), put("other/b.onnx", CLEAN)
    says("""[[models]]
path = "models/egde/*.onnx"
dims.n = 1
[[models]]
path = "models/edge/*.onnx"
dims.n = 1
[[models]]
path = ["models/edge/b.onnx", "other/c.onnx"]
dims.n = 1
""")

    def found(*words: str) -> list[str]:
        return [line for line in cli("check", *words).out.splitlines() if "CFG003" in line]

    assert found("models/edge/a.onnx") == []
    assert len(found("models")) == 1  # of the folder that does not exist
    assert "did you mean 'models/edge/a.onnx'?" in found("models")[0]
    assert "onnxlint.toml:1" in found("models")[0]
    assert len(found(".")) == 2
    assert len(found("models", "other/b.onnx")) == 1
    assert found(".", "--ignore", "unmatched-models") == []
    assert cli("check", ".", "--fail-on", "warning").code == 1
    put("models/edge/b.onnx", CLEAN)
    assert len(found(".")) == 1


def test_a_suppression_that_some_models_use_is_not_unused_for_others(cli: Cli) -> None:
    put("a.onnx"), put("b.onnx", CLEAN)
    suppress = '[[suppress]]\nrule = "separable-candidate"\nreason = "why not"\n'
    says(f'{suppress}[[models]]\npath = "b.onnx"\ndims.n = 1\n')
    assert "CFG001" not in cli("check", "a.onnx", "b.onnx").out
    assert "CFG001" in cli("check", "b.onnx").out
    says(f'{suppress}[[models]]\npath = "b.onnx"\nignore = ["SEP"]\n')
    assert "CFG001" not in cli("check", "b.onnx").out


def test_an_entry_cannot_switch_the_audit_off_without_a_word(cli: Cli) -> None:
    put("a.onnx")
    says('[[models]]\npath = "a.onnx"\nignore = ["ALL"]\n')
    outcome = cli("check", "a.onnx")
    assert outcome.code == 2
    assert "switches off every rule" in outcome.out


def test_entries_of_a_folder_that_came_with_a_model_hold_for_nothing(cli: Cli) -> None:
    put("sent/a.onnx")
    Path("sent/onnxlint.toml").write_text('[[models]]\npath = "a.onnx"\nignore = ["ALL"]\n')
    outcome = cli("check", "sent/a.onnx")
    assert "SEP001" in outcome.out
    assert "not used" in outcome.err


def test_a_file_that_is_named_and_lies_elsewhere_says_where_its_globs_begin(cli: Cli) -> None:
    put("models/a.onnx", CLEAN)
    Path("ci").mkdir()
    Path("ci/onnxlint.toml").write_text('[[models]]\npath = "models/a.onnx"\nfail-on = "never"\n')
    outcome = cli("check", "models", "--config", "ci/onnxlint.toml")
    assert "ci/onnxlint.toml: [[models]] begin at the folder of this file, and no" in outcome.err
    assert outcome.err.splitlines()[1].endswith("is in ci")
    Path("onnxlint.toml").write_text('[[models]]\npath = "a.onnx"\nfail-on = "never"\n')
    assert "begin at" not in cli("check", "models/a.onnx", "--config", "onnxlint.toml").err
