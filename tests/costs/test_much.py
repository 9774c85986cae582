"""Of what there may be much, some is listed, spelt out or followed, and how much."""

from __future__ import annotations

from itertools import pairwise

from analyzer.costs.parameters import _charge
from analyzer.costs.roles import Constant
from analyzer.costs.stored import _tensors
from analyzer.costs.sums import Sum
from analyzer.facts import Tensor
from tests.golden.text import facts


def constant(*shape: int, logical: int | None = None) -> Constant:
    return Constant(Tensor("w", "float32", shape), 0, logical=logical)


def test_shapes_of_six_tensors_of_six_axes_are_spelt_out() -> None:
    pair = constant(2, 3)
    assert _charge([pair] * 6).text == " + ".join(["2·3"] * 6)
    assert _charge([pair] * 8).text == " + ".join(["2·3"] * 6) + " + 12"
    assert [_charge([constant(*[2] * rank)]).text for rank in (6, 7)] == ["2·2·2·2·2·2", "128"]
    assert _charge([constant(), constant(0, 2), constant(2, 3, logical=12)]).text == "1 + 12"


def test_names_of_tensors_in_doubt_take_60_characters_each() -> None:
    assert _tensors(["n" * 60]) == f"1 tensor ({'n' * 60})"
    (told,) = {len(_tensors(["n" * length])) for length in (61, 99)}
    assert told == len(_tensors(["n" * 60]))


def test_a_sum_keeps_50_clauses_of_what_is_undecided() -> None:
    clauses = tuple(f"c{n}" for n in range(60))
    both = Sum(macs=(1, 1), undecided=clauses[:49]).plus(Sum(macs=(1, 1), undecided=clauses[49:]))
    assert both.undecided == clauses[:50]


def test_20_of_the_tensors_alive_at_the_peak_are_listed() -> None:
    parts = ", ".join(f"p{n}" for n in range(21))
    found = facts(f"g (float[21,4] x) => (float[] y) {{ {parts} = Split <num_outputs = 21> (x)  "
                  f"y = Sum ({parts}) }}", 18).memory  # fmt: skip
    assert [tensor.name for tensor in found.alive[:2]] == ["x", "p0"]
    assert len(found.alive) == 20


def test_a_type_is_looked_for_behind_seven_moves_of_what_was_dequantised() -> None:
    def precision(moves: int) -> str:
        names = ["d", *(f"m{n}" for n in range(moves))]
        moved = "  ".join(f"{b} = Identity ({a})" for a, b in pairwise(names))
        found = facts(
            "g (uint8[2,4] q, uint8[4,3] w, float s, uint8 z) => (float[] y) { "
            "d = DequantizeLinear (q, s, z)  e = DequantizeLinear (w, s, z)  "
            f"{moved}  y = MatMul ({names[-1]}, e) }}"
        )
        return next(node.precision for node in found.nodes if node.op_type == "MatMul")

    assert [precision(moves) for moves in (0, 7, 8)] == ["int8", "int8", "float32"]


def test_a_small_cast_of_a_constant_is_stored_and_a_large_one_is_computed() -> None:
    def folded(elements: int) -> int | None:
        values = ", ".join(["1"] * elements)
        return facts(
            f"g (float[{elements}] x) => (float[] y) <uint8[{elements}] w = {{{values}}}> {{ "
            "c = Cast <to = 1> (w)  a = Add (x, c)  y = Relu (a) }"
        ).memory.folded_bytes

    assert [folded(elements) for elements in (128, 129)] == [1024, None]


def test_what_no_message_can_hold_is_not_stored() -> None:
    """Two gibibytes are one byte too many."""

    def folded(elements: int) -> int | None:
        return facts(
            f"g (float[1] x) => (float[] y) <int64[1] n = {{{elements}}}> {{ "
            "c = ConstantOfShape (n)  y = Add (x, c) }"
        ).memory.folded_bytes

    assert [folded(elements) for elements in ((1 << 29) - 1, 1 << 29)] == [1 << 31, None]
