"""``onnxlint explain``: the page of a rule, or of a sort of finding about the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.cli import exits
from analyzer.cli.options import add_language_option
from analyzer.cli.plan import load_all_rules

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment
    from analyzer.ruleset.rule import Rule


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
    add_language_option(parser)


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Show the page as Markdown."""
    from analyzer.findings.configuration import CONFIGURATION, ConfigurationRule
    from analyzer.ruleset.explain import explain, explain_configuration
    from analyzer.ruleset.select import find_rule
    from analyzer.sanitise import encode_text

    known: tuple[Rule | ConfigurationRule, ...] = (*load_all_rules(arguments.rules), *CONFIGURATION)
    rule = find_rule(known, arguments.rule)
    page = explain_configuration(rule) if isinstance(rule, ConfigurationRule) else explain(rule)
    console.write(encode_text(page))
    return exits.CLEAN
