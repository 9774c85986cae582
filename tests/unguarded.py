"""Shapes inferred in the tests' own process, where a model cannot harm it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
    infer = Inference if use_cpp else partial(Inference, use_cpp=False)
    with mock.patch.dict(_DEFAULTS, guard=False), mock.patch.object(run, "Inference", infer):
        yield
