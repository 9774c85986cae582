"""What operators compute, in words that no exporter and no opset changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.record import Kind, Nature

if TYPE_CHECKING:
    from collections.abc import Collection

    from analyzer.facts import Conv
    from analyzer.graph.call import Call
    from analyzer.operators.record import Operator

_OPAQUE = frozenset({
    Nature.RECURRENT, Nature.CONTROL, Nature.DETECTION, Nature.TREE, Nature.SEQUENCE,
    Nature.RUNTIME, Nature.TRAINING, Nature.SIGNAL, Nature.ALGEBRA, Nature.LOSS,
})  # fmt: skip
"""Operators that are no function of their inputs' elements in place, and that nobody folds."""
_JOINS = frozenset({"add", "mul", "concat", "product"})
"""Words of ``Operator.role`` that tell joins apart."""


def is_layer(
    call: Call, conv: Conv | None, record: Operator | None, flowing: Collection[int]
) -> bool:
    """Whether an operator that something flows through is a landmark in every export.

    Parameters
    ----------
    flowing : input slots that are not constant.
    """
    if conv is not None or record is None or record.nature in _OPAQUE:
        return True
    return _weight_slot(call, record, flowing) is not None


def layer_kind(
    call: Call, conv: Conv | None, record: Operator | None, flowing: Collection[int]
) -> tuple[object, ...]:
    """What a layer computes: family, kernel, channels, groups, strides.

    No figure in it depends on the size of the data, on names, or on how the weights are stored.
    """
    if conv is not None:
        return conv_kind(conv)
    word = operator_word(call, record)
    slot = None if record is None else _weight_slot(call, record, flowing)
    if record is None or slot is None:
        return ("opaque", word)
    tensor = call.input(slot)
    shape = None if tensor is None else tensor.shape
    if record.role != "product":
        return ("weighted", word, shape)
    if "K" in call.attributes and "N" in call.attributes:  # packed weights
        return ("linear", call.attributes["K"], call.attributes["N"])
    if shape is None or len(shape) < 2:
        return ("linear", shape)
    rows, columns = shape[-2:]
    turned = bool(call.attr("transB")) != (slot == 0)
    ends = (columns, rows) if turned else (rows, columns)
    return ("linear", *ends, *(size for size in shape[:-2] if size != 1))


def conv_kind(conv: Conv) -> tuple[object, ...]:
    """What a convolution computes, the sizes of its maps apart."""
    return ("conv", conv.transposed, conv.kernel_shape, conv.strides, conv.dilations,
            conv.groups, conv.in_channels, conv.out_channels)  # fmt: skip


def join_word(record: Operator | None) -> str:
    """What a join does: ``add``, ``mul``, ``concat``, ``product`` or ``join``."""
    return record.role if record is not None and record.role in _JOINS else "join"


def operator_word(call: Call, record: Operator | None) -> str:
    """Operator type, one word for those that exporters use for one another."""
    if record is None:
        return f"{call.domain}.{call.op_type}" if call.domain else call.op_type
    return "reshape" if record.role == "reshape" else call.op_type


def operand_word(record: Operator | None, slot: int | None) -> str:
    """What a constant at an input is for: a bias is one also where it is added behind."""
    operand = record.operand(slot) if record is not None and slot is not None else None
    if record is None or operand is None:
        return "constant"
    if operand.kind is Kind.DATA:
        return {"add": "bias", "mul": "gain"}.get(record.role, "constant")
    return str(operand.kind.value)


def _weight_slot(call: Call, record: Operator, flowing: Collection[int]) -> int | None:
    """The input slot that holds trained weights; ``None`` where all of it flows."""
    if record.role == "product":
        slot = record.weight
        if slot is None or slot not in flowing:
            return slot
        return 0 if 0 not in flowing else None
    for kind in (Kind.WEIGHT, Kind.TABLE):
        slot = record.slot(kind)
        if slot is not None and slot < len(call.inputs) and slot not in flowing:
            return slot if call.inputs[slot] is not None else None
    table = call.op_type == "Gather" and 0 not in flowing and 1 in flowing
    return 0 if table else None
