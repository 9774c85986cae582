"""The dimensions of a model's inputs that its file leaves open, and which of them move together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from analyzer.dataclass import dataclass
from analyzer.facts import NOT_SYMBOLS, name_of_axis
from analyzer.shapes.stated import Bindings
from analyzer.shapes.types import decode_type, dimensions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.facts import Dim
    from analyzer.graph.scope import Program
    from analyzer.shapes.instance import Shapes

STRIDE = 32
"""Total stride of most published networks: at its multiples no layer rounds."""


class InputAxis(NamedTuple):
    """An axis of a graph input."""

    input: str
    axis: int


@dataclass(frozen=True, slots=True)
class Freedom:
    """One open dimension."""

    name: str
    axes: tuple[InputAxis, ...]
    """Those that have its size."""
    size: int
    """Size it is bound to now."""
    batch: bool
    """True for the first axis of an input: any size does, small ones are cheap."""
    image: bool = False
    """True for height and width of an image, where they move together."""
    sums: tuple[InputAxis, ...] = ()
    """Those whose name is a sum of this and others, such as ``past + tokens``: they grow with it,
    step by step."""


def free_dimensions(program: Program, shapes: Shapes) -> tuple[Freedom, ...]:
    """Open dimensions in the order of the inputs; equal symbols are one dimension.

    Where two axes of an image are open separately, a further entry moves both.
    """
    groups: dict[str, list[InputAxis]] = {}
    sizes: dict[tuple[str, int], int] = {}
    pairs: list[tuple[InputAxis, InputAxis]] = []
    scope = program.main
    for name in scope.inputs:
        bound = shapes.main.types.get(name)
        if name in scope.constants or bound is None or bound.shape is None:
            continue
        declared = decode_type(scope.input_types[name]).shape or ()
        dims = dimensions(scope.input_types[name]) or ()
        for axis, (stated, now) in enumerate(zip(declared, bound.shape, strict=False)):
            if stated is None and now is not None:
                symbol = str(dims[axis].dim_param)
                key = name_of_axis(name, axis) if symbol in NOT_SYMBOLS else symbol
                groups.setdefault(key, []).append(InputAxis(name, axis))
                sizes[name, axis] = now
        spatial = _spatial(declared, bound.shape)
        if spatial and all((name, axis) in sizes for axis in spatial):
            pairs.append((InputAxis(name, spatial[0]), InputAxis(name, spatial[1])))
    found = [
        Freedom(key, tuple(axes), sizes[axes[0]], any(axis == 0 for _, axis in axes))
        for key, axes in groups.items()
    ]
    found = [replace(free, sums=tuple(_sums(free, found))) for free in found]
    owner = {axis: free for free in found for axis in free.axes}
    for first, second in pairs:
        one, other = owner[first], owner[second]
        if one is other:
            found = [replace(f, image=f.image or f.name == one.name) for f in found]
        else:
            axes = tuple(dict.fromkeys((*one.axes, *other.axes)))
            found.append(
                Freedom(f"{one.name} = {other.name}", axes, one.size, batch=False, image=True)
            )
    return tuple(dict.fromkeys(found))


def _sums(one: Freedom, found: Sequence[Freedom]) -> Iterator[InputAxis]:
    """Axes of the sums that ``one`` is part of, as far as they add up now."""
    sizes = {free.name: free.size for free in found}
    for free in found:
        parts = [part.strip() for part in free.name.split("+")]
        terms = [int(part) if part.isdecimal() else sizes.get(part) for part in parts]
        known = [term for term in terms if term is not None]
        if parts.count(one.name) == 1 < len(parts) == len(known) and sum(known) == free.size:
            yield from free.axes


def _spatial(declared: tuple[int | None, ...], bound: tuple[int | None, ...]) -> tuple[int, ...]:
    """Height and width of an image: NCHW, or NHWC where the last axis looks like colours."""
    if len(bound) != 4:
        return ()
    return (1, 2) if declared[3] in (1, 3, 4) and declared[1] not in (1, 3, 4) else (2, 3)


def input_shapes(program: Program, shapes: Shapes) -> dict[str, tuple[Dim, ...]]:
    """Shapes of the inputs that are no constants, as they are bound now."""
    return {
        name: kind.shape
        for name in program.main.inputs
        if name not in program.main.constants
        and (kind := shapes.main.types.get(name)) is not None
        and kind.shape is not None
    }


def rebound(
    bound: Mapping[str, tuple[Dim, ...]],
    sizes: Mapping[InputAxis, int],
    bindings: Bindings,
) -> Bindings:
    """Bindings of the inputs as they are ``bound``, but for the ``sizes`` of some axes."""
    shapes = {
        name: tuple(sizes.get(InputAxis(name, axis), size) for axis, size in enumerate(shape))
        for name, shape in bound.items()
    }
    known = {name: tuple(d for d in shape if d is not None) for name, shape in shapes.items()}
    whole = {name: shape for name, shape in known.items() if len(shape) == len(shapes[name])}
    return Bindings(whole, trips=bindings.trips)
