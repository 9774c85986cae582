r"""Baselines as text that people review: JSON lines, one for what is accepted at each place.

::

    {"schema": 2, "tool": "onnxlint"}
    {"model": "net.onnx", "input": "x", "axis": 0, "size": 1, "reason": "default"}
    {"rule": "SEP001", "model": "net.onnx", "place": "conv1", "message": "standard 3×3 …",
     "value": 102318336, "unit": "MAC", "severity": "warning", "fingerprint": "…"}

(each on one line). The lines are sorted and depend on nothing but what they say. Those that two
branches add can be put together in any order, equal ones count once, and a plain text editor
shows all there is: characters that are not plainly visible are written as ``\u`` escapes.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from analyzer.errors import ConfigError
from analyzer.findings.baseline import Accepted, Baseline, BoundSize
from analyzer.findings.finding import Severity
from analyzer.sanitise import json_line
from analyzer.units import spell

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = 2
TOOL = "onnxlint"
MAX_BYTES = 64 * 1024 * 1024
"""BoundSize of a baseline file."""
MAX_LINE = 64 * 1024
"""Bytes of one line; those that are written have a few hundred."""
MAX_COUNT = 1_000_000
"""Findings that one file may accept."""

MAX_DIGITS = 1_000
"""Of a whole number; counts are exact however large they are."""

_FINGERPRINT = re.compile(r"[0-9a-f]{12}-[0-9a-f]{16}-[0-9a-f]{12}-[0-9a-f]{12}")
_CONFLICT = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")
_REMEDY = "write it again: onnxlint check MODELS --write-baseline FILE"


def dump_baseline(baseline: Baseline) -> bytes:
    """The file's bytes; the same baseline gives the same bytes."""
    lines = [_line({"schema": SCHEMA, "tool": TOOL})]
    for model in sorted(baseline.models):
        entries = baseline.models[model]
        if not entries:
            continue
        lines += [
            _line({"model": model, "input": s.input, "axis": s.axis, "size": s.value,
                   "reason": s.reason})
            for s in sorted(baseline.sizes.get(model, ()))
        ]  # fmt: skip
        lines += sorted(_line(_entry(model, entry)) for entry in entries)
    return "".join(f"{line}\n" for line in lines).encode()


def _entry(model: str, entry: Accepted) -> dict[str, object]:
    found: dict[str, object] = {"rule": entry.rule, "model": model, "place": entry.place,
                                "message": entry.message}  # fmt: skip
    if entry.value is not None:
        found |= {"value": entry.value, "unit": entry.unit}
    if entry.target:
        found["target"] = entry.target
    found |= {"severity": entry.severity.value, "fingerprint": entry.fingerprint}
    return found | ({"count": entry.count} if entry.count > 1 else {})


def _line(content: dict[str, object]) -> str:
    return json_line(json.dumps(content, ensure_ascii=False))


