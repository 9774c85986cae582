"""Small changes after which further targets take all of a model, and how each is made."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.deployment import Edit, TargetFit
    from analyzer.facts import Facts

NAMED = 3
"""Sizes and types of operators that a change is told with."""


class Gain(NamedTuple):
    """A change, and the targets that take all of the model then."""

    edit: Edit
    targets: tuple[str, ...]
    """Their ids, in the order in which targets are told."""


def gains(fits: Sequence[TargetFit]) -> tuple[Gain, ...]:
    """The fewest changes: each target is told once, with what helps most targets."""
    helped: dict[str, dict[str, Edit]] = {}
    for fit in fits:
        for edit in fit.edits:
            if edit.verdict == "whole":
                helped.setdefault(edit.text, {})[fit.target] = edit
    found, told = [], set[str]()
    for edits in sorted(helped.values(), key=len, reverse=True):
        if new := tuple(target for target in edits if target not in told):
            found.append(Gain(next(iter(edits.values())), new))
            told.update(new)
    return tuple(found)


def sizes_of(facts: Facts, edit: Edit) -> dict[str, int]:
    """By the name of an open size, what it is fixed at."""
    found: dict[str, int] = {}
    for each in facts.assumptions:
        shape = edit.sizes.get(each.input, ())
        if each.axis < len(shape):
            found.setdefault(each.name, shape[each.axis])
    return found


def removed_types(facts: Facts, edit: Edit) -> Counter[str]:
    """Types of the operators that go."""
    removed = frozenset(edit.removed)
    return Counter(node.op_type for node in facts.nodes if node.id in removed)
