"""The worked numbers in the docstrings of ``analyzer.weights`` hold."""

import doctest
import importlib
import pkgutil

import pytest

from analyzer import weights


@pytest.mark.parametrize("name", [m.name for m in pkgutil.iter_modules(weights.__path__)])
def test_worked_numbers(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"analyzer.weights.{name}")).failed == 0
