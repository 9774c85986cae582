"""Conditions as they are read and refused, and in which words what decides is told."""

from __future__ import annotations

import pytest

from analyzer.language import retold, speaking
from analyzer.targets.condition import Atom, ConditionError, parse_condition
from analyzer.targets.conditions_told import told
from analyzer.targets.reasons import why_not, why_unknown
from analyzer.targets.use import Use
from tests.each import each
from tests.targets.calls import (
    BIG,
    EMPTY,
    LATER,
    LIST,
    MADE,
    MAP,
    NONE,
    OPEN,
    SCALAR,
    call,
    fixed,
)


@each(
    ("text", "atoms"),
    [
        ("rank(#3)==4", [Atom("rank", "rank(#3)==4", (3,), "", "==", ("4",))]),
        ("rank(*) <= 4", [Atom("rank", "rank(*) <= 4", (), "", "<=", ("4",))]),
        ("rank(out)>1.5", [Atom("rank", "rank(out)>1.5", (), "", ">", ("1.5",), out=True)]),
        ("size(#0) in 2..30", [Atom("size", "size(#0) in 2..30", (0,), "", "in", ("2", "30"))]),
        ("dim(#1, -2)!=3", [Atom("dim", "dim(#1, -2)!=3", (1,), "", "!=", ("3",), -2)]),
        ("ranksum(#0, #12)<5", [Atom("ranksum", "ranksum(#0, #12)<5", (0, 12), "", "<", ("5",))]),
        ("static(out)", [Atom("static", "static(out)", out=True)]),
        ("const(*)", [Atom("const", "const(*)")]),
        ("opset in 7..12", [Atom("opset", "opset in 7..12", (), "", "in", ("7", "12"))]),
        ("len(axes)>=1", [Atom("len", "len(axes)>=1", (), "axes", ">=", ("1",))]),
        ("odd(k)", [Atom("odd", "odd(k)", (), "k")]),
        ("attr(a) absent", [Atom("attr", "attr(a) absent", (), "a", "absent")]),
        ("attr(a) in {x, y}", [Atom("attr", "attr(a) in {x, y}", (), "a", "in", ("x", "y"))]),
        ("attr(a)== x", [Atom("attr", "attr(a)== x", (), "a", "==", ("x",))]),
        ("dtype(#0)==f16", [Atom("dtype", "dtype(#0)==f16", (0,), "", "in", ("f16",))]),
        ("dtype(#2) same #0", [Atom("same", "dtype(#2) same #0", (2, 0))]),
        ("dtype(out) in {b}", [Atom("dtype", "dtype(out) in {b}", (), "", "in", ("b",))]),
        ("producer(#1)==Relu", [Atom("producer", "producer(#1)==Relu", (1,), "Relu")]),
        ("clip in {0..6}", [Atom("clip", "clip in {0..6}", (1, 2), words=("0..6",))]),
        ("clip differs", [Atom("clip_differs", "clip differs")]),
        ("never or ? if a and b",
         [Atom("never", "never"), Atom("undecided", "? if a and b", name="if a and b")]),
    ],
)  # fmt: skip
def test_a_condition_is_read_into_atoms(text: str, atoms: list[Atom]) -> None:
    (clause,) = parse_condition(text)
    assert clause.text == text
    assert [atom for way in clause.alternatives for atom in way] == atoms


