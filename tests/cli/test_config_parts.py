"""Files of settings and of new rules by themselves: how much of them is read, and what is said."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.cli.config import read, table
from analyzer.cli.config.find import NAMES, Finder
from analyzer.cli.config.scan import TomlScan, line_of
from analyzer.cli.config.table import Errors
from analyzer.cli.config.verify import check_bases
from analyzer.cli.new_rule import _free_id
from analyzer.errors import ConfigError


def test_a_new_rule_has_the_number_behind_those_of_its_folder(tmp_path: Path) -> None:
    def beside(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return _free_id(tmp_path)

    assert _free_id(tmp_path) == "OWN001"
    assert beside("a.yaml", "id: OWN007\n") == "OWN008"
    assert beside("b.yaml", "id: OWN003\n") == "OWN008"
    assert beside("c.yml", "id: OWN050\n") == "OWN008"
    assert beside("d.yaml", "#" * 4085 + "\nid: OWN020") == "OWN021", "4,096 characters are read"
    assert beside("d.yaml", "#" * 4086 + "\nid: OWN020") == "OWN008"
    assert beside("e.yaml", "id: OWN998\n") == "OWN999"
    assert beside("f.yaml", "id: OWN999\n") == "OWN999"


def test_errors_of_a_file_beyond_fifty_are_counted() -> None:
    for count, last in ((50, "c.toml: 49"), (51, "c.toml: and 1 more error"),
                        (52, "c.toml: and 2 more errors")):  # fmt: skip
        errors = Errors("c.toml", {})
        for number in range(count):
            errors.add((), str(number))
        with pytest.raises(ConfigError) as caught:
            errors.finish()
        lines = str(caught.value).splitlines()
        assert (len(lines), lines[-1]) == (min(count, 51), last)
    Errors("c.toml", {}).finish()


def test_a_configuration_is_read_up_to_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, project = tmp_path / "onnxlint.toml", tmp_path / "pyproject.toml"
    about = '[tool.onnxlint]\nselect = ["SEP001"]\n'
    monkeypatch.setattr(read, "MAX_BYTES", len(about))
    project.write_text(about)
    assert read.read_config(str(project)) is not None
    project.write_text(f"{about}\n")
    with pytest.raises(ConfigError, match=f"larger than {len(about)} bytes; use an onnxlint.toml"):
        read.read_config(str(project))
    project.write_text("#" * 1000)
    assert read.read_config(str(project)) is None, "it is not about us"
    project.write_text('[tool]\nonnxlint = "x"\n')
    with pytest.raises(ConfigError, match=r"pyproject.toml: tool.onnxlint: must be a table$"):
        read.read_config(str(project))
    for path, says in ((tmp_path, "is not a file"), (tmp_path / "none", "there is no such file")):
        with pytest.raises(ConfigError, match=f": {says}$"):
            read.read_bytes(str(path))
    ours.write_bytes(b"x" * 10)
    assert read.read_bytes(str(ours), 10) == b"x" * 10
    with pytest.raises(ConfigError, match=r"larger than 9 bytes$"):
        read.read_bytes(str(ours), 9)
    ours.write_bytes(b"a = '\xff'")
    with pytest.raises(ConfigError, match=r"not TOML: byte 5 is not UTF-8$"):
        read.read_config(str(ours))


def test_a_budget_beside_no_base_is_told_where_it_was_said_last() -> None:
    def entry(number: int, *budgets: str) -> Any:
        return SimpleNamespace(
            place=("models", str(number)), said={"budgets": dict.fromkeys(budgets)}
        )

    relative, fixed = (
        SimpleNamespace(is_relative=r, text=t) for r, t in ((True, "+5%"), (False, "9"))
    )
    lines: dict[Any, int] = {("models", str(n), "budgets", "macs"): 10 * n for n in (1, 2, 3)}
    lines["budgets", "macs"] = 5
    file: Any = SimpleNamespace(path="c.toml", lines=lines)
    entries = [entry(1, "macs"), entry(2, "macs"), entry(3, "params")]
    for base, limits, some, line in (
        ("", (fixed, relative), entries, 20), ("", (relative,), entries[:1], 10),
        ("", (relative,), entries[2:], 5), ("", (fixed,), entries, None),
        ("git:main", (relative,), entries, None),
    ):  # fmt: skip
        config: Any = SimpleNamespace(base=base, budgets={"macs": limits})
        if line is None:
            check_bases(config, file, some)
            continue
        with pytest.raises(ConfigError) as caught:
            check_bases(config, file, some)
        assert str(caught.value).startswith(f"c.toml:{line}: ")
        assert str(caught.value).endswith(
            "'+5%' is relative to a base, and there is none; add base = \"git:main\" or base = "
            '"models/base.onnx" beside budgets'
        )


def test_a_folder_of_many_models_is_looked_through_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, far = tmp_path / "here", tmp_path / "far" / "deep"
    here.mkdir()
    far.mkdir(parents=True)
    (far.parent / "onnxlint.toml").touch()
    monkeypatch.chdir(here)
    looked: list[str] = []
    exists = os.path.lexists

    def exists_noted(path: str) -> bool:
        looked.append(path)
        return exists(path)

    monkeypatch.setattr(os.path, "lexists", exists_noted)
    finder = Finder()
    for model in ("a.onnx", "b.onnx", "c.onnx"):
        finder.config(str(far / model))
    asked = [path for path in looked if path.startswith(str(tmp_path / "far"))]
    assert sorted(asked) == sorted(
        str(folder / name) for folder in (far, far.parent) for name in NAMES
    )
    assert list(finder.ignored) == [str(far.parent / "onnxlint.toml")]


@pytest.mark.parametrize(
    ("holds", "right", "wrong"),
    [
        (table._is_count, [0, table.MOST], [-1, table.MOST + 1, True, 1.0, "1"]),
        (table._is_shape, [[], [1, 2]], [1, [-1], ["1"], (1,)]),
        (table._is_texts, [[], ["a", ""]], ["a", ("a",), [1], ["a", 1]]),
        (table._is_text_or_texts, ["", "a", [], ["a"]], [1, None, [1]]),
        (table._is_axes, ["x", ["a"], ["a", "b"], [["a"], ["b", "c"]]],
         ["a", "", [], [[]], [["a"], []], [["a"], [1]], [1], {"a": "b"}, {"ab": 1}, (["a"],)]),
        (table._is_tables, [[], [{}], [{"a": 1}, {}]], [{}, [1], [{}, []], ({},)]),
    ],
)  # fmt: skip
def test_a_value_is_of_its_kind_or_is_not(
    holds: Callable[[Any], bool], right: list[Any], wrong: list[Any]
) -> None:
    assert [value for value in right if not holds(value)] == []
    assert [value for value in wrong if holds(value)] == []


KEYS = """a.b = 1 # "c" = 2
"q.r" . 's' = \'\'\'x = 1

