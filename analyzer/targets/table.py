"""A target's table: a file of rows, each "this operator, in these versions, with these types".

The form is CSV with a header block of ``# key: value`` lines, so that people can read and edit it
and a team can write one of its own accelerator. ``docs/targets.md`` describes every key.
"""

from __future__ import annotations

import csv
import re
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.dataclass import dataclass
from analyzer.errors import ConfigError
from analyzer.sanitise import widths
from analyzer.sanitise.widths import quoted
from analyzer.targets.condition import ConditionError, parse_condition
from analyzer.targets.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.targets.condition import Clause

MOST_BYTES = 4 << 20
"""Size of a table."""
COLUMNS = ("domain", "op", "since", "until", "dtypes", "condition", "note")
KEYS: Mapping[str, str] = {
    "id": "what the command line calls it",
    "name": "what people call it",
    "version": "of the runtime that the rows are about",
    "date": "when that was",
    "source": "where the rows come from",
    "commit": "of the source, or the package",
    "licence": "of the source",
    "kind": "`delegate`: what it cannot run falls back; `runtime`: then nothing runs",
    "group": "another name, which several targets may share",
    "host": "`onnxruntime`: its optimiser works on the graph first",
    "opset_floor": "oldest opset that is tested",
    "opset_ceiling": "newest opset of ai.onnx that it takes",
    "ir_ceiling": "newest IR version that it takes",
    "dynamic_shapes": "words about dimensions that are not fixed",
    "functions": "`yes` or `no`: local functions of the model are understood",
    "bodies": "`no`: nothing of a body of If, Loop or Scan; `option`: only if that is switched on",
    "half_as_float": "`yes`: float16 may use what is there for float32",
    "match": "`kernel`, `kernel-open` or `range`: what an open row covers",
    "condition": "holds for every row",
    "trust": "what the table is worth",
    "completeness": "what it leaves out",
}
REQUIRED = ("id", "name", "version", "date", "source", "licence", "kind", "match", "trust")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": ("delegate", "runtime"), "match": ("kernel", "kernel-open", "range"),
    "functions": ("yes", "no"), "bodies": ("yes", "no", "option"),
    "half_as_float": ("yes", "no"), "host": ("onnxruntime",),
}  # fmt: skip
_NUMERIC = ("opset_floor", "opset_ceiling", "ir_ceiling")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_DTYPE = re.compile(r"[A-Za-z0-9_(),]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row."""

    since: int
    until: int | None
    """``None``: open; ``Table.match`` says what that covers."""
    dtypes: tuple[tuple[str, frozenset[str]], ...]
    """What is constrained (type parameter, formal name, ``#0``, or empty for input 0), to what."""
    condition: tuple[Clause, ...]
    note: str = ""
    doubtful: bool = False
    """The types are those of a later version of the target."""


@dataclass(frozen=True, slots=True)
class Table:
    """A target."""

    id: str
    version: str
    header: Mapping[str, str]
    """As in the file."""
    path: str
    condition: tuple[Clause, ...]
    """Holds for every row."""
    _lines: Mapping[tuple[str, str], list[tuple[int, list[str]]]] = field(repr=False)
    """Raw rows with their line numbers, by domain and operator."""
    _rows: dict[tuple[str, str], tuple[Row, ...]] = field(default_factory=dict, repr=False)

    def text(self, key: str) -> str:
        """What the head says under ``key``; empty for nothing."""
        return self.header.get(key, "")

    @property
    def delegates(self) -> bool:
        """What it cannot run falls back to something else."""
        return self.header["kind"] == "delegate"

    @property
    def match(self) -> str:
        return self.header["match"]

    def ceiling(self, key: str) -> int | None:
        """``opset_ceiling`` or ``ir_ceiling``; ``opset_floor``, too."""
        text = self.header.get(key, "")
        return int(text) if text else None

    def rows(self, domain: str, op_type: str) -> tuple[Row, ...]:
        """All rows of an operator, read when first asked for; raises ``ConfigError``."""
        key = (domain or "ai.onnx", op_type)
        found = self._rows.get(key)
        if found is None:
            found = tuple(_row(self.path, line, cells) for line, cells in self._lines.get(key, ()))
            self._rows[key] = found
        return found

    def operators(self) -> Iterator[tuple[str, str]]:
        """Domain and name of every operator that has a row."""
        return iter(self._lines)

    def validate(self) -> None:
        """Read every row; raises one ``ConfigError`` with every mistake, up to 50."""
        mistakes: list[str] = []
        for key in self._lines:
            try:
                self.rows(*key)
            except ConfigError as error:
                mistakes += error.lines
        if mistakes:
            raise ConfigError(*mistakes[:50])


def tables_dir() -> Path:
    """Folder of the shipped tables."""
    return Path(__file__).resolve().parent / "tables"


@cache
def shipped(target: str) -> Table:
    """The shipped table with this id."""
    return read_table(str(tables_dir() / f"{target}.csv"))


def read_table(path: str, data: bytes | None = None) -> Table:
    """The table in a file; its rows are read when they are asked for.

    Raises
    ------
    ConfigError
        One line ``file:line: what is wrong`` for every mistake of its head.
    """
    text = _text(path, Path(path).read_bytes() if data is None else data)
    header, start, mistakes = _header(path, text)
    lines = _lines(path, text, start, mistakes)
    condition: tuple[Clause, ...] = ()
    try:
        condition = parse_condition(header.get("condition", ""))
    except ConditionError as error:
        mistakes.append(f"{path}: condition: {error}")
    if mistakes:
        raise ConfigError(*mistakes[:50])
    return Table(header["id"], header["version"], header, path, condition, lines)


_Lines = dict[tuple[str, str], list[tuple[int, list[str]]]]
"""Lines with their numbers, by domain and operator."""


def _lines(path: str, text: str, start: int, mistakes: list[str]) -> _Lines:
    """The lines below the head.

    The handler is in a short function and the loop in another: where there is no memory left,
    Python 3.11 never comes out of a long one that passes an error on (it asks for a number that
    says where it was, again and again).
    """
    lines: _Lines = {}
    reader = csv.reader(text.splitlines()[start:], strict=True)
    try:
        _read(reader, path, start, lines, mistakes)
    except csv.Error as error:
        mistakes.append(f"{path}:{start + reader.line_num}: {error}")
    return lines


def _read(reader: Any, path: str, start: int, lines: _Lines, mistakes: list[str]) -> None:
    if tuple(next(reader, [])) != COLUMNS:
        mistakes.append(f"{path}:{start + 1}: the columns must be {','.join(COLUMNS)}")
        return
    for cells in reader:
        line = start + reader.line_num
        if not cells:
            continue
        if len(cells) != len(COLUMNS):
            mistakes.append(f"{path}:{line}: {len(cells)} cells; there are {len(COLUMNS)} columns")
        elif not (cells[0] and cells[1]):
            mistakes.append(f"{path}:{line}: a row needs a domain and an operator")
        else:
            lines.setdefault((cells[0], cells[1]), []).append((line, cells))


def _text(path: str, data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise ConfigError(f"{path}: larger than {MOST_BYTES:,} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start:,} is not UTF-8") from None


def _header(path: str, text: str) -> tuple[dict[str, str], int, list[str]]:
    """Keys and values, the number of lines they take, and what is wrong with them."""
    header: dict[str, str] = {}
    mistakes: list[str] = []
    count = 0
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        count += 1
        key, colon, value = line[1:].partition(":")
        key, value = key.strip(), value.strip()
        if not colon:
            continue  # a comment
        if key not in KEYS:
            hint = did_you_mean(key, KEYS) or f"; keys are {', '.join(KEYS)}"
            mistakes.append(f"{path}:{count}: unknown key {quoted(key)}{hint}")
        elif key in header:
            mistakes.append(f"{path}:{count}: {key} is stated twice")
        else:
            header[key] = value
            mistakes += [f"{path}:{count}: {key}: {wrong}" for wrong in _wrong(key, value)]
    for key in REQUIRED:
        if not header.get(key):
            mistakes.append(f"{path}: a line '# {key}: …' is needed: {KEYS[key]}")
    return header, count, mistakes


def _wrong(key: str, value: str) -> Iterator[str]:
    choices = _CHOICES.get(key)
    if choices and value not in choices:
        yield f"must be {' or '.join(choices)}, not {quoted(value)}"
    if key in _NUMERIC and not (value.isascii() and value.isdigit() and len(value) < 6):
        yield f"must be a whole number, not {quoted(value)}"
    if key in ("id", "group") and not _ID.fullmatch(value):
        yield f"{quoted(value)} is not made of letters, digits, '_', '-' and '.'"


def _row(path: str, line: int, cells: list[str]) -> Row:
    _, _, since, until, dtypes, condition, note = cells
    try:
        return Row(
            _number(since, "since"),
            _number(until, "until") if until else None,
            tuple(_types(dtypes)),
            parse_condition(condition),
            note,
        )
    except ValueError as error:
        raise ConfigError(f"{path}:{line}: {error}") from None


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise ValueError(f"{what} must be a whole number, not {quoted(text)}")
    return int(text)


def _types(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    for part in text.split(";"):
        part = part.strip()
        if not part:
            continue
        name, equals, listed = part.rpartition("=")
        names = frozenset(word.strip() for word in listed.split("|"))
        if not all(_DTYPE.fullmatch(word) for word in names) or (equals and not name.strip()):
            raise ValueError(f"{quoted(part, widths.NAME)} are no element types; write T=f32|f16")
        yield name.strip(), names
