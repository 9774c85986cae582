"""Hostile models and what must become of each: refused, inconclusive, found out, or clean."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest

from analyzer.analyze import analyze
from analyzer.errors import ModelError
from analyzer.facts import Facts
from analyzer.model import Limits, load
from analyzer.report import Result
from tests.fuzz.promises import Depth, keep, kept
from tests.hostile import models as m
from tests.model import wirebytes as wb

IN_PROCESS = Depth(guard=False, schema=True)
COMPARED = replace(IN_PROCESS, comparison=True)
BIG = m.BIGGEST
OFTEN = 2**31 - 2
"""The most iterations that are no way to write "without limit"."""


@lru_cache(maxsize=4)
def judged(data: bytes) -> Facts:
    return analyze(load(data))


REFUSED = {
    "no graph": (b"\x08\x08", "no graph"),
    "33 nested conditions": (wb.model(wb.nested(33)), "nested too deep"),
    "a tensor of 65 dimensions": (m.claims(1, *[1] * 65), "limit rank = 64"),
    "a name of 2 MB": (
        m.edited(lambda x: setattr(x.graph.node[0], "name", "n" * (2 << 20))),
        "limit string_bytes = 1,048,576",
    ),
}
for size in range(1, 60, 3):
    REFUSED[f"cut off after {size} bytes"] = (
        m.text("g (float[2,3] x) => (float[2,3] y) { y = Relu (x) }")[:size], "m.onnx: "
    )  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    data, says = REFUSED[name]
    with pytest.raises(ModelError, match=re.escape(says)) as caught:
        load(data, name="m.onnx")
    assert "\n" not in str(caught.value)
    assert keep(data, IN_PROCESS) == "inconclusive"


BROKEN = {
    "a node that feeds itself": (m.wired(("Relu", "y", "y")), "cycle"),
    "two nodes in a ring": (m.wired(("Relu", "b", "a"), ("Relu", "a", "b"), outputs="b"), "cycle"),
    "a ring of a thousand": (
        m.wired(*[("Relu", f"t{i}", f"t{(i + 1) % 1000}") for i in range(1000)], outputs="t1"),
        "cycle",
    ),
    "a function that calls itself": (m.recursive("f"), "recursive-function"),
    "two functions that call each other": (m.recursive("f", "h"), "recursive-function"),
    "a ring of 90 functions": (m.recursive(*[f"f{i}" for i in range(90)]), "recursive-function"),
    "a weight of 2^80 elements": (m.claims(1, 2**40, 2**40), "tensor-size"),
    "a weight of -1 elements": (m.claims(1, -1), "tensor-size"),
    "a weight of -2^63 by 0": (m.claims(1, -(2**63), 0), "tensor-size"),
    "a weight of no type": (m.claims(0, 3), "tensor-size"),
    "a weight of an unknown type": (m.claims(99, 3), "tensor-size"),
    "an operand nobody makes": (m.wired(("Relu", "nowhere", "y")), "undefined-input"),
    "an output nobody makes": (m.wired(("Relu", "x", "z")), "undefined-output"),
    "two makers of one output": (
        m.wired(("Relu", "x", "y"), ("Neg", "x", "y")), "duplicate-value"
    ),
    "no opset": (m.edited(lambda x: x.ClearField("opset_import")), "missing-opset"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken(name: str) -> None:
    data, code = BROKEN[name]
    found = kept(data, replace(COMPARED, formats="thousand" not in name))
    assert isinstance(found, Result)
    assert found.outcome == "findings"
    assert code in {b.code for b in found.facts.breaches if b.grave}


INCONCLUSIVE = {
    "a ring of 300 functions": (m.recursive(*[f"f{i}" for i in range(300)]), "nesting-limit"),
    "calls 150 deep": (m.tower(150), "nesting-limit"),
    "calls 2,000 deep": (m.tower(2000, 1), "nesting-limit"),
    "a Loop whose attribute is no body": (
        m.edited(lambda x: x.graph.node[0].attribute.add(name="axis", type=1)), "attribute-type"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", INCONCLUSIVE)
def test_inconclusive(name: str) -> None:
    data, code = INCONCLUSIVE[name]
    found = kept(data, replace(COMPARED, formats="2,000" not in name))
    assert isinstance(found, Result)
    assert found.outcome == "inconclusive"
    assert code in {p.code for p in found.facts.problems if p.inconclusive}


SURVIVED = {
    "no nodes": m.wired(),
    "no outputs": m.edited(lambda x: x.graph.ClearField("output")),
    "no inputs": m.edited(lambda x: x.graph.ClearField("input")),
    "an output that is an input": m.wired(outputs="x"),
    "an operator without a name": m.wired((".", "x", "y")),
    "no operands": m.wired(("Conv", "", "y")),
    "no results": m.wired(("Conv", "x x", "")),
    "3,000 operands": m.wired(("Conv", "x " * 3000, "y")),
    "3,000 results": m.wired(("Split", "x", " ".join(f"y{i}" for i in range(3000)))),
    "the same operand for all": m.wired(("Conv", "x x x", "y"), ("Gemm", "y y y", "z")),
    "an unknown domain": m.wired(("evil.domain.Conv", "x x", "y")),
    "a domain of dots": m.wired((".....Conv", "x x", "y")),
    "a function named Conv": m.text(
        "g (float[2] x) => (float[2] y) { y = Conv (x) }",
        '<domain: "", opset_import: ["" : 17]> Conv (x) => (y) { y = Conv (x) }',
    ),
    "an opset twice": m.edited(lambda x: x.opset_import.add(domain="", version=7)),
    "IR version -1": m.edited(lambda x: setattr(x, "ir_version", -1)),
    "IR version 2^62": m.edited(lambda x: setattr(x, "ir_version", 2**62)),
    "28 nested conditions": m.nested_ifs(28),
    "2^60 calls": m.tower(60),
    "100^10 calls": m.tower(10, 100),
    "98 deep calls": m.tower(98),
    "2^63 - 1 iterations": m.nested_loops(1, BIG),
    "(2^63 - 1)^6 iterations": m.nested_loops(6, BIG),
    "-2^63 iterations": m.nested_loops(2, -(2**63)),
    "0 iterations": m.nested_loops(3, 0),
}
HUGE: dict[str, list[list[Any]]] = {
    "Reshape": [[BIG, BIG], [-1, -1], [0, 0, 0], [-5], [1] * 2000, [2**31] * 8, []],
    "Expand": [[BIG, 2, 3], [BIG] * 20, [-1, 2, 3], [0], [1] * 2000],
    "Tile": [[BIG, BIG], [-1, 1], [0, 0], [2**40, 1], [1]],
    "ConstantOfShape": [[BIG], [BIG, BIG], [-1], [2**20, 2**20], [1] * 100, [0]],
    "Pad": [[BIG, BIG, BIG, BIG], [-BIG, 0, 0, 0], [-9, -9, -9, -9], [1]],
    "Slice": [[BIG], [-BIG]],
    "Unsqueeze": [[BIG], [-BIG], [0] * 100, list(range(200))],
    "Squeeze": [[BIG], [0], [-BIG]],
    "Split": [[BIG, BIG], [-1, 3], [1] * 4000],
    "TopK": [[BIG], [-1], [0]],
    "Range": [[0, BIG, 1], [0, BIG, 0], [BIG, -BIG, -1], [0.0, 1e38, 1e-45],
              [float("nan"), 1.0, 1.0], [float("-inf"), float("inf"), 1.0]],
    "OneHot": [[BIG], [-1], [0], [float("nan")], [1e38]],
    "Resize": [[BIG, BIG], [-1, -1], [0, 0], [1.0, 1e38], [float("nan"), 1.0]],
    "HannWindow": [[BIG], [-1], [0]],
    "CenterCropPad": [[BIG, BIG], [-1, -1]],
    "ReduceSum": [[BIG], [-BIG], [0] * 3000],
    "Gather": [[BIG], [-BIG], [0] * 4000],
    "Trilu": [[BIG], [-BIG]],
    "Col2Im": [[BIG, BIG], [0, 0]],
    "DFT": [[BIG], [0], [-BIG]],
}  # fmt: skip
DRAWN = {"Reshape", "Range", "Resize"}
"""Formats show sizes, and numbers that are none, of these as they do of others."""
LARGE = {"3,000 operands", "3,000 results", "100^10 calls", "98 deep calls"}
"""Formats draw these as they draw others."""


@pytest.mark.parametrize("name", SURVIVED)
def test_survived(name: str) -> None:
    depth = replace(COMPARED, formats=name not in LARGE)
    assert keep(SURVIVED[name], depth) in {"clean", "findings", "inconclusive"}


@pytest.mark.parametrize("opset", [13, 18])
@pytest.mark.parametrize("operator", HUGE)
def test_constants_may_ask_for_any_size(operator: str, opset: int) -> None:
    """One operator for each list of constants, all of them in one network."""
    data = m.steered(operator, HUGE[operator], opset)
    depth = replace(IN_PROCESS, formats=opset == 18 and operator in DRAWN)
    assert keep(data, depth) in {"clean", "findings", "inconclusive"}


def test_counts_of_towers_and_loops_are_exact() -> None:
    assert judged(m.tower(60)).totals.macs == 2**60
    assert judged(m.tower(10, 100)).totals.macs == 100**10
    assert judged(m.nested_loops(6, OFTEN)).totals.macs == OFTEN**6
    assert judged(m.nested_loops(6, BIG)).totals.macs_range == (1, None)  # BIG means "no limit"
    assert judged(m.nested_loops(3, 0)).totals.macs == 0
    assert judged(m.nested_ifs(28)).totals.macs == 64


@pytest.mark.parametrize(
    "name", ["2^60 calls", "28 nested conditions", "100^10 calls", "98 deep calls"]
)
def test_depth_alone_is_no_fault(name: str) -> None:
    assert not judged(SURVIVED[name]).inconclusive


def test_expansion_is_limited_by_name() -> None:
    """Three sizes of 40 products are judged; with less to spend, the rest is unknown, not clean."""
    products = " ".join(f"t{k} = MatMul (x, x)" for k in range(40))
    model = load(
        m.text(
            """g (float[1,1,1] x) => (float[N,1,1] y) {
            a = Concat <axis = 0> (x, x)  b = Concat <axis = 0> (a, x)
            u = local.f (x)  v = local.f (a)  y = local.f (b) }""",
            f'<domain: "local", opset_import: ["" : 17]> f (x) => (t0) {{ {products} }}',
        )
    )
    limited = analyze(model, limits=Limits(visits=20))
    assert analyze(model).totals.macs == 40 * (1 + 2 + 3)
    assert [p.code for p in limited.problems if p.inconclusive] == ["work-limit"]
    assert "limit visits = 20" in limited.problems[0].message
    shallow = analyze(load(m.tower(2, 64)), limits=Limits(calls=2))
    assert "limit calls = 2" in shallow.problems[0].message
    assert not limited.totals.complete
    assert not shallow.totals.complete


@pytest.mark.parametrize("depth", [17, 20, 28])
def test_counts_of_more_than_300_digits_are_unknown(depth: int) -> None:
    """Floats end there, and so does what people can read."""
    data = m.nested_loops(depth, OFTEN, (1 << 62,) * 8)
    facts = judged(data)
    assert not facts.totals.complete
    assert "a count of more than 300 digits" in {n.cost.reason for n in facts.nodes}
    assert all(n.executions is None or n.executions < 10**302 for n in facts.nodes)
    assert keep(data, replace(COMPARED, html=depth == 28)) in {"clean", "findings"}
