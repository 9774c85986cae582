"""The subjects of one model, made once however many rules ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.ruleset.fields import COMMON
from analyzer.ruleset.subjects.registry import SORTS
from analyzer.ruleset.trusted import Trusted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.facts import Facts
    from analyzer.ruleset.subjects.subject import Subject


EVERYWHERE: Mapping[str, type] = {**COMMON, "trust": Trusted}
"""Groups that every rule sees, options aside."""


def common_groups(facts: Facts) -> dict[str, Any]:
    """The groups about the whole model."""
    return {name: getattr(facts, name) for name in COMMON}


def groups(sort: str) -> dict[str, type]:
    """Groups visible to a rule about this sort of subject, options aside."""
    return {**SORTS[sort].groups, **EVERYWHERE}


class Subjects:
    """See the module's docstring."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._made: dict[str, dict[str, list[Subject]]] = {}
        self._some: dict[tuple[str, str], tuple[Subject, ...]] = {}

    def select(self, sort: str, selector: Iterable[str]) -> Iterable[Subject]:
        """Subjects of one sort, restricted to the kinds in ``selector`` unless it is empty."""
        kinds = tuple(selector)
        some = SORTS[sort].some if kinds else None
        if some is None or sort in self._made:
            by_kind = self._all(sort)
            for kind in kinds or by_kind:
                yield from by_kind.get(kind, ())
            return
        for kind in kinds:
            if (sort, kind) not in self._some:
                self._some[sort, kind] = tuple(some(self.facts, kind))
            yield from self._some[sort, kind]

    def _all(self, sort: str) -> dict[str, list[Subject]]:
        if sort not in self._made:
            by_kind: dict[str, list[Subject]] = {}
            for made in SORTS[sort].make(self.facts):
                by_kind.setdefault(made.kind, []).append(made)
            self._made[sort] = by_kind
        return self._made[sort]
