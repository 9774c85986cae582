"""Inputs of whose values nothing comes out: what is said is also what onnx's reference computes."""

from __future__ import annotations

import numpy as np
from onnx.reference import ReferenceEvaluator

from tests.golden.text import parse
from tests.redundancy.looks import kinds, surplus

GRAPH = """g (float[2,3] x, {z} z) => (float[2,3] y)
  <float nought = {{0}}, int64 none = {{0}}, int64 two = {{2}}, bool never = {{0}},
   bool ever = {{1}},
   bool[2,3] all = {{1, 1, 1, 1, 1, 1}}, float[2,3] noughts = {{0, 0, 0, 0, 0, 0}},
   int64[1] first = {{0}}> {{ {body} }}"""
CAST = "b = Cast <to = 1> (a)  y = Add (x, b)"
NAN = "it ends in products with 0, which NaN and infinities alone survive"
FIXED = {
    "int64 | a = Mul (z, none)": "it is only multiplied by 0",
    "int64 | a = Mul (none, z)": "it is only multiplied by 0",
    "int64 | c = Neg (z)  a = Mul (c, none)": "what is computed from it is only multiplied by 0",
    "int64 | c = Neg (z)  e = Abs (c)  f = Add (e, c)  a = Mul (f, none)":
        "what is computed from it is only multiplied by 0",
    "float[2,3] | a = Mul (z, nought)": NAN,
    "float[2,3] | c = Cast <to = 7> (z)  a = Mul (c, none)":
        "what is computed from it is only multiplied by 0",
    "bool[2,3] | a = And (z, never)": "what it is read for ends at a: one operand is always false",
    "bool[2,3] | a = Or (ever, z)": "what it is read for ends at a: one operand is always true",
    "float[2,3] | a = Where (all, x, z)":
        "what it is read for ends at a: its condition is true everywhere",
    # it has an effect
    "int64 | a = Mul (z, two)": "",
    "int64 | a = Add (z, none)": "",
    "bool[2,3] | a = Or (z, never)": "",
    "bool[2,3] | a = And (z, ever)": "",
    "int64 | c = Mul (z, none)  a = Add (c, z)": "",
    "float[2,3] | a = Where (all, z, x)": "",
    # weights that nobody has trained yet
    "float[2,3] | a = Mul (z, noughts)": "",
}  # fmt: skip
ELSEWHERE = {
    # told of the operator, or used on purpose
    "float[2,1] | a = Softmax <axis = 1> (z)": {"a": "constant-result"},
    "float[2,3] | a = Neg (x)  u = Neg (z)": {"u": "dead"},
    "int64[N] | c = Shape (z)  d = Squeeze (c, first)  a = Cast <to = 1> (d)": {},
}


def test_what_is_only_multiplied_by_0_has_no_effect() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 3)).astype(np.float32)
    for case, why in FIXED.items():
        kind, body = case.split(" | ")
        graph = GRAPH.format(z=kind, body=f"{body}  {CAST}")
        found = surplus(graph)
        assert (found["z"].why if "z" in found else "") == why, case
        assert "constant-result" not in kinds(graph).values() or not why, case
        model = ReferenceEvaluator(parse(graph))
        shape = (2, 3) if "[" in kind else ()
        types = {"f": np.float32, "i": np.int64, "b": np.bool_}
        results = set()
        for _ in range(6):
            z = np.asarray(rng.integers(0, 2 if kind[0] == "b" else 99, shape))
            (y,) = model.run(None, {"x": x, "z": z.astype(types[kind[0]])})
            results.add(np.asarray(y).tobytes())
        assert (len(results) == 1) == bool(why) or "noughts" in case, case


def test_what_ends_at_a_finding_of_its_own_is_told_there() -> None:
    for case, expected in ELSEWHERE.items():
        kind, body = case.split(" | ")
        graph = GRAPH.format(z=kind, body=f"{body}  {CAST}")
        found = {p: k for p, k in kinds(graph).items() if k not in ("cast", "computed-shape")}
        assert found == expected, case


def test_of_an_input_with_an_open_size_the_shape_counts() -> None:
    for body, why in {
        "a = Mul (z, none)": "it ends in products with 0, which its shape alone survives",
        "b = Cast <to = 1> (z)  a = Mul (b, nought)":
            "it ends in products with 0, which its shape, NaN and infinities alone survive",
        "b = Cast <to = 9> (z)  a = And (b, never)":
            "its shape alone gets past a: one operand is always false",
    }.items():  # fmt: skip
        graph = GRAPH.format(z="int64[M,3]", body=f"{body}  d = Cast <to = 1> (a)  y = Add (x, d)")
        assert surplus(graph)["z"].why == why, body


def test_branches_and_functions_are_looked_into_as_far_as_they_run() -> None:
    graph = ("g (bool c, float[4] x, int64 z) => (float[4] y) <int64 none = {0}> "
             "{ y = If (c) <then_branch = t () => (float[4] u) "
             "{ a = Mul (z, none)  b = Cast <to = 1> (a)  u = Add (x, b) }, "
             "else_branch = e () => (float[4] v) { v = %s }> }")  # fmt: skip
    assert kinds(graph % "Neg (x)") == {"z": "idle-input"}
    assert "z" not in kinds(graph % "Cast <to = 1> (z)")
    handed = "g (bool c, int64 x, int64 z) => (int64 y, int64 w) <int64 none = {0}> { \
        w = Mul (z, none)  y = If (c) <then_branch = t () => (int64 u) { u = Neg (x) }, \
        else_branch = e () => (int64 z) { }> }"
    assert "z" not in kinds(handed)
    function = '<domain: "local", opset_import: ["" : 17]> f (a) => (b) { b = Neg (a) }'
    called = "g (float[4] x, float[4] z) => (float[4] y) <float n = {0}> { \
        c = local.f (z)  %s }"
    assert kinds(called % "d = Mul (c, n)  y = Add (x, d)", functions=function)["z"] == "idle-input"
    assert "z" not in kinds(called % "y = Add (x, c)", functions=function)
