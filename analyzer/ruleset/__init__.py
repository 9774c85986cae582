"""Opinions about facts: rule files, their sandboxed expressions, and the engine.

What is public stands in the modules below, each imported when a name of it is first used: to
choose rules takes no parser of expressions.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.ruleset.folder import load_rules
    from analyzer.ruleset.load import parse_rule
    from analyzer.ruleset.option import Option
    from analyzer.ruleset.rule import Example, Rule
    from analyzer.ruleset.select import select_rules
else:
    _HOMES = {
        "load_rules": "folder", "parse_rule": "load", "Option": "option",
        "Example": "rule", "Rule": "rule", "select_rules": "select",
    }  # fmt: skip

    def __getattr__(name: str) -> Any:
        if name in _HOMES:
            return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["Example", "Option", "Rule", "load_rules", "parse_rule", "select_rules"]
