"""What if: the model at another width α, resolution ρ and depth d, counted layer by layer."""

from __future__ import annotations

from dataclasses import field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.display import Brief
from analyzer.graph.call import Unknown
from analyzer.operators.declared import attached, declaring
from analyzer.records import HIDDEN, shown
from analyzer.scaling.depth import Stage, repeats, stages
from analyzer.scaling.held import held_bytes
from analyzer.scaling.recount import Layer, Sized
from analyzer.scaling.system import System, operator_name, system
from analyzer.scaling.width import exact, widener

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.facts import Facts, Range

LARGEST = 1_000_000
"""Beyond this no multiplier is meant; powers of much larger ones are beyond a float."""
MOST_NAMED = 4
"""Of names in a sentence."""
KEPT = 30_000
"""Recounted operators that are kept, at all sizes together: tables and sliders ask for the same."""


@dataclass(frozen=True, slots=True, repr=False)
class Scaled(Brief):
    """The whole model at one (α, ρ, d)."""

    width: float
    """Width multiplier α."""
    resolution: float
    """Resolution multiplier ρ really applied: sides are whole pixels."""
    depth: float
    """Depth multiplier d, as asked for."""
    sides: tuple[int, ...]
    """Spatial sides of the graph inputs, in order."""
    repeats: tuple[int, ...]
    """Blocks per stage."""
    macs: int | None
    """Multiply-accumulates; ``None`` when something is unknown."""
    flops: int | None
    params: int | None
    expected_macs: float | None
    """Rule of thumb from today's MACs: linear in depth, quadratic in width and resolution."""
    layers: tuple[Layer, ...] = field(default=(), metadata=HIDDEN)
    """The operators as they are in the file; added and removed blocks are in the sums only."""
    reason: str = ""
    """Why a figure is unknown; empty otherwise."""
    assumed: str = ""
    """What the figures rest on that is not known for sure; empty otherwise."""
    macs_range: Range | None = None
    """Fewest and most MACs: which bodies run may depend on data; ``None`` when unknown."""
    flops_range: Range | None = None
    """The same of FLOPs."""

    @property
    @shown
    def deviation(self) -> float | None:
        """Measured over expected MACs, less 1."""
        if self.macs is None or not self.expected_macs:
            return None
        return self.macs / self.expected_macs - 1


