"""Networks that read forwards only, against such networks built by hand."""

from __future__ import annotations

from math import prod

import pytest

from analyzer.devices import profile
from analyzer.facts import Facts
from analyzer.report.view.options.recurrent import forms
from analyzer.smaller import rows
from analyzer.smaller.one_way import Less, one_way
from analyzer.smaller.recurrent import recurrent
from tests.golden.text import facts

STEPS, INPUTS, UNITS, CLASSES = 5, 3, 4, 7


def held(name: str, *shape: int) -> str:
    numbers = ", ".join(str(n % 9 + 1) for n in range(prod(shape)))
    return f"float[{','.join(map(str, shape))}] {name} = {{{numbers}}}"


def layer(at: int, ways: int, inputs: int, *, gates: int = 4) -> tuple[str, str, str]:
    """Constants, operands and attributes of recurrent layer ``at``."""
    stored = ", ".join([
        held(f"w{at}", ways, gates * UNITS, inputs), held(f"r{at}", ways, gates * UNITS, UNITS),
        held(f"b{at}", ways, 2 * gates * UNITS),
    ])  # fmt: skip
    direction = "bidirectional" if ways == 2 else "forward"
    return stored, f"w{at}, r{at}, b{at}", f'<hidden_size = {UNITS}, direction = "{direction}">'


def stack(ways: int) -> Facts:
    """Two LSTMs, the second of which reads the first, and a product of their last step, as PyTorch
    exports them."""
    wide = ways * UNITS
    (one, first, turns), (two, second, _) = layer(1, ways, INPUTS), layer(2, ways, wide)
    return facts(f"""g (float[{STEPS},1,{INPUTS}] x) => (float[1,{CLASSES}] y) <{one}, {two},
        {held("f", CLASSES, wide)}, {held("c", CLASSES)}, int64[3] flat = {{0, 0, -1}},
        {held("gain", wide)}, {held("shift", wide)}, int64[1] last = {{-1}}, int64 end = {{-1}}> {{
      a = LSTM {turns} (x, {first})
      at = Transpose <perm = [0, 2, 1, 3]> (a)
      ar = Reshape (at, flat)
      an = LayerNormalization (ar, gain, shift)
      b = LSTM {turns} (an, {second})
      bt = Transpose <perm = [0, 2, 1, 3]> (b)
      br = Reshape (bt, flat)
      z = Gather (br, end)
      y = Gemm <transB = 1> (z, f, c)
    }}""")


def states(ways: int) -> Facts:
    """The last states of two GRUs, each direction picked from what is joined, and put side by side
    with what another branch says."""
    (one, first, turns) = layer(1, ways, INPUTS, gates=3)
    (two, second, _) = layer(2, ways, ways * UNITS, gates=3)
    backwards = ("ub = Gather (h, back)", "j = Concat <axis = 1> (uf, ub, k)")
    forwards = ("", "j = Concat <axis = 1> (uf, k)")
    pick, join = backwards if ways == 2 else forwards
    return facts(f"""g (float[{STEPS},1,{INPUTS}] x, float[1,6] k) => (float[1,{CLASSES}] y) <
        {one}, {two}, {held("f", ways * UNITS + 6, CLASSES)}, int64[3] flat = {{0, 0, -1}},
        int64 front = {{{-2 if ways == 2 else -1}}}, int64 back = {{-1}}> {{
      a, ah = GRU {turns} (x, {first})
      at = Transpose <perm = [0, 2, 1, 3]> (a)
      ar = Reshape (at, flat)
      b, bh = GRU {turns} (ar, {second})
      h = Concat <axis = 0> (ah, bh)
      uf = Gather (h, front)
      {pick}
      {join}
      y = MatMul (j, f)
    }}""")


def sums(ways: int) -> Facts:
    """Both directions cut out of what they are laid side by side in, and added up."""
    one, first, turns = layer(1, ways, INPUTS)
    both = """
      fore = Slice (ar, zero, units, two)
      hind = Slice (ar, units, all, two)
      s = Add (fore, hind)"""
    return facts(f"""g (float[{STEPS},1,{INPUTS}] x) => (float[{STEPS},1,{CLASSES}] y) <{one},
        {held("f", UNITS, CLASSES)}, int64[3] flat = {{0, 0, -1}}, int64[1] zero = {{0}},
        int64[1] units = {{{UNITS}}}, int64[1] all = {{{2 * UNITS}}}, int64[1] two = {{2}}> {{
      a = LSTM {turns} (x, {first})
      at = Transpose <perm = [0, 2, 1, 3]> (a)
      ar = Reshape (at, flat)
      {both if ways == 2 else "s = Identity (ar)"}
      t = Tanh (s)
      y = MatMul (t, f)
    }}""")


