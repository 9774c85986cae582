"""Installing this tree for real, with what it depends on borrowed from the tests' environment.

A user's pip fetches the dependencies and the build backend; here they are found on ``PYTHONPATH``,
so that a test needs no network and few seconds. A new environment gets the pip of the tests', which
Python would take three seconds to unpack, and a package that was installed what Python has compiled
of the same files before.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import sysconfig
from importlib.util import cache_from_source
from pathlib import Path
from zipfile import ZipFile

import check_jsonschema  # type: ignore[import-untyped]
from click.testing import CliRunner

from tests import warm

ROOT = Path(__file__).parents[2]
SOURCES = ("analyzer", "rules", "templates", "ci", "action.yml", "pyproject.toml", "README.md",
           "LICENSE", ".pre-commit-hooks.yaml")  # fmt: skip
OFFLINE = {
    "PIP_NO_INDEX": "1",
    "PIP_NO_DEPS": "1",
    # pip reads these two as the options' opposite: nothing is compiled, and no isolation.
    "PIP_NO_COMPILE": "0",
    "PIP_NO_BUILD_ISOLATION": "0",
    "VIRTUALENV_NO_PIP": "1",
    "VIRTUALENV_NO_SETUPTOOLS": "1",
    "PYTHONPATH": sysconfig.get_path("purelib"),
}
"""Variables of programs that call pip, or virtualenv."""


def objections(schema: str, file: Path) -> str:
    """What a schema of CI settings (``vendor.NAME`` of check-jsonschema) has against a file."""
    done = CliRunner().invoke(check_jsonschema.main, ["--builtin-schema", schema, str(file)])
    return "" if done.exit_code == 0 else done.output or repr(done.exception)


def copy_tree(folder: Path) -> Path:
    """What a clone of this repository has, as far as users of it need it."""
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def borrow_bytecode(site: Path) -> None:
    """Have modules of ours in ``site`` compiled, where this tree's are and are the same."""
    for source in (ROOT / "analyzer").rglob("*.py"):
        installed = site / source.relative_to(ROOT)
        compiled, theirs = (Path(cache_from_source(str(path))) for path in (source, installed))
        if compiled.exists() and installed.read_bytes() == source.read_bytes():
            theirs.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(compiled, theirs)
            changed = source.stat()  # bytecode is of a file of that time
            os.utime(installed, ns=(changed.st_atime_ns, changed.st_mtime_ns))


def stand_in(folder: Path) -> Path:
    """A wheel whose ``onnxlint`` is this tree's command, forked from a process that is there
    already: for scripts that install what they are told and then run it."""
    info = "stand_in-1.dist-info"
    files = {
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: stand-in\nVersion: 1\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    program = "stand_in-1.data/scripts/onnxlint"
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in (program, *files))
    wheel = folder / "stand_in-1-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        archive.write(warm.command() / "onnxlint", program)
        for name, text in files.items():
            archive.writestr(name, text)
    return wheel


BACKEND = """from shutil import copy
def build_wheel(into, *_):
    copy({wheel!r}, into)
    return {name!r}
"""


def stand_in_source(folder: Path) -> Path:
    """A source tree of which pip makes ``stand_in``."""
    wheel = stand_in(folder)
    backend = BACKEND.format(wheel=str(wheel), name=wheel.name)
    (folder / "backend.py").write_text(backend)
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    return folder


PYTHON = """#!/bin/sh
if [ "$1 $2 $3" != "-I -m venv" ]; then exec {python} "$@"; fi
{python} "$@" --without-pip || exit
ln -s {pip} "$4"/lib/python*/site-packages/
printf '#!/bin/sh\\nexec "${{0%%/*}}/python" -m pip "$@"\\n' >"$4/bin/pip"
chmod +x "$4/bin/pip"
"""
"""Python whose ``-I -m venv FOLDER`` gives the new environment a pip that is there already."""


def borrow_pip(folder: Path) -> Path:
    """A folder for the head of ``PATH`` in which ``python`` and ``python3`` borrow pip."""
    folder.mkdir()
    borrowed = Path(sysconfig.get_path("purelib"), "pip")
    text = PYTHON.format(python=shlex.quote(sys.executable), pip=shlex.quote(str(borrowed)))
    for name in ("python", "python3"):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder
