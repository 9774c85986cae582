"""The repository that users of hooks name, and what pre-commit has installed from it."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import warm
from tests.cli.repositories import commit, environment, repository
from tests.workflow.borrowed import OFFLINE, borrow_bytecode
from tools.recipes import VERSION, Clone

SETTINGS = """repos:
- repo: {place}
  rev: {version}
  hooks: [{{id: onnxlint}}, {{id: onnxlint-rules-test}}]
"""


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """One for all tests here, as installing takes longer than anything that is asked of it.

    What pre-commit installs has a program ``onnxlint``; it is set aside for ``as_installed``, and
    in its place stands the same command forked from a process that is there already.
    """
    clone = Clone(tmp_path_factory.mktemp("tool"))
    clone.make()
    project = repository(tmp_path_factory.mktemp("first"))
    text = SETTINGS.format(place=clone.place, version=VERSION)
    commit(project, **{".pre-commit-config.yaml": text.encode()})
    subprocess.run(
        [warm.command() / "pre-commit", "install-hooks"], cwd=project, check=True,
        env=environment(PRE_COMMIT_HOME=str(clone.installed), **OFFLINE), capture_output=True,
    )  # fmt: skip
    program = _program(clone)
    (site,) = program.parents[1].glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    borrow_bytecode(site)
    program.rename(_aside(program))
    shutil.copy(warm.command() / "onnxlint", program)
    return clone


@pytest.fixture(scope="session")
def installed(clone: Clone) -> Path:
    """``bin`` of the environment that has the wheel, and borrows only its dependencies.

    The borrowed folder comes after the environment's own on ``sys.path``, and an editable
    install there has no effect because ``.pth`` files are read in site folders only.
    """
    return _program(clone).parent


@pytest.fixture
def as_installed(clone: Clone) -> Iterator[None]:
    """Hooks run what pip has made of the package, with what it has installed."""
    program = _program(clone)
    quick = program.read_bytes()
    shutil.copy(_aside(program), program)
    yield
    program.write_bytes(quick)


def _program(clone: Clone) -> Path:
    (program,) = clone.installed.glob("repo*/py_env-*/bin/onnxlint")
    return program


def _aside(program: Path) -> Path:
    return program.with_name("onnxlint.installed")
