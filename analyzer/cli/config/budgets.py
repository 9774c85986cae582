"""``budgets`` and ``base`` of a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.cli.config.inside import inside
from analyzer.cli.git import PREFIX
from analyzer.cli.paths import SUFFIX
from analyzer.sanitise import widths
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.cli.budgets.limit import Limit
    from analyzer.cli.config.table import ConfigTable

KEY, BASE = "budgets", "base"


def read_budgets(table: ConfigTable) -> Mapping[str, tuple[Limit, ...]]:
    """Figure → its budgets, all of which hold; none of a figure whose budget is lifted."""
    inner = table.table(KEY)
    if not table.has(KEY):
        return {}
    from analyzer.cli.budgets.figures import FIGURES, OTHER_NAMES
    from analyzer.cli.budgets.limit import NONE, parse_limit

    found: dict[str, tuple[Limit, ...]] = {}
    for name, figure in FIGURES.items():
        value = inner.anything(name)
        parts = value if isinstance(value, list) else [value]
        limits = []
        for part in parts if inner.has(name) else ():
            try:
                if part != NONE:
                    limits.append(parse_limit(part, figure))
            except ValueError as error:
                inner.error(name, str(error))
        if inner.has(name):
            found[name] = tuple(limits)
    hints = {other: f"is called {name!r} here" for other, name in OTHER_NAMES.items()}
    inner.finish({**hints, BASE: "stands beside budgets, not in it"})
    return found


def read_base(table: ConfigTable, folder: str) -> str:
    """``git:REV``, ``git:REV:path``, or a file in the project's ``folder``."""
    text = table.text(BASE)
    if not text.startswith(PREFIX):
        if text and not text.lower().endswith(SUFFIX):
            table.error(BASE, f"{quoted(text, widths.NAME)} is no {SUFFIX} file; a revision of git "
                        f'is spelt "git:{text[:60]}"')  # fmt: skip
            return ""
        return inside(table, BASE, folder, text)
    revision, colon, path = text.removeprefix(PREFIX).partition(":")
    if not revision or revision.startswith("-") or (colon and not path):
        table.error(BASE, f"{quoted(text, widths.NAME)} names no revision; say git:main (the same "
                    "path there) or git:main:models/base.onnx")  # fmt: skip
        return ""
    return text
