"""What pytest does again for each of many thousand tests, done once or not at all."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

from _pytest import fixtures, python

_FIXTURES, _PYTHON = vars(fixtures), vars(python)
_NAMES: Callable[..., tuple[str, ...]] = _FIXTURES["getfuncargnames"]


def _names(function: Callable[..., object], **more: Any) -> tuple[str, ...]:
    """Names of a function's arguments; whoever asks for ``request`` asks for those of a lambda."""
    if isinstance(function, FunctionType) and not hasattr(function, "__wrapped__"):
        code = function.__code__
        if not code.co_argcount + code.co_kwonlyargcount:
            return ()
    return _NAMES(function, **more)


def save_time() -> None:
    """Take no signature of a function without arguments, and look up once where each stands, which
    the reports of all its parameters need."""
    _FIXTURES["getfuncargnames"] = _names
    _PYTHON["getfslineno"] = cache(_PYTHON["getfslineno"])
