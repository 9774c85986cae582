"""The model as a whole: one subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.patterns.quadratic import AttentionCost, attention_cost_of
from analyzer.patterns.quantised import Quantisation, quantisation_of
from analyzer.ruleset.fields import AUDIT
from analyzer.ruleset.subjects.subject import Sort, Subject
from analyzer.ruleset.subjects.weights import audit_group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts


def _make(facts: Facts) -> Iterator[Subject]:
    groups = {
        "quantisation": quantisation_of(facts),
        "attention": attention_cost_of(facts),
        **audit_group(facts),
    }
    yield Subject(kind="model", place="", name="", groups=groups)


SORT = Sort("model", {"quantisation": Quantisation, "attention": AttentionCost, **AUDIT}, _make)
