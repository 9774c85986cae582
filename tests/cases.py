"""The node cases of ONNX's own backend test: models with real inputs and outputs.

Making them takes three seconds, so that the tests which use them run in one worker
(``SAME_WORKER`` in ``tests/conftest.py``).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import cache
from typing import Any
from unittest import mock

import numpy as np
from onnx.backend.test.case import base
from onnx.reference.ops import op_pool_common


@cache
def node_cases() -> tuple[Any, ...]:
    """All cases; their reference arithmetic warns about NaN and overflow.

    What pooling gives is zeros: nobody looks at the numbers, whose average over each window by
    itself would take most of the time, but at their shape.
    """
    with (
        warnings.catch_warnings(),
        mock.patch.object(op_pool_common, "pool", _zeros),
        mock.patch.object(base, "process_snippet", return_value=("", "")),  # for a manual
    ):
        warnings.simplefilter("ignore")
        from onnx.backend.test.case.node import collect_testcases

        return tuple(collect_testcases(None))


def _zeros(
    padded: np.ndarray[Any, Any],
    x_shape: Sequence[int],
    kernel: Sequence[int],
    strides: Sequence[int],
    out_shape: Sequence[int],
    *_: object,
    **__: object,
) -> np.ndarray[Any, Any]:
    """Of the shape that ``onnx.reference`` gives what it has pooled."""
    return np.zeros([*x_shape[:2], *out_shape], padded.dtype)
