"""The worked numbers in the formulas' docstrings hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

from analyzer import costs

MODULES = [module.name for module in pkgutil.iter_modules(costs.__path__)]
WORKED = {"attention", "contrib_attention", "contrib_linear", "conv", "linear", "recurrent"}


@pytest.mark.parametrize("name", MODULES)
def test_worked_numbers(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"analyzer.costs.{name}"))
    assert result.failed == 0
    assert result.attempted or name not in WORKED
