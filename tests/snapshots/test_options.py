"""Options and arguments of every command, compared with a file; `make snapshots` rewrites it."""

from __future__ import annotations

from tests.cli.test_completion import actions
from tests.snapshots.test_snapshots import compare


def test_commands_take_their_snapshot() -> None:
    lines = []
    for command, action in actions():
        choices = list(action.choices) if isinstance(action.choices, tuple | list) else ""
        default = "" if callable(action.default) else repr(action.default)
        names = ", ".join(action.option_strings) or action.dest
        kind = type(action).__name__.strip("_")
        parts = (command, names, kind, action.nargs, action.metavar, default, choices, action.help)
        lines.append(" | ".join("" if part is None else str(part) for part in parts))
    compare("commands.options", "\n".join(lines) + "\n")
