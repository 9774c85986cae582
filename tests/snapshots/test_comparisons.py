"""What is said of two networks, for people at a terminal, on a pull request and on a page, compared
with files; `make snapshots` rewrites them. Like all snapshots they say what changed, not what is
right."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache

import onnx.parser
import pytest

from analyzer.compare import compare as compared
from analyzer.report import COMPARE_FORMATS
from analyzer.report.compare.gate import TOTALS, IncreaseBound, judge_bounds, judge_findings
from analyzer.report.compare.pair import Pair
from analyzer.report.compare.turnover import turnover
from analyzer.report.result import Options, Result
from tests.claims.test_claims import OPEN_SIZES, UNKNOWN, result
from tests.compare.networks import half, resnet
from tests.golden.text import parse
from tests.smaller.test_recurrent import cell
from tests.snapshots.test_pages import words
from tests.snapshots.test_snapshots import EXPECTED, compare


def ups(count: int) -> onnx.ModelProto:
    """Transposed convolutions in a row."""
    body = " ".join(f"t{i + 1} = ConvTranspose (t{i}, w)" for i in range(count))
    return parse(
        f"g (float[1,4,8,8] t0, float[4,4,3,3] w) => (float[A,B,C,D] t{count}) {{ {body} }}"
    )


MODELS: dict[str, Callable[[], onnx.ModelProto]] = {
    "plain": lambda: resnet(blocks=2),
    "another-activation": lambda: resnet(blocks=2, activation="HardSwish", names="{kind}_{number}"),
    "deeper": lambda: resnet(blocks=3),
    "wider": lambda: resnet(blocks=2, width=24, classes=12, side=40, opset=18),
    "half": lambda: half(resnet(blocks=2, epsilon=1e-3)),
    "folded": lambda: resnet(blocks=2, norms=False),
    "open": lambda: onnx.parser.parse_model(OPEN_SIZES),
    "unknown": lambda: onnx.parser.parse_model(UNKNOWN),
    "up": lambda: ups(1),
    "upper": lambda: ups(3),
    "lstm": lambda: cell("LSTM", both=True),
    "gru": lambda: cell("GRU", both=False),
}
OTHERS = ("another-activation", "deeper", "wider", "half", "folded")
PAIRS = [*(("plain", other) for other in OTHERS), ("open", "unknown"), ("unknown", "plain"),
         ("lstm", "gru"), ("up", "upper")]  # fmt: skip
BOUNDS = [IncreaseBound(name, Fraction(1, 10), 0, "10%") for name in TOTALS]


@cache
def _judged(name: str) -> Result:
    return result(MODELS[name](), weights=False)


def _pair(old: Result, new: Result) -> Pair:
    found = compared(old.facts, new.facts)
    change = turnover(old.findings, new.findings, found.partners, new.facts)
    gates = (*judge_bounds(old, new, BOUNDS), judge_findings(old, new, change.came, "warning"))
    return Pair(old, new, found, change, gates=gates)


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_comparison_says_its_snapshot(old: str, new: str) -> None:
    pair = _pair(_judged(old), _judged(new))
    text, comment, page = (
        COMPARE_FORMATS[name](pair, Options()).decode() for name in ("text", "markdown", "html")
    )
    compare(f"{old}-{new}.pair", f"{text}\n\n{comment}\n\n{words(page)}")


def test_no_comparison_is_left_over() -> None:
    known = {f"{old}-{new}.pair" for old, new in PAIRS}
    assert {path.name for path in EXPECTED.glob("*.pair")} == known
