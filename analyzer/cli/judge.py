"""One model from its path to a verdict; whatever goes wrong concerns that model alone."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from analyzer.cli.batch import each_path, jobs_for
from analyzer.cli.internal import describe_bug, show_traceback
from analyzer.cli.memory import ran_out
from analyzer.cli.own import NOWHERE, Searched, add_own_findings
from analyzer.cli.paths import STDIN
from analyzer.cli.plan import shown_path
from analyzer.cli.progress import BatchProgress
from analyzer.cli.seen import Seen
from analyzer.errors import ModelError, OnnxlintError, ScarcityError
from analyzer.facts import Problem, nothing
from analyzer.language import ENGLISH, speaking
from analyzer.report.result import Failure, Result
from analyzer.surplus import Structure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.cli.caching.cache import Cache, News
    from analyzer.cli.console import Console
    from analyzer.cli.plan import Plan
    from analyzer.facts import Facts
    from analyzer.findings.suppress import Suppression
    from analyzer.model import Model


def facts_of(path: str, plan: Plan, *, weights: bool = False) -> Facts:
    """Read and analyse one model, with ``weights`` its trained values too.

    Raises ``ModelError``.
    """
    return _analysed(_loaded(path, plan), plan, weights=weights)


def _loaded(path: str, plan: Plan) -> Model:
    from analyzer.model import load

    return load(opened(path), name=path, limits=plan.limits, digest=plan.digest)


def _analysed(model: Model, plan: Plan, *, weights: bool) -> Facts:
    from analyzer.analyze import analyze, analyze_weights

    with speaking(ENGLISH):  # facts have one language; whoever shows them translates
        if not weights:
            return analyze(
                model, plan.bindings,
                limits=plan.limits, operators=plan.operators, targets=plan.targets,
            )  # fmt: skip
        return analyze_weights(
            model, plan.bindings, limits=plan.limits, operators=plan.operators,
            targets=plan.targets, asked=plan.asked,
        )  # fmt: skip


def opened(path: str) -> str | BinaryIO:
    """What to load: the file itself, or standard input."""
    if path != STDIN:
        return path
    stdin: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    if stdin is None:
        raise ModelError(STDIN, "there is no standard input", "name a file")
    return stdin


def judge_one(
    path: str,
    plan: Plan,
    command: str,
    name: str = "",
    cache: Cache | None = None,
    whole: bool = True,
) -> tuple[Result, frozenset[Suppression]]:
    """Result for one model, and the suppressions it used; raises ``OnnxlintError``.

    Parameters
    ----------
    name
        The path that settings know it by, where another file stands in for it.
    cache
        Is told what was found out.
    whole
        Every operator is wanted, not only those that findings are about.
    """
    from analyzer.model.guard import tasks_lost

    lost = tasks_lost()
    model = _loaded(path, plan)
    seen = _seen(model, plan, name)
    seen = seen if whole else seen.without_rest()
    if cache is not None and tasks_lost() == lost:  # else there may be more to see another time
        cache.keep(path, seen, model.payloads.rest.external.files)
    return _decided(seen, plan, command)


def _seen(model: Model, plan: Plan, name: str = "") -> Seen:
    """Facts about a model, and what the rules say of them."""
    from analyzer.cli.budgets.hold import hold
    from analyzer.lint import observe

    facts = _analysed(model, plan, weights=plan.weights)
    if name:
        facts = facts.called(name)
    base = plan.bases.get(facts.model.path)
    held = hold(facts, plan.budgets, base, plan.settings, plan.budget_rules)
    problems = (*held.problems, *((_silenced(plan),) if plan.silent else ()))
    if problems:
        facts = replace(facts, problems=(*facts.problems, *problems))
    about = facts if plan.targets_asked else facts.untargeted()
    return Seen(facts, observe(about, plan.rules, held.settings))


def budget(facts: Facts, plan: Plan) -> int | None:
    """Most MACs that the configuration allows the model; raises ``ConfigError``."""
    from analyzer.cli.budgets.hold import allowed, hold

    base, rules = plan.bases.get(facts.model.path), plan.budget_rules
    held = hold(facts, plan.budgets, base, plan.settings, rules)
    return allowed("macs", held.settings, rules)


def _decided(seen: Seen, plan: Plan, command: str) -> tuple[Result, frozenset[Suppression]]:
    """What becomes of that by what the team has settled."""
    from analyzer.lint import decide

    facts = seen.facts
    about = facts if plan.targets_asked else facts.untargeted()
    verdict = decide(seen.observed, about, plan.rules, plan.settings)
    if verdict.problems:
        facts = replace(facts, problems=(*facts.problems, *verdict.problems))
    result = Result(
        facts, verdict.findings, plan.applied, command,
        silenced=verdict.suppressed, known=verdict.accepted,
        configuration=shown_path(plan.config.path) if plan.config.path else "",
        skipped_rules=plan.skipped, targets_asked=plan.targets_asked, set_rules=plan.set_rules,
    )  # fmt: skip
    return result, verdict.used


def _silenced(plan: Plan) -> Problem:
    what = "switches off every rule that says whether a model is sound, so this is no verdict"
    remedy = "select such rules, or name the configuration that you trust with --config"
    return Problem("silenced", "", f"{shown_path(plan.config.path)} {what}; {remedy}")


class Judged(NamedTuple):
    """What became of one model."""

    item: Result | Failure
    used: frozenset[Suppression] = frozenset()
    """Suppressions that it used."""
    kept: News | None = None
    """What became of it in the cache."""


def judge_all(
    plans: Mapping[str, Plan],
    command: str,
    console: Console,
    *,
    debug: bool,
    jobs: int | None = None,
    searched: Searched = NOWHERE,
    cache: Cache | None = None,
    whole: bool = True,
) -> dict[str, Result | Failure]:
    """Every model in order; one that cannot be judged does not keep the others from it.

    ``jobs`` processes share the work; ``None`` decides by the number of models and cores.
    ``searched`` is where the models come from, for findings about the settings. What ``cache``
    knows is not judged again. ``whole``: all operators are wanted, not only those that findings
    are about.
    """

    def judged(path: str) -> Judged:
        try:
            result, used = judge_one(path, plans[path], command, "", cache, whole)
            return Judged(_lighter(result), used, cache.news() if cache is not None else None)
        except Exception as error:  # noqa: BLE001 - it concerns this model alone
            return Judged(failure_of(path, error, console, debug=debug))

    progress = BatchProgress(console, plans)
    found = _recalled(plans, command, cache, progress)
    found |= _each(judged, tuple(path for path in plans if path not in found), progress, jobs)
    progress.over()
    for each in found.values():
        if cache is not None and each.kept is not None:
            cache.hear(each.kept)
    items: dict[str, Result | Failure] = {}
    used: dict[str, frozenset[Suppression]] = {}
    applied = {plan: plan.applied for plan in set(plans.values())}
    for path, plan in plans.items():
        items[path] = item = found[path].item
        if isinstance(item, Result):
            # Compiled rules do not travel between processes; every result of a plan has the same.
            items[path] = replace(item, rules=applied[plan])
            used[path] = found[path].used
    add_own_findings(items, plans, used, searched)
    return items


def failure_of(path: str, error: Exception, console: Console, *, debug: bool) -> Failure:
    """What an error on one model is in a batch, which goes on; a bug is reported."""
    if isinstance(error, ModelError):
        return Failure(path, str(error))
    if isinstance(error, OnnxlintError):
        return Failure(path, f"{path}: {error}", isinstance(error, ScarcityError))
    show_traceback(console, error, debug=debug)
    what = f"{path}: {describe_bug(error, debug=debug)}"
    return Failure(path, what, ran_out(error))


def _recalled(
    plans: Mapping[str, Plan], command: str, cache: Cache | None, progress: BatchProgress
) -> dict[str, Judged]:
    """Models that an earlier run has judged."""
    found: dict[str, Judged] = {}
    for path, plan in plans.items() if cache is not None else ():
        seen = cache.recall(path, plan) if cache is not None else None
        if seen is not None:
            found[path] = Judged(*_decided(seen, plan, command))
            progress.done(path, known=True)
    return found


def _each(
    judged: Callable[[str], Judged],
    paths: tuple[str, ...],
    progress: BatchProgress,
    jobs: int | None,
) -> dict[str, Judged]:
    """``judged`` of every path, on several cores where that pays."""
    processes = 1 if STDIN in paths else jobs_for(len(paths), jobs)
    if processes > 1:
        prepare()

    def portable(path: str) -> Judged:
        found = judged(path)
        if isinstance(found.item, Result):
            return found._replace(item=replace(found.item, rules=()))
        return found

    def scarce(found: Judged) -> bool:
        return isinstance(found.item, Failure) and found.item.scarce

    done = each_path(portable, paths, progress, processes, scarce=scarce)
    return {
        path: Judged(item) if isinstance(item, Failure) else item for path, item in done.items()
    }


def prepare() -> None:
    """Import what every worker needs, once, before they are forked."""
    import analyzer.analyze
    import analyzer.lint
    import analyzer.model  # noqa: F401


def _lighter(result: Result) -> Result:
    """Without the graph, what it is made of and the file, which no format of ``check`` shows: a
    batch may be long."""
    bare = replace(
        result.facts,
        graph=type(result.facts.graph)(),
        find_structure=Structure,
        find_batch_growth=nothing,
        find_open_sizes=tuple,
        find_resized=nothing,
        find_fixed=dict,
        contents=None,
    )
    return replace(result, facts=bare)
