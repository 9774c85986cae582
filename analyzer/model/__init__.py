"""Bytes to a trusted ModelProto: what every later step works on.

What is public of it stands in ``reading``, which is imported when a name of it is first used:
it takes onnx, and whoever finds every model judged already needs none.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from analyzer.model.limits import Limits

if TYPE_CHECKING:
    from analyzer.model.payloads import Payloads
    from analyzer.model.reading import Model, Readable, load
else:

    def __getattr__(name: str) -> Any:
        if name in __all__:
            return getattr(import_module("analyzer.model.reading"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["Limits", "Model", "Payloads", "Readable", "load"]
