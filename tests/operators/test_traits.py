"""What operators are and how they behave: their kind, and what can be seen by trying them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from analyzer.operators import find, operators
from analyzer.operators.formula import UNDESCRIBED
from analyzer.operators.record import DATA, Kind, Nature, Operator, Scaling, weight
from tests.costs.counted import CASES
from tests.costs.counted.case import Case, count
from tests.costs.counted.stated import Traits
from tests.each import each
from tests.golden.test_parameters import parameters
from tests.golden.text import facts
from tests.operators.traits import BY_KEY, differences

DOMAINS = {
    "": "", "ml": "ai.onnx.ml", "ms": "com.microsoft", "nchwc": "com.microsoft.nchwc",
    "nhwc": "com.ms.internal.nhwc", "preview": "ai.onnx.preview",
    "pretrain": "ai.onnx.preview.training", "training": "ai.onnx.training",
}  # fmt: skip
NATURES: dict[Nature, str] = {
    Nature.CONVOLUTION: """
        CausalConvWithState Conv ConvInteger ConvTranspose DeformConv QLinearConv
        ms:CausalConvWithState ms:ConvTransposeWithDynamicPads ms:FusedConv ms:NhwcConv
        ms:NhwcFusedConv ms:QLinearConv ms:VarlenCausalConvWithState ms:WordConvEmbedding
        nchwc:Conv nhwc:Conv nhwc:ConvTranspose nhwc:QLinearConv nhwc:QLinearConvTranspose""",
    Nature.PRODUCT: """
        Einsum Gemm MatMul MatMulInteger QLinearMatMul TransposeMatMul ml:LinearClassifier
        ml:LinearRegressor ml:SVMClassifier ml:SVMRegressor ms:DynamicQuantizeMatMul
        ms:FusedGemm ms:FusedMatMul ms:FusedMatMulActivation ms:GemmFastGelu ms:GemmFloat8
        ms:MatMulBlockQuantizedFp4Weight ms:MatMulBlockQuantizedFp8Weight ms:MatMulBnb4
        ms:MatMulFpQ4 ms:MatMulInteger16 ms:MatMulIntegerToFloat ms:MatMulNBits
        ms:MatMulNBitsMlp ms:MatMulNBitsQLoRA ms:MatMulNBitsQkv ms:MatMulPacked ms:MoE
        ms:MoEGroupRouter ms:MoEPacked ms:QGemm ms:QLinearMatMul ms:QMoE ms:QOrderedMatMul
        ms:RouterGateUpProj ms:SparseToDenseMatMul ms:TransposeMatMul""",
    Nature.ELEMENTWISE: """
        ms:LinearAttentionGate
        Abs Acos Acosh Add Affine And Asin Asinh Atan Atanh BitShift BitwiseAnd BitwiseNot
        BitwiseOr BitwiseXor Ceil Cos Cosh Div Equal Erf Exp Floor Greater GreaterOrEqual
        ImageScaler IsInf IsNaN Less LessOrEqual Log Max Mean Min Mod Mul Neg Not Or Pow
        Reciprocal Round Scale Sign Sin Sinh Sqrt Sub Sum Tan Where Xor ml:Binarizer ml:Imputer
        ml:Scaler ms:BiasAdd ms:BiasDropout ms:BitmaskBiasDropout ms:CDist ms:ComplexMul
        ms:ComplexMulConj ms:GatedAdd ms:HyperConnectionPostMix ms:HyperConnectionPreMix
        ms:MulInteger ms:QLinearAdd ms:QLinearMul ms:QLinearWhere""",
    Nature.ATTENTION: """
        Attention LinearAttention ms:Attention ms:DecoderAttention
        ms:DecoderMaskedMultiHeadAttention ms:DecoderMaskedSelfAttention
        ms:DynamicSparseAttention ms:EngramGate ms:GatedDeltaNet ms:GatedDeltaNetStateReplay
        ms:GatedRelativePositionBias ms:GroupQueryAttention ms:HyperConnectionLowRankMix
        ms:LinearAttention ms:LongformerAttention ms:Mamba2Verify
        ms:MultiHeadAttention ms:PackedAttention ms:PackedMultiHeadAttention
        ms:PackedSparseAttentionIndexer ms:PagedAttention ms:QAttention ms:QOrderedAttention
        ms:QOrderedLongformerAttention ms:SparseAttention ms:SparseAttentionIndexer
        ms:SparsePagedAttention preview:FlexAttention""",
    Nature.POSITION: """
        RotaryEmbedding ms:GemmaRotaryEmbedding ms:MRotaryEmbedding ms:RotaryEmbedding""",
    Nature.EMBEDDING: """
        ms:EmbedLayerNormalization ms:GatherBlockQuantized ms:GatherPacked
        ms:QEmbedLayerNormalization ms:RelativePositionBias ms:TorchEmbedding""",
    Nature.RECURRENT: """
        GRU LSTM RNN ms:AttnLSTM ms:DynamicQuantizeLSTM""",
    Nature.ACTIVATION: """
        BiasGelu Celu Clip Elu FastGelu Gelu HardSigmoid HardSwish LeakyRelu Mish PRelu
        ParametricSoftplus Relu ScaledTanh Selu Shrink Sigmoid Softplus Softsign SwiGLU Swish
        Tanh ThresholdedRelu ms:BiasGelu ms:BiasSplitGelu ms:FastGelu ms:Gelu
        ms:QLinearLeakyRelu ms:QLinearSigmoid ms:QOrderedGelu ms:QuickGelu ms:ScaledSiLU
        ms:SwiGLU""",
    Nature.NORMALISATION: """
        BatchNormalization GroupNormalization InstanceNormalization LRN LayerNormalization
        LpNormalization MeanVarianceNormalization RMSNormalization SimplifiedLayerNormalization
        SkipLayerNormalization SkipSimplifiedLayerNormalization ml:Normalizer
        ms:BranchwiseRMSNorm ms:GatedRMSNorm ms:GroupNorm ms:LayerNormalization
        ms:QOrderedLayerNormalization ms:RMSNormRotary ms:SimplifiedLayerNormalization
        ms:SkipGroupNorm ms:SkipLayerNormalization ms:SkipSimplifiedLayerNormalization
        nhwc:BatchNormalization nhwc:InstanceNormalization nhwc:LRN""",
    Nature.SOFTMAX: """
        Hardmax LogSoftmax Softmax ms:BiasSoftmax ms:QLinearSoftmax""",
    Nature.POOLING: """
        AveragePool GlobalAveragePool GlobalLpPool GlobalMaxPool LpPool MaxPool MaxUnpool
        ms:MaxpoolWithMask ms:NhwcMaxPool ms:QLinearAveragePool ms:QLinearGlobalAveragePool
        nchwc:AveragePool nchwc:GlobalAveragePool nchwc:GlobalMaxPool nchwc:MaxPool
        nhwc:AveragePool nhwc:GlobalAveragePool nhwc:GlobalLpPool nhwc:GlobalMaxPool nhwc:LpPool
        nhwc:MaxPool nhwc:MaxUnpool nhwc:QLinearAveragePool""",
    Nature.REDUCTION: """
        ArgMax ArgMin CumProd CumSum ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax
        ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare ms:QLinearReduceMean
        ms:ReduceSumInteger""",
    Nature.MOVEMENT: """
        CenterCropPad Concat Crop DepthToSpace Dropout DynamicSlice Expand Flatten Identity Pad
        Reshape ReverseSequence Slice SpaceToDepth Split Squeeze Tile TrainableDropout Transpose
        Unsqueeze ms:BitmaskDropout ms:Crop ms:ExpandDims ms:Pad ms:QLinearConcat
        ms:UnfoldTensor nchwc:ReorderInput nchwc:ReorderOutput nhwc:DepthToSpace
        nhwc:SpaceToDepth""",
    Nature.SELECTION: """
        Compress Gather GatherElements GatherND NonZero OneHot Scatter ScatterElements ScatterND
        TensorScatter TopK Trilu Unique ml:ArrayFeatureExtractor ms:GatherND ms:Trilu ms:Unique""",
    Nature.CONVERSION: """
        BitCast Cast CastLike""",
    Nature.STATIC: """
        Constant ConstantOfShape EyeLike GivenTensorFill Range Shape Size ms:Range""",
    Nature.SEQUENCE: """
        ConcatFromSequence ImageDecoder Optional OptionalGetElement OptionalHasElement
        RegexFullMatch SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert
        SequenceLength SplitToSequence StringConcat StringNormalizer StringSplit TfIdfVectorizer
        ml:CastMap ml:CategoryMapper ml:DictVectorizer ml:FeatureVectorizer ml:LabelEncoder
        ml:OneHotEncoder ml:ZipMap""",
    Nature.RANDOM: """
        Bernoulli Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike""",
    Nature.QUANTISATION: """
        DequantizeLinear DynamicQuantizeLinear QuantizeLinear ms:DequantizeBFP
        ms:DequantizeLinear ms:DequantizeWithOrder ms:QuantizeBFP ms:QuantizeLinear
        ms:QuantizeWithOrder""",
    Nature.RESAMPLING: """
        AffineGrid Col2Im GridSample Resize RoiAlign Upsample ms:CropAndResize ms:GridSample
        nchwc:Upsample nhwc:GridSample nhwc:Resize""",
    Nature.SIGNAL: """
        BlackmanWindow DFT HammingWindow HannWindow MelWeightMatrix STFT ms:Irfft ms:Rfft""",
    Nature.ALGEBRA: """
        Det ms:Inverse""",
    Nature.CONTROL: """
        If Loop Scan SequenceMap""",
    Nature.DETECTION: """
        MaxRoiPool NonMaxSuppression""",
    Nature.RUNTIME: """
        ms:BeamSearch ms:BifurcationDetector ms:ConvStateReplay ms:DynamicTimeWarping
        ms:EPContext ms:GreedySearch ms:IsAllFinite ms:MurmurHash3 ms:NGramHashMapping
        ms:NGramRepeatBlock ms:PackedSparseAttentionIndexerMerge ms:RemovePadding
        ms:RestorePadding ms:SampleOp ms:Sampling ms:Snpe ms:SpeculativePrefixCommit
        ms:Tokenizer ms:VarlenNGramHashMapping ms:WhisperBeamSearch""",
    Nature.TREE: """
        ml:TreeEnsemble ml:TreeEnsembleClassifier ml:TreeEnsembleRegressor""",
    Nature.LOSS: """
        NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss""",
    Nature.TRAINING: """
        pretrain:Adagrad pretrain:Adam pretrain:Gradient pretrain:Momentum training:Adagrad
        training:Adam training:Gradient training:Momentum""",
}

SCALINGS: dict[Scaling, str] = {
    Scaling.CONVOLVE: """
        Conv ConvInteger QLinearConv ms:FusedConv ms:QLinearConv""",
    Scaling.DECONVOLVE: """
        ConvTranspose""",
    Scaling.GEMM: """
        Gemm ms:FusedGemm""",
    Scaling.MATMUL: """
        MatMul MatMulInteger QLinearMatMul ms:FusedMatMul ms:QLinearMatMul""",
    Scaling.RECURRENT: """
        GRU LSTM RNN""",
    Scaling.SAME: """
        Abs Acos Acosh Affine Asin Asinh Atan Atanh Bernoulli BitwiseNot Cast CastLike Ceil Celu
        Clip Cos Cosh CumProd CumSum Dropout Elu Erf Exp Floor Gelu HardSigmoid HardSwish
        Hardmax Identity ImageScaler IsInf IsNaN LRN LeakyRelu Log LogSoftmax LpNormalization
        MeanVarianceNormalization Mish Neg Not ParametricSoftplus Reciprocal Relu Round Scale
        ScaledTanh ScatterElements ScatterND Selu Shrink Sigmoid Sign Sin Sinh Softmax Softplus
        Softsign Sqrt Swish Tan Tanh ThresholdedRelu Trilu ms:Gelu ms:QLinearLeakyRelu
        ms:QLinearSigmoid ms:QOrderedGelu ms:QuickGelu ms:ScaledSiLU ms:Trilu""",
    Scaling.BROADCAST: """
        Add And BiasGelu BitShift BitwiseAnd BitwiseOr BitwiseXor Div Equal FastGelu Greater
        GreaterOrEqual LayerNormalization Less LessOrEqual Max Mean Min Mod Mul Or PRelu Pow
        RMSNormalization SimplifiedLayerNormalization Sub Sum Where Xor ms:BiasAdd ms:BiasGelu
        ms:FastGelu ms:LayerNormalization ms:SimplifiedLayerNormalization""",
    Scaling.PER_CHANNEL: """
        BatchNormalization GroupNormalization InstanceNormalization""",
    Scaling.POOL: """
        AveragePool LpPool MaxPool""",
    Scaling.GLOBAL_POOL: """
        GlobalAveragePool GlobalLpPool GlobalMaxPool""",
    Scaling.REDUCE: """
        ArgMax ArgMin ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean
        ReduceMin ReduceProd ReduceSum ReduceSumSquare""",
    Scaling.RESHAPE: """
        Flatten Reshape Squeeze Unsqueeze""",
    Scaling.TRANSPOSE: """
        Transpose""",
    Scaling.TILE: """
        Expand Tile""",
    Scaling.CUT: """
        Slice""",
    Scaling.SPLIT: """
        Split""",
    Scaling.PAD: """
        Pad ms:Pad""",
    Scaling.BLOCKS: """
        DepthToSpace SpaceToDepth""",
    Scaling.CONCATENATE: """
        Concat""",
    Scaling.GATHER: """
        Gather""",
    Scaling.NOTHING: """
        Constant ConstantOfShape Range Shape Size ms:Range""",
    Scaling.QUANTISE: """
        DequantizeLinear QuantizeLinear ms:DequantizeLinear ms:QuantizeLinear""",
    Scaling.RESIZE: """
        Resize Upsample""",
}

ROLES: dict[str, str] = {
    "product": """
        Gemm MatMul MatMulInteger QLinearMatMul TransposeMatMul ms:DynamicQuantizeMatMul
        ms:FusedGemm ms:FusedMatMul ms:FusedMatMulActivation ms:GemmFastGelu ms:GemmFloat8
        ms:MatMulBlockQuantizedFp4Weight ms:MatMulBlockQuantizedFp8Weight ms:MatMulBnb4
        ms:MatMulFpQ4 ms:MatMulInteger16 ms:MatMulIntegerToFloat ms:MatMulNBits ms:MatMulPacked
        ms:QGemm ms:QLinearMatMul ms:QOrderedMatMul ms:SparseToDenseMatMul ms:TransposeMatMul""",
    "attention": """
        Attention ms:Attention ms:DecoderAttention ms:DecoderMaskedMultiHeadAttention
        ms:DecoderMaskedSelfAttention ms:DynamicSparseAttention ms:GroupQueryAttention
        ms:LongformerAttention ms:MultiHeadAttention ms:PackedAttention
        ms:PackedMultiHeadAttention ms:PagedAttention ms:QAttention ms:QOrderedAttention
        ms:QOrderedLongformerAttention ms:SparseAttention ms:SparsePagedAttention""",
    "add": """
        Add SkipLayerNormalization SkipSimplifiedLayerNormalization Sum ms:BiasAdd ms:QLinearAdd
        ms:SkipGroupNorm ms:SkipLayerNormalization ms:SkipSimplifiedLayerNormalization""",
    "mul": """
        Mul ms:MulInteger ms:QLinearMul""",
    "softmax": """
        Softmax ms:BiasSoftmax ms:QLinearSoftmax""",
    "pool": """
        AveragePool LpPool MaxPool ms:MaxpoolWithMask ms:NhwcMaxPool ms:QLinearAveragePool
        nchwc:AveragePool nchwc:MaxPool nhwc:AveragePool nhwc:LpPool nhwc:MaxPool
        nhwc:QLinearAveragePool""",
    "global-pool": """
        GlobalAveragePool ms:QLinearGlobalAveragePool nchwc:GlobalAveragePool
        nhwc:GlobalAveragePool""",
    "reshape": """
        Expand Flatten Reshape Squeeze Unsqueeze""",
    "cut": """
        Gather Slice Split""",
    "quantize": """
        QuantizeLinear ms:QuantizeLinear ms:QuantizeWithOrder""",
    "dequantize": """
        DequantizeLinear ms:DequantizeLinear ms:DequantizeWithOrder""",
    "concat": """
        Concat ms:QLinearConcat""",
    "embedding": """
        ms:EmbedLayerNormalization ms:QEmbedLayerNormalization""",
}

TAGS: dict[tuple[str, ...], str] = {
    ("quantized",): """
        ConvInteger MatMulInteger QLinearConv QLinearMatMul ms:DynamicQuantizeLSTM
        ms:DynamicQuantizeMatMul ms:GatherBlockQuantized ms:GatherPacked ms:GemmFloat8
        ms:MatMulBlockQuantizedFp4Weight ms:MatMulBlockQuantizedFp8Weight ms:MatMulBnb4
        ms:MatMulFpQ4 ms:MatMulInteger16 ms:MatMulIntegerToFloat ms:MatMulNBits
        ms:MatMulNBitsQLoRA ms:MatMulPacked ms:MulInteger ms:QGemm ms:QLinearAdd
        ms:QLinearAveragePool ms:QLinearConcat ms:QLinearConv ms:QLinearGlobalAveragePool
        ms:QLinearLeakyRelu ms:QLinearMatMul ms:QLinearMul ms:QLinearReduceMean
        ms:QLinearSigmoid ms:QLinearSoftmax ms:QLinearWhere ms:QOrderedGelu
        ms:QOrderedLayerNormalization ms:QOrderedMatMul nhwc:QLinearAveragePool nhwc:QLinearConv
        nhwc:QLinearConvTranspose""",
    ("deformable",): """
        DeformConv""",
    ("fused",): """
        SkipLayerNormalization SkipSimplifiedLayerNormalization TransposeMatMul ms:Attention
        ms:DecoderAttention ms:DecoderMaskedMultiHeadAttention ms:DecoderMaskedSelfAttention
        ms:DynamicSparseAttention ms:EmbedLayerNormalization ms:FusedConv ms:FusedGemm
        ms:FusedMatMul ms:FusedMatMulActivation ms:GemmFastGelu ms:GroupQueryAttention
        ms:LongformerAttention ms:MoE ms:MultiHeadAttention ms:NhwcFusedConv ms:PackedAttention
        ms:PackedMultiHeadAttention ms:PagedAttention ms:RouterGateUpProj ms:SkipGroupNorm
        ms:SkipLayerNormalization ms:SkipSimplifiedLayerNormalization ms:SparseAttention
        ms:SparsePagedAttention ms:TransposeMatMul nchwc:Conv""",
    ("fused", "quantized"): """
        ms:MatMulNBitsMlp ms:MatMulNBitsQkv ms:MoEPacked ms:QAttention
        ms:QEmbedLayerNormalization ms:QMoE ms:QOrderedAttention ms:QOrderedLongformerAttention""",
}

RECORDS = list(operators())


def keys(words: str) -> set[tuple[str, str]]:
    """Records that ``ms:Gelu Relu`` name."""
    parts = (word.rpartition(":") for word in words.split())
    return {(DOMAINS[domain], name) for domain, _, name in parts}


LISTED = keys(" ".join(NATURES.values()))
"""Operators that the tables are about; what others are is stated beside their definitions."""


def having(holds: Callable[[Operator], Any]) -> set[tuple[str, str]]:
    return {record.key for record in RECORDS if record.key in LISTED and holds(record)}


def test_operators_that_no_table_lists_are_what_is_stated_of_them() -> None:
    others = [record for record in RECORDS if record.key not in LISTED]
    assert list(differences(others, BY_KEY)) == []
    assert BY_KEY.keys() == {record.key for record in others}


GATED = Operator("GatedGemm", Nature.PRODUCT, (DATA, weight("K", "N")), UNDESCRIBED, "com.acme")


def test_an_operator_that_nobody_stated_anything_of_is_named() -> None:
    (told,) = differences([GATED], {})
    assert told.startswith("com.acme::GatedGemm: state what it is")


def test_a_record_that_is_not_what_was_stated_is_named() -> None:
    right = Traits("GatedGemm", Nature.PRODUCT, (Kind.DATA, Kind.WEIGHT), "com.acme", ("K", "N"),
                   work="unknown")  # fmt: skip
    assert list(differences([GATED], {GATED.key: right})) == []
    wrong = replace(right, inputs=(Kind.DATA, Kind.BIAS), scaling=Scaling.GEMM)
    assert [told.split()[1] for told in differences([GATED], {GATED.key: wrong})] == [
        "inputs", "scaling",
    ]  # fmt: skip


@each("nature", NATURES, ids=str)
def test_every_operator_is_of_the_nature_of_its_definition(nature: Nature) -> None:
    assert having(lambda record: record.nature is nature) == keys(NATURES[nature])


@each("scaling", SCALINGS, ids=str)
def test_sizes_follow_as_the_definition_says(scaling: Scaling) -> None:
    assert having(lambda record: record.scaling is scaling) == keys(SCALINGS[scaling])


@each("role", ROLES)
def test_patterns_know_operators_by_their_role(role: str) -> None:
    assert having(lambda record: record.role == role) == keys(ROLES[role])


@pytest.mark.parametrize("tags", TAGS, ids="-".join)
def test_forms_of_execution_are_told(tags: tuple[str, ...]) -> None:
    assert having(lambda record: record.tags == tags) == keys(TAGS[tags])


def test_channels_last_operators_are_those_of_channels_last_layouts() -> None:
    inside = having(lambda record: record.domain == "com.ms.internal.nhwc")
    assert having(lambda record: record.channels_last) == inside | keys(
        "ms:NhwcConv ms:NhwcFusedConv ms:NhwcMaxPool"
    )


AXES = {
    ("N", "M/g", "K…"): """Conv ConvInteger QLinearConv DeformConv ms:FusedConv ms:NhwcConv
        ms:NhwcFusedConv ms:QLinearConv nchwc:Conv nhwc:Conv nhwc:QLinearConv""",
    ("M", "N/g", "K…"): """ConvTranspose ms:ConvTransposeWithDynamicPads nhwc:ConvTranspose
        nhwc:QLinearConvTranspose""",
    ("N", "1", "K…"): """CausalConvWithState ms:CausalConvWithState ms:VarlenCausalConvWithState
        ms:WordConvEmbedding""",
    ("K", "N"): """Gemm MatMul MatMulInteger QLinearMatMul TransposeMatMul ms:DynamicQuantizeMatMul
        ms:FusedGemm ms:FusedMatMul ms:FusedMatMulActivation ms:GemmFastGelu ms:GemmFloat8
        ms:MatMulFpQ4 ms:MatMulInteger16 ms:MatMulIntegerToFloat ms:QGemm ms:QLinearMatMul
        ms:QOrderedMatMul ms:SparseToDenseMatMul ms:TransposeMatMul ms:RouterGateUpProj
        ms:MoEGroupRouter ms:QOrderedAttention ms:DecoderAttention ms:GatedRelativePositionBias""",
    ("N", "K"): """ms:MatMulBlockQuantizedFp4Weight ms:MatMulBlockQuantizedFp8Weight ms:MatMulBnb4
        ms:MatMulNBits ms:MatMulNBitsMlp ms:MatMulNBitsQLoRA ms:MatMulNBitsQkv ms:MatMulPacked""",
    ("E", "N", "K"): "ms:MoE ms:MoEPacked ms:QMoE",
    ("K", "3·N"): """ms:Attention ms:DecoderMaskedSelfAttention ms:LongformerAttention
        ms:PackedAttention ms:QAttention ms:QOrderedLongformerAttention""",
    ("D", "g·H", "I"): "RNN GRU LSTM ms:AttnLSTM",
    ("D", "I", "g·H"): "ms:DynamicQuantizeLSTM",
    ("K", "R"): "ms:HyperConnectionLowRankMix",
    ("N", "1", "K"): "ms:Mamba2Verify",
    ("K", "1"): "ms:GatedAdd",
}
"""Axes of the (first) weight by the operators' documentation: N outputs, M inputs, K contracted."""