def parse_baseline(data: bytes, source: str = "baseline", folder: str = "") -> Baseline:
    """Read a file's bytes; paths in it are relative to ``folder``.

    Takes time linear in their number. Raises ``ConfigError`` with the first line that is wrong.
    """
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{source}: larger than {MAX_BYTES:,} bytes")
    if is_first_schema(data):
        raise ConfigError(f"{source}: a baseline of schema 1, which this version does not read; "
                          f"{_REMEDY}")  # fmt: skip
    reader = _Reader()
    number = 1
    for number, line in _lines(data):
        try:
            reader.add(line)
        except ValueError as error:
            raise ConfigError(f"{source}:{number}: {error}") from None
    if not reader.begun:
        raise ConfigError(f"{source}:{number}: no baseline, its first line has to be "
                          f"{_line({'schema': SCHEMA, 'tool': TOOL})}; {_REMEDY}")  # fmt: skip
    models = {
        model: tuple(replace(entry, count=count) for entry, count in found.items())
        for model, found in reader.models.items()
    }
    sizes = {model: tuple(found) for model, found in reader.sizes.items()}
    return Baseline(models, sizes, folder, source)


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Numbered lines that are not blank; editors of other systems may have been at work."""
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        stripped = line.strip(b" \t\r")
        if stripped:
            yield number, stripped


def is_first_schema(data: bytes) -> bool:
    """Whether this is a baseline of schema 1: one JSON object over several lines."""
    if b'"schema": 1' not in data or b"\n" not in data.strip():
        return False
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.get("schema") == 1


class _Reader:
    """Lines → entries; methods raise ``ValueError`` that says what is wrong."""

    def __init__(self) -> None:
        self.begun = False
        self.models: dict[str, dict[Accepted, int]] = {}
        self.sizes: dict[str, dict[BoundSize, None]] = {}
        self._count = 0

    def add(self, line: bytes) -> None:
        content = _parsed(line)
        if not self.begun or "schema" in content:
            _check_head(content)  # a second one may come of putting two files together
            self.begun = True
        elif "rule" in content:
            model, entry = _read_entry(content)
            found = self.models.setdefault(model, {})
            one = replace(entry, count=1)
            before = found.get(one, 0)
            found[one] = max(before, entry.count)
            self._count += found[one] - before
            if self._count > MAX_COUNT:
                raise ValueError(f"more than {MAX_COUNT:,} findings are accepted")
        else:
            model, size = _read_size(content)
            self.sizes.setdefault(model, {})[size] = None


def _parsed(line: bytes) -> dict[str, Any]:
    if line.startswith(_CONFLICT):
        raise ValueError("a conflict is left from merging; keep the lines of both sides and "
                         "remove the markers")  # fmt: skip
    if len(line) > MAX_LINE:
        raise ValueError(f"longer than {MAX_LINE:,} bytes")
    try:
        content = json.loads(line.decode("utf-8"), object_pairs_hook=_unique, parse_int=_integer)
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start:,} is not UTF-8") from None
    except RecursionError:
        raise ValueError("not a JSON object on one line") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not a JSON object on one line: {error.msg}") from None
    if not isinstance(content, dict):
        raise ValueError("not a JSON object on one line")
    return content


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number has more than {MAX_DIGITS:,} digits")
    return int(digits)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is stated twice")
    return found


def _check_head(content: dict[str, Any]) -> None:
    schema = content.get("schema")
    if type(schema) is not int or content.get("tool") != TOOL:
        raise ValueError(f"no baseline, the first line has to be "
                         f"{_line({'schema': SCHEMA, 'tool': TOOL})}; {_REMEDY}")  # fmt: skip
    if schema != SCHEMA:
        advice = "use a newer onnxlint" if schema > SCHEMA else _REMEDY
        raise ValueError(f"a baseline of schema {spell(schema)}, which this version does not read; "
                         f"{advice}")  # fmt: skip


def _read_entry(content: dict[str, Any]) -> tuple[str, Accepted]:
    fields = _Fields(content)
    value = fields.number("value")
    entry = Accepted(
        rule=fields.text("rule"),
        place=fields.text("place"),
        message=fields.text("message"),
        severity=fields.severity(),
        fingerprint=fields.text("fingerprint"),
        value=value,
        unit=fields.text("unit", ""),
        target=fields.text("target", ""),
        count=fields.count("count", 1),
    )
    model = fields.text("model")
    fields.finish()
    if not _FINGERPRINT.fullmatch(entry.fingerprint):
        raise ValueError("'fingerprint' is none")
    return model, entry


def _read_size(content: dict[str, Any]) -> tuple[str, BoundSize]:
    fields = _Fields(content)
    size = BoundSize(
        input=fields.text("input"),
        axis=fields.count("axis"),
        value=fields.count("size"),
        reason=fields.text("reason"),
    )
    model = fields.text("model")
    fields.finish()
    return model, size


class _Fields:
    """The members of one object; what is asked for is known."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._left = dict(content)

    def text(self, name: str, default: str | None = None) -> str:
        value = self._left.pop(name, default)
        if not isinstance(value, str):
            raise ValueError(f"'{name}' {self._wrong(value, 'a text')}")
        return value

    def number(self, name: str) -> float | None:
        value = self._left.pop(name, None)
        known = type(value) is int or (type(value) is float and isfinite(value))
        if value is not None and not known:
            raise ValueError(f"'{name}' {self._wrong(value, 'a number')}")
        return value if known else None

    def count(self, name: str, default: int | None = None) -> int:
        value = self._left.pop(name, default)
        if type(value) is not int or not 0 <= value < 2**63:
            raise ValueError(f"'{name}' {self._wrong(value, 'a whole number from 0 on')}")
        return value

    def severity(self) -> Severity:
        text = self.text("severity")
        try:
            return Severity(text)
        except ValueError:
            raise ValueError("'severity' is not error, warning or info") from None

    def finish(self) -> None:
        if self._left:
            name = next(iter(self._left))
            raise ValueError(f"unknown key {spell(name)}")

    @staticmethod
    def _wrong(value: object, wanted: str) -> str:
        return "is missing" if value is None else f"is {spell(value)}, not {wanted}"
