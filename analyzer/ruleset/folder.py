"""Folders of rule files → rules."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from analyzer.errors import RuleError
from analyzer.language import spoken
from analyzer.resources import rules_dir
from analyzer.ruleset.shipped import read_shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from analyzer.language import Language
    from analyzer.ruleset.rule import Rule

MAX_FILES = 1000
"""Rule files in one folder."""
MAX_BYTES = 64 * 1024
"""Size of a rule file; the largest shipped one has 4 kB."""


def load_rules(directory: Traversable | Path | None = None) -> tuple[Rule, ...]:
    """Every ``*.yaml`` rule of a folder, or the rule of one file, by id.

    ``None`` is the folder of those that ship with onnxlint; a process reads them once in each
    language.

    Raises
    ------
    RuleError
        One line ``file:line: what is wrong`` for each error of each file, or: there is no
        folder, no rule in it, or two rules share an id or a name.
    """
    if directory is None:
        return _shipped(rules_dir(), spoken())
    from analyzer.ruleset.load import parse_rule

    return _loaded(directory, parse_rule)


@cache
def _shipped(folder: Path, _language: Language) -> tuple[Rule, ...]:
    """Those that ship; to choose among them takes no parser."""
    return _loaded(folder, read_shipped)


def _loaded(folder: Traversable | Path, read_one: Callable[[str, str], Rule]) -> tuple[Rule, ...]:
    """The rules of a folder or file, each text read by ``read_one``."""
    if folder.is_file() and folder.name.endswith(".yaml"):
        return (read_one(_text(folder), str(folder)),)
    if not folder.is_dir():
        raise RuleError(f"{folder}: no such folder of rules")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    if not files or len(files) > MAX_FILES:
        raise RuleError(f"{folder}: {len(files)} rule files (*.yaml), expected 1 to {MAX_FILES}")
    rules: list[Rule] = []
    problems: list[str] = []
    for file in files:
        try:
            rules.append(read_one(_text(file), file.name))
        except RuleError as error:
            problems += error.lines
    problems += clashes(rules)
    if problems:
        raise RuleError(*problems)
    return tuple(sorted(rules, key=lambda rule: rule.id))


def _text(file: Traversable | Path) -> str:
    if not file.is_file():  # a pipe would keep us waiting
        raise RuleError(f"{file.name}:1: is not a file")
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise RuleError(f"{file.name}:1: larger than {MAX_BYTES} bytes")
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise RuleError(f"{file.name}:1: not UTF-8 text") from None
    except OSError as error:
        raise RuleError(f"{file.name}:1: cannot be read: {error.strerror}") from None


def clashes(rules: Iterable[Rule]) -> list[str]:
    """Ids and names that more than one rule uses, each as a line about the later file."""
    owners: dict[str, Rule] = {}
    found = []
    for rule in rules:
        for key in (rule.id, rule.name):
            other = owners.setdefault(key, rule)
            if other is not rule:
                found.append(f"{rule.source}:1: {key} is already the rule in {other.source}")
    return found
