"""``check --diff REV``: only models that are no longer what the revision has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.report import CHECK_FORMATS, STATISTICS_FORMATS
from tests.cli import repositories as made
from tests.cli.conftest import CLEAN, WASTEFUL, Cli, encode

SPOILT = b"not a model"


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> str:
    """The working directory is a repository of three models; its only commit."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    made.repository(tmp_path)
    made.write(tmp_path / "models/beside.onnx", made.product_beside("w.bin"))
    made.write(tmp_path / "models/w.bin", bytes(64))
    made.write(tmp_path / "models/plain.onnx", encode(CLEAN))
    made.write(tmp_path / "models/wasteful.onnx", encode(WASTEFUL))
    return made.commit(tmp_path)


def judged(cli: Cli, *words: str) -> list[str]:
    """Names of the models that were judged, well or badly."""
    outcome = cli("check", "models", "--format", "json", *words)
    assert outcome.code in (0, 1, 2)
    document = json.loads(outcome.out)
    paths = [item["model"]["path"] for item in document["models"]]
    paths += [item["path"] for item in document["failures"]]
    since = document["since"]
    everything = sorted((*since["unchanged"], *paths))
    assert everything == sorted({*everything})
    return sorted(Path(path).name for path in paths)


def test_where_nothing_changed_nothing_is_judged_and_that_is_said(cli: Cli, base: str) -> None:
    outcome = cli("check", "models", "--diff", "HEAD", "--fail-on", "info")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "no model has changed since HEAD: 3 unchanged, not judged\n"


@pytest.mark.parametrize("name", sorted({*CHECK_FORMATS} - {"netron"}))  # of one model each
def test_every_format_says_something_valid_where_nothing_changed(
    cli: Cli, base: str, name: str
) -> None:
    outcome = cli("check", "models", "--diff", "HEAD", "--format", name)
    assert outcome.code == 0
    if "json" in name or name == "sarif":
        assert json.loads(outcome.out)


@pytest.mark.parametrize("name", [*STATISTICS_FORMATS])
def test_statistics_of_nothing(cli: Cli, base: str, name: str) -> None:
    outcome = cli("check", "models", "--diff", base, "--format", name, "--statistics")
    assert outcome.code == 0


@pytest.mark.parametrize("staged", [False, True])
def test_changed_and_new_models_are_judged_staged_or_not(
    cli: Cli, base: str, tmp_path: Path, staged: bool
) -> None:
    made.write(tmp_path / "models/plain.onnx", encode(WASTEFUL))
    made.write(tmp_path / "models/new.onnx", encode(CLEAN))
    if staged:
        made.git(tmp_path, "add", "--all")
    assert judged(cli, "--diff", "HEAD") == ["new.onnx", "plain.onnx"]
    outcome = cli("check", "models", "--diff", "HEAD", "--select", "SEP001")
    assert "plain.onnx: y: SEP001" in outcome.out
    assert "wasteful" not in outcome.out
    assert outcome.err.endswith("2 models unchanged since HEAD, not judged\n")


def test_a_model_under_another_name_is_judged(cli: Cli, base: str, tmp_path: Path) -> None:
    made.git(tmp_path, "mv", "models/plain.onnx", "models/renamed.onnx")
    assert judged(cli, "--diff", "HEAD") == ["renamed.onnx"]


def test_a_model_whose_external_data_changed_is_judged(cli: Cli, base: str, tmp_path: Path) -> None:
    made.write(tmp_path / "models/w.bin", b"\1" * 64)
    assert judged(cli, "--diff", "HEAD") == ["beside.onnx"]
    (tmp_path / "models/w.bin").unlink()
    assert judged(cli, "--diff", "HEAD") == ["beside.onnx"]


def test_three_dots_mean_since_the_branch_began(cli: Cli, base: str, tmp_path: Path) -> None:
    made.git(tmp_path, "switch", "-q", "-c", "feature")
    made.write(tmp_path / "models/mine.onnx", encode(CLEAN))
    made.commit(tmp_path)
    made.git(tmp_path, "switch", "-q", "main")
    made.write(tmp_path / "models/plain.onnx", encode(WASTEFUL))
    made.commit(tmp_path)
    made.git(tmp_path, "switch", "-q", "feature")
    assert judged(cli, "--diff", "main") == ["mine.onnx", "plain.onnx"]
    assert judged(cli, "--diff", "main...") == ["mine.onnx"]


def test_what_cannot_be_judged_is_an_error_where_it_changed(
    cli: Cli, base: str, tmp_path: Path
) -> None:
    made.write(tmp_path / "models/plain.onnx", SPOILT)
    assert cli("check", "models", "--diff", "HEAD").code == 2
    made.commit(tmp_path)
    assert cli("check", "models", "--diff", "HEAD").code == 0
    assert cli("check", "models", "missing.onnx", "--diff", "HEAD").code == 2


@pytest.mark.parametrize(
    ("revision", "message"),
    [("nosuch", "git knows no revision 'nosuch'"), ("", "is no revision"),
     ("--help", "expected one argument")],
)  # fmt: skip
def test_a_revision_that_is_none_is_an_error(
    cli: Cli, base: str, revision: str, message: str
) -> None:
    outcome = cli("check", "models", "--diff", revision)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err


def test_outside_of_a_repository_there_is_nothing_to_compare_with(cli: Cli, clean: str) -> None:
    outcome = cli("check", clean, "--diff", "HEAD")
    assert outcome.code == 2
    assert "git finds no repository" in outcome.err


def test_a_baseline_keeps_what_models_that_did_not_change_have(
    cli: Cli, base: str, tmp_path: Path
) -> None:
    words = ("check", "models", "--select", "SEP001", "--write-baseline", "b.jsonl")
    assert cli(*words).code == 0
    made.write(tmp_path / "models/new.onnx", encode(WASTEFUL))
    assert cli(*words, "--diff", "HEAD").code == 0
    lines = [json.loads(line) for line in Path("b.jsonl").read_text().splitlines()]
    assert [line["model"] for line in lines[1:]] == ["models/new.onnx", "models/wasteful.onnx"]
