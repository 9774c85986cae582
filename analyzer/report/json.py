"""JSON: the contract that other programs read; its schema ships as ``schema.json``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from analyzer.report import document

if TYPE_CHECKING:
    from analyzer.report.result import Batch, Options, Result


def render(result: Result, options: Options) -> bytes:
    """One model, for ``inspect`` and ``report``."""
    return encode(document.of_result(result))


def render_batch(batch: Batch, options: Options) -> bytes:
    """Many models, for ``check``."""
    return encode(document.of_batch(batch))


def encode(value: Any) -> bytes:
    """Pure ASCII, so that no name in it can drive a terminal or a CI system or fail to encode."""
    text = json.dumps(value, indent=1, ensure_ascii=True, allow_nan=False)
    for unsafe, same in (("\x7f", "\\u007f"), ("##[", "\\u0023#["), ("##vso[", "\\u0023#vso[")):
        text = text.replace(unsafe, same)
    return (text + "\n").encode("ascii")
