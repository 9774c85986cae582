"""Rewrite docs/api.md after changing what ``analyzer.library`` makes public; a test compares."""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from collections.abc import Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from analyzer import library, records
from analyzer.errors import OnnxlintError
from analyzer.facts import operator, tensor
from analyzer.ruleset import option
from tools import docstrings

TARGET = Path(__file__).parents[1] / "docs/api.md"
HEAD = """\
# The library

`import analyzer` gives the names on this page; nothing else is public. Written by `make readme`
from their docstrings. [README](../README.md#as-a-library) has an example.

"""


def render() -> str:
    """The page: functions, then errors, then records, each in the order of the alphabet."""
    public = {name: getattr(library, name) for name in library.__all__ if name != "__version__"}
    functions = {n: v for n, v in public.items() if inspect.isfunction(v)}
    classes = {n: v for n, v in public.items() if inspect.isclass(v)}
    errors = {n: v for n, v in classes.items() if issubclass(v, Exception)}
    records = {n: v for n, v in classes.items() if n not in errors}
    aliases = {n: v for n, v in public.items() if n not in functions and n not in classes}
    parts = ["## Functions\n", *(_function(*each) for each in functions.items())]
    parts += ["## What they take and give\n", *(_class(*each) for each in records.items())]
    parts += [_alias(name) for name in aliases]
    parts += ["## Errors\n", *(_error(*each) for each in errors.items())]
    return HEAD + "\n".join(parts)


def _function(name: str, function: Any) -> str:
    signature = _signature(name, inspect.signature(function))
    text = docstrings.markdown(function.__doc__ or "")
    return f"### {name}\n\n```python\n{signature}\n```\n\n{text}\n"


def _signature(name: str, signature: inspect.Signature) -> str:
    """One line, or one for each parameter where that is too long."""
    signature = _written(signature)
    line = _spelt(f"{name}{signature}")
    if len(line) <= 88:
        return line
    parts: list[str] = []
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and "    *," not in parts:
            parts.append("    *,")
        parts.append(_spelt(f"    {parameter},"))
    return "\n".join([f"{name}(", *parts, f") -> {signature.return_annotation}"])


def _written(signature: inspect.Signature, skipped: int = 0) -> inspect.Signature:
    """Annotations and defaults as the source has them; ``skipped`` parameters left out."""
    parameters = [
        p.replace(default=_default(p.default), annotation=_Said(p.annotation))
        for p in signature.parameters.values()
    ]
    returned = _Said(signature.return_annotation)
    return signature.replace(parameters=parameters[skipped:], return_annotation=returned)


class _Said(str):
    """A default or annotation as it is written, not as it is represented."""

    def __repr__(self) -> str:
        return str(self)


def _default(value: Any) -> Any:
    """Records by their class, which is what is called; texts in quotes that stay."""
    if dataclasses.is_dataclass(value):
        return _Said(f"{type(value).__name__}()")
    return _Said(f'"{value}"') if isinstance(value, str) else value


OPAQUE = ("Operator",)
"""Classes that are handed on, and whose members are nobody's business."""


def _class(name: str, record: type[Any]) -> str:
    members = _members(record) if name not in OPAQUE else ()
    text = record.__doc__ or ""
    said = docstrings.first(text) if name not in OPAQUE else docstrings.markdown(text)
    return "\n".join([f"### {name}\n", _plainly(said), "", *members])


def _members(record: type[Any]) -> Iterator[str]:
    texts = docstrings.fields(record)
    if issubclass(record, Enum):
        for member in record:
            yield f"- `{member.name}` = `{member.value}` {_said(texts, member.name)}".rstrip()
        yield ""
        return
    kinds = {}
    if dataclasses.is_dataclass(record):
        kinds = {f.name: str(f.type) for f in dataclasses.fields(record)}
    elif hasattr(record, "_fields"):  # a named tuple
        kinds = {name: str(kind.__forward_arg__) for name, kind in record.__annotations__.items()}
    for base in reversed(record.__mro__[:-1]):
        for attribute, value in vars(base).items():
            if isinstance(value, property) and base.__module__.startswith("analyzer"):
                kinds[attribute] = str(value.fget.__annotations__.get("return", ""))
    for attribute, kind in kinds.items():
        if not attribute.startswith("_"):
            yield f"- `{attribute}: {_spelt(kind)}` {_said(texts, attribute)}".rstrip()
    for attribute, value in inspect.getmembers(record, inspect.isfunction):
        ours = value.__module__.startswith("analyzer")
        if ours and not attribute.startswith("_"):
            yield f"- `{attribute}{_call(value)}` {_said(texts, attribute)}".rstrip()
    yield ""


def _call(method: Any) -> str:
    """A method's parameters, without ``self``, and what it gives."""
    return str(_written(inspect.signature(method), 1))


def _spelt(kind: str) -> str:
    """An annotation with short names for types written out."""
    while (spelt := _SHORT.sub(lambda match: _aliases()[match[0]], kind)) != kind:
        kind = spelt
    return _ANNOTATED.sub(r"\1", kind)


_ALIASES = {"Dim": tensor, "Shape": tensor, "ConvKind": operator, "Digest": records,
            "Signed": records, "Format": library, "OptionValue": option}  # fmt: skip
_SHORT = re.compile(rf"\b({'|'.join(_ALIASES)})\b")
_ANNOTATED = re.compile(r"Annotated\[(\w+), '[^']*'\]")


@cache
def _aliases() -> dict[str, str]:
    found = ((name, inspect.getsource(module)) for name, module in _ALIASES.items())
    return {name: docstrings.below(source, name)[0].partition(" = ")[2] for name, source in found}


def _said(texts: dict[str, str], name: str) -> str:
    return _plainly(texts.get(name, ""))


def _plainly(text: str) -> str:
    return text.replace("``", "`")


def _alias(name: str) -> str:
    """A name for a type; what it says stands below it in its module."""
    from analyzer.model import reading

    text = docstrings.below(inspect.getsource(reading), name)
    return f"### {name}\n\n```python\n{text[0]}\n```\n\n{text[1]}\n"


def _error(name: str, error: type[Exception]) -> str:
    base = "" if error is OnnxlintError else f" An `{OnnxlintError.__name__}`."
    return f"- `{name}`: {_plainly(docstrings.first(error.__doc__ or ''))}{base}"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
    sys.stdout.write(f"wrote {TARGET.name}\n")