def parts(ways: int) -> Facts:
    """Directions taken apart and laid side by side again, a convolution, and a layer that reads
    backwards alone."""
    one, first, turns = layer(1, ways, INPUTS)
    two, second, _ = layer(2, 1, 6)
    both = """
      fore, hind = Split <axis = 1> (a)
      fs = Squeeze (fore, one)
      hs = Squeeze (hind, one)
      j = Concat <axis = 2> (fs, hs)"""
    return facts(
        f"""g (float[{STEPS},1,{INPUTS}] x) => (float y) <{one}, {two},
        {held("k", 6, ways * UNITS, 3)}, int64[1] one = {{1}}> {{
      a = LSTM {turns} (x, {first})
      {both if ways == 2 else "j = Squeeze (a, one)"}
      jt = Transpose <perm = [1, 2, 0]> (j)
      c = Conv <pads = [1, 1]> (jt, k)
      ct = Transpose <perm = [2, 0, 1]> (c)
      y = LSTM <hidden_size = {UNITS}, direction = "reverse"> (ct, {second})
    }}"""
    )


def less(found: Facts) -> Less | None:
    layers = recurrent(found)
    assert layers is not None
    return one_way(found, [each.node for each in layers.back_and_forth])


@pytest.mark.parametrize("network", [stack, states, sums, parts])
def test_forwards_only_is_the_network_that_one_would_build(network: object) -> None:
    assert callable(network)
    both, one = network(2), network(1)
    saved = less(both)
    assert saved is not None
    assert both.totals.macs - saved.macs == one.totals.macs
    assert both.parameters.kept_bytes - saved.bytes == one.parameters.kept_bytes


def test_what_reads_the_layers_is_counted_by_hand() -> None:
    step = 4 * UNITS * (INPUTS + UNITS) + 4 * UNITS * (UNITS + UNITS)
    both = stack(2)
    saved = less(both)
    assert saved is not None
    assert both.totals.macs - saved.macs == STEPS * step + UNITS * CLASSES
    (made,) = [form for form in forms(both, profile("rpi5")) if form.id == "forward"]
    assert made.macs == both.totals.macs - saved.macs
    assert (made.at_most, made.macs_at_most) == (False, False)
    assert made.rests == "every layer recounted"
    assert made.seconds is not None
    assert made.seconds_now is not None
    assert made.seconds / made.seconds_now == pytest.approx(made.macs / both.totals.macs)


SAME = {
    "pooled channels": """
      q = Transpose <perm = [1, 2, 0]> (r)
      n = BatchNormalization (q, wide, wide, wide, wide)
      p = MaxPool <kernel_shape = [2]> (n)
      d = Pad (p, ends)
      y = Conv (d, kernel)""",
    "a mean over time": """
      q = ReduceMean <axes = [0], keepdims = 0> (r)
      y = MatMul (q, matrix)""",
    "a greatest that keeps its axis": """
      t = Tanh (r)
      q = ReduceMax <axes = [0]> (t)
      s = Mul (q, wide)
      y = MatMul (s, matrix)""",
    "a sum over directions": """
      q = ReduceSum <keepdims = 0> (a, one)
      y = MatMul (q, narrow)""",
    "the other order": """
      q = Gather <axis = 1> (a, order)
      t = Transpose <perm = [0, 2, 1, 3]> (q)
      f = Reshape (t, flat)
      y = MatMul (f, matrix)""",
    "axes apart": """
      t = Reshape (r, apart)
      f = Reshape (t, flat)
      y = MatMul (f, matrix)""",
    "all laid flat": """
      f = Reshape (r, line)
      y = MatMul (f, all)""",
    "another layer": "y = LSTM <hidden_size = 4> (r, nw, nr)",
    "a size": """
      n = Shape (r)
      y = MatMul (r, matrix)""",
}
"""How a network reads ``a``, what a layer hands on, and ``r``, the same with its directions side by
side; with one direction it is written alike."""


def read(ways: int, how: str) -> Facts:
    one, first, turns = layer(1, ways, INPUTS)
    wide = ways * UNITS
    order = "1, 0" if ways == 2 else "0"
    return facts(f"""g (float[{STEPS},1,{INPUTS}] x, bool on, float[{CLASSES},8] k, int64[4] at,
        int64[1] from, int64[1] to) => (float y) <{one}, int64[3] flat = {{{STEPS}, 1, -1}},
        int64[4] apart = {{{STEPS}, 1, {ways}, {UNITS}}}, int64[2] line = {{1, -1}},
        int64[4] across = {{{STEPS}, 1, 4, -1}}, int64[1] zero = {{0}}, int64[1] one = {{1}},
        int64[{ways}] order = {{{order}}},
        int64[6] ends = {{0, 0, 1, 0, 0, 1}},
        {held("wide", wide)}, {held("matrix", wide, CLASSES)}, {held("narrow", UNITS, CLASSES)},
        {held("all", STEPS * wide, CLASSES)}, {held("kernel", CLASSES, wide, 3)},
        {held("other", wide, CLASSES)}, {held("w", 2, UNITS, 1)}, {held("v", wide)},
        {held("rows", CLASSES, wide)}, {held("nw", 1, 4 * UNITS, wide)},
        {held("nr", 1, 4 * UNITS, UNITS)}> {{
      a, h, c = LSTM {turns} (x, {first})
      b = Transpose <perm = [0, 2, 1, 3]> (a)
      r = Reshape (b, flat)
      {how}
    }}""")


