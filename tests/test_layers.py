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


def copy_with(line: str, module: str, root: Path) -> Path:
    """A copy of the package in which ``module`` starts with ``line``."""
    shutil.copytree(ROOT / "analyzer", root / "analyzer")
    shutil.copy(ROOT / "pyproject.toml", root)
    target = root / "analyzer" / module
    target.write_text(f"{target.read_text()}\n{line}\n")
    return root


def test_imports_follow_the_layers() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


def test_an_upward_import_breaks_the_contract(tmp_path: Path) -> None:
    result = lint_imports(copy_with("import analyzer.lint", "facts.py", tmp_path))
    assert result.returncode == 1
    assert "analyzer.facts -> analyzer.lint" in result.stdout


def test_a_report_that_reads_protobuf_breaks_the_contract(tmp_path: Path) -> None:
    result = lint_imports(copy_with("import onnx", "report/__init__.py", tmp_path))
    assert result.returncode == 1
    assert "analyzer.report is not allowed to import onnx" in result.stdout


def test_a_circle_for_types_alone_breaks_the_contract(tmp_path: Path) -> None:
    line = "if TYPE_CHECKING:\n    from analyzer.graph.program import build_program"
    result = lint_imports(copy_with(line, "graph/scope.py", tmp_path))
    assert result.returncode == 1
    assert ".scope -> .program" in result.stdout
