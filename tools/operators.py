"""Rewrite docs/operators.md after changing a cost rule; a test compares the two."""

from __future__ import annotations

from pathlib import Path

from analyzer.operators.table import operators_markdown

if __name__ == "__main__":
    target = Path(__file__).parents[1] / "docs/operators.md"
    target.parent.mkdir(exist_ok=True)
    target.write_text(operators_markdown(), encoding="utf-8")
    print(f"wrote {target.name}")
