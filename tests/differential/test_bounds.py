"""Random programs of branches and loops that data decide: every run costs what the range says.

Programs come from fixed seeds. ONNX Runtime executes each with several inputs; our analysis only
reads the file.
"""

from __future__ import annotations

import random
from itertools import count

import numpy as np
import onnx
import pytest

from analyzer.analyze import analyze
from analyzer.model import load
from tests.differential.count import macs_of
from tests.differential.runtime import execute

SEEDS = range(60)
BATCHES = 2
RUNS = 4
"""Inputs that each program is run with."""
HEAD = '<ir_version: 8, opset_import: ["" : 17]>'
INPUTS = "float[4,8] x, bool go, bool stop, int64 n, int64 top"
WEIGHTS = "float[8,8] w"
CONSTANTS = (
    "<int64 three = {3}, bool true = {1}, int64[1] zero = {0}, int64[1] two = {2}, "
    "int64[1] one = {1}>"
)


class Program:
    """Statements of a random program, in ONNX's text syntax."""

    def __init__(self, seed: int) -> None:
        self.rng, self.names = random.Random(seed), count()

    def name(self) -> str:
        return f"v{next(self.names)}"

    def block(self, value: str, depth: int) -> tuple[str, str]:
        """(statements, name of the result), which is float[4,8] again."""
        lines = []
        for _ in range(self.rng.randint(1, 3)):
            make = self.rng.choice((self.product, self.branch, self.loop, self.uneven))
            line, value = make(value, depth) if depth else self.product(value, depth)
            lines.append(line)
        return "  ".join(lines), value

    def product(self, value: str, depth: int) -> tuple[str, str]:
        result = self.name()
        return f"{result} = MatMul ({value}, w)", result

    def branch(self, value: str, depth: int) -> tuple[str, str]:
        result, condition = self.name(), self.rng.choice(("go", "stop", "true"))
        bodies = []
        for label in ("then_branch", "else_branch"):
            lines, inner = self.block(value, depth - 1)
            bodies.append(f"{label} = {self.name()} () => (float[4,8] {inner}) {{ {lines} }}")
        return f"{result} = If ({condition}) <{', '.join(bodies)}>", result

    def uneven(self, value: str, depth: int) -> tuple[str, str]:
        """Branches of another rank or size, read by a product, and even again."""
        a, b, z, m, flat, one, back = (self.name() for _ in range(7))
        other = self.rng.choice((f"Unsqueeze ({value}, zero)", f"Slice ({value}, zero, two, zero)"))
        return (
            f"{z} = If ({self.rng.choice(('go', 'stop'))}) "
            f"<then_branch = {self.name()} () => (float[] {a}) {{ {a} = {other} }}, "
            f"else_branch = {self.name()} () => (float[] {b}) {{ {b} = Identity ({value}) }}>  "
            f"{m} = MatMul ({z}, w)  {flat} = ReduceSum <keepdims = 1> ({m})  "
            f"{one} = Reshape ({flat}, one)  {back} = Add ({value}, {one})"
        ), back

    def loop(self, value: str, depth: int) -> tuple[str, str]:
        result, step, before, after, state, more = (self.name() for _ in range(6))
        limit = self.rng.choice(("three", "n", ""))
        lines, inner = self.block(state, depth - 1)
        ends = f"{more} = Less ({step}, top)  {after} = And ({before}, {more})"
        if limit and self.rng.random() < 0.4:
            ends = f"{after} = Identity ({before})"
        body = (
            f"body = {self.name()} (int64 {step}, bool {before}, float[4,8] {state}) => "
            f"(bool {after}, float[4,8] {inner}) {{ {lines}  {ends} }}"
        )
        condition = self.rng.choice(("go", "stop", "true"))
        start = limit or '""'
        return f"{result} = Loop ({start}, {condition}, {value}) <{body}>", result

    def model(self) -> onnx.ModelProto:
        lines, result = self.block("x", 2)
        text = f"{HEAD} g ({INPUTS}, {WEIGHTS}) => (float[4,8] {result}) {CONSTANTS} {{ {lines} }}"
        return onnx.parser.parse_model(text)


def feeds(rng: random.Random) -> dict[str, np.ndarray]:
    return {
        "x": np.ones((4, 8), np.float32),
        "w": np.zeros((8, 8), np.float32),
        "go": np.array(rng.random() < 0.5),
        "stop": np.array(rng.random() < 0.5),
        "n": np.array(rng.randint(0, 3), np.int64),
        "top": np.array(rng.randint(0, 3), np.int64),
    }


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_run_of_a_random_program_costs_what_its_range_says(batch: int) -> None:
    kinds = {"open": 0, "range": 0, "exact": 0}
    for seed in SEEDS[batch::BATCHES]:
        model = Program(seed).model()
        totals = analyze(load(model.SerializeToString())).totals
        low, high = totals.macs_range
        assert totals.macs == (low if high is None else high), seed
        assert totals.complete is (high is not None), seed
        rng = random.Random(seed)
        for _ in range(RUNS):
            really = sum(macs_of(run, {}) for run in execute(model, feeds(rng)))
            assert low <= really, (seed, totals)
            assert high is None or really <= high, (seed, totals)
        kinds["open" if high is None else "exact" if low == high else "range"] += 1
    assert all(kinds.values()), kinds
