"""Installing this tree for real, with what it depends on borrowed from the tests' environment.

A user's pip fetches the dependencies and the build backend; here they are found on ``PYTHONPATH``,
so that a test needs no network and few seconds.
"""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ("analyzer", "rules", "templates", "ci", "action.yml", "pyproject.toml", "README.md",
           "LICENSE", ".pre-commit-hooks.yaml")  # fmt: skip
OFFLINE = {
    "PIP_NO_INDEX": "1",
    "PIP_NO_DEPS": "1",
    "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it as the option's opposite: no isolation
    "PYTHONPATH": sysconfig.get_path("purelib"),
}
"""Variables of programs that call pip."""


def copy_tree(folder: Path) -> Path:
    """What a clone of this repository has, as far as users of it need it."""
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder
