"""What a caller gives and takes stays as wide as it is; what nobody described holds sizes back."""

from __future__ import annotations

from typing import Any

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.scaling.system import System, operator_name, relate

Shapes = dict[str, tuple[int, ...]]
Written = tuple[str, str, str, dict[str, Any]]
"""Type, operands, results and attributes of an operator; names in capitals are constants."""


def related(
    shapes: Shapes, *ops: Written, inputs: str = "x",
    outputs: str = "y", bodies: str = "",
) -> System:  # fmt: skip
    nodes = {}
    known = {name: Tensor(name, "float32", shape) for name, shape in shapes.items()}
    for kind, operands, results, attributes in ops:
        names, made = operands.split(), results.split()
        ends = tuple(tuple(map(known.__getitem__, side)) for side in (names, made))
        domain, _, op_type = kind.rpartition(".")
        held = frozenset(slot for slot, name in enumerate(names) if name.isupper())
        nodes[made[0]] = Call(op_type, domain, 17, attributes, ends[0], ends[1]), held
    return relate(nodes, inputs.split(), outputs.split(), frozenset(bodies.split()))


def widened(system: System, name: str) -> tuple[int | None, ...]:
    """Shape of a result with everything twice as wide that may be."""
    for call in system.solve({}, lambda now, _multiple: 2 * now).values():
        for tensor in call.outputs:
            if tensor is not None and tensor.name == name:
                return tensor.shape or ()
    raise KeyError(name)


WIDE: Shapes = {"x": (1, 8), "W": (8, 16), "a": (1, 16), "z": (1, 16), "y": (1, 16), "V": (16, 16),
        "b": (1, 16), "U": (16, 4), "d": (1, 4)}  # fmt: skip
PRODUCT: Written = ("MatMul", "x W", "a", {})
LAST: Written = ("MatMul", "a U", "d", {})


def test_a_width_that_is_added_to_an_input_is_that_of_the_input() -> None:
    joined: Written = ("Add", "a z", "b", {})
    assert widened(related(WIDE, PRODUCT, joined, outputs=""), "a") == (1, 32)
    assert widened(related(WIDE, PRODUCT, joined, inputs="x z", outputs=""), "a") == (1, 16)


def test_a_width_that_is_an_output_stays_but_where_it_runs_through_the_network() -> None:
    assert widened(related(WIDE, PRODUCT, outputs=""), "a") == (1, 32)
    assert widened(related(WIDE, PRODUCT, outputs="a"), "a") == (1, 16)
    assert widened(related(WIDE, PRODUCT, LAST, outputs="a d"), "a") == (1, 32)
    assert widened(related(WIDE, PRODUCT, LAST, outputs="a d"), "d") == (1, 4)


def test_what_nobody_described_keeps_what_it_reads_unless_it_hands_its_shape_on() -> None:
    handed = related(WIDE, PRODUCT, ("com.example.Q", "a", "b", {}), outputs="")
    assert (handed.opaque, handed.trusted) == ((), ("b",))
    assert widened(handed, "b") == (1, 32)
    held = related(WIDE, PRODUCT, ("com.example.Q", "a", "d", {}), outputs="")
    assert (held.opaque, held.trusted) == (("d",), ())
    assert widened(held, "a") == (1, 16)
    body = related(WIDE, PRODUCT, ("com.example.Q", "a", "d", {}), outputs="", bodies="d")
    assert (body.opaque, body.trusted) == ((), ())


def test_what_nobody_described_may_prepare_constants() -> None:
    made = related(WIDE, ("com.example.Q", "V", "U", {}), PRODUCT, LAST, outputs="")
    assert (made.opaque, made.trusted) == ((), ())
    assert widened(made, "a") == (1, 32)
    read = related(WIDE, PRODUCT, ("com.example.Q", "V a", "d", {}), outputs="")
    assert read.opaque == ("d",)


def test_attributes_that_make_no_sense_hold_sizes_back() -> None:
    broken = related(WIDE, PRODUCT, ("Transpose", "a", "b", {"perm": (0, 7)}), outputs="")
    assert widened(broken, "a") == (1, 16)
    assert broken.opaque == ()


def test_a_resolution_multiplies_the_sides_of_inputs_that_kernels_slide_over() -> None:
    shapes: Shapes = {"x": (1, 3, 8, 9), "s": (1, 3, 1, 9), "b": (1, 3, 8, 9), "K": (4, 3, 1, 1),
              "a": (1, 4, 8, 9), "n": (9,)}  # fmt: skip
    ops: tuple[Written, ...] = ("Add", "x s", "b", {}), ("Conv", "b K", "a", {})
    system = related(shapes, *ops, inputs="x s n")
    axes = system.axes["x"] or (), system.axes["s"] or ()
    assert system.sides == (*axes[0][2:], axes[1][3]), "an axis of one element is no side"
    assert related(shapes, *ops, inputs="s").sides == (axes[1][3],)


def test_an_operator_of_which_nothing_moves_is_the_very_same_call() -> None:
    system = related(WIDE, PRODUCT, LAST, outputs="a d")
    plain = system.solve({}, lambda now, _multiple: now)
    assert all(call is system.terms[name].call for name, call in plain.items())
    wide = system.solve({}, lambda now, _multiple: 2 * now)
    assert [wide[name] is system.terms[name].call for name in "ad"] == [False, False]


def test_an_operator_is_named_by_its_domain() -> None:
    assert operator_name(Call("Relu", "", 17, {}, (), ())) == "ai.onnx::Relu"
    assert operator_name(Call("Q", "com.example", 1, {}, (), ())) == "com.example::Q"
