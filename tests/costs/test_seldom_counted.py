"""Forms of operators that few models have: counted by hand, or unknown with their reason."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from analyzer.costs.conventions import _more, _weighted
from analyzer.costs.schemes import Per
from analyzer.facts import Tensor
from analyzer.graph.call import Call, Unknown
from analyzer.operators import find
from analyzer.operators.counts.fused import postmix
from analyzer.operators.counts.fused_attention import decoder, delta_net
from analyzer.operators.counts.ml import svm
from analyzer.operators.counts.packed import _activation, expert_bits, packed
from analyzer.operators.counts.resampling import _taps
from analyzer.operators.declared import _Count, _Like, _sizes
from analyzer.operators.formula import Formula, Work
from analyzer.operators.vocabulary import attributes, names
from tests.costs.calls import call
from tests.each import each

if TYPE_CHECKING:
    from collections.abc import Callable

WIDE = ((3, 2, 8), (5, 2, 8), (8, 8), (8, 16), (24,))
CACHE = "the cache decides how many keys are projected"


@each(("cross", "cached"), [(0, 0), (1, 0), (None, 0), (0, None), (1, None)])
def test_a_decoder_projects_its_keys_unless_a_cache_has_them(
    cross: int | None, cached: int | None
) -> None:
    """ONNX Runtime's DecoderAttention: 3 queries and 5 keys of width 8, a batch of 2."""
    said = tuple(None if v is None else np.array([bool(v)]) for v in (cross, cached))
    asked = call("DecoderAttention", [*WIDE, *[None] * 3, (1,), (1,)], num_heads=4,
                 values=(*[None] * 8, *said))  # fmt: skip
    keys = 5 if cross else 3
    found = decoder(asked)
    assert found.macs == 2 * (3 * 64 + keys * 128) + 2 * 2 * 3 * keys * 8
    assert found.reason == ("" if None not in said else "self-attention without a cache")
    hot = call("DecoderAttention", [*WIDE, *[None] * 3, (1,), (1,)], num_heads=4,
               values=(*[None] * 8, said[0], np.array([True])))  # fmt: skip
    with pytest.raises(Unknown, match=f"^{CACHE}$"):
        decoder(hot)


@each("tokens", [(7,), (2, 7)])
def test_packed_operands_of_a_delta_rule_are_split_by_its_state(tokens: tuple[int, ...]) -> None:
    """ONNX Runtime's GatedDeltaNet: query and key of 2 heads of 4, value of 3 of 5, or all three
    in one tensor of 2·2·4 + 3·5 columns; the state is (batch, heads of the value, 5, 4)."""
    rest = ((3,), (*tokens, 3), (*tokens, 3), (1, 3, 5, 4))
    qk, v = (*tokens, 2, 4), (*tokens, 3, 5)
    apart = call("GatedDeltaNet", [qk, qk, v, *rest])
    packed_in_one = call("GatedDeltaNet", [(*tokens, 31), None, None, *rest])
    assert delta_net(packed_in_one) == delta_net(apart)


def test_a_gate_takes_the_exponential_of_each_decay() -> None:
    qk, v = (7, 2, 4), (7, 3, 5)
    plain = {
        (rule, given): delta_net(call("GatedDeltaNet", [qk, qk, v, None, (7, 3) if given else None],
                                      update_rule=rule))
        for rule in ("gated_delta", "delta") for given in (True, False)
    }  # fmt: skip
    gated, bare = (plain["gated_delta", given].other for given in (True, False))
    assert gated == (bare or 0) + 7 * 3
    assert plain["delta", True] == plain["delta", False]
    assert plain["delta", True].other == 7 * (3 * 2 * 5 + 3 * 5)


def test_a_linear_machine_has_coefficients_alone() -> None:
    asked = call("SVMRegressor", [(4, 3)], coefficients=(1.0,) * 6, rho=(0.5, 0.5))
    assert svm(asked) == Work(4 * 6, 4 * 2, "4 · 6")


