"""Parts of rule files word by word: patterns, examples, formulas, and the page of a rule."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.errors import RuleError
from analyzer.graph.call import Unknown
from analyzer.ruleset import parse_rule
from analyzer.ruleset.arithmetic import Arithmetic
from analyzer.ruleset.explain import explain
from analyzer.ruleset.pattern.parse import operator_type, parse_pattern
from analyzer.ruleset.pattern.syntax import Blank, Metavariable
from analyzer.ruleset.trees import Refused
from tests.each import each
from tests.ruleset.build import RULE, rule_text


def refusal(text: str) -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        parse_pattern(text)
    return caught.value.line, str(caught.value)


LIST = ", ".join("x" for _ in range(32))


@each(
    ("text", "line", "said"),
    [
        ("", 1, "a pattern needs a statement such as 'y = Relu (x)'"),
        ("# nothing\n\n", 1, "a pattern needs a statement such as 'y = Relu (x)'"),
        ("y = Relu (x)\n" * 32 + "y = Relu (x)", 33, "more than 32 statements"),
        ("y = Relu x", 1, "expected '(' after the operator, not 'x'"),
        ("y = Relu (x", 1, "expected ',' after an operand, not the end"),
        ("y Relu (x)", 1, "expected '=' after the outputs, not 'Relu'"),
        ("y = (x)", 1, "expected an operator, not '('"),
        ("3 = Relu (x)", 1, "expected the name of an output, not '3'"),
        ("y, = Relu (x)", 1, "expected the name of an output, not '='"),
        ("a.b = Relu (x)", 1, "'a.b' is not a name: no dots"),
        (f"{'a' * 30}.{'b' * 30} = Relu (x)", 1, f"'{'a' * 30}.{'b' * 9}' is not a name: no dots"),
        ("y = Relu (..., ..., x)", 1,
         "expected ')' after '...', which stands first or last, not ','"),
        ("y = Relu (... x)", 1, "expected ',' after '...', not 'x'"),
        ("y = Relu <axis> (x)", 1, "expected '=' after attribute 'axis', not '>'"),
        ("y = Relu <axis = 1 (x)", 1, "expected '>' after the attributes, not '('"),
        ("y = Relu <axis = = (x)", 1, "expected a number, not '='"),
        ("y = Relu <axis: = 1> (x)", 1, "expected a type, not '='"),
        ("y = Relu <3 = 1> (x)", 1, "expected the name of an attribute, not '3'"),
        ("y = Relu <a = b.c> (x)", 1, "'b.c' is not a name: no dots"),
        ("y = Cast\n<to = 1> (x) <to = 2>", 1, "attribute 'to' is given twice"),
        ("y = Relu ([1, x])", 1, "expected a number, not 'x'"),
        ("y = Relu ([1", 1, "expected ']' after the list, not the end"),
        ("y = Relu (x)\nz = % (y)", 2, "'%' has no meaning here"),
        (f"y = Relu ({LIST}, x)", 1, "more than 32 operands"),
        (f"{LIST}, x = Relu (y)", 1, "more than 32 outputs"),
        (f"y = {' | '.join(['Relu'] * 33)} (x)", 1, "more than 32 alternatives"),
        (f"y = Relu <{', '.join(f'a{n} = 1' for n in range(33))}> (x)", 1,
         "more than 32 attributes"),
        (f"y = Relu ([{', '.join('1' * 33)}])", 1, "more than 32 elements"),
        (f"y = Relu ({'9' * 41})", 1, "this number is too long"),
        ("y" * 4001, 1, "longer than 4000 characters"),
    ],
)  # fmt: skip
def test_what_is_no_pattern_is_refused_in_these_words(text: str, line: int, said: str) -> None:
    assert refusal(text) == (line, said)


@each(
    ("text", "operands", "is_open", "is_floating"),
    [
        ("", [], False, False), ("...", [], True, False),
        ("x, ...", [Metavariable("x")], True, False),
        ("..., x", [Metavariable("x")], False, True),
        ("..., x, ...", [Metavariable("x")], True, True),
        ("x, , 1", [Metavariable("x"), Blank.OMITTED, 1], False, False),
        ("_, -1.5, [], [1, 2e3]", [Blank.ANY, -1.5, (), (1, 2000.0)], False, False),
        ("+1, .5, 1.", [1, 0.5, 1.0], False, False), (LIST, [Metavariable("x")] * 32, False, False),
        ("9" * 40, [int("9" * 40)], False, False),
        (",", [Blank.OMITTED, Blank.OMITTED], False, False),
    ],
)  # fmt: skip
def test_operands_of_a_statement(
    text: str, operands: list[object], is_open: bool, is_floating: bool
) -> None:
    (found,) = parse_pattern(f"y = Op ({text})").statements
    assert (list(found.operands), found.is_open, found.is_floating) == (
        operands,
        is_open,
        is_floating,
    )
    assert [type(x) for x in found.operands] == [type(x) for x in operands]


def test_attributes_of_a_statement() -> None:
    text = 'y = Op <a = "x\\"y", b: ints = [1], c = z, d = ["s", "t"], e = 1.0> (x) <f = -2>'
    (found,) = parse_pattern(text).statements
    assert found.attributes == (
        ("a", 'x"y'), ("b", (1,)), ("c", Metavariable("z")), ("d", ("s", "t")), ("e", 1.0),
        ("f", -2),
    )  # fmt: skip
    assert [operator_type(x) for x in ("Relu", "ai.onnx.Relu", "a.b.C")] == [
        ("", "Relu"), ("", "Relu"), ("a.b", "C"),
    ]  # fmt: skip
    assert parse_pattern("y" + " " * 3986 + "= Relu (x)").source.startswith("y ")


def errors(text: str) -> list[str]:
    with pytest.raises(RuleError) as caught:
        parse_rule(text, "r")
    return [line.partition(": ")[2] for line in caught.value.lines]


EXAMPLES = "[{name: a, expect: match, model: m, MORE}, {name: b, expect: no-match, model: n}]"


@pytest.mark.parametrize(
    ("more", "append", "beside"),
    [
        ("append: 4d5a", b"MZ", {}), ("append: 4d 5A*2 00*3", b"MZZ\0\0\0", {}),
        ("beside: {w.bin: 00*4, l: link w.bin}", b"", {"w.bin": bytes(4), "l": "w.bin"}),
        ("append: 00*0", b"", {}),
        (f"beside: {{{', '.join(f'f{n}: 4{n % 10}a0' for n in range(16))}}}", b"",
         {f"f{n}": bytes([0x40 + n % 10, 0xA0]) for n in range(16)}),
    ],
)  # fmt: skip
def test_bytes_of_an_example(more: str, append: bytes, beside: dict[str, Any]) -> None:
    example = parse_rule(rule_text(examples=EXAMPLES.replace("MORE", more))).examples[0]
    assert (example.append, example.beside) == (append, beside)


def test_an_example_holds_under_options_for_targets() -> None:
    more = "options: {min-macs: 5 MMACs}, targets: [nnapi]"
    first, second = parse_rule(rule_text(examples=EXAMPLES.replace("MORE", more))).examples
    assert (first.options, first.targets) == ({"min-macs": 5_000_000}, ("nnapi",))
    assert (second.name, second.expect, second.options, second.targets) == ("b", "no-match", {}, ())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("append: 4d5", "example: 'append' must be pairs of hexadecimal digits, not '4d5'"),
        ("append: 4d*x", "example: 'append' must be pairs of hexadecimal digits, not '4d*x'"),
        ("append: 4d*1234567",
         "example: 'append' must be pairs of hexadecimal digits, not '4d*1234567'"),
        (f"append: {'zz' * 20}",
         f"example: 'append' must be pairs of hexadecimal digits, not '{'zz' * 10}'"),
        ("append: 00*999999 00*48578", "example: 'append' spells more than 1,048,576 bytes"),
        ("append: 0000*524288 00", "example: 'append' spells more than 1,048,576 bytes"),
        ("beside: {a/b: 4d}", "beside: 'a/b' is no plain name of a file"),
        (f"beside: {{{'n' * 62}: 4d}}", f"beside: '{'n' * 40}' is no plain name of a file"),
        ("beside: {w: 0}", "beside: 'w' must be a text (quote it?)"),
        ("beside: {w: 0g}", "beside: 'w' must be pairs of hexadecimal digits, not '0g'"),
        ("targets: nnapi", "example: 'targets' must be a list of texts"),
        ("options: {max-ratio: -1}", "example: option 'max-ratio' must be a number from 0, not -1"),
        ("expcet: match", "example: unknown key 'expcet', did you mean 'expect'?"),
    ],
)  # fmt: skip
def test_a_mistake_of_an_example(more: str, said: str) -> None:
    assert errors(rule_text(examples=EXAMPLES.replace("MORE", more))) == [said]


def test_just_a_mebibyte_may_be_spelt() -> None:
    more = "append: 0000*524287 0000"
    (first, _) = parse_rule(rule_text(examples=EXAMPLES.replace("MORE", more))).examples
    assert len(first.append) == 1 << 20


def pattern_rule(**changes: str) -> str:
    """A rule by a pattern; its condition asks for nothing."""
    text = rule_text(applies_to="AWAY", when="AWAY", options="{}", message="m")
    text = text.replace("applies-to: AWAY\n", "").replace("when: AWAY\n", "")
    return text + "".join(f"{key}: {value}\n" for key, value in changes.items())


@each(
    ("changes", "said"),
    [
        ({"match": "3"}, "'match' must be a pattern or a list of patterns"),
        ({"match": "[]"}, "'match' must be a pattern or a list of patterns"),
        ({"match": "['y = Relu (x)', 3]"}, "'match' must be a pattern or a list of patterns"),
        ({"match": "[" + "'y = Relu (x)', " * 33 + "]"},
         "'match' has more than 32 patterns"),
        ({"match": "y = Relu x"}, "'match': expected '(' after the operator, not 'x'"),
        ({"match": "y = Rleu (x)"}, "'match': there is no operator 'Rleu', did you mean 'Relu'?"),
        ({"match": "y = Relu (x)", "through": "[Idnetity]"},
         "'through': there is no operator 'Idnetity', did you mean 'Identity'?"),
        ({"match": "y = Relu (x)", "through": "Identity"}, "'through' must be a list of texts"),
        ({"match": "y = Relu (x)", "applies-to": "node"},
         "'match' says what the rule applies to: leave out 'applies-to'"),
        ({"match": "['y = Relu (x)', 'y = Cast <to = x> (z)']"},
         "'match': 'x' cannot be both a tensor and an attribute's value"),
        ({"match": "y = Relu (x)", "unless": "z = Relu x"},
         "'unless': expected '(' after the operator, not 'x'"),
        ({"match": "y = Relu (option)"}, "'match': 'option' means something else"),
    ],
)  # fmt: skip
def test_a_mistake_of_patterns(changes: dict[str, str], said: str) -> None:
    found = errors(pattern_rule(**changes))
    assert said in found or any(each.startswith(said.rsplit(" in a ", 1)[0]) for each in found), (
        found
    )


def test_unless_and_through_need_a_match() -> None:
    found = errors(RULE + "unless: y = Relu (x)\nthrough: [Identity]\n")
    assert found == ["'unless' needs 'match'", "'through' needs 'match'"]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("x.size", 24), ("x0.d1 * y.last", 12), ("(x.d0 + 2) / 2", 2), ("7 - x.rank", 4),
        ("-(2 - x.d0)", 0), ("+x.d0", 2), ("attr.group * 3", 6), ("x.d0 * 1.5", 3), ("0 * x.d0", 0),
    ],
)  # fmt: skip
def test_a_formula_is_a_count(source: str, value: int) -> None:
    sizes = {"size": 24, "d0": 2, "d1": 3, "last": 4, "rank": 3, "group": 2}
    asked: list[tuple[str, str]] = []

    def look(group: str, field: str) -> int:
        asked.append((group, field))
        return sizes[field]

    formula = Arithmetic(source)
    assert formula(look) == value
    assert (repr(formula), formula) == (f"Arithmetic({source!r})", Arithmetic(source))
    assert {formula: 1}[Arithmetic(source)] == 1
    assert formula != source
    assert formula.__reduce__() == (Arithmetic, (source,))


def test_what_is_no_count_is_unknown() -> None:
    for source, said in (("x.d0 / 2", "x.d0 / 2 is 3/2, which is no count"),
                         ("2 - x.d0", "2 - x.d0 is -1, which is no count"),
                         ("1 / (x.d0 - 3)", "an expression divides by 0")):  # fmt: skip
        with pytest.raises(Unknown) as caught:
            Arithmetic(source)(lambda group, field: 3)
        assert str(caught.value) == said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x.d0 +" + " 1" * 100, "longer than 200 characters"),
        ("x.d6", "unknown field 'd6' of Sizes"),
        ("x10.d0", "unknown group 'x10', did you mean 'x1'?"),
        ("x.d0 // 2", "this floordiv is not allowed in a formula"),
        ("x.d0 % 2", "this mod is not allowed in a formula"),
        ("x.d0 > 2", "must be a number, this is a flag"),
        ("'a'", "must be a number, this is a text"),
        ("len('a')", "this call is not allowed in a formula"),
    ],
)
def test_what_is_no_formula_is_refused(source: str, said: str) -> None:
    with pytest.raises(Refused) as caught:
        Arithmetic(source)
    assert str(caught.value) == said


def test_the_page_of_a_rule_word_by_word() -> None:
    more = "append: 00*25, beside: {w.bin: 00*1000, l: link w.bin}"
    text = rule_text(examples=EXAMPLES.replace("MORE", more)) + (
        "since: '0.1'\naction: Do it\nask: why?\n"
        "references: [http://a, http://b]\nstatus: preview\n"
    )
    assert (
        explain(parse_rule(text))
        == """\
