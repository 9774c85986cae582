"""What may be named on the command line: files, folders, standard input, any bytes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from analyzer.cli.main import run
from analyzer.sanitise import file_name
from tests import audit
from tests.cli.conftest import CLEAN, WASTEFUL, Cli, encode


def paths(out: str) -> list[str]:
    return [model["model"]["path"] for model in json.loads(out)["models"]]


def test_folders_are_searched_in_order(cli: Cli, tmp_path: Path) -> None:
    for name in ("b/2.onnx", "b/1.ONNX", "a/x/3.onnx", "a/readme.txt", "4.onnx"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encode(CLEAN))
    outcome = cli("check", "--format", "json", "b", ".", "b/2.onnx")
    assert paths(outcome.out) == ["b/1.ONNX", "b/2.onnx", "4.onnx", "a/x/3.onnx"]


def test_linked_folders_are_not_followed(cli: Cli, tmp_path: Path, clean: str) -> None:
    """The models of a link that stays inside are judged where they are."""
    tmp_path.joinpath("loop").symlink_to(tmp_path)
    tmp_path.joinpath("up").symlink_to("..")
    outcome = cli("check", "--format", "json", ".")
    assert paths(outcome.out) == [clean]
    assert outcome.err.startswith(
        ".: 1 link leads to folders elsewhere, not searched: ./up; "
        "name them to have them searched\n"
    )


def test_links_to_models_in_the_folder_are_judged(cli: Cli, tmp_path: Path) -> None:
    """A hub's cache is such a folder: what has a name is a link to what has a digest."""
    cache = tmp_path / "cache"
    (cache / "snapshots").mkdir(parents=True)
    (cache / "blobs").mkdir()
    (cache / "blobs" / "0123").write_bytes(encode(CLEAN))
    (cache / "snapshots" / "m.onnx").symlink_to("../blobs/0123")
    outcome = cli("check", "--format", "json", "cache")
    assert (outcome.code, paths(outcome.out)) == (0, ["cache/snapshots/m.onnx"])


@pytest.mark.parametrize("target", ["outside.onnx", "secret", "gone"])
def test_links_to_models_elsewhere_are_not_opened(cli: Cli, tmp_path: Path, target: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "outside.onnx").write_bytes(encode(CLEAN))
    (tmp_path / "secret").write_text("secret")
    (inside / "clean.onnx").write_bytes(encode(CLEAN))
    (inside / "m.onnx").symlink_to(f"../{target}")
    with audit.watched([inside]) as seen:
        outcome = cli("check", "inside")
    assert seen == []
    assert outcome.code == 2
    assert outcome.out == (
        "inside/m.onnx: cannot judge: is a link that leads out of inside, so it is not followed; "
        "name this file itself to have it judged\n"
    )
    assert cli("check", "inside/m.onnx").code == (0 if target == "outside.onnx" else 2)


def test_behind_two_dashes_everything_is_a_path(cli: Cli, tmp_path: Path) -> None:
    for name in ("-q", "--format=sarif", "a.onnx"):
        (tmp_path / name).write_bytes(encode(CLEAN))
    outcome = cli("check", "--format", "json", "--", "a.onnx", "-q", "--format=sarif")
    assert paths(outcome.out) == ["a.onnx", "./-q", "./--format=sarif"]
    outcome = cli("check", "--format", "json", "--", "-", stdin=encode(CLEAN))
    assert paths(outcome.out) == ["-"]


@pytest.mark.parametrize("command", [["check"], ["inspect"], ["graph", "-o", "g.json"]])
def test_model_from_standard_input(cli: Cli, command: list[str]) -> None:
    assert cli(*command, "-", stdin=encode(CLEAN)).code == 0


def test_standard_input_is_judged_like_a_file(cli: Cli) -> None:
    outcome = cli("check", "-", "-", stdin=encode(WASTEFUL))
    assert outcome.out.count("-: y: SEP001") == 1


