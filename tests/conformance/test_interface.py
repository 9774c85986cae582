"""What a model states to those who load and call it, read off the file alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx
import pytest
from onnx import TensorProto, helper
from onnx.parser import parse_model

from analyzer.analyze import analyze
from analyzer.facts import Assumption
from analyzer.interface import Declared, Hidden, Import
from analyzer.model import load
from analyzer.model.imports import release_of
from analyzer.ruleset.subjects import Subjects
from analyzer.ruleset.subjects.element_type import SINCE
from analyzer.shapes.bindings import sizes_of_symbols
from tests.golden.text import facts, facts_of

if TYPE_CHECKING:
    from analyzer.facts import Facts

MODEL = """<ir_version: 8, opset_import: ["ai.onnx" : 17, "ai.onnx.ml" : 3, "ai.onnx.ml" : 3]>
g (float[N,?,3] x, float[3,2] w) => (float[] y, float[N,a,2] z) <float[3,2] w = {1,2,3,4,5,6}> {
  y = MatMul (x, w)
  z = Relu (y)
}"""


def stated(model: str) -> Facts:
    return facts_of(parse_model(model))


def declared(name: str) -> Declared:
    return next(each for _, each in stated(MODEL).interface.declared if each.name == name)


def test_imports_are_counted_as_the_file_has_them() -> None:
    assert stated(MODEL).interface.imports == (
        Import("ai.onnx", 17, uses=2, times=1, versions=1, alias=True, ir_version=8),
        Import("ai.onnx.ml", 3, uses=0, times=2, versions=1, alias=False, ir_version=8),
    )


def test_operators_of_bodies_use_an_import_and_those_of_functions_their_own() -> None:
    found = stated(
        """<ir_version: 8, opset_import: ["" : 17, "here" : 1]>
        g (bool c, float[4] x) => (float[4] y) {
          y = If (c) <
            then_branch = t () => (float[4] a) { a = here.twice (x) },
            else_branch = e () => (float[4] b) { b = Relu (x) }
          >
        }
        <domain: "here", opset_import: ["" : 17]>
        twice (v) => (w) { w = Add (v, v) }"""
    )
    assert [(i.domain, i.uses) for i in found.interface.imports] == [("ai.onnx", 2), ("here", 1)]


def test_open_axes_keep_the_names_that_the_file_gives_them() -> None:
    assert declared("x").symbols == ("N", "")
    assert declared("x").rank == 3
    assert (declared("x").dtype, declared("z").dtype) == ("float32", "float32")


def test_an_input_with_an_initializer_is_a_default() -> None:
    assert declared("w").is_default
    assert not declared("x").is_default


def test_what_is_not_declared_is_unknown_whatever_inference_finds() -> None:
    assert (declared("y").rank, declared("y").known_rank) == (None, 3)
    assert (declared("z").rank, declared("z").known_rank) == (3, 3)


def outputs(graph: str) -> list[str | None]:
    return [each.clash for role, each in facts(graph).interface.declared if role == "output"]


def test_an_output_axis_that_is_called_like_an_input_axis_and_is_longer_is_a_clash() -> None:
    assert outputs("g (float[N,3] x) => (float[N,3] y) { y = Concat <axis = 0> (x, x) }") == [
        "axis 0 is called N, as one of an input is, but has 2 where that has 1"
    ]


@pytest.mark.parametrize(
    "graph",
    [
        "g (float[N,3] x) => (float[N,3] y) { y = Relu (x) }",
        "g (float[N,3] x) => (float[M,3] y) { y = Concat <axis = 0> (x, x) }",
        "g (float[?,3] x) => (float[?,3] y) { y = Concat <axis = 0> (x, x) }",
        "g (float[N,3] x) => (float[N] y) { y = NonZero (x) }",
    ],
    ids=["equal", "another name", "no name", "another rank"],
)
def test_there_is_no_clash_where_nothing_contradicts(graph: str) -> None:
    assert outputs(graph) == [None]


def test_a_name_that_two_inputs_use_for_two_sizes_says_nothing() -> None:
    """With ``--shape`` somebody may bind one name twice."""
    found = [Assumption("x", 0, "N", 2, "--shape"), Assumption("z", 0, "N", 3, "--shape")]
    assert sizes_of_symbols(found) == {}


def test_a_negative_size_is_an_axis_without_a_name() -> None:
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [-1, 4])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [-1, 4])
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", [x], [y])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    assert analyze(load(model)).interface.declared[0][1].symbols == ("",)


def test_a_body_that_gives_its_state_an_outer_name_hides_that() -> None:
    found = facts(
        """g (float[2] s, int64 n, bool go) => (float[2] y) {
          y = Loop (n, go, s) <body =
            b (int64 i, bool before, float[2] s) => (bool after, float[2] t)
          <float[2] go = {1, 2}> {
            after = Identity (before)
            t = Add (s, go)
          }>
        }"""
    )
    assert found.interface.hidden == (
        Hidden("s", "y.body", "input", ""),
        Hidden("go", "y.body", "initializer", ""),
    )


@pytest.mark.parametrize(
    ("domain", "version", "ir_version"),
    [("ai.onnx", 8, 3), ("ai.onnx", 9, 4), ("ai.onnx", 17, 8), ("ai.onnx.ml", 5, 10),
     ("ai.onnx", 9999, None), ("com.example", 1, None)],
)  # fmt: skip
def test_operator_versions_came_with_the_releases_of_onnx(
    domain: str, version: int, ir_version: int | None
) -> None:
    """docs/Versioning.md of onnx: 1.3 has IR 3 and opset 8, 1.4.1 IR 4 and opset 9, and so on."""
    assert release_of(domain, version) == ir_version


def test_every_small_type_has_its_first_ir_version() -> None:
    """The types of onnx beyond those of IR version 3."""
    names = {name.lower() for name, _ in TensorProto.DataType.items()}
    small = {name for name in names if name.startswith(("float8", "float4", "float6"))}
    assert small <= set(SINCE) <= names
    assert max(SINCE.values()) <= onnx.IR_VERSION


def test_names_are_told_by_what_they_name() -> None:
    found = facts("g (float[4] x) => (float[4] y) { [first] h = Relu (x) y = Neg (h) }")
    names = [s.groups["name"] for s in Subjects(found).select("name", ())]
    assert sorted((name.kind, name.text) for name in names) == [
        ("input", "x"), ("operator", "first"), ("output", "y"), ("value", "h"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "ascii_only", "identifier"),
    [("scores", True, True), ("_1", True, True), ("307", True, False), ("x:0", True, False),
     ("größe", False, False), ("a/b", True, False)],
)  # fmt: skip
def test_identifiers_are_those_of_c(text: str, ascii_only: bool, identifier: bool) -> None:
    """C90, 6.1.2: letters, digits and underscores, no digit first; ONNX IR, names."""
    found = facts(f'g (float[4] x) => (float[4] "{text}") {{ "{text}" = Relu (x) }}')
    (subject,) = Subjects(found).select("name", ("output",))
    name = subject.groups["name"]
    assert (name.is_ascii, name.is_identifier, name.length) == (ascii_only, identifier, len(text))
