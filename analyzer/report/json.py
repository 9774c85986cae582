"""JSON: the contract that other programs read; its schema ships as ``schema.json``."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from analyzer.report.document import Document
from analyzer.sanitise import without_commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from analyzer.report.result import Batch, Options, Result


def render(result: Result, options: Options) -> bytes:
    """One model, for ``inspect`` and ``report``."""
    return encode(Document(result).to_dict())


def render_batch(batch: Batch, options: Options) -> bytes:
    """Many models, for ``check``."""
    models = [
        Written(options.remember(result, partial(_document, result))) for result in batch.results
    ]
    return encode(batch.to_dict() | {"models": models})


def _document(result: Result) -> bytes:
    """One of many models, as it stands in their list."""
    return _joined(_members(Document(result).to_dict(), _INSIDE))


class Written(bytes):
    """A document that is encoded already."""

    __slots__ = ()


def encode(value: Mapping[str, Any] | list[Any]) -> bytes:
    """A document or a list: a line for each member, and for each object in a list.

    Pure ASCII without commands to CI systems, so that no name in it can drive a terminal or the
    log it may be printed to, or fail to encode.
    Python indents in Python, which takes several times as long as all else on large models.
    """
    parts = _items(value, "\n ") if isinstance(value, list) else _members(value)
    return _joined(parts) + b"\n"


def encode_lines(values: Iterable[Mapping[str, Any]]) -> bytes:
    """One object a line, as safe as ``encode`` makes them."""
    return b"".join(_escape(_compact(value)) + b"\n" for value in values)


def _members(value: Mapping[str, Any], indent: str = "\n ") -> Iterator[str | Written]:
    before = "{"
    for key, member in value.items():
        yield f"{before}{indent}{_compact(str(key))}: "
        if isinstance(member, list) and any(isinstance(item, dict | Written) for item in member):
            yield from _items(member, indent + " ", documents=key in _DOCUMENTS)
        else:
            yield _compact(member)
        before = ","
    yield f"{indent[:-1]}}}" if value else "{}"


def _items(items: list[Any], indent: str, *, documents: bool = False) -> Iterator[str | Written]:
    before = "["
    for item in items:
        yield before + indent
        if isinstance(item, Written):
            yield item
        elif documents:
            yield from _members(item, indent + " ")
        else:
            yield _compact(item)
        before = ","
    yield f"{indent[:-1]}]" if items else "[]"


_INSIDE = "\n   "
"""Before a member of an item of such a member."""
_DOCUMENTS = frozenset({"models", "runs"})
"""Members whose items are documents themselves."""
_SURROGATE = re.compile(
    r"\\(?:\\|ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|u(?P<lone>d[89a-f][0-9a-f]{2}))"
)
"""An escaped backslash, a pair of surrogates, or one alone: a byte of a path that is no UTF-8."""
_compact = json.JSONEncoder(ensure_ascii=True, allow_nan=False, check_circular=False).encode


def _escape(text: str) -> bytes:
    text = without_commands(text.replace("\x7f", "\\u007f"), _code)
    if "\\ud" in text:
        text = _SURROGATE.sub(_readable, text)
    return text.encode("ascii")


def _joined(parts: Iterable[str | Written]) -> bytes:
    return b"".join(part if isinstance(part, Written) else _escape(part) for part in parts)


def _code(char: str) -> str:
    return f"\\u{ord(char):04x}"


def _readable(match: re.Match[str]) -> str:
    """What stays as it is, or the byte or surrogate as people write it: JSON has no such text."""
    code = match["lone"]
    if code is None:
        return match[0]
    return f"\\\\x{code[2:]}" if "dc80" <= code <= "dcff" else f"\\\\u{code}"
