"""Types of attributes by name, beside the schemas of onnx and ONNX Runtime."""

from __future__ import annotations

import ast
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from onnx import AttributeProto, defs
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema

import analyzer
from analyzer.facts import Tensor
from analyzer.graph.attributes import KINDS
from analyzer.graph.call import MALFORMED, Unknown
from analyzer.operators import record_of
from tests.operators.contracts.neighbours import call
from tests.operators.contracts.test_neighbours import FAMILIES
from tests.operators.contracts.test_signatures import Asked

ONE_OF_TWO = {"activation_alpha": "FLOATS", "activation_beta": "FLOATS", "scales": "FLOATS"}
"""Read where they are a list of floats: elsewhere they belong to operators with other formulas."""
UNCHECKED = {
    "cats_int64s", "classlabels_int64s", "classlabels_ints", "coefficients", "dim", "layout",
    "q_num_heads", "size", "step",
}  # fmt: skip
"""Names of many operators, whose formulas say themselves where the type is another."""

BY_THEIR_READERS = """
    accuracy_level activation_params activations broadcast classlabels_int64s coefficients dilation
    dim epsilon height_scale imputed_value_floats imputed_value_int64s is_test
    keep_aspect_ratio_policy layout leaf_weights mrope_section nodes_modes num_branches output_fp16
    paddings pool_strings prob_mod q_num_heads router_size scale score_mod separators size step
    swiglu_limit tokenexp weights width_scale""".split()
"""Whose readers say themselves where the type is another."""
OTHERWISE = """
    end exclusive fc1_expert_weight_bits fc2_expert_weight_bits fc3_expert_weight_bits fmod
    num_outputs reverse scan_input_axes scan_output_axes select_last_index sparse_value start
    value_float value_floats value_int value_ints value_string value_strings""".split()
"""Read out of all attributes, or by a name that is put together."""


def test_whatever_attribute_is_asked_for_has_a_type_or_a_reader_that_looks() -> None:
    asked: set[str] = set()
    for path in Path(analyzer.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            match node:
                case ast.Call(func=ast.Attribute(attr="attr"), args=[ast.Constant(str(name)), *_]):
                    asked.add(name)
    assert asked - KINDS.keys() == set(BY_THEIR_READERS)
    assert KINDS.keys() - asked == set(OTHERWISE)


def test_attributes_have_the_types_that_schemas_give_them() -> None:
    stated: dict[str, set[str]] = defaultdict(set)
    for schema in (*defs.get_all_schemas_with_history(), *get_all_operator_schema()):
        for name, attribute in schema.attributes.items():
            stated[name].add(str(attribute.type).rpartition(".")[2])
    name_of = AttributeProto.AttributeType.Name
    found = {name: {name_of(kind) for kind in kinds} for name, kinds in KINDS.items()}
    for name, kind in ONE_OF_TWO.items():
        assert kind in stated[name]
        stated[name] = {kind}
    assert found == {name: stated[name] for name in found}


class Read(Asked):
    """Attributes that remember whatever way they are asked for."""

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)


def test_attributes_that_formulas_read_have_a_type() -> None:
    asked: set[str] = set()
    for family in FAMILIES.values():
        for node in family.valid(np.random.default_rng(0)):
            made = call(node)
            record = record_of(made)
            if record is None:
                continue
            given = Read(made.attributes)
            outputs = tuple(Tensor(f"o{i}", "float32", (2, 3, 4, 5)) for i in range(node.outputs))
            read = replace(made, attributes=given, outputs=outputs)
            record.cost.cost(read)
            with suppress(Unknown, *MALFORMED):
                if record.shape is not None:
                    record.shape(read)
                for slot, operand in enumerate(record.inputs):
                    if operand.packed is not None:
                        operand.packed(read, slot)
            asked |= given.names
    assert len(asked) > 60
    assert asked - KINDS.keys() == UNCHECKED
