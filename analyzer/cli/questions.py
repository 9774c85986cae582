"""``inspect --explain``, ``--conventions``, ``--growth``: one question about one model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.cli.judge import facts_of, opened
from analyzer.errors import ConfigError
from analyzer.sanitise import encode_text

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.plan import Plan


def configure(parser: ArgumentParser) -> None:
    """Options that ask something else than what the model costs."""
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--explain", metavar="NODE", help="how the numbers of this operator came about"
    )
    instead.add_argument(
        "--conventions",
        action="store_true",
        help="what other counters would say; without a model, what every operator counts",
    )
    instead.add_argument(
        "--growth", action="store_true", help="how MACs grow with each open input dimension"
    )


def asked(arguments: Namespace) -> bool:
    """True when one of the questions was asked."""
    return arguments.explain is not None or arguments.conventions or arguments.growth


def answer(path: str, plan: Plan, arguments: Namespace) -> bytes:
    """Text, or JSON for the questions about the whole model.

    Raises
    ------
    ConfigError
        The format does not fit the question, or there is no such operator.
    """
    if arguments.explain is not None:
        from analyzer.report.explain import explain_node

        return encode_text(explain_node(facts_of(path, plan), arguments.explain))
    if arguments.format == "csv":
        raise ConfigError("--conventions and --growth are text or json; --format csv is not")
    from analyzer.report import studies

    as_json = arguments.format == "json"
    if arguments.conventions:
        facts = facts_of(path, plan)
        if as_json:
            return studies.conventions_json(facts)
        return encode_text(studies.conventions_text(facts))
    from analyzer.model import load
    from analyzer.scaling.symbolic import symbolic_growth

    model = load(opened(path), name=path, limits=plan.limits, digest=False)
    found = symbolic_growth(model, plan.bindings, limits=plan.limits)
    if as_json:
        return studies.growth_json(path, found)
    return encode_text(studies.growth_text(found))
