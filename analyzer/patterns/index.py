"""The index of values and operators of a model, with what the records say of its operators."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from analyzer.graph.attributes import decode_attribute
from analyzer.graph.values import Index
from analyzer.operators import record_of
from analyzer.operators.record import Nature
from analyzer.shapes.onnx_inference import find_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.facts import Facts
    from analyzer.graph.call import Call

_IMPURE = frozenset({Nature.RANDOM, Nature.CONTROL, Nature.RUNTIME, Nature.TRAINING})


def index_of(facts: Facts) -> Index:
    """The index of one model, made when first asked for."""
    return facts.once(_index)


def _index(facts: Facts) -> Index:
    return Index(facts, is_pure, defaults_of)


def is_pure(call: Call) -> bool:
    """Whether what an operator makes is a function of its inputs and attributes alone.

    Of an operator that nobody described, nothing is known.
    """
    record = record_of(call)
    return record is not None and record.declaration is None and record.nature not in _IMPURE


def defaults_of(call: Call) -> Mapping[str, Any]:
    """Attributes that the specification of an operator gives a value; none if nobody has one."""
    return _defaults(call.op_type, call.version, call.domain)


@lru_cache(maxsize=2048)
def _defaults(op_type: str, version: int, domain: str) -> Mapping[str, Any]:
    schema = find_schema(op_type, version, domain)
    stated = schema.attributes.items() if schema else ()
    return {
        name: decode_attribute(attribute.default_value)
        for name, attribute in stated
        if attribute.default_value.name
    }
