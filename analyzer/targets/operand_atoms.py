"""Atoms of conditions about operands: constants, sizes, types, contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analyzer.targets.truth import RELATIONS, Truth, all_of, compared, dimension, operands

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.targets.condition import Atom
    from analyzer.targets.use import TensorValue, Use


def _const(atom: Atom, use: Use) -> Truth:
    return all_of(True if v is None else v.constant for v in operands(atom, use))


def _nonconst(atom: Atom, use: Use) -> Truth:
    truth = _const(atom, use)
    return None if truth is None else not truth


def _present(atom: Atom, use: Use) -> Truth:
    return all(value is not None for value in operands(atom, use))


def _absent(atom: Atom, use: Use) -> Truth:
    return all(value is None for value in operands(atom, use))


def _inputfrom(atom: Atom, use: Use) -> Truth:
    return all(value is not None and value.maker_type != "" for value in operands(atom, use))


def _producer(atom: Atom, use: Use) -> Truth:
    return all(value is not None and value.maker_type == atom.name for value in operands(atom, use))


def _static(atom: Atom, use: Use) -> Truth:
    return all_of(map(_is_static, operands(atom, use)))


def _is_static(value: TensorValue | None) -> Truth:
    if value is None:
        return True  # what is left out has no shape that could change
    if value.shape is None:
        return True if value.constant else None
    return None not in value.shape


def _ranked(atom: Atom, use: Use) -> Truth:
    if atom.out and use.parting:
        return False
    if atom.out and any(_has_rank(value) is None and value.maker_type for value in use.given):
        return True  # it was lost before, and is asked of the operator that lost it
    return all_of(map(_has_rank, operands(atom, use)))


def _has_rank(value: TensorValue | None) -> Truth:
    if value is None or value.shape is not None or value.proto is not None:
        return True  # what is left out, or no tensor, has no dimensions
    return None


def _nonempty(atom: Atom, use: Use) -> Truth:
    return all_of(map(_has_elements, operands(atom, use)))


def _has_elements(value: TensorValue | None) -> Truth:
    if value is None:
        return True
    if value.shape is None:
        return None
    # An open dimension that may turn out to be 0 is no reason to refuse a model beforehand.
    return 0 not in value.shape


def _rank(atom: Atom, use: Use) -> Truth:
    return all_of(compared(atom, _rank_of(value)) for value in operands(atom, use))


def _rank_of(value: TensorValue | None) -> int | None:
    return None if value is None or value.shape is None else len(value.shape)


def _ranksum(atom: Atom, use: Use) -> Truth:
    ranks = [_rank_of(value) for value in operands(atom, use)]
    known = [rank for rank in ranks if rank is not None]
    return compared(atom, sum(known) if len(known) == len(ranks) else None)


def _size(atom: Atom, use: Use) -> Truth:
    return all_of(compared(atom, _elements(value)) for value in operands(atom, use))


def _elements(value: TensorValue | None) -> int | None:
    if value is None or value.shape is None:
        return None
    total = 1
    for size in value.shape:
        if size is None:
            return None
        total *= size
    return total


def _maxdim(atom: Atom, use: Use) -> Truth:
    return all_of(compared(atom, _largest(value)) for value in operands(atom, use))


def _largest(value: TensorValue | None) -> int | None:
    if value is None or value.shape is None:
        return None
    return max((size for size in value.shape if size is not None), default=0)


def _dim(atom: Atom, use: Use) -> Truth:
    return all_of(compared(atom, dimension(v, atom.axis)) for v in operands(atom, use))


def _inputs(atom: Atom, use: Use) -> Truth:
    return compared(atom, len(use.given))


def _outputs(atom: Atom, use: Use) -> Truth:
    return compared(atom, sum(value is not None for value in use.outputs))


def _opset(atom: Atom, use: Use) -> Truth:
    return compared(atom, use.since)


def _dtype(atom: Atom, use: Use) -> Truth:
    return all_of(
        None if value is None or value.dtype is None else value.dtype in atom.words
        for value in operands(atom, use)
    )


def _same(atom: Atom, use: Use) -> Truth:
    first, second = (use.input(slot) for slot in atom.slots)
    if first is None or second is None:
        return True
    if first.dtype is None or second.dtype is None:
        return None
    return first.dtype == second.dtype


def _value(atom: Atom, use: Use) -> Truth:
    return all_of(_contents(atom, value) for value in operands(atom, use))


def _contents(atom: Atom, value: TensorValue | None) -> Truth:
    if value is None:
        return True
    if value.content is None or value.content.dtype.kind not in "iufb":
        return None
    return bool(np.all(RELATIONS[atom.relation](value.content, float(atom.words[0]))))


TESTS: Mapping[str, Callable[[Atom, Use], Truth]] = {
    "absent": _absent,
    "const": _const,
    "dim": _dim,
    "dtype": _dtype,
    "inputfrom": _inputfrom,
    "inputs": _inputs,
    "maxdim": _maxdim,
    "nonconst": _nonconst,
    "nonempty": _nonempty,
    "opset": _opset,
    "outputs": _outputs,
    "present": _present,
    "producer": _producer,
    "rank": _rank,
    "ranked": _ranked,
    "ranksum": _ranksum,
    "same": _same,
    "size": _size,
    "static": _static,
    "value": _value,
}
"""By the kind of atom."""
