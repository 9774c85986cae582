"""Bodies of If, Loop and Scan against what runs them (ONNX operator specification): what is wrong
is said with its numbers, and nothing of what is right."""

from __future__ import annotations

import pytest

from tests.each import each
from tests.golden.text import facts


def branch(to: str = "float[4] a", body: str = "a = Abs (x)", inputs: str = "") -> str:
    return (f"g (bool c, float[4] x, int64[4] n) => (float[] y) {{ y = If (c) <then_branch = t "
            f"({inputs}) => ({to}) {{ {body} }}, else_branch = e () => (float[4] b) "
            "{ b = Neg (x) }> }")  # fmt: skip


def loop(
    inputs: str = "int64 i, bool go, float[4] a", outputs: str = "bool on, float[4] z",
    body: str = "on = Identity (go) z = Neg (a)", head: str = "int64 n, bool c, float[4] x",
    made: str = "y",
) -> str:  # fmt: skip
    return (f"g ({head}) => (float[] y) {{ {made} = Loop (n, c, x) <body = b ({inputs}) => "
            f"({outputs}) {{ {body} }}> }}")  # fmt: skip


def scan(
    attributes: str = "num_scan_inputs = 1", inputs: str = "float[2] s, float[3] e",
    outputs: str = "float[2] t, float[3] z", body: str = "t = Neg (s) z = Abs (e)",
    head: str = "float[2] h, float[5,3] x", args: str = "h, x",
) -> str:  # fmt: skip
    return (f"g ({head}) => (float[] y) {{ v, y = Scan <{attributes}, body = b ({inputs}) => "
            f"({outputs}) {{ {body} }}> ({args}) }}")  # fmt: skip


