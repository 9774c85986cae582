"""How far a comparison looks, from both sides of each limit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from analyzer.compare import contexts, measure
from analyzer.compare.match import Matching
from analyzer.compare.wiring import Feed, _feed
from analyzer.model.rows import Rows
from analyzer.operators.record import Nature


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def test_layers_are_told_apart_by_neighbours_up_to_four_steps_away_and_at_least_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contexts, "_Skeleton", lambda side: side)
    monkeypatch.setattr(contexts, "_first", lambda side, *_, sized: [side])
    monkeypatch.setattr(contexts, "_refined", lambda side, known, _: [*known, side])
    found = contexts.around(cast("Any", ("a", "b")), cast("Any", None), sized=True)
    assert [(len(old), len(new)) for old, new in found] == [(5, 5), (4, 4), (3, 3)]


def test_matrices_of_up_to_256_mib_are_turned() -> None:
    table = np.arange(6.0).reshape(2, 3)
    for size, is_turned in ((1 << 28, True), ((1 << 28) + 1, False)):
        found = measure.turned(cast("Any", some(ndim=2, nbytes=size, whole=lambda: table)))
        assert (found is not None) is is_turned
    assert measure.turned(Rows.of(table[0])) is None


def test_who_reads_a_tensor_is_a_hint_of_up_to_64_readers() -> None:
    reader = some(steered=frozenset(), commutes=False)
    side = some(parts=[reader] * 65)
    matching: Any = some(old=side, new=side, partner={}, back={})
    few, many = (some(readers=[(n, 0, n) for n in range(count)]) for count in (64, 65))
    for old, new, hints in ((few, few, 64), (few, many, 0), (many, few, 0)):
        assert len([*Matching._readers(matching, old, new, lambda _: "alike")]) == hints


def test_64_views_in_a_row_are_seen_through() -> None:
    def source(part: int) -> Any:
        return some(part=part, port=0, slot=0)

    view = some(flows=(), given=(), record=some(nature=Nature.MOVEMENT))
    parts = [some(**vars(view) | {"flows": (source(n + 1),)}) for n in range(70)]
    assert _feed(some(parts=parts), source(0), {}) == Feed((64, 0), (), True)
