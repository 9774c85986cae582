"""Calls of operators made by hand: one operand can be unknown, left out, or of any contents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from analyzer.targets.use import TensorValue, Use

MAP = TensorValue("f32", (1, 4, 8, 8))
OPEN = TensorValue("f16", (None, 3))
NONE = TensorValue()
"""A tensor of which nothing is known."""
SCALAR = TensorValue("i64", ())
EMPTY = TensorValue("f32", (0, 2))
LIST = TensorValue(proto=b"\x22\x00")
"""A sequence: no tensor."""
MADE = TensorValue("f32", (2,), maker=0, maker_type="Relu")


def fixed(values: Any, dtype: Any = np.float32) -> TensorValue:
    """A constant."""
    content = np.array(values, dtype)
    return TensorValue("f32", content.shape, True, content)


BIG = TensorValue("f32", (99, 99), True)
"""A constant whose elements nobody has read."""
LATER = TensorValue("f32", (2,), None)
"""An initializer that is also an input of the graph."""


def call(
    *inputs: TensorValue | None,
    out: Sequence[TensorValue | None] = (MAP,),
    op: str = "Conv",
    opset: int = 17,
    parting: tuple[tuple[int, tuple[int, int]], ...] = (),
    **attributes: Any,
) -> Use:
    return Use(
        op, "", opset, attributes, inputs, tuple(out), cast("Any", None), "here", parting=parting
    )
