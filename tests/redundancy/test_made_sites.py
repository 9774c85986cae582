"""Proofs about single operators, each condition the only one that fails."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from analyzer.facts import Assumption, Tensor
from analyzer.graph.call import Call
from analyzer.redundancy.baked import (
    _Fixed,
    _fixed_size,
    another_batch,
    another_size,
    baked,
    fixes_a_size,
    may_be_baked,
    may_fix_a_size,
)
from analyzer.redundancy.decided import cut, decided
from analyzer.redundancy.neutral import neutral
from tests.redundancy.looks import kinds

if TYPE_CHECKING:
    from analyzer.redundancy.constants import Constants


class Known:
    """Contents of inputs, by slot; of others only that they are constants."""

    def __init__(self, site: Any, **values: Any) -> None:
        self.site = site
        self.held = {int(slot[1:]): value for slot, value in values.items()}

    def is_constant(self, _: object, slot: int) -> bool:
        return slot in self.held

    def value(self, _: object, slot: int) -> Any:
        value = self.held.get(slot)
        return value if value is None or isinstance(value, np.ndarray) else np.array(value)

    def sizes(self, site: object, slot: int) -> list[int] | None:
        value = self.value(site, slot)
        return None if value is None else value.tolist()


def site(op: str, *shapes: Any, version: int = 17, domain: str = "", made: Any = None,
         dtype: str = "float32", **attributes: Any) -> Any:  # fmt: skip
    names = tuple(f"i{slot}" for slot in range(len(shapes)))
    inputs = tuple(Tensor(n, dtype, s) for n, s in zip(names, shapes, strict=True))
    call = Call(op, domain, version, attributes, inputs, (Tensor("o", dtype, made),))
    node = SimpleNamespace(op_type=op, domain=domain, inputs=names, outputs=("o",))
    return SimpleNamespace(call=call, op=node, id="o", children=())


def known(**values: Any) -> Constants:
    return cast("Constants", Known(None, **values))


BATCH = "whatever the batch"


def test_a_target_without_open_sizes_holds_one_batch_alone() -> None:
    one, two = site("Reshape", (None, 4), (2,)), site("Reshape", (2, 4), (2,))
    said = f"it makes 2×2 of an input of {{}}×4, {BATCH}"
    for target, other, expected in (
        ([2, 2], two, said.format("?")),
        ([2, 4], two, None),
        ([-1, 4], two, None),
        ([0, 4], two, None),
        ([2.0, 2.0], two, None),
        (np.zeros(0, np.int64), two, None),
        (None, two, None),
        ([2, 2], site("Reshape", (None, 4), (2,)), None),
    ):
        assert baked(one, other, known(s1=target)) == expected, target
    for version, expected in ((5, said.format("?")), (4, None)):
        old = site("Reshape", (None, 4), (2,), version=version)
        assert baked(old, two, known(s1=[2, 2])) == expected


def test_one_size_that_a_target_states_is_fixed() -> None:
    """A target [-1, 6, 2] of (N, open, 2): the open size is 6."""
    held = ("its target has 6 for axis 1, which the inputs leave open, and no other axis takes "
            "what is more or less")  # fmt: skip

    def fixed(target: Any, shape: Any = (None, None, 2), **more: Any) -> bool:
        return may_fix_a_size(site("Reshape", shape, (3,), **more), known(s1=target))

    assert fixed([-1, 6, 2])
    assert fixed([0, 6, 2])
    assert fixed([7, 6, 2], (7, None, 2))
    assert fixed([-1, 6, 2], version=5)
    assert fixed([-1, 2, 2])
    for target, shape, more in (
        ([-1, 6, 2], (None, None, 2), {"version": 4}),
        ([-1, 6, 2], (None, None, 2), {"allowzero": 1}),
        ([-1, 6, 2], (None, None, 2), {"domain": "x"}),
        ([-1, 6, 2], None, {}),
        ([-1.0, 6.0, 2.0], (None, None, 2), {}),
        (None, (None, None, 2), {}),
        ([8, 6, 2], (7, None, 2), {}),
        ([-1, 6, 2], (None, 6, 2), {}),
        ([-1, 6, 2], (None, None, None), {}),
        ([-1], (None, None, 2), {}),
        ([-1, 0, 2], (None, None, 2), {}),
        ([-1, 1, 2], (None, None, 2), {}),
        ([-1, 3, 4], (None, None, 2), {}),
        ([-1, 6, 1], (None, None, 4), {}),
        ([-1, 6, 2], (None, None, 0), {}),
        (np.zeros(0, np.int64), (None, None, 2), {}),
    ):
        assert not fixed(target, shape, **more), (target, shape, more)
    one = site("Reshape", (None, None, 2), (3,))
    for other, said in (((1, 7, 2), held), ((6, 7, 2), None), ((1, 6, 2), None), (None, None),
                        ((1, 0, 2), None)):  # fmt: skip
        assert fixes_a_size(one, site("Reshape", other, (3,)), known(s1=[-1, 6, 2])) == said
    assert fixes_a_size(one, site("Reshape", (1, 7, 2), (3,)), known(s1=[-1, 3, 4])) is None


def test_a_joined_constant_has_the_size_of_one_batch() -> None:
    def said(*shapes: Any, axis: int = 1, constant: int = 1) -> str | None:
        twice = site("Concat", *shapes)
        return baked(site("Concat", *shapes, axis=axis), twice, known(**{f"s{constant}": 0}))

    text = f"it joins a constant of size 3 along axis {{}}, {BATCH}"
    assert said((4, 2), (3, 5)) == text.format(0)
    assert said((2, 4), (5, 3), axis=-2) == text.format(1)
    assert said((4, 2), (3, 5), axis=-1) == text.format(0)
    assert said((3, 5), (4, 2), constant=0) == text.format(0)
    for shapes in (((3, 2), (3, 5)), ((4, 2), (3,)), ((4, None), (3, 5)), ((4, 2), None)):
        assert said(*shapes) is None
    assert said((4, 2), (3, 5), constant=7) is None
    assert said((4, 2), (3, 2), axis=0) is None


def test_a_constant_operand_has_the_size_of_one_batch() -> None:
    def said(*shapes: Any, constant: int = 1) -> str | None:
        twice = site("Add", *shapes)
        return baked(site("Add", *shapes), twice, known(**{f"s{constant}": 0}))

    text = "a constant operand has {} elements along the axis of the batch"
    assert said((4, 2), (3, 2)) == text.format(3)
    assert said((4, 2), (3, 1)) == text.format(3)
    assert said((3, 2), (4, 2), constant=0) == text.format(3)
    assert said((7, 4, 2), (5, 2)) == text.format(5)
    for shapes in (((4, 2), (1, 2)), ((4, 2), (2,)), ((4, 2), (4, 2)), ((1, 2), (3, 2)),
                   ((4, None), (3, 2)), ((4, 2), None)):  # fmt: skip
        assert said(*shapes) is None, shapes
    assert said((4, 2), (3, 2), constant=7) is None


def test_an_initial_state_is_for_one_batch() -> None:
    """Slot 5 is the first state of an LSTM, (directions, batch, hidden) or, since opset 14,
    (batch, directions, hidden)."""

    def said(x: Any, state: Any, layout: int = 0, constant: int = 5) -> str | None:
        shapes = x, (1, 8, 2), (1, 8, 2), (1, 16), (9,), state
        once = site("LSTM", *shapes, layout=layout)
        return baked(once, site("LSTM", *shapes), known(**{f"s{constant}": 0}))

    text = "its initial state is a constant for a batch of {}"
    assert said((5, 2, 2), (1, 3, 4)) == text.format(3)
    assert said((5, 1, 2), (3, 1, 4), layout=1) == text.format(3)
    assert said((5, 3, 2), (1, 3, 4)) is None
    assert said((3, 2, 2), (3, 1, 4), layout=1) is None
    for x, state, constant in (
        ((5, 2, 2), (1, 3, 4), 1), ((5, 2), (1, 3, 4), 5), ((5, None, 2), (1, 3, 4), 5),
        ((5, 2, 2), (1, 3), 5), ((5, 2, 2), None, 5), (None, (1, 3, 4), 5),
    ):  # fmt: skip
        assert said(x, state, constant=constant) is None, (x, state)


def test_a_constant_meets_an_open_size_where_an_operator_has_both() -> None:
    for shapes, constants, may in (
        (((None, 2), (3, 2)), {"s1": 0}, True), (((4, 2), (3, 2)), {"s1": 0}, False),
        (((None, 2), (3, 2)), {}, False), ((None, (3, None)), {"s0": 0}, True),
        ((None, (3, 2)), {"s1": 0}, False),
    ):  # fmt: skip
        assert may_be_baked(site("Add", *shapes), known(**constants)) is may, shapes
    for op, domain, may in (("Reshape", "", True), ("Concat", "", True), ("GRU", "", True),
                            ("Softmax", "", False), ("Foo", "", False), ("Add", "x", False),
                            ("MatMul", "", False)):  # fmt: skip
        assert may_be_baked(site(op, (None, 2), (3, 2), domain=domain), known(s1=0)) is may, op
    assert baked(site("Foo", (1,)), site("Foo", (1,)), known()) is None


def test_sizes_with_one_more_than_was_assumed() -> None:
    def looks(*assumed: Assumption, **shapes: Any) -> Any:
        types = {name: Tensor(name, "float32", shape) for name, shape in shapes.items()}
        return SimpleNamespace(assumptions=assumed, main=SimpleNamespace(types=types))

    a, b = Assumption("a", 0, "N", 1, ""), Assumption("a", 2, "L", 7, "")
    assert another_batch(looks(a, b, a=(1, 3, 7))) == {"a": (2, 3, 7)}
    assert another_size(looks(a, b, a=(1, 3, 7))) == {"a": (1, 3, 8)}
    assert another_size(looks(b, Assumption("a", 1, "C", 2, ""), a=(1, 3, 7))) == {"a": (1, 3, 8)}
    for shape in ((1, None, 7), None):
        assert another_batch(looks(a, a=shape)) == {}
        assert another_size(looks(b, a=shape)) == {}
    assert another_batch(looks(a, a=(None, 3))) == {"a": (2, 3)}
    for look in (another_batch, another_size):
        assert look(looks(a, b)) == {}


ONE = "over one element it is always {}"
ALONE = "it normalises single elements, of which nothing but the bias is left"


def test_over_one_element_a_result_is_settled() -> None:
    for op, version, axis, shape, number in (
        ("Softmax", 13, None, (2, 1), "1"), ("Softmax", 13, None, (1, 2), None),
        ("Softmax", 12, None, (2, 1, 1), "1"), ("Softmax", 12, None, (2, 1, 2), None),
        ("Softmax", 12, 0, (1, 1), "1"), ("Softmax", 12, 0, (2, 1), None),
        ("Softmax", 12, -1, (2, 2, 1), "1"), ("Softmax", 12, None, (2, None), None),
        ("Softmax", 12, 2, (2, 1), None), ("Softmax", 12, -3, (1, 1), None),
        ("Softmax", 12, -2, (1, 1), "1"), ("Softmax", 13, 2, (1, 1), None),
        ("Softmax", 13, -3, (1, 1), None), ("Softmax", 13, -2, (1, 2), "1"),
        ("Softmax", 13, None, None, None), ("Softmax", 12, None, None, None),
        ("LogSoftmax", 13, None, (2, 1), "0"), ("ArgMax", 13, None, (1, 2), "0"),
        ("ArgMin", 13, 1, (2, 1), "0"), ("ArgMin", 13, 1, (1, 2), None),
        ("ArgMin", 13, 0, None, None),
    ):  # fmt: skip
        more: dict[str, Any] = {} if axis is None else {"axis": axis}
        found = decided(site(op, shape, version=version, **more), known())
        said = None if found is None else (found.kind, found.why, found.by)
        expected = None if number is None else ("constant-result", ONE.format(number), "")
        assert said == expected, (op, version, axis, shape)
        assert decided(site(op, shape, version=version, domain="x", **more), known()) is None


def test_what_normalises_single_elements_leaves_the_bias() -> None:
    for op, shape, axis, alone in (
        ("InstanceNormalization", (2, 3, 1, 1), None, True),
        ("InstanceNormalization", (2, 3, 1), None, True),
        ("InstanceNormalization", (1, 1), None, False),
        ("InstanceNormalization", (2, 3, None), None, False),
        ("InstanceNormalization", (1, 1, 2), None, False),
        ("LayerNormalization", (2, 3, 1), None, True),
        ("LayerNormalization", (2, 1), None, True), ("LayerNormalization", (1, 2), None, False),
        ("LayerNormalization", (2, 1, 1), 1, True), ("LayerNormalization", (1, 1), 0, True),
        ("LayerNormalization", (1, 1), 2, False), ("LayerNormalization", (1, 1), -3, False),
        ("LayerNormalization", (1, 1), -2, True), ("LayerNormalization", None, None, False),
    ):  # fmt: skip
        more: dict[str, Any] = {} if axis is None else {"axis": axis}
        found = decided(site(op, shape, (3,), (3,), **more), known())
        said = None if found is None else (found.kind, found.why)
        assert said == (("constant-result", ALONE) if alone else None), (op, shape, axis)


def test_operands_without_a_say_are_those_of_settled_results() -> None:
    nought, text = "it multiplies by 0", "its condition is {} everywhere"
    mul = site("Mul", (2,), ())
    assert cut(mul, known(s1=0.0)) == {0: (nought, True, True)}
    assert cut(site("Mul", (), (2,)), known(s0=0.0)) == {1: (nought, True, True)}
    assert cut(mul, known(s1=1.0)) == {}
    both = site("And", (2,), ())
    assert cut(both, known(s1=False)) == {0: ("one operand is always false", True, False)}
    either = site("Or", (2,), ())
    assert cut(either, known(s1=True)) == {0: ("one operand is always true", True, False)}
    assert cut(site("Softmax", (2, 1)), known()) == {0: (ONE.format("1"), False, False)}
    where = site("Where", (), (2,), (2,), made=(2,))
    assert cut(where, known(s0=True)) == {2: (text.format("true"), True, False)}
    assert cut(where, known(s0=False)) == {1: (text.format("false"), True, False)}
    assert decided(where, known(s0=False)) == ("constant-where", text.format("false"), "i2")
    for taken, made in (((1,), (2,)), (None, (2,)), ((None,), (None,))):
        other = site("Where", (), taken, taken, made=made)
        assert decided(other, known(s0=True)) is None
    assert cut(site("Shape", (2, 3)), known()) == {0: ("", False, False)}
    assert cut(site("Add", (2,), (2,)), known()) == {}
    assert cut(site("Foo", (2,)), known()) == {}
    for word, kind, constants in (("always true", "constant-if", {"s0": True}),
                                  ("always false", "constant-if", {"s0": False})):  # fmt: skip
        found = decided(site("If", ()), known(**constants))
        assert found == (kind, f"its condition is {word}", "")
        assert cut(site("If", ()), known(**constants)) == {}
    assert decided(site("If", (2,)), known(s0=[True, True])) is None


def test_a_loop_is_settled_where_it_runs_never_or_once() -> None:
    text = "its body runs {}, whatever comes in"
    for constants, inputs, word in (
        ({"s0": 0}, 2, "never"), ({"s1": False}, 2, "never"), ({"s0": 1, "s1": True}, 2, "once"),
        ({"s0": 1}, 1, "once"), ({"s0": 1}, 2, None), ({"s0": 2, "s1": True}, 2, None),
        ({}, 2, None),
    ):  # fmt: skip
        found = decided(site("Loop", *[()] * inputs), known(**constants))
        assert found == (word and ("constant-loop", text.format(word), "")), constants


def test_a_number_changes_nothing_where_it_has_no_more_axes() -> None:
    for small, large, neutral_ in (((), (2, 3), True), ((1, 1), (2, 3), True), ((1,), (3,), True),
                                   ((1, 1, 1), (2, 3), False), ((2,), (2,), False),
                                   (None, (2,), False), ((), None, False)):  # fmt: skip
        found = neutral(site("Add", large, small, made=large), known(s1=np.zeros(small or ())))
        assert (found is not None) is neutral_, (small, large)


def test_only_a_reshape_of_onnx_is_said_to_need_no_computed_target() -> None:
    computed = "s = Shape (x)  t = Slice (s, a, b)  u = Concat <axis = 0> (t, c)"
    graph = ("g (float[N,2,3] x) => (float[] y) <int64[1] a = {{0}}, int64[1] b = {{1}}, "
             "int64[1] c = {{6}}> "
             "{{ n = Neg (x) {computed}  v = {op} (n, u)  y = Neg (v) }}")  # fmt: skip
    for op, told in (("Reshape", True), ("Reshape <allowzero = 1>", False),
                     ("com.other.Reshape", False), ("Expand", False)):  # fmt: skip
        found = kinds(graph.format(computed=computed, op=op))
        assert ("computed-shape" in found.values()) is told, op


def test_what_rests_on_a_type_that_the_file_declares_is_not_proven() -> None:
    graph = ("g (float[2] x) => (float[] y) <float[2] f, int64[1] s = {{2}}> "
             "{{ f = {} (x)  r = Reshape (f, s)  y = Neg (r) }}")  # fmt: skip
    assert kinds(graph.format("com.x.Foo")) == {}
    assert kinds(graph.format("Relu")) == {"r": "reshape"}


def test_a_target_of_known_sizes_fixes_the_one_open_axis_behind_the_first() -> None:
    def fixed(shape: tuple[int | None, ...] | None, *target: int, **about: Any) -> Any:
        known = {"domain": "", "op_type": "Reshape", "version": 14, "zero": 0} | about
        call = SimpleNamespace(**known, attr=lambda *_: known["zero"],
                               input=lambda _: SimpleNamespace(shape=shape))  # fmt: skip
        values = SimpleNamespace(value=lambda *_: np.array(target) if target else None)
        site: Any = SimpleNamespace(call=call)
        return _fixed_size(site, cast("Any", values))

    assert fixed((None, None), -1, 5) == fixed((None, None), 0, 5) == _Fixed(1, 5, 5)
    assert fixed((4, None), 4, 2) == _Fixed(1, 2, 2)
    assert fixed((None, 3, None), -1, 3, 5) == _Fixed(2, 5, 15)
    assert fixed((None, None, 2), -1, 4, 2) == _Fixed(1, 4, 8)
    for shape, target in (
        ((None, None), (3, 5)), ((None, None), (-1, 1)), ((None, None), (-1,)),
        ((None, None, None), (-1, 5)), ((None, 3), (-1, 3)), ((None, 3, None), (-1, 5)),
        ((None, 4, None), (-1, 2, 3)), ((None, 3, None), (-1, 15)), ((None, None), (-1, 0)),
        ((None, 0, None), (-1, 5)), (None, (-1, 5)), ((None, None), ()),
    ):  # fmt: skip
        assert fixed(shape, *target) is None, (shape, target)
    for other in ({"domain": "x"}, {"op_type": "Flatten"}, {"version": 4}, {"zero": 1}):
        assert fixed((None, None), -1, 5, **other) is None, other
