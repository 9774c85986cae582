"""How total MACs grow with each dimension that the file leaves open: an exact polynomial or none.

The model is bound at several sizes of one dimension, its MACs are summed each time, and the sums
are interpolated by finite differences in integers (Newton's forward formula), so that a
polynomial is either exactly right at every size tried or not claimed at all.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from analyzer.conformance import judged
from analyzer.conformance.operands import count_refused
from analyzer.costs.aggregate import aggregate
from analyzer.costs.sums import is_open, number
from analyzer.dataclass import dataclass
from analyzer.graph.program import program_of
from analyzer.model.limits import Limits
from analyzer.operators import find
from analyzer.operators.record import Kind
from analyzer.records import HIDDEN, shown_as
from analyzer.scaling.freedom import STRIDE, InputAxis, free_dimensions, input_shapes, rebound
from analyzer.shapes.run import infer_shapes
from analyzer.shapes.sites import list_sites
from analyzer.shapes.stated import Bindings
from analyzer.survey import leaf_costs
from analyzer.units import so_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.costs.sums import Sum
    from analyzer.graph.scope import Program
    from analyzer.model import Model
    from analyzer.scaling.freedom import Freedom
    from analyzer.shapes.instance import Shapes

KINDS = ("constant", "linear", "quadratic", "cubic")
MAX_DEGREE = 4
CHECKS = 2
"""Sizes beyond those that determine a polynomial, at which it must hold too."""
FAR = 10_240
"""How far a constant has to hold: samples of audio that do not fill one window cost the same,
however many they are."""
HOPS = 5120
"""A multiple of the steps from one window of audio to the next that are in use: 160, 256, 320, 512
and 1,024 samples."""
MAX_OPERATORS = 4000
"""Larger models are not bound again and again."""
MAX_WORK, TRIAL_WORK, TRIALS = 250_000, 50, 12
"""Operators typed and axes bound for all sizes of all dimensions, of which a model may have
thousands: about half a minute. What each size costs besides, and sizes a dimension needs."""


LENGTHS = 3
"""Stored lengths that are tried, from the longest size that was admitted anyway."""


class Sample(NamedTuple):
    """Total MACs at one size of a dimension."""

    size: int
    macs: int


@dataclass(frozen=True, slots=True)
class DimensionGrowth:
    """How total MACs follow one open dimension, all others staying as they are."""

    dim: str
    """Symbol in the file, ``x axis 2`` for an unnamed one, ``height = width`` for a pair."""
    axes: tuple[InputAxis, ...]
    """Those that move together."""
    kind: str
    """``constant``, ``linear``, ``quadratic``, ``cubic``, ``polynomial of degree 4``;
    ``irregular`` if no such polynomial fits, ``unknown`` if sizes could not be tried."""
    degree: int | None
    """``None`` if irregular or unknown."""
    coefficients: tuple[Fraction, ...] | None = field(metadata=HIDDEN)
    """Of size⁰, size¹ …; ``None`` if irregular or unknown."""
    samples: tuple[Sample, ...]
    """In ascending order; the first is not smaller than today's where that is possible."""
    step: int = 1
    """The polynomial holds at multiples of this: strides round other sizes."""
    reason: str = ""
    """Why there is no polynomial, or what it leaves out; else empty."""
    longest: int | None = None
    """The largest size that the graph admits, as long as a stored table of positions or a mask;
    ``None`` where none of those tried ends it."""

    @property
    @shown_as("coefficients")
    def texts(self) -> tuple[str, ...] | None:
        """The coefficients exactly, such as ``67785/16``."""
        return None if self.coefficients is None else tuple(map(str, self.coefficients))

    def at(self, size: int) -> Fraction | None:
        """The polynomial's value; ``None`` without one."""
        return None if self.coefficients is None else _value(self.coefficients, size)


def symbolic_growth(
    model: Model, bindings: Bindings | None = None, *, limits: Limits = Limits()
) -> tuple[DimensionGrowth, ...]:
    """Growth of total MACs with each open dimension of the inputs.

    Parameters
    ----------
    model : from ``analyzer.model.load``.
    bindings : where the other dimensions stay; for the rest, usual sizes that the model runs with
        are assumed.
    limits : time and memory of the guarded workers that infer shapes.

    Returns
    -------
    One record per symbol or unnamed axis, in the order of the inputs; an image whose height and
    width are separate dimensions has one more in which they move together. Empty where the file
    fixes every input.

    Raises
    ------
    ModelError
        A limit was exceeded that leaves nothing to go on with.
    """
    bindings = bindings or Bindings()
    program = program_of(model, limits)
    seen, _ = judged(model, program, bindings, limits)
    shapes = seen.shapes
    return growth_of(program, shapes, free_dimensions(program, shapes), bindings, limits)


