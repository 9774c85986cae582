"""Garbage is looked for less often while a report is made of one model."""

from __future__ import annotations

import gc
from contextlib import suppress

import pytest

from analyzer.cli.memory import SELDOM, seldom_collecting


@pytest.mark.parametrize("frozen", [0, 7])
def test_it_is_looked_for_as_before_when_that_is_over(
    frozen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, moved = gc.get_threshold(), list[str]()
    monkeypatch.setattr(gc, "get_freeze_count", lambda: frozen)
    monkeypatch.setattr(gc, "freeze", lambda: moved.append("aside"))
    monkeypatch.setattr(gc, "unfreeze", lambda: moved.append("back"))
    with suppress(ValueError), seldom_collecting():
        assert gc.get_threshold() == (SELDOM, *before[1:])
        assert moved == []
        raise ValueError("broken")
    assert gc.get_threshold() == before
    assert moved == ([] if frozen else ["aside", "back"])
