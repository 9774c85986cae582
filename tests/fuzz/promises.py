"""What the whole tool promises about any file, checked on one."""

from __future__ import annotations

import os
import re
import resource
from contextlib import nullcontext
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from analyzer.analyze import analyze, analyze_weights
from analyzer.errors import ModelError, OnnxlintError
from analyzer.lint import Settings, judge
from analyzer.model import Limits, load
from analyzer.report import CHECK_FORMATS, REPORT_FORMATS
from analyzer.report.result import Failure, Options, Result
from analyzer.ruleset import load_rules
from tests import audit
from tests.fuzz.outputs import (
    BrokenPromiseError,
    check_batch,
    check_comparison,
    check_formats,
    check_page,
    expect,
    plain,
)
from tests.unguarded import unguarded

if TYPE_CHECKING:
    from analyzer.ruleset import Rule

__all__ = ["BrokenPromiseError", "Depth", "expect", "keep", "kept", "plain", "rules"]

LIMITS = Limits(guard_bytes=1 << 29, guard_stall_seconds=1)
SECONDS = 10.0
"""Longest time to judge one file, worker processes included, and again to write all formats; of a
processor, which may be busy."""
GROWTH = 300 << 20
"""Most bytes by which judging one file may raise the peak memory of this process."""
CUT_SHORT = re.compile(r"inference-|.*-limit$|more-problems|recursive-function|cycle|tensor-size")
"""Codes of problems after which a model cannot be clean."""
BASIC = ("text", "json")
"""Formats of ``check`` that every file is put into."""
_COUNTS = {
    "macs", "flops", "params", "executions", "total_macs", "read_bytes", "write_bytes",
    "weight_bytes", "peak_activation_bytes", "peak_bytes", "unknown_nodes", "nodes", "weights",
    "buffers", "quantization", "constants", "stored_bytes", "weighted_layers", "macs_now",
    "macs_after", "params_now", "params_after", "taps", "value",
}  # fmt: skip


@dataclass(frozen=True)
class Depth:
    """How much to do with a file; what costs more is done less often."""

    guard: bool = True
    """False infers shapes in this process, which the file may then kill …"""
    use_cpp: bool = True
    """… unless this is false."""
    formats: bool = True
    """False for what another file shows as well: the facts, and ``check`` as text and as JSON."""
    comparison: bool = False
    """Whether it is compared with itself, too, where there are all formats."""
    schema: bool = False
    """Whether the JSON obeys its schema, too, where there are all formats."""
    html: bool = False
    pdf: bool = False


def keep(data: bytes, depth: Depth = Depth()) -> str:
    """Put ``data`` through the whole tool; its outcome, or raise ``BrokenPromiseError``."""
    return kept(data, depth).outcome


def kept(data: bytes, depth: Depth = Depth()) -> Result | Failure:
    """As ``keep``; what was made of ``data``."""
    start, before = _seconds(), _peak()
    with audit.watched() as seen:
        item = _keep(data, depth)
    expect(not seen, f"not allowed: {seen}")
    seconds, growth = _seconds() - start, _peak() - before
    expect(seconds < SECONDS * (2 + depth.html + 2 * depth.pdf), f"took {seconds:.1f} seconds")
    expect(not depth.guard or depth.pdf or growth < GROWTH, f"took {growth >> 20} MiB")
    return item


def _keep(data: bytes, depth: Depth) -> Result | Failure:
    with nullcontext() if depth.guard else unguarded(use_cpp=depth.use_cpp):
        item: Result | Failure
        try:
            item = _judge(data, weights=depth.html)
        except ModelError as error:
            expect("\n" not in str(error), "a message of several lines")
            item = Failure("fuzz.onnx", str(error))
        except OnnxlintError as error:
            raise BrokenPromiseError(f"not a ModelError: {error!r}") from error
    check_batch(
        item,
        schema=depth.schema and depth.formats,
        formats=CHECK_FORMATS if depth.formats else BASIC,
    )
    if isinstance(item, Result):
        _check_facts(item)
        if depth.formats:
            check_formats(item)
            if depth.comparison:
                check_comparison(item, item)
        if depth.html:
            check_page(REPORT_FORMATS["html"](item, Options()).decode())
        if depth.pdf:
            expect(REPORT_FORMATS["pdf"](item, Options()).startswith(b"%PDF"), "no PDF")
    return item


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    return load_rules()


def _judge(data: bytes, *, weights: bool) -> Result:
    model = load(data, name="fuzz.onnx", limits=LIMITS)
    facts = (analyze_weights if weights else analyze)(model, limits=LIMITS)
    verdict = judge(facts, rules(), Settings(preview=True))
    # SARIF describes every rule, in 100 kB that are the same for every model.
    told = {finding.rule for finding in verdict.findings}
    return Result(facts, verdict.findings, tuple(rule for rule in rules() if rule.id in told))


def _seconds() -> float:
    return sum(os.times()[:4])


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _check_facts(result: Result) -> None:
    facts = result.facts
    cut = [p.code for p in facts.problems if CUT_SHORT.match(p.code)]
    expect(not cut or result.outcome == "inconclusive", f"{result.outcome} in spite of {cut}")
    expect(len({n.id for n in facts.nodes}) == len(facts.nodes), "two nodes have one id")
    expect(set(facts.graph) == {n.id for n in facts.nodes}, "graph and nodes differ")
    for subject in (*facts.nodes, facts.totals, facts.parameters, facts.memory, facts.separable,
                    *facts.blocks, *facts.assumptions, *facts.inputs, *facts.outputs):  # fmt: skip
        _check_counts(subject)
    for tensor in (*facts.inputs, *facts.outputs, *(t for n in facts.nodes for t in n.outputs)):
        for size in tensor.shape or ():
            expect(size is None or (type(size) is int and size >= 0), f"size {size!r}")


def _check_counts(subject: Any) -> None:
    for field in fields(subject):
        value = getattr(subject, field.name)
        if field.name in _COUNTS and not isinstance(value, (str, tuple)):
            what = f"{type(subject).__name__}.{field.name} is {value!r}"
            expect(value is None or (type(value) is int and value >= 0), what)
        elif is_dataclass(value):
            _check_counts(value)
