"""What a user installs: the wheel, alone, outside the source tree.

pip has made it and installed it for pre-commit, in an environment that borrows its dependencies.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from importlib.metadata import files
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.cli.conftest import CLEAN, encode
from tests.workflow.borrowed import ROOT
from tools.readme import example_code

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PYRIGHT = str(Path(sys.executable).with_name("pyright"))
IMPORT = re.compile(r"^ *(?:import (\w+)|from (\w+)[\w.]* import\b)", re.MULTILINE)
SEVERAL = """
import json, sys
from analyzer.cli.main import run
assert all(run(words) == 0 for words in json.loads(sys.argv[1]))
"""
"""Command lines in one process: starting is what they cost."""


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(command), cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the build backend that we state makes: a wheel and an sdist (PEP 517)."""
    into = tmp_path_factory.mktemp("built")
    backend = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["build-backend"]
    code = (
        "import gzip, sys; from functools import partial; "
        "gzip.GzipFile = partial(gzip.GzipFile, compresslevel=1); "  # it need not be small
        f"import {backend} as b; b.build_wheel(sys.argv[1]); b.build_sdist(sys.argv[1])"
    )
    done = run(sys.executable, "-c", code, into, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return into


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (made,) = built.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def sdist(built: Path) -> set[str]:
    """Paths inside the source distribution, relative to its top folder."""
    (made,) = built.glob("*.tar.gz")
    with tarfile.open(made) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def tracked(folder: str) -> set[str]:
    """Files below ``folder`` that belong to the distribution."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_the_package_its_rules_and_its_templates(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    data = {f"analyzer/_data/{name}" for name in tracked("rules") | tracked("templates")}
    assert names == tracked("analyzer") | data


def test_wheel_declares_command_licence_and_python(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        info = {Path(n).name: archive.read(n).decode() for n in archive.namelist() if "-info/" in n}
    assert "onnxlint = analyzer.cli.main:main" in info["entry_points.txt"]
    assert "License-Expression: Apache-2.0" in info["METADATA"]
    assert "Requires-Python: >=3.11" in info["METADATA"]
    assert "Apache License" in info["LICENSE"]


def test_sdist_can_be_tested_by_whoever_unpacks_it(sdist: set[str]) -> None:
    needed = {"pyproject.toml", "Makefile", "README.md", "tests/conftest.py",
              "samples/mobilenet_v1.onnx", ".pre-commit-hooks.yaml"}  # fmt: skip
    assert needed | tracked("analyzer") | tracked("rules") | tracked("templates") <= sdist


def test_installed_package_comes_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    where = "import analyzer.resources as r; print(r.__file__, r.rules_dir(), sep='\\n')"
    done = run(installed / "python", "-c", where, cwd=tmp_path)
    module, rules = map(Path, done.stdout.split("\n")[:2])
    assert module.is_relative_to(installed.parent)
    assert rules == module.parent / "_data" / "rules"


@pytest.mark.usefixtures("as_installed")
def test_installed_command_and_module_state_the_version(installed: Path, tmp_path: Path) -> None:
    command = run(installed / "onnxlint", "--version", cwd=tmp_path)
    module = run(installed / "python", "-m", "analyzer", "--version", cwd=tmp_path)
    assert command.returncode == module.returncode == 0
    assert command.stdout == module.stdout
    assert re.search(r"\d+\.\d+\.\d+", command.stdout)


def test_installed_command_checks_explains_and_renders(installed: Path, tmp_path: Path) -> None:
    """HTML; what PDF needs besides is in the wheel, too, and what draws it is declared."""
    (tmp_path / "small.onnx").write_bytes(encode(CLEAN))
    report = ["report", "small.onnx", "-o", "out", "--format", "html"]
    lines = [["check", "small.onnx"], ["explain", "SEP001"], report]
    done = run(installed / "python", "-c", SEVERAL, json.dumps(lines), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "separable-candidate" in done.stdout
    assert "</html>" in (tmp_path / "out/small.html").read_text()


def test_every_import_is_a_declared_dependency() -> None:
    declared = {re.split(r"[<>=\[; !]", d)[0] for d in PROJECT["dependencies"]}
    provided = {"analyzer"}.union(*map(modules, declared))
    undeclared = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (ROOT / "analyzer").rglob("*.py")
        for module in imported(path) - sys.stdlib_module_names - provided
    }
    assert undeclared == set()


def modules(distribution: str) -> set[str]:
    """Top-level names of what an installed distribution has."""
    return {file.parts[0].partition(".")[0] for file in files(distribution) or ()}


def imported(path: Path) -> set[str]:
    """Top-level names of the absolute imports of one file, lazy ones included; ruff wants a line
    for each."""
    return {one or other for one, other in IMPORT.findall(path.read_text())}


def test_a_users_strict_type_checker_knows_every_type_of_the_readmes_example(
    installed: Path, tmp_path: Path
) -> None:
    """pyright's; what mypy says of it, `make lint` asks."""
    (tmp_path / "example.py").write_text(
        example_code((ROOT / "README.md").read_text()) + "\nreveal_type(page)\nreveal_type(facts)\n"
    )
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    pyright = ("env", f"PATH={installed}{os.pathsep}{os.environ['PATH']}", PYRIGHT)
    done = run(*pyright, "example.py", cwd=tmp_path)
    assert re.findall(r'Type of "\w+" is "(\w+)"', done.stdout) == ["str", "Facts"]
    assert done.returncode == 0, done.stdout
