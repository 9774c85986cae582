"""``import analyzer``: names that are imported when they are first used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import analyzer
from analyzer import Severity, analyze, library, lint
from tests.cli.conftest import WASTEFUL, encode

ROOT = Path(__file__).parents[2]


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_library_finds_what_the_command_finds() -> None:
    findings = lint(analyze(encode(WASTEFUL)))
    assert [(f.rule, f.severity) for f in findings] == [("SEP001", Severity.WARNING)]


@pytest.mark.parametrize("name", library.__all__)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(analyzer, name) is not None
    assert name in dir(analyzer)


def test_misspelt_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'analyse'"):
        _ = getattr(analyzer, "analyse")  # noqa: B009 - type checkers know better


def test_import_alone_imports_nothing_heavy() -> None:
    loaded = python("import sys, analyzer; print(*sorted(sys.modules))").split()
    assert "analyzer" in loaded
    assert not {"onnx", "numpy", "networkx", "jinja2", "dataclasses", "analyzer.facts"} & {*loaded}


def test_functions_win_over_modules_of_the_same_name() -> None:
    names = ["analyze", "compare", "lint", "report"]
    modules = ", ".join(f"analyzer.{name}" for name in names)
    code = f"import analyzer, {modules}, analyzer.examples; print(*map(callable, [{modules}]))"
    assert python(code).split() == ["True"] * len(names)


@pytest.mark.parametrize(("format_", "module"), [("text", "lines"), ("json", "json")])
def test_check_imports_no_report_machinery(format_: str, module: str) -> None:
    code = (
        "import sys\nfrom analyzer.cli.main import run\n"
        f"run(['check', 'samples/mobilenet_v1.onnx', '--format', '{format_}'])\n"
        "print('', *sorted(sys.modules))"
    )
    loaded = {*python(code).split()}
    assert f"analyzer.report.{module}" in loaded
    heavy = {"weasyprint", "squarify", "graphlay", "analyzer.weights"}
    pages = {f"analyzer.report.{part}" for part in ("rendering", "page", "drawing")}
    assert not (heavy | pages) & loaded


def test_the_page_of_check_is_made_without_what_draws_reports() -> None:
    code = (
        "import sys\nfrom analyzer.cli.main import run\n"
        "run(['check', 'samples/mobilenet_v1.onnx', '-q', '--format', 'json',\n"
        "     '--output', 'html=/dev/null'])\nprint('', *sorted(sys.modules))"
    )
    loaded = {*python(code).split()}
    assert "analyzer.report.index.html" in loaded
    heavy = {"weasyprint", "squarify", "graphlay", "analyzer.weights"}
    pages = {f"analyzer.report.{part}" for part in ("content", "page", "drawing")}
    assert not (heavy | pages) & loaded


def test_making_a_plan_imports_neither_onnx_nor_a_parser_of_rules() -> None:
    code = (
        "import sys\nfrom analyzer.cli.main import run\n"
        "run(['check', 'x.onnx', '--select', 'ONX,ONY'])\nprint(*sorted(sys.modules))"
    )
    loaded = {*python(code).split()}
    assert "analyzer.cli.plan" in loaded
    assert not {"onnx", "numpy", "networkx", "jinja2", "yaml", "analyzer.model.reading"} & loaded
