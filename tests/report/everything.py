"""A batch in which everything happens that a format of ``check`` has to show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from analyzer.facts import Problem
from analyzer.findings.finding import Finding, Severity
from analyzer.findings.suppress import Suppression
from analyzer.lint import Settings, judge
from analyzer.report import Batch, Failure, Result
from analyzer.ruleset import load_rules
from tests.golden.text import facts

if TYPE_CHECKING:
    from analyzer.facts import Facts

RULES = load_rules()
WASTEFUL = (
    "g (float[1,64,56,56] x, float[128,64,3,3] w, float[128,128,3,3] v) => (float[1,128,56,56] z) "
    "{ [wide] y = Conv <pads=[1,1,1,1]> (x, w) [wider] z = Conv <pads=[1,1,1,1]> (y, v) }"
)
CLEAN = "g (float[1,8] x) => (float[1,8] y) { y = Relu (x) }"
ENTRY = Suppression("SEP001", "no depthwise | kernel", expires=date(2999, 1, 31))


def named(found: Facts, path: str) -> Facts:
    return replace(found, model=replace(found.model, path=path))


@cache
def result(path: str = "m.onnx", text: str = WASTEFUL, select: tuple[str, ...] = ()) -> Result:
    found = named(facts(text), path)
    return Result(found, judge(found, RULES, Settings(select=select)).findings, RULES)


@cache
def separable() -> Result:
    """A finding at two places."""
    return result(select=("SEP001",))


@cache
def silent() -> Result:
    """The same findings, the first silenced, the second in the baseline."""
    found = result("quiet.onnx", select=("SEP001",))
    first, second = found.places
    return replace(found, findings=(), silenced=((first, ENTRY),), known=(second,))


@cache
def partly() -> Result:
    """Nothing found, and no verdict."""
    found = named(facts(CLEAN), "partly.onnx")
    problem = Problem("work-limit", "y", "more than 9 visits; raise the limit")
    return Result(replace(found, problems=(problem,)), (), RULES)


@cache
def asking() -> Result:
    """A grave finding from the Python source, with a question to the supplier."""
    found = named(facts(CLEAN), "asking.onnx")
    (node,) = found.nodes
    finding = Finding(
        "TRU001", "test", "trust", Severity.ERROR, node.id, "it is odd", "Do. Not.", "a-b",
        remedy="rename it", ask="Why is it odd?",
    )  # fmt: skip
    placed = replace(found, nodes=(replace(node, location="net/model.py:12"),))
    return Result(placed, (finding,), RULES)


@cache
def clean() -> Result:
    return Result(named(facts(CLEAN), "clean.onnx"), (), RULES)


FAILURE = Failure("broken.onnx", "broken.onnx: the file is empty; export the model again")


def everything() -> Batch:
    return Batch((separable(), FAILURE, partly(), silent(), asking(), clean()))
