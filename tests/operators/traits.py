"""What is stated of operators that the tables of ``test_traits`` do not list.

Those tables hold every operator of ONNX and of ONNX Runtime when they were made, by their
specifications. Whoever adds another states what it is beside its definition, in the ``STATED`` of a
file of ``tests/costs/counted/``, and changes no table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields

from analyzer.operators.record import Operator
from tests.costs.counted import STATED
from tests.costs.counted.stated import Traits

BY_KEY: Mapping[tuple[str, str], Traits] = {traits.key: traits for traits in STATED}


def traits_of(record: Operator) -> Traits:
    """What the record says, in the words of a statement."""
    slot = record.weight
    work = "counted" if record.cost.count else "free" if record.cost.is_free else "unknown"
    flags = ("averages", "bends", "channels_last", "channelwise", "commutes", "first", "gate",
             "integer", "selects")  # fmt: skip
    return Traits(
        record.name,
        record.nature,
        tuple(operand.kind for operand in record.inputs),
        domain=record.domain,
        axes=() if slot is None else record.inputs[slot].axes,
        scaling=record.scaling,
        role=record.role,
        tags=record.tags,
        repeat=record.repeat,
        flags=tuple(flag for flag in flags if getattr(record, flag)),
        work=work,
        sign=record.sign,
        neutral=record.neutral,
        moot=record.moot,
        fuses=record.fuses,
        changed=record.changed,
    )


def differences(
    records: Iterable[Operator], stated: Mapping[tuple[str, str], Traits]
) -> Iterable[str]:
    """Where records are not what is stated of them."""
    for record in records:
        name = "::".join(record.key)
        wanted, found = stated.get(record.key), traits_of(record)
        if wanted is None:
            yield f"{name}: state what it is in STATED beside its definition"
        else:
            for one in fields(Traits):
                theirs, ours = getattr(wanted, one.name), getattr(found, one.name)
                if theirs != ours:
                    yield f"{name}: {one.name} is {ours}, and should be {theirs}"