OPERATORS = ("If: ", "Loop: ", "Scan: ")
SAID: list[tuple[str, list[str]]] = [
    (branch(), []),
    (branch("float[4] a, float[4] k", "a = Abs (x) k = Neg (x)"), [
        ("then_branch returns 2 values for 1 output of the operator: have both branches return"
         " one value for each output")]),
    (branch(inputs="float[4] q"), [
        ("then_branch has 1 input; a branch has none: let it read the outer values by their "
         "names")]),
    (branch("int64[4] a", "a = Abs (n)"), [
        "output 'y' is int64 in then_branch and float32 in else_branch: cast one of them"]),
    (loop(), []),
    (loop("int64 i, bool go", body="on = Identity (go) z = Neg (x)"), [
        ("the body has 2 inputs and is given 3 (iteration, condition and the carried values): "
         "give the body one input for each")]),
    (loop("int64 i, bool go, float[4] a, float[4] b"), [
        ("the body has 4 inputs and is given 3 (iteration, condition and the carried values): "
         "give the body one input for each")]),
    (loop(outputs="bool on", body="on = Identity (go)"), [
        ("the body returns 1 value; with 1 output of the operator it must return 2: have the "
         "body return one value for each output and the condition")]),
    (loop(outputs="bool on, float[4] z, float[4] k",
          body="on = Identity (go) z = Neg (a) k = Abs (a)"), [
        ("the body returns 3 values; with 1 output of the operator it must return 2: have the "
         "body return one value for each output and the condition")]),
    (loop(outputs="bool on, float[4] z, float[4] k",
          body="on = Identity (go) z = Neg (a) k = Abs (a)", made="y, ks"), []),
    (loop("float i, bool go, float[4] a"), [
        ("input 'i' of the body is declared float32 and is given int64: declare what it is "
         "given")]),
    (loop("int64 i, int64 go, float[4] a", body="on = Cast <to=9> (go) z = Neg (a)"), [
        "input 'go' of the body is declared int64 and is given bool: declare what it is given"]),
    (loop("int64 i, bool go, int64[4] a", body="on = Identity (go) z = Cast <to=1> (a)"), [
        ("input 'a' of the body is declared int64 and is given float32: declare what it is "
         "given")]),
    (loop(outputs="float on, float[4] z", body="on = Cast <to = 1> (go) z = Neg (a)"), [
        "the body returns a condition of type float32, not bool: cast it to bool"]),
    (loop(outputs="bool on, int64[4] z", body="on = Identity (go) z = Cast <to = 7> (a)"), [
        ("the carried value 'x' is float32 and the body returns int64 for it: cast it in the "
         "body")]),
    (loop(head="int64[2] n, bool c, float[4] x"), [
        "its trip count 'n' is 2, not one element: select the element that is meant"]),
    (loop(head="int64 n, bool[2] c, float[4] x"), [
        "its condition 'c' is 2, not one element: select the element that is meant"]),
    (loop(head="int64[1] n, bool[1] c, float[4] x"), []),
    (scan(), []),
    (scan("num_scan_inputs = 0"), [
        ("num_scan_inputs is 0 of 2 inputs: state how many of its inputs are scanned, at least"
         " one")]),
    (scan("num_scan_inputs = 3"), [
        ("num_scan_inputs is 3 of 2 inputs: state how many of its inputs are scanned, at least"
         " one")]),
    (scan("num_scan_inputs = 1, scan_input_directions = [0, 1]"), [
        "scan_input_directions has 2 entries for 1 scanned inputs: state one for each"]),
    (scan("num_scan_inputs = 1, scan_input_directions = [1]"), []),
    (scan("num_scan_inputs = 1, scan_input_directions = [2]"), [
        ("scan_input_directions is [2]; a direction is 0 or 1: state 0 for forward, 1 for "
         "reverse")]),
    (scan("num_scan_inputs = 1, scan_output_directions = [-1]"), [
        ("scan_output_directions is [-1]; a direction is 0 or 1: state 0 for forward, 1 for "
         "reverse")]),
    (scan("num_scan_inputs = 1, scan_output_directions = [0, 0]"), [
        "scan_output_directions has 2 entries for 1 scanned outputs: state one for each"]),
    (scan("num_scan_inputs = 1, scan_input_axes = [0, 0]"), [
        "scan_input_axes has 2 entries for 1 scanned inputs: state one for each"]),
    (scan("num_scan_inputs = 1, scan_output_axes = [0, 0]"), [
        "scan_output_axes has 2 entries for 1 scanned outputs: state one for each"]),
    (scan("num_scan_inputs = 1, scan_input_axes = [2]"), [
        "'x' is scanned along axis 2 of 5×3: state an axis from -2 to 1"]),
    (scan("num_scan_inputs = 1, scan_input_axes = [-3]"), [
        "'x' is scanned along axis -3 of 5×3: state an axis from -2 to 1"]),
    (scan("num_scan_inputs = 1, scan_input_axes = [-2]"), []),
    (scan("num_scan_inputs = 1, scan_input_axes = [1]", inputs="float[2] s, float[5] e",
          outputs="float[2] t, float[5] z"), []),
    (scan("num_scan_inputs = 1, scan_output_axes = [1]"), []),
    (scan("num_scan_inputs = 1, scan_output_axes = [2]"), [
        "scan_output_axes has 2 for an output with 2 axes: state an axis from -2 to 1"]),
    (scan("num_scan_inputs = 1, scan_output_axes = [-3]"), [
        "scan_output_axes has -3 for an output with 2 axes: state an axis from -2 to 1"]),
    (scan("num_scan_inputs = 2", inputs="float[2] s, float[3] e, float[3] f",
          head="float[2] h, float[5,3] x, float[6,3] w", args="h, x, w",
          body="t = Neg (s) z = Add (e, f)"), [
        "its scanned inputs have different lengths: 'x' 5, 'w' 6: scan inputs of one length"]),
    (scan("num_scan_inputs = 2", inputs="float[2] s, float[3] e, float[3] f",
          head="float[2] h, float[5,3] x, float[5,3] w", args="h, x, w",
          body="t = Neg (s) z = Add (e, f)"), []),
    (scan(inputs="float[2] s, float[4] e", outputs="float[2] t, float[4] z"), [
        "input 'e' of the body is declared 4 and is given 3: declare what it is given"]),
    (scan(inputs="float[3] s, float[3] e", outputs="float[3] t, float[3] z"), [
        "input 's' of the body is declared 3 and is given 2: declare what it is given"]),
    (scan(outputs="float[4] t, float[3] z", body="t = Concat <axis = 0> (s, s) z = Abs (e)"), [
        ("the state 'h' is 2 and the body returns 4 for it: have the body return the shape "
         "that it is given")]),
    (scan(outputs="int64[2] t, float[3] z", body="t = Cast <to = 7> (s) z = Abs (e)"), [
        ("the carried value 'h' is float32 and the body returns int64 for it: cast it in the "
         "body")]),
    (scan(inputs="float[2] s"), [
        ("the body has 1 input and is given 2 (states and slices): give the body one input for"
         " each")]),
    (scan(outputs="float[2] t", body="t = Neg (s)"), [
        ("the body returns 1 value; with 2 outputs of the operator it must return 2: have the "
         "body return one value for each output")]),
    (scan(inputs="int64[2] s, float[3] e", body="t = Cast <to=1> (s) z = Abs (e)"), [
        ("input 's' of the body is declared int64 and is given float32: declare what it is "
         "given")]),
]  # fmt: skip


@each(("graph", "sentences"), SAID)
def test_what_a_body_breaks_is_said_with_its_numbers(graph: str, sentences: list[str]) -> None:
    told = [
        f"{b.message.partition(': ')[2]}: {b.remedy}"
        for b in facts(graph, opset=21).breaches
        if b.message.startswith(OPERATORS)
    ]
    assert told == sentences


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [("float", "int64", []), ("float", "float", ["'b' is int64 and the body returns float32"]),
     ("int64", "int64", ["'a' is float32 and the body returns int64"])],
)  # fmt: skip
def test_each_value_that_a_loop_carries_keeps_its_type(
    first: str, second: str, said: list[str]
) -> None:
    number = {"float": 1, "int64": 7}
    found = facts(
        "g (int64 n, bool c, float[2] a, int64[2] b) => (float[] y, int64[] z) { y, z = Loop "
        "(n, c, a, b) <body = l (int64 i, bool k, float[2] p, int64[2] q) => "
        f"(bool on, {first}[2] r, {second}[2] s) {{ on = Identity (k) "
        f"r = Cast <to = {number[first]}> (p) s = Cast <to = {number[second]}> (q) }}> }}"
    )
    assert [breach.message for breach in found.breaches] == [
        f"Loop: the carried value {each} for it" for each in said
    ]
