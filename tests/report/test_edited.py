"""Commands that mend a model file, run on models that need it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import onnx
import onnxruntime
import pytest

from analyzer.conformance.checker import UNNAMED
from analyzer.facts import Breach
from analyzer.lint import Settings, lint
from analyzer.report.result import Result
from analyzer.report.view.actions import actions
from analyzer.report.view.edited import (
    converting,
    mending,
    reshaping,
    stating,
    written,
)
from analyzer.ruleset import load_rules
from tests.golden.text import facts_of, parse

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """g (float[1,4] x) => (float[1,4] y) <float[4] w = {1, 2, 3, 4}> {
    a = Mul (x, w)  b = Neg (a)  y = Relu (b) }"""


def plain(opset: int = 9, ir: int = 4) -> onnx.ModelProto:
    model = parse(TEXT, opset)
    del model.opset_import[:]
    model.opset_import.append(onnx.helper.make_opsetid("", opset))
    model.ir_version = ir
    return model


def unsorted(model: onnx.ModelProto) -> None:
    nodes = [*model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(reversed(nodes))


def twice(model: onnx.ModelProto) -> None:
    for _ in range(2):
        model.graph.output.append(model.graph.output[0])


def early(model: onnx.ModelProto) -> None:
    model.ir_version = 3


BROKEN = {
    "sort": [unsorted], "drop": [twice], "state": [early], "two": [early, unsorted],
}  # fmt: skip


def advised(model: onnx.ModelProto, rule: str, *, preview: bool = False) -> str:
    found, rules = facts_of(model), load_rules()
    asks = actions(Result(found, lint(found, rules, Settings(preview=preview)), rules))
    return next(ask.what for ask in asks if ask.rule == rule)


def typed(text: str, model: onnx.ModelProto, folder: Path) -> onnx.ModelProto:
    """What a command makes of a model: its Python, run here."""
    command = re.findall("`(.*?)`", text)[0] if "`" in text else text
    match = re.fullmatch(r'python -c "(.*)"', command)
    assert match is not None
    onnx.save(model, folder / "a.onnx")
    lines = match[1].replace("MODEL", f"{folder}/a.onnx").replace("NEW", f"{folder}/b.onnx")
    exec(lines, {})  # noqa: S102 - what a shell would have Python run
    return onnx.load(folder / "b.onnx")


def ran(model: onnx.ModelProto) -> np.ndarray:
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    values: np.ndarray = session.run(None, {"x": np.array([[1, -2, 3, -4]], np.float32)})[0]
    return values


@pytest.mark.parametrize("how", BROKEN)
def test_what_breaks_onnx_and_runs_is_mended_by_the_command_beside_it(
    how: str, tmp_path: Path
) -> None:
    model = plain()
    for breaks in BROKEN[how]:
        breaks(model)
    assert facts_of(model).breaches
    mended = typed(advised(model, "ONX014"), model, tmp_path)
    onnx.checker.check_model(mended)
    assert not facts_of(mended).breaches
    assert ran(mended).tolist() == ran(model).tolist() == [[0, 4, 0, 16]]


def test_a_domain_that_is_spelt_out_is_left_empty(tmp_path: Path) -> None:
    """Whether onnx's checker complains depends on what else is loaded."""
    model = plain()
    for each in model.graph.node:
        each.domain = "ai.onnx"
    found = facts_of(model)
    breach = Breach("checker", "attribute", "", "No Op registered", UNNAMED, grave=False)
    mended = typed(mending(found, [breach]), model, tmp_path)
    assert {each.domain for each in mended.graph.node} == {""}
    assert ran(mended).tolist() == [[0, 4, 0, 16]]
    assert mending(found, [replace(breach, remedy="repair it")]) == ""


def test_an_old_opset_is_converted_by_the_command_beside_it(tmp_path: Path) -> None:
    model = plain(6, 3)
    model.graph.input.append(onnx.helper.make_tensor_value_info("w", 1, [4]))
    model.graph.node[0].attribute.append(onnx.helper.make_attribute("broadcast", 1))
    told = advised(model, "GRF004")
    assert told.startswith("Export the model again with a current exporter; or run `python -c")
    newer = typed(told, model, tmp_path)
    assert newer.opset_import[0].version == 7
    onnx.checker.check_model(newer)
    assert ran(newer).tolist() == [[0, 4, 0, 16]]


