"""The node cases of ONNX's own backend test: models with real inputs and outputs.

Making them takes three seconds, so that the tests which use them run in one worker
(``SAME_WORKER`` in ``tests/conftest.py``).
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any


@cache
def node_cases() -> tuple[Any, ...]:
    """All cases; their reference arithmetic warns about NaN and overflow."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from onnx.backend.test.case.node import collect_testcases

        return tuple(collect_testcases(None))
