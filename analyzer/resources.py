"""Where the rules and templates that ship with onnxlint are.

They sit at the top of the source tree for people and inside the package for machines: a wheel
carries them as ``analyzer/_data``, a checkout or an editable install as the package's siblings.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_DATA = _PACKAGE / "_data"


def rules_dir() -> Path:
    """Folder of the shipped rule files."""
    return _folder("rules")


def templates_dir() -> Path:
    """Folder of the shipped report templates."""
    return _folder("templates")


def _folder(name: str) -> Path:
    return (_DATA if _DATA.is_dir() else _PACKAGE.parent) / name
