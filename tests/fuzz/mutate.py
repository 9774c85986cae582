"""Mutations of a ModelProto that keep it parseable: what a schema-aware attacker would change."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from onnx import ModelProto

from analyzer.model.messages import is_repeated
from tests.fuzz import details, structure
from tests.fuzz.strings import NOT_UTF8, break_utf8
from tests.fuzz.walk import mutate as mutate_bytes
from tests.fuzz.walk import mutate_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Mutation = Callable[[ModelProto, random.Random], None]


def mutate(data: bytes, rng: random.Random, pool: Sequence[bytes]) -> bytes:
    """A mutant of the model in ``data``: mostly of its structure, at times of its bytes."""
    kind = rng.random()
    if kind < 0.07:
        return mutate_bytes(data, rng, rng.choice(pool))
    if kind < 0.15:
        return mutate_inside(data, rng, rng.choice(pool))
    model = ModelProto.FromString(data)
    _mend_text(model)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5))):
        rng.choices(tuple(_WEIGHTS), tuple(_WEIGHTS.values()))[0](model, rng)
    return break_utf8(model.SerializeToString())


def _mend_text(message: Any) -> None:
    """Put ``NOT_UTF8`` where text is not UTF-8: protobuf reads that as bytes and refuses to set it.

    ``break_utf8`` undoes this once everything else is changed.
    """
    for known, value in message.ListFields():
        if known.message_type:
            for inner in value if is_repeated(known) else (value,):
                _mend_text(inner)
        elif known.type == known.TYPE_STRING and is_repeated(known):
            value[:] = [NOT_UTF8 if isinstance(text, bytes) else text for text in value]
        elif isinstance(value, bytes) and known.type == known.TYPE_STRING:
            setattr(message, known.name, NOT_UTF8)


_WEIGHTS: Mapping[Mutation, int] = {
    details.edit_ints: 10,
    details.add_attribute: 10,
    details.drop_attribute: 3,
    details.dims: 8,
    details.dtype: 4,
    details.constant: 8,
    details.steered: 5,
    details.tensor_edit: 6,
    structure.inputs: 8,
    structure.operator: 8,
    structure.graph_edit: 4,
    structure.versions: 3,
    structure.nest: 2,
    structure.functions: 1,
    structure.text: 8,
}
"""How often each mutation is chosen, relative to the others."""
