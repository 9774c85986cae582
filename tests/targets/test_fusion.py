"""What becomes a part of the convolution before it, and which part of a shape is which size."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from analyzer.targets.flow import Dataflow
from analyzer.targets.fusion import _axis_of, _compact, _settled, joins_convolution
from analyzer.targets.use import TensorValue

Shape = tuple[int | None, ...] | None
KERNEL = (8, 4, 3, 3)


def value(shape: Shape = (8,), *, constant: bool | None = True, maker: int = -1,
          maker_type: str = "", content: Any = None) -> Any:  # fmt: skip
    return SimpleNamespace(shape=shape, constant=constant, maker=maker, maker_type=maker_type,
                           content=content)  # fmt: skip


def joined(op: str = "Add", *others: Any, weights: tuple[Any, ...] | None = None,
           domain: str = "", maker_type: str = "Conv", outputs: int = 1) -> bool:  # fmt: skip
    conv = SimpleNamespace(given=(value(), *(weights or (value(KERNEL),))))
    data = value((1, 8, 5, 5), constant=False, maker=1, maker_type=maker_type)
    use = SimpleNamespace(domain=domain, op_type=op, given=(data, *others),
                          outputs=(data,) * outputs + (None,))  # fmt: skip
    found = joins_convolution(cast("Any", use), cast("Any", [None, conv]))
    assert found in (None, data)
    return found is data


def test_a_sum_a_product_and_a_normalisation_by_channel_join_a_convolution() -> None:
    for channels in ((8, 1, 1), (1, 8, 1, 1)):
        assert joined("Add", value(channels))
        assert joined("Mul", value(channels))
    shapes: tuple[Shape, ...] = (
        (8,),
        (1, 1),
        (4, 1, 1),
        (8, 1, 2),
        (2, 8, 1, 1),
        (1, 1, 8, 1, 1),
        None,
        (1, 1, 1),
    )
    for shape in shapes:
        assert not joined("Add", value(shape)), shape
    assert joined("Mul", value(()))
    assert not joined("Add", value(()))
    assert not joined("Add", value((8, 1, 1)), weights=(value(None),))
    stats = (value(), value(), value(), value())
    assert joined("BatchNormalization", *stats)
    assert joined("Add", value((8, 1, 1)), weights=(value(KERNEL), value()))


def test_what_is_not_constant_or_read_elsewhere_joins_none() -> None:
    part = value((8, 1, 1))
    for no in (
        joined("Add", part, domain="com.x"), joined("Sub", part), joined("Add"),
        joined("Add", part, maker_type="Relu"), joined("Add", value((8, 1, 1), constant=False)),
        joined("Add", value((8, 1, 1), constant=None)), joined("Add", part, outputs=2),
        joined("Add", part, outputs=0),
        joined("Add", part, weights=(value(KERNEL, constant=False),)),
        joined("BatchNormalization", value(), value(constant=None)),
        joined("Add", part, weights=(value(KERNEL), value(constant=None))),
    ):  # fmt: skip
        assert not no
    bare = SimpleNamespace(given=(value(),))
    use = SimpleNamespace(domain="", op_type="BatchNormalization", outputs=(value(),), given=(
        value(maker=0, maker_type="Conv", constant=False), value()))  # fmt: skip
    assert joins_convolution(cast("Any", use), cast("Any", [bare])) is None


def test_an_axis_is_told_by_shape_gather_and_unsqueeze_alone() -> None:
    data = value()

    def axis(index: Any = 2, domain: str = "", order: str = "Shape Gather Unsqueeze",
             source: Any = data) -> int | None:  # fmt: skip
        uses: list[Any] = []
        before = source
        for op in order.split():
            found = None if index is None else value(content=np.array(index))
            inputs = (before, found)
            uses.append(SimpleNamespace(domain=domain, input=lambda slot, i=inputs: i[slot]))
            before = value(maker=len(uses) - 1, maker_type=op)
        return _axis_of(cast("TensorValue", before), cast("TensorValue", data), uses)

    assert axis() == axis([2]) == 2
    assert axis([1, 2]) is None
    assert axis(None) is None
    assert axis(domain="com.x") is None
    assert axis(source=value()) is None
    assert axis(source=None) is None
    for order in ("Shape Gather", "Shape Slice Unsqueeze", "Size Gather Unsqueeze", ""):
        assert axis(order=order) is None, order


def test_a_target_is_settled_where_one_size_is_open_and_each_axis_in_its_place() -> None:
    data = value()

    def settled(*parts: Any, maker_type: str = "Concat") -> bool:
        """Of a Reshape; a number is the size of that axis of the input, a list is constant."""
        uses: list[Any] = []
        given: list[Any] = []
        for part in parts:
            if isinstance(part, list):
                given.append(value((len(part),), content=np.array(part)))
                continue
            before = data
            for op in ("Shape", "Gather", "Unsqueeze"):
                inputs = (before, value(content=np.array(part)))
                uses.append(SimpleNamespace(domain="", input=lambda slot, i=inputs: i[slot]))
                before = value((1,), maker=len(uses) - 1, maker_type=op)
            given.append(before)
        uses.append(SimpleNamespace(given=given))
        target = value(maker=len(uses) - 1, maker_type=maker_type)
        inputs = (data, target)
        use = SimpleNamespace(input=lambda slot: inputs[slot])
        return _settled(cast("Any", use), uses)

    assert settled([2, 3])
    assert settled([-1, 3])
    assert not settled([-1, -1])
    assert settled(0, 1)
    assert settled(1)  # the one size that is open
    assert not settled(1, 0)  # both are out of place
    assert settled([4, 4], 2)
    assert not settled([4, -1], 1)  # the third size is not the second axis
    assert settled([4, -1], 2)
    assert not settled([2, 3], maker_type="Reshape")


def test_operators_that_are_left_are_numbered_anew_and_so_are_makers_of_their_results() -> None:
    uses: list[Any] = [SimpleNamespace(name=name, outputs=(value(maker=at), None))
            for at, name in enumerate("abcd")]  # fmt: skip
    flow = Dataflow([*uses], [(), (0,), (0, 1), (2,)], [[0, 1, 2], [3]],
                    [0, 0, 0, 1], {1, 3})  # fmt: skip
    _compact(flow, {1})
    assert flow.uses == [uses[0], uses[2], uses[3]]
    assert [use.outputs[0].maker for use in uses] == [0, 1, 1, 2]
    assert (flow.before, flow.graphs) == ([(), (0,), (1,)], [[0, 1], [2]])
    assert (flow.home, flow.ends, flow.gone) == ([0, 0, 1], {2}, [uses[1]])
