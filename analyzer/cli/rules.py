"""``onnxlint rules``: list the rules; ``onnxlint rules test``: run the examples in rule files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.cli import exits
from analyzer.cli.plan import load_all_rules
from analyzer.report.style import Style

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment
    from analyzer.ruleset.rule import Rule


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=("list", "test"),
        default="list",
        help="list (default), or run every example of every rule",
    )
    parser.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        help="folder of rule files (default: those that ship with onnxlint)",
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="of the list (default: text)"
    )


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """List, or test: 1 if an example fails."""
    from analyzer.ruleset import load_rules

    rules = load_rules(Path(arguments.folder)) if arguments.folder else load_all_rules(())
    if arguments.action == "test":
        return _test(rules, console)
    console.write(_as_json(rules) if arguments.format == "json" else _as_text(rules, console.color))
    return exits.CLEAN


def _as_text(rules: Iterable[Rule], color: bool) -> bytes:
    from analyzer.sanitise import clean

    style = Style(color)
    rows = [(r.id, r.name, r.severity.value, r.status, clean(r.summary)) for r in rules]
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        f"{style.bold(i.ljust(wide[0]))}  {n.ljust(wide[1])}  "
        f"{style.severity(s, s.ljust(wide[2]))}  {t.ljust(wide[3])}  {text}\n"
        for i, n, s, t, text in rows
    ]
    return "".join(lines).encode()


def _as_json(rules: Iterable[Rule]) -> bytes:
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


def _test(rules: Iterable[Rule], console: Console) -> int:
    from analyzer.examples import test_rules

    results = test_rules(rules)
    failed = [result for result in results if not result.passed]
    for result in results:
        if failed and result.passed:
            continue
        console.line(str(result))
    console.note(f"{len(results)} examples, {len(failed)} failed")
    return exits.FINDINGS if failed else exits.CLEAN
