"""The repository that users of hooks name, and what pre-commit has installed from it."""

from __future__ import annotations

import pytest

from tools.recipes import Clone


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """One for all tests here, as installing takes longer than anything that is asked of it."""
    return Clone(tmp_path_factory.mktemp("tool"))
