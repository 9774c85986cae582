"""Shapes inferred in the tests' own process, where a model cannot harm it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any
from unittest import mock

from analyzer.shapes import run
from analyzer.shapes.infer import Inference

_DEFAULTS: Any = run.infer_shapes.__kwdefaults__


@contextmanager
def unguarded(*, use_cpp: bool = True) -> Iterator[None]:
    """Have no worker infer shapes, whatever part of the tool asks; ``use_cpp=False`` leaves onnx's
    C++ out of it, which may kill the process."""
    without = partial(Inference, use_cpp=False)
    guard, _DEFAULTS["guard"] = _DEFAULTS["guard"], False
    try:
        with nullcontext() if use_cpp else mock.patch.object(run, "Inference", without):
            yield
    finally:
        _DEFAULTS["guard"] = guard
