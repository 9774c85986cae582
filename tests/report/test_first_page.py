"""What page 1 says of a network's first layer, and of memory that integer kernels need."""

from __future__ import annotations

import pytest

from analyzer.report import Result
from analyzer.report.cards import cards, leads_fused
from analyzer.report.claims import claims_of
from analyzer.report.words import say
from tests.golden.text import facts


def told(graph: str) -> dict[str, str]:
    return say(claims_of(Result(facts(graph), (), ())))


@pytest.mark.parametrize(
    ("weights", "group", "first"),
    [("2,4,3", 1, "transposed (3)"), ("2,1,3", 2, "transposed depthwise (3)")],
)
def test_a_first_convolution_that_is_transposed_is_told_as_one(
    weights: str, group: int, first: str
) -> None:
    graph = (
        f"g (float[1,2,5] x) => (float[1,N,7] y) <float[{weights}] w = {{0}}> "
        f"{{ y = ConvTranspose <group = {group}> (x, w) }}"
    )
    assert f"; first convolution {first}; " in told(graph)["network"]


QUANTISED = """g (float[1,64] x) => (float[64,1] y) <float s = {0.5}, uint8 z = {0}> {
  m = Neg (x)  n = Relu (m)  q = QuantizeLinear (n, s, z)
  d = DequantizeLinear (q, s, z)  y = Transpose (d)
}"""


def test_a_peak_that_integer_kernels_do_not_change_is_told_once() -> None:
    found = facts(QUANTISED)
    peak = found.memory.peak_bytes
    assert peak == found.memory.fused_bytes
    claims = claims_of(Result(found, (), ()))
    assert "integer kernels" not in say(claims)["memory.peak"]
    _, _, tile, _ = cards(claims, "macs")
    assert not any("integer kernels" in line for line in tile.detail)


def test_the_peak_in_integer_kernels_leads_where_it_is_another_than_the_only_one_written() -> None:
    for fused, written, leads in (
        (2, (3, 3), True), (3, (3, 3), False), (2, (3, 4), False), (4, (3, 4), False),
        (None, (3, 3), False), (2, None, False),
    ):  # fmt: skip
        assert leads_fused({"fused_bytes": fused, "bytes": written}) is leads, (fused, written)