@each("axes", AXES, ids="-".join)
def test_weights_lie_as_the_documentation_says(axes: tuple[str, ...]) -> None:
    def first(record: Operator) -> tuple[str, ...]:
        return () if record.weight is None else record.inputs[record.weight].axes

    assert having(lambda record: first(record) == axes) == keys(AXES[axes])


FURTHER = {
    ("N", "K"): "ms:MatMulNBitsMlp.6 ms:MatMulNBitsQkv.6 ms:MatMulNBitsQkv.9",
    ("R", "K"): "ms:MatMulNBitsQLoRA.3",
    ("N", "R"): "ms:MatMulNBitsQLoRA.5",
    ("E", "N", "K"): "ms:MoE.4 ms:MoE.6 ms:QMoE.5 ms:QMoE.8 ms:MoEPacked.3 ms:MoEPacked.4",
    ("K", "N"): "ms:QOrderedAttention.6 ms:QOrderedAttention.7 ms:HyperConnectionLowRankMix.4",
    ("R", "N"): "ms:HyperConnectionLowRankMix.3",
    ("K", "2·N"): "ms:DecoderAttention.3",
    ("K", "3·N"): "ms:LongformerAttention.4 ms:QOrderedLongformerAttention.8",
    ("D", "g·H", "H"): "RNN.2 GRU.2 LSTM.2 ms:AttnLSTM.2",
    ("D", "H", "g·H"): "ms:DynamicQuantizeLSTM.2",
    ("D", "H", "N"): "ms:AttnLSTM.8",
    ("D", "M", "N"): "ms:AttnLSTM.9",
    ("D", "N"): "ms:AttnLSTM.10",
    ("D", "M+H", "N"): "ms:AttnLSTM.13",
}
"""Axes of further weights by the shapes that ContribOperators.md gives their inputs."""
PACKED = """
    ms:MatMulNBits.1 ms:MatMulBnb4.1 ms:MatMulFpQ4.1 ms:MatMulPacked.1
    ms:MatMulBlockQuantizedFp4Weight.1 ms:MatMulNBitsMlp.3 ms:MatMulNBitsMlp.6 ms:MatMulNBitsQkv.3
    ms:MatMulNBitsQkv.6 ms:MatMulNBitsQkv.9 ms:MatMulNBitsQLoRA.1 ms:MatMulNBitsQLoRA.3
    ms:MatMulNBitsQLoRA.5 ms:QMoE.2 ms:QMoE.5 ms:QMoE.8 ms:MoEPacked.2 ms:MoEPacked.3
    ms:MoEPacked.4 ms:GatherBlockQuantized.0 ms:GatherPacked.0"""
