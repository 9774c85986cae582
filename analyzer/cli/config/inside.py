"""Files that a configuration names: none of them is outside of its project."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from analyzer.cli.paths import leaves
from analyzer.sanitise import widths
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from analyzer.cli.config.table import ConfigTable


def inside(table: ConfigTable, key: str, folder: str, name: str) -> str:
    """``name`` resolved against the project's ``folder``, which it must not leave."""
    if not name:
        return ""
    path = os.path.join(folder, name)
    if not leaves(path, folder):
        return path
    table.error(key, f"{quoted(name, widths.NAME)} leads out of the project, the folder of this "
                "file; name it on the command line if you mean it")  # fmt: skip
    return ""
