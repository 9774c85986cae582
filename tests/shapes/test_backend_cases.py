"""ONNX's own backend cases: real inputs and outputs of every operator, none computed by us."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import onnx
from onnx import numpy_helper

from analyzer.graph.program import build_program, normal_domain
from analyzer.shapes.fold import FOLDS
from analyzer.shapes.infer import Inference
from analyzer.shapes.stated import Bindings
from tests.cases import node_cases

if TYPE_CHECKING:
    from analyzer.shapes.instance import Shapes

DATA_DEPENDENT = {
    "NonMaxSuppression", "Unique", "Compress", "StringSplit", "StringNormalizer", "ImageDecoder",
    "TfIdfVectorizer", "NonZero", "Loop", "If", "SequenceMap", "Scan", "OptionalGetElement",
    "SequenceAt", "ConcatFromSequence",
}  # fmt: skip
"""Operators whose output size is decided by data at run time, or by a sequence's contents."""
NO_NUMPY_TYPE = {
    "test_range_bfloat16_type_positive_delta",
    "test_range_bfloat16_type_positive_delta_expanded",
}
"""NumPy has no bfloat16 of its own, so these inputs do not become constants."""


def infer(model: onnx.ModelProto) -> Shapes:
    opsets = {normal_domain(o.domain): o.version for o in model.opset_import}
    program = build_program(model, opsets)
    for scope in program.scopes:
        scope.declared = {}  # the declared output types would give the answers away
    return Inference(program, Bindings()).run()


def contradictions(model: onnx.ModelProto, shapes: Shapes, outputs: list[Any]) -> list[str]:
    wrong = []
    for value, array in zip(model.graph.output, outputs, strict=False):
        inferred = shapes.main.types.get(value.name)
        if not isinstance(array, np.ndarray) or inferred is None or inferred.shape is None:
            continue
        fits = len(inferred.shape) == array.ndim and all(
            a in (None, b) for a, b in zip(inferred.shape, array.shape, strict=True)
        )
        if not fits:
            wrong.append(f"{value.name}: inferred {inferred.shape}, is {array.shape}")
    return wrong


def with_constant_inputs(case: Any) -> onnx.ModelProto:
    """The case's model with its inputs as initializers, where they are plain tensors."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    for value, array in zip(model.graph.input, case.data_sets[0][0], strict=False):
        if isinstance(array, (np.ndarray, np.generic)) and array.dtype.kind in "iufb":
            model.graph.initializer.append(numpy_helper.from_array(np.asarray(array), value.name))
    return model


class Constant(NamedTuple):
    """A case whose inputs are constants, and what is inferred of it."""

    case: Any
    model: onnx.ModelProto
    shapes: Shapes


@cache
def constant_cases() -> tuple[Constant, ...]:
    """Each inferred once, for all that is asked of it."""
    models = ((case, with_constant_inputs(case)) for case in node_cases())
    return tuple(Constant(case, model, infer(model)) for case, model in models)


def test_no_output_shape_contradicts_the_real_output() -> None:
    wrong = {
        case.name: found
        for case in node_cases()
        if (found := contradictions(case.model, infer(case.model), case.data_sets[0][1]))
    }
    assert len(node_cases()) > 1800
    assert wrong == {}


def test_shapes_are_complete_once_the_inputs_are_constants() -> None:
    unknown: Counter[str] = Counter()
    wrong = {}
    for case, model, shapes in constant_cases():
        if case.name in NO_NUMPY_TYPE:
            continue
        found = contradictions(model, shapes, case.data_sets[0][1])
        if found:
            wrong[case.name] = found
        for value, array in zip(model.graph.output, case.data_sets[0][1], strict=False):
            inferred = shapes.main.types.get(value.name)
            if isinstance(array, np.ndarray) and (
                inferred is None or inferred.shape is None or None in inferred.shape
            ):
                unknown[model.graph.node[-1].op_type] += 1
    assert wrong == {}
    assert set(unknown) <= DATA_DEPENDENT, unknown


def test_folded_values_equal_the_real_outputs() -> None:
    compared: Counter[str] = Counter()
    for case, model, shapes in constant_cases():
        for value, array in zip(model.graph.output, case.data_sets[0][1], strict=False):
            folded = shapes.main.values.get(value.name)
            if folded is None or not isinstance(array, np.ndarray):
                continue
            if array.dtype.kind not in "iufb":
                continue
            np.testing.assert_allclose(
                folded.astype(np.float64),
                array.astype(np.float64),
                rtol=1e-3,
                atol=1e-6,
                err_msg=case.name,
            )
            compared[model.graph.node[-1].op_type] += 1
    assert sum(compared.values()) > 300
    assert set(FOLDS) - set(compared) == {"Cast"}, "onnx has no small case of it"
