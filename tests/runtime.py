"""ONNX Runtime as a judge of small models."""

from __future__ import annotations

from typing import Any

import onnxruntime


def session(model: bytes, options: Any = None) -> Any:
    """An ``InferenceSession`` without threads: to start some takes ten times what it takes to load
    a small model."""
    options = options or onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