def test_empty_standard_input(cli: Cli) -> None:
    outcome = cli("check", "-")
    assert (outcome.code, outcome.out[:39]) == (2, "-: cannot judge: the file is empty; exp")


def test_report_on_standard_input_is_named_stdin(cli: Cli) -> None:
    outcome = cli("report", "-", "-o", "out", "--format", "json", stdin=encode(CLEAN))
    assert outcome.out == "out/stdin.json\n"
    assert Path("out/stdin.json").stat().st_size > 0


@pytest.mark.parametrize(
    "name",
    [b"with space.onnx", "모델 α.onnx".encode(), b"bad\xff\xfebytes.onnx", b"new\nline.onnx",
     b"esc\x1b[31m.onnx", b"'quote\".onnx", b"%s{0}.onnx", b"a=b.onnx"],
)  # fmt: skip
def test_any_file_name_works_and_prints_safely(cli: Cli, tmp_path: Path, name: bytes) -> None:
    path = os.fsdecode(os.path.join(os.fsencode(tmp_path), name))
    Path(path).write_bytes(encode(WASTEFUL))
    file = os.fsdecode(name)
    outcome = cli("check", file)
    assert outcome.code == 0
    assert outcome.out.count("\n") == 2  # the finding and its hint
    assert "\x1b" not in outcome.out
    outcome = cli("report", file, "-o", "out", "--format", "json,csv")
    assert outcome.code == 0
    assert outcome.out.count("\n") == 2
    stem = file_name(os.path.splitext(file)[0])
    assert stem.isprintable()
    assert sorted(os.listdir("out")) == sorted([f"{stem}.csv", f"{stem}.json"])


@pytest.mark.parametrize("format_", ["json", "text"])
def test_missing_file_with_a_hostile_name(cli: Cli, format_: str) -> None:
    outcome = cli("check", "\x1b]0;owned\x07\u202e.onnx", "--format", format_)
    assert outcome.code == 2
    assert "\x1b" not in outcome.out + outcome.err
    assert "\u202e" not in outcome.out + outcome.err


def test_path_with_a_nul(cli: Cli) -> None:
    assert cli("check", "a\0b.onnx").code == 2


def test_paths_may_stand_on_both_sides_of_an_option(cli: Cli, clean: str, tmp_path: Path) -> None:
    (tmp_path / "other.onnx").write_bytes(encode(CLEAN))
    assert paths(cli("check", clean, "--format", "json", "other.onnx").out) == [clean, "other.onnx"]


@pytest.mark.parametrize("command", [["inspect"], ["check", "--format", "json"]])
def test_an_error_is_one_line_whatever_the_path(cli: Cli, command: list[str]) -> None:
    outcome = cli(*command, "no\nsuch.onnx", "-q")
    assert (outcome.code, outcome.err) == (
        2, "onnxlint: error: no\\x0asuch.onnx: there is no such file; check the path\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    "command", [["check", "--format", "json"], ["inspect", "--format", "json"]]
)
def test_json_is_unicode_even_where_a_path_is_not(
    cli: Cli, tmp_path: Path, command: list[str]
) -> None:
    r"""Most parsers refuse the lone surrogates that Python's own accepts."""
    name = os.fsdecode(b"\xffa\\udcff \xf0\x9f\x98\x80.onnx")
    (tmp_path / name).write_bytes(encode(CLEAN))
    document = json.loads(cli(*command, name).out)
    model = document["models"][0] if "models" in document else document
    assert model["model"]["path"] == "\\xffa\\udcff \U0001f600.onnx"
    assert model["command"].encode("utf-8")


