"""The worked numbers in the docstrings of ``analyzer.scaling`` hold."""

import doctest
import importlib
import pkgutil

import pytest

from analyzer import scaling


@pytest.mark.parametrize("name", [m.name for m in pkgutil.iter_modules(scaling.__path__)])
def test_worked_numbers(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"analyzer.scaling.{name}")).failed == 0
