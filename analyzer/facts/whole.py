"""Everything known about one model, and what is found out when somebody first asks."""

from __future__ import annotations

from collections import Counter
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from analyzer import display, units
from analyzer.dataclass import dataclass
from analyzer.facts.problem import Breach, Conformance, Problem
from analyzer.facts.tensor import Assumption, Certainty, Shape, Tensor
from analyzer.facts.totals import Ceiling, DefaultSizes, Totals
from analyzer.interface import Interface
from analyzer.language import Language, spoken
from analyzer.learned import Learned
from analyzer.naming import SharedNames
from analyzer.records import HIDDEN, Output, named
from analyzer.surplus import BatchGrowth, OpenSize, Structure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.contents import Contents
    from analyzer.deployment import TargetFit
    from analyzer.digraph import Digraph
    from analyzer.evidence import WeightEvidence
    from analyzer.facts.memory import Memory
    from analyzer.facts.network import Architecture, Block, ModelInfo, Module, Separable
    from analyzer.facts.operator import Node
    from analyzer.facts.stored import Parameters


Derived = TypeVar("Derived")


def nothing(*_about: object) -> None:
    """For facts of which nobody can find out more."""


@dataclass(frozen=True, slots=True, repr=False)
class Facts(Output):
    """Everything onnxlint knows about one model; ``facts[id]`` is one of its operators."""

    model: ModelInfo
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    assumptions: tuple[Assumption, ...]
    nodes: tuple[Node, ...]
    """Main graph first, in the file's topological order, then bodies and functions."""
    blocks: tuple[Block, ...]
    totals: Totals
    parameters: Parameters
    memory: Memory
    separable: Separable
    problems: tuple[Problem, ...]
    breaches: tuple[Breach, ...] = field(kw_only=True, default=())
    """Rules of ONNX that it breaks, the grave first."""
    graph: Digraph[str] = field(compare=False, repr=False, metadata=HIDDEN)
    """Operators as vertices (key ``Node.id``), tensors as edges; a ``networkx.MultiDiGraph``, which
    ``as_networkx`` says to a type checker."""
    architecture: Architecture | None = None
    """The published network this is, where the structure proves it; ``None``: not recognised."""
    modules: Module | None = None
    """Module tree of the source code; ``None`` where the exporter left no scope names."""
    at_defaults: DefaultSizes | None = None
    """The totals without the sizes that the metadata state, where those make one smaller."""
    interface: Interface = field(default=Interface(), repr=False, metadata=HIDDEN)
    """What the model states to those who load and call it."""
    learned: Learned = field(default=Learned(), repr=False, metadata=HIDDEN)
    """What operators have in attributes rather than in tensors."""
    shared: SharedNames = field(default=SharedNames(), repr=False, metadata=HIDDEN)
    """Names by which a viewer cannot tell what is meant."""
    evidence: WeightEvidence | None = field(default=None, metadata=named("weights"))
    """What the trained weights say; ``None`` when they were not looked at."""
    find_structure: Callable[[], Structure] = field(
        default=Structure, kw_only=True, compare=False, repr=False, metadata=HIDDEN
    )
    """Finds ``structure``; holds what that takes."""
    contents: Contents | None = field(default=None, compare=False, repr=False, metadata=HIDDEN)
    """What the file holds besides the network, looked at when a rule asks."""
    targets: tuple[TargetFit, ...] = ()
    """Where it runs, by target; empty where nobody asked."""
    find_batch_growth: Callable[[], BatchGrowth | None] = field(
        default=nothing, kw_only=True, compare=False, repr=False, metadata=HIDDEN
    )
    """Finds ``batch_growth``."""
    find_open_sizes: Callable[[], tuple[OpenSize, ...]] = field(
        default=tuple, kw_only=True, compare=False, repr=False, metadata=HIDDEN
    )
    """Finds ``open_sizes``."""
    find_resized: Callable[[Facts, Mapping[tuple[str, int], int]], Facts | None] = field(
        default=nothing, kw_only=True, compare=False, repr=False, metadata=HIDDEN
    )
    """Finds ``at_sizes``."""
    find_fixed: Callable[[], Mapping[str, Mapping[str, Shape]]] = field(
        default=dict, kw_only=True, compare=False, repr=False, metadata=HIDDEN
    )
    """Finds ``fixed_shapes``."""
    _by_id: dict[str, Node] = field(
        default_factory=dict, init=False, repr=False, compare=False, metadata=HIDDEN
    )
    """Filled when an operator is first asked for."""
    _derived: dict[tuple[Callable[[Facts], Any], Language, bool], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False, metadata=HIDDEN
    )
    """Filled by ``once``; one and the same for ``called`` and ``untargeted``."""

    @property
    def structure(self) -> Structure:
        """What it stores and could do without; found when first asked for.

        Raises ``ModelError`` where the file has changed by then.
        """
        return self.once(_find_structure)

    @property
    def batch_growth(self) -> BatchGrowth | None:
        """The operator whose work grows fastest beyond the batch, if one does.

        Found when first asked for, by another analysis with one sample more.
        """
        return self.once(_find_batch_growth)

    @property
    def open_sizes(self) -> tuple[OpenSize, ...]:
        """Sizes that the file leaves open and that total MACs follow by a known polynomial.

        Found when first asked for, by an analysis for each of several sizes.
        """
        return self.once(_find_open_sizes)

    def at_sizes(self, sizes: Mapping[tuple[str, int], int]) -> Facts | None:
        """The same model with other sizes of open axes, by (input, axis), analysed again.

        Only tensors, operators, blocks and totals are those of the new sizes. ``None`` where the
        graph does not go with them.
        """
        return self.find_resized(self, sizes)

    @property
    def fixed_shapes(self) -> Mapping[str, Mapping[str, Shape]]:
        """Shapes by path and name with nothing assumed; found when first asked for.

        A size that the file leaves open is ``None``. Empty where the file leaves none open.
        """
        return self.once(_find_fixed)

    @property
    def ceiling(self) -> Ceiling:
        """What a budget is judged by."""
        totals, other = self.totals, self.at_defaults
        macs, flops, peak = totals.macs, totals.flops, self.memory.peak_bytes
        bounded = totals.complete or totals.unknown_nodes > 0
        least = " at least" if bounded else " at least and without a bound"
        notes = ["" if totals.complete else least, "" if totals.flops_complete else least, ""]
        if other is not None:
            note = f" at the default sizes (that {other.stated} is the file's own word)"
            if other.macs > macs:
                macs, notes[0] = other.macs, note + notes[0]
            if other.flops > flops:
                flops, notes[1] = other.flops, note + notes[1]
            if peak is not None and (other.peak_activation_bytes or 0) > peak:
                peak, notes[2] = other.peak_activation_bytes, note
        if peak is not None and self.memory.certainty is Certainty.LOWER_BOUND:
            notes[2] += " at least"
        return Ceiling(macs, notes[0], bounded, flops, notes[1], peak, notes[2])

    @property
    def conformance(self) -> Conformance:
        """The breaches counted."""
        grave = sum(breach.grave for breach in self.breaches)
        misfits = sum(breach.family == "assumption" for breach in self.breaches)
        return Conformance(grave, len(self.breaches) - grave, misfits)

    @property
    def inconclusive(self) -> bool:
        """True when something was skipped, limited or broken."""
        return any(p.inconclusive for p in self.problems)

    def __getitem__(self, node: str) -> Node:
        """The operator with this id; raises ``KeyError`` if there is none."""
        return self._index()[node]

    def __contains__(self, node: object) -> bool:
        """Whether there is an operator with this id."""
        return node in self._index()

    def called(self, path: str) -> Facts:
        """The same model by another path."""
        return self._alike(replace(self, model=replace(self.model, path=path)))

    def untargeted(self) -> Facts:
        """The same where nobody asked about targets."""
        return self._alike(replace(self, targets=())) if self.targets else self

    def _alike(self, other: Facts) -> Facts:
        """``other``, of which all holds that is derived of these."""
        object.__setattr__(other, "_derived", self._derived)
        return other

    def once(self, derive: Callable[[Facts], Derived], *, about_targets: bool = False) -> Derived:
        """``derive`` of these facts, computed when somebody first asks and kept; with the words of
        the language that holds, if it has any. ``about_targets``: it looks at ``targets``."""
        key = (derive, spoken(), about_targets and bool(self.targets))
        if key not in self._derived:
            self._derived[key] = derive(self)
        found: Derived = self._derived[key]
        return found

    def _index(self) -> dict[str, Node]:
        if not self._by_id:
            self._by_id.update((each.id, each) for each in self.nodes)
        return self._by_id

    def __repr__(self) -> str:
        return display.lines(f"Facts of {self.model.path}", self._summary())

    def _repr_html_(self) -> str:
        """For notebooks."""
        return display.table(self.model.path, self._summary())

    def _summary(self) -> list[tuple[str, str]]:
        t, blocks = self.totals, Counter(block.kind for block in self.blocks)
        rows = [
            ("network", self.architecture.detail if self.architecture else "not recognised"),
            ("MACs", f"{units.count(t.macs)}, {t.certainty}"),
            ("FLOPs", units.count(t.flops) + ("" if t.flops_complete else " at least")),
            ("parameters", f"{units.count(t.params)}, {units.size(t.weight_bytes)}"),
            ("activations", f"{units.size(t.peak_activation_bytes)} at the peak"),
            ("inputs", ", ".join(map(str, self.inputs[:4]))),
            ("outputs", ", ".join(map(str, self.outputs[:4]))),
            ("operators", f"{len(self.nodes):,}, {t.weighted_layers:,} of them weighted layers"),
            ("blocks", ", ".join(f"{n:,} {kind}" for kind, n in blocks.most_common(4))),
            ("assumed", ", ".join(map(str, self.assumptions[:4]))),
            ("breaches", ", ".join(dict.fromkeys(b.code for b in self.breaches))),
            ("problems", ", ".join(dict.fromkeys(p.code for p in self.problems))),
        ]
        return [(what, value) for what, value in rows if value]


def _find_structure(facts: Facts) -> Structure:
    return facts.find_structure()


def _find_open_sizes(facts: Facts) -> tuple[OpenSize, ...]:
    return facts.find_open_sizes()


def _find_batch_growth(facts: Facts) -> BatchGrowth | None:
    return facts.find_batch_growth()


def _find_fixed(facts: Facts) -> Mapping[str, Mapping[str, Shape]]:
    return facts.find_fixed()