def test_closed_standard_input_is_named(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert run(["inspect", "-"]) == 2
    assert "there is no standard input; name a file" in capfd.readouterr().err


def project(tmp_path: Path, settings: str = "") -> None:
    """Models of one's own, and in the stores of tools."""
    for name in (
        "m.onnx",
        "old/m.onnx",
        "a/old/m.onnx",
        ".venv/lib/m.onnx",
        "a/node_modules/m.onnx",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encode(CLEAN))
    (tmp_path / "onnxlint.toml").write_text(settings)


@pytest.mark.parametrize(
    ("settings", "options", "judged", "excluded"),
    [
        ("", [], ["a/old/m.onnx", "m.onnx", "old/m.onnx"], [".venv", "a/node_modules"]),
        ('extend-exclude = ["old"]', [], ["m.onnx"],
         [".venv", "a/node_modules", "a/old", "old"]),
        ('extend-exclude = ["./old/"]', [], ["m.onnx"],
         [".venv", "a/node_modules", "a/old", "old"]),
        ('extend-exclude = ["a/**/m.onnx", "o*"]', [], ["m.onnx"],
         [".venv", "a/node_modules", "a/old", "old"]),
        ('extend-exclude = ["a/old"]', ["--extend-exclude", "old/*.onnx"], ["m.onnx"],
         [".venv", "a/node_modules", "a/old", "old/m.onnx"]),
        ('exclude = ["a"]', [], [".venv/lib/m.onnx", "m.onnx", "old/m.onnx"], ["a"]),
        ('exclude = ["a"]', ["--exclude", "old,.*"], ["a/node_modules/m.onnx", "m.onnx"],
         [".venv", "a/old", "old"]),
    ],
)  # fmt: skip
def test_search_leaves_out_what_tools_keep_and_what_settings_say(
    settings: str,
    options: list[str],
    judged: list[str],
    excluded: list[str],
    cli: Cli,
    tmp_path: Path,
) -> None:
    project(tmp_path, settings)
    outcome = cli("check", "--format", "json", ".", *options)
    assert (paths(outcome.out), json.loads(outcome.out)["excluded"]) == (judged, excluded)
    noted = [path for path in excluded if not path.endswith((".venv", "node_modules"))]
    said = [line for line in outcome.err.splitlines() if line.startswith("excluded, not judged: ")]
    note = f"excluded, not judged: {', '.join(noted)}"
    assert said == [note] * bool(noted), "no word about stores of tools"


def test_what_is_named_is_judged_unless_exclusion_is_forced(cli: Cli, tmp_path: Path) -> None:
    project(tmp_path, 'extend-exclude = ["old"]')
    named = ["old/m.onnx", ".venv"]
    outcome = cli("check", "--format", "json", *named)
    assert paths(outcome.out) == ["old/m.onnx", ".venv/lib/m.onnx"]
    outcome = cli("check", "--format", "json", *named, "m.onnx", "--force-exclude")
    assert paths(outcome.out) == ["m.onnx"]
    assert json.loads(outcome.out)["excluded"] == named
    outcome = cli("check", *named, "--force-exclude")
    assert (outcome.code, outcome.out) == (0, "")
    assert "no model judged: all are excluded" in outcome.err
    project(tmp_path, 'extend-exclude = ["old"]\nforce-exclude = true')
    assert paths(cli("check", "--format", "json", "m.onnx", *named).out) == ["m.onnx"]


def test_folder_in_which_all_is_excluded_is_an_error(cli: Cli, tmp_path: Path) -> None:
    project(tmp_path)
    outcome = cli("check", ".", "--extend-exclude", "*.onnx")
    assert outcome.code == 2
    assert "there is no *.onnx file in this folder but for what is excluded" in outcome.out


def test_configuration_of_a_folder_inside_says_what_a_search_of_it_leaves_out(
    cli: Cli, tmp_path: Path
) -> None:
    project(tmp_path, "nested = true")
    (tmp_path / "a" / "onnxlint.toml").write_text('extend-exclude = ["old"]')
    assert paths(cli("check", "--format", "json", ".").out) == ["m.onnx", "old/m.onnx"]
