"""What ONNX Runtime really did: every kernel it ran, with the shapes it saw."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import onnxruntime as ort

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import onnx

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Executed:
    """One run of one kernel."""

    key: str
    """Name of its node, ``@n@`` as the generator numbers them."""
    op_type: str
    inputs: tuple[Shape, ...]
    """Shapes of the inputs that are present."""
    outputs: tuple[Shape, ...]
    """Shapes of the outputs that are asked for."""


def execute(model: onnx.ModelProto, feeds: Mapping[str, np.ndarray[Any, Any]]) -> list[Executed]:
    """Run ``model`` without optimisations; bodies and inlined functions are in the list too.

    Raises whatever ONNX Runtime raises on a model it refuses.
    """
    with tempfile.TemporaryDirectory() as folder:
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(folder) / "profile")
        # A weight that was packed for the kernel is missing among the recorded inputs.
        options.add_session_config_entry("session.disable_prepacking", "1")
        session = ort.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        session.run(None, dict(feeds))
        events = json.loads(Path(session.end_profiling()).read_text())
    return [_executed(event) for event in events if event["name"].endswith("_kernel_time")]


def _executed(event: Mapping[str, Any]) -> Executed:
    keys = re.findall(r"@\d+@", event["name"])
    args = event["args"]
    return Executed(
        keys[-1] if keys else event["name"],
        args["op_name"],
        _shapes(args["input_type_shape"]),
        _shapes(args["output_type_shape"]),
    )


def _shapes(records: list[dict[str, list[int]]]) -> tuple[Shape, ...]:
    return tuple(tuple(shape) for record in records for shape in record.values())
