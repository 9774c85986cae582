"""Attention, recurrence and mixtures against published totals and identities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from analyzer.costs.registry import cost, precision
from analyzer.facts import Certainty
from tests.costs.calls import call
from tests.each import each
from tests.golden.text import facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.costs.calls import Shape

MS = "com.microsoft"


def macs(op: str, inputs: Sequence[Shape | None], *outputs: Shape, **more: Any) -> int:
    count = cost(call(op, inputs, *outputs, **more)).macs
    assert count is not None
    return count


def test_vit_b_16_adds_up_to_the_published_17_56_g() -> None:
    """torchvision publishes 17.56 GFLOPS (MACs) for ViT-B/16; by module 17,563,828,224."""
    tokens, width, heads = 197, 768, 12
    patches = macs("Conv", [(1, 3, 224, 224), (width, 3, 16, 16)], (1, width, 14, 14))
    project = macs("MatMul", [(1, tokens, width), (width, 3 * width)])
    q = (1, heads, tokens, width // heads)
    attend = macs("Attention", [q, q, q], version=23)
    out = macs("MatMul", [(1, tokens, width), (width, width)])
    mlp = 2 * macs("MatMul", [(1, tokens, width), (width, 4 * width)])
    head = macs("Gemm", [(1, width), (width, 1000)])
    assert patches + 12 * (project + attend + out + mlp) + head == 17_563_828_224


def test_attention_in_three_dimensions_equals_four() -> None:
    flat = macs(
        "Attention", [(2, 5, 32), (2, 7, 16), (2, 7, 24)], version=23, q_num_heads=4, kv_num_heads=2
    )
    deep = macs("Attention", [(2, 4, 5, 8), (2, 2, 7, 8), (2, 2, 7, 12)], version=23)
    assert flat == deep == 2 * 4 * 5 * 7 * (8 + 12)


def test_past_keys_are_attended_to() -> None:
    q, past = (1, 2, 1, 8), (1, 2, 9, 8)
    assert macs("Attention", [q, q, q, None, past, past], version=23) == 2 * 10 * 16


def test_fused_attention_equals_projection_and_products() -> None:
    """ONNX Runtime's Attention is the same work as MatMul, Q·Kᵀ and ·V apart (BERT-base)."""
    fused = macs("Attention", [(1, 128, 768), (768, 2304)], domain=MS, num_heads=12)
    apart = macs("MatMul", [(1, 128, 768), (768, 2304)])
    apart += macs("MatMul", [(12, 128, 64), (12, 64, 128)])
    apart += macs("MatMul", [(12, 128, 128), (12, 128, 64)])
    assert fused == apart == 251_658_240


def test_fused_attention_with_past_and_own_value_width() -> None:
    node = call(
        "Attention", [(1, 2, 6), (6, 20), None, None, (2, 1, 2, 5, 4)],
        domain=MS, num_heads=2, qkv_hidden_sizes=(8, 8, 4),
    )  # fmt: skip
    assert cost(node).macs == 2 * 6 * 20 + 2 * 2 * 7 * (4 + 2)


def test_a_shared_cache_buffer_is_an_assumption() -> None:
    shapes = [(1, 1, 6), (6, 18), None, None, (2, 1, 2, 100, 3), None, ()]
    node = call("Attention", shapes, domain=MS, num_heads=2, past_present_share_buffer=1)
    result = cost(node)
    assert result.certainty is Certainty.ASSUMED
    assert result.macs == 108 + 2 * 100 * 6
    known = call(
        "Attention", shapes, domain=MS, num_heads=2, past_present_share_buffer=1,
        values=(None,) * 6 + (np.array([9]),),
    )  # fmt: skip
    assert cost(known).macs == 108 + 2 * 10 * 6


@pytest.mark.parametrize(
    "shapes",
    [
        [(1, 5, 16), (1, 7, 16), (1, 7, 16)],
        [(1, 5, 16), (1, 7, 2, 2, 8)],
        [(1, 5, 16), (1, 2, 7, 8), (1, 2, 7, 8)],
        [(1, 5, 16), (1, 3, 16), (1, 3, 16), None, None, None, (1, 2, 4, 8), (1, 2, 4, 8)],
    ],
    ids=["separate", "packed KV", "cached", "past"],
)
def test_multi_head_attention_forms_count_the_same_keys(shapes: list[Any]) -> None:
    assert macs("MultiHeadAttention", shapes, domain=MS, num_heads=2) == 2 * 5 * 7 * 16


def test_packed_qkv() -> None:
    packed = macs("MultiHeadAttention", [(1, 5, 2, 3, 8)], domain=MS, num_heads=2)
    assert packed == 2 * 5 * 5 * 16


def test_grouped_query_attention_counts_query_heads() -> None:
    """Ainslie et al. 2023: sharing keys changes the cache, not the number of products."""
    shapes = [(1, 4, 64), (1, 4, 16), (1, 4, 16), (1, 2, 6, 8), (1, 2, 6, 8), (1,), ()]
    grown = call("GroupQueryAttention", shapes, domain=MS, num_heads=8, kv_num_heads=2)
    assert cost(grown).macs == 8 * 4 * 10 * 16
    packed = call("GroupQueryAttention", [(1, 4, 96)], domain=MS, num_heads=8, kv_num_heads=2)
    assert cost(packed).macs == 8 * 4 * 4 * 16


