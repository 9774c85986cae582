"""The layers hold, and the contract that says so notices when they do not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = (
    "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache', '--no-logo'])"
)


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the copy of ``analyzer`` under ``root``."""
    return subprocess.run(
        [sys.executable, "-c", COMMAND], cwd=root, capture_output=True, text=True, check=False
    )


def copy_with(lines: dict[str, str], root: Path) -> Path:
    """A copy of the package in which these modules end with these lines."""
    shutil.copytree(ROOT / "analyzer", root / "analyzer", ignore=lambda *_: ["__pycache__"])
    shutil.copy(ROOT / "pyproject.toml", root)
    for module, line in lines.items():
        target = root / "analyzer" / module
        target.write_text(f"{target.read_text()}\n{line}\n")
    return root


def test_imports_follow_the_layers() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


def test_what_breaks_a_contract_is_named(tmp_path: Path) -> None:
    """An upward import, a report that reads protobuf, and a circle for types alone."""
    circle = "if TYPE_CHECKING:\n    from analyzer.graph.program import build_program"
    root = copy_with(
        {"facts/network.py": "import analyzer.lint", "report/__init__.py": "import onnx",
         "graph/scope.py": circle}, tmp_path,
    )  # fmt: skip
    result = lint_imports(root)
    assert result.returncode == 1
    for said in ("analyzer.facts.network -> analyzer.lint", ".scope -> .program",
                 "analyzer.report is not allowed to import onnx"):  # fmt: skip
        assert said in result.stdout
