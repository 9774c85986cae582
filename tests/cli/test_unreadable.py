"""Files that are no model: one line each, exit code 2, never a traceback, never a wait."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import CLEAN, Cli, encode

BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "run git lfs pull"),
    "html": (b"<!DOCTYPE html><html>404</html>", "HTML"),
    "text": (b"hello\n", "text, not a binary ONNX model"),
    "truncated": (encode(CLEAN)[:-9], "truncated"),
    "noise": (bytes(range(256)) * 8, "not an ONNX model"),
}


@pytest.mark.parametrize("kind", BAD)
def test_file_that_is_no_model(cli: Cli, tmp_path: Path, kind: str) -> None:
    data, says = BAD[kind]
    tmp_path.joinpath("m.onnx").write_bytes(data)
    outcome = cli("check", "m.onnx")
    assert outcome.code == 2
    assert says in outcome.out
    assert outcome.out.count("\n") == 1


def test_fifo_is_refused_without_waiting_for_a_writer(cli: Cli, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.onnx")
    outcome = cli("check", "pipe.onnx", ".")
    assert outcome.code == 2
    assert outcome.out.count("is a named pipe") == 1


def test_unreadable_file(cli: Cli, clean: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_ = os.open

    def refuse(path: str, *rest: int, **more: int) -> int:
        if path == clean:
            raise PermissionError(13, "Permission denied", path)
        return open_(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)  # file modes do not stop root
    outcome = cli("check", clean)
    assert outcome.code == 2
    assert "clean.onnx: cannot judge: permission denied; make the file readable" in outcome.out


def test_folder_without_a_model_is_not_clean(cli: Cli, tmp_path: Path) -> None:
    tmp_path.joinpath("empty").mkdir()
    outcome = cli("check", "empty")
    assert outcome.code == 2
    assert "there is no *.onnx file in this folder" in outcome.out


def test_folder_that_cannot_be_searched_is_not_clean(
    cli: Cli, tmp_path: Path, clean: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.joinpath("locked").mkdir()
    scandir = os.scandir

    def refuse(path: str) -> object:
        if os.path.basename(path) == "locked":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    outcome = cli("check", ".")
    assert outcome.code == 2
    assert "locked: cannot judge: cannot be searched: Permission denied" in outcome.out
    assert "1 model" not in outcome.err.replace("1 model;", "")


@pytest.mark.parametrize("command", ["inspect", "graph", "draw"])
def test_folder_where_one_model_is_wanted(cli: Cli, tmp_path: Path, command: str) -> None:
    tmp_path.joinpath("d").mkdir()
    words = {"inspect": [], "graph": ["-o", "g.dot"], "draw": ["-o", "d.svg"]}[command]
    outcome = cli(command, "d", *words)
    assert outcome.code == 2
    assert "d: is a directory; name the .onnx file in it" in outcome.err


def test_bug_on_one_model_is_one_line_and_the_others_are_judged(
    cli: Cli, clean: str, wasteful: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    module = sys.modules["analyzer.analyze"]
    analyze = module.analyze

    def break_on_clean(model: object, *rest: object, **more: object) -> object:
        if model.info.path == clean:  # type: ignore[attr-defined]
            raise KeyError("conv\n\x1b[31m")
        return analyze(model, *rest, **more)

    monkeypatch.setattr(module, "analyze", break_on_clean)
    outcome = cli("check", clean, wasteful)
    assert outcome.code == 2
    assert "clean.onnx: cannot judge: internal error: KeyError: 'conv" in outcome.out
    assert "--debug shows the traceback" in outcome.out
    assert "\x1b" not in outcome.out
    assert "SEP001" in outcome.out
    assert "break_on_clean" not in outcome.err
    assert "break_on_clean" in cli("check", clean, "--debug").err


def test_bug_elsewhere_is_one_line_too(
    cli: Cli, clean: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import analyzer.cli.inspect

    def fail(*words: object) -> bytes:
        raise RecursionError

    monkeypatch.setattr(analyzer.cli.inspect, "INSPECT_FORMATS", {"text": fail})
    outcome = cli("inspect", clean)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("onnxlint: error: internal error: RecursionError")
