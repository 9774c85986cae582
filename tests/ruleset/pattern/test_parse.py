"""What a pattern may look like, and what is said of one that is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.ruleset.pattern import check_pattern, parse_pattern
from analyzer.ruleset.pattern.syntax import Blank, Metavariable
from analyzer.ruleset.trees import Refused


def refusal(text: str, **known: list[str]) -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        check_pattern(parse_pattern(text), **known)
    return caught.value.line, str(caught.value)


def test_a_statement_has_outputs_alternatives_attributes_and_operands() -> None:
    text = 'a, _ = Foo | com.acme.Bar <k = p, l = [1, -2.5], m = "s"> (x, , 3, [0, 1], _, ...)'
    (statement,) = parse_pattern(text).statements
    assert statement.outputs == (Metavariable("a"), Blank.ANY)
    assert statement.operators == (("", "Foo"), ("com.acme", "Bar"))
    assert statement.attributes == (("k", Metavariable("p")), ("l", (1, -2.5)), ("m", "s"))
    assert statement.operands == (Metavariable("x"), Blank.OMITTED, 3, (0, 1), Blank.ANY)
    assert statement.is_open


def test_onnx_own_syntax_is_understood() -> None:
    text = "y = Transpose <perm: ints = [1, 0]> (x)  # a comment\nz = Cast (y) <to = 1>"
    first, second = parse_pattern(text).statements
    assert first.attributes == (("perm", (1, 0)),)
    assert second.attributes == (("to", 1),)


def test_line_ends_are_blank_space() -> None:
    pattern = parse_pattern("\n\ny = Relu\n  (x)\n")
    assert pattern.statements[0].line == 3


def test_the_domain_ai_onnx_is_the_default_one() -> None:
    assert parse_pattern("y = ai.onnx.Relu (x)").statements[0].operators == (("", "Relu"),)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "needs a statement"),
        ("y = Relu x", 1, "expected '(' after the operator, not 'x'"),
        ("y = Relu (x", 1, "expected ',' after an operand, not the end"),
        ("y = Neg (x)\nz Relu (y)", 2, "expected '=' after the outputs, not 'Relu'"),
        ("y = Concat (a, ..., x)", 1, "'...', which stands first or last"),
        ("y = Relu (x.z)", 1, "no dots"),
        ("y = Relu (x)\nz = % (y)", 2, "'%' has no meaning here"),
        ("y = Relu <axis> (x)", 1, "expected '=' after attribute 'axis'"),
        ("y = Cast <to = 1, to = 2> (x)", 1, "'to' is given twice"),
        ("y = Gemm <alpha = 1.5.2> (x)", 1, "has no meaning"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_line(text: str, line: int, said: str) -> None:
    found, message = refusal(text)
    assert (found, said in message) == (line, True), message


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("c = Conv (x, w)\ny = BatchNormalisation (c, ...)", 2, "mean 'BatchNormalization'?"),
        ("y = com.microsoft.FastGleu (x)", 1, "did you mean 'FastGelu'?"),
        ("y = Transpose <prem = p> (x)", 1, "did you mean 'perm'?"),
        ("y = Relu | Clip <min = 0.0> (x)", 1, "Relu has no attribute 'min'"),
        ("y = Relu (x, z)", 1, "Relu never takes 2 operands"),
        ("y = Neg (x)\nz = Relu (w)", 1, "no tensor ties this statement to the last statement"),
        ("y = Relu (c)\nc = Neg (x)", 2, "read before it is made"),
        ("y = Relu (x)\ny = Neg (x)", 2, "'y' is made twice"),
        ("y = Transpose <perm = x> (x)", 1, "both a tensor and an attribute's value"),
        ("y = Relu (not)", 1, "means something else"),
    ],
)  # fmt: skip
def test_what_can_never_be_meant_is_named_with_its_line(text: str, line: int, said: str) -> None:
    found, message = refusal(text)
    assert (found, said in message) == (line, True), message


def test_a_group_of_facts_cannot_be_a_metavariable() -> None:
    assert "'node' means something else" in refusal("node = Relu (x)", reserved=["node"])[1]


def test_attributes_of_old_versions_exist() -> None:
    check_pattern(parse_pattern("y = Squeeze <axes = a> (x)"))


def test_nothing_is_denied_of_domains_nobody_knows() -> None:
    check_pattern(parse_pattern("y = com.acme.Frobnicate <whatever = 1> (a, b, c, d)"))


def test_an_unless_pattern_is_tied_to_what_is_bound() -> None:
    check_pattern(parse_pattern("z = Relu (y)"), bound=["y"])
    line, message = refusal("z = Relu (q)", bound=["y"])
    assert (line, "this rule's pattern" in message) == (1, True)


@pytest.mark.parametrize(
    "text",
    ["y = Relu (x)\n" * 33, "y = Concat (" + "x, " * 40 + "x)", "x" * 5000,
     f"y = Pow (x, {'9' * 5000})"],
)  # fmt: skip
def test_sizes_are_limited(text: str) -> None:
    with pytest.raises(Refused):
        parse_pattern(text)


@given(st.text(alphabet='abRelu=|<>(),.[]_"\\0123456789-e \n#:', max_size=60))
def test_any_text_is_a_pattern_or_refused_at_one_of_its_lines(text: str) -> None:
    line = 1
    try:
        statements = parse_pattern(text).statements
    except Refused as refused:
        line = refused.line
    else:
        line = statements[-1].line
    assert 1 <= line <= text.count("\n") + 1
