"""What operators mean: their signs, neutral operands, means, and what changed between versions.

Arithmetic, comparison and logic are asked of ONNX's reference implementation.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
from onnx.reference.ops import load_op
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema

from analyzer.operators import find, nature_of, operators
from analyzer.operators.record import Nature, Operator, Scaling
from tests.each import each
from tests.operators.contracts.nodes import outcome
from tests.operators.contracts.test_neighbours import FAMILIES
from tests.operators.test_traits import keys

RECORDS = list(operators())
REALS = np.array([-2.5, 0.75, 1.0, 3.25], np.float32)
WHOLE = np.array([0, 1, 5, 12], np.uint8)
TRUTH = np.array([False, True, False, True])


def stated(field: str) -> dict[tuple[str, str], Any]:
    """What records say that have something to say, by operator."""
    nothing = ("", None, False, ())
    found = {record.key: getattr(record, field) for record in RECORDS}
    return {key: v for key, v in found.items() if not any(v is n or v == n != 0 for n in nothing)}


def result(name: str, *operands: Any) -> Any:
    """What ONNX's reference implementation makes of ``operands``."""
    attributes = {"direction": "LEFT"} if name == "BitShift" else {}
    inputs = [f"i{n}" for n in range(len(operands))]
    node = onnx.helper.make_node(name, inputs, ["y"], **attributes)
    implementation: Any = load_op("", name, 21)
    run = {"verbose": 0, "log": lambda *_: None, "opsets": {"": 21}, "new_ops": None}
    return implementation(node, run).run(*operands)[0]


SIGNS: dict[str, tuple[str, Callable[..., Any], Any]] = {
    "+": ("Add Sum", operator.add, REALS),
    "−": ("Sub", operator.sub, REALS),
    "×": ("Mul", operator.mul, REALS),
    "÷": ("Div", operator.truediv, REALS),
    "^": ("Pow", operator.pow, np.abs(REALS)),
    "=": ("Equal", operator.eq, REALS),
    ">": ("Greater", operator.gt, REALS),
    "≥": ("GreaterOrEqual", operator.ge, REALS),
    "<": ("Less", operator.lt, REALS),
    "≤": ("LessOrEqual", operator.le, REALS),
    "∧": ("And", operator.and_, TRUTH),
    "∨": ("Or", operator.or_, TRUTH),
    "⊻": ("Xor", operator.xor, TRUTH),
    "¬": ("Not", operator.invert, TRUTH),
}
"""Operators that mathematics has a sign for, and what Python makes of it."""


@each("sign", SIGNS)
def test_a_sign_means_what_the_operator_does(sign: str) -> None:
    names, meant, first = SIGNS[sign]
    signed = {key for key, found in stated("sign").items() if found == sign}
    assert signed == keys(names)
    operands = (first,) if sign == "¬" else (first, np.roll(first, 1))
    for name in names.split():
        assert np.array_equal(result(name, *operands), meant(*operands)), name


def test_no_other_operator_has_a_sign() -> None:
    assert set(stated("sign").values()) == SIGNS.keys()


def test_comparisons_and_logic_are_told_by_their_signs() -> None:
    assert {r.key for r in RECORDS if r.compares} == keys(
        "Equal Greater GreaterOrEqual Less LessOrEqual"
    )
    assert {r.key for r in RECORDS if r.is_logic} == keys("And Or Xor Not")
    assert {r.key for r in RECORDS if r.is_settled_by_one} == keys("And Or")


def pairs(record: Operator) -> bool:
    """A function of two operands that broadcast, of ONNX's own."""
    two = record.nature is Nature.ELEMENTWISE and len(record.inputs) == 2
    return two and record.scaling is Scaling.BROADCAST and not record.domain


def leaves_alone(name: str, number: int) -> bool:
    for first in (REALS, WHOLE, TRUTH):
        types = onnx.defs.get_schema(name).type_constraints[0].allowed_type_strs
        if f"tensor({ {'f': 'float', 'u': 'uint8', 'b': 'bool'}[first.dtype.kind] })" in types:
            after = result(name, first, np.full_like(first, number))
            return after.dtype == first.dtype and np.array_equal(after, first)
    raise AssertionError(f"{name} takes neither reals nor whole numbers nor truth")


@pytest.mark.parametrize("name", [r.name for r in RECORDS if pairs(r)])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_an_operand_is_neutral_that_leaves_the_other_alone(name: str) -> None:
    found = find("", name)
    assert found is not None
    alone = [number for number in (0, 1) if name != "Mod" and leaves_alone(name, number)]
    assert alone == ([] if found.neutral is None else [found.neutral])


def test_only_functions_of_two_operands_have_a_neutral_one() -> None:
    assert stated("neutral").keys() == keys(
        "Add Sub Mul Div Pow And Or Xor BitShift BitwiseOr BitwiseXor"
    )


DECISIVE = [r.name for r in RECORDS if pairs(r) and r.commutes and not r.name.startswith("Bitwise")]