@pytest.mark.parametrize("how", SAME.values(), ids=SAME)
def test_what_comes_behind_reads_half_as_much(how: str) -> None:
    both, one = read(2, how), read(1, how)
    saved = less(both)
    assert saved is not None
    assert both.totals.macs - saved.macs == one.totals.macs
    assert both.parameters.kept_bytes - saved.bytes == one.parameters.kept_bytes


UNKNOWN = {
    "a body": """y = If (on) <then_branch = t () => (z) { z = MatMul (r, matrix) },
                              else_branch = e () => (z) { z = MatMul (r, other) }>""",
    "rows that nobody knows": """q = Gather <axis = 2> (r, at)
      y = MatMul (q, narrow)""",
    "a part that nobody knows": """q = Slice (r, from, to)
      p = Relu (q)
      y = Tanh (r)""",
    "a product of what is computed": """q = Transpose (k)
      y = MatMul (r, q)""",
    "a sum with what is computed": """q = ReduceSum <keepdims = 0> (k, zero)
      y = Add (r, q)""",
    "groups": """q = Transpose <perm = [1, 2, 0]> (r)
      y = Conv <group = 2> (q, w)""",
    "what begins in one row and ends in another": """q = ReduceSum <keepdims = 0> (a, one)
      j = Concat <axis = 2> (r, q)
      y = Reshape (j, across)""",
    "a layer that goes on from both states": """y = LSTM <hidden_size = 4, direction =
        "bidirectional"> (x, w1, r1, b1, , h)
      z = RNN <hidden_size = 4> (y)""",
    "weights that another operator makes": """m = Transpose (rows)
      y = MatMul (r, m)""",
    "a vector": "y = MatMul (r, v)",
}


@pytest.mark.parametrize("how", UNKNOWN.values(), ids=UNKNOWN)
def test_where_nobody_can_say_how_it_follows_only_the_most_is_known(how: str) -> None:
    found = read(2, how)
    assert less(found) is None
    layers = recurrent(found)
    assert layers is not None
    macs, held = found.totals.macs, found.parameters.kept_bytes
    made = [form for form in forms(found, profile("rpi5")) if form.id == "forward"]
    if not found.totals.complete:
        assert made == []
        return
    (form,) = made
    assert (form.macs, form.at_most) == (macs - layers.forward_saves()[0], True)
    assert form.weight_bytes == held - layers.forward_saves()[1]
    assert (form.macs_at_most, form.seconds) == (True, None)
    assert form.rests == "at most: what reads these layers is half as wide, too"


@pytest.mark.parametrize("how", ["all laid flat", "side by side"])
def test_as_many_rows_of_an_axis_are_followed(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file may state any size, and rows are followed one by one."""
    beside = """
      j = Concat <axis = 0> (r, r)
      y = MatMul (j, matrix)"""
    rows_of = {"all laid flat": STEPS * 2 * UNITS, "side by side": 2 * STEPS}[how]
    found = read(2, SAME.get(how, beside))
    for most, followed in ((rows_of, True), (rows_of - 1, False)):
        monkeypatch.setattr(rows, "MOST", most)
        assert (less(found) is not None) == followed


def test_layers_that_share_weights_take_them_at_one_size() -> None:
    one, first, turns = layer(1, 2, 8)
    found = facts(f"""g (float[{STEPS},1,8] x) => (float y) <{one}, int64[3] flat = {{0, 0, -1}}> {{
      a = LSTM {turns} (x, {first})
      b = Transpose <perm = [0, 2, 1, 3]> (a)
      r = Reshape (b, flat)
      y = LSTM {turns} (r, {first})
    }}""")
    assert less(found) is None, "one reads 8 numbers, the other 4"


def test_a_stored_state_does_not_matter_and_a_result_does() -> None:
    one, first, turns = layer(1, 2, INPUTS)
    text = f"""g (float[{STEPS},1,{INPUTS}] x) => (float y) <{one}, {held("h", 2, 1, UNITS)},
        {held("c", 2, 1, UNITS)}, int64 hind = {{1}}> {{
      y, s, t = LSTM {turns} (x, {first}, , h, c)
    }}"""
    layers, gates = facts(text), 4 * UNITS
    saved = less(layers)
    weights = gates * (INPUTS + UNITS) + 2 * gates
    assert saved == (STEPS * gates * (INPUTS + UNITS), 4 * weights), "a state is no weight"
    behind = text.replace("y, s, t", "z, s, t").replace(
        "h, c)", "h, c)\n      y = Gather (s, hind)"
    )
    assert less(facts(behind)) is None, "no result would be left"