"""Inputs that ContribOperators.md calls packed, or whose elements are 2, 4 or 8 bits of a byte."""


def slots(holds: Callable[[Operator, int], Any]) -> set[str]:
    """``ms:MoE.4``: inputs of which it holds."""
    words = {domain: f"{word}:".lstrip(":") for word, domain in DOMAINS.items()}
    return {
        f"{words[record.domain]}{record.name}.{slot}"
        for record in RECORDS
        if record.key in LISTED
        for slot in range(len(record.inputs))
        if holds(record, slot)
    }


@each("axes", FURTHER, ids="-".join)
def test_further_weights_lie_as_the_documentation_says(axes: tuple[str, ...]) -> None:
    found = slots(lambda r, slot: r.inputs[slot].axes == axes and slot != r.weight)
    assert found == set(FURTHER[axes].split())


def test_no_other_input_has_axes_of_a_weight() -> None:
    further = slots(lambda r, slot: r.inputs[slot].axes and slot != r.weight)
    assert further == set(" ".join(FURTHER.values()).split())


def test_inputs_that_hold_several_numbers_to_an_element_are_told() -> None:
    assert slots(lambda r, slot: r.inputs[slot].packed) == set(PACKED.split())


# What can be tried: one element or channel of the first input changes.


@cache
def probed() -> dict[tuple[str, str], Case]:
    """The first case of each operator whose first input can be changed."""
    found: dict[tuple[str, str], Case] = {}
    for case in CASES:
        first = case.inputs[0] if case.inputs else None
        if (
            first is not None
            and first.size > 1
            and (first.dtype.kind == "f" or first.dtype.itemsize == 1)
        ):
            found.setdefault(case.key, case)
    return found