@each(("op", "gates"), [("RNN", 1), ("GRU", 3), ("LSTM", 4), ("DynamicQuantizeLSTM", 4)])
@each("layout", [0, 1])
@each("directions", [1, 2])
def test_recurrent_layers_use_every_weight_once_a_step(
    op: str, gates: int, layout: int, directions: int
) -> None:
    steps, batch, width, hidden = 5, 2, 3, 4
    domain = MS if op.startswith("Dynamic") else ""
    w, r = (directions, gates * hidden, width), (directions, gates * hidden, hidden)
    if domain:
        w, r = (directions, width, gates * hidden), (directions, hidden, gates * hidden)
    node = call(
        op,
        [(batch, steps, width) if layout else (steps, batch, width), w, r],
        domain=domain,
        layout=layout,
        hidden_size=hidden,
        direction="bidirectional" if directions == 2 else "reverse",
    )
    assert cost(node).macs == steps * batch * (int(np.prod(w)) + int(np.prod(r)))


def test_lstm_flops_by_hand() -> None:
    """One step, unit and input: 8 MACs, 4 sums, 3·4 + 1 gates, 3 cell, 2 output, 8 biases."""
    shapes = [(1, 1, 1), (1, 4, 1), (1, 4, 1), (1, 8)]
    assert cost(call("LSTM", shapes, hidden_size=1)).flops == 16 + 4 + 13 + 3 + 2 + 8


@pytest.mark.parametrize(
    ("rule", "products"), [("linear", 2), ("gated", 2), ("delta", 3), ("gated_delta", 3)]
)
def test_linear_attention_counts_products_with_the_state(rule: str, products: int) -> None:
    shapes = [(2, 5, 12), (2, 5, 12), (2, 5, 15)]
    for domain in ("", MS):
        node = call(
            "LinearAttention",
            shapes,
            domain=domain,
            update_rule=rule,
            q_num_heads=3,
            kv_num_heads=3,
        )
        assert cost(node).macs == 2 * 5 * 3 * 4 * 5 * products


def test_mixture_of_experts_runs_k_of_e_experts() -> None:
    """Mixtral-8x7B (Jiang et al. 2024): 2 of 8 experts, 3·4096·14336 weights each."""
    shapes = [(1, 4096), (1, 8), (8, 14336, 4096), None, (8, 4096, 14336), None, (8, 14336, 4096)]
    node = call("MoE", shapes, domain=MS, k=2, activation_type="silu")
    assert cost(node).macs == 2 * 3 * 4096 * 14336
    packed = [
        (1, 4096),
        (1, 8),
        (8, 14336, 2048),
        (),
        None,
        (8, 4096, 7168),
        (),
        None,
        (8, 14336, 2048),
    ]
    quantised = call("QMoE", packed, domain=MS, k=2, expert_weight_bits=4)
    assert cost(quantised).macs == 2 * 3 * 4096 * 14336
    assert precision(quantised) == "int4"


def test_rotary_embedding_turns_pairs() -> None:
    """Su et al. 2021, eq. 34: 4 multiplications and 2 additions for every 2 values."""
    assert cost(call("RotaryEmbedding", [(1, 2, 4, 8)], version=23)).flops == 64 * 3
    partial = call("RotaryEmbedding", [(1, 2, 4, 8)], version=23, rotary_embedding_dim=4)
    assert cost(partial).flops == 32 * 3


FLEX = (
    ("o = Mul (s, s)", 300, Certainty.EXACT, ""),
    ("o = Identity (s)", 300, Certainty.EXACT, ""),
    ("r = Reshape (s, one) m = MatMul (r, r) o = Squeeze (m)", None, Certainty.LOWER_BOUND,
     "runs inside of operators of unknown cost: 1"),
    ("o = com.example.Frob (s)", None, Certainty.LOWER_BOUND,
     "runs inside of operators of unknown cost: 1"),
)  # fmt: skip


@pytest.mark.parametrize(("body", "most", "certainty", "reason"), FLEX)
def test_what_changes_each_score_counts_beside_the_attention(
    body: str, most: int | None, certainty: Certainty, reason: str
) -> None:
    """1·2·3·5 scores of 4 products each, and as many of 6: what a body does to a score is done an
    unknown number of times, and adds MACs where it has some."""
    found = facts(
        "g (float[1,2,3,4] q, float[1,2,5,4] k, float[1,2,5,6] v) => (float[] y) { "
        "y = ai.onnx.preview.FlexAttention <score_mod = b (float s, int64 n, int64 h, int64 i, "
        f"int64 j) => (float o) <int64[2] one = {{1, 1}}> {{ {body} }}> (q, k, v) }}"
    )
    cost = found.nodes[0].cost
    assert (cost.macs, cost.macs_range, cost.substitution) == (
        300, (300, most), "1 · 2 · 3 · 5 · (4 + 6)",
    )  # fmt: skip
    # each score is scaled, and five operations are its softmax
    assert (cost.flops, cost.flops_range) == (None, (2 * 300 + 30 + 5 * 30, None))
    assert (cost.certainty, cost.reason, cost.flops_substitution) == (certainty, reason, "")


@pytest.mark.parametrize(
    ("given", "macs_of_a_score"),
    [
        ([(7, 8), (7, 8), (7, 12), None, (2, 5)], 4 + 6),  # values of another width
        ([(7, 8), (7, 8), (7, 8), (24,), (2, 5)], 4 + 4),
        ([(7, 2, 3, 4), None, None, None, (2, 5)], 4 + 4),  # queries, keys and values in one
    ],
)
def test_packed_heads_score_the_padded_length(
    given: list[tuple[int, ...] | None], macs_of_a_score: int
) -> None:
    """ONNX Runtime's PackedMultiHeadAttention: 2 texts of up to 5 tokens in 2 heads; a bias is
    added to each number of 7 tokens."""
    found = cost(call("PackedMultiHeadAttention", given, (7, 8), domain=MS, num_heads=2))
    scores, bias = 2 * 2 * 5 * 5, given[3]
    assert found.macs == scores * macs_of_a_score
    added = 7 * bias[0] if bias else 0
    assert found.flops == 2 * found.macs + 6 * scores + added