class Scaler:
    """A model ready to be asked what-if questions; building it is the expensive part."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._nodes = {n.id: n for n in facts.nodes if n.scope == ""}
        self._sized: dict[tuple[object, ...], Sized] = {}
        self._today: dict[str, Layer] = {}
        self._kept_sides: dict[tuple[int, ...], tuple[str, ...]] = {}

    @cached_property
    def system(self) -> System:
        with declaring(attached(self.facts.graph)):
            return system(self.facts)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Runs of like blocks that the depth axis repeats."""
        with declaring(attached(self.facts.graph)):
            return stages(self.facts)

    @cached_property
    def deep(self) -> bool:
        """Repeating the stages repeats most of the compute: the model has a depth axis.

        Side branches that happen to look like a block are stages too, but not its depth.
        """
        repeated = sum(block.macs or 0 for stage in self.stages for block in stage.blocks)
        return 2 * repeated >= self.facts.totals.macs > 0

    @cached_property
    def sides(self) -> tuple[int, ...]:
        """Spatial sides of the graph inputs today."""
        return tuple(self.system.dims.sizes[d] or 0 for d in self.system.sides)

    def at(
        self,
        width: float = 1.0,
        resolution: float = 1.0,
        depth: float | Sequence[int] = 1.0,
        *,
        sides: int | Sequence[int] | None = None,
        divisor: int | None = None,
    ) -> Scaled:
        """The model at that size.

        Parameters
        ----------
        width
            α > 0; inputs and outputs of the graph keep their channels.
        resolution
            ρ > 0; sides become the nearest whole number.
        depth
            d > 0, or the wanted number of blocks of each stage.
        sides
            Input sides in pixels instead of ρ: one number for all, or one per axis.
        divisor
            Channels round to its multiples; ``None`` is MobileNet's ⌊α·c⌋.

        Returns
        -------
        Scaled; sizes the model's arithmetic does not admit give unknown counts and a reason.
        Raises ``ValueError`` for multipliers that are not positive and for a wrong number of
        sides or stages.
        """
        wanted = self._wanted_sides(resolution, sides)
        counts = self.repeats(depth)
        _check("width", width)
        rho = _mean_ratio(wanted, self.sides) if self.sides else 1.0
        factor = depth if isinstance(depth, int | float) else _mean_ratio(
            counts, [s.repeats for s in self.stages])  # fmt: skip
        totals = self.facts.totals
        scaled = Scaled(
            width=width, resolution=rho, depth=factor, sides=wanted, repeats=counts,
            macs=None, flops=None, params=None,
            expected_macs=totals.macs * factor * width**2 * rho**2 if totals.complete else None,
        )  # fmt: skip
        if resolution != 1 and not self.sides:
            return replace(scaled, reason="no input axis is known to be spatial")
        try:
            with declaring(attached(self.facts.graph)):
                sized = self.sized(wanted, width, divisor)
                total = sized.total
                for index, count in enumerate(counts):
                    total += sized.change(index, count)
        except Unknown as unknown:
            return replace(scaled, reason=str(unknown))
        missing = [n for n, layer in sized.layers.items() if layer.macs is None]
        # parameters of bodies and functions do not scale and belong to no main operator
        inner = totals.params - sum(n.params for n in self._nodes.values())
        moved = width != 1 or self._has_moved(sized)
        blind = self.system.opaque if moved else ()
        return replace(
            scaled, macs=total.macs, flops=total.flops,
            params=None if blind else total.params + inner,
            assumed="; ".join(
                text for text in (self._assumption if moved else "", self._anew(wanted)) if text
            ),
            layers=tuple(sized.layers.values()),
            macs_range=_range(total.macs, sum(y.slack[0] for y in sized.layers.values())),
            flops_range=_range(total.flops, sum(y.slack[1] for y in sized.layers.values())),
            reason=self._doubt(missing, blind),
        )  # fmt: skip

    def held_bytes(
        self,
        width: float = 1.0,
        depth: float | Sequence[int] = 1.0,
        *,
        sides: Sequence[int] | None = None,
    ) -> int | None:
        """Bytes of weights, buffers, scales and zero points at a size that ``at`` knows; ``None``
        where nobody knows, and for more blocks than today."""
        if self.system.opaque:
            return None
        try:
            with declaring(attached(self.facts.graph)):
                calls = self.sized(self._wanted_sides(1.0, sides), width).calls
                return held_bytes(self.facts, self.system, calls, self.stages, self.repeats(depth))
        except Unknown:
            return None

    def tied(self, resolution: float) -> tuple[str, ...]:
        """Constants that keep the inputs at the sides they have: prior boxes, grids and means that
        would have to be computed anew. What is trained takes the size that follows."""
        return self._tied(self._wanted_sides(resolution, None))

    def _tied(self, wanted: tuple[int, ...]) -> tuple[str, ...]:
        if wanted == self.sides:
            return ()
        if wanted not in self._kept_sides:
            self._kept_sides[wanted] = self._computed_anew(wanted)
        return self._kept_sides[wanted]

    def _computed_anew(self, wanted: tuple[int, ...]) -> tuple[str, ...]:
        try:
            with declaring(attached(self.facts.graph)):
                remade = self.sized(wanted, 1.0).remade
        except Unknown:
            return ()
        if not remade:
            return ()
        tensors = self.facts.parameters.tensors
        trained = {tensor.name for tensor in tensors if tensor.role == "weight"}
        return tuple(name for name in remade if name not in trained)

    def _anew(self, wanted: tuple[int, ...]) -> str:
        """Which constants would be others at those sides."""
        names = self._tied(wanted)[:MOST_NAMED]
        return f"{', '.join(names)}: computed anew for these sides" if names else ""

    def _has_moved(self, sized: Sized) -> bool:
        """Whether anything is of another size than in the file."""
        terms = self.system.terms
        return any(terms[n].call.outputs != layer.outputs for n, layer in sized.layers.items())

    def _doubt(self, missing: Sequence[str], blind: Sequence[str]) -> str:
        if blind:
            what = operator_name(self.system.terms[blind[0]].call)
            return f"{blind[0]}: how {what} follows another size is unknown"
        return f"{missing[0]}: MACs are unknown" if missing else ""

    @cached_property
    def _assumption(self) -> str:
        """What the sizes rest on that somebody declared, or that nobody did."""
        terms = self.system.terms
        with declaring(attached(self.facts.graph)):
            declared = [s.call for s in terms.values() if s.record and s.record.declaration]
        trusted = [terms[node].call for node in self.system.trusted]
        texts = (
            (declared, "as declared"),
            (trusted, "taken to hand on the shape of the first input"),
        )
        return "; ".join(
            f"{', '.join(list(dict.fromkeys(map(operator_name, calls)))[:MOST_NAMED])}: {what}"
            for calls, what in texts
            if calls
        )

    def sized(self, wanted: tuple[int, ...], width: float, divisor: int | None = None) -> Sized:
        """The layers at one width and input sides, kept for whoever asks for the same.

        Raises ``Unknown`` for sizes that the model's arithmetic does not admit.
        """
        key = (wanted, width, divisor)
        if key not in self._sized:
            if (len(self._sized) + 1) * len(self.system.terms) > KEPT:
                self._sized.clear()
            pins = dict(zip(self.system.sides, wanted, strict=True))
            calls = self.system.solve(pins, widener(width, divisor))
            self._sized[key] = Sized(
                self.facts, self._nodes, self.system, self.stages, calls, self._today
            )
        return self._sized[key]

    def _wanted_sides(
        self, resolution: float, sides: int | Sequence[int] | None
    ) -> tuple[int, ...]:
        if sides is None:
            _check("resolution", resolution)
            half = Fraction(1, 2)
            return tuple(max(1, int(s * exact(resolution) + half)) for s in self.sides)
        wanted = (sides,) * len(self.sides) if isinstance(sides, int) else tuple(sides)
        if len(wanted) != len(self.sides) or min(wanted, default=1) < 1:
            raise ValueError(f"expected {len(self.sides)} positive input sides, got {wanted}")
        return wanted

    def repeats(self, depth: float | Sequence[int]) -> tuple[int, ...]:
        """Blocks of each stage at a depth, or as wanted; raises ``ValueError``."""
        if isinstance(depth, int | float):
            _check("depth", depth)
            return tuple(repeats(stage, depth) for stage in self.stages)
        counts = tuple(depth)
        if len(counts) != len(self.stages) or min(counts, default=1) < 1:
            raise ValueError(f"expected {len(self.stages)} positive block counts, got {counts}")
        return counts


def scale(
    facts: Facts,
    width: float = 1.0,
    resolution: float = 1.0,
    depth: float | Sequence[int] = 1.0,
    *,
    sides: int | Sequence[int] | None = None,
    divisor: int | None = None,
) -> Scaled:
    """One what-if question; see ``Scaler.at``. For many, build one ``Scaler``."""
    return Scaler(facts).at(width, resolution, depth, sides=sides, divisor=divisor)


def _range(most: int | None, slack: int) -> Range | None:
    return None if most is None else (most - slack, most)


def _check(axis: str, multiplier: float) -> None:
    if not 0 < multiplier <= LARGEST:  # neither is a number that is none
        raise ValueError(f"the {axis} multiplier must be positive and at most {LARGEST:,}")


def _mean_ratio(new: Sequence[int], old: Sequence[int]) -> float:
    """Geometric mean of the ratios."""
    product = 1.0
    for a, b in zip(new, old, strict=True):
        product *= a / b
    return float(product ** (1 / len(old))) if old else 1.0