def changed(case: Case, places: Any) -> np.ndarray[Any, Any]:
    """Where the first result changes with the first input at ``places``."""
    first = np.array(case.inputs[0])
    first[places] = first[places] + np.asarray(
        1.625 if first.dtype.kind == "f" else 40, first.dtype
    )
    before = count(case).results[0]
    after = count(replace(case, inputs=(first, *case.inputs[1:]))).results[0]
    return np.asarray(before != after)


def is_local(case: Case) -> bool:
    """An element of the first result depends on that element of the first input alone."""
    first = case.inputs[0]
    assert first is not None
    for place in (0, first.size - 1):
        at = np.unravel_index(place, first.shape)
        where = changed(case, at)
        if where.shape != first.shape:
            return False
        where[at] = False
        if where.any():
            return False
    return True


LOCAL_TOO = (Nature.QUANTISATION, Nature.CONVERSION)
NOT_TRIED = {"BiasSplitGelu", "SwiGLU", "Where", "HyperConnectionPreMix", "HyperConnectionPostMix",
             "CDist", "ComplexMul", "ComplexMulConj", "Imputer", "Scaler", "Binarizer"}  # fmt: skip
"""Element-wise operators whose elements pair up, or whose first input is not the data."""


def test_functions_of_single_elements_are_element_wise() -> None:
    tried = {key: case for key, case in probed().items() if key[1] not in NOT_TRIED}
    local = {key for key, case in tried.items() if is_local(case)}
    records = {key: find(*key) for key in tried}
    elementwise = {key for key, r in records.items() if r is not None and r.is_elementwise}
    others = {key for key in local if (r := records[key]) and r.nature in LOCAL_TOO}
    assert elementwise - local == set()
    assert (local - elementwise - others) & LISTED == NEARLY_LOCAL


