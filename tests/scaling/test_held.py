"""Bytes of what is stored at another size, tensor by tensor."""

from __future__ import annotations

from dataclasses import replace

from analyzer.scaling import Scaler
from tests.golden.text import facts

NORMALISED = """g (float[1,3,8,8] x) => (float[1,5] y) <float[8,3,1,1] w = {0}, float[8] s = {0},
    float[8] b = {0}, float[8] m = {0}, float[8] v = {0},
    float[8,5] p = {0}> {
    a = Conv (x, w)  c = BatchNormalization (a, s, b, m, v)  d = GlobalAveragePool (c)
    e = Flatten (d)  y = MatMul (e, p) }"""


def test_buffers_shrink_with_the_channels_that_they_are_of() -> None:
    """24 + 8·4 + 40 floats, of 4 channels 12 + 4·4 + 20."""
    found = facts(NORMALISED)
    scaler = Scaler(found)
    assert scaler.held_bytes() == found.parameters.kept_bytes == 4 * 96
    assert scaler.held_bytes(0.5) == 4 * 48
    unlisted = replace(found, parameters=replace(found.parameters, unlisted=1))
    assert Scaler(unlisted).held_bytes(0.5) is None


QUANTISED = """g (float[1,3,8,8] x) => (float[1,5,8,8] y) <int8[8,3,1,1] w = {0}, float[8] s = {0},
    int8[8] z = {0}, float[5,8,1,1] u = {0}> {
    d = DequantizeLinear <axis = 0> (w, s, z)  a = Conv (x, d)  y = Conv (a, u) }"""


def test_scales_and_zero_points_are_counted_on_both_sides() -> None:
    """24 weights, 8 scales of 4 bytes and 8 zero points, 40 floats: half of each."""
    scaler = Scaler(facts(QUANTISED))
    assert scaler.held_bytes() == 24 + 8 * 4 + 8 + 4 * 40
    assert scaler.held_bytes(0.5) == 12 + 4 * 4 + 4 + 4 * 20


TABLE = """g (int64[1,4] i) => (float[1,4,6] y) <float[9,8] t = {0}, int64[4] k = {0, 1, 2, 3},
    float[7,8] e = {0}, float[8,6] w = {0}> {
    a = Gather (e, i)  p = Gather (t, k)  b = Add (a, p)  y = MatMul (b, w) }"""


def test_a_part_of_a_table_of_another_size_leaves_the_bytes_unknown() -> None:
    """The table that rows are taken of is not tied to them."""
    scaler = Scaler(facts(TABLE))
    assert scaler.held_bytes() == 4 * (72 + 56 + 48)
    assert scaler.held_bytes(0.5) is None


BLOCKS = """g (float[1,8,8,8] x) => (float[1,8,8,8] y) <float[8,1,3,3] d = {0},
    float[8,8,1,1] p = {0}, float[8] q = {0}, int8[8,1,3,3] e = {0}, float[8] s = {0},
    int8[8] z = {0}> {
    a = Conv <group = 8, pads = [1, 1, 1, 1]> (x, d)  b = Conv (a, p, q)
    f = DequantizeLinear <axis = 0> (e, s, z)
    c = Conv <group = 8, pads = [1, 1, 1, 1]> (b, f)  y = Conv (c, p, q) }"""


def test_what_left_out_blocks_alone_read_goes_and_what_others_read_stays() -> None:
    """Both blocks have one pointwise convolution and its biases; the second one's depthwise
    weights are made of integers."""
    found = facts(BLOCKS)
    scaler = Scaler(found)
    assert [stage.repeats for stage in scaler.stages] == [2]
    assert scaler.held_bytes(depth=0.5) == 4 * (72 + 64 + 8)
    assert scaler.held_bytes() == 4 * (72 + 64 + 8) + 72 + 4 * 8 + 8
    assert scaler.held_bytes(depth=2) is None
