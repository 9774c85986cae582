"""What folding constants stores: counted by hand from what is left to read."""

from __future__ import annotations

from analyzer.report.view.actions import grows
from analyzer.smaller.folded import folded_bytes
from tests.golden.text import facts

MANY = ", ".join(["1"] * 64)
STORED = {"a": f"float[64] a = {{{MANY}}}", "b": f"float[64] b = {{{MANY}}}",
          "n": "int64[1] n = {1024}", "i": "float[1] i = {1}"}  # fmt: skip
TENSOR = 64 * 4
GROWN = {
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


def test_growth_by_half_is_told_from_what_to_what() -> None:
    assert grows(0, 1000) == ""
    assert grows(499, 1000) == "it stores 499 B that operators make"
    assert grows(512, 1024) == (
        "it stores 512 B that operators make: the file grows from 1 KiB to about 1.5 KiB"
    )