NEARLY_LOCAL = keys("BatchNormalization nhwc:BatchNormalization ScatterElements ScatterND")
"""Other operators that leave the other elements alone in the cases at hand."""


def is_by_channel(case: Case) -> bool:
    """A channel of the first result depends on that channel of the first input alone."""
    first = case.inputs[0]
    assert first is not None
    where = changed(case, (slice(None), 0))
    kept = where.ndim > 1 and where.shape[1] == first.shape[1]
    return kept and bool(where[:, 0].any()) and not where[:, 1:].any()


def test_channels_that_stay_apart_are_told() -> None:
    tried = {
        key: case
        for key, case in probed().items()
        if case.inputs[0] is not None and case.inputs[0].ndim == 4 and case.inputs[0].shape[1] > 1
        and key[0] != "com.ms.internal.nhwc" and "Nhwc" not in key[1]
        and key[1] != "QLinearGlobalAveragePool"  # saturated in its case
    }  # fmt: skip
    apart = {key for key, case in tried.items() if is_by_channel(case)}
    records = {key: find(*key) for key in tried}
    told = {key for key, record in records.items() if record is not None and record.is_channelwise}
    assert told - apart == set()
    assert (apart - told) & LISTED == MORE_APART
    assert len(told) > 12


MORE_APART = keys(
    "Attention RotaryEmbedding preview:FlexAttention ms:HyperConnectionPostMix "
    "ms:HyperConnectionPreMix ms:MRotaryEmbedding ms:RMSNormRotary ms:RotaryEmbedding "
    "MeanVarianceNormalization"
)
"""What keeps heads or streams apart there, or channels with the usual axes."""


