"""The budgets of one model as options of rules, and what keeps one from being judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer.cli.budgets.figures import FIGURES
from analyzer.facts import Problem
from analyzer.lint import Settings, check_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.cli.budgets.base import Base
    from analyzer.cli.budgets.figures import Figure, Gauge
    from analyzer.cli.budgets.limit import Limit
    from analyzer.facts import Facts
    from analyzer.ruleset.rule import Rule

BASIS = "basis"
"""Option of each of those rules: where the figure comes from."""


class HeldModel(NamedTuple):
    """What budgets come to for one model."""

    settings: Settings
    """With the largest figures that are fine as options."""
    problems: tuple[Problem, ...]
    """Budgets about which nothing can be said."""


def allowed(figure: str, settings: Settings, rules: Sequence[Rule]) -> int | None:
    """The largest ``figure`` that is fine by the ``settings`` of ``HeldModel``; ``None`` for any.

    Raises ``ConfigError`` as ``check_settings``.
    """
    return _stated(rules, settings).get(figure)


class _Most(NamedTuple):
    value: int
    basis: str


def hold(
    facts: Facts,
    budgets: Mapping[str, tuple[Limit, ...]],
    base: Base | None,
    settings: Settings,
    rules: Sequence[Rule],
) -> HeldModel:
    """``budgets`` on top of the options of ``settings``; the least of several counts.

    ``rules`` are those about budgets that are applied. Raises ``ConfigError`` as
    ``check_settings``.
    """
    problems: list[Problem] = []
    options: dict[str, Mapping[str, Any]] = dict(settings.options)
    relative = [f"{name} {limit.text}" for name, limits in budgets.items() for limit in limits
                if limit.is_relative]  # fmt: skip
    if relative and base is not None and (text := _baseless(base, ", ".join(relative))):
        problems.append(Problem("budget-base", "", text, inconclusive=not base.is_absent))
    for name, limits in budgets.items():
        figure, bounds = FIGURES[name], []
        for limit in limits:
            bound = _bound(facts, name, limit, base)
            if isinstance(bound, Problem):
                problems.append(bound)
            elif bound is not None:
                bounds.append(bound)
        if bounds:
            least = min(bounds)
            said = {figure.option: least.value, BASIS: least.basis}
            options[figure.rule] = {**options.get(figure.rule, {}), **said}
    settled = replace(settings, options=options)
    problems += _open(facts, _stated(rules, settled))
    return HeldModel(settled, tuple(problems))


def _open(facts: Facts, most: Mapping[str, int]) -> Iterator[Problem]:
    """A problem for every figure that may be more than its budget and is not known to be.

    ``most`` has the budgets, by figure.
    """
    for name, limit in most.items():
        figure = FIGURES[name]
        found = figure.of(facts)
        if found.value is None:
            text = f"the number of {figure.noun} is unknown, so its budget of {figure.text(limit)}"
        elif found.open and found.is_bounded and found.value <= limit:
            text = (f"the model has {figure.text(found.value)} at least ({found.open}), so its "
                    f"budget of {figure.text(limit)}")  # fmt: skip
        else:
            continue
        yield Problem("budget-open", "", f"{text} cannot be judged; {REMEDY}")


def _stated(rules: Sequence[Rule], settings: Settings) -> dict[str, int]:
    """The budgets that the options of ``rules`` are, by figure; raises ``ConfigError``."""
    named = {rule.name: rule for rule in rules}
    about = {name: named[f.rule] for name, f in FIGURES.items() if f.rule in named}
    words = {word for rule in about.values() for word in (rule.id, rule.name)}
    said = {word: options for word, options in settings.options.items() if word in words}
    typed = check_settings(rules, Settings(options=said)) if said else {}
    found = {name: typed.get(rule.id, {}).get(FIGURES[name].option)
             for name, rule in about.items()}  # fmt: skip
    return {name: value for name, value in found.items() if isinstance(value, int)}


REMEDY = ("bind open dimensions (--dim, --shape), state iterations (--trip-count), or declare what "
          "operators of your own cost ([operators])")  # fmt: skip


def _bound(facts: Facts, name: str, limit: Limit, base: Base | None) -> _Most | Problem | None:
    """The largest figure that one budget allows; ``None`` where there is no base to tell."""
    if limit.most is not None:
        return _Most(limit.most, "")
    if base is None or base.problem or base.is_absent:
        return None
    figure = FIGURES[name]
    there: Gauge = figure.of(facts) if base.is_same else base.figures[name]
    if there.value is None or there.open:
        what = "unknown" if there.value is None else f"{figure.text(there.value)} at least"
        why = f" ({there.open})" if there.open else ""
        return Problem(
            "budget-base", "", f"the {figure.noun} of the base {base.name} are {what}{why}, so "
            f"the budget {name} {limit.text} cannot be judged; {REMEDY}",
        )  # fmt: skip
    return _Most(limit.above(there.value), _basis(figure, limit, there.value, base))


def _basis(figure: Figure, limit: Limit, there: int, base: Base) -> str:
    """Clause for people behind the budget's figure."""
    sign, amount = limit.text[0], limit.text[1:].strip().replace("%", " %")
    word = "plus" if sign == "+" else "minus"
    return f", {figure.text(there)} of {base.name} {word} {amount}"


def _baseless(base: Base, budgets: str) -> str:
    """Why budgets that are relative to ``base`` say nothing about a model."""
    if base.is_absent:
        return (f"the model is new: {base.name} does not have it, so budgets relative to it "
                f"({budgets}) do not hold yet")  # fmt: skip
    if base.problem:
        return f"budgets relative to {base.name} ({budgets}) cannot be judged: {base.problem}"
    return ""
