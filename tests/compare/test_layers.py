"""What an operator is called in the table of layers of a comparison."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.report.compare.view.layers import _told, _words
from tests.golden.text import facts


@pytest.mark.parametrize(
    ("operator", "title", "at", "precision"),
    [
        ("y = Neg (x)", "Neg", "2×3×8×8", "float32"),
        ("y = Cast <to = 10> (x)", "Cast", "2×3×8×8", "float16"),
        (f"y = ai.acme.{'Q' * 39} (x)", "Q" * 39, "unknown", "float32"),
        (f"y = ai.acme.{'Q' * 41} (x)", f"{'Q' * 20}…{'Q' * 19}", "unknown", "float32"),
        ("y = GlobalAveragePool (x)", "GlobalAveragePool", "2×3×1×1", "float32"),
        ("y = Conv (x, w)", "1×1 pointwise 3 → 4", "8×8", "float32"),
    ],
)
def test_a_layer_has_its_sizes_and_another_operator_its_type_in_forty_letters(
    operator: str, title: str, at: str, precision: str
) -> None:
    weights = "float[4,3,1,1] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}"
    (node,) = facts(f"g (float[2,3,8,8] x) => (float[] y) <{weights}> {{ {operator} }}").nodes
    told = _words(node)
    assert told is not None
    assert (told.title, told.at, told.precision) == (title, at, precision)


def test_a_change_of_spelling_is_told_by_its_headline_alone() -> None:
    """What came, went or was turned by the exporter's manner, not by whoever made the model."""
    kinds = ("identities", "constants", "dropouts", "shape-arithmetic", "views", "fusions", "types")
    headlines = [SimpleNamespace(kind=kind, covers=(n, n + 7)) for n, kind in enumerate(kinds)]
    changes = [object() for _ in range(14)]
    found: Any = SimpleNamespace(changes=changes, headlines=headlines)
    assert _told(found) == {id(changes[n]) for n in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)}
