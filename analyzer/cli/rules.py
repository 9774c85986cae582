"""``onnxlint rules``: list the rules, say what a rule can ask, begin one, test rule files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.cli import exits
from analyzer.cli.plan import load_all_rules
from analyzer.errors import ConfigError, RuleError
from analyzer.report.style import Style
from analyzer.sanitise import clean, encode_lines
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Iterable, Mapping

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment
    from analyzer.findings.configuration import ConfigurationRule
    from analyzer.ruleset.rule import Rule

    Listed = Rule | ConfigurationRule

DETAILS = """what ARGUMENT is:
  list [PATH …]     folders of rules of your own, or files (default: those that ship)
  test [PATH …]     the same; every example in their files is a test
  fields [SUBJECT]  a word of applies-to, such as node (default: all)
  new [NAME]        the name of a rule, a folder before it if you like; writes NAME.yaml
  schema            nothing; prints the JSON Schema of rule files, for editors
"""


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.epilog = DETAILS
    parser.add_argument(
        "action",
        nargs="?",
        choices=tuple(_ACTIONS),
        default="list",
        help="list rules (default), run their examples, list what a rule can ask, begin a rule",
    )
    parser.add_argument("arguments", metavar="ARGUMENT", nargs="*", help="see below")
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="of list and fields (default: text)",
    )


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Do what was asked for: 1 if an example fails."""
    if len(arguments.arguments) > 1 and arguments.action not in _MANY:
        raise ConfigError(f"rules {arguments.action} takes one argument, "
                          f"not {len(arguments.arguments)}")  # fmt: skip
    return _ACTIONS[arguments.action](arguments, console)


def _list(arguments: Namespace, console: Console) -> int:
    from analyzer.findings.configuration import CONFIGURATION

    named = arguments.arguments
    own = () if named else CONFIGURATION
    rules = sorted((*_load(named), *own), key=lambda rule: rule.id)
    console.write(_as_json(rules) if arguments.format == "json" else _as_text(rules, console.color))
    return exits.CLEAN


def _load(paths: list[str]) -> Iterable[Rule]:
    from analyzer.ruleset import load_rules
    from analyzer.ruleset.folder import clashes

    if not paths:
        return load_all_rules(())
    rules: list[Rule] = []
    problems: list[str] = []
    for path in dict.fromkeys(paths):
        try:
            rules += load_rules(Path(path))
        except RuleError as error:
            problems += error.lines
    problems += clashes(rules)
    if problems:
        raise RuleError(*problems)
    return rules


def _as_text(rules: Iterable[Listed], color: bool) -> bytes:
    style = Style(color)
    rows = [(r.id, r.name, r.severity.value, r.status, clean(r.summary)) for r in rules]
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        f"{style.bold(i.ljust(wide[0]))}  {n.ljust(wide[1])}  "
        f"{style.severity(s, s.ljust(wide[2]))}  {t.ljust(wide[3])}  {text}"
        for i, n, s, t, text in rows
    ]
    return encode_lines(lines)


def _as_json(rules: Iterable[Listed]) -> bytes:
    from analyzer.report.json import encode

    return encode([
        {
            "id": r.id, "name": r.name, "category": r.category, "severity": r.severity.value,
            "status": r.status, "since": r.since, "summary": r.summary,
            "references": list(r.references),
            "options": {
                o.name: {"default": o.default, "type": o.kind, "unit": o.unit, "help": o.help}
                for o in r.options.values()
            },
        }
        for r in rules
    ])  # fmt: skip


def _test(arguments: Namespace, console: Console) -> int:
    from analyzer.examples import test_rules

    results = test_rules(_load(arguments.arguments))
    failed = [result for result in results if not result.passed]
    for result in results:
        if failed and result.passed:
            continue
        console.line(str(result))
    console.note(f"{len(results)} examples, {len(failed)} failed")
    return exits.FINDINGS if failed else exits.CLEAN


def _fields(arguments: Namespace, console: Console) -> int:
    from dataclasses import asdict

    from analyzer.report.json import encode
    from analyzer.ruleset.fields import did_you_mean
    from analyzer.ruleset.fields_page import as_text
    from analyzer.ruleset.handbook import handbook

    known, subject = handbook(), "".join(arguments.arguments)
    names = [entry.name for entry in known.subjects]
    if subject not in ("", *names):
        hint = did_you_mean(subject, names) or f", expected {', '.join(names)}"
        raise ConfigError(f"there is no sort of subject {quoted(subject)}{hint}")
    if arguments.format == "json":
        console.write(encode(asdict(known)))
    else:
        console.write(encode_lines(as_text(known, subject)))
    return exits.CLEAN


def _new(arguments: Namespace, console: Console) -> int:
    from analyzer.cli.new_rule import write_new_rule

    path = write_new_rule("".join(arguments.arguments) or "my-rule")
    console.line(path)
    folder = str(Path(path).parent)
    console.note(f"try it with: onnxlint rules test {folder}; "
                 f"use it with: onnxlint check MODEL --rules {folder}")  # fmt: skip
    return exits.CLEAN


def _schema(arguments: Namespace, console: Console) -> int:
    from analyzer.resources import rules_dir

    console.write((rules_dir() / "rule.schema.json").read_bytes())
    return exits.CLEAN


_ACTIONS: Mapping[str, Callable[[Namespace, Console], int]] = {
    "list": _list, "test": _test, "fields": _fields, "new": _new, "schema": _schema,
}  # fmt: skip
_MANY = ("list", "test")
"""Actions on any number of paths."""
