"""Seconds and bytes of whole models: every execution, every class of layer, every memory."""

from __future__ import annotations

from dataclasses import replace

from analyzer.devices import Profile, bound, estimate, replaced, room
from analyzer.devices.estimate import class_of
from analyzer.devices.profile import CLASSES
from analyzer.facts import Certainty
from tests.golden.text import facts

EVERY = {name: 2.0**n for n, name in enumerate(CLASSES)}
DEVICE = Profile("d", "d", "", "", ("s",), 1000, 1.0, {"float32": 1.0, "int8": 4.0}, "", EVERY)
LOOP = """g (float[2,2] x, int64 n, bool c) => (float[2,2] y) {
    y = Loop (n, c, x) <body = b (int64 i, bool d, float[2,2] p) => (bool e, float[2,2] q) {
        e = Identity (d)  q = MatMul (p, p) }> }"""


def test_an_estimate_is_of_all_executions_and_of_no_body_twice() -> None:
    thrice = facts(LOOP, trips={"y": 3})
    assert estimate(thrice, DEVICE) == 3 * 8 * EVERY["product"]


def test_an_estimate_adds_up_the_layers_each_by_the_factor_of_its_class() -> None:
    ones = ", ".join(["1"] * 16)
    model = facts(
        f"""g (float[1,2,4,4] x, float[3,1,2] s, float[1,2,3,4] q) => (float y)
        <float[2,2,1,1] p = {{1, 2, 3, 4}}, float[2,1,1,1] d = {{1, 2}},
         float[2,1,1,1] t = {{1, 2}},
         float[2,2,2,2] k = {{{ones}}},
         float[1,1,2] w = {{1, 2}}, float[1,1,1] r = {{1}}, float[2,2] m = {{1, 2, 3, 4}}> {{
        point = Conv (x, p)
        depth = Conv <group = 2> (x, d)
        plain = Conv (x, k)
        back = ConvTranspose (x, t)
        cell = RNN <hidden_size = 1> (s, w, r)
        product = MatMul (s, m)
        attention = Attention (q, q, q)
        other = LRN <size = 1> (x)
        y = com.example.Sink (point, depth, plain, back, cell, product, attention, other)
    }}""",
        23,
    )
    classes = {node.id: class_of(node) for node in model.nodes}
    assert classes == {
        "point": "pointwise", "depth": "depthwise", "plain": "standard", "back": "transposed",
        "cell": "recurrent", "product": "product", "attention": "attention", "other": "other",
        "y": "other",
    }  # fmt: skip
    macs = {"point": 16 * 4, "depth": 16 * 2, "plain": 9 * 2 * 2 * 4, "back": 16 * 2,
            "cell": 3 * (2 + 1), "product": 3 * 4, "attention": 2 * 2 * 3 * 3 * 4}  # fmt: skip
    assert {name: model[name].macs for name in macs} == macs
    assert estimate(model, DEVICE) is None, "nobody knows what y costs"
    whole = replace(model, totals=replace(model.totals, unknown_nodes=0))
    assert estimate(whole, DEVICE) == sum(n * EVERY[classes[name]] for name, n in macs.items())
    for name in ("pointwise", "recurrent", "attention"):
        less = {key: factor for key, factor in EVERY.items() if key != name}
        assert estimate(whole, replace(DEVICE, factors=less)) is None


def test_nothing_that_multiplies_takes_no_time_that_could_be_estimated() -> None:
    assert estimate(facts("g (float[2] x) => (float[2] y) { y = Relu (x) }"), DEVICE) is None


def test_macs_are_those_of_the_types_in_the_place_of_others_but_for_what_is_kept() -> None:
    macs = {"float32": 10, "int8": 4}
    assert replaced(macs, {}, {}) == macs
    assert replaced(macs, {"float32": "int8"}, {}) == {"int8": 14, "float32": 0}
    assert replaced(macs, {"float32": "int8"}, {"float32": 3}) == {"int8": 11, "float32": 3}
    assert replaced(macs, {"float32": "int8"}, {"float32": 30}) == {"int8": 4, "float32": 10}


PRODUCT = """g (float[1,4] x) => (float[1,2] y) <float[4,2] w = {1, 2, 3, 4, 5, 6, 7, 8}> {
    y = MatMul (x, w) }"""


def test_a_bound_is_unknown_or_partial_where_part_of_the_arithmetic_is() -> None:
    model = facts(PRODUCT)
    totals = model.totals
    assert bound(model, DEVICE) == bound(model, DEVICE, {}, {})
    assert bound(model, DEVICE).seconds == 8.0
    half = bound(model, DEVICE, {"float32": "int8"}, {"float32": 4})
    assert (half.seconds, half.partial, half.missing) == (4 + 4 / 4, False, ())
    some = replace(totals, macs_by_arithmetic={"float32": 8, "unknown": 3})
    found = bound(replace(model, totals=some), DEVICE)
    assert (found.seconds, found.partial, found.missing) == (8.0, True, ())
    none = replace(totals, macs_by_arithmetic={"unknown": 3})
    found = bound(replace(model, totals=none), DEVICE)
    assert (found.seconds, found.partial) == (None, True)
    lacking = replace(totals, macs_by_arithmetic={"float32": 8, "float64": 1, "int64": 0})
    assert bound(replace(model, totals=lacking), DEVICE).missing == ("float64",)
    fewer = replace(totals, macs=8, macs_range=(2, 8))
    assert bound(replace(model, totals=fewer), DEVICE).seconds == 2 / 1.0
    mixed = replace(
        totals, macs=16, macs_range=(10, 16), macs_by_arithmetic={"float32": 8, "int8": 8}
    )
    assert bound(replace(model, totals=mixed), DEVICE).seconds == 10 / 4
    least = replace(mixed, macs_range=(15, 16), macs_by_arithmetic={"float32": 1, "int8": 15})
    assert bound(replace(model, totals=least), DEVICE).seconds == min(1 + 15 / 4, 15 / 4)
    exact = replace(DEVICE, instead={"float32": "int8", "float64": "int8"})
    assert bound(model, exact).less_exact == (("float32", "int8"),)


def test_room_is_of_what_is_stored_and_of_the_peak_each_in_its_memory() -> None:
    model = facts(PRODUCT)
    weights, peak = 4 * 2 * 4, 4 * 4 + 2 * 4
    alone = room(model, DEVICE)
    assert (alone.stored, alone.peak, alone.fits) == (weights, peak, True)
    assert (alone.weights_share, alone.peak_share) == (weights / 1000, (weights + peak) / 1000)
    apart = room(model, replace(DEVICE, flash=64))
    assert (apart.weights_share, apart.peak_share) == (weights / 64, peak / 1000)
    small = room(model, DEVICE, 10, {"float32": "float16"})
    assert (small.stored, small.peak) == (10, peak // 2)
    for part in ("memory", "parameters"):
        unsure = replace(getattr(model, part), certainty=Certainty.UNKNOWN)
        changed = replace(model, **{part: unsure})
        assert room(changed, DEVICE).fits is None
        assert room(changed, replace(DEVICE, memory=9)).fits is False
        assumed = replace(getattr(model, part), certainty=Certainty.ASSUMED)
        assert room(replace(model, **{part: assumed}), DEVICE).fits is True
    nothing = replace(model, memory=replace(model.memory, peak_bytes=None, fused_bytes=None))
    assert (room(nothing, DEVICE).peak, room(nothing, DEVICE).peak_share) == (None, None)
    assert room(nothing, DEVICE).fits is None