@pytest.mark.parametrize("name", ["Sigmoid", "HardSigmoid"])
def test_gates_lie_between_nought_and_one(name: str) -> None:
    case = probed()["", name]
    wide = np.linspace(-50, 50, 101, dtype=np.float32)
    results = count(replace(case, inputs=(wide,))).results[0]
    assert (results.min(), results.max()) == (pytest.approx(0, abs=1e-6), 1)


def test_gates_and_what_they_are_decomposed_into_are_told() -> None:
    assert having(lambda r: r.gate) == keys("Sigmoid HardSigmoid ms:QLinearSigmoid Clip Min")
    assert having(lambda r: r.bends) == keys("Max Min Erf")


def test_values_that_are_only_picked_stay_what_they_were() -> None:
    for key, case in probed().items():
        record = find(*key)
        if record is None or not record.selects or key[1] == "Clip":
            continue
        first = case.inputs[0]
        assert first is not None
        allowed = {0.0, *first.ravel().tolist()}
        assert set(count(case).results[0].ravel().tolist()) <= allowed, key
    picking = having(lambda r: r.selects)
    assert picking == keys("Relu Clip MaxPool GlobalMaxPool Gather")


def test_operators_commute_whose_results_are_the_same_in_any_order() -> None:
    commuting = having(lambda r: r.commutes)
    assert commuting == keys(
        "Add Mul Sum Max Min Mean Equal And Or Xor BitwiseAnd BitwiseOr BitwiseXor ms:ComplexMul"
    )
    tried = set()
    for key, case in probed().items():
        record = find(*key)
        if record is None or record.scaling is not Scaling.BROADCAST:
            continue
        if {*record.inputs} != {DATA} or len(case.inputs) < 2:
            continue
        there, back = count(case), count(replace(case, inputs=case.inputs[::-1]))
        results = zip(there.results, back.results, strict=True)
        same = all(a.shape == b.shape and np.allclose(a, b) for a, b in results)
        assert same == (key in commuting), key
        tried.add(key)
    # logic counts nothing, and nothing counts it
    logic = "And Or Xor BitwiseAnd BitwiseOr BitwiseXor"
    assert commuting - tried == keys(f"{logic} ms:ComplexMul")


