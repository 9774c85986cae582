"""Which operators are gone before a runtime asks what can go where.

As ONNX Runtime's basic optimisations do it: what depends on constants alone is computed, what
changes nothing is dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators import find
from analyzer.operators.record import Nature
from analyzer.targets.attribute_atoms import spelt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.graph.scope import Op
    from analyzer.targets.use import TensorValue, Use

_FOLDED_DOMAINS = frozenset({"", "com.microsoft"})


def is_kept_apart(use: Use) -> bool:
    """Whether it stays where it is, and equal ones are not computed once for all: what is drawn
    at random, and what integer kernels are recognised by."""
    record = find(use.domain, use.op_type, use.opset)
    if record is None:
        return False
    return record.nature is Nature.RANDOM or record.role in ("quantize", "dequantize")


def folds(use: Use) -> bool:
    """Whether its outputs are known before the model runs."""
    if use.domain not in _FOLDED_DOMAINS or use.op.bodies or is_kept_apart(use):
        return False
    if use.op_type == "Shape" and not use.domain:
        data = use.input(0)
        if data is not None and data.shape is not None and None not in data.shape:
            return True
    given = use.given
    return bool(given) and all(value.constant is True for value in given)


def stands_for(use: Use, readers: Mapping[str, int], op: Op) -> TensorValue | None:
    """The value that its first output is equal to, where it does nothing else; else ``None``."""
    if use.domain or not use.inputs or use.inputs[0] is None or not op.outputs or not op.outputs[0]:
        return None
    data = use.inputs[0]
    if use.op_type == "Identity":
        return data
    if use.op_type == "Dropout":
        mask = len(op.outputs) > 1 and op.outputs[1] in readers
        training = use.input(2)
        trained = training is not None and (
            training.content is None or bool(training.content.any())
        )
        return None if mask or trained or use.opset < 7 else data
    if use.op_type == "Cast" and data.dtype is not None:
        return data if spelt("to", use.attribute("to")) == data.dtype else None
    return None
