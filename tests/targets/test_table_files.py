"""The text of a table: what its head and rows become, and every mistake in exact words."""

from __future__ import annotations

import pytest

from analyzer.errors import ConfigError
from analyzer.targets.condition import parse_condition
from analyzer.targets.dtypes import short
from analyzer.targets.table import COLUMNS, KEYS, Row, Table, read_table
from tests.each import each
from tests.targets.asking import HEAD

TEXT = HEAD.format(id="ours", kind="delegate")


def table(rows: str = "", change: tuple[str, str] = ("", "")) -> Table:
    return read_table("t.csv", (TEXT.replace(*change, 1) + rows).encode())


def mistakes(rows: str = "", change: tuple[str, str] = ("", "")) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        table(rows, change).validate()
    return list(caught.value.lines)


def test_a_head_and_rows_become_a_table() -> None:
    head = ("# id", "# opset_ceiling: 21\n# a comment\n# condition: rank(#0)==4\n# id")
    made = table("ai.onnx,Relu,6,13,T=f32|f16; #1=i64,rank(#0)==4,a note\n\nd,Own,1,,f32,,\n", head)
    assert (made.id, made.version, made.match, made.delegates) == ("ours", "1.0", "range", True)
    assert (made.ceiling("opset_ceiling"), made.ceiling("ir_ceiling")) == (21, None)
    assert (made.text("name"), made.text("bodies")) == ("Our accelerator", "")
    assert made.condition == parse_condition("rank(#0)==4")
    assert list(made.operators()) == [("ai.onnx", "Relu"), ("d", "Own")]
    types = (("T", frozenset({"f32", "f16"})), ("#1", frozenset({"i64"})))
    assert made.rows("", "Relu") == (Row(6, 13, types, parse_condition("rank(#0)==4"), "a note"),)
    assert made.rows("d", "Own") == (Row(1, None, (("", frozenset({"f32"})),), (), ""),)
    assert made.rows("d", "Other") == ()
    assert not table(change=("delegate", "runtime")).delegates


@each(
    ("change", "said"),
    [
        (("kind: delegate", "kind: other"),
         "t.csv:7: kind: must be delegate or runtime, not 'other'"),
        (("match: range", "match: all"),
         "t.csv:8: match: must be kernel or kernel-open or range, not 'all'"),
        (("id: ours", "id: our table"),
         "t.csv:1: id: 'our table' is not made of letters, digits, '_', '-' and '.'"),
        (("# date", "# opset_ceiling: new\n# date"),
         "t.csv:4: opset_ceiling: must be a whole number, not 'new'"),
        (("# date", "# ir_ceiling: 123456\n# date"),
         "t.csv:4: ir_ceiling: must be a whole number, not '123456'"),
        (("# date", "# ir_ceiling: ²\n# date"),
         "t.csv:4: ir_ceiling: must be a whole number, not '²'"),
        *(
            (("# date", f"# {key}: x\n# date"), f"t.csv:4: {key}: must be {said}, not 'x'")
            for key, said in {
                "functions": "yes or no", "bodies": "yes or no or option", "host": "onnxruntime",
                "half_as_float": "yes or no", "opset_floor": "a whole number",
            }.items()
        ),
        (("# date", "# kinds: a\n# date"), "t.csv:4: unknown key 'kinds', did you mean 'kind'?"),
        (("# date", "# zzzz: a\n# date"),
         f"t.csv:4: unknown key 'zzzz'; keys are {', '.join(KEYS)}"),
        (("# date", "# version: 2\n# date"), "t.csv:4: version is stated twice"),
        (("# version: 1.0\n", ""), f"t.csv: a line '# version: …' is needed: {KEYS['version']}"),
        (("# date", "# condition: nonsense\n# date"),
         ("t.csv: condition: 'nonsense' is not a condition; see docs/targets.md for those there "
          "are")),
        (("domain,op,", "op,"), f"t.csv:10: the columns must be {','.join(COLUMNS)}"),
    ],
)  # fmt: skip
def test_a_mistake_of_the_head(change: tuple[str, str], said: str) -> None:
    assert mistakes(change=change) == [said]


@each(
    ("row", "said"),
    [
        ("ai.onnx,Relu,1,,,", "6 cells; there are 7 columns"),
        (",Relu,1,,,,", "a row needs a domain and an operator"),
        ("ai.onnx,,1,,,,", "a row needs a domain and an operator"),
        ("ai.onnx,Relu,one,,,,", "since must be a whole number, not 'one'"),
        ("ai.onnx,Relu,1,x,,,", "until must be a whole number, not 'x'"),
        ("ai.onnx,Relu,123456,,,,", "since must be a whole number, not '123456'"),
        ("ai.onnx,Relu,²,,,,", "since must be a whole number, not '²'"),
        ("ai.onnx,Relu,1,,f 32,,", "'f 32' are no element types; write T=f32|f16"),
        ("ai.onnx,Relu,1,,=f32,,", "'=f32' are no element types; write T=f32|f16"),
        ("ai.onnx,Relu,1,,T=,,", "'T=' are no element types; write T=f32|f16"),
        ("ai.onnx,Relu,1,,,rank(#0)==x,", "'rank(#0)==x': 'x' is not a number"),
        ('ai.onnx,Relu,1,,,"a', "unexpected end of data"),
    ],
)  # fmt: skip
def test_a_mistake_of_a_row(row: str, said: str) -> None:
    assert mistakes(f"ai.onnx,Abs,99999,,,,\n{row}\n") == [f"t.csv:12: {said}"]


def test_no_more_than_50_mistakes_are_named() -> None:
    assert len(mistakes("".join(f"d,O{n},x,,,,\n" for n in range(50)))) == 50
    assert len(mistakes("".join(f"d,O{n},x,,,,\n" for n in range(51)))) == 50
    assert len(mistakes("a\n" * 51)) == 50


@each(
    ("dtype", "word"),
    [
        ("float32", "f32"), ("float16", "f16"), ("bfloat16", "bf16"), ("float64", "f64"),
        ("bool", "b"), ("string", "s"), ("complex64", "c64"), ("complex128", "c128"),
        ("int8", "i8"), ("uint8", "u8"), ("int64", "i64"), ("float8e4m3fn", "f8e4m3fn"),
        ("seq(float32)", "seq(f32)"), ("optional(seq(int64))", "optional(seq(i64))"),
        ("sparse(float32)", "sparse_tensor(f32)"),
        ("map(int64, float32)", "map(int64,tensor(float))"),
        ("map(string, float64)", "map(string,tensor(double))"),
        ("map(int64, string)", "map(int64,tensor(string))"),
        ("map(int64, int64)", "map(int64,tensor(int64))"),
        (None, None), ("seq(?)", None), ("?", None), ("seq(…)", None),
    ],
)  # fmt: skip
def test_an_element_type_in_short(dtype: str | None, word: str | None) -> None:
    assert short(dtype) == word