y\'\'\' # two lines more
[t . u]
list = [
  [1, {z = 3}], "]",
]
one = {in = {w = 1}, x = [2]}
[[e]]
k = 1
k2 = 'v'
[[e]]
k = \'\'\'
[no]\'\'\'
last = \'\'\'
= [
\'\'\'
[[e]]
[end]"""


def test_every_key_outside_of_inline_tables_has_its_line() -> None:
    found = TomlScan("x.toml", KEYS).lines
    assert {".".join(place): line for place, line in found.items()} == {
        "a": 1, "a.b": 1, "q.r": 2, "q.r.s": 2, "t": 5, "t.u": 5, "t.u.list": 6, "t.u.one": 9,
        "e": 10, "e.1": 10, "e.1.k": 11, "e.1.k2": 12, "e.2": 13, "e.2.k": 14, "e.2.last": 16,
        "e.3": 19, "end": 20,
    }  # fmt: skip
    assert [line_of(found, place) for place in (("t", "u", "one", "in"), ("e", "1"), ("z",))] == [
        9, 10, 0
    ]  # fmt: skip


def test_keys_of_32_parts_and_values_in_32_levels_are_read_and_no_more() -> None:
    lists = "a = " + "[" * 32 + "]" * 32 + "\n[b]"
    for text, keys in ((".".join("a" * 32), 0), ("a = " + "[{x = " * 16, 1), (lists, 2)):
        assert len(TomlScan("x.toml", text).lines) == keys
    for text, told in (
        (".".join("a" * 33), "1: a key of more than 32 parts"),
        ("a = 1\nb = [" + "{x = [" * 16, "2: more than 32 levels of lists and tables"),
    ):
        with pytest.raises(ConfigError, match=f"x.toml:{told}"):
            TomlScan("x.toml", text)