@pytest.mark.parametrize("name", DECISIVE)
def test_an_operand_absorbs_that_decides_the_result_alone(name: str) -> None:
    """0 of a product, false of ∧, true of ∨; of what is infinite, nobody asks."""
    found = find("", name)
    assert found is not None
    first = TRUTH if found.is_logic else REALS
    decided = []
    for number in (0, 1):
        constant = np.full_like(first, number)
        after = result(name, first, constant)
        if after.dtype == first.dtype and np.array_equal(after, constant):
            decided.append(number)
    assert decided == ([] if found.absorbing is None else [found.absorbing])


def test_only_products_and_logic_have_an_operand_that_decides() -> None:
    assert stated("absorbing") == {("", "Mul"): 0, ("", "And"): 0, ("", "Or"): 1}


LEARNED = {
    "LinearClassifier": ("coefficients", "intercepts"),
    "LinearRegressor": ("coefficients", "intercepts"),
    "SVMClassifier": ("support_vectors", "coefficients", "rho", "prob_a", "prob_b"),
    "SVMRegressor": ("support_vectors", "coefficients", "rho"),
}
"""Attributes of trained numbers, by ONNX's Operators-ml.md."""


def test_attributes_that_training_finds_are_those_of_classical_models() -> None:
    found = stated("learned")
    assert found == {("ai.onnx.ml", name): names for name, names in LEARNED.items()}
    for (domain, name), names in found.items():
        schema = onnx.defs.get_schema(name, 5, domain)
        kinds = {str(schema.attributes[each].type).rpartition(".")[2] for each in names}
        assert kinds == {"FLOATS"}


def test_means_over_positions_and_axes_are_told() -> None:
    assert stated("averages").keys() == keys(
        """AveragePool GlobalAveragePool ReduceMean ms:QLinearAveragePool
        ms:QLinearGlobalAveragePool ms:QLinearReduceMean nchwc:AveragePool nchwc:GlobalAveragePool
        nhwc:AveragePool nhwc:GlobalAveragePool nhwc:QLinearAveragePool"""
    )


LITE = "Add AveragePool Clip Conv ConvTranspose Gemm MatMul MaxPool Mul Relu Sub"
"""Operators that TensorFlow Lite's quantisation specification has integer kernels for (ADD,
AVERAGE_POOL_2D, FULLY_CONNECTED, …), and ONNX Runtime too, under a name of its own or as such."""


def test_operators_have_integer_kernels_in_more_than_one_runtime() -> None:
    names = {schema.name for schema in get_all_operator_schema()}
    ours = {r.name for r in RECORDS if not r.domain and f"QLinear{r.name}" in names}
    found = {name for _, name in stated("integer")}
    assert found == (ours - {"Concat"}) | set(LITE.split())  # which moves integers as they are
    assert {domain for domain, _ in stated("integer")} == {""}


MOOT = {
    "BatchNormalization": {"momentum", "spatial", "is_test"},
    "Cast": {"saturate", "round_mode", "to"},
    "CastLike": {"saturate", "round_mode"},
    "Dropout": {"seed", "is_test", "ratio"},
    "LayerNormalization": {"stash_type"},
    "QuantizeLinear": {"saturate", "precision", "output_dtype"},
}
"""Of training, of how a result is computed, or of its element type: ONNX's Operators.md."""


def versions(name: str) -> dict[int, onnx.defs.OpSchema]:
    return {
        schema.since_version: schema
        for schema in onnx.defs.get_all_schemas_with_history()
        if (schema.domain, schema.name) == ("", name)
    }


def test_attributes_that_change_no_result_are_those_of_the_specification() -> None:
    assert {name: set(moot) for (_, name), moot in stated("moot").items()} == MOOT
    for name, moot in MOOT.items():
        known = {attribute for schema in versions(name).values() for attribute in schema.attributes}
        assert moot <= known, name


CHANGED = {
    "Attention": (24, 25), "BatchNormalization": (14,), "CastLike": (19,), "DFT": (20,),
    "GridSample": (20,), "GroupNormalization": (21,), "Hardmax": (13,), "LogSoftmax": (13,),
    "Range": (27,), "Resize": (13, 18, 19), "RoiAlign": (16,), "Softmax": (13,), "Split": (18,),
}  # fmt: skip
"""By ONNX's Changelog.md: axes of a softmax, corners of a grid, scales of a group, …"""


def test_versions_that_mean_something_else_are_those_of_the_changelog() -> None:
    assert {name: changed for (_, name), changed in stated("changed").items()} == CHANGED
    for name, changed in CHANGED.items():
        assert set(changed) <= versions(name).keys(), name


