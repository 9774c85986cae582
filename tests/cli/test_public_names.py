"""``import analyzer``: names that are imported when they are first used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import analyzer
from analyzer import Severity, analyze, library, lint
from tests import warm
from tests.cli.conftest import WASTEFUL, encode
from tests.each import each

ROOT = Path(__file__).parents[2]


STAGES = """
import sys
def stage():
    print("\\nloaded", *sys.modules)
import analyzer
stage()
from analyzer.cli.main import run
for words in (
    ["--select", "ONX,ONY"],
    [sys.argv[1]],
    [sys.argv[1], "--format=json"],
    [sys.argv[1], "--output=html=/dev/null"],
):
    run(["check", *words])
    stage()
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> list[set[str]]:
    """Modules that are there after ``import analyzer``, after a plan that fails, and after a check
    with results as text, JSON and HTML, one after the other in one process: what is imported too
    early is seen where it is."""
    model = tmp_path_factory.mktemp("loaded") / "model.onnx"
    model.write_bytes(encode(WASTEFUL))
    done = subprocess.run(
        [sys.executable, "-c", STAGES, model], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.split("\nloaded ")
    assert all("SEP001" in part for part in said[2:5])
    return [{*part.partition("\n")[0].split()} for part in said[1:]]


def test_library_finds_what_the_command_finds() -> None:
    findings = lint(analyze(encode(WASTEFUL)))
    assert [(f.rule, f.severity) for f in findings] == [("SEP001", Severity.WARNING)]


@each("name", library.__all__)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(analyzer, name) is not None
    assert name in dir(analyzer)


def test_misspelt_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'analyse'"):
        _ = getattr(analyzer, "analyse")  # noqa: B009 - type checkers know better


def test_import_alone_imports_nothing_heavy(loaded: list[set[str]]) -> None:
    assert "analyzer" in loaded[0]
    assert not {"onnx", "numpy", "networkx", "jinja2", "dataclasses", "analyzer.facts"} & loaded[0]


def test_functions_win_over_modules_of_the_same_name() -> None:
    """Imported anew, in another process, where nobody asked for the functions before."""
    names = ["analyze", "compare", "lint", "report"]
    modules = ", ".join(f"analyzer.{name}" for name in names)
    forget = f"for name in {names}: sys.modules.pop(f'analyzer.{{name}}', None)"
    code = f"import sys, analyzer\n{forget}\nimport {modules}\nprint(*map(callable, [{modules}]))"
    done = warm.run_text([], code=code, capture_output=True)
    assert done.stdout.split() == ["True"] * len(names), done.stderr


def test_making_a_plan_imports_neither_onnx_nor_a_parser_of_rules(loaded: list[set[str]]) -> None:
    assert "analyzer.cli.plan" in loaded[1]
    assert not {"onnx", "numpy", "networkx", "jinja2", "yaml", "analyzer.model.reading"} & loaded[1]


def test_check_imports_what_its_formats_need_and_no_more(loaded: list[set[str]]) -> None:
    text, json, html = loaded[2:]
    heavy = {"weasyprint", "squarify", "graphlay", "analyzer.weights",
             "analyzer.report.page", "analyzer.report.drawing"}  # fmt: skip
    assert "analyzer.report.lines" in text
    assert not any(name.startswith("analyzer.targets") for name in text)
    assert "analyzer.report.json" in json
    assert not (heavy | {"analyzer.report.rendering"}) & json
    assert "analyzer.report.index.html" in html
    assert not (heavy | {"analyzer.report.content"}) & html
