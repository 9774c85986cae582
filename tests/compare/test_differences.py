"""What is said of an operator that is in both models: every aspect, in its words."""

from __future__ import annotations

from analyzer.compare import compare
from analyzer.compare.record import Change, Comparison
from tests.golden.text import facts

Told = list[tuple[str, ...]]


def compared(old: str, new: str) -> Comparison:
    return compare(facts(f"g {old}"), facts(f"g {new}"))


def told(old: str, new: str) -> Told:
    found = compared(old, new)
    return [tuple(d) for change in found.changes for d in change.differences]


ENDS = "(float[2,3] x, float[2,3] z, bool c, int64 n) => ({} y) {{ {} }}"


def two(old: str, new: str, types: tuple[str, str] = ("float[2,3]", "float[2,3]")) -> Told:
    return told(ENDS.format(types[0], old), ENDS.format(types[1], new))


IF = ("y = If (c) <then_branch = a () => (float[2,3] p) {{ p = {} }}, "
      "else_branch = b () => (float[2,3] q) {{ q = {} }}>")  # fmt: skip
LOOP = ("y = Loop ({}, , x) <body = b (int64 i, bool d, float[2,3] p) => "
        "(bool e, float[2,3] q) {{ e = Identity (d)  q = Tanh (p) }}>")  # fmt: skip


def test_another_operator_is_told_with_its_domain() -> None:
    between = "a = Exp (x)  b = {} (a)  y = Neg (b)"
    assert two(between.format("Relu"), between.format("Tanh")) == [("operator", "Relu", "Tanh")]
    assert two(between.format("Relu"), between.format("com.microsoft.Gelu")) == [
        ("operator", "Relu", "com.microsoft::Gelu")
    ]


def test_another_type_is_told_with_shapes_where_those_differ() -> None:
    turned = "a = Exp (x)  y = Transpose <perm = [{}]> (a)"
    whole = ("float[2,3]", "float[N,M]")
    assert two(turned.format("0, 1"), turned.format("1, 0"), whole) == [
        ("perm", "0,1", "1,0"), ("type", "float32 2×3", "float32 3×2"),
    ]  # fmt: skip
    types = ("float[2,3]", "double[2,3]")
    assert two("y = Cast <to = 1> (x)", "y = Cast <to = 11> (x)", types) == [
        ("type", "float32", "float64")
    ]
    halves = ("float[2,1]", "float[2,2]")
    old = "y, w = Split <axis = 1> (x, s)"
    held = "<int64[2] s = {{{}}}> "
    ends = "(float[2,3] x) => ({} y) "
    assert told(
        ends.format(halves[0]) + held.format("1, 2") + f"{{ {old} }}",
        ends.format(halves[1]) + held.format("2, 1") + f"{{ {old} }}",
    ) == [
        ("split", "1,2", "2,1"),
        ("type", "float32 2×1, float32 2×2", "float32 2×2, float32 2×1"),
    ]


def test_more_operands_are_told_by_their_number_and_others_by_their_name() -> None:
    assert two("y = Sum (x, z)", "y = Sum (x, z, x)") == [("inputs", "2 inputs", "3 inputs")]
    assert two("y = Sub (x, z)", "y = Sub (z, x)") == [("sources", "from x", "from z")]
    assert two("y = Sub (x, z)", "y = Sub (x, x)") == [("sources", "from z", "from x")]
    assert two("y = Add (x, z)", "y = Add (z, x)") == []
    assert two("y = Add (x, z)", "y = Add (x, x)") == [("sources", "from x", "from x")]


def test_another_part_or_turn_of_the_same_tensor_is_another_operand() -> None:
    halves = ("(float[4] x, float[2] z) => (float[2] a, float[2] b, float[2] y) <int64[1] s = {0}, "
              "int64[1] m = {2}, int64[1] e = {4}> "
              "{ a = Slice (x, s, m)  b = Slice (x, m, e)  y = Sub (%s, z) }")  # fmt: skip
    assert told(halves % "a", halves % "b") == [("sources", "from a", "from b")]
    turned = ("(float[2,2] x, float[2,2] z) => (float[2,2] a, float[2,2] y) "
              "{ a = Transpose (x)  y = Sub (%s, z) }")  # fmt: skip
    assert told(turned % "a", turned % "x") == [("sources", "from a", "from x")]


