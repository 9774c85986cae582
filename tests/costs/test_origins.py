"""Elements of constants, however a graph makes them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from analyzer.costs import parameters
from analyzer.costs.origins import origins_of
from analyzer.model.rows import Rows
from tests.golden.text import facts, facts_of

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
    assert origins.why_unread(root) == "cannot be read"
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


PRODUCT = helper.make_model(
    helper.make_graph(
        [helper.make_node("MatMul", ["x", "k"], ["y"])], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [4, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.ones((3, 2), np.float32), "k")],
    ),
    opset_imports=[helper.make_opsetid("", 17)], ir_version=8,
)  # fmt: skip


def _outside(model: ModelProto) -> None:
    stored = model.graph.initializer[0]
    stored.ClearField("raw_data")
    stored.data_location = TensorProto.EXTERNAL
    stored.external_data.add(key="location", value="gone.bin")


def _twice(model: ModelProto) -> None:
    model.graph.initializer.append(numpy_helper.from_array(np.zeros((3, 2), np.float32), "k"))


@pytest.mark.parametrize(
    ("change", "there", "why"),
    [
        (lambda _: None, True, "cannot be read"),
        (_outside, False, "are in a file that is not there or must not be opened"),
        (_twice, False, "are stored in a form that is not read"),
    ],
)
def test_why_elements_are_not_read(
    change: Callable[[ModelProto], None], there: bool, why: str
) -> None:
    model = ModelProto()
    model.CopyFrom(PRODUCT)
    change(model)
    origins = origins_of(facts_of(model).graph)
    assert origins is not None
    ((root,),) = origins.feeds("y").values()
    with origins.opened(root) as rows:
        assert (rows is not None) == there
    assert origins.why_unread(root) == why


@pytest.mark.parametrize(
    ("attribute", "dtype", "wanted", "learned"),
    [
        ("value_int = 3", "int64", 3, False),
        ("value_float = 2.5", "float32", 2.5, True),
        ("value_ints = [4, 5]", "int64", [4, 5], False),
        ("value_floats = [1.0, 2.5]", "float32", [1.0, 2.5], True),
    ],
)
def test_a_constant_is_what_any_of_its_attributes_says(
    attribute: str, dtype: str, wanted: Any, learned: bool
) -> None:
    graph = facts(f"g (float[2] x) => (float[] y) {{ w = Constant <{attribute}> () "
                  "y = MatMul (x, w) }").graph  # fmt: skip
    origins = origins_of(graph)
    assert origins is not None
    ((root,),) = origins.feeds("y").values()
    assert (origins.made_by("w"), origins.made_by("y")) == ((root,), ())
    assert (origins.tensor(root).dtype, origins.is_learned(root)) == (dtype, learned)
    with origins.opened(root) as rows:
        assert rows is not None
        assert rows.whole().tolist() == wanted


def test_a_filling_of_several_numbers_is_none() -> None:
    """ONNX: ``value`` of ConstantOfShape holds one."""
    filled = "ConstantOfShape <value = float[2] {0.5, 1}> (s)"
    graph = facts(f"g (float[4,3] x) => (float[] y) {{ {SIZES} w = {filled} y = MatMul (x, w) }}")
    origins = origins_of(graph.graph)
    assert origins is not None
    ((root,),) = origins.feeds("y").values()
    with origins.opened(root) as rows:
        assert rows is None
    open_size = facts("g (float[4,3] x, int64[2] s) => (float[] y) "
                      "{ w = ConstantOfShape (s) y = MatMul (x, w) }")  # fmt: skip
    origins = origins_of(open_size.graph)
    assert origins is not None
    assert origins.feeds("y") == {}


def test_constants_that_live_on_in_a_result_are_no_factors_indices_or_sizes() -> None:
    def constant(elements: int, dtype: str | None, *, generated: bool = False) -> Any:
        return SimpleNamespace(elements=elements, generated=generated,
                               tensor=SimpleNamespace(dtype=dtype))  # fmt: skip

    made = {
        "data": constant(2, "int64"), "one": constant(1, "float32"), "real": constant(2, "float16"),
        "index": constant(2, "int64"), "open": constant(2, None),
        "made": constant(2, "float32", generated=True),
    }  # fmt: skip
    inventory = cast("Any", SimpleNamespace(constants=made))
    cases: Any = ((0, ["data", "real", "index", "open"]), (1, ["real"]))
    for slot, left in cases:
        feeds = cast("Any", {slot: tuple(made)})
        assert list(parameters._parts(inventory, feeds, slot)) == left
