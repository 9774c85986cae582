"""The GitHub Action and the GitLab job that ship: valid, and run step by step as they would be."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from tests import warm
from tests.cli.conftest import CLEAN, WASTEFUL, encode
from tests.cli.repositories import commit, environment, repository, write
from tests.workflow.borrowed import OFFLINE, ROOT, borrow_pip, objections, stand_in, stand_in_source

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
TEMPLATE = ROOT / "ci/gitlab/onnxlint.gitlab-ci.yml"
JOB: dict[str, Any] = yaml.safe_load(TEMPLATE.read_text("utf-8"))["onnxlint"]
CHECK = ROOT / "ci/github/check.py"
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
"""How runners start a step."""
SCRIPTS = ["ci/github/install.sh", "tools/apt.sh", ".ci/run"]


def program(name: str) -> str:
    """A program of this environment, or else of the system."""
    return shutil.which(name, path=Path(sys.executable).parent) or name


@pytest.mark.parametrize(
    ("file", "schema"),
    [(ROOT / "action.yml", "vendor.github-actions"), (TEMPLATE, "vendor.gitlab-ci")],
    ids=["github", "gitlab"],
)
def test_a_file_for_ci_obeys_its_schema(file: Path, schema: str) -> None:
    assert objections(schema, file) == ""


def test_shell_scripts_have_nothing_that_shellcheck_finds() -> None:
    words = [program("shellcheck"), *SCRIPTS]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_every_shell_script_is_looked_at() -> None:
    folders = ("analyzer", "ci", "samples", "tests", "tools")
    found = {path.relative_to(ROOT).as_posix() for name in folders
             for path in (ROOT / name).rglob("*.sh")}  # fmt: skip
    assert found | {".ci/run"} == set(SCRIPTS)


def test_no_input_is_part_of_a_script() -> None:
    inputs = {f"INPUT_{name.upper().replace('-', '_')}": f"${{{{ inputs.{name} }}}}"
              for name in ACTION["inputs"]}  # fmt: skip
    for step in STEPS:
        assert "${{" not in step["run"]
    (check,) = [step for step in STEPS if "env" in step]
    assert check["env"] == inputs


def inputs(**given: str) -> dict[str, str]:
    """What the step gets for inputs of the action."""
    said = {name: given.get(name.replace("-", "_"), about["default"])
            for name, about in ACTION["inputs"].items()}  # fmt: skip
    return {f"INPUT_{name.upper().replace('-', '_')}": value for name, value in said.items()}


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """The folder of a job: a repository with two models, and the files that GitHub gives."""
    workspace = repository(tmp_path / "workspace")
    write(workspace / "models/good.onnx", encode(CLEAN))
    write(workspace / "models/bad.onnx", encode(WASTEFUL))
    commit(workspace)
    (tmp_path / "temp").mkdir()
    return workspace


def step(workspace: Path, words: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run something as a step of a job does."""
    home = workspace.parent
    files = {"GITHUB_OUTPUT": str(home / "output"), "GITHUB_STEP_SUMMARY": str(home / "summary.md")}
    return subprocess.run(
        words,
        cwd=workspace,
        env=environment(
            RUNNER_TEMP=str(home / "temp"), TMPDIR=str(home / "temp"), **files, **variables
        ),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def outputs(workspace: Path) -> dict[str, str]:
    """What a step has published."""
    text = (workspace.parent / "output").read_text("utf-8")
    found = re.findall(r"^([\w-]+)<<(\w+)\n(.*?)\n?\2$", text, re.DOTALL | re.MULTILINE)
    return {name: value for name, _, value in found}


def by_hand(workspace: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """The action's script alone, with a command that need not start."""
    python = workspace.parent / "bin" / "python"
    if not python.parent.exists():
        shutil.copytree(warm.command(), python.parent)
        python.symlink_to(os.path.realpath(sys.executable))
    return step(workspace, [str(python), "-I", str(CHECK)], **inputs(**given))


def test_the_script_makes_annotations_a_summary_sarif_and_outputs(job: Path) -> None:
    (job.parent / "summary.md").write_text("# Of another step\n")
    done = by_hand(job, paths="models", fail_on="warning")
    assert done.returncode == 1, done.stderr
    assert "::warning file=models/bad.onnx" in done.stdout
    summary = (job.parent / "summary.md").read_text("utf-8")
    assert summary.startswith("# Of another step\n")
    assert "SEP001" in summary
    assert "models/bad.onnx" in summary
    sarif = json.loads((job / "onnxlint.sarif").read_text("utf-8"))
    assert "SEP001" in {result["ruleId"] for result in sarif["runs"][0]["results"]}
    assert outputs(job) == {"exit-code": "1", "sarif": "onnxlint.sarif"}


def test_the_summary_can_be_switched_off_and_options_be_added(job: Path) -> None:
    done = by_hand(job, paths="models", format="concise", summary="false", sarif="",
                   args="--select 'SEP001' --exit-zero")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("models/bad.onnx: y: SEP001 ")
    assert not (job.parent / "summary.md").exists()
    assert outputs(job) == {"exit-code": "0", "sarif": ""}
    assert sorted(os.listdir(job)) == [".git", "models"]


def test_what_cannot_be_judged_fails_the_job(job: Path) -> None:
    (job / "models/pointer.onnx").write_text("version https://git-lfs.github.com/spec/v1\n")
    done = by_hand(job, paths="models\n", fail_on="never")
    assert done.returncode == 2
    assert "models/pointer.onnx" in (job.parent / "summary.md").read_text("utf-8")


def test_unbalanced_quotes_are_an_error_and_nothing_is_judged(job: Path) -> None:
    done = by_hand(job, args="--select 'SEP001")
    assert (done.returncode, done.stdout) == (2, "::error::args: No closing quotation\n")
    assert outputs(job) == {"exit-code": "2"}


def test_a_path_is_a_path_whatever_it_is_called(job: Path) -> None:
    names = ["$(touch ran).onnx", "`touch ran`.onnx", "a b.onnx", "--exit-zero",
             "; touch ran #.onnx", "x' || touch ran '.onnx"]  # fmt: skip
    for name in names:
        (job / name).write_bytes(encode(WASTEFUL))
    done = by_hand(job, paths="\n".join(names), fail_on="warning", format="json")
    assert done.returncode == 1
    paths = [model["model"]["path"] for model in json.loads(done.stdout)["models"]]
    assert [path.removeprefix("./") for path in paths] == names
    assert not (job / "ran").exists()


def test_a_long_summary_is_cut_between_lines(job: Path) -> None:
    (job.parent / "summary.md").write_bytes(b"x" * (1024 * 1024 - 300))
    assert by_hand(job, paths="models").returncode == 0
    summary = (job.parent / "summary.md").read_text("utf-8")
    assert len(summary.encode()) <= 1024 * 1024
    assert summary.endswith("log and SARIF have all of it.\n")


def test_modules_in_the_checked_out_repository_are_not_imported(job: Path) -> None:
    for module in ("analyzer", "onnx", "venv", "json", "shlex"):
        (job / f"{module}.py").write_text("open('ran', 'w')")
    done = step(job, [sys.executable, "-I", str(CHECK)], **inputs(paths="models"))
    assert done.returncode == 0
    assert not (job / "ran").exists()


def test_the_whole_action_installs_itself_and_judges(job: Path, tmp_path: Path) -> None:
    """With what pip makes of this tree for pre-commit, too, left to the tests of that."""
    action = tmp_path / "action"
    shutil.copytree(ROOT / "ci", action / "ci")
    stand_in_source(action)
    search = os.pathsep.join((str(borrow_pip(tmp_path / "bin")), os.environ["PATH"]))
    for one in STEPS:
        given = inputs(paths="models", fail_on="warning") if "env" in one else {}
        done = step(job, [*BASH, "-c", one["run"]], GITHUB_ACTION_PATH=str(action), PATH=search,
                    **OFFLINE, **given)  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "::warning file=models/bad.onnx" in done.stdout
    assert outputs(job)["exit-code"] == "1"


def test_an_old_python_is_named_before_anything_is_installed(job: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "python3").write_text("#!/bin/sh\nexit 1\n")
    (old / "python3").chmod(0o755)
    for needed in ("bash", "env"):
        (old / needed).symlink_to(f"/usr/bin/{needed}")
    done = step(job, [str(ROOT / "ci/github/install.sh")], PATH=str(old))
    assert done.returncode == 2
    assert done.stdout.startswith("::error::onnxlint needs Python 3.11 or newer")


def test_the_gitlab_job_writes_both_of_its_reports(job: Path, tmp_path: Path) -> None:
    said = {**JOB["variables"], "ONNXLINT_PACKAGE": str(stand_in(tmp_path)),
            "ONNXLINT_PATHS": "models", "ONNXLINT_ARGS": "--fail-on warning"}  # fmt: skip
    search = os.pathsep.join((str(borrow_pip(tmp_path / "bin")), os.environ["PATH"]))
    script = "\n".join((*JOB["before_script"], *JOB["script"]))
    done = step(job, [*BASH, "-c", script], PATH=search, **OFFLINE, **said)
    assert done.returncode == 1, done.stderr
    reports = JOB["artifacts"]["reports"]
    quality = json.loads((job / reports["codequality"]).read_text("utf-8"))
    assert {"models/bad.onnx"} == {issue["location"]["path"] for issue in quality}
    tests = ElementTree.parse(job / reports["junit"]).getroot()
    assert [*tests.iter("failure")]


def test_the_gitlab_job_installs_nothing_that_nobody_named(job: Path) -> None:
    script = "\n".join(JOB["before_script"])
    done = step(job, [*BASH, "-c", script], **JOB["variables"])
    assert done.returncode != 0
    assert "say what pip installs" in done.stderr
