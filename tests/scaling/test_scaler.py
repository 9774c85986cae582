"""Another size of a whole model: figures, what they rest on, and why there are none."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.analyze import analyze
from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.model import load
from analyzer.scaling import Scaler
from analyzer.scaling.depth import _unstrided
from tests.golden.text import parse


def planned(body: str, ends: str = "float[1,3,8,8] x", out: str = "float y") -> Scaler:
    """Of a graph whose weights are filled in, as ``name:4,3,1,1`` before a bar."""
    held, _, ops = body.rpartition("|")
    made = "".join(
        f"s_{name} = Constant <value_ints = [{sizes}]> ()  {name} = ConstantOfShape (s_{name})  "
        for name, _, sizes in (word.partition(":") for word in held.split())
    )
    model = parse(f"g ({ends}) => ({out}) {{ {made} {ops} }}")
    return Scaler(analyze(load(model.SerializeToString())))


PLAIN = "w:4,3,1,1 v:5,4,1,1 | a = Conv (x, w)  b = Relu (a)  y = Conv (b, v)"


def test_figures_of_another_width_and_side_are_those_of_its_layers() -> None:
    scaler = planned(PLAIN, out="float[1,5,A,B] y")
    now = scaler.at()
    assert (now.macs, now.params, now.macs_range) == (64 * 12 + 64 * 20, 32, (2048, 2048))
    assert (now.sides, now.repeats, now.width, now.resolution, now.depth) == ((8, 8), (), 1, 1, 1)
    assert (now.expected_macs, now.deviation, now.reason, now.assumed) == (2048, 0, "", "")
    half = scaler.at(0.5, 0.5)
    assert (half.macs, half.params) == (16 * 6 + 16 * 10, 16)
    assert (half.sides, half.expected_macs) == ((4, 4), 2048 / 16)
    assert half.deviation == 256 / 128 - 1
    uneven = scaler.at(sides=(4, 16))
    assert (uneven.sides, uneven.resolution, uneven.macs) == ((4, 16), 1.0, 2048)
    assert scaler.at(sides=16).resolution == 2.0
    assert scaler.at(resolution=0.01).sides == (1, 1)
    assert scaler.at(resolution=0.6875).sides == (6, 6), "half a pixel is rounded up"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"sides": (4,)}, r"^expected 2 positive input sides, got \(4,\)$"),
        ({"sides": (4, 0)}, r"^expected 2 positive input sides, got \(4, 0\)$"),
        ({"depth": (1,)}, r"^expected 0 positive block counts, got \(1,\)$"),
        ({"depth": 0.0}, r"^the depth multiplier must be positive and at most "),
        ({"width": -1}, r"^the width multiplier must be positive and at most "),
        ({"resolution": 0}, r"^the resolution multiplier must be positive and at most "),
    ],
)
def test_sizes_that_are_none_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        planned(PLAIN).at(**wrong)


def test_what_nobody_described_is_told_where_anything_moves() -> None:
    odd = planned("w:4,3,1,1 | a = Conv (x, w)  y = com.example.Odd (a)", out="float[1,2,3] y")
    same, wide = odd.at(), odd.at(0.5)
    why = "y: how com.example::Odd follows another size is unknown"
    assert same.reason == "y: MACs are unknown"
    assert (wide.reason, wide.params) == (why, None)
    assert same.params == 12
    head = "b = GlobalAveragePool (a)  y = com.example.Odd (b)"
    behind = planned(f"w:4,3,1,1 | a = Conv (x, w)  {head}", out="float[1,6] y")
    low, full = behind.at(sides=(4, 8)), behind.at(sides=(8, 8))
    assert (low.reason, low.params, low.width) == (why, None, 1), "of the same width"
    assert (full.reason, full.params) == (same.reason, 12)


def test_constants_of_the_size_of_the_input_are_computed_anew() -> None:
    ones = ", ".join(["1"] * 64)
    body = f"w:4,3,1,1 | grid = Constant <value = float[1,1,8,8] {{{ones}}}> ()  "
    scaler = planned(f"{body} a = Conv (x, w)  y = Concat <axis = 1> (a, grid)",
                     out="float[1,5,A,B] y")  # fmt: skip
    assert scaler.tied(1.0) == ()
    assert scaler.tied(0.5) == ("grid",)
    assert scaler.at(resolution=0.5).assumed == "grid: computed anew for these sides"
    assert scaler.at(0.5).assumed == ""
    assert planned(PLAIN, out="float[1,5,A,B] y").tied(0.5) == ()


def test_a_model_that_a_branch_decides_costs_a_range() -> None:
    scaler = planned("""w:4,3,1,1 | a = Conv (x, w)  y = If (c) <
        then_branch = t () => (float p) { s = Constant <value_ints = [4,4,1,1]> ()
            v = ConstantOfShape (s)  p = Conv (a, v) },
        else_branch = e () => (float q) { q = Relu (a) }>""",
                     "float[1,3,8,8] x, bool c", "float[1,4,8,8] y")  # fmt: skip
    now = scaler.at()
    assert (now.macs, now.macs_range) == (64 * 12 + 64 * 16, (64 * 12, 64 * 12 + 64 * 16))


def test_a_block_at_its_own_output_has_no_strides() -> None:
    def call(strides: tuple[int, ...] | None) -> Call:
        x, w, y = (Tensor(n, "float32", s) for n, s in
                   (("x", (1, 4, 8, 8)), ("w", (4, 4, 3, 3)), ("y", (1, 6, 4, 4))))  # fmt: skip
        return Call("Conv", "", 17, {"strides": strides} if strides else {}, (x, w, None), (y,))

    entry, leave = (1, 4, 8, 8), (1, 6, 4, 4)
    moved = _unstrided(call((2, 2)), entry, leave)
    assert moved.attributes == {"strides": (1, 1)}
    assert [t and t.shape for t in moved.inputs] == [(1, 4, 4, 4), (4, 4, 3, 3), None]
    assert [t and t.shape for t in moved.outputs] == [(1, 6, 4, 4)]
    assert _unstrided(call(None), entry, leave).attributes == {}
    same = _unstrided(call((2, 2)), entry, (1, 6, 8, 8))
    assert same.attributes == {"strides": (2, 2)}
    assert [t and t.shape for t in same.inputs] == [(1, 4, 8, 8), (4, 4, 3, 3), None]


def test_recounts_are_kept_for_as_many_operators_as_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Room for twice as many holds two sizes, and a third one takes the place of both."""
    scaler = planned("y = Relu (x)")
    monkeypatch.setattr("analyzer.scaling.whatif.KEPT", 2 * len(scaler.system.terms))
    first = scaler.sized(scaler.sides, 1.0)
    second = scaler.sized(scaler.sides, 2.0)
    assert scaler.sized(scaler.sides, 1.0) is first
    assert scaler.sized(scaler.sides, 2.0) is second
    scaler.sized(scaler.sides, 4.0)
    assert scaler.sized(scaler.sides, 1.0) is not first
