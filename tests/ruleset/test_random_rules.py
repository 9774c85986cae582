"""Any expression that is accepted has a value on any operator: nothing raises, nothing is ``None``,
and a condition and its negation are never both true."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from analyzer.ruleset.expression import Amount, Expression
from analyzer.ruleset.sandbox import number
from analyzer.ruleset.subjects import Subjects, common_groups, groups
from analyzer.ruleset.whitelist import Checker
from tests.golden.text import facts

NET = facts("""g (float[1,3,8,8] x, float[n,4] z, bool go)
  => (float[1,4,8,8] y, float[n,4] q, float[2] e)
  <float[4,3,3,3] w = {}, float[1] three = {3}, float[4] b = {1, 2, 3, 4}, float[2] v = {0, 1}> {
    c = Conv <pads = [1,1,1,1]> (x, w, b)
    p = Pow (c, three)
    s = Add (p, c)
    y = Resize <mode = "cubic"> (s, , three)
    q = com.example.Odd <many = [1.5, 2.5], few = "a"> (z)
    e = If (go) <then_branch = t () => (float[2] h) { h = Neg (v) },
                 else_branch = f () => (float[2] k) { k = Abs (v) }>
  }""")  # fmt: skip
CHECKER = Checker(groups("node"), {})
PLACES: list[dict[str, Any]] = [
    {**common_groups(NET), **subject.groups} for subject in Subjects(NET).select("node", ())
]
VALUES = ("node.inputs[0]", "node.inputs[1]", "node.outputs[0]", "node.inputs[-1]",
          "node.readers[0].inputs[0]", "node.producers[0].outputs[0]")  # fmt: skip
NODES = ("node", "node.inputs[0].producer", "node.readers[0]", "node.producers[-1]")
ATTRIBUTES = ("node.attr.pads", "node.attr['mode']", "node.attr.many", "node.attr.none",
              "node.attr.axis")  # fmt: skip


class Writer:
    """Writes expressions that are accepted, at random."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.variable = ""

    def one(self, *choices: str) -> str:
        return self.random.choice(choices)

    def number(self, depth: int) -> str:
        value = self.one(*VALUES)
        leaf = self.one(
            "0", "-3", "2.5", "7", "conv.macs", "saving.ratio", "totals.nodes", "node.macs",
            "node.version", "model.opset", *ATTRIBUTES, f"{value}.scalar", f"{value}.rank",
            f"{value}.bytes", f"{value}.uses", f"readers({value})", f"{value}.shape[0]",
        )  # fmt: skip
        if depth == 0:
            return leaf
        a, b = self.number(depth - 1), self.number(depth - 1)
        reduce = self.one("min", "max", "sum", "product")
        forms = [
            leaf, f"({a} {self.one('+', '-', '*', '/', '//', '%')} {b})", f"abs({a})", f"(-{a})",
            f"{reduce}({self.many()})", f"len({self.many()})", f"min({a}, {b})", f"max({a}, {b})",
        ]  # fmt: skip
        return self.one(*forms, *self.quantified(("count",), depth))

    def many(self) -> str:
        value = self.one(*VALUES)
        return self.one(f"{value}.shape", f"{value}.values", "[]", "[1, 2]", "conv.strides",
                        "inverse(node.attr.perm)", *ATTRIBUTES)  # fmt: skip

    def flag(self, depth: int) -> str:
        value, node = self.one(*VALUES), self.one(*NODES, self.variable or "node")
        leaf = self.one(
            "true", "false", "node.composite", "conv.transposed", "node.is_foldable",
            f"{value}.is_constant", f"constant({value})", f"{value} is known",
            f"{value}.dtype == 'float32'",
            f"proportional({value}.values, {self.many()}, 0.5, 0.1, 0)",
            f"matches({value}.name, '^[a-z]$')",
            f"{node}.op_type == 'Conv'", f"{node} in node.readers", f"{node} == node",
        )  # fmt: skip
        if depth == 0:
            return leaf
        a, b = self.number(depth - 1), self.number(depth - 1)
        forms = [
            leaf, f"(not {self.flag(depth - 1)})", f"({a} is unknown)",
            f"({self.flag(depth - 1)} {self.one('and', 'or')} {self.flag(depth - 1)})",
            f"({a} {self.one('<', '<=', '==', '!=', '>', '>=')} {b})",
            f"({a} {self.one('in', 'not in')} {self.many()})",
            f"({self.many()} {self.one('==', '!=')} {self.many()})",
        ]  # fmt: skip
        return self.one(*forms, *self.quantified(("any", "all"), depth))

    def quantified(self, names: tuple[str, ...], depth: int) -> list[str]:
        """A quantifier, where none is around."""
        if self.variable:
            return []
        self.variable = "r"
        condition = self.flag(depth - 1)
        self.variable = ""
        many = self.one("node.readers", "node.producers", "node.inputs[0].readers")
        return [f"{self.one(*names)}(r in {many}, {condition})"]


@given(st.integers(0, 2**32))
def test_every_condition_is_true_false_or_open_and_raises_nothing(seed: int) -> None:
    source = Writer(seed).flag(3)
    yes, no = (Expression.parse(f"{sign}({source})", CHECKER) for sign in ("", "not "))
    for place in PLACES:
        assert not (yes(dict(place)) and no(dict(place))), source


@given(st.integers(0, 2**32))
def test_every_number_is_finite_or_unknown(seed: int) -> None:
    amount = Amount.parse(Writer(seed).number(3), CHECKER)
    for place in PLACES:
        value = amount(dict(place))
        assert value is None or number(value), amount
