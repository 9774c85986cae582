"""What single operators are and demand, apart from any model.

One record (``record.Operator``) for each domain and operator, and for versions that differ; one
file a family. Whatever else onnxlint knows of an operator by its name is derived from them.
"""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from analyzer.operators import (
    activation,
    attention,
    control,
    convolution,
    elementwise,
    mixture,
    ml,
    movement,
    normalisation,
    pooling,
    product,
    quantisation,
    recurrent,
    reduction,
    resampling,
    signal,
    training,
)
from analyzer.operators.declared import held

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from analyzer.graph.call import Call
    from analyzer.operators.record import Nature, Operator

FAMILIES: tuple[tuple[Operator, ...], ...] = (
    convolution.OPERATORS,
    product.OPERATORS,
    mixture.OPERATORS,
    attention.OPERATORS,
    recurrent.OPERATORS,
    activation.OPERATORS,
    elementwise.OPERATORS,
    normalisation.OPERATORS,
    pooling.OPERATORS,
    reduction.OPERATORS,
    movement.OPERATORS,
    quantisation.OPERATORS,
    resampling.OPERATORS,
    signal.OPERATORS,
    control.OPERATORS,
    ml.OPERATORS,
    training.OPERATORS,
)


def _index(records: Iterable[Operator]) -> dict[tuple[str, str], tuple[Operator, ...]]:
    found: dict[tuple[str, str], tuple[Operator, ...]] = {}
    for record in records:
        found[record.key] = (*found.get(record.key, ()), record)
    return found


_BY_KEY = _index(chain.from_iterable(FAMILIES))


def find(domain: str, op_type: str, version: int | None = None) -> Operator | None:
    """The record in force at an opset ``version`` of its domain; the newest without one.

    ``None`` for operators that nobody described.

    >>> find("", "Conv", 17).nature.value, find("com.acme", "Conv") is None
    ('convolution', True)
    """
    forms = _BY_KEY.get((domain, op_type))
    if forms is None:
        return held().get((domain, op_type))
    if len(forms) == 1:
        return forms[0]
    fitting = (f for f in forms if version is None or version <= (f.until or version))
    return next(fitting, forms[-1]) if version is not None else forms[-1]


def shipped(domain: str, op_type: str) -> Operator | None:
    """The newest record that ships, whatever is declared."""
    forms = _BY_KEY.get((domain, op_type))
    return None if forms is None else forms[-1]


def record_of(call: Call) -> Operator | None:
    """The record of the operator that ``call`` calls; ``None`` where nobody described it."""
    return find(call.domain, call.op_type, call.version)


def nature_of(op_type: str) -> Nature | None:
    """The nature that operators of this name have in every domain, for sums that were made by name;
    ``None`` where nobody described one."""
    return _natures().get(op_type)


@cache
def _natures() -> Mapping[str, Nature]:
    return {record.name: record.nature for record in operators()}


def operators() -> Iterator[Operator]:
    """Every record, by domain and family."""
    return chain.from_iterable(FAMILIES)
