"""onnxlint as a library: models in, facts and findings out.

>>> import analyzer
>>> facts = analyzer.analyze("samples/mobilenet_v1.onnx")
>>> [finding.rule for finding in analyzer.lint(facts)]
['STR101']

What is public stands in ``analyzer.library``, which is imported when a name of it is first used,
so that ``import analyzer`` costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.library import *  # noqa: F403 - it has __all__
else:

    def __getattr__(name: str) -> Any:
        # ``from analyzer import units`` asks for the attribute before it looks for the module.
        if name in _FUNCTIONS or find_spec(f"{__name__}.{name}") is None:
            public = import_module(f"{__name__}.library")
            if name == "__all__" or name in public.__all__:
                value = getattr(public, name)
                setattr(sys.modules[__name__], name, value)
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *import_module("analyzer.library").__all__})


class _Package(ModuleType):
    """Keeps ``analyzer.lint`` the function: importing the module of that name would replace it."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (isinstance(value, ModuleType) and name in _FUNCTIONS):
            super().__setattr__(name, value)


_FUNCTIONS = ("analyze", "compare", "lint", "report")
"""Public functions in whose place there is a module, too."""
sys.modules[__name__].__class__ = _Package
