"""Where in the model's Python source an operator comes from, as exporters recorded it.

The dynamo exporter of PyTorch writes the stack into ``pkg.torch.onnx.stack_trace``, innermost
frame last; the TorchScript exporter, asked to be verbose, writes ``path.py(12): forward`` lines
into the operator's documentation, innermost first. Frames of the framework itself are passed
over: what a reader can edit is the module that called it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.model.proto import NodeMessage

STACK_KEY = "pkg.torch.onnx.stack_trace"
_DYNAMO = re.compile(r'File "([^"\n]{1,4096})", line (\d{1,9})')
_TORCHSCRIPT = re.compile(r"^(\S[^\n(]{0,4096}\.py)\((\d{1,9})\): ", re.MULTILINE)
_FRAMEWORK = re.compile(r"[/\\]site-packages[/\\](?:torch|onnxscript)[/\\]|[/\\]torch[/\\]nn[/\\]")


def source_location(node: NodeMessage) -> str:
    """``path.py:12`` of the innermost frame outside the framework; empty if none is recorded."""
    for entry in node.metadata_props:
        if entry.key == STACK_KEY:
            return _innermost(_DYNAMO.findall(entry.value)[::-1])
    return _innermost(_TORCHSCRIPT.findall(node.doc_string)) if node.doc_string else ""


def _innermost(frames: Sequence[tuple[str, str]]) -> str:
    own = [frame for frame in frames if not _FRAMEWORK.search(frame[0])] or frames
    return f"{own[0][0]}:{own[0][1]}" if own else ""