def test_an_empty_weight_omits_the_product() -> None:
    """ONNX Runtime's MatMulNBits family: N counts unless the weight has no elements."""
    for weight, macs, bias in (((9, 1, 16), 2 * 9 * 8, 2 * 9), ((0, 1, 16), 0, 0), (None, 144, 18)):
        asked = call("MatMulNBits", [(2, 8), weight, (9,), None, None, (9,)], N=9, K=8)
        assert packed(5)(asked) == Work(macs, bias, f"2 · {9 if macs else 0} · 8")
        assert packed()(asked).other == 0
    bare = call("MatMulNBits", [(2, 8), (9, 1, 16)], N=9, K=8)
    assert packed(5)(bare).other == 0


@each(
    ("stated", "bits"),
    [
        ({}, "int4"), ({"expert_weight_bits": 8}, "int8"), ({"quant_type": "int"}, "int4"),
        ({"quant_type": "fp8"}, "float8"), ({"quant_type": "mxfp8"}, "float8"),
        ({"quant_type": "fp4"}, "float4"), ({"quant_type": "nvfp4"}, "float4"),
    ],
)  # fmt: skip
def test_experts_multiply_what_their_attributes_say(stated: dict[str, Any], bits: str) -> None:
    assert expert_bits(Call("QMoE", "com.microsoft", 1, stated, (), ())) == bits


@each(
    ("work", "macs", "flops", "reason"),
    [
        (Work(0, 0, "0"), 0, 0, ""), (Work(3, 1, "3"), 3, 7, ""),
        (Work(-1, 0, "0"), None, None, "negative count: an attribute or dimension is invalid"),
        (Work(1, -1, "0"), None, None, "negative count: an attribute or dimension is invalid"),
        (Work(1, None, "1", "who knows"), 1, None, "who knows"),
    ],
)  # fmt: skip
def test_no_operator_takes_work_away(
    work: Work, macs: int | None, flops: int | None, reason: str
) -> None:
    def count(_: Call) -> Work:
        return work

    found = Formula(count).cost(call("Op", [(2,)]))
    assert (found.macs, found.flops, found.reason) == (macs, flops, reason)


def test_what_is_declared_has_two_flops_for_each_mac() -> None:
    def number(value: int) -> Callable[[Any], int]:
        return lambda _: value

    asked = call("X", [(2,)])
    count = _Count(number(3), number(6))  # type: ignore[arg-type]
    assert count(asked) == Work(3, 0, "3")
    with pytest.raises(Unknown, match=r"^fewer FLOPs are declared than two for each MAC$"):
        _Count(number(3), number(5))(asked)  # type: ignore[arg-type]
    free = find("", "Identity")
    assert free is not None
    assert _Like(free)(asked) == Work(0, 0, "0")


def test_an_attribute_of_a_declared_operator_is_a_whole_number() -> None:
    look = _sizes(Call("X", "a", 1, {"k": 3, "word": "3"}, (Tensor("x", "float32", (2,)),), ()))
    assert (look("attr", "k"), look("x", "size")) == (3, 2)
    for name, shown in (("word", "word"), ("n" * 50, "n" * 40)):
        with pytest.raises(Unknown, match=f"^attribute {shown} is no whole number$"):
            look("attr", name)


def test_attributes_are_those_of_any_version() -> None:
    assert attributes("", "Squeeze") == ("axes",)
    assert attributes("com.microsoft", "BiasGelu") == ()
    assert attributes("com.microsoft", "QuickGelu") == ("alpha",)
    assert attributes("com.microsoft", "Nobody") == attributes("a", "B") == ()


def test_names_of_a_domain_are_those_of_any_version_and_of_what_onnx_dropped() -> None:
    known = {domain: set(names(domain)) for domain in ("", "com.microsoft", "a")}
    assert {"Conv", "Upsample", "GRUUnit"} <= known[""]
    assert "FusedConv" not in known[""]
    assert "FusedConv" in known["com.microsoft"]
    assert not {"Conv", "GRUUnit"} & known["com.microsoft"]
    assert known["a"] == set()


def test_streams_are_mixed_by_a_matrix_of_their_own() -> None:
    """ONNX Runtime's HyperConnectionPostMix: streams (…, C, H), output (…, H), gates, and perhaps
    a matrix (…, C, C)."""
    streams, output, gates = (2, 3, 5), (2, 5), (2, 3, 7)
    mixed = call("HyperConnectionPostMix", [streams, output, gates, (2, 3, 3)])
    assert postmix(mixed) == Work(30 * 3, 60, "30 · 3")
    plain = call("HyperConnectionPostMix", [streams, output, gates, None, (9, 9)])
    assert postmix(plain) == Work(0, 60, "30 · 0")