@each(
    ("text", "said"),
    [
        ("rank(#0)==x", "'rank(#0)==x': 'x' is not a number"),
        ("rank(#0) in 3..x", "'rank(#0) in 3..x': a range is written 3..5"),
        ("rank(#0) in x..3", "'rank(#0) in x..3': a range is written 3..5"),
        ("rank(#0) in 3", "'rank(#0) in 3': a range is written 3..5"),
        ("attr(a) in b", "'attr(a) in b': a set is written {a,b}"),
        ("attr(a) in {b", "'attr(a) in {b': a set is written {a,b}"),
        ("attr(a) in {}", "'attr(a) in {}': a set is written {a,b}"),
        ("attr(a)==", "'attr(a)==' compares with nothing"),
        ("clip in {low}", "'clip in {low}': pairs of bounds are written 0..6"),
        ("clip in {0..6,1}", "'clip in {0..6,1}': pairs of bounds are written 0..6"),
        ("nonsense", "'nonsense' is not a condition; see docs/targets.md for those there are"),
        ("y" * 61, f"'{'y' * 60}' is not a condition; see docs/targets.md for those there are"),
        ("rank(#0)==" + "z" * 70,
         f"'rank(#0)=={'z' * 50}': '{'z' * 20}' is not a number"),
        ("x" * 2001, "a condition of 2,001 characters; 2,000 are allowed"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_condition_is_said_exactly(text: str, said: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_condition(text)
    assert str(caught.value) == said


def test_two_thousand_characters_are_allowed() -> None:
    assert len(parse_condition("never;" * 333 + ";;")) == 333


@each(
    ("condition", "use", "said"),
    [
        ("rank(#0)==3", call(MAP), "input 0 has rank 4"),
        ("rank(*)<=3", call(OPEN, MAP), "input 1 has rank 4"),
        ("rank(*)<=1", call(OPEN, MAP), "input 0 has rank 2"),
        ("rank(out)<=1", call(out=(SCALAR, OPEN)), "output 1 has rank 2"),
        ("size(#0)==1", call(MAP), "input 0 is 1×4×8×8"),
        ("size(#0)==2", call(SCALAR), "input 0 is a scalar"),
        ("static(#0)", call(OPEN), "input 0 is ?×3"),
        ("static(*)", call(MAP, OPEN), "input 1 is ?×3"),
        ("static(out)", call(MAP, out=(MAP, None, OPEN)), "output 2 is ?×3"),
        ("nonempty(*)", call(MAP, EMPTY), "input 1 is 0×2"),
        ("ranksum(#0,#1)<=3", call(MAP, OPEN), "input 0 has rank 4; input 1 has rank 2"),
        ("const(#0)", call(MAP), "input 0 is not constant"),
        ("nonconst(#0)", call(fixed(1)), "input 0 is constant"),
        ("absent(#1)", call(MAP, MAP), "input 1 is given"),
        ("inputfrom(#0)", call(MAP), "input 0 is not made by an operator"),
        ("producer(#0)==Sin", call(MAP), "input 0 is not made by an operator"),
        ("producer(#0)==Sin", call(MADE), "input 0 comes from Relu"),
        ("dtype(#0)==i8", call(MAP), "input 0 is f32"),
        ("dtype(#0) same #1", call(MAP, OPEN), "input 0 is f32; input 1 is f16"),
        ("value(#0)>0", call(fixed([0, 1])), "input 0 is [0.0, 1.0]"),
        ("value(#0)>0", call(fixed([0, 1, 2, 3])), "input 0 is [0.0, 1.0, 2.0, 3.0]"),
        ("value(#0)>0", call(fixed([0, 1, 2, 3, 4])), "input 0 is [0.0, 1.0, 2.0, 3.0]…"),
        ("dtype(#2)==i8", call(MAP, SCALAR, MAP, op="QuantizeLinear"),
         "input 2 (y_zero_point) is f32"),
        ("nonempty(*)", call(MAP, EMPTY, op="Resize"), "input 1 (roi) is 0×2"),
        ("nonempty(*)", call(MAP, EMPTY, op="Own"), "input 1 is 0×2"),
        ("inputs==1", call(MAP, MAP), "it has 2 inputs"),
        ("outputs==2", call(out=(MAP, None)), "it has 1 outputs"),
        ("opset>=20", call(), "it is version 17"),
        ("attr(group)==1", call(group=2), "group is 2"),
        ("attr(pads)==1", call(), "pads is not stated"),
        ("zeros(pads)", call(pads=(1,) * 8), "pads is [1, 1, 1, 1, 1, 1, 1, 1]"),
        ("zeros(pads)", call(pads=(1,) * 9), "pads is [1, 1, 1, 1, 1, 1, 1, 1, …]"),
        ("attr(to)==f16", call(op="Cast", to=1), "to is f32"),
        ("attr(mode)==a", call(op="Own", mode="m" * 61), f"mode is {'m' * 60}"),
        ("depthwise_or_dense", call(MAP, OPEN, group=2), "input 0 is 1×4×8×8"),
        ("ranked(out)", call(parting=((1, (2, 4)),)),
         "output 1 has rank 2 or 4, by the branch that is taken"),
        ("rank(#0)==3 or size(#0)==1", call(MAP), "input 0 has rank 4; input 0 is 1×4×8×8"),
        ("never", call(MAP), ""),
        ("present(#1)", call(MAP), ""),
        ("maxdim(#0)<=7", call(MAP), "input 0 is 1×4×8×8"),
        ("dim(#0,1)==3", call(MAP), "input 0 is 1×4×8×8"),
        ("ones(k)", call(k=(2, 1)), "k is [2, 1]"),
        ("odd(k)", call(k=(2,)), "k is [2]"),
        ("equal(k)", call(k=(2, 1)), "k is [2, 1]"),
        ("len(k)==2", call(k=(2,)), "k is [2]"),
        ("lastaxis(axis)", call(MAP, axis=0), "axis is 0"),
        ("clip in {0..6}", call(MAP, fixed(0), fixed(1), op="Clip"),
         "input 1 (min) is [0.0]; input 2 (max) is [1.0]"),
        ("clip in {0..6}", call(MAP, None, MAP, op="Clip"), "input 2 (max) is not constant"),
        ("clip in {0..6}", call(MAP, op="Clip"), ""),
        ("clip in {0..6}", call(MAP, op="Clip", opset=10, min=0.0, max=1.0),
         "min is 0.0; max is 1.0"),
    ],
)  # fmt: skip
def test_what_stands_against_a_condition_is_named(condition: str, use: Use, said: str) -> None:
    (clause,) = parse_condition(condition)
    words = f"is supported only with {told(clause)}"
    assert why_not(clause, use) == (f"{words}; {said}" if said else words)


@each(
    ("condition", "use", "said"),
    [
        ("const(#0)", call(LATER),
         "input 0 is an initializer that is also an input of the model"),
        ("rank(#0)==4", call(NONE), "input 0 has an unknown rank"),
        ("rank(*)<=4", call(MAP, NONE), "input 1 has an unknown rank"),
        ("ranked(*)", call(LIST, NONE), "input 1 has an unknown rank"),
        ("nonempty(*)", call(MAP, NONE), "input 1 has an unknown shape"),
        ("static(#0)", call(NONE), "input 0 has an unknown shape"),
        ("dtype(#0)==f32", call(NONE), "input 0 is of unknown type"),
        ("value(#0)>0", call(BIG), "input 0 is not known"),
        ("value(#0)>0", call(MAP), "input 0 is not constant"),
        ("attr(group)==1", call(op="Own"), "group is not known"),
        ("attr(no)<1", call(no="a"), "no is a"),
        ("parts equal", call(MAP, LATER, op="Split"), ""),
    ],
)  # fmt: skip
def test_what_would_have_to_be_known_is_named(condition: str, use: Use, said: str) -> None:
    (clause,) = parse_condition(condition)
    words = f"cannot be told for sure to have {told(clause)}"
    assert why_unknown(clause, use) == (f"{words}; {said}" if said else words)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("? on the driver", "depends on: on the driver"),
        ("rank(#0)==3 or ?on luck", "depends on: on luck"),
        ("?", "the table does not say under which conditions"),
    ],
)
def test_what_no_file_tells_is_named(condition: str, said: str) -> None:
    (clause,) = parse_condition(condition)
    assert why_unknown(clause, call(MAP)) == said


def test_every_condition_is_told_in_words() -> None:
    """Without the notation of the tables."""
    for condition, words in (
        ("static(*); nonempty(out)", "known sizes of all inputs; no size 0 in all outputs"),
        ("rank(#0) in 3..5 or const(#1)", "rank 3..5 of input 0; or else constants as input 1"),
        ("attr(mode) in {a,b} and odd(k)", "mode = a or b; and also odd numbers in k"),
        ("attr(x) absent; attr(x) subset {1,2}; attr(x)!=0",
         "unstated attribute x; no others than 1, 2 in x; x ≠ 0"),
        ("ranksum(#0,#1)<=3", "sum of ranks ≤ 3 of input 0 and input 1"),
        ("dim(#1,2)==4; dtype(#0) same #1",
         "size = 4 in dimension 2 of input 1; one type of input 0 and input 1"),
        ("dtype(#0)==i8; clip in {0..6}; ?luck",
         "type i8 of input 0; bounds of Clip 0..6; luck"),
        ("clip differs; clip in {0..6,0..1}",
         "bounds of Clip that differ; bounds of Clip 0..6 or 0..1"),
        ("const(#0); nonconst(#1); present(#2); absent(#3)",
         "constants as input 0; no constants as input 1; a given input 2; omitted input 3"),
        ("depthwise_or_dense; parts equal", "one group, or one channel in each; parts of one size"),
        ("equal(x); lastaxis(x); len(x)==2; ones(x); zeros(x)",
         ("equal numbers in x; the last axis as x; length = 2 of x; ones alone in x; "
          "zeros alone in x")),
        ("inputfrom(#0); producer(#0)==Sin",
         "an operator that makes input 0; operator Sin that makes input 0"),
        ("inputs==1; outputs>=2; opset<7",
         "number of inputs = 1; number of outputs ≥ 2; operator version < 7"),
        ("maxdim(#0)<=9; ranked(*); size(out)>1",
         ("largest size ≤ 9 of input 0; a known rank of all inputs; "
          "number of elements > 1 of all outputs")),
        ("value(#0)!=0; never; ?",
         "values ≠ 0 alone in input 0; another operator; what the table does not say"),
    ):  # fmt: skip
        assert "; ".join(map(told, parse_condition(condition))) == words


def test_conditions_are_told_in_korean_whatever_follows() -> None:
    with speaking("ko"):
        for condition, words in (
            ("static(*)", "크기를 모두 아는 모든 입력"),
            ("rank(#0)>=3 or const(#1)", "랭크 ≥ 3: 입력 0; 또는 상수인 입력 1"),
            ("dtype(#0) same #1", "같은 자료형인 입력 0, 입력 1"),
            ("attr(group)==1 and ones(k)", "group = 1; 그리고 모두 1인 k"),
        ):
            start = "다음 조건에서만 지원: "
            (clause,) = parse_condition(condition)
            bare = f"is supported only with {told(clause)}"
            assert retold(bare) == start + words
            assert retold(f"{bare}; input 0 has rank 4") == f"{start}{words}; 입력 0: 랭크 4"
            named = retold(f"{bare}; input 1 (roi) has rank 4")
            assert named == f"{start}{words}; 입력 1 (roi): 랭크 4"
