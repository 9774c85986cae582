"""``[[models]]`` of a configuration, and the settings that some models may have of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.cli.config.budgets import read_base, read_budgets
from analyzer.cli.config.globs import Glob
from analyzer.cli.config.inside import inside
from analyzer.cli.config.record import ModelsEntry
from analyzer.sanitise import widths
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from analyzer.cli.config.table import ConfigTable

KEY = "models"
FAIL_ON = ("error", "warning", "info", "never")

PER_MODEL: Mapping[str, Callable[[ConfigTable, str], Any]] = {
    "fail_on": lambda table, _: table.choice("fail-on", FAIL_ON, "error"),
    "select": lambda table, _: table.texts("select"),
    "ignore": lambda table, _: table.texts("ignore"),
    "preview": lambda table, _: table.flag("preview"),
    "weights": lambda table, _: table.flag("weights"),
    "allow_missing_data": lambda table, _: table.flag("allow-missing-data"),
    "severity": lambda table, _: table.words("severity"),
    "options": lambda table, _: table.tables("options"),
    "targets": lambda table, folder: tuple(
        _target(table, folder, name) for name in table.texts("targets")
    ),
    "budgets": lambda table, _: read_budgets(table),
    "base": read_base,
    "shapes": lambda table, _: table.shapes("shapes"),
    "dims": lambda table, _: table.counts("dims"),
    "trip_counts": lambda table, _: table.counts("trip-counts"),
    "limits": lambda table, _: table.counts("limits"),
}
"""Fields of ``Config`` that the top of a file and each ``[[models]]`` may state."""
OF_THE_PROJECT = frozenset({
    "count", "rules", "baseline", "suppress", "operators", "plugins", "trust", "nested",
    "exclude", "extend-exclude", "force-exclude", KEY,
})  # fmt: skip
"""Keys that only the top of a file may have."""
ABOVE = "holds for the whole project: put it above the first [[models]]"


def key_of(name: str) -> str:
    """How a file spells a field of ``Config``."""
    return name.replace("_", "-")


def read_entries(table: ConfigTable, folder: str, depth: int) -> Iterator[ModelsEntry]:
    """Every entry; what is wrong goes to the table's errors.

    ``depth`` is the number of keys above the settings, as in a ``pyproject.toml``.
    """
    for entry in table.list_of_tables(KEY):
        globs = tuple(_globs(entry))
        said = {name: read(entry, folder) for name, read in PER_MODEL.items()}
        entry.finish(dict.fromkeys(OF_THE_PROJECT, ABOVE))
        stated = {name: value for name, value in said.items() if entry.has(key_of(name))}
        if globs and not stated:
            entry.error("path", "there is nothing that holds for these models; add a setting such "
                        "as targets, or remove the entry")  # fmt: skip
        yield ModelsEntry(globs, stated, entry.place[depth:])


def _globs(entry: ConfigTable) -> Iterator[Glob]:
    texts = entry.text_or_texts("path")
    if not any(texts):
        entry.error("path", 'is required: which models, such as "models/edge/*.onnx"')
        return
    for text in texts:
        glob = Glob(text)
        if glob.is_inside:
            yield glob
        else:
            entry.error("path", f"{quoted(text, widths.NAME)} leads out of the project; it begins "
                        "at the folder of this file, as in \"models/edge/*.onnx\"")  # fmt: skip


def _target(table: ConfigTable, folder: str, name: str) -> str:
    """A target's name as it is; a file of it as ``inside``."""
    return inside(table, "targets", folder, name) if name.endswith(".csv") else name