@pytest.mark.parametrize(
    "between",
    ["Identity (x)", "Transpose <perm = [0,1,2,3]> (x)", "Pad (x, none)", "Clip (x)",
     "Dropout (x)"],
)  # fmt: skip
def test_what_leads_on_is_seen_through(between: str) -> None:
    """A separable block is one, whatever lies between its halves that leads data on."""
    found = facts(
        f"""g (float[1,8,9,9] i, float[8,1,3,3] d, float[16,8,1,1] p) => (float[] y) {{
            none = Constant <value_ints = [0,0,0,0,0,0,0,0]> ()
            x = Conv <group = 8> (i, d)
            m = {between}
            y = Conv (m, p)
        }}"""
    )
    assert [block.kind for block in found.blocks] == ["separable"]


def test_only_these_lead_on_by_themselves() -> None:
    assert having(lambda r: r.first) == keys(
        "Clip Identity Transpose Pad ms:Pad Dropout nchwc:ReorderInput nchwc:ReorderOutput"
    )
    assert having(lambda r: r.channelwise) >= keys(
        "BatchNormalization nhwc:BatchNormalization InstanceNormalization "
        "nhwc:InstanceNormalization GridSample ms:GridSample RoiAlign ms:CropAndResize Identity "
        "Pad Dropout nchwc:ReorderInput "
        "nchwc:ReorderOutput Resize Upsample nchwc:Upsample MaxPool AveragePool LpPool "
        "GlobalAveragePool GlobalMaxPool GlobalLpPool ms:QLinearAveragePool "
        "ms:QLinearGlobalAveragePool ms:MaxpoolWithMask ms:NhwcMaxPool nchwc:MaxPool "
        "nchwc:AveragePool nchwc:GlobalMaxPool nchwc:GlobalAveragePool nhwc:MaxPool "
        "nhwc:AveragePool nhwc:LpPool nhwc:GlobalAveragePool nhwc:GlobalMaxPool "
        "nhwc:GlobalLpPool nhwc:QLinearAveragePool"
    )
    older = find("", "Resize", 10)
    assert older is not None
    assert older.channelwise
    assert older.scaling is Scaling.RESIZE


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        ("Identity (w)", (8, 4)),
        ("Cast <to = 1> (w)", (8, 4)),
        ("CastLike (w, x)", (8, 4)),
        ("Transpose (w)", (4, 8)),
        ("Reshape (w, s)", (2, 4, 4)),
        ("Flatten (w)", (8, 4)),
        ("Dropout (w)", (8, 4)),
        ("Expand (w, s)", (8, 4)),
        ("Tile (w, s)", (8, 4)),
        ("Slice (w, s, s)", (8, 4)),
        ("Pad (w, s)", (8, 4)),
    ],
)
def test_what_moves_a_weight_leaves_it_a_weight(body: str, shape: tuple[int, ...]) -> None:
    constants: dict[str, Any] = {"w": shape, "s": np.array([8, 4], np.int64)}
    found = parameters(
        f"g (float[1,8] x) => (float[] y) {{ m = {body}  y = MatMul (x, m) }}", **constants
    )
    assert found.weights == int(np.prod(shape))


