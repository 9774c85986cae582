"""``onnxlint explain``: a rule's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.cli import exits
from analyzer.cli.plan import load_all_rules

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("rule", metavar="RULE", help="id or name, such as SEP001")
    parser.add_argument(
        "--rules",
        metavar="DIR",
        action="append",
        default=[],
        help="rule files of your own, besides those that ship (repeatable)",
    )


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Show the page as Markdown."""
    from analyzer.ruleset.explain import explain
    from analyzer.ruleset.select import find_rule
    from analyzer.sanitise import clean

    rule = find_rule(load_all_rules(arguments.rules), arguments.rule)
    console.write("".join(f"{clean(line)}\n" for line in explain(rule).splitlines()).encode())
    return exits.CLEAN
