"""What the docstrings of records and functions say, taken apart for documents."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from functools import cache
from itertools import pairwise
from typing import Any


def fields(record: type[Any]) -> dict[str, str]:
    """First paragraph about each field and property of a class, those of our bases included."""
    found: dict[str, str] = {}
    for base in reversed(record.__mro__[:-1]):
        if base.__module__.partition(".")[0] != "analyzer":
            continue
        body = _bodies(base.__module__)[base.__qualname__]
        for part, after in zip(body, [*body[1:], None], strict=True):
            if isinstance(part, ast.FunctionDef):
                found[part.name] = first(ast.get_docstring(part) or "")
            elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                found[part.target.id] = first(_text(after))
            elif isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
                found[part.targets[0].id] = first(_text(after))
    return found


@cache
def _bodies(module: str) -> dict[str, list[ast.stmt]]:
    """What stands in each class of a module, by its qualified name; a module is parsed once."""
    found: dict[str, list[ast.stmt]] = {}

    def look(part: ast.AST, within: str) -> None:
        for each in ast.iter_child_nodes(part):
            if isinstance(each, ast.ClassDef):
                found[within + each.name] = each.body
                look(each, f"{within}{each.name}.")

    look(ast.parse(inspect.getsource(sys.modules[module])), "")
    return found


def first(text: str) -> str:
    """First paragraph in one line."""
    return " ".join(text.strip().split("\n\n")[0].split())


def markdown(text: str) -> str:
    """A docstring under numpydoc's headings as Markdown: bold headings, lists of what they name."""
    text = re.sub(r"^(\w+)\n-{3,}$", r"**\1**\n", inspect.cleandoc(text), flags=re.MULTILINE)
    entries = re.compile(
        r"^(?P<name>\S[^\n]*)\n(?P<body>(?:    [^\n]*\n?|\n(?=    ))+)", re.MULTILINE
    )

    def entry(match: re.Match[str]) -> str:
        return f"- `{match['name']}`: {' '.join(match['body'].split())}\n"

    head, mark, rest = text.partition("\n**")
    whole = (head + mark + entries.sub(entry, rest)).replace("``", "`")
    return re.sub(r"^>>> .*?(?=\n\n|\Z)", r"```pycon\n\g<0>\n```", whole, flags=re.M | re.S)


def _text(part: ast.stmt | None) -> str:
    value = part.value if isinstance(part, ast.Expr) else None
    said = value.value if isinstance(value, ast.Constant) else None
    return said if isinstance(said, str) else ""


def below(source: str, name: str) -> tuple[str, str]:
    """A module's assignment to ``name`` as it is written, and the docstring below it."""
    body = ast.parse(source).body
    for part, after in pairwise(body):
        if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == name:
            return ast.unparse(part), first(_text(after))
    raise LookupError(name)
