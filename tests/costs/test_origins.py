"""Elements of constants, however a graph makes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analyzer.costs.origins import origins_of
from analyzer.model.rows import Rows
from tests.golden.text import facts

SIZES = "s = Constant <value_ints = [3, 2]> () "
MADE: list[tuple[str, Any]] = [
    (SIZES + "w = ConstantOfShape <value = float[1] {0.5}> (s)", np.full((3, 2), 0.5)),
    (SIZES + "w = ConstantOfShape (s)", np.zeros((3, 2))),
    ("w = Constant <value = float[3,2] {1, 2, 3, 4, 5, 6}> ()", np.arange(1, 7).reshape(3, 2)),
    (("v = Constant <value_floats = [1.0, 2.0, 3.0]> () a = Constant <value_ints = [1]> () "
     "w = Unsqueeze (v, a)"), np.array([1, 2, 3])),
    ("w = Identity (k)", np.arange(1, 7).reshape(3, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("body", "wanted"), MADE)
def test_a_weight_has_the_elements_that_the_graph_gives_it(body: str, wanted: Any) -> None:
    found = facts(
        "g (float[4,3] x) => (float[] y) <float[3,2] k = {1, 2, 3, 4, 5, 6}> "
        f"{{ {body} y = MatMul (x, w) }}"
    )
    origins = origins_of(found.graph)
    assert origins is not None
    ((root,),) = origins.feeds("y").values()
    assert origins.is_learned(root)
    assert origins.tensor(root).shape == wanted.shape
    with origins.opened(root) as rows:
        assert rows is not None
        assert (rows.shape, rows.dtype) == (wanted.shape, np.float32)
        np.testing.assert_array_equal(rows.whole(), wanted)


def test_an_operand_without_constants_has_none() -> None:
    origins = origins_of(
        facts("g (float[4,3] x, float[3,2] w) => (float[] y) { y = MatMul (x, w) }").graph
    )
    assert origins is not None
    assert origins.feeds("y") == {}
    assert origins.made_by("y") == ()


def test_rows_are_those_of_the_array() -> None:
    array = np.arange(24, dtype=np.float32).reshape(4, 3, 2)
    rows = Rows.of(array)
    assert (rows.ndim, rows.size, rows.nbytes, len(rows)) == (3, 24, 96, 4)
    np.testing.assert_array_equal(rows[2], array[2])
    np.testing.assert_array_equal(rows[1:3], array[1:3])
    np.testing.assert_array_equal(rows[3:1], array[3:1])
    np.testing.assert_array_equal(rows.flat(5, 9), array.ravel()[5:9])
    np.testing.assert_array_equal(rows.like((6, 4)).whole(), array.reshape(6, 4))
    assert len(Rows.of(np.array(1.0))) == 1
    np.testing.assert_array_equal(Rows.of(array.T).whole(), array.T)
