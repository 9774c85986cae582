"""What folding constants stores: counted by hand from what is left to read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from analyzer.report.view import simplified
from analyzer.report.view.simplified import Added, _storing
from analyzer.smaller.folded import (
    _by_level,
    _varying,
    folded_bytes,
    levelled_peak,
    limit_under,
    spared,
)
from tests.golden.text import facts

if TYPE_CHECKING:
    from analyzer.report.view.action import Action

MANY = ", ".join(["1"] * 64)
STORED = {"a": f"float[64] a = {{{MANY}}}", "b": f"float[64] b = {{{MANY}}}",
          "n": "int64[1] n = {1024}", "i": "float[1] i = {1}"}  # fmt: skip
TENSOR = 64 * 4
GROWN = {
    # nothing is computed, nor does anything go that a simplifier leaves
    ("a", "y = Add (x, a)"): 0,
    ("ab", "y = Add (x, a)"): 0,
    # two tensors become one
    ("ab", "c = Mul (a, b)  y = Add (x, c)"): 0,
    # b becomes d, and c is read by nothing that is stored
    ("ab", "c = Mul (a, b)  d = Neg (c)  e = Add (x, d)  y = Mul (e, a)"): 0,
    # a becomes d and e
    ("a", "d = Neg (a)  e = Exp (a)  f = Add (x, d)  y = Mul (f, e)"): TENSOR,
    # a stays, as something else reads it
    ("a", "d = Neg (a)  e = Exp (a)  f = Add (x, d)  g = Sub (f, a)  y = Mul (g, e)"): 2 * TENSOR,
    # what becomes 4096 bytes goes again
    ("ni", "c = Expand (i, n)  d = ReduceSum (c)  y = Mul (x, d)"): 0,
    # 8 and 4 bytes become 4096, an output; 8 go
    ("ni", "z = Expand (i, n)  y = Mul (x, i)"): 4096 - 8,
    # a goes, which nothing reads today
    ("ani", "z = Expand (i, n)  y = Mul (x, i)"): 4096 - 8 - TENSOR,
}


def test_a_file_grows_by_what_is_read_of_results_that_never_change() -> None:
    for (stored, body), grown in GROWN.items():
        held = ", ".join(STORED[name] for name in stored)
        more = ", float[1024] z" if "z = " in body else ""
        found = facts(f"g (float[64] x) => (float[64] y{more}) <{held}> {{ {body} }}")
        assert folded_bytes(found) == grown, body


HALF_A_MEGABYTE = """g (float[64] x) => (float[512,256] y)
    <int64[2] n = {512, 256}, int64[1] m = {256}, float[1] i = {1}, float[1] j = {2}> {
  c = Expand (i, n)  d = Expand (j, m)  e = Mul (c, d)  f = ReduceMax <keepdims = 0> (x)
  g = Mul (e, f)  y = Add (g, d)
}"""


def test_results_above_a_limit_stay_computed_and_what_they_read_is_stored() -> None:
    found = facts(HALF_A_MEGABYTE)
    whole, small, before = 512 * 256 * 4, 256 * 4, 2 * 8 + 8 + 4 + 4
    assert folded_bytes(found) == whole + small - before
    assert folded_bytes(found, whole) == whole + small - before
    # n and i stay, as c is computed; d takes the place of j and m
    assert folded_bytes(found, whole - 1) == small - 8 - 4
    assert folded_bytes(found, small - 1) == 0
    assert {*map(len, (spared(found, None), spared(found, 4)))} == {0, 5}
    assert [limit_under(found, most) for most in (whole * 2, small, 1)] == [None, 1 << 16, 1 << 10]


def test_weights_that_are_made_of_nothing_are_stored_below_a_limit() -> None:
    """64 and 128 bytes that nobody wrote; what is written anyway is stored already."""
    found = facts(
        """g (float[1,4] x) => (float[1,2] y) <float[8] s = {1, 2, 3, 4, 5, 6, 7, 8}> {
          n = Constant <value = int64[2] {4, 4}> ()  m = Constant <value = int64[2] {4, 8}> ()
          v = ConstantOfShape <value = float[1] {2}> (n)
          w = ConstantOfShape <value = float[1] {3}> (m)
          a = MatMul (x, v)  b = MatMul (a, w)  y = Add (b, s) }"""
    )
    assert [folded_bytes(found, limit) for limit in (None, 128, 127, 64, 63)] == [
        192, 192, 64, 64, 0
    ]  # fmt: skip


def test_the_mildest_limit_under_which_a_file_grows_by_less_is_advised() -> None:
    for count, limit in ((16385, 1 << 16), (16384, 1 << 14), (4097, 1 << 14), (4096, 1 << 12),
                         (1025, 1 << 12), (1024, 1 << 10), (257, 1 << 10)):  # fmt: skip
        found = facts(f"g (float[1] x) => (float[1] y, float[{count}] z) "
                      f"<int64[1] n = {{{count}}}, float[1] i = {{1}}> "
                      "{ z = Expand (i, n)  y = Mul (x, i) }")  # fmt: skip
        assert limit_under(found, 4 * count - 8) == limit, count
        assert limit_under(found, 4 * count - 7) is None, count


def test_the_peak_in_the_order_of_levels_is_of_all_that_is_ready_at_once() -> None:
    def peak(body: str, given: str = "float[4] x") -> int | None:
        return levelled_peak(facts(f"g ({given}) => (float[4] y) <float[4] w = {{1,2,3,4}}> "
                                   f"{{ {body} }}"))  # fmt: skip

    apart = "a = Neg (x)  b = Exp (a)  c = Neg (x)  d = Exp (c)  y = Add (b, d)"
    found = facts(f"g (float[4] x) => (float[4] y) {{ {apart} }}")
    assert (found.memory.peak_bytes, peak(apart)) == (3 * 16, 3 * 16)
    wide = """a = Concat <axis = 0> (x, x)  b = ReduceMax (a)  c = Concat <axis = 0> (x, x)
              d = ReduceMax (c)  e = Add (b, d)  y = Add (x, e)"""
    found = facts(f"g (float[4] x) => (float[4] y) {{ {wide} }}")
    assert (found.memory.peak_bytes, peak(wide)) == (16 + 4 + 32 + 4, 16 + 32 + 32 + 4)
    assert peak("v = Neg (w)  y = Add (x, v)") == 2 * 16
    assert peak("y = Add (x, w)", "float[K, N] x") == peak("y = Add (x, w)", "float[1, 1] x")
    assert peak("""y = If (c) < then_branch = t () => (float[4] p) { p = Neg (x) },
                   else_branch = f () => (float[4] q) { q = Exp (x) } >""",
                "bool c, float[4] x") is None  # fmt: skip


def test_what_a_tool_adds_is_told_from_what_to_what_where_it_is_a_fourth() -> None:
    told = {
        Added(): "",
        Added(249): "it stores 249 B that operators make",
        Added(200, states=50):
            "it stores 200 B that operators make: the file grows from 1000 B to about 1.221 KiB; "
            "the shapes that it states take about 50 B",
        Added(512): "it stores 512 B that operators make: the file grows from 1000 B to about "
                    "1.477 KiB",
        Added(0, 1024, 2000): "without the limit it stores 1.953 KiB that operators make: the file "
                              "grows from 1000 B to about 2.93 KiB",
        Added(states=100, peak=9, peak_now=8):
            "the shapes that it states take about 100 B; in the order in which it writes "
            "operators, the peak of activations is 9 B instead of 8 B",
    }  # fmt: skip
    assert {each: each.told(1000) for each in told} == told


def test_how_the_file_grows_is_told_with_and_without_the_limit() -> None:
    def told(written: int = 0, limit: int = 0, unlimited: int = 0, states: int = 0) -> str:
        ask = SimpleNamespace(written=written, limit=limit, unlimited=unlimited, states=states,
                              file_now=1000, tool="onnxslim")  # fmt: skip
        return simplified.grown(cast("Action", ask))

    assert told() == told(249) == ""
    assert told(250) == "with onnxslim MODEL NEW the file grows from 1000 B to about 1.221 KiB"
    assert told(200, states=50) == told(250)
    assert told(100, 1024, 2000) == (
        "without the option of onnxslim --size-threshold 1024 MODEL NEW the file grows from 1000 "
        "B to about 2.93 KiB"
    )
    assert told(400, 1024, 2000) == (
        "with onnxslim --size-threshold 1024 MODEL NEW the file grows from 1000 B to about 1.367 "
        "KiB, without the option to about 2.93 KiB"
    )


def test_results_are_many_from_a_fourth_of_the_file_on_and_shapes_from_a_tenth() -> None:
    def adds(made: int, stated: int, now: int) -> tuple[int, int]:
        found = _storing(Added(), made, stated, now)
        return found.written, found.states

    assert adds(65536, 0, 10**9) == (65536, 0)
    assert adds(65535, 0, 10**9) == (0, 0)
    assert adds(20000, 0, 80000) == (20000, 0)
    assert adds(20000, 0, 80001) == adds(16383, 0, 1000) == (0, 0)
    assert adds(0, 16384, 163840) == (0, 16384)
    assert adds(10, 16384, 163840) == adds(0, 16383, 1) == (0, 0)


def test_operators_stand_by_how_many_lie_before_them() -> None:
    """What is of constants alone is not counted; what is drawn anew in every run is."""
    found = facts(
        "g (float[4] x) => (float[4] y, float[4] z) <float[4] w = {1, 2, 3, 4}> { "
        "v = Neg (w)  a = Neg (x)  b = Exp (a)  c = Add (b, v)  d = Neg (x)  r = RandomUniformLike "
        "(w)  y = Add (c, d)  z = Neg (r) }"
    )
    levels = {"a": 0, "b": 1, "c": 2, "d": 0, "r": 0, "y": 3, "z": 1}
    assert _varying(found.nodes, {"x"}) == levels
    assert _varying(found.nodes, set()) == {"r": 0, "z": 1}

    def order(given: dict[str, int]) -> str:
        return "".join(node.outputs[0].name for node in _by_level(found.nodes, given))

    assert order(levels) == "vadrbzcy"
    assert order({}) == "vadrbzcy"
    assert order({"z": -1, "a": 2, "b": 1}) == "zvcdryba"


def test_a_peak_is_raised_by_more_than_a_twentieth() -> None:
    def raised(now: int | None, then: int | None, fused: int | None = None) -> int | None:
        memory = SimpleNamespace(peak_bytes=now, fused_bytes=fused)
        made: Any = SimpleNamespace(memory=memory, once=lambda _: then)
        return simplified._raised(made)

    assert [raised(100, then) for then in (99, 105, 106)] == [None, None, 106]
    assert raised(None, 106) is raised(100, None) is raised(100, 106, 100) is None
