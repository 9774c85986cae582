"""Plans with the bases that their relative budgets need, read before any model is judged."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.cli.internal import describe_bug
from analyzer.cli.judge import facts_of
from analyzer.errors import ModelError, OnnxlintError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.cli.budgets.base import Reader
    from analyzer.cli.plan import Plan
    from analyzer.facts import Facts


def with_bases(plans: Mapping[str, Plan]) -> Mapping[str, Plan]:
    """The same plans, with the base of every model that has budgets relative to one.

    This process reads them, as it cleans up behind it in any case, and once for all models.
    """
    needy = {path: plan for path, plan in plans.items() if plan.has_relative_budgets}
    if not needy:
        return plans
    from analyzer.cli.budgets.base import Wanted, find_bases

    readers = _Readers()
    found = find_bases(
        Wanted(path, p.config.base, os.path.dirname(p.config.path), readers.of(p))
        for path, p in needy.items()
    )
    ready = {
        plan: replace(plan, bases={path: found[path] for path in needy if needy[path] is plan})
        for plan in set(needy.values())
    }
    return {path: ready.get(plan, plan) for path, plan in plans.items()}


class _Readers:
    """One reader for all plans that read a model alike."""

    def __init__(self) -> None:
        self._made: list[tuple[Plan, Reader]] = []

    def of(self, plan: Plan) -> Reader:
        for other, reader in self._made:
            if (other.bindings, other.limits, other.operators) == (
                plan.bindings, plan.limits, plan.operators,
            ):  # fmt: skip
                return reader

        def read(path: str) -> Facts:
            try:
                return facts_of(path, replace(plan, digest=False, targets=()))
            except OnnxlintError:
                raise
            except Exception as error:  # a bug on one base: the others go on
                raise ModelError(path, describe_bug(error, debug=False)) from error

        self._made.append((plan, read))
        return read
