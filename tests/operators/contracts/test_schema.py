"""The signature of an operator of ``com.microsoft`` as a contract, sentence by sentence."""

from __future__ import annotations

from typing import Any

import pytest
from onnx import defs
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.operators.contracts import schema
from analyzer.operators.contracts.vendor import INTERNAL, LEGACY, FormalParameter, VendorSchema

FLOATS = frozenset(("float32", "float16"))
SAMPLES = {
    "INT": 1, "FLOAT": 1.0, "STRING": "a", "INTS": (1, 2), "FLOATS": (1.0, 2.0),
    "STRINGS": ("a", "b"),
}  # fmt: skip
SHOWN = {"INTS": "tuple", "FLOATS": "tuple", "STRINGS": "tuple", "INT": "int", "FLOAT": "float",
         "STRING": "str"}  # fmt: skip


def said(monkeypatch: pytest.MonkeyPatch, *types: str | None, outputs: int = 1,
         operands: tuple[FormalParameter, ...] = (),
         arity: tuple[int, int, int, int] = (0, 9, 1, 1),
         attributes: dict[str, str] | None = None, **given: Any) -> list[str]:  # fmt: skip
    """What is said of inputs of ``types`` (an empty one has no known type)."""
    variables = {"T": FLOATS, "I": frozenset(("int32",)), "S": frozenset(("sparse_tensor(float)",))}
    described = VendorSchema(operands, (), arity, variables, attributes or {})
    monkeypatch.setattr(schema, "schema_of", lambda _: described)
    inputs = tuple(None if t is None else Tensor("x", t or None, (1,)) for t in types)
    made = Call("Op", "com.microsoft", 1, given, inputs, (Tensor("y", None, None),) * outputs)
    return [f"{v.code}: {v.text}: {v.remedy}" for v in schema.matches_schema(made)]


def test_as_many_inputs_and_outputs_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    remedy = "list as many as it takes; an empty name stands for one that is left out"
    wrong = {
        (inputs, outputs, arity): found[0]
        for arity in ((1, 2, 1, 1), (2, 2, 1, 3), (1, 100, 1, 1), (1, 99, 1, 1))
        for inputs in range(4)
        for outputs in range(5)
        if (found := said(monkeypatch, *("",) * inputs, outputs=outputs, arity=arity))
    }

    def takes(least: int, most: int) -> str:
        return f"{least}" if least == most else f"{least} to {most}"

    for (inputs, outputs, arity), text in wrong.items():
        if not arity[0] <= inputs <= arity[1]:
            listed = "1 or more" if arity[1] == 100 else takes(*arity[:2])
            assert text == f"arity: it has {inputs} inputs and takes {listed}: {remedy}"
        else:
            assert (
                text == f"arity: it has {outputs} outputs and takes {takes(*arity[2:])}: {remedy}"
            )
    right = {(i, o) for i in range(4) for o in range(5)} - {(i, o) for i, o, a in wrong
                                                           if a == (2, 2, 1, 3)}  # fmt: skip
    assert right == {(2, 1), (2, 2), (2, 3)}
    assert {i for i, o, a in wrong if a == (1, 100, 1, 1) and o == 1} == {0}


def test_inputs_have_the_types_of_their_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = FormalParameter("A", "T", ""), FormalParameter("B", "T", "?")
    whole, text = FormalParameter("C", "I", ""), FormalParameter("D", "string", "")
    many, free = FormalParameter("M", "T", "*"), FormalParameter("M", "T", "*~")
    cases: list[tuple[tuple[FormalParameter, ...], tuple[str | None, ...], list[str]]] = [
        ((one, other), ("float32", "float32"), []),
        ((one, other), ("float32", "float16"), [
            ("operand-type: B is float16 and A is float32; it takes one type for both: cast B to "
            "float32")]),
        ((one, other), ("float32", None), []),
        ((one, other), (None, "float32"), [
            "operand-missing: A is left out, and it is needed: give A"]),
        ((one, other), ("", "float16"), []),
        ((one, other), ("int8", "int8"), [
            ("operand-type: A is int8, it takes float16, float32: cast A to one of float16, "
            "float32")]),
        ((one, whole), ("float16", "int32"), []),
        ((one, whole), ("float16", "int64"), [
            "operand-type: C is int64, it takes int32: cast C to int32"]),
        ((text,), ("string",), []),
        ((text,), ("int8",), ["operand-type: D is int8, it takes string: cast D to string"]),
        ((text, FormalParameter("E", "string", "")), ("string", "string"), []),
        ((FormalParameter("S", "S", ""),), ("float32",), []),
        ((one,), ("float32", "int8"), []),
        ((many,), ("float32", "float32", "float16"), [
            ("operand-type: M is float16 and M is float32; it takes one type for both: cast M to "
            "float32")]),
        ((many,), ("float32", "float32", "int8"), [
            ("operand-type: M is int8, it takes float16, float32: cast M to one of float16, "
            "float32")]),
        ((free,), ("float32", "float16"), []),
        ((free,), ("float32", "int8"), [
            ("operand-type: M is int8, it takes float16, float32: cast M to one of float16, "
            "float32")]),
        ((), ("int8",), []),
    ]  # fmt: skip
    for operands, types, sentences in cases:
        assert said(monkeypatch, *types, operands=operands) == sentences, (operands, types)


@pytest.mark.parametrize("kind", SAMPLES)
def test_attributes_are_of_the_kind_they_are_declared(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for other, value in SAMPLES.items():
        wrong = [(f"attribute-type: a is {SHOWN[other]}, it takes {kind.lower()}: write a as "
                 f"{kind.lower()}")]  # fmt: skip
        found = said(monkeypatch, attributes={"a": kind}, a=value)
        assert found == ([] if other == kind else wrong), other
    assert said(monkeypatch, attributes={"a": kind}) == []
    assert said(monkeypatch, attributes={"a": f"{kind}!"}) == [
        f"attribute-missing: a is absent, and it is needed: state a ({kind.lower()})"
    ]
    assert (said(monkeypatch, attributes={"a": kind}, a=()) == []) == kind.endswith("S")


def test_bodies_are_not_looked_for_and_what_is_not_known_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for kind in ("GRAPH!", "GRAPHS!"):
        assert said(monkeypatch, attributes={"body": kind}) == []
    assert said(monkeypatch, attributes={"a": "TENSOR"}, a=1) == []
    known = {"a": "INT"}
    assert said(monkeypatch, attributes=known, a=1, __own=2) == []
    assert said(monkeypatch, attributes=known, b=1, c=2) == [
        "attribute-unknown: there is no attribute 'b': remove it, or correct its name"
    ]
    given: dict[str, Any] = {"x" * 61: 1}
    assert said(monkeypatch, **given) == [
        f"attribute-unknown: there is no attribute '{'x' * 60}': remove it, or correct its name"
    ]
    monkeypatch.setattr(schema, "schema_of", lambda _: None)
    assert list(schema.matches_schema(Call("Op", "com.microsoft", 1, {"b": 1}, (), ()))) == []


def test_the_runtime_has_operators_and_domains_that_onnx_has_not() -> None:
    theirs = get_all_operator_schema()
    onnxs = {s.name for s in defs.get_all_schemas_with_history() if s.domain == ""}
    own = {s.name for s in theirs if s.domain == ""} - onnxs
    placed = {name for name in own if name.startswith("Memcpy") or name.endswith("_TRT")}
    assert own - placed == LEGACY  # copies between devices and TensorRT's are no model's
    assert len(placed) == 6
    assert set(INTERNAL) <= {s.domain for s in theirs}
