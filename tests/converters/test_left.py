"""What onnxslim leaves, as it did of these very networks (0.1.98)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.analyze import analyze, analyze_weights
from analyzer.converters import converter, left
from analyzer.findings.group import ungroup
from analyzer.lint import lint
from analyzer.model import load
from analyzer.ruleset import load_rules
from tests.golden.text import parse

RULES = {rule.id: rule for rule in load_rules()}


def constant(name: str, *shape: int, zero: bool = False) -> str:
    size = 1
    for side in shape:
        size *= side
    values = ", ".join("0" if zero else str(n + 1) for n in range(size))
    return f"float[{','.join(map(str, shape))}] {name} = {{{values}}}"


def layer(body: str, *stored: str, x: str = "1,3,4,4") -> str:
    return f"g (float[{x}] x) => (y) <{', '.join(stored)}> {{ {body} }}"


def conv(operator: str, k: str = "k", *shape: int, order: str = "c, {}") -> str:
    kernel = constant("w", 4, 3, 1, 1)
    body = f"c = Conv (x, w)  a = {operator} ({order.format(k)})  y = Relu (a)"
    return layer(body, kernel, constant(k, *(shape or (1, 4, 1, 1))))


TURNED = "c = Concat <axis = 0> (x, z)  e = Concat <axis = 1> (u, v)  d = Concat <axis = 1> ({})"
JOINED = """g (float[2,8] x, float[2,8] z, float[4,8] u, float[4,8] v) => (y) {{
    {}  y = Relu (d) }}"""
SCALED = "c = Conv (x, w)  a = Sub (c, k)  b = Mul (a, l)  d = Add (b, l)  y = Relu (d)"
INSIDE = """g (float[2,8] x, bool p) => (y) {{
    y = If (p) <then_branch = t () => (float[2,8] o) {{ q = Relu (x)  r = {} (q)  o = Neg (r) }},
                else_branch = e () => (float[2,8] u) {{ u = Exp (x) }}> }}"""
TRIED: list[tuple[str, str, tuple[int, int, int]]] = [
    ("EFF005", conv("Add"), (1, 0, 0)),
    ("EFF006", conv("Mul"), (1, 0, 0)),
    ("EFF005", conv("Add", "k", 1, 1, 1, 1), (1, 1, 0)),
    ("EFF006", conv("Mul", "k", 1, 1, 1, 1), (1, 1, 0)),
    ("EFF005", conv("Add", order="{}, c"), (1, 1, 0)),
    ("EFF006", conv("Mul", order="{}, c"), (1, 1, 0)),
    ("EFF005", conv("Sub"), (1, 1, 0)),
    ("EFF006", conv("Div"), (1, 1, 0)),
    ("EFF005", layer(SCALED,
                     constant("w", 4, 3, 1, 1), constant("k", 1, 4, 1, 1),
                     constant("l", 1, 4, 1, 1)), (2, 2, 0)),
    ("EFF005", layer(SCALED,
                     constant("w", 4, 3, 1, 1), constant("k", 1, 4, 1, 1, zero=True),
                     constant("l", 1, 4, 1, 1)), (2, 0, 0)),
    ("EFF005", layer("c = Gemm (x, w)  a = Add (c, k)  y = Relu (a)", constant("w", 8, 8),
                     constant("k", 8), x="4,8"), (1, 1, 0)),
    ("EFF006", layer("c = ConvTranspose <group = 2> (x, w)  a = Mul (c, k)  y = Relu (a)",
                     constant("w", 4, 3, 1, 1), constant("k", 1, 6, 1, 1), x="1,4,4,4"),
     (1, 1, 0)),
    ("STR001", INSIDE.format("Identity"), (1, 1, 0)),
    ("STR003", INSIDE.format("Cast <to = 1>"), (1, 0, 0)),
    ("STR006", layer("q = Relu (x)  t = Slice (q, s, e, a)  y = Relu (t)", "int64[1] s = {0}",
                     "int64[1] e = {9223372036854775807}", "int64[1] a = {1}", x="2,8"),
     (1, 0, 0)),
    ("STR006", layer("q = Relu (x)  t = Slice (q, s, e, a)  y = Relu (t)", "int64[1] s = {0}",
                     "int64[1] e = {9223372036854775807}", "int64[1] a = {1}", x="n,m"),
     (1, 0, 1)),
    ("STR009", layer("t = Transpose <perm = [1, 0]> (w)  e = Gather (w, x)  y = MatMul (e, t)",
                     constant("w", 8, 4), x="2").replace("float[2] x", "int64[2] x"), (1, 1, 0)),
    ("STR009", layer("t = Transpose <perm = [1, 0]> (w)  y = MatMul (x, t)", constant("w", 8, 4),
                     x="2,4"), (1, 0, 0)),
    ("STR009", layer("t = Range (s, e, d)  u = Neg (t)  y = Add (x, u)", "float s = {0}",
                     "float e = {8}", "float d = {1}", x="2,8"), (2, 2, 0)),
    ("STR111", JOINED.format(TURNED.format("c, e")), (1, 1, 0)),
    ("STR111", JOINED.format(TURNED.format("e, c")), (1, 0, 0)),
]  # fmt: skip
"""Rule, network, and of its findings how many there are, stay, and may stay."""


@pytest.mark.parametrize("index", range(len(TRIED)))
def test_the_tool_leaves_what_it_left(index: int) -> None:
    rule, text, counts = TRIED[index]
    facts = analyze_weights(load(parse(text).SerializeToString()), asked=False)
    places = [f.node for f in ungroup(lint(facts, [RULES[rule]]))]
    found = left(facts, converter("onnxslim"), rule, places)
    bare = replace(facts, graph=None)  # type: ignore[arg-type]
    assert left(bare, converter("onnxslim"), rule, places) == found, "by records alone"
    assert (len(places), len(found.certain), len(found.perhaps)) == counts


def test_weights_that_nobody_read_are_no_zeros() -> None:
    text = conv("Sub")
    facts = analyze(load(parse(text).SerializeToString()))
    places = [f.node for f in ungroup(lint(facts, [RULES["EFF005"]]))]
    assert left(facts, converter("onnxslim"), "EFF005", places).certain == frozenset(places)


def test_tensors_of_a_thousand_numbers_are_not_compared() -> None:
    values = ", ".join("1" * 1000)
    text = layer(
        "a = Add (x, p)  b = Neg (a)  c = Add (b, q)  y = Mul (c, r)",
        f"float[1000] p = {{{values}}}", f"float[1000] q = {{{values}}}",
        f"float[999,1] r = {{{values[:-3]}}}", x="1,1000",
    )  # fmt: skip
    facts = analyze(load(parse(text).SerializeToString()))
    found = left(facts, converter("onnxslim"), "STR012", ("p", "q", "r", "none"))
    assert found.certain == {"p", "q"}


def test_what_is_behind_operators_of_onnx_ml_and_what_functions_hold_stays() -> None:
    text = """g (float[2,3] x) => (y, z) {
        a = ai.onnx.ml.Scaler (x)  b = Relu (a)  y = Neg (b)  z = my.F (x) }"""
    model = parse(text, functions="""<domain: "my", opset_import: ["" : 17]>
        F (v) => (w) { u = Relu (v)  w = Neg (u) }""")  # fmt: skip
    facts = analyze(load(model.SerializeToString()))
    names = [node.id for node in facts.nodes]
    found = left(facts, converter("onnxslim"), "OWN001", names)
    assert {facts[name].outputs[0].name for name in found.certain} == {"a", "b", "y", "u", "w"}
