"""Earlier versions of a target: which rows it had, and what it accepted.

Known of ONNX Runtime's CPU kernels, read from each version of the package.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from analyzer.targets.table import Row, Table, tables_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

RowKey = tuple[str, str, int, int | None]
"""Domain, operator, since, until."""


class Release(NamedTuple):
    """What a version accepts."""

    version: str
    ir: int
    opset: int
    ml_opset: int


class VersionRange(NamedTuple):
    """Versions that have a row."""

    first: str
    last: str
    """Empty where the newest still has it."""


def order(version: str) -> tuple[int, ...]:
    """Sorts versions.

    >>> order("1.9.2") < order("1.20.1")
    True
    """
    return tuple(int(part) for part in version.split(".") if part.isdigit())


@cache
def releases(target: str) -> tuple[Release, ...]:
    """The versions of a target of which it is known what they accept, oldest first."""
    found = [
        Release(row["version"], int(row["ir_max"]), int(row["opset_max"]), int(row["ml_opset_max"]))
        for row in _rows(target, "versions")
    ]
    return tuple(sorted(found, key=lambda release: order(release.version)))


def versions(target: str) -> tuple[str, ...]:
    """Versions of which the rows are known, oldest first."""
    spans = history(target).values()
    if not spans:
        return ()
    first = min((span.first for span in spans), key=order)
    return tuple(r.version for r in releases(target) if order(r.version) >= order(first))


@cache
def history(target: str) -> Mapping[RowKey, VersionRange]:
    """When each row came and went; empty where that is not known."""
    return {
        (row["domain"], row["op"], int(row["since"]), int(row["until"]) if row["until"] else None):
        VersionRange(row["first"], row["last"])
        for row in _rows(target, "history")
    }  # fmt: skip


def _rows(target: str, what: str) -> list[dict[str, str]]:
    path = tables_dir() / f"{target}.{what}.csv"
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def table_at(table: Table, version: str) -> Table:
    """``table`` as it was at an earlier version.

    Types are those of the newest version: of the rows only it is known when they came.
    """
    release = next(r for r in releases(table.id) if r.version == version)
    spans = history(table.id)
    now = order(version)
    rows: dict[tuple[str, str], list[Row]] = {}
    for (domain, op, since, until), span in spans.items():
        if order(span.first) > now or (span.last and order(span.last) < now):
            continue
        rows.setdefault((domain, op), []).extend(_as_it_was(table, domain, op, since, until))
    head = {**table.header, "version": version, "opset_ceiling": str(release.opset),
            "ir_ceiling": str(release.ir)}  # fmt: skip
    lines: dict[tuple[str, str], list[tuple[int, list[str]]]] = {key: [] for key in rows}
    found = {key: tuple(of) for key, of in rows.items()}
    return Table(table.id, version, head, table.path, table.condition, lines, found)


def _as_it_was(table: Table, domain: str, op: str, since: int, until: int | None) -> list[Row]:
    today = table.rows(domain, op)
    same = [row for row in today if row.since == since and row.until == until]
    near = same or [row for row in today if row.since == since]
    if not near:
        return [Row(since, until, (), (), doubtful=True)]
    return [replace(row, until=until, doubtful=True) for row in near]