# test-rule (TST001)

testing · severity warning · preview · since 0.1

## What it does

Finds things.

Condition:

    conv.kind == 'standard'
    and conv.macs >= option.min_macs

## Why is this bad

Because.

## Example

A:

    m

followed in the file by the bytes

    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 …

beside `w.bin`, a file of 1,000 bytes.

beside `l`, a hard link of `w.bin`.

## Use instead

B:

    n

## Fix

Do it.

Change it.

## Fix safety

Advice only: onnxlint changes nothing, and whether to act is a judgement.

Effort medium, risk medium, confidence medium.

## Ask the supplier

why?

## Options

- `min-macs` (default 1,000 MACs): Ignore cheaper ones.
- `max-ratio` (default 0.5): A share.

## References

- http://a
- http://b
"""
    )
    options = "{a: {default: null, help: h}, b: {default: true, help: i}, c: {default: x, help: j}}"
    page = explain(parse_rule(pattern_rule(
        match="'y = Relu (x)'", unless="'z = Neg (y)'", through="[Identity, com.acme.Own]",
    ).replace("options: {}", f"options: {options}")))  # fmt: skip
    assert (
        "Pattern:\n\n    y = Relu (x)\n\nUnless:\n\n    z = Neg (y)\n\nOperators that may stand "
        in page
    )
    assert "stand between: Identity, com.acme.Own.\n\nCondition:\n\n    true\n" in page
    assert "- `a` (default unset): h\n- `b` (default true): i\n- `c` (default x): j\n" in page
    assert page.endswith("## References\n\nNone.\n")
