"""Weights that nobody trained: what operators fill with a number, or draw, when the model runs."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from analyzer.graph.adjacency import vertices
from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature

if TYPE_CHECKING:
    from analyzer.facts import Facts, Tensor
    from analyzer.graph.adjacency import Vertex
    from analyzer.operators.record import Operator

_LEARNED = (Kind.WEIGHT, Kind.TABLE)
_ASIDE = (Kind.SHAPE, Kind.INDEX, Kind.BOUND, Kind.SCALE, Kind.ZERO_POINT)
"""Operands of which results are not made: they say how."""


class Making(IntEnum):
    """What a tensor is made of; of several operands the highest counts."""

    FILLED = 0
    """Sizes and single numbers."""
    DRAWN = 1
    """Random numbers, too."""
    GIVEN = 2
    """Inputs, or numbers that the file stores."""


class MadeWeights(NamedTuple):
    """Elements of each tensor of weights that the main graph makes of nothing that is stored."""

    filled: tuple[int, ...]
    drawn: tuple[int, ...]
    """Other numbers in every run."""


def made_of_nothing(facts: Facts) -> MadeWeights:
    """Weights and tables of layers that are filled or drawn; those of a single number left out."""
    origins: dict[str, Making] = {}
    found: dict[str, tuple[Making, int]] = {}
    for _, place in vertices(facts.graph):
        if place.scope:
            continue
        record = record_of(place.call)
        for slot in _weights(record, place):
            tensor = place.call.input(slot)
            elements = 0 if tensor is None else tensor.elements or 0
            origin = Making.GIVEN if tensor is None else _origin(place, slot, tensor, origins)
            if tensor is not None and origin is not Making.GIVEN and elements > 1:
                found[tensor.name] = origin, elements
        made = _made(record, place, origins)
        origins.update((t.name, made) for t in place.call.outputs if t is not None)
    return MadeWeights(
        tuple(n for origin, n in found.values() if origin is Making.FILLED),
        tuple(n for origin, n in found.values() if origin is Making.DRAWN),
    )


def _weights(record: Operator | None, place: Vertex) -> tuple[int, ...]:
    """Slots of weights and tables; either operand of a product may be one."""
    if record is None:
        return ()
    own = tuple(slot for kind in _LEARNED for slot in record.slots(kind))
    product = record.nature is Nature.PRODUCT
    return own or (tuple(range(min(2, len(place.call.inputs)))) if product else ())


def _made(record: Operator | None, place: Vertex, origins: dict[str, Making]) -> Making:
    """What the results of an operator are made of."""
    if record is None:
        return Making.GIVEN
    if record.nature is Nature.RANDOM:
        return Making.DRAWN
    if record.nature is Nature.STATIC:
        stores = not place.call.inputs and any(map(_tells, place.call.outputs))
        return Making.GIVEN if stores else Making.FILLED
    found: Making | None = None
    for slot, tensor in enumerate(place.call.inputs):
        if tensor is None or (slot < len(record.inputs) and record.inputs[slot].kind in _ASIDE):
            continue
        origin = _origin(place, slot, tensor, origins)
        if origin is Making.GIVEN:  # as nearly all are: nothing counts for more
            return origin
        found = origin if found is None else max(found, origin)
    return Making.GIVEN if found is None else found


def _origin(place: Vertex, slot: int, tensor: Tensor, origins: dict[str, Making]) -> Making:
    """What an operand is made of; what no operator makes is stored, or given."""
    if tensor.name in origins:
        return origins[tensor.name]
    stores = slot not in place.constants or _tells(tensor)
    return Making.GIVEN if stores else Making.FILLED


def _tells(tensor: Tensor | None) -> bool:
    """Whether it holds several numbers."""
    return tensor is not None and tensor.elements != 1
