"""Declared types that are not what operators give: which declaration, and what it should say."""

from __future__ import annotations

import pytest

from analyzer.conformance.functions import _on_cycles
from tests.golden.text import facts


def test_outputs_and_values_between_are_called_what_they_are() -> None:
    found = facts("g (float[2] x) => (int64[2] y) <int64[2] v> { v = Relu (x)  y = Neg (v) }")
    told = "is declared int64, and the operator that makes it gives float32"
    assert [breach.message for breach in found.breaches] == [
        f"value 'v' {told}",
        f"output 'y' {told}",
    ]


def test_an_output_that_is_listed_twice_is_no_wrong_declaration() -> None:
    """ONNX Runtime runs it; of the two declarations one is right, and one has to go."""
    (breach,) = facts("g (float[2] x) => (float[2] y, float[3] y) { y = Relu (x) }").breaches
    assert breach.message == "output 'y' of the graph is listed twice"
    assert (breach.remedy, breach.grave) == ("drop one of them", False)


@pytest.mark.parametrize(
    ("x", "scale", "breaches"),
    [("5", "1", []), ("5", "5", ["norm-length"]), ("2,5", "5", []), ("2,5", "2", ["norm-length"])],
)
def test_batches_of_single_numbers_have_one_channel(
    x: str, scale: str, breaches: list[str]
) -> None:
    """ONNX Runtime takes one element of scale where the input has one axis, and refuses five."""
    found = facts(
        f"g (float[{x}] x, float[{scale}] s) => (float[{x}] y) "
        "{ y = BatchNormalization (x, s, s, s, s) }"
    )
    assert [breach.code for breach in found.breaches] == breaches


def test_a_broken_tensor_says_nothing_of_a_name_inside_a_function() -> None:
    """A function does not see the tensors of its callers, whatever they are called."""
    function = (
        '<domain: "local", opset_import: ["" : 17]> f (a) => (u) '
        "{ w = Constant <value_floats = [1.0]> ()  u = Conv (a, w) }"
    )
    graph = "g (float[1,8,6,6] x) => (float[] y) <float[8,8,3,3] %s = {}> { y = local.f (x) }"
    same, other = (facts(graph % name, functions=function) for name in ("w", "v"))
    assert {breach.code for breach in same.breaches} >= {"tensor-size"}
    assert [b.code for b in same.breaches] == [b.code for b in other.breaches]
    assert [p.code for p in same.problems] == [p.code for p in other.problems]


@pytest.mark.parametrize(
    ("calls", "own"),
    [
        # what each function calls, and which lead back to themselves
        ({"a": "", "b": "a"}, ""), ({"a": "a"}, "a"), ({"a": "b", "b": "a"}, "ab"),
        ({"a": "ab", "b": ""}, "a"), ({"a": "a", "b": "a"}, "a"), ({"a": "ab", "b": "b"}, "ab"),
        ({"a": "ab", "b": "c", "c": "c"}, "ac"), ({"a": "b", "b": "c", "c": "ad", "d": ""}, "abc"),
    ],
)  # fmt: skip
def test_only_functions_that_lead_back_to_themselves_are_recursive(
    calls: dict[str, str], own: str
) -> None:
    by_key = {("d", name, ""): {("d", other, "") for other in to} for name, to in calls.items()}
    assert "".join(name for _, name, _ in _on_cycles(by_key)) == own


def test_a_function_may_call_itself_in_a_branch() -> None:
    function = (
        '<domain: "local", opset_import: ["" : 17, "local" : 1]> f (a, c) => (u) '
        "{ u = If (c) <then_branch = t () => (float[2] p) { p = local.f (a, c) }, "
        "else_branch = e () => (float[2] q) { q = Neg (a) }> }"
    )
    graph = "g (float[2] x, bool c) => (float[2] y) { y = local.f (x, c) }"
    found = facts(graph, functions=function).breaches
    assert [b.message for b in found if b.code == "recursive-function"] == [
        "local function 'local.f' calls itself, which ONNX forbids"
    ]
