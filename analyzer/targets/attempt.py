"""A change of a model that is tried: what is to be done, and the model with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer.deployment import Edit
from analyzer.targets.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.graph.scope import Program
    from analyzer.shapes.instance import Shapes


class Attempt(NamedTuple):
    """A change, and the model with it."""

    edit: Edit
    """Without what comes of it."""
    subject: Workload
    targets: frozenset[str]
    """Ids of the targets that it may help."""


def tried(text: str, kind: str, **change: Any) -> Edit:
    return Edit(text, kind, "no", 0, 0, 0, **change)


def variant(
    subject: Workload,
    program: Program,
    shapes: Shapes | None = None,
    removed: Mapping[str, int] | None = None,
) -> Workload:
    opsets = {**subject.opsets, "": program.main.opsets.get("", 1)}
    made = shapes if shapes is not None else subject.shapes
    return Workload(program, made, subject.limits, subject.macs, opsets, subject.sizings,
                    removed or {})  # fmt: skip