@pytest.mark.parametrize(
    ("text", "opset", "rule", "ir"),
    [
        (TEXT, 17, "IOP004", 8),
        ("g (float[1,4] x) => (float[1,4] y) { a = Cast <to = 22> (x)  y = Cast <to = 1> (a) }",
         21, "IOP005", 10),
        # The latest of two.
        ("""g (float[1,4] x) => (float[1,4] y) { a = Cast <to = 19> (x)  c = Cast <to = 22> (x)
         b = Cast <to = 1> (a)  d = Cast <to = 1> (c)  y = Add (b, d) }""", 21, "IOP005", 10),
    ],
)  # fmt: skip
def test_an_ir_version_is_raised_by_the_command_of_its_rule(
    text: str, opset: int, rule: str, ir: int, tmp_path: Path
) -> None:
    model = parse(text, opset)
    model.ir_version = 4
    newer = typed(advised(model, rule, preview=True), model, tmp_path)
    assert newer.ir_version == ir
    onnx.checker.check_model(newer)
    assert ran(newer).shape == (1, 4)
    assert facts_of(newer).model.ir_version == ir


def test_gelu_takes_the_place_of_its_formula_by_the_command_of_its_rule(tmp_path: Path) -> None:
    model = parse(
        """g (float[1,4] x) => (float[1,4] y)
        <float r = {1.4142135}, float one = {1}, float half = {0.5}> {
        d = Div (x, r)  e = Erf (d)  a = Add (e, one)  m = Mul (x, a)  g = Mul (m, half)
        y = Relu (g) }""", 14)  # fmt: skip
    model.ir_version = 7
    rule = next(rule for rule in load_rules() if rule.id == "STR120")
    newer = typed(" ".join(rule.fix.split()), model, tmp_path)
    assert [(node.domain, node.op_type) for node in newer.graph.node] == [
        ("", "Gelu"), ("", "Relu"),
    ]  # fmt: skip
    assert (newer.opset_import[0].version, newer.ir_version) == (20, 9)
    onnx.checker.check_model(newer)
    assert np.allclose(ran(newer), ran(model), atol=1e-6)


@pytest.mark.parametrize(("opset", "ir"), [(13, None), (None, 5), (13, 5)])
def test_another_version_is_stated(opset: int | None, ir: int | None, tmp_path: Path) -> None:
    model = plain(14, 7)
    other = typed(stating(facts_of(model), opset=opset, ir=ir), model, tmp_path)
    assert (other.opset_import[0].version, other.ir_version) == (opset or 14, ir or 7)
    assert ran(other).tolist() == [[0, 4, 0, 16]]


def test_flatten_is_written_as_reshape_where_all_are_to_the_same_sizes(tmp_path: Path) -> None:
    model = parse("""g (float[2,3,4] x) => (float[2,12] y, float[2,12] z) {
        y = Flatten (x)  a = Neg (x)  z = Flatten <axis = 1> (a) }""")
    found = facts_of(model)
    changed = typed(reshaping(found, {"y": (0, -1), "z": (0, -1)}), model, tmp_path)
    assert [node.op_type for node in changed.graph.node] == ["Reshape", "Neg", "Reshape"]
    onnx.checker.check_model(changed)
    values = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    sessions = [onnxruntime.InferenceSession(each.SerializeToString()) for each in (model, changed)]
    for old, new in zip(*(each.run(None, {"x": values}) for each in sessions), strict=True):
        assert old.tolist() == new.tolist()
    assert reshaping(found, {"y": (0, -1)}) == "", "the other would be another"
    assert reshaping(found, {"y": (0, -1), "z": (1, -1)}) == ""
    early(model)
    assert reshaping(facts_of(model), {"y": (0, -1), "z": (0, -1)}) == ""


def test_nothing_is_typed_for_what_no_line_mends() -> None:
    """A shape that is declared wrongly; two breaches of which one is that; a body, which has an
    order of its own; data in other files, which would be lost."""
    model = plain()
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 5
    assert "`" not in advised(model, "ONX014")
    early(model)
    assert "`" not in advised(model, "ONX014")
    early(outside := plain())
    outside.graph.initializer[0].data_location = onnx.TensorProto.EXTERNAL
    outside.graph.initializer[0].external_data.add(key="location", value="w.bin")
    found = facts_of(outside)
    assert found.model.outside
    assert mending(found, found.breaches) == converting(found, 7) == stating(found, ir=4) == ""
    assert mending(facts_of(plain()), ()) == ""
    unsorted(
        inner := parse("""g (bool b, float[2] x) => (float[2] y) {
        y = If (b) <then_branch = t () => (float[2] a) { a = Neg (x) },
                    else_branch = e () => (float[2] c) { c = Relu (x) }>
        }""")
    )
    inner.graph.node.insert(0, onnx.helper.make_node("Abs", ["y"], ["z"]))
    found = facts_of(inner)
    assert [each.code for each in found.breaches if not each.grave] == ["unsorted"]
    assert mending(found, [each for each in found.breaches if not each.grave]) == ""


def test_a_command_is_one_line_in_quotes_of_a_shell() -> None:
    assert written("a = 1", "b = 2") == (
        "python -c \"import onnx; m = onnx.load('MODEL'); a = 1; b = 2; onnx.save(m, 'NEW')\""
    )
