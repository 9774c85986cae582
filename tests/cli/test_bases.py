"""What budgets are held against at a revision, where git and models are not asked."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.cli.budgets import base
from analyzer.cli.git import changed, revision
from analyzer.errors import ConfigError, ModelError


def test_the_same_paths_are_read_from_their_own_folders_where_they_have_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, str]] = []

    def read(wanted: Any, near: str, reader: Any) -> Any:
        asked.append((str(wanted), near))
        if isinstance(reader, Exception):
            raise reader
        return reader

    monkeypatch.setattr(changed, "changed_since", lambda _, paths: {*paths} - {"same.onnx"})
    monkeypatch.setattr(base, "_of_revision", read)
    monkeypatch.setattr(base, "_measured", lambda facts: {"macs": facts})
    readers = {
        "-": "facts", "same.onnx": "facts", "a.onnx": "of a", "sub/b.onnx": "of b",
        "new.onnx": revision.AbsentError("new.onnx", "is not there"),
        "bad.onnx": ModelError("bad.onnx", "is no model"),
    }  # fmt: skip
    stdin = "standard input has no path that a revision could have; name the model file"
    found = base._same_paths("main", cast("Any", readers))
    assert {path: (each.is_same, each.is_absent, each.problem) for path, each in found.items()} == {
        "-": (False, False, stdin),
        "same.onnx": (True, False, ""), "a.onnx": (False, False, ""),
        "sub/b.onnx": (False, False, ""), "new.onnx": (False, True, ""),
        "bad.onnx": (False, False, "bad.onnx: is no model"),
    }  # fmt: skip
    assert {each.name for each in found.values()} == {"git:main"}
    assert [near for _, near in asked] == [".", "sub", ".", "."]
    assert [wanted.rpartition(":")[2] for wanted, _ in asked] == [
        "./a.onnx", "./b.onnx", "./new.onnx", "./bad.onnx",
    ]  # fmt: skip


def test_a_revision_that_git_does_not_know_is_a_problem_of_every_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(*_: object) -> Any:
        raise ConfigError("git knows no revision 'mian'")

    monkeypatch.setattr(changed, "changed_since", unknown)
    found = base._same_paths("mian", cast("Any", {"a": None, "b": None}))
    assert {path: each.problem for path, each in found.items()} == dict.fromkeys(
        "ab", "git knows no revision 'mian'"
    )


def test_a_base_that_cannot_be_read_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(error: Exception) -> Any:
        def facts() -> Any:
            raise error

        return facts

    monkeypatch.setattr(base, "_measured", lambda facts: {"macs": facts})
    assert base._read("base", failing(ModelError("b.onnx", "is none"))).problem == "b.onnx: is none"
    assert base._read("base", failing(ConfigError("odd"))).problem == "base: odd"
    read = base._read("base", cast("Any", lambda: SimpleNamespace(macs=1)))
    assert (read.name, read.problem) == ("base", "")


def test_a_base_of_a_revision_is_looked_up_from_the_folder_that_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(
        base, "_of_revision", lambda wanted, near, _: asked.append((str(wanted), near))
    )
    monkeypatch.setattr(base, "_read", lambda name, read: (name, read()))
    read, named = cast("Any", lambda near: f"read {near}"), cast("Any", base._named)
    for folder in ("sub", ""):
        assert named("git:main:a.onnx", folder, read) == ("git:main:a.onnx", None)
    assert asked == [("git:main:a.onnx", "sub"), ("git:main:a.onnx", ".")]
    assert named("near/b.onnx", "sub", read) == ("near/b.onnx", "read near/b.onnx")
    whole = os.path.abspath("c.onnx")
    assert named(whole, "", read) == ("c.onnx", "read c.onnx")