def test_operators_that_come_between_are_no_change_of_what_reads_them() -> None:
    old, new = "a = Tanh (x)  y = Sub (a, z)", "a = Tanh (x)  b = Neg (a)  y = Sub (b, z)"
    found = compared(ENDS.format("float[2,3]", old), ENDS.format("float[2,3]", new))
    assert [(c.old and c.old.op_type, c.new and c.new.op_type) for c in found.changes] == [
        (None, "Neg")
    ]
    turned = "t = Transpose (x)  u = Transpose (t)  y = Sub (u, z)"
    found = compared(*(ENDS.format("float[2,3]", text) for text in ("y = Sub (x, z)", turned)))
    assert [c.old for c in found.changes] == [None, None]


def test_outputs_are_told_by_the_names_of_what_an_operator_makes_and_their_places() -> None:
    ends = "(float[2,3] x) => (float[2,3] y, float[2,3] w) "
    old, new = (f"{ends} {{ {a} = Tanh (x)  {b} = Exp (x) }}" for a, b in ("yw", "wy"))
    assert sorted(told(old, new)) == [
        ("outputs", "output w at 0", "output y at 0"),
        ("outputs", "output y at 0", "output w at 0"),
    ]


def test_where_an_operand_comes_from_is_told_by_its_tensor() -> None:
    ends = "(float[2,3] x, float[2,3] z) => (float[2,3] y) "
    old, new = (f"{ends} {{ y = Sub ({names}) }}" for names in ("x, z", "z, x"))
    assert told(old, new) == [("sources", "from x", "from z")]


def test_how_often_an_operator_runs_is_told_as_a_span() -> None:
    held = "(float[2,3] x) => (float[2,3] y) <int64 n = {{{}}}> {{ {} }}"
    old, new = (held.format(n, LOOP.format("n")) for n in (3, 5))
    runs = [d for d in told(old, new) if d[0] == "runs"]
    assert runs == [("runs", "3 runs", "5 runs")] * len(runs)
    assert runs


def test_what_costs_more_in_the_same_shape_is_told_by_its_macs_or_flops() -> None:
    product = "(float[2,{0}] x, float[{0},3] w) => (float[2,3] y) {{ y = MatMul (x, w) }}"
    assert told(product.format(4), product.format(5)) == [("MACs", "24 MACs", "30 MACs")]
    unknown = "(float[2,N] x, float[N,3] w) => (float[2,3] y) { y = MatMul (x, w) }"
    assert told(product.format(4), unknown)[0][0] == "MACs"
    total = "(float[2,{0}] x) => (float[2,1] y) {{ y = ReduceMean <axes = [1]> (x) }}"
    assert [d[0] for d in told(total.format(4), total.format(5))] == ["FLOPs"]


def test_a_change_grows_by_what_the_new_operator_has_more() -> None:
    ends = "(float[2,4] x) => (float[2,3] y) <float[4,3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3}> "
    old, new = (f"{ends} {{ {body} }}" for body in
                ("y = MatMul (x, w)", "a = MatMul (x, w)  y = Neg (a)"))  # fmt: skip
    found = compared(old, new)
    assert [(c.macs, c.params, c.node.op_type) for c in found.changes] == [(0, 0, "Neg")]
    gone = Change(found.new["a"], None)
    assert (gone.macs, gone.params) == (-24, -12)
    came = Change(None, found.new["a"])
    assert (came.macs, came.params) == (24, 12)
    assert (found.pairs, found.same, found.covered, found.identical) == (1, 1, (), False)


def test_interfaces_are_compared_by_name() -> None:
    old = "(float[2] x, float[3] z) => (float[2] y) { y = Relu (x) }"
    new = "(float[2] x, float[4] z, float[1] w) => (float[2] v) { v = Relu (x) }"
    found = compared(old, new)
    pairs = [(a.old and a.old.name, a.new and a.new.name) for a in found.interface]
    assert pairs == [("z", "z"), (None, "w"), ("y", None), (None, "v")]
    assert found.identical is False
