"""``onnxlint graph``: the operator graph for other tools."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from analyzer.cli import exits, values
from analyzer.cli.judge import facts_of
from analyzer.cli.options import add_model_options
from analyzer.cli.outputs import deliver, is_open, keep_models
from analyzer.cli.plan import make_plans
from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment

FORMATS = ("graphml", "json", "dot")
SUFFIXES = {".graphml": "graphml", ".xml": "graphml", ".json": "json", ".dot": "dot", ".gv": "dot"}


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("model", metavar="MODEL", help="a model file, or - for standard input")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=values.file,
        required=True,
        help="file to write; - for standard output, which needs --format",
    )
    parser.add_argument(
        "--format", choices=FORMATS, help="default: what the suffix says: " + ", ".join(SUFFIXES)
    )
    parser.set_defaults(select=[], ignore=[], preview=False, rules=[])
    add_model_options(parser)


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Write the graph with the counts of its operators."""
    from analyzer.graph.export import export

    suffix = os.path.splitext(arguments.output)[1].lower()
    name = arguments.format or SUFFIXES.get(suffix)
    if name is None:
        known = ", ".join(SUFFIXES)
        raise ConfigError(f"{arguments.output}: no suffix of {known}; choose one with --format")
    path = arguments.model
    keep_models([arguments.output], [path])
    plan = make_plans([path], arguments, environment.today, digest=False, note=console.note)[path]
    facts = facts_of(path, plan)
    data = export(facts.graph, name, {node.id: node for node in facts.nodes})
    deliver(data, arguments.output, console)
    if not is_open(arguments.output):
        console.line(arguments.output)
    return exits.CLEAN
