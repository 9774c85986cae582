"""Rewrite the table of sinks in SECURITY.md: ``python -m tools.sinks``."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import fill

from analyzer.sanitise.table import EVERY, security_table

SECURITY = Path(__file__).parents[1] / "SECURITY.md"
PART = re.compile(r"(<!-- sinks -->\n).*?(<!-- end -->)", re.DOTALL)


def render(text: str) -> str:
    """``text`` with the table made anew."""
    every = fill(f"Everywhere: {EVERY}.", 100, break_on_hyphens=False) + "\n\n"
    return PART.sub(lambda found: f"{found[1]}{every}{security_table()}{found[2]}", text)


def main() -> None:
    SECURITY.write_text(render(SECURITY.read_text()))
    print(SECURITY)


if __name__ == "__main__":
    main()
