"""Inference in the tests' own process: none of the tool's parts asks a worker."""

from __future__ import annotations

import pytest

from analyzer.model import guard
from analyzer.shapes import operators
from tests.golden.text import facts
from tests.unguarded import unguarded

GRAPH = "g (float[N, 3, H, H] x, float[8, 3, 3, 3] w) => (y) { y = Conv (x, w) }"


class AskedError(Exception):
    pass


def _refuse(*_: object) -> None:
    raise AskedError


def test_no_worker_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_fork", _refuse)
    with unguarded():
        found = facts(GRAPH)
        assert found.outputs[0].shape is not None
        assert found.structure is not None
    with pytest.raises(AskedError):
        facts(GRAPH)


def test_cpp_may_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operators, "infer_outputs", _refuse)
    with unguarded(use_cpp=False):
        facts("g (float[2] x) => (y) { y = Softplus (x) }")
    with unguarded(), pytest.raises(AskedError):
        facts("g (float[2] x) => (y) { y = Softplus (x) }")
