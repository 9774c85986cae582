"""One model from its path to a verdict; whatever goes wrong concerns that model alone."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.cli.internal import describe_bug, show_traceback
from analyzer.errors import OnnxlintError
from analyzer.report.result import Failure, Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.cli.console import Console
    from analyzer.cli.plan import Plan
    from analyzer.facts import Facts
    from analyzer.findings.suppress import Suppression
    from analyzer.lint import Settings


def facts_of(path: str, plan: Plan, *, weights: bool = False) -> Facts:
    """Read and analyse one model, with ``weights`` its trained values too.

    Raises ``ModelError``.
    """
    from analyzer.analyze import analyze, analyze_weights
    from analyzer.model import load

    stdin = getattr(sys.stdin, "buffer", None)
    model = load(path, limits=plan.limits, digest=plan.digest, stdin=stdin)
    return (analyze_weights if weights else analyze)(model, plan.bindings, limits=plan.limits)


def judge_one(path: str, plan: Plan, command: str) -> tuple[Result, frozenset[Suppression]]:
    """Result for one model, and the suppressions it used; raises ``OnnxlintError``."""
    from analyzer.lint import judge

    facts = facts_of(path, plan, weights=plan.weights)
    verdict = judge(facts, plan.rules, plan.settings)
    return Result(facts, verdict.findings, plan.applied, command), verdict.used


def judge_all(
    plans: Mapping[str, Plan], command: str, console: Console, *, debug: bool
) -> dict[str, Result | Failure]:
    """Every model in order; one that cannot be judged does not keep the others from it."""
    items: dict[str, Result | Failure] = {}
    used: dict[Plan, frozenset[Suppression]] = {}
    for number, (path, plan) in enumerate(plans.items(), 1):
        console.progress(f"[{number}/{len(plans)}] {path}")
        try:
            result, hits = judge_one(path, plan, command)
            items[path] = _lighter(result)
            used[plan] = used.get(plan, frozenset()) | hits
        except OnnxlintError as error:
            items[path] = Failure(path, str(error))
        except Exception as error:  # noqa: BLE001 - a bug on one model: reported, others go on
            show_traceback(console, error, debug=debug)
            items[path] = Failure(path, describe_bug(error, debug=debug))
    console.progress("")
    for plan, hits in used.items():
        _add_unused(items, [path for path in items if plans[path] is plan], plan, hits)
    return items


def _lighter(result: Result) -> Result:
    """Without the graph, which no format of ``check`` shows: a batch may be long."""
    graph = type(result.facts.graph)()
    return replace(result, facts=replace(result.facts, graph=graph))


def _add_unused(
    items: dict[str, Result | Failure], paths: list[str], plan: Plan, used: frozenset[Suppression]
) -> None:
    """Findings about suppressions that did nothing in the whole run, at its first model."""
    from analyzer.lint import unused_suppressions

    judged = {path: item for path in paths if isinstance(item := items[path], Result)}
    idle = unused_suppressions(_active(plan), used, tuple(judged))
    for path, first in list(judged.items())[:1]:
        items[path] = replace(first, findings=(*first.findings, *idle))


def _active(plan: Plan) -> Settings:
    """Settings without suppressions of rules that were not asked for: they had no chance."""
    from analyzer.ruleset.select import matches

    s, rules = plan.settings, plan.applied
    chances = tuple(p for p in s.suppressions if any(matches(rule, p.rule) for rule in rules))
    return replace(s, suppressions=chances)
