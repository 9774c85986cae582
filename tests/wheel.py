"""Real networks of the onnx wheel, without their weights, analysed once in a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import onnx

from analyzer.analyze import analyze
from analyzer.model import load

if TYPE_CHECKING:
    from analyzer.facts import Facts

LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"


@cache
def light(name: str) -> Facts:
    """Facts of ``light_NAME.onnx``."""
    return analyze(load(str(LIGHT / f"light_{name}.onnx")))