def growth_of(
    program: Program,
    shapes: Shapes,
    found: Sequence[Freedom],
    bindings: Bindings,
    limits: Limits,
) -> tuple[DimensionGrowth, ...]:
    """The same for some dimensions of a model whose shapes are inferred already."""
    operators = sum(len(program.scopes[i.scope].ops) for i in shapes.instances())
    if operators > MAX_OPERATORS:
        reason = f"{operators:,} operators; up to {MAX_OPERATORS:,} are analysed at several sizes"
        return tuple(_unknown(free, reason) for free in found)
    if any(problem.code.startswith("inference-") for problem in shapes.problems):
        reason = "shape inference does not survive this model, and would die once for every size"
        return tuple(_unknown(free, reason) for free in found)
    study = _Study(program, shapes, bindings, limits)
    axes = sum(len(kind.shape or ()) for kind in shapes.main.types.values())
    most = MAX_WORK // (TRIALS * (operators + axes + TRIAL_WORK)) or 1
    reason = f"{operators:,} operators are too many to try sizes for more than {most:,} dimensions"
    return (
        *(study.growth(free) for free in found[:most]),
        *(_unknown(free, reason) for free in found[most:]),
    )


class _Study:
    """A program and its MACs at sizes already tried."""

    def __init__(
        self,
        program: Program,
        shapes: Shapes,
        bindings: Bindings,
        limits: Limits,
    ) -> None:
        self._program, self._bindings, self._limits = program, bindings, limits
        self._bound = input_shapes(program, shapes)
        total = self._count(shapes)
        self._missing, self._misfits = total.unknown_macs, misfits(program, shapes)
        self._without = _left_out(total)

    def growth(self, free: Freedom) -> DimensionGrowth:
        """Try grids of sizes until a polynomial holds on one."""
        failed: DimensionGrowth | None = None
        for start, step in _grids(free):
            found = self._tried(free, start, step)
            if found.coefficients is not None:
                return found
            if failed is None or len(found.samples) > len(failed.samples):
                failed = found
        return failed or _unknown(free, "no size to try")

    def _tried(self, free: Freedom, start: int, step: int) -> DimensionGrowth:
        """The polynomial that holds on one grid, or why there is none."""
        samples: list[Sample] = []
        reason = ""
        for index in range(MAX_DEGREE + 1 + CHECKS):
            size = start + index * step
            macs, reason = self._macs(free, size)
            if macs is None:
                break
            samples.append(Sample(size, macs))
            fitted = _fit(samples)
            if fitted is not None:
                return self._finish(free, samples, fitted, step)
        text = reason or f"no polynomial of degree {MAX_DEGREE} or less at multiples of {step}"
        kind = "irregular" if not reason else "unknown"
        return DimensionGrowth(free.name, free.axes, kind, None, None, tuple(samples), step, text)

    def _finish(
        self,
        free: Freedom,
        samples: list[Sample],
        fitted: tuple[Fraction, ...],
        step: int,
    ) -> DimensionGrowth:
        """Check further sizes: a larger one on the grid, then some off it."""
        last = samples[-1][0]
        times = -(-FAR // last) if len(fitted) == 1 and not (free.batch or free.image) else 2
        times = max(2, times)
        far, _ = self._macs(free, times * last)
        if far is not None:
            if _value(fitted, times * last) != far:
                text = f"not the polynomial that holds up to {last} at {times * last}"
                return DimensionGrowth(
                    free.name, free.axes, "irregular", None, None,
                    (*samples, Sample(times * last, far)), step, text,
                )  # fmt: skip
            samples.append(Sample(times * last, far))
        if step > 1:
            near = [samples[0][0] + offset for offset in (1, step // 2 + 1)]
            step = 1 if all(self._macs(free, n)[0] == _value(fitted, n) for n in near) else step
        degree = len(fitted) - 1
        kind = KINDS[degree] if degree < len(KINDS) else f"polynomial of degree {degree}"
        longest = self._longest(free, samples[-1].size) if degree else None
        return DimensionGrowth(
            free.name, free.axes, kind, degree, fitted, tuple(samples), step, self._without, longest
        )

    def _longest(self, free: Freedom, admitted: int) -> int | None:
        """The length of a stored tensor beyond which the graph breaks: that of a batch is none,
        and of the sides of an image the smaller one of several ends it."""
        if free.batch or free.image:
            return None
        longer = (length for length in _lengths(self._program) if length >= admitted)
        for length in islice(longer, LENGTHS):
            if self._macs(free, length + 1)[0] is None:
                return length if self._macs(free, length)[0] is not None else None
        return None

    def _macs(self, free: Freedom, size: int) -> tuple[int | None, str]:
        """Total MACs at ``size``, or ``None`` and why there is none."""
        moved = dict.fromkeys(free.axes, size)
        for name, axis in free.sums:
            now = self._bound[name][axis]
            if now is not None:
                moved[InputAxis(name, axis)] = now + size - free.size
        sizes = rebound(self._bound, moved, self._bindings)
        shapes = infer_shapes(self._program, sizes, limits=self._limits)
        total = self._count(shapes)
        worse = total.unknown_macs > self._missing
        if worse or more(misfits(self._program, shapes), self._misfits):
            return None, f"the graph does not admit size {size} while the other inputs stay"
        return number(total.macs), ""

    def _count(self, shapes: Shapes) -> Sum:
        sites = list_sites(self._program, shapes)
        return aggregate(sites, leaf_costs(sites)).total


def _lengths(program: Program) -> list[int]:
    """Sides of stored tensors that may be cut to a size, so of none that layers multiply by."""
    found: set[int] = set()
    for scope in program.scopes:
        for name, tensor in scope.constants.items():
            readers = [
                (find(op.domain, op.op_type), slot) for op, slot in scope.reads.get(name, ())
            ]
            if not any(op and slot is not None and slot in op.slots(Kind.WEIGHT)
                       for op, slot in readers):  # fmt: skip
                found.update(tensor.dims)
        values = (op.attributes.get("value") for op in scope.ops if op.op_type == "Constant")
        found.update(n for value in values for n in getattr(value, "dims", ()))
    return sorted(found)


def _left_out(total: Sum) -> str:
    parts = []
    if total.unknown_macs:
        parts.append(f"without {so_many(total.unknown_macs, 'operator')} of unknown cost")
    if is_open(total.macs) and total.undecided:
        end = "what is certain" if total.macs[1] is None else "the upper end"
        parts.append(f"with {end}: {total.undecided[0]}")
    return ", ".join(parts)


def misfits(program: Program, shapes: Shapes) -> tuple[int, int]:
    """Places at which the graph does not go with the sizes of its inputs, or nobody could look, and
    operators that cannot take their operands."""
    places = (p for p in shapes.problems if p.inconclusive or p.code == "shape-inference")
    return sum(1 for _ in places), count_refused(program, shapes)


def more(found: tuple[int, int], before: tuple[int, int]) -> bool:
    """Whether there are more of either."""
    return found[0] > before[0] or found[1] > before[1]


def _grids(free: Freedom) -> Iterator[tuple[int, int]]:
    """(first size, step) in the order to try: from today's size up, then small sizes."""
    step = 1 if free.batch else STRIDE
    start = max(step, -(-free.size // step) * step)
    yield start, step
    yield STRIDE, STRIDE
    if not free.batch:
        yield 4 * STRIDE, 4 * STRIDE
    if start > 1:
        yield 1, 1
    if free.size % step and free.size > step:
        yield free.size, free.size
    if not free.batch and not free.image:
        yield HOPS, HOPS


def _fit(samples: Sequence[Sample]) -> tuple[Fraction, ...] | None:
    """The polynomial through equidistant ``samples`` if ``CHECKS`` of them are redundant.

    >>> _fit([(n, 3 * n * n + 5) for n in (32, 64, 96, 128, 160)])
    (Fraction(5, 1), Fraction(0, 1), Fraction(3, 1))
    >>> _fit([(n, n // 2) for n in range(1, 6)])
    """
    row = [macs for _, macs in samples]
    leading = []
    while len(row) > CHECKS and any(row):
        leading.append(row[0])
        row = [b - a for a, b in pairwise(row)]
    if any(row) or len(samples) < CHECKS + 2:
        return None
    return _expand(leading, samples[0][0], samples[1][0] - samples[0][0])


def _expand(differences: Sequence[int], start: int, step: int) -> tuple[Fraction, ...]:
    """Σ Δᵏ · C((n − start)/step, k) as coefficients of n⁰, n¹ …, without trailing zeros."""
    total = [Fraction(0)] * max(1, len(differences))
    basis = [Fraction(1)]
    for k, difference in enumerate(differences):
        for power, factor in enumerate(basis):
            total[power] += difference * factor
        # C(t, k + 1) = C(t, k) · (t − k)/(k + 1) with t = (n − start)/step
        scale, root = Fraction(1, step * (k + 1)), start + k * step
        shifted = [Fraction(0), *basis]
        basis = [
            scale * (high - root * low)
            for high, low in zip(shifted, [*basis, Fraction(0)], strict=True)
        ]
    while len(total) > 1 and not total[-1]:
        total.pop()
    return tuple(total)


def _value(coefficients: Sequence[Fraction], size: int) -> Fraction:
    result = Fraction(0)
    for factor in reversed(coefficients):
        result = result * size + factor
    return result


def _unknown(free: Freedom, reason: str) -> DimensionGrowth:
    return DimensionGrowth(free.name, free.axes, "unknown", None, None, (), 1, reason)
