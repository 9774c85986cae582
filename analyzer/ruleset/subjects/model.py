"""The model as a whole: one subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.ruleset.fields import AUDIT
from analyzer.ruleset.subjects.subject import Sort, Subject
from analyzer.ruleset.subjects.weights import audit_group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    yield Subject(kind="model", place="", name="", structure=tuple, groups=audit_group(facts))


SORT = Sort("model", {**AUDIT}, _make)
