"""Each way in which a limit of a converter is stated, against models that meet it or nearly do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analyzer.converters.converter import Converter, Shortcoming
from analyzer.converters.met import met
from analyzer.facts import Facts
from tests.golden.text import facts, facts_of, parse


def places(model: Facts, **stated: Any) -> tuple[str, ...]:
    """Where a model meets a limit that is stated like this."""
    limit = Shortcoming("raises", "why", **stated)
    found = met(model, Converter("tool", (), (limit,)))
    return found[0].places if found else ()


OPERATORS = facts("""g (float[2,4] x, int64 n, bool c) => (float[2,4] y, double[2,4] z)
    <float[4,4] w = {1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4}> {
    a = MatMul (x, w)  z = Cast <to = 11> (a)  s = Softmax <axis = 1> (a)  t = Softmax (s)
    q = com.microsoft.Gelu (t)  r = com.example.Softmax (q)  u = Relu (r)  v = Identity (u)
    k = RandomNormal <shape = [2, 4]> ()  m = Add (v, k)
    y = If (c) <then_branch = e () => (float[2,4] p) { p = Exp (m) },
                else_branch = f () => (float[2,4] o) { o = Tanh (m) }> }""")


def test_operators_are_all_that_a_limit_names() -> None:
    assert places(OPERATORS, operators=("Softmax",)) == ("Softmax",)
    assert places(OPERATORS, operators=("Gelu", "Relu", "Exp")) == ("Relu", "Exp")
    assert places(OPERATORS, domains=("com.microsoft",)) == ("Gelu",)
    assert places(OPERATORS, domains=("com.microsoft", "com.example")) == ("Gelu", "Softmax")
    assert places(OPERATORS, natures=("softmax",)) == ("Softmax",)
    assert places(OPERATORS, natures=("random", "control")) == ("RandomNormal", "If")
    assert places(OPERATORS, natures=("product",), operators=("MatMul",)) == ("MatMul",)
    assert places(OPERATORS, natures=("product",), operators=("Softmax",)) == ()
    assert places(OPERATORS, domains=("com.microsoft",), operators=("Gelu",)) == ()
    assert places(OPERATORS, yields=("float64",)) == ("Cast",)
    assert places(OPERATORS, yields=("float16",)) == ()
    assert places(OPERATORS, yields=("float64",), operators=("Softmax",)) == ()
    assert places(OPERATORS, states="axis") == ("Softmax",)
    assert places(OPERATORS, states="axis", operators=("MatMul",)) == ()
    assert places(OPERATORS, states="seed") == ()


def test_types_that_shape_inference_cannot_tell_are_not_calibrated() -> None:
    """What a vendor makes has no type, nor has what is made of it."""
    seen = places(OPERATORS, calibrated=("float32",))
    assert seen == ("Cast", "Gelu", "Softmax", "Relu", "Identity", "Add")
    assert places(OPERATORS, calibrated=("float32", "float64"), operators=("Cast",)) == ()


def test_a_limit_may_end_with_an_operator_set() -> None:
    body = "g (float[2] x) => (float[2] y) { y = Relu (x) }"
    for opset, below, expected in (
        (16, 17, ("Relu",)),
        (17, 17, ()),
        (18, 17, ()),
        (17, None, ("Relu",)),
    ):
        assert places(facts(body, opset), operators=("Relu",), below_opset=below) == expected
    model = facts(body)
    vendor = replace(model, model=replace(model.model, opsets={"com.example": 1}))
    assert places(vendor, operators=("Relu",), below_opset=17) == ()


def test_inputs_that_nothing_reads_or_that_are_defaults_are_named() -> None:
    model = facts("""g (float[2] x, float[2] w, float[2] z) => (float[2] y)
        <float[2] w = {1, 2}, float[2] v = {1, 2}> { a = Add (x, w)  y = Add (a, v) }""")
    assert places(model, unread=True) == ("z",)
    assert places(model, replaceable=True) == ("w",)
    plain = facts("g (float[2] x) => (float[2] y) { y = Relu (x) }")
    assert places(plain, unread=True) == places(plain, replaceable=True) == ()


def test_a_breach_is_where_it_is() -> None:
    model = facts("g (float[2] x) => (float[2] y) { y = Relu (x, x) }")
    codes = [breach.code for breach in model.breaches]
    assert codes
    assert places(model, breach=codes[0]) == (model.breaches[0].where,)
    assert places(model, breach="other") == ()


def test_a_transpose_is_turned_where_it_moves_the_first_of_three_axes_for_a_matrix() -> None:
    def turned(
        product: str, perm: str = "<perm = [1, 0, 2]>", rank: str = "4,4,4", then: str = "Relu (p)"
    ) -> bool:
        model = parse(f"""g (float[{rank}] x, float[4,4] m, float[4,4,4] n) => (y)
            <float[4] b = {{1, 2, 3, 4}}> {{
            t = Transpose {perm} (x)  p = MatMul ({product})  y = {then} }}""")
        return places(facts_of(model), turned=True) == ("Transpose",)

    assert turned("t, m")
    assert turned("m, t")
    assert turned("t, m", "<perm = [2, 0, 1]>")
    assert turned("t, m", ""), "it turns all axes round"
    assert turned("t, m", rank="s,4,4", then="Add (p, b)")
    assert turned("t, m", then="Add (p, m)"), "no constant"
    behind = ("Relu", "Add")
    made = {
        "s = Relu (x)  t": False, "s = Neg (x)  t": True, "s = Add (x, b)  t": False,
        "r = MatMul (x, m)  s = Add (r, b)  t": True, "s = Reshape (x, q)  t": True,
    }  # fmt: skip
    for body, crashes in made.items():
        text = f"""g (float[4,4,4] x, float[4,4] m) => (y)
            <float[4] b = {{1, 2, 3, 4}}, int64[3] q = {{4, 4, 4}}> {{
            {body} = Transpose <perm = [1, 0, 2]> (s)  p = MatMul (t, m)  y = Relu (p) }}"""
        found = places(facts_of(parse(text)), turned=True, unless_behind=behind)
        assert found == (("Transpose",) if crashes else ()), body
    gated = "Mul (g, d)  d = Add (b, p)  g = Sigmoid (d)"
    assert not turned("t, m", rank="s,4,4", then=gated), "multiplied by its Sigmoid"
    assert turned("t, m", rank="s,4,4", then=f"{gated}  h = Relu (d)")
    assert turned("t, m", rank="s,4,4", then="Sigmoid (d)  d = Add (b, p)")
    assert not turned("t, m", then="Add (p, b)"), "a Gemm, as all sizes are stated"
    assert not turned("t, n"), "no matrix"
    assert not turned("x, m"), "not what is multiplied"
    assert not turned("t, m", "<perm = [0, 2, 1]>")
    assert not turned("t, m", "<perm = [1, 0, 2, 3]>", "4,4,4,4")


HELD = """<float[2,2,1,1] k = {1, 2, 3, 4}, float[2,2,1,1] l = {1, 2, 3, 4}, float[2] b = {1, 2},
    float[2] b7 = {1, 2}, float[2] other = {1, 2}>"""


def shared(body: str) -> Facts:
    return facts(f"g (float[1,2,4,4] x, bool c) => (float[1,2,4,4] y) {HELD} {{ {body} }}")


def test_a_bias_that_is_shared_through_what_hands_it_on_is_told_by_that() -> None:
    first = "a = Conv (x, k, b)"
    cases = {
        f"{first}  i = Identity (b)  y = Conv (a, l, i)": ("Identity",),
        f"{first}  i = Identity (other)  y = Conv (a, l, i)": (),
        f"{first}  y = Conv (a, l, b)": (),
        f"{first}  i = Add (b, other)  y = Conv (a, l, i)": (),
        "i = Identity (b)  a = Conv (x, k, i)  j = Cast <to = 1> (b)  y = Conv (a, l, j)":
            ("Identity", "Cast"),
        f"{first}  i = Identity (b)  y = Add (a, i)": (),
    }  # fmt: skip
    assert {body: places(shared(body), shared=True) for body in cases} == cases


def test_copies_of_a_shared_bias_are_named_after_it_with_the_next_number() -> None:
    """The copies of ``b`` are ``b0``, ``b1`` …, or from ``b8`` on where ``b7`` is stored."""
    read = "s = Conv (x, k, b7)  "
    cases = {
        "b0 = Conv (x, k, b)  y = Conv (b0, l, b)": ("b",),
        "b1 = Conv (x, k, b)  y = Conv (b1, l, b)": (),
        "b1 = Conv (x, k, b)  a = Conv (b1, l, b)  y = Conv (a, k, b)": ("b",),
        "b0 = Conv (x, k, b)  y = Conv (b0, l, other)": (),
        "b0 = Conv (x, k)  y = Relu (b0)": (),
    }
    bare = HELD.replace("float[2] b7 = {1, 2}, ", "")
    for body, expected in cases.items():
        text = f"g (float[1,2,4,4] x) => (float[1,2,4,4] y) {bare} {{ {body} }}"
        assert places(facts(text), biases=True) == expected, body
    assert places(shared(f"{read}b8 = Conv (s, k, b)  y = Conv (b8, l, b)"), biases=True) == ("b",)
    assert places(shared(f"{read}b0 = Conv (s, k, b)  y = Conv (b0, l, b)"), biases=True) == ()


def test_weights_that_operators_make_are_told_by_these() -> None:
    made = "t = Transpose <perm = [1, 0, 2, 3]> (k)  y = Conv (x, t)"
    assert places(shared(made), made=True) == ("Transpose",)
    assert places(shared("y = Conv (x, k)"), made=True) == ()
