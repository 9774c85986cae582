"""What may stand at the end of an unfinished command line, read off the grammar of commands."""

from __future__ import annotations

from argparse import SUPPRESS
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from analyzer.cli.parser import COMMANDS, command_parser

if TYPE_CHECKING:
    from argparse import Action, ArgumentParser
    from collections.abc import Callable, Iterator, Mapping, Sequence

WORD, OPEN, FILE, FOLDER = "word", "open", "file", "folder"
"""A word; one that goes on, such as ``json=``; any path; a folder's."""


class Candidate(NamedTuple):
    """A word that may stand where the command line ends, or: paths may."""

    kind: str
    value: str
    """The whole word; of ``file`` and ``folder`` what stands in it before the path."""
    help: str = ""


def candidates(words: Sequence[str]) -> list[Candidate]:
    """What the last of ``words`` may become; they follow the program's name."""
    *before, current = words or [""]
    if not before:
        top = {name: command.summary for name, command in COMMANDS.items()}
        offered = [*top.items(), ("--help", "show help"), ("--version", "show the version")]
        return _that_begin(current, (Candidate(WORD, word, text) for word, text in offered))
    name, *given = before
    if name not in COMMANDS:
        return []
    module = import_module(f"analyzer.cli.{COMMANDS[name].module}")
    parser = command_parser(name, module.configure)
    return _that_begin(current, _of_command(parser, given, current))


def _that_begin(current: str, offered: Iterator[Candidate]) -> list[Candidate]:
    return [c for c in offered if c.kind in (FILE, FOLDER) or c.value.startswith(current)]


def _of_command(parser: ArgumentParser, given: list[str], current: str) -> Iterator[Candidate]:
    options = {word: action for action in parser._actions for word in action.option_strings}
    wanted, literal = _wanted(parser, options, given)
    word, equals, value = current.partition("=")
    if wanted is not None and wanted.option_strings:
        yield from _values(wanted, parser, current)
    elif equals and not literal and word in options:
        for c in _values(options[word], parser, value):
            yield c._replace(value=f"{word}={c.value}")
    elif current.startswith("-") and not literal:
        for option, action in options.items():
            if action.help != SUPPRESS and option.startswith("--"):
                yield Candidate(WORD, option, _brief(action))
    elif wanted is not None:
        yield from _values(wanted, parser, current)


def _wanted(
    parser: ArgumentParser, options: Mapping[str, Action], given: list[str]
) -> tuple[Action | None, bool]:
    """The option or argument whose value comes next; whether no options come any more."""
    places = [action for action in parser._actions if not action.option_strings]
    waiting: Action | None = None
    literal = False
    for word in given:
        if waiting is not None:
            waiting = None
        elif not literal and word == "--":
            literal = True
        elif not literal and word.startswith("-") and word != "-":
            action = options.get(word)
            waiting = action if action is not None and action.nargs != 0 else None
        elif places and places[0].nargs not in ("+", "*"):
            places = places[1:]
    return waiting or (places[0] if places else None), literal


def _values(action: Action, parser: ArgumentParser, current: str) -> Iterator[Candidate]:
    if action.choices is not None:
        yield from (Candidate(WORD, str(choice)) for choice in action.choices)
    elif isinstance(action.metavar, str):
        yield from VALUES[action.metavar](parser, current)


def _brief(action: Action) -> str:
    return (action.help or "").partition("; ")[0].partition(" (")[0].replace("%%", "%")


def _nothing(parser: ArgumentParser, current: str) -> Iterator[Candidate]:
    yield from ()


def _file(parser: ArgumentParser, current: str) -> Iterator[Candidate]:
    yield Candidate(FILE, "")


def _folder(parser: ArgumentParser, current: str) -> Iterator[Candidate]:
    yield Candidate(FOLDER, "")


def _rule(parser: ArgumentParser, current: str) -> Iterator[Candidate]:
    from analyzer.ruleset import load_rules

    rules = load_rules()
    yield from (Candidate(WORD, rule.id, rule.name) for rule in rules)
    yield from (Candidate(WORD, rule.name, rule.id) for rule in rules)


def _rules(parser: ArgumentParser, current: str) -> Iterator[Candidate]:
    """Ids, names and categories, after a comma, too."""
    from analyzer.ruleset import load_rules
    from analyzer.ruleset.select import EVERY

    categories = sorted({rule.category for rule in load_rules()})
    words = [*_rule(parser, current), *(Candidate(WORD, word) for word in (*categories, EVERY))]
    yield from _listed(words, current)


def _format_and_path(parser: ArgumentParser, current: str) -> Iterator[Candidate]:
    name, equals, _ = current.partition("=")
    if equals:
        yield Candidate(FILE, f"{name}=")
    else:
        yield from (Candidate(OPEN, f"{word}=") for word in _formats(parser))


def _path_or_format(parser: ArgumentParser, current: str) -> Iterator[Candidate]:
    yield from _format_and_path(parser, current)
    if "=" not in current:
        yield Candidate(FILE, "")


def _formats(parser: ArgumentParser) -> Iterator[str]:
    """Those of the command's own ``--format``."""
    for action in parser._actions:
        if "--format" in action.option_strings:
            yield from map(str, action.choices or ())


def _report_formats(parser: ArgumentParser, current: str) -> Iterator[Candidate]:
    from analyzer.report import REPORT_FORMATS

    yield from _listed([Candidate(WORD, name) for name in REPORT_FORMATS], current)


def _target(parser: ArgumentParser, current: str) -> Iterator[Candidate]:
    from analyzer.targets.catalog import GROUPS, SHIPPED

    yield from (Candidate(WORD, name) for name in (*SHIPPED, *GROUPS))
    yield Candidate(FILE, "")


def _device(parser: ArgumentParser, current: str) -> Iterator[Candidate]:
    from analyzer.devices import SHIPPED

    yield from (Candidate(WORD, name) for name in SHIPPED)
    yield Candidate(FILE, "")


def _bounds(parser: ArgumentParser, current: str) -> Iterator[Candidate]:
    from analyzer.report.compare.gate import TOTALS

    yield from _listed([Candidate(OPEN, f"{name}=") for name in TOTALS], current)


def _listed(words: list[Candidate], current: str) -> Iterator[Candidate]:
    """``words`` as the last of a list with commas."""
    done, comma, _ = current.rpartition(",")
    yield from (c._replace(value=f"{done}{comma}{c.value}") for c in words)


VALUES: Mapping[str, Callable[[ArgumentParser, str], Iterator[Candidate]]] = {
    **dict.fromkeys(("ARGUMENT", "FILE", "MODEL", "NEW", "OLD", "PATH"), _file),
    **dict.fromkeys(("A,…", "D,…", "GLOBS", "MACS", "N", "NAME=N", "NAME=SIZE", "NAME=SIZES",
                     "NODE", "R,…", "REV", "WORDS"), _nothing),
    "D": _device,
    "DIR": _folder,
    "FORMAT=PATH": _format_and_path,
    "[FORMAT=]PATH": _path_or_format,
    "FORMATS": _report_formats,
    "RULE": _rule,
    "RULES": _rules,
    "T[@VERSION]": _target,
    "TOTAL=BOUND,…": _bounds,
}  # fmt: skip
"""By metavar, what the values of an option or argument may be."""
