"""The operators that run, and what feeds what: the record that everything else reads."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from analyzer.targets.use import Use


class Untyped(Exception):  # noqa: N818 - a control-flow signal
    """A body or a function was not looked at, so that nobody can say what is in it."""


class TooMany(Exception):  # noqa: N818 - a control-flow signal
    """The functions expand to more operators than ``MOST``."""


@dataclass(slots=True)
class Dataflow:
    """The operators that run, of all graphs."""

    uses: list[Use] = field(default_factory=list)
    before: list[tuple[int, ...]] = field(default_factory=list)
    """By operator: those of its own graph that make what it, or a body of it, reads."""
    graphs: list[list[int]] = field(default_factory=list)
    """The main graph, then every body: its operators in topological order."""
    home: list[int] = field(default_factory=list)
    """By operator, its graph."""
    ends: set[int] = field(default_factory=set)
    """Operators that make an output of their graph."""
    gone: list[Use] = field(default_factory=list)
    """Operators that are computed, or dropped, before the model runs; no Constants."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What a family of runtimes does before it asks what can go where."""

    inline: bool = True
    """Put local functions in the place of their calls."""
    host: bool = True
    """As ONNX Runtime's own optimiser: drop what does nothing."""
    fold: bool = True
    """Compute beforehand what depends on constants alone."""


def consumers(flow: Dataflow) -> list[list[int]]:
    """By operator, those of its graph that read what it makes."""
    after: list[list[int]] = [[] for _ in flow.uses]
    for index, before in enumerate(flow.before):
        for maker in before:
            after[maker].append(index)
    return after
