"""Every output about a model, whatever formats there are: found by the tables of ``report``."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, get_args

from analyzer.analyze import analyze_weights
from analyzer.compare import compare
from analyzer.findings.suppress import Suppression
from analyzer.graph.export import EXPORTS, export
from analyzer.lint import Settings, judge
from analyzer.model import load
from analyzer.report.compare import Pair, Turnover
from analyzer.report.drawing import Depth, draw
from analyzer.report.explain import explain_node
from analyzer.report.result import Batch, Failure, Options, Result
from analyzer.report.scale import Study
from analyzer.report.settings import (
    AppliedRule,
    ModelsSettings,
    Setting,
    SettingOrigin,
    SettingsInForce,
)
from analyzer.report.sketch import Sketch
from analyzer.report.targets import Deployments
from analyzer.ruleset import load_rules
from analyzer.sanitise import encode_text
from analyzer.scaling import Scaler, frontier, grid, growth
from analyzer.targets.catalog import chosen
from tests.unguarded import unguarded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from onnx import ModelProto

    from analyzer.ruleset import Rule

FORMATS = import_module("analyzer.report")  # the name is the public function's
SLOW = frozenset({"html", "pdf"})
"""Formats that draw pages."""
PIXELS = frozenset({"pdf", "png"})
"""Formats that are no text."""
SINGLE = frozenset({"netron"})
"""Formats of ``check`` that are about one model."""
TARGETS = chosen(("tensorrt", "nnapi", "tflite_onnx2tf_tf"))


def result_of(model: ModelProto, path: str, more: tuple[Rule, ...] = ()) -> Result:
    """``model`` judged by all rules that ship and ``more``, in this process."""
    with unguarded():
        facts = analyze_weights(load(model.SerializeToString(), name=path), targets=TARGETS)
    rules = (*_shipped(), *more)
    found = judge(facts, rules, Settings(preview=True)).findings
    told = {finding.rule for finding in found}
    applied = tuple(rule for rule in rules if rule.id in told)
    return Result(facts, found, applied, f"onnxlint check {path}", configuration=path)


def outputs(result: Result, other: Result, *, slow: bool = False) -> Iterator[tuple[str, str]]:
    """``(what, text)`` of every format of every command; ``slow``: pages too, but no PDF."""
    subjects = _subjects(result, other)
    tables = [name for name in dir(FORMATS) if name.endswith("_FORMATS")]
    assert sorted(tables) == sorted(subjects), "say here what a new table of formats is about"
    for table in tables:
        for name, render in getattr(FORMATS, table).items():
            if name in PIXELS or (name in SLOW and not slow):
                continue
            for subject in _allowed(name, subjects[table]()):
                for color in (False, True) if name == "text" else (False,):
                    yield f"{table} {name}", render(subject, Options(color=color)).decode()
    nodes = {node.id: node for node in result.facts.nodes}
    for name in EXPORTS:
        yield f"graph {name}", export(result.facts.graph, name, nodes).decode()
    for node in result.facts.nodes:
        yield "explain", encode_text(explain_node(result.facts, node.id)).decode()


def _allowed(name: str, subjects: list[Any]) -> list[Any]:
    """Batches of one model each, where a format is about one."""
    if name not in SINGLE or not isinstance(subjects[0], Batch):
        return subjects
    return [Batch((item,)) for batch in subjects for item in batch.items]


def _subjects(result: Result, other: Result) -> dict[str, Callable[[], list[Any]]]:
    entry = Suppression("EVL*", result.facts.model.path, result.facts.model.path)
    failure = Failure(result.facts.model.path, f"{result.facts.model.path}: {entry.reason}")
    silent = replace(
        result, findings=(), known=result.places[::2],
        silenced=tuple((finding, entry) for finding in result.places[1::2]),
    )  # fmt: skip

    def batches() -> list[Batch]:
        return [Batch((failure, result, silent))]

    def pairs() -> list[Pair]:
        return [
            Pair(old, new, compare(old.facts, new.facts), Turnover(new.findings, old.findings))
            for old, new in ((result, other), (other, result))
        ]

    def studies() -> list[Study]:
        scaler = Scaler(result.facts)
        points = tuple(point for row in grid(scaler) for point in row)
        sizes = Study(result.facts, scaler.sides, scaler.stages, 8, points, growth(scaler, 8))
        return [sizes, replace(sizes, table=(), frontier=frontier(scaler, 10**9))]

    return {
        "CHECK_FORMATS": batches,
        "COMPARE_FORMATS": pairs,
        "DRAW_FORMATS": lambda: [
            Sketch(draw(result, depth), result.facts.model.path, "findings")
            for depth in get_args(Depth)
        ],
        "INSPECT_FORMATS": lambda: [result],
        "REPORT_FORMATS": lambda: [result],
        "SCALE_FORMATS": studies,
        "SETTINGS_FORMATS": lambda: [_settings(result.facts.model.path)],
        "STATISTICS_FORMATS": batches,
        "TARGET_FORMATS": lambda: [Deployments((result.facts, failure))],
    }


def _settings(name: str) -> SettingsInForce:
    """Settings of which somebody else chose every text."""
    setting = Setting(name, name, SettingOrigin("models", name, 3, name, name))
    listed = Setting(f"dims.{name}", (name, name), SettingOrigin("file", name))
    entry = ModelsSettings(name, 4, (setting, listed))
    rule = AppliedRule("EVL001", "evil", "error")
    return SettingsInForce(name, name, (setting, listed), (entry,), (rule,), ("EVL002",))


@lru_cache(maxsize=1)
def _shipped() -> tuple[Rule, ...]:
    return load_rules()
