"""Names, types and contents while shapes are found: who hides whom, and how much is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import NodeProto, TensorProto, helper

from analyzer.facts import Dim
from analyzer.graph.scope import Op, Scope
from analyzer.shapes.frame import Frame, Room
from analyzer.shapes.instance import Instance
from analyzer.shapes.types import UNKNOWN, Type


def frame(path: str = "", parent: Frame | None = None, room: int = 1 << 20, **constants: int
          ) -> Frame:  # fmt: skip
    scope = Scope(0, [], (), (), opsets={"": 17})
    for name, value in constants.items():
        scope.constants[name] = helper.make_tensor(name, TensorProto.INT64, [1], [value])
    return Frame(Instance(path, 0), scope, parent, {}, Room(room))


def test_an_inner_name_hides_an_outer_one() -> None:
    outer = frame(a=1, b=2, c=3)
    outer.set("x", Type("float32", (1,)))
    outer.set("y", Type("float32", (2,)))
    inner = frame("body", outer, b=5)
    inner.set("y", Type("int64", (3,)))
    inner.set("c", Type("int64", (1,)))  # computed inside, of what is not known
    assert [inner.type(name) for name in "xyz"] == [
        Type("float32", (1,)), Type("int64", (3,)), UNKNOWN,
    ]  # fmt: skip
    found = [inner.value(name) for name in "abcz"]
    assert [None if each is None else each.tolist() for each in found] == [[1], [5], None, None]


def test_what_is_read_of_a_constant_is_kept_where_it_is_read_again() -> None:
    outer = frame(a=7)
    inner = frame("body", outer)
    first = inner.value("a")
    assert first is not None
    assert outer.instance.values["a"] is inner.value("a")
    assert inner.instance.values == {}


def test_a_constant_that_is_stored_twice_has_no_contents() -> None:
    made = frame(a=7)
    made.scope.twice = frozenset({"a"})
    assert made.value("a") is None


@pytest.mark.parametrize(("path", "places"), [("", ["b"]), ("f/g", ["f/g/b"])])
def test_the_first_that_finds_no_room_is_remembered(path: str, places: list[str]) -> None:
    made = frame(path, room=24)
    assert made.room.full_at is None
    for name, count in (("a", 2), ("b", 2), ("c", 1), ("d", 1)):
        made.keep(name, np.zeros(count, np.int64))
    assert sorted(made.instance.values) == ["a", "c"]
    assert [made.room.full_at] == places
    assert made.room.left == 0


def test_contents_that_are_known_in_part_take_40_bytes_an_element() -> None:
    made = frame(room=88)
    made.keep("a", np.array([1, None], object))
    assert made.room.left == 8
    made.keep("b", np.array([4], object))  # all of it is known
    assert made.instance.values["b"].dtype == np.int64
    assert (made.room.left, made.room.full_at) == (0, None)


@pytest.mark.parametrize(("shape", "kept"), [
    ((2, None), (2, None)), ((0,), (0,)), ((-1, 3), (None, 3)), ((-2, 0, 1), (None, 0, 1)),
    (None, None), ((), ()),
    ((1,) * 64, (1,) * 64), ((1,) * 65, None),
])  # fmt: skip
def test_sizes_below_0_are_none_and_so_are_axes_beyond_64(
    shape: tuple[Dim, ...] | None, kept: tuple[Dim, ...] | None
) -> None:
    made = frame()
    made.set("x", Type("float32", shape))
    made.set("", Type("float32", shape))
    assert made.instance.types == {"x": Type("float32", kept)}


@pytest.mark.parametrize(("path", "made", "place"), [
    ("", {"outputs": ("", "b"), "name": "n"}, "b"), ("f", {"outputs": ("a", "b")}, "f/a"),
    ("", {"outputs": ("",), "name": "n"}, "n"), ("f", {"outputs": ()}, "f/Relu"),
])  # fmt: skip
def test_an_operator_is_called_by_its_first_output(
    path: str, made: dict[str, Any], place: str
) -> None:
    op = Op(NodeProto(), made.get("name", ""), "Relu", "", (), made["outputs"], {}, {})
    assert frame(path).place(op) == place
