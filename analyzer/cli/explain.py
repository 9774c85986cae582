"""``onnxlint explain``: a rule's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.cli import exits
from analyzer.cli.plan import load_all_rules
from analyzer.errors import ConfigError

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
    from analyzer.ruleset import explain
    from analyzer.sanitise import clean

    rules = load_all_rules(arguments.rules)
    by_word = {word: rule for rule in rules for word in (rule.id, rule.name)}
    rule = by_word.get(arguments.rule) or by_word.get(arguments.rule.upper())
    if rule is None:
        from analyzer.ruleset.fields import did_you_mean

        hint = did_you_mean(arguments.rule, by_word) or "; onnxlint rules lists them"
        raise ConfigError(f"there is no rule {arguments.rule[:40]!r}{hint}")
    console.write("".join(f"{clean(line)}\n" for line in explain(rule).splitlines()).encode())
    return exits.CLEAN
