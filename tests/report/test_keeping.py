"""Compiled templates are kept, and never shown when they are not what the template says."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import jinja2
import pytest

from analyzer.report import keeping
from analyzer.report.keeping import Kept, kept_script
from analyzer.report.rendering import environment
from analyzer.report.script import FILES, script
from analyzer.resources import templates_dir
from tools import templates


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where bytecode goes: beside the templates, whatever prefix the tests run with."""
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "page.html.j2").write_text("one {{ 1 + 1 }}")
    return tmp_path


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Names of templates that were compiled."""
    names: list[str | None] = []
    compile = jinja2.Environment.compile

    def counted(
        self: jinja2.Environment, source: str, name: str | None = None, *rest: str
    ) -> object:
        names.append(name)
        return compile(self, source, name, *rest)  # type: ignore[call-overload]

    monkeypatch.setattr(jinja2.Environment, "compile", counted)
    return names


def page(folder: Path) -> str:
    """The template in another process, as far as Jinja2 can tell."""
    env = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), bytecode_cache=Kept())  # noqa: S701
    return env.get_template("page.html.j2").render()


def kept(folder: Path) -> Path:
    (file,) = (folder / "__pycache__").iterdir()
    return file


def test_a_template_is_compiled_once_for_all_processes(
    folder: Path, compiled: list[str | None]
) -> None:
    assert [page(folder), page(folder), page(folder)] == ["one 2"] * 3
    assert compiled == ["page.html.j2"]


def test_nothing_is_written_where_python_may_not_write_bytecode(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert page(folder) == "one 2"
    assert not (folder / "__pycache__").exists()


def test_a_changed_template_is_shown_at_once(folder: Path) -> None:
    page(folder)
    (folder / "page.html.j2").write_text("two {{ 2 + 2 }}")
    assert page(folder) == "two 4"


def test_another_version_of_what_compiles_compiles_again(
    folder: Path, compiled: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    page(folder)
    monkeypatch.setattr(keeping, "_compiler", lambda: b"another")
    assert page(folder) == "one 2"
    assert len(compiled) == 2


@pytest.mark.parametrize("cut", [0, 10, 32, 100])
def test_a_file_that_was_cut_is_written_anew(folder: Path, cut: int) -> None:
    page(folder)
    whole = kept(folder).read_bytes()
    kept(folder).write_bytes(whole[:cut])
    assert page(folder) == "one 2"
    assert kept(folder).read_bytes() == whole


def test_where_nothing_can_be_written_templates_are_compiled_each_time(
    folder: Path, compiled: list[str | None]
) -> None:
    (folder / "__pycache__").write_text("not a folder")
    assert [page(folder), page(folder)] == ["one 2"] * 2
    assert len(compiled) == 2


def test_all_are_kept_where_they_are_installed_for_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "kept"))
    monkeypatch.setattr(templates, "environment", environment.__wrapped__)
    scripts: list[tuple[str, ...]] = []
    monkeypatch.setattr(templates, "script", scripts.append)
    templates.main()
    assert FILES in scripts
    assert len(list((tmp_path / "kept").rglob("templates/**/*.pyc"))) == len(
        list(templates_dir().rglob("*.j2"))
    )


def test_a_script_is_made_shorter_once_and_anew_where_its_text_or_the_code_is_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def shorter(text: str) -> str:
        asked.append(text)
        return text.replace(" ", "")

    def made(text: str) -> str:
        return kept_script(folder / "a-b.js", text, shorter)

    assert [made("ä = 1"), made("ä = 1"), made("ä = 2"), made("ä = 2")] == ["ä=1"] * 2 + ["ä=2"] * 2
    assert asked == ["ä = 1", "ä = 2"]
    kept(folder).write_bytes(kept(folder).read_bytes()[5:])
    assert made("ä = 2") == "ä=2"
    monkeypatch.setattr(keeping, "_code", lambda makers: b"another")
    assert made("ä = 2") == "ä=2"
    assert len(asked) == 4
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert made("ä = 3") == made("ä = 3") == "ä=3"
    assert len(asked) == 6


def test_what_decides_how_a_script_is_made_shorter_is_part_of_its_sign() -> None:
    report = Path(keeping.__file__).parent
    assert all((report / name).is_file() for name in keeping.MAKERS)
    todo, makers = ["script"], set()
    while todo:
        makers.add(f"{(name := todo.pop())}.py")
        text = (report / f"{name}.py").read_text()
        todo += re.findall(r"from analyzer\.report\.(\w+) import", text)
    assert makers == {*keeping.SCRIPT_MAKERS}
    whole = script()
    with_growth = script(tuple(name for name in FILES if name != "growth"))
    assert len(with_growth) < len(whole)
    assert whole.startswith("(()=>{")
