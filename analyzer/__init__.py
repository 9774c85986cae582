"""onnxlint as a library: bytes in, facts and findings out.

>>> import analyzer
>>> facts = analyzer.analyze(analyzer.load("samples/mobilenet_v1.onnx"))  # doctest: +SKIP
>>> analyzer.lint(facts, analyzer.load_rules())  # doctest: +SKIP

Nothing here prints, exits or reads the environment, and a name is imported when it is first used,
so ``import analyzer`` costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.analyze import analyze as analyze
    from analyzer.analyze import analyze_weights as analyze_weights
    from analyzer.compare import Comparison as Comparison
    from analyzer.compare import compare as compare
    from analyzer.errors import OnnxlintError as OnnxlintError
    from analyzer.facts import Facts as Facts
    from analyzer.findings.finding import Finding as Finding
    from analyzer.findings.finding import Severity as Severity
    from analyzer.lint import Settings as Settings
    from analyzer.lint import lint as lint
    from analyzer.model import Limits as Limits
    from analyzer.model import Model as Model
    from analyzer.model import load as load
    from analyzer.model import load_bytes as load_bytes
    from analyzer.ruleset import Rule as Rule
    from analyzer.ruleset import load_rules as load_rules
    from analyzer.shapes.bindings import Bindings as Bindings
    from analyzer.version import __version__ as __version__

_HOMES: Mapping[str, str] = {
    "Bindings": "shapes.bindings",
    "Comparison": "compare",
    "Facts": "facts",
    "Finding": "findings.finding",
    "Limits": "model",
    "Model": "model",
    "OnnxlintError": "errors",
    "Rule": "ruleset",
    "Settings": "lint",
    "Severity": "findings.finding",
    "__version__": "version",
    "analyze": "analyze",
    "analyze_weights": "analyze",
    "compare": "compare",
    "lint": "lint",
    "load": "model",
    "load_bytes": "model",
    "load_rules": "ruleset",
}
"""Public name → module that defines it."""

__all__ = sorted(_HOMES)  # noqa: PLE0605 - a list of str


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    setattr(sys.modules[__name__], name, value)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


class _Package(ModuleType):
    """Keeps ``analyzer.lint`` the function: importing the module of that name would replace it."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _HOMES or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
