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


def test_check_imports_what_its_formats_need_and_no_more() -> None:
    """One after the other in one process: what is imported too early is seen where it is."""
    check = ["check", "samples/mobilenet_v1.onnx"]
    code = (
        "import sys\nfrom analyzer.cli.main import run\n"
        "for more in (['--format=text'], ['--format=json'], ['--output=html=/dev/null']):\n"
        f"    run([*{check}, *more])\n    print('\\nloaded', *sorted(sys.modules))"
    )
    text, json, html = (
        {*line.split()} for line in python(code).splitlines() if line.startswith("loaded ")
    )
    heavy = {"weasyprint", "squarify", "graphlay", "analyzer.weights",
             "analyzer.report.page", "analyzer.report.drawing"}  # fmt: skip
    assert "analyzer.report.lines" in text
    assert not any(name.startswith("analyzer.targets") for name in text)
    assert "analyzer.report.json" in json
    assert not (heavy | {"analyzer.report.rendering"}) & json
    assert "analyzer.report.index.html" in html
    assert not (heavy | {"analyzer.report.content"}) & html


def test_making_a_plan_imports_neither_onnx_nor_a_parser_of_rules() -> None:
    code = (
        "import sys\nfrom analyzer.cli.main import run\n"
        "run(['check', 'x.onnx', '--select', 'ONX,ONY'])\nprint(*sorted(sys.modules))"
    )
    loaded = {*python(code).split()}
    assert "analyzer.cli.plan" in loaded
    assert not {"onnx", "numpy", "networkx", "jinja2", "yaml", "analyzer.model.reading"} & loaded
