"""Limits are documented where people look for them."""

from __future__ import annotations

from pathlib import Path

from analyzer.model import Limits


def shown(name: str, value: float) -> str:
    if not name.endswith("_bytes"):
        return f"{value:,.9g}"
    unit, size = ("GiB", 1 << 30) if value >= 1 << 30 else ("MiB", 1 << 20)
    return f"{value / size:g} {unit}"


def test_security_page_lists_every_limit_with_its_default() -> None:
    page = (Path(__file__).parents[2] / "SECURITY.md").read_text(encoding="utf-8")
    rows = [f"| `{n}` | {shown(n, getattr(Limits(), n))} |" for n in Limits.names()]
    assert len(rows) == len(Limits.names()) > 20
    assert [row for row in rows if row not in page] == []


def test_security_page_names_tests_that_exist() -> None:
    root = Path(__file__).parents[2]
    page = (root / "SECURITY.md").read_text(encoding="utf-8")
    named = {word.strip("`,():") for word in page.split() if word.strip("`,():").endswith(".py")}
    known = {path.name for path in (*root.glob("tests/**/*.py"), *root.glob("analyzer/**/*.py"))}
    assert named
    assert {Path(name).name for name in named} <= known
