"""A model as targets are asked about it: what is worked out once for all of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from analyzer.dataclass import dataclass
from analyzer.targets.branching import Sizings
from analyzer.targets.flow import Dataflow, Manner, TooMany, Untyped
from analyzer.targets.functions import Bodies
from analyzer.targets.judge import Judge
from analyzer.targets.lowering import flow_of
from analyzer.targets.table import shipped

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from analyzer.graph.scope import Program
    from analyzer.model.limits import Limits
    from analyzer.shapes.instance import Shapes
    from analyzer.targets.use import Use


class Kinds(NamedTuple):
    """Operators of a flow, those in one that no condition can tell apart."""

    numbers: list[int]
    """By operator, its kind."""
    first: list[Use]
    """By kind, its first operator."""
    outlines: list[int]
    """By kind, the same number for those of one ``Use.outline``."""


def _kinds(uses: Iterable[Use]) -> Kinds:
    known: dict[Hashable, int] = {}
    seen: dict[Hashable, int] = {}
    found = Kinds([], [], [])
    for use in uses:
        number = known.setdefault(use.key(), len(known))
        found.numbers.append(number)
        if number == len(found.first):
            found.first.append(use)
            found.outlines.append(seen.setdefault(use.outline(), len(seen)))
    return found


@dataclass(slots=True)
class Workload:
    """One model that targets are asked about."""

    program: Program
    shapes: Shapes
    """Inferred without assuming any size."""
    limits: Limits
    macs: Mapping[str, int | None]
    """Of the operators that run no bodies, over all executions, by ``Node.id``."""
    opsets: Mapping[str, int]
    sizings: Sizings = field(default_factory=Sizings)
    """The same at sizes of which some are assumed."""
    removed: Mapping[str, int] = field(default_factory=dict)
    """Operators that are taken for gone, and which input the result of each is."""
    flows: dict[Manner, Dataflow | None] = field(default_factory=dict)
    kinds: dict[Manner, Kinds] = field(default_factory=dict)
    parts: dict[Manner, list[float] | None] = field(default_factory=dict)
    """MACs of each operator of each flow; ``None`` where those of some are not known."""
    bodies: Bodies = field(init=False)
    cpu: Judge = field(init=False)
    """ONNX Runtime's own kernels, which run what its delegates do not take."""

    def __post_init__(self) -> None:
        self.bodies = Bodies(self.opsets, self.program.ir_version, self.limits)
        self.cpu = Judge(shipped("ort_cpu"), lambda use: None)

    def flow(self, manner: Manner) -> Dataflow | None:
        """Its operators as a family of runtimes is left with them; ``None`` if nobody knows."""
        if manner not in self.flows:
            try:
                self.flows[manner] = flow_of(self.program, self.shapes, manner, self.sizings,
                                             self.removed)  # fmt: skip
            except (TooMany, Untyped):
                self.flows[manner] = None
        return self.flows[manner]

    def kinds_of(self, manner: Manner, flow: Dataflow) -> Kinds:
        """What kinds of operators are in ``flow``, which is that of ``manner``."""
        if manner not in self.kinds:
            self.kinds[manner] = _kinds(flow.uses)
        return self.kinds[manner]

    def parts_of(self, manner: Manner, flow: Dataflow) -> list[float] | None:
        """As in ``parts``; an operator that functions have several times has a part in each."""
        if manner not in self.parts:
            times = Counter(use.site for use in flow.uses)
            macs = [self.macs.get(use.site, 0) for use in flow.uses]
            known = [one for one in macs if one is not None]
            self.parts[manner] = (
                [one / times[use.site] for one, use in zip(known, flow.uses, strict=True)]
                if len(known) == len(macs)
                else None
            )
        return self.parts[manner]