HEADS = "Softmax MatMul Add Mul Div Sqrt Transpose Reshape Split Where Expand Concat"
NORM = "ReduceMean Sub Pow Add Sqrt Div Mul Cast Reciprocal"
FUSES = {
    HEADS: """Attention ms:Attention ms:DecoderAttention ms:DecoderMaskedMultiHeadAttention
        ms:DecoderMaskedSelfAttention ms:DynamicSparseAttention ms:GroupQueryAttention
        ms:LongformerAttention ms:MultiHeadAttention ms:PackedAttention
        ms:PackedMultiHeadAttention ms:PagedAttention ms:QAttention ms:QOrderedAttention
        ms:QOrderedLongformerAttention ms:SparseAttention ms:SparsePagedAttention""",
    NORM: """LayerNormalization RMSNormalization SimplifiedLayerNormalization
        ms:SimplifiedLayerNormalization ms:LayerNormalization""",
    f"{NORM} LayerNormalization": """SkipLayerNormalization SkipSimplifiedLayerNormalization
        ms:SkipLayerNormalization ms:SkipSimplifiedLayerNormalization""",
    "Erf Tanh Pow Div Add Mul Sigmoid Gelu Sqrt": """Gelu BiasGelu FastGelu ms:BiasGelu
        ms:FastGelu ms:Gelu ms:QuickGelu""",
    "Gather Add LayerNormalization": "ms:EmbedLayerNormalization ms:QEmbedLayerNormalization",
    "Conv Relu Clip Add LeakyRelu Sigmoid Tanh HardSigmoid": """ms:FusedConv ms:NhwcFusedConv
        nchwc:Conv""",
    "MatMul Transpose Gemm Relu Mul Div Add": """TransposeMatMul ms:FusedGemm ms:FusedMatMul
        ms:FusedMatMulActivation ms:MatMulBnb4 ms:TransposeMatMul""",
}
"""What exporters write, and what ONNX Runtime's optimiser (its folder of transformers' fusions, and
ConvActivationFusion, MatmulTransposeFusion, …) makes of it."""


@pytest.mark.parametrize("parts", FUSES)
def test_fused_operators_stand_for_what_optimisers_fuse_into_them(parts: str) -> None:
    found = {key for key, fuses in stated("fuses").items() if fuses == tuple(parts.split())}
    assert found == keys(FUSES[parts])


def test_only_constants_are_written_down_and_only_sizes_measured() -> None:
    assert {r.key for r in RECORDS if r.writes} == keys("Constant ConstantOfShape GivenTensorFill")
    assert {r.key for r in RECORDS if r.measures} == keys("Shape Size EyeLike")


def test_what_integers_do_by_themselves_is_told() -> None:
    assert {r.key for r in RECORDS if r.clamps} == keys("Relu Clip")


def test_reductions_take_any_axes() -> None:
    assert {r.key for r in RECORDS if r.reduces} == keys(
        """ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin
        ReduceProd ReduceSum ReduceSumSquare"""
    )


def test_operators_of_one_name_are_of_one_nature() -> None:
    assert nature_of("QMoE") is Nature.PRODUCT
    assert nature_of("GemmaRotaryEmbedding") is Nature.POSITION
    assert nature_of("Frobnicate") is None


MOVES = """
    CenterCropPad Crop DepthToSpace DynamicSlice Expand Flatten Identity Dropout Pad Reshape
    ReverseSequence Slice SpaceToDepth Split Squeeze Tile TrainableDropout Transpose Unsqueeze
    ms:BitmaskDropout ms:Crop ms:ExpandDims ms:Pad ms:UnfoldTensor"""
CONVERTS = """
    BitCast Cast CastLike DequantizeLinear DynamicQuantizeLinear QuantizeLinear ms:DequantizeBFP
    ms:DequantizeLinear ms:DequantizeWithOrder ms:QuantizeBFP ms:QuantizeLinear
    ms:QuantizeWithOrder"""
LAYOUTS = {
    ("com.microsoft.nchwc", "ReorderInput"), ("com.microsoft.nchwc", "ReorderOutput"),
    *(("com.ms.internal.nhwc", name) for name in (
        "ConvTranspose", "DepthToSpace", "QLinearConvTranspose", "SpaceToDepth")),
}  # fmt: skip


@pytest.mark.parametrize(("asked", "names"), [
    ("hands_on", "Identity Dropout"),
    ("reshapes", "Flatten Reshape Squeeze Unsqueeze"),
    ("is_transposed", "ConvTranspose ms:ConvTransposeWithDynamicPads"),
    ("keeps_values", f"{MOVES} Clip Gather GlobalMaxPool MaxPool Relu"),
    ("keeps_role", f"{MOVES} {CONVERTS}"),
])  # fmt: skip
def test_what_an_operator_does_with_its_input_follows_from_what_it_is(
    asked: str, names: str
) -> None:
    assert {r.key for r in RECORDS if getattr(r, asked)} - LAYOUTS == keys(names)


def test_results_of_what_keeps_values_hold_no_others() -> None:
    """Asked of ONNX Runtime; what is padded and what is clipped may be 0, or a bound. Dropout is
    one at inference alone."""
    seen = set()
    for family in FAMILIES.values():
        node = family.make(np.random.default_rng(0))
        record = find(node.domain, node.op, node.opset)
        refused, results = outcome(node)
        given = [a for a in node.inputs if a is not None and a.dtype.kind in "fiub"]
        if record is None or not record.keeps_values or node.op == "Dropout" or refused:
            continue
        if given and results:
            held = {0.0, *(float(x) for a in given for x in a.ravel())}
            assert {float(x) for x in results[0].ravel()} <= held, node
            seen.add(node.op)
    assert len(seen) > 15
