"""The command line's grammar, built for one command at a time: others are not even imported."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from analyzer.cli.console import NAME, Console
from analyzer.sanitise import clean, encode_text
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Command(NamedTuple):
    """One command of ``onnxlint``."""

    module: str
    """Module of ``analyzer.cli`` with ``configure(parser)`` and ``run(arguments, console,
    environment)``."""
    summary: str
    """One line of help."""


COMMANDS: Mapping[str, Command] = {
    "check": Command("check", "findings about models; the entry for pre-commit and CI"),
    "report": Command("report", "one model as pages: HTML, PDF"),
    "inspect": Command("inspect", "what a model is and what it costs"),
    "scale": Command("scale", "what if: other widths, resolutions and depths, or a budget"),
    "compare": Command("compare", "what changed between two models, and what it costs"),
    "targets": Command("targets", "where models run: whole, in parts, or not, and what blocks"),
    "draw": Command("draw", "a picture of a model: SVG, PNG, PDF"),
    "graph": Command("graph", "the operator graph as GraphML, node-link JSON or DOT"),
    "rules": Command("rules", "list, write and test rules"),
    "config": Command("settings", "what settings hold for a model, and where each comes from"),
    "explain": Command("explain", "what a rule reports, why, and what to do"),
    "completion": Command("completion", "what makes bash, zsh or fish complete command lines"),
    "cache": Command("cache", "where results of check are remembered, and how many"),
    "version": Command("version", "the version of onnxlint and of what it builds on"),
}

ALIASES: Mapping[str, str] = {"--version": "version"}
"""Other words for commands."""

EXITS = """exit codes:
  0  clean, or no finding as severe as --fail-on
  1  findings at or above --fail-on
  2  could not judge: unreadable model, wrong configuration or rule, a limit reached
"""


class Parser(ArgumentParser):
    """Errors in the form of all our errors, and long options in full only."""

    def __init__(self, prog: str, **settings: Any) -> None:
        super().__init__(
            prog=prog, allow_abbrev=False, formatter_class=RawDescriptionHelpFormatter, **settings
        )

    def print_help(self, file: object = None) -> None:
        """Through our console: argparse would hide that it cannot be written."""
        Console().write(encode_text(self.format_help()))

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{NAME}: error: {clean(message)}; see {self.prog} --help\n")


def top_parser() -> Parser:
    """Everything before the command: ``--help``, ``--version`` and errors."""
    width = max(map(len, COMMANDS))
    commands = "".join(f"  {name:<{width}}  {c.summary}\n" for name, c in COMMANDS.items())
    parser = Parser(
        NAME,
        usage=f"{NAME} COMMAND …",
        description="A static linter and report generator for ONNX models.",
        epilog=f"commands:\n{commands}\n{EXITS}\n{NAME} COMMAND --help shows a command's options.",
    )
    parser.add_argument(
        "--version", action="store_true", help="show program's version number and exit"
    )
    parser.add_argument("command", metavar="COMMAND", type=_refuse, help="one of those below")
    return parser


def command_parser(name: str, configure: Callable[[ArgumentParser], None]) -> Parser:
    """The parser of what follows the command ``name``."""
    parser = Parser(f"{NAME} {name}", description=COMMANDS[name].summary)
    configure(parser)
    group = parser.add_argument_group("output to the terminal")
    group.add_argument("-q", "--quiet", action="store_true", help="no summary and no progress")
    if parser.get_default("color") is None:  # that of draw means the picture's
        group.add_argument(
            "--color",
            choices=("auto", "always", "never"),
            default="auto",
            help="terminal colours (default: auto; NO_COLOR and FORCE_COLOR count)",
        )
    group.add_argument("--debug", action="store_true", help="tracebacks of internal errors")
    return parser


def _refuse(word: str) -> NoReturn:
    from argparse import ArgumentTypeError

    from analyzer.ruleset.fields import did_you_mean

    hint = did_you_mean(word, COMMANDS) or f"; commands are {', '.join(COMMANDS)}"
    raise ArgumentTypeError(f"there is no command {quoted(word)}{hint}")
