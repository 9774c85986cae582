"""The hooks that this repository offers, run by pre-commit itself.

Everything is as for a user: pre-commit clones the repository, makes an environment and installs
the package into it. Only what the package depends on is borrowed from the tests' own environment,
so that nothing is fetched. The installed program is started where a test says ``as_installed``;
elsewhere its place is taken by the same command, which starts sooner.
"""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import warm
from tests.cli.conftest import CLEAN, WASTEFUL, encode
from tests.cli.repositories import commit, environment, git, repository, write
from tests.workflow.borrowed import OFFLINE, ROOT
from tools.recipes import VERSION, Clone

HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    "size 17059840\n"
)
BASELINE = "onnxlint-baseline.jsonl"
CONFIGURATION = """fail-on = "warning"

[options.compute-budget]
max-macs = 1_000
"""
SMALL = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,2,8,8] x) => (float[1,2,8,8] y) <float[2,2,1,1] w = {1, 2, 3, 4}> { y = Conv (x, w) }"""
"""256 MACs."""
GROWN = SMALL.replace("8,8", "16,16")
"""1,024 MACs."""


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def project(clone: Clone, tmp_path: Path) -> Path:
    """A repository that uses both hooks."""
    hooks = [{"id": "onnxlint", "verbose": True}, {"id": "onnxlint-rules-test"}]
    settings = {"repos": [{"repo": str(clone.place), "rev": VERSION, "hooks": hooks}]}
    files = {
        ".pre-commit-config.yaml": yaml.safe_dump(settings).encode(),
        "onnxlint.toml": CONFIGURATION.encode(),
        "models/good.onnx": encode(CLEAN),
        "models/grown.onnx": encode(SMALL),
    }
    for name, content in files.items():
        write(tmp_path / name, content)
    commit(repository(tmp_path))
    return tmp_path


@pytest.fixture
def pre_commit(project: Path, clone: Clone) -> Run:
    """``pre-commit WORDS…`` in the project: exit code and output; or another program."""

    def run(*words: str, program: str = str(warm.command() / "pre-commit")) -> tuple[int, str]:
        done = subprocess.run(
            [program, *words],
            cwd=project,
            env=environment(PRE_COMMIT_HOME=str(clone.installed), **OFFLINE),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout

    return run


def test_hooks_take_files_by_name_in_one_process() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert [hook["id"] for hook in HOOKS] == ["onnxlint", "onnxlint-rules-test"]
    for hook in HOOKS:
        assert hook["entry"].split()[0] in scripts
        assert hook["require_serial"] is True
        assert "types" not in hook


@pytest.mark.usefixtures("as_installed")
def test_all_models_are_judged_by_what_is_installed(pre_commit: Run) -> None:
    code, out = pre_commit("run", "--all-files")
    assert (code, out.count("Passed")) == (0, 1), out
    assert "in 2 models: clean" in out


def test_only_models_and_rules_that_changed_are_judged(pre_commit: Run, project: Path) -> None:
    code, out = pre_commit("run", "--all-files")
    assert (code, out.count("Passed")) == (0, 1), out
    assert "in 2 models: clean" in out
    assert "onnxlint rules test..................................(no files to check)Skipped" in out
    (project / "models" / "notes.onnx.md").write_text("not a model")
    (project / "models" / "good.onnx").write_bytes(encode(CLEAN) + b"\n\0")
    git(project, "add", "--all")
    code, out = pre_commit("run")
    assert "models/good.onnx" in out
    assert "notes" not in out
    assert "grown" not in out


def test_bad_grown_and_absent_models_stop_a_commit_until_they_are_mended_or_accepted(
    pre_commit: Run, project: Path
) -> None:
    assert pre_commit("install")[0] == 0
    (project / "models" / "bad.onnx").write_bytes(encode(WASTEFUL))
    (project / "models" / "grown.onnx").write_bytes(encode(GROWN))
    (project / "models" / "pointer.onnx").write_text(POINTER)
    git(project, "add", "--all")
    before = git(project, "rev-parse", "HEAD")

    code, out = pre_commit("run")
    assert code == 1
    assert "exit code: 2" in out
    assert "models/bad.onnx: y: SEP001 standard 3×3 convolution" in out
    assert "models/grown.onnx: BGT001 one inference needs 1.02" in out
    assert "models/pointer.onnx: cannot judge: " in out
    assert "git lfs pull" in out
    assert "good.onnx" not in out
    commit_words = ("commit", "--quiet", "--message", "a change")
    assert pre_commit(*commit_words, program="git")[0] == 1
    assert git(project, "rev-parse", "HEAD") == before

    accepted = onnxlint(project, "check", "models", "--write-baseline", BASELINE)
    assert accepted.returncode == 2, "what cannot be judged is not accepted"
    (project / "models" / "pointer.onnx").write_bytes(encode(CLEAN))
    (project / "onnxlint.toml").write_text(f'baseline = "{BASELINE}"\n{CONFIGURATION}')
    git(project, "add", "--all")
    code, out = pre_commit(*commit_words, program="git")
    assert code == 0, out
    assert "0 findings in 3 models; 3 in the baseline: clean" in out
    assert git(project, "rev-parse", "HEAD") != before

    (project / "models" / "grown.onnx").write_bytes(encode(GROWN.replace("16,16", "32,32")))
    git(project, "add", "--all")
    code, out = pre_commit(*commit_words, program="git")
    assert code == 1
    assert "models/grown.onnx: BGT001 one inference needs 4.096 kMAC" in out
    assert "the baseline has 1.024 kMAC" in out
    assert "bad.onnx" not in out, "only what the commit changes is judged, and nothing is stale"


def test_examples_of_a_rule_are_run_when_it_changes(pre_commit: Run, project: Path) -> None:
    assert onnxlint(project, "rules", "new", "rules/no-dropout").returncode == 0
    git(project, "add", "--all")
    code, out = pre_commit("run")
    assert code == 0, out
    rule = project / "rules" / "no-dropout.yaml"
    rule.write_text(rule.read_text("utf-8").replace("> 0", "> 1"))
    (project / "rules" / "broken.yaml").write_text("id: OWN002\nwhne: true\n")
    git(project, "add", "--all")
    code, out = pre_commit("run")
    assert code == 1
    assert "exit code: 2" in out
    assert "broken.yaml:2: " in out
    (project / "rules" / "broken.yaml").unlink()
    git(project, "add", "--all")
    code, out = pre_commit("run")
    assert code == 1
    assert "no-dropout.yaml:" in out
    assert "FAIL" in out


def onnxlint(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run this tree's command in ``folder``."""
    return warm.run_text(words, cwd=folder, env=environment(), capture_output=True)