def test_weights_of_real_numbers_are_looked_into() -> None:
    plain = having(lambda r: r.plain_weight == 1)
    assert plain >= keys("Conv ConvTranspose Gemm MatMul ms:FusedConv ms:FusedGemm ms:FusedMatMul")
    assert not plain & keys("QLinearConv ConvInteger ms:MatMulNBits ms:MatMulBnb4 LSTM")


FREE = keys(
    """
    And Bernoulli BitCast BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast CastLike
    CenterCropPad Compress Concat ConcatFromSequence Constant ConstantOfShape Crop DepthToSpace
    Dropout DynamicSlice Expand EyeLike Flatten Gather GatherElements GatherND GivenTensorFill
    Identity ImageDecoder IsInf IsNaN MaxUnpool MelWeightMatrix Multinomial NonZero Not OneHot
    Optional OptionalGetElement OptionalHasElement Or Pad RandomNormal RandomNormalLike
    RandomUniform RandomUniformLike RegexFullMatch Reshape ReverseSequence Scatter SequenceAt
    SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength Shape Size Slice
    SpaceToDepth Split SplitToSequence Squeeze StringConcat StringNormalizer StringSplit
    TensorScatter Tile TopK TrainableDropout Transpose Trilu Unique Unsqueeze Where Xor
    ml:ArrayFeatureExtractor ml:CastMap ml:CategoryMapper ml:DictVectorizer ml:FeatureVectorizer
    ml:LabelEncoder ml:OneHotEncoder ml:ZipMap ms:BifurcationDetector ms:BitmaskDropout
    ms:ConvStateReplay ms:Crop ms:DequantizeBFP ms:ExpandDims ms:GatherND ms:GatherPacked
    ms:IsAllFinite ms:MurmurHash3 ms:NGramHashMapping ms:NGramRepeatBlock
    ms:PackedSparseAttentionIndexerMerge ms:Pad ms:QLinearConcat ms:QLinearWhere ms:QuantizeBFP
    ms:RelativePositionBias ms:RemovePadding ms:RestorePadding ms:SampleOp
    ms:SpeculativePrefixCommit ms:Tokenizer ms:TorchEmbedding ms:Trilu ms:UnfoldTensor ms:Unique
    ms:VarlenNGramHashMapping nchwc:ReorderInput nchwc:ReorderOutput nhwc:DepthToSpace
    nhwc:MaxUnpool nhwc:SpaceToDepth
    """
)
"""Operators that move, select, relabel, compare bits or draw numbers: no arithmetic on data."""

UNCOUNTED = keys(
    """
    If Loop Scan SequenceMap ms:AttnLSTM ms:BeamSearch ms:DynamicSparseAttention ms:EPContext
    ms:EngramGate ms:GatedDeltaNetStateReplay ms:GreedySearch ms:HyperConnectionLowRankMix
    ms:LongformerAttention ms:Mamba2Verify ms:MoEGroupRouter ms:MoEPacked
    ms:PackedSparseAttentionIndexer ms:PagedAttention ms:QOrderedLongformerAttention ms:Sampling
    ms:Snpe ms:SparseAttention ms:SparseAttentionIndexer ms:SparsePagedAttention
    ms:SparseToDenseMatMul ms:WhisperBeamSearch pretrain:Gradient training:Gradient
    """
)
"""Operators whose work depends on data, on subgraphs or on what only a runtime knows."""


def test_what_does_no_arithmetic_is_free() -> None:
    assert having(lambda r: r.cost.is_free) == FREE


def test_what_nobody_can_count_is_not_called_free() -> None:
    assert having(lambda r: r.cost.count is None and r.cost.reason) == UNCOUNTED
