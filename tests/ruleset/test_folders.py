"""Folders of rules: how many files, how large, and which keys they may not share."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.errors import RuleError
from analyzer.ruleset import folder
from analyzer.ruleset.folder import _loaded, _text, clashes


def rule(text: str, source: str) -> Any:
    return SimpleNamespace(id=text, name=f"{text}-name", source=source)


def test_a_folder_has_one_rule_at_least_and_no_more_than_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MAX_FILES", 2)
    with pytest.raises(RuleError) as caught:
        _loaded(tmp_path, rule)
    assert str(caught.value) == f"{tmp_path}: 0 rule files (*.yaml), expected 1 to 2"
    (tmp_path / "b.yaml").write_text("A")
    (tmp_path / "a.yaml").write_text("B")
    (tmp_path / "c.yml").write_text("C")
    found = cast("Any", _loaded(tmp_path, rule))
    assert [(each.id, each.source) for each in found] == [("A", "b.yaml"), ("B", "a.yaml")]
    (only,) = cast("Any", _loaded(tmp_path / "a.yaml", rule))
    assert (only.id, only.source) == ("B", str(tmp_path / "a.yaml"))
    (tmp_path / "d.yaml").write_text("D")
    with pytest.raises(RuleError, match=r": 3 rule files \(\*\.yaml\), expected 1 to 2$"):
        _loaded(tmp_path, rule)
    with pytest.raises(RuleError, match=r"none: no such folder of rules$"):
        _loaded(tmp_path / "none", rule)
    with pytest.raises(RuleError, match=r"c\.yml: no such folder of rules$"):
        _loaded(tmp_path / "c.yml", rule)


def test_a_file_of_a_rule_is_text_of_a_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MAX_BYTES", 4)
    file = tmp_path / "r.yaml"
    for data, says in (
        (b"abcd", ""),
        (b"abcde", "larger than 4 bytes"),
        (b"\xff", "not UTF-8 text"),
    ):
        file.write_bytes(data)
        if not says:
            assert _text(file) == "abcd"
            continue
        with pytest.raises(RuleError) as caught:
            _text(file)
        assert str(caught.value) == f"r.yaml:1: {says}"
    with pytest.raises(RuleError, match=r":1: is not a file$"):
        _text(tmp_path)

    class Unreadable(type(file)):  # type: ignore[misc]
        def open(self, *_: object, **_more: object) -> Any:
            raise PermissionError(13, "Permission denied")

    with pytest.raises(RuleError, match=r"^r\.yaml:1: cannot be read: Permission denied$"):
        _text(Unreadable(file))


def test_a_key_that_two_rules_share_is_told_of_the_later() -> None:
    first, second, third = rule("A", "a"), rule("B", "b"), rule("A", "c")
    assert clashes([first, second, first]) == []
    assert clashes([first, second, third]) == [
        "c:1: A is already the rule in a", "c:1: A-name is already the rule in a",
    ]  # fmt: skip
    second.name = "A"
    assert clashes([first, second]) == ["b:1: A is already the rule in a"]
