"""Where what is stored, computed or never runs begins and ends to be surplus."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from onnx import numpy_helper

from analyzer.costs.settled import grown_bytes
from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.redundancy.constants import is_uniform
from tests.golden.text import facts, facts_of, parse
from tests.redundancy.looks import kinds, surplus
from tests.redundancy.test_initializers import stored


def test_tensors_of_64_bytes_are_compared() -> None:
    small, least = np.arange(15, dtype=np.float32), np.arange(16, dtype=np.float32)
    found = {
        each.name: each.duplicate_of
        for size, array in (("s", small), ("l", least))
        for each in facts_of(
            _products({f"{size}1": array, f"{size}2": array.copy()})
        ).structure.initializers
    }
    assert found == {"s1": "", "s2": "", "l1": "", "l2": "l1"}


def _products(arrays: dict[str, np.ndarray]) -> Any:
    model = parse("g (float x) => (float y) { y = Identity (x) }")
    del model.graph.node[:]
    for name in arrays:
        made = parse(f"g (float x, float {name}) => (float y) {{ y_{name} = Mul (x, {name}) }}")
        model.graph.node.extend(made.graph.node)
    model.graph.output[0].name = f"y_{name}"
    model.graph.initializer.extend(numpy_helper.from_array(a, n) for n, a in arrays.items())
    return model


def test_large_tensors_are_compared_in_every_element() -> None:
    """Of 128 KiB, of which a few elements in sixteen places are looked at first."""
    one = np.arange(32768, dtype=np.float32).reshape(128, 256)
    there, gone = one.copy(), one.copy()
    there[0, 1] += 1
    gone[3, 232] += 1
    found = stored(a=one, b=one.copy(), c=there, d=gone, e=gone.copy())
    assert {name: each.duplicate_of for name, each in found.items()} == {
        "a": "", "b": "a", "c": "", "d": "", "e": "d",
    }  # fmt: skip
    zeros = np.zeros((128, 256), np.float32)
    nearly = zeros.copy()
    nearly[127, 255] = 1
    found = stored(a=zeros, b=zeros.copy(), c=nearly, d=nearly.copy())
    assert {name: each.uniform for name, each in found.items()} == {
        "a": None, "b": True, "c": None, "d": False,
    }  # fmt: skip
    assert [found[name].duplicate_of for name in "abcd"] == ["", "a", "", "c"]


@pytest.mark.parametrize(("count", "kind"), [(128, "foldable"), (129, "")])
def test_a_wider_copy_of_up_to_512_bytes_is_arithmetic_of_shapes(count: int, kind: str) -> None:
    numbers = ",".join(str(i % 9) for i in range(count))
    graph = (f"g (float[{count}] x) => (float[{count}] y) <int8[{count}] q = {{{numbers}}}> "
             "{ c = Cast <to = 1> (q)  y = Add (x, c) }")  # fmt: skip
    assert kinds(graph).get("c", "") == kind


def site(inputs: list[Tensor | None], outputs: list[Tensor | None]) -> Any:
    return SimpleNamespace(call=Call("Op", "", 1, {}, tuple(inputs), tuple(outputs)))


def tensor(name: str, *shape: int | None) -> Tensor:
    return Tensor(name, "float32", shape)


def test_results_grow_by_their_bytes_where_those_are_more_than_of_the_operands() -> None:
    a, b, c = tensor("a", 2), tensor("b", 3), tensor("c", 5)
    assert grown_bytes(site([a, b], [c])) == 0
    assert grown_bytes(site([a, a], [b])) == 12
    assert grown_bytes(site([a], [b, None, c])) == 32
    assert grown_bytes(site([None], [a])) == 8
    assert grown_bytes(site([tensor("n", None)], [a])) == 8
    assert grown_bytes(site([a], [tensor("n", None)])) is None


def test_a_constant_is_uniform_if_it_is_numbers_and_all_are_that_one() -> None:
    cases: list[tuple[Any, float, bool]] = [
        (np.ones(3), 1, True), (np.array([1, 1, 2]), 1, False), (np.zeros((0,)), 0, False),
        (np.array([True, True]), 1, True), (np.array(["1"], object), 1, False), (None, 0, False),
        (np.array(0, np.uint8), 0, True), (np.array([0.0, -0.0]), 0, True),
        (np.array([1 + 0j]), 1, False),
    ]  # fmt: skip
    assert [is_uniform(array, number) for array, number, _ in cases] == [e for *_, e in cases]


def test_before_ir_version_4_every_initializer_is_listed_and_none_is_overridden() -> None:
    text = ("g (float[4] x, float[4] a) => (float[4] y) <float[4] a = {1,2,3,4}> "
            "{ c = Neg (a)  y = Add (x, c) }")  # fmt: skip
    found = {}
    for version in (3, 4):
        model = parse(text, 9)
        model.ir_version = version
        found[version] = {e.place: e.kind for e in facts_of(model).structure.surplus}
    assert found == {3: {"c": "foldable"}, 4: {}}


BRANCHES = """g (float[4] x, bool c) => (float[4] y) <bool no = {0}, bool yes = {1},
    int64 none = {0}, int64 once = {1}> { %s }"""
TWO = ("<then_branch = t () => (float[4] u) { u = Neg (x) }, "
       "else_branch = e () => (float[4] v) { v = Abs (x) }>")  # fmt: skip
LOOP = ("<body = b (int64 i, bool d, float[4] p) => (bool e, float[4] q) "
        "{ e = Identity (d)  q = Neg (p) }>")  # fmt: skip
SETTLED = {
    f"y = If (no) {TWO}": {
        "y": "constant-if: its condition is always false",
        "y.then_branch/u": "never-run: it is in the then_branch of If y, which never runs",
    },
    f"y = If (yes) {TWO}": {
        "y": "constant-if: its condition is always true",
        "y.else_branch/v": "never-run: it is in the else_branch of If y, which never runs",
    },
    f"y = If (c) {TWO}": {},
    f"y = Loop (once, yes, x) {LOOP}": {
        "y": "constant-loop: its body runs once, whatever comes in"},
    f"y = Loop (once, , x) {LOOP}": {"y": "constant-loop: its body runs once, whatever comes in"},
    f"y = Loop (once, c, x) {LOOP}": {},
    f"y = Loop (none, c, x) {LOOP}": {
        "y": "constant-loop: its body runs never, whatever comes in",
        "y.body/q": "never-run: it is in the body of Loop y, which never runs"},
    f"y = Loop (once, no, x) {LOOP}": {
        "y": "constant-loop: its body runs never, whatever comes in",
        "y.body/q": "never-run: it is in the body of Loop y, which never runs"},
    "a = Abs (x)  y = Where (yes, x, a)": {
        "y": "constant-where: its condition is true everywhere"},
    "a = Abs (x)  y = Where (no, x, a)": {
        "y": "constant-where: its condition is false everywhere"},
    "a = Abs (x)  y = Where (c, x, a)": {},
}  # fmt: skip


def test_branches_that_never_run_are_told_with_what_settles_them() -> None:
    for body, expected in SETTLED.items():
        found = {p: f"{e.kind}: {e.why}" for p, e in surplus(BRANCHES % body).items()}
        found = {p: why for p, why in found.items() if p != "c" and not p.endswith("/e")}
        assert found == expected, body


DOMAIN = '<domain: "local", opset_import: ["" : 17, "local" : 1]>'


def test_functions_that_are_called_through_others_are_used() -> None:
    functions = "".join(
        f"{DOMAIN} {name} (a) => (b) {{ {body} }}"
        for name, body in {
            "f": "b = local.g (a)", "g": "c = Neg (a)  b = Abs (c)", "h": "b = local.f (a)",
        }.items()
    )  # fmt: skip
    graph = "g (float[4] x, float[4] z, float[4] w) => (float[4] y, float[4] w) { y = local.f (x) }"
    found = surplus(graph, functions=functions)
    assert {place: (e.kind, e.operators) for place, e in found.items()} == {
        "z": ("unread-input", 0), "local.h": ("unused-function", 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a = Tanh (x)  b = Tanh (x)  y = Add (a, b)", {"b": "a"}),
        ("a = Add (x, z)  b = Add (z, x)  y = Mul (a, b)", {"b": "a"}),
        ("a = Sub (x, z)  b = Sub (z, x)  y = Mul (a, b)", {}),
        ("a = Sum (x, z, x)  b = Sum (z, x, x)  y = Mul (a, b)", {}),
        ("a = Sum (x, z, x)  b = Sum (x, z, x)  y = Mul (a, b)", {"b": "a"}),
        ("a = Elu <alpha = 1.0> (x)  b = Elu <alpha = 2.0> (x)  y = Mul (a, b)", {}),
        ("a = Pow (x, one)  b = Pow (x, uno)  c = Pow (x, two)  y = Sum (a, b, c)", {}),
        ("a = Pow (x, two)  b = Pow (x, due)  y = Add (a, b)", {"b": "a"}),
        ("a = RandomNormalLike (x)  b = RandomNormalLike (x)  y = Add (a, b)", {}),
        ("a = Dropout (x, half, yes)  b = Dropout (x, half, yes)  y = Add (a, b)", {}),
        ("a = com.example.Odd (x)  b = com.example.Odd (x)  y = Add (a, b)", {}),
        ("a = Tanh (x)  y = Identity (a)  w = Tanh (x)", {"w": "a"}),
    ],
)  # fmt: skip
def test_what_is_computed_twice_has_one_operator_one_type_and_the_same_operands(
    body: str, expected: dict[str, str]
) -> None:
    outputs = "float[4] y, float[4] w" if "w =" in body else "float[4] y"
    found = surplus(
        f"g (float[4] x, float[4] z) => ({outputs}) <float one = {{1}}, float[1] uno = {{1}}, "
        "float two = {2}, float due = {2}, float half = {0.5}, bool yes = {1}> "
        f"{{ {body} }}"
    )
    assert {p: e.by for p, e in found.items() if e.kind == "duplicate"} == expected


def test_two_outputs_that_are_the_same_have_an_operator_each() -> None:
    assert kinds("g (float[4] x) => (float[4] y, float[4] z) { y = Tanh (x)  z = Tanh (x) }") == {}


def test_what_is_dead_is_told_by_what_it_makes() -> None:
    found = surplus("g (float[4] x) => (float[4] y) { y = Neg (x)  a, b = Split <axis = 0> (x) }")
    assert found["a"].why == "no output of the model depends on a, b"
    assert facts("g (float[4] x) => (float[4] y) { y = Neg (x) }").structure.surplus == ()


def test_bodies_know_the_constants_around_them_and_functions_do_not() -> None:
    held = "<float[4] w = {1, 2, 3, 4}>"
    body = ("y = If (c) <then_branch = t () => (float[4] p) { k = Neg (w)  p = Add (x, k) }, "
            "else_branch = e () => (float[4] q) { q = Abs (x) }>")  # fmt: skip
    assert kinds(f"g (float[4] x, bool c) => (float[4] y) {held} {{ {body} }}") == {
        "y.then_branch/k": "foldable"
    }
    function = f"{DOMAIN} f (a) => (b) {{ w = Abs (a)  k = Neg (w)  b = Add (k, a) }}"
    graph = f"g (float[4] x) => (float[4] y) {held} {{ z = local.f (x)  y = Add (z, w) }}"
    assert kinds(graph, functions=function) == {}