@each(
    "weight, whole, bare",
    [
        (Per(), 0, 0), (Per(x=2), 12, 12), (Per(y=3), 21, 21), (Per(bias=4), 28, 0),
        (Per(flops=5), 55, 55), (Per(2, 3, 4, 5), 12 + 49 + 55, 12 + 21 + 55),
    ],
)  # fmt: skip
def test_what_a_tool_adds_to_macs_is_weighed_by_sizes_and_flops(
    weight: Per, whole: int, bare: int
) -> None:
    node: Any = SimpleNamespace(flops=11, cost=SimpleNamespace(reason="nobody knows"))
    inputs = [(2, 3), (4,), (5,)]
    assert _more(weight, call("Op", inputs, (7,)), node) == whole
    assert _more(weight, call("Op", inputs[:2], (7,)), node) == bare
    open_: Any = SimpleNamespace(flops=None, cost=node.cost)
    if weight.flops:
        with pytest.raises(Unknown, match=r"^nobody knows$"):
            _more(weight, call("Op", inputs, (7,)), open_)
    else:
        assert _more(weight, call("Op", inputs, (7,)), open_) == whole
    if not weight.x:
        assert _more(weight, call("Op", [(None, 3), (4,)], (7,)), node) == bare
    if not (weight.y or weight.bias):
        assert _more(weight, call("Op", inputs, (None,)), node) == whole


@each(
    "op, constants, weighted",
    [
        ("Gemm", {1}, True), ("Gemm", {0}, True), ("Gemm", {2}, False), ("Gemm", {9}, False),
        ("Gemm", set(), False), ("Gemm", {2, 1}, True), ("Conv", set(), True),
        ("LSTM", {1, 2}, False), ("Relu", {0}, False), ("NoSuch", {1}, False),
    ],
)  # fmt: skip
def test_papers_count_products_of_what_is_stored(
    op: str, constants: set[int], weighted: bool
) -> None:
    node: Any = SimpleNamespace(domain="", op_type=op)
    assert _weighted(node, frozenset(constants)) is weighted


def test_a_bent_hidden_value_costs_its_sigmoid_its_products_and_its_clamps() -> None:
    """A sigmoid is 4 FLOPs, a clamp of both halves from one and two sides 3 comparisons; the
    product with a third projection is one more, where it is no part of the activation."""
    for given, plain, gated in (
        ({}, 1, 2), ({"activation_type": "identity"}, 0, 1), ({"activation_type": "silu"}, 5, 6),
        ({"activation_type": "gelu"}, 5, 6), ({"activation_type": "relu2"}, 2, 3),
        ({"activation_type": "geglu"}, 6, 6), ({"activation_type": "another"}, 5, 6),
        ({"activation_type": "swiglu"}, 6, 6),
        ({"activation_type": "swiglu", "swiglu_limit": 7.0}, 9, 9),
        ({"activation_type": "swiglu", "activation_alpha": 1.7}, 7, 7),
        ({"activation_type": "swiglu", "activation_beta": 1.0}, 7, 7),
        ({"activation_type": "swiglu", "limit": 7.0, "activation_alpha": 1.0}, 9, 9),
        ({"activation_type": "swiglu", "limit": 0.0, "activation_beta": 0.0}, 6, 6),
    ):  # fmt: skip
        call = Call("MoE", "com.microsoft", 1, dict(given), (), ())
        assert (_activation(call, False), _activation(call, True)) == (plain, gated), given


def test_old_and_new_names_of_an_interpolation_weigh_as_many_neighbours() -> None:
    """GridSample: bilinear and bicubic up to opset 19, linear and cubic from 20 on."""
    for old, new, taps in (("bilinear", "linear", 2), ("bicubic", "cubic", 4)):
        assert _taps(old) == _taps(new) == taps
    assert _taps("nearest") == 0
    with pytest.raises(Unknown, match="interpolation mode area is not known"):
        _taps("area")
