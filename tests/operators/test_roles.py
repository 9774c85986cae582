"""What every input is, by the names that ONNX and ONNX Runtime give it in their schemas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import onnx
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema

from analyzer.operators import find, operators
from analyzer.operators.record import Kind, Nature, Operator
from tests.each import each
from tests.operators.traits import BY_KEY

WORDS = {
    Kind.DATA: """
        A Inputs Q Sum Z a additional_inputs block_output boxes data_0 decay encoded_stream gate
        head_weights input_data input_sequence inputs k_rot kernel_delta key logits post_mix
        pre_mix prev_block_output prev_post_gate projection q q_rot query query_layer rel_pos
        residual router_probs router_weights scores signal skip stream_mix streams tensor theta
        up update updates x""",
    Kind.WEIGHT: """
        AW K_weight MW QW Q_weight V_weight W conv_weight down_experts_weights down_weight
        fc1_experts_weights fc2_experts_weights fc3_experts_weights gate_B gate_experts_weights
        gate_weight global_weight inject_weight k_B kv_weight lora_A lora_B projection_weight
        q_B q_weight up_B up_experts_weights up_weight v_B w""",
    Kind.BIAS: """
        K_bias Q_bias V_bias beta_quant conv_bias dt_bias expert_bias fc1_experts_bias
        fc2_experts_bias fc3_experts_bias gate_bias global_bias k_bias q_bias query_bias up_bias
        v_bias""",
    Kind.GAIN: """
        A_negative D P Scale a_log conv_norm_scale decay_scale eco_a gamma gamma_quant head_sink
        k_norm_weight key_norm_scale key_norm_weight norm_scale norm_weight q_norm_weight
        query_norm_scale query_norm_weight slope""",
    Kind.TABLE: """
        bias_table position_embedding position_embedding_quant segment_embedding word_embedding
        word_embedding_quant""",
    Kind.SCALE: """
        A_scale B_scale C_scale R_scale W_scale X_scale Y_scale a_scale absmax b_scale
        beta_scale data_scale fc1_act_block_scale fc1_act_scale fc1_global_scale fc1_scales
        fc2_act_block_scale fc2_act_scale fc2_global_scale fc2_scales fc3_scales gamma_scale
        gate_scales global_scale input_scale k_scale k_scales key_scale lora_A_scales
        lora_B_scales position_embedding_scale q_scales reduced_scale scaleA scaleB scaleY
        scale_A scale_B scale_C scale_K_gemm scale_K_weight scale_QKT_gemm scale_QKT_softmax
        scale_Q_gemm scale_Q_weight scale_V_gemm scale_V_weight scale_X scale_Y scale_bias
        scale_global_gemm scale_global_weight scale_input scale_output scale_qkv_gemm
        scale_values_gemm scale_weight segment_embedding_scale up_scales v_scale v_scales
        value_scale w_scale weight_scale weight_scale_2 word_embedding_scale x_scale y_scale
        z_scale""",
    Kind.ZERO_POINT: """
        A_zero_point B_zero_point C_zero_point R_zero_point W_zero_point X_zero_point
        Y_zero_point a_zero_point b_zero_point beta_zero_point data_zero_point fc1_zero_points
        fc2_zero_points fc3_zero_points gamma_zero_point input_zero_point
        position_embedding_zero_point reduced_zero_point segment_embedding_zero_point
        w_zero_point weight_zero_point word_embedding_zero_point x_zero_point y_zero_point
        z_zero_point zero_points""",
    Kind.STATISTIC: """
        input_mean input_var mean var""",
    Kind.STATE: """
        auxiliary_key auxiliary_value capsule_backing capture_backing conv_state
        destination_backing initial_c initial_h initial_state initial_state_and_scan_inputs
        key_cache past past_cache past_gate_buffer past_key past_key_state past_kv_buffer
        past_proj_buffer past_state past_value source_backing ssm_state v_initial value_cache""",
    Kind.SHAPE: """
        B_shape Pads axes axis block_shape crop_size delta depth dft_length ends frame_length
        frame_step image_shape limit num_mel_bins output_shape pads repeats shape size sizes
        start starts steps strides tiles""",
    Kind.INDEX: """
        I Sequence T additional_counts additional_indices attention_metadata auxiliary_lengths
        base_counts base_indices base_row_indices batch_indices beam_width block_col_indices
        block_row_indices block_table cache_indirection capture_count committed_length
        cross_qk_layer_head ctl ctx_commit cu_seqlens cumulative_sequence_length
        cumulative_sequence_lengths cur_tokens decoder_input_ids eos_token_id extra_decoding_ids
        g_idx has_key_padding_mask has_layer_state head_offsets indexshare_mode indices
        key_length key_total_sequence_lengths labels logits_processor max_length memory_seq_lens
        merged_counts merged_indices merged_status metadata min_length multipliers next_tokens
        nonpad_kv_seqlen num_beams num_return_sequences padding_idx past_ids past_segment_ids
        past_seqlens past_sequence_length past_sequence_lengths past_state_lengths position
        position_ids pred_tokens prefill_numerics prefixes prev_suffix_match_idx ptrs
        query_length query_seqlens range_ends range_starts rois seed segment_ids selected_counts
        selected_indices seqlens_k sequence_lens sequence_token_count slot_mapping src_tokens
        state_row state_update_active state_update_capture_count static_kv status target
        target_type token_offset total_sequence_length use_past vocab_sizes write_indices""",
    Kind.BOUND: """
        constant_value iou_threshold length_penalty lower_edge_hertz max
        max_output_boxes_per_class min ratio repetition_penalty roi sample_rate
        scale_grad_by_freq score_threshold temperature training_mode upper_edge_hertz values""",
    Kind.MASK: """
        attention_bias attention_mask attn_mask cond condition global key_padding_mask mask
        mask_index position_bias prefix_vocab_mask presence_mask previous_mask vocab_mask""",
    Kind.POSITION: """
        Grid cos_cache cosine emb grid offset sin_cache sine window""",
}
"""What inputs of a name are, wherever the name always means the same."""
KINDS = {name: kind for kind, names in WORDS.items() for name in names.split()}
USUAL = {
    "B": Kind.DATA, "C": Kind.BIAS, "K": Kind.DATA, "M": Kind.MASK, "R": Kind.WEIGHT,
    "V": Kind.DATA, "X": Kind.DATA, "Y": Kind.DATA, "b": Kind.WEIGHT, "beta": Kind.BIAS,
    "bias": Kind.BIAS, "data": Kind.DATA, "input": Kind.DATA, "input_ids": Kind.INDEX,
    "k": Kind.DATA, "scale": Kind.GAIN, "scales": Kind.SCALE, "split": Kind.SHAPE,
    "value": Kind.DATA, "weight": Kind.WEIGHT, "weights": Kind.WEIGHT,
}  # fmt: skip
"""What inputs of other names are, but for the operators below."""
BUT = {
    ("B", Kind.BIAS): """AttnLSTM BatchNormalization BiasGelu Conv ConvTranspose
        ConvTransposeWithDynamicPads DeformConv DynamicQuantizeLSTM FusedConv GRU
        InstanceNormalization LSTM LayerNormalization NhwcConv NhwcFusedConv QLinearConv
        QLinearConvTranspose QOrderedLayerNormalization RNN WordConvEmbedding""",
    ("B", Kind.WEIGHT): """DynamicQuantizeMatMul FusedGemm FusedMatMul FusedMatMulActivation Gemm
        GemmFloat8 MatMul MatMulBlockQuantizedFp4Weight MatMulBlockQuantizedFp8Weight MatMulBnb4
        MatMulFpQ4 MatMulInteger MatMulInteger16 MatMulIntegerToFloat MatMulNBits MatMulPacked
        QGemm QOrderedMatMul SparseToDenseMatMul TransposeMatMul""",
    ("C", Kind.TABLE): "WordConvEmbedding",
    ("C", Kind.DATA): "QOrderedMatMul",
    ("K", Kind.SHAPE): "TopK",
    ("M", Kind.DATA): "AttnLSTM",
    ("M", Kind.INDEX): "Loop",
    ("R", Kind.BOUND): "Adagrad Adam Momentum",
    ("V", Kind.WEIGHT): "AttnLSTM",
    ("X", Kind.MASK): "Trilu",
    ("X", Kind.INDEX): "MurmurHash3",
    ("Y", Kind.INDEX): "ArrayFeatureExtractor",
    ("b", Kind.DATA): "LinearAttentionGate",
    ("beta", Kind.DATA): "GatedDeltaNet LinearAttention",
    ("bias", Kind.MASK): "BiasSoftmax",
    ("data", Kind.TABLE): "GatherBlockQuantized GatherPacked",
    ("input", Kind.MASK): "Trilu",
    ("input", Kind.SHAPE): "ConstantOfShape",
    ("input_ids", Kind.DATA): "WhisperBeamSearch",
    ("k", Kind.BOUND): "Trilu",
    ("scale", Kind.BOUND): "ScaledSiLU",
    ("scales", Kind.SHAPE): "Resize Upsample",
    ("value", Kind.BOUND): "Pad",
    ("weight", Kind.TABLE): "TorchEmbedding",
    ("weight", Kind.BOUND): "NegativeLogLikelihoodLoss",
    ("weights", Kind.BOUND): "SoftmaxCrossEntropyLoss",
}
EXCEPTIONS = {(name, op): kind for (name, kind), ops in BUT.items() for op in ops.split()}
GROUPED = {("com.microsoft", "QLinearConcat"): (Kind.DATA, Kind.SCALE, Kind.ZERO_POINT)}
"""Variadic inputs that come in groups: tensor, scale, zero point."""
OLD = {
    "Affine": "X", "BiasGelu": "A B", "Crop": "input", "DynamicSlice": "data starts ends axes",
    "FastGelu": "X bias", "GivenTensorFill": "shape", "ImageScaler": "input",
    "LayerNormalization": "X Scale B", "ParametricSoftplus": "X",
    "QLinearMatMul": "a a_scale a_zero_point b b_scale b_zero_point y_scale y_zero_point",
    "Scale": "input", "ScaledTanh": "input", "SimplifiedLayerNormalization": "X scale",
    "SkipLayerNormalization": "input skip gamma beta bias",
    "SkipSimplifiedLayerNormalization": "input skip gamma bias", "TransposeMatMul": "A B",
    "TrainableDropout": "data ratio",
}  # fmt: skip
"""Input names of operators that have left the schemas, from the versions that had them."""

SCHEMAS: dict[tuple[str, str], list[Any]] = defaultdict(list)
for one in (*onnx.defs.get_all_schemas_with_history(), *get_all_operator_schema()):
    SCHEMAS[one.domain, one.name].append(one)
RECORDS = [record for record in operators() if record.key not in BY_KEY]


def kind_of(name: str, operator: str) -> Kind:
    found = EXCEPTIONS.get((name, operator)) or KINDS.get(name) or USUAL.get(name)
    assert found is not None, (name, operator)
    return found


def schemas(record: Operator) -> list[Any]:
    """Schemas of the versions that a record is about."""
    last = record.until or 10**9
    found = SCHEMAS[record.key] or SCHEMAS["ai.onnx.preview.training", record.name]
    return [s for s in found if record.since <= s.since_version <= last]


def named(record: Operator) -> Iterator[list[str]]:
    found = schemas(record)
    if found:
        yield from ([formal.name for formal in schema.inputs] for schema in found)
    else:
        yield OLD[record.name].split()


@each("record", RECORDS, ids=lambda r: f"{'::'.join(r.key)}-{r.since}")
def test_every_input_is_what_its_name_in_the_schema_says(record: Operator) -> None:
    most = 0
    for names in named(record):
        most = max(most, len(names))
        for slot, name in enumerate(names):
            operand = record.operand(slot)
            assert operand is not None, name
            group = GROUPED.get(record.key) if name == "inputs" else None
            assert operand.kind is (group[0] if group else kind_of(name, record.name)), name
    assert len(record.inputs) == most + len(GROUPED.get(record.key, ((),))) - 1


@each("record", RECORDS, ids=lambda r: f"{'::'.join(r.key)}-{r.since}")
def test_inputs_without_end_repeat(record: Operator) -> None:
    endless = any(
        str(schema.inputs[-1].option).endswith("Variadic")
        for schema in schemas(record)
        if schema.inputs
    )
    assert bool(record.repeat) == endless
    if record.repeat:
        expected = GROUPED.get(record.key) or (record.inputs[-1].kind,)
        last = [record.inputs[-record.repeat :][k % record.repeat].kind for k in range(7)]
        more = [record.operand(len(record.inputs) - record.repeat + k) for k in range(7)]
        assert [operand.kind for operand in more if operand] == last
        assert tuple(last[: record.repeat]) == expected


def test_forms_of_an_operator_cover_its_versions_once() -> None:
    forms = defaultdict(list)
    for record in RECORDS:
        forms[record.key].append((record.since, record.until))
    several = {key: sorted(spans) for key, spans in forms.items() if len(spans) > 1}
    assert several == {
        ("", "Resize"): [(1, 10), (11, None)],
        ("", "Scan"): [(1, 8), (9, None)],
    }
    assert [len(r.inputs) for v in (10, 11) if (r := find("", "Resize", v))] == [2, 4]
    assert [r.inputs[0].kind for v in (8, 9) if (r := find("", "Scan", v))] == [
        Kind.INDEX, Kind.STATE,
    ]  # fmt: skip


PRODUCTS = (Nature.PRODUCT, Nature.CONVOLUTION, Nature.RECURRENT, Nature.ATTENTION)
ELSEWHERE = {"GatedAdd", "HyperConnectionPostMix"}
"""Element-wise operators that multiply by a matrix on the way."""
BARE = {
    "Attention", "DecoderMaskedMultiHeadAttention", "FlexAttention", "GatedDeltaNet",
    "GroupQueryAttention", "LinearAttention", "MultiHeadAttention", "PackedMultiHeadAttention",
}  # fmt: skip
"""Attention of heads that were projected before."""
IN_ATTRIBUTES = {"LinearClassifier", "LinearRegressor", "SVMClassifier", "SVMRegressor"}
"""ai.onnx.ml: coefficients are attributes."""


@each("record", [r for r in RECORDS if r.cost.has_macs], ids=lambda r: "::".join(r.key))
def test_whatever_multiplies_says_by_what(record: Operator) -> None:
    """34 of 65 operators with MACs were not known to hold weights."""
    if record.cost.count is None:
        return  # a number nobody can give
    if record.name in ELSEWHERE:
        assert record.nature is Nature.ELEMENTWISE
        return
    assert record.nature in PRODUCTS
    bare = record.name in BARE and (record.domain == "" or record.name != "Attention")
    if bare or record.domain == "ai.onnx.preview":
        assert not record.is_weighted
    elif record.name in IN_ATTRIBUTES or record.name == "Einsum":
        assert record.weight is None
        assert record.is_weighted
    else:
        assert record.weight is not None
        assert record.is_weighted
