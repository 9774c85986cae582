"""The worked examples in docstrings."""

from __future__ import annotations

import doctest

import pytest

from analyzer.findings import fingerprint
from analyzer.ruleset import fields, option_values


@pytest.mark.parametrize("module", [fields, option_values, fingerprint], ids=lambda m: m.__name__)
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted > 0
    assert result.failed == 0
