"""The door for programs: everything that is public, and nothing else is.

>>> import analyzer
>>> facts = analyzer.analyze("samples/mobilenet_v1.onnx")
>>> facts.totals.macs, facts.totals.params, facts["stem.conv"].macs
(568740352, 4231976, 10838016)

Nothing here prints, exits or reads the environment. Only ``report`` writes, and only where it is
told to.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Literal, overload

from analyzer.analyze import analyze as analyze_model
from analyzer.analyze import analyze_weights
from analyzer.compare import (
    Change,
    Comparison,
    Difference,
    Headline,
    Retyped,
    WeightChange,
    WeightComparison,
)
from analyzer.compare import compare as compare_facts
from analyzer.contents import Contents
from analyzer.deployment import Blocker, Edit, TargetFit
from analyzer.digraph import Digraph, Edge, Edges, Vertices, as_networkx
from analyzer.errors import ConfigError, ModelError, OnnxlintError, OutputError, RuleError
from analyzer.evidence import (
    Decoupling,
    FilterUse,
    IntegerWeights,
    KernelCore,
    KernelUse,
    LayerEvidence,
    LowRank,
    Separability,
    TensorEvidence,
    ValueStats,
    WeightEvidence,
)
from analyzer.facts import (
    Architecture,
    Assumption,
    Block,
    Breach,
    Ceiling,
    Certainty,
    Conformance,
    Conv,
    Cost,
    DefaultSizes,
    Facts,
    Held,
    Memory,
    MemoryStep,
    ModelInfo,
    Module,
    Node,
    Parameters,
    Problem,
    Saving,
    Second,
    Separable,
    SharedTensor,
    StoredTensor,
    Tensor,
    Totals,
)
from analyzer.findings.baseline import Accepted, Baseline, BoundSize
from analyzer.findings.finding import Finding, Place, Severity
from analyzer.findings.suppress import Suppression
from analyzer.graph.structure import (
    CriticalPath,
    critical_path,
    cut_points,
    operators_between,
    parallel_width,
    unneeded,
)
from analyzer.interface import Declared, Hidden, Import, Interface
from analyzer.language import Language, spoken
from analyzer.learned import Learned
from analyzer.lint import Settings, judge
from analyzer.lint import lint as lint_facts
from analyzer.model import Limits, Model, Readable, load
from analyzer.model.proto import GraphMessage, ModelMessage
from analyzer.model.source import Stream
from analyzer.naming import SharedNames
from analyzer.operators.declared import KINDS, Declaration, built, declarable, operator_key
from analyzer.operators.record import Operator
from analyzer.report.result import Options, Result
from analyzer.ruleset import Example, Option, Rule, load_rules
from analyzer.ruleset.arithmetic import Arithmetic
from analyzer.ruleset.trees import Refused
from analyzer.ruleset.trusted import Trusted
from analyzer.scaling import Layer, Scaled, Scaler, frontier, grid
from analyzer.scaling.tables import table
from analyzer.shapes.stated import Bindings, Defaults
from analyzer.surplus import BatchGrowth, Initializer, OpenSize, Structure, Surplus
from analyzer.version import __version__

Format = Literal["html", "pdf", "json", "csv", "netron", "text"]
"""What ``report`` can make."""


def analyze(
    model: Model | Readable,
    bindings: Bindings | None = None,
    *,
    weights: bool = False,
    limits: Limits = Limits(),
    operators: Sequence[Operator] = (),
    targets: Sequence[str] = (),
) -> Facts:
    """Everything onnxlint can say about a model, without running it.

    Parameters
    ----------
    model
        What ``load`` returns or takes: a path, bytes, a ``ModelProto``, an open file.
    bindings
        Sizes of dimensions that the file leaves open; for the rest sizes are assumed, and listed
        in ``Facts.assumptions``.
    weights
        Read the trained weights too, for ``Facts.evidence``.
    limits
        Budgets of time, memory and size.
    operators
        What ``declare`` makes of operators that only you know; figures that rest on them are
        *assumed*.
    targets
        Where it is to run, for ``Facts.targets``: names such as ``tensorrt`` or ``coreml``, with
        ``@VERSION`` behind it, or files of one's own; ``all`` for all that ship.

    Returns
    -------
    Facts
        Whatever kept the analysis from being complete is in ``Facts.problems``.

    Raises
    ------
    ModelError
        The model cannot be judged. The message is one line and says what to do.
    ConfigError
        There is no such target.
    """
    loaded = model if isinstance(model, Model) else load(model, limits=limits)
    look = analyze_weights if weights else analyze_model
    if not targets:
        return look(loaded, bindings, limits=limits, operators=operators)
    from analyzer.targets.catalog import chosen  # lazily: nobody else pays for it

    tables = chosen(() if "all" in targets else targets)
    return look(loaded, bindings, limits=limits, operators=operators, targets=tables)


def declare(
    name: str,
    *,
    like: str = "",
    inputs: Sequence[str] = (),
    shape: Literal["", "x"] | Sequence[str] = "",
    macs: str = "",
    flops: str = "",
) -> Operator:
    """What is to be known of an operator of your own, for ``analyze``.

    >>> import analyzer
    >>> analyzer.declare("ai.acme::RequantShift", like="Relu").name
    'RequantShift'

    Parameters
    ----------
    name
        ``domain::Operator``, as the model file calls it; what onnxlint knows is not overruled.
    like
        An operator that it acts like: ``Relu`` of ai.onnx, or ``domain::Operator``. What further
        inputs and attributes it has is its own business.
    inputs
        What each input is, for the constants there: ``data``, ``weight``, ``bias``, ``gain``,
        ``table``, ``scale``, ``zero-point``, ``statistic``, ``state``, ``shape``, ``index``,
        ``bound``, ``mask`` or ``position``.
    shape
        An expression for each axis of the output, or ``x``: every output is as the first input.
    macs, flops
        Expressions: ``+ - * /`` on whole numbers, ``attr.NAME``, and of inputs ``x0, x1, …`` and
        outputs ``y0, y1, …`` their ``d0, d1, …, last, rank`` and ``size``.

    Raises
    ------
    ConfigError
        An expression is not allowed, ``like`` or ``inputs`` name what does not exist, or ``name``
        what cannot be declared.
    """
    if not declarable(name):
        raise ConfigError(f"{name}: must be 'domain::Operator', of a domain that is not ONNX's "
                          "own, and no operator that is known already")  # fmt: skip
    for word in inputs:
        if word not in KINDS:
            raise ConfigError(f"{name}: unknown kind {word!r}; known are {', '.join(KINDS)}")
    key, other = operator_key(name), operator_key(like) if like else None
    try:
        axes = None if not shape else () if shape == "x" else (tuple(map(Arithmetic, shape)),)
        return built(
            Declaration(
                *key,
                "declared in Python",
                other,
                tuple(KINDS[word] for word in inputs) or None,
                axes,
                Arithmetic(macs) if macs else None,
                Arithmetic(flops) if flops else None,
            )
        )
    except (Refused, LookupError, ValueError) as error:
        raise ConfigError(f"{name}: {error}") from error


def lint(
    model: Facts | Model | Readable,
    rules: Sequence[Rule] | None = None,
    settings: Settings | None = None,
) -> tuple[Finding, ...]:
    """What rules find in a model, gravest first.

    Parameters
    ----------
    model
        Facts, or whatever ``analyze`` takes. Trained weights are read only if ``settings`` select
        rules about them.
    rules
        From ``load_rules``; those that ship with onnxlint by default.
    settings
        Which rules run, their options and severities, what is suppressed or accepted.

    Raises
    ------
    ModelError
        The model cannot be judged.
    ConfigError
        ``settings`` name rules or options that do not exist, or values of a wrong type.
    """
    known = _shipped() if rules is None else rules
    chosen = settings or Settings()
    return lint_facts(_facts(model, weights=_wants_weights(known, chosen)), known, chosen)


@overload
def report(
    model: Facts | Model | Readable,
    format: Literal["pdf"],
    *,
    to: str | os.PathLike[str] | None = None,
    rules: Sequence[Rule] | None = None,
    settings: Settings | None = None,
    options: Options = Options(),
) -> bytes: ...
@overload
def report(
    model: Facts | Model | Readable,
    format: Literal["html", "json", "csv", "netron", "text"] = "html",
    *,
    to: str | os.PathLike[str] | None = None,
    rules: Sequence[Rule] | None = None,
    settings: Settings | None = None,
    options: Options = Options(),
) -> str: ...
@overload
def report(
    model: Facts | Model | Readable,
    format: Format,
    *,
    to: str | os.PathLike[str] | None = None,
    rules: Sequence[Rule] | None = None,
    settings: Settings | None = None,
    options: Options = Options(),
) -> bytes | str: ...
def report(
    model: Facts | Model | Readable,
    format: Format = "html",
    *,
    to: str | os.PathLike[str] | None = None,
    rules: Sequence[Rule] | None = None,
    settings: Settings | None = None,
    options: Options = Options(),
) -> bytes | str:
    """A model and what rules say about it, as a document.

    Parameters
    ----------
    model
        Facts, or whatever ``analyze`` takes; then its trained weights are read too, as the
        command does.
    format
        ``html`` or ``pdf`` (pages), ``json`` (everything), ``csv`` (the operators), ``text``.
    to
        A file to write; it appears whole or not at all.
    rules, settings
        As for ``lint``.
    options
        How to write it: headline unit, date, most operators listed.

    Returns
    -------
    bytes or str
        The document, written or not; only a PDF is bytes.

    Raises
    ------
    ModelError, ConfigError
        As for ``lint``.
    OutputError
        The document cannot be made, or ``to`` cannot be written; nothing is left behind.
    """
    from analyzer.cli.outputs import keep_models, write_files
    from analyzer.cli.pages.made import draw_pdf
    from analyzer.report import INSPECT_FORMATS, REPORT_FORMATS

    renderers = {**REPORT_FORMATS, "pdf": draw_pdf, "text": INSPECT_FORMATS["text"]}
    if format not in renderers:
        raise ConfigError(f"there is no format {format!r}; formats are {', '.join(renderers)}")
    known = _shipped() if rules is None else tuple(rules)
    facts = _facts(model, weights=True, asked=False)
    result = _result(facts, known, settings or Settings())
    data = renderers[format](result, options)
    if to is not None:
        path = os.fsdecode(to)
        if isinstance(model, str | os.PathLike):
            keep_models([path], [os.fsdecode(model)])
        write_files({path: data})
    return data if format == "pdf" else data.decode()


def scale(
    model: Facts | Model | Readable,
    *,
    width: float | Sequence[float] = (),
    resolution: float | Sequence[float] = (),
    sides: int | Sequence[int | tuple[int, ...]] = (),
    depth: float | Sequence[float | tuple[int, ...]] = (),
    divisor: int | None = None,
    budget: int | None = None,
) -> tuple[Scaled, ...]:
    """A model at other sizes, every layer recounted.

    Parameters
    ----------
    model
        Facts, or whatever ``analyze`` takes.
    width
        Width multipliers α.
    resolution
        Resolution multipliers ρ of the input's sides.
    sides
        Sides in pixels instead: 224, or (96, 160) for one each.
    depth
        Depth multipliers d, or blocks of each stage: (1, 2, 2, 1, 2).
    divisor
        Channels round to its multiples, as MobileNetV2 does with 8; by default to whole channels
        as MobileNetV1 does, with ``budget`` to multiples of 8.
    budget
        Multiply-accumulates: only the largest sizes that need no more, best balanced first.

    Returns
    -------
    tuple of Scaled
        Every combination; without any of them those of the MobileNet paper. A size that the
        model's arithmetic does not admit has unknown counts and a reason.

    Raises
    ------
    ModelError
        The model cannot be judged.
    ValueError
        A multiplier is not positive, or there are more or fewer sides or stages.
    """
    scaler = Scaler(_facts(model))
    widths: tuple[float, ...] = _listed(width)
    rhos: tuple[float, ...] = _listed(resolution)
    pixels: tuple[int | tuple[int, ...], ...] = _listed(sides)
    depths: tuple[float | tuple[int, ...], ...] = _listed(depth)
    if budget is not None:
        factors = tuple(d for d in depths if not isinstance(d, tuple))
        if pixels or factors != depths:
            raise ValueError("a budget needs multipliers, not sides or numbers of blocks")
        axes = {"depths": factors, "widths": widths, "resolutions": rhos}
        given = {axis: values for axis, values in axes.items() if values}
        return frontier(scaler, budget, divisor=8 if divisor is None else divisor, **given).points
    if not (widths or depths or rhos or pixels):
        return tuple(point for row in grid(scaler, divisor=divisor) for point in row)
    exact = [(side,) if isinstance(side, int) else tuple(side) for side in pixels]
    return table(scaler, widths or (1.0,), (*rhos, *exact) or (1.0,), depths or (1.0,), divisor)


def compare(old: Facts | Model | Readable, new: Facts | Model | Readable) -> Comparison:
    """What became of one model in another: operators, inputs and outputs, weights, what that
    costs.

    Stored tensors are compared, too, where both come with their file (facts that have been
    pickled, or stripped of their graph, have none: ``Comparison.weights.why`` then says so).

    Raises
    ------
    ModelError
        One of them cannot be judged.
    """
    return compare_facts(_facts(old), _facts(new))


def explain(rule: str | Rule, rules: Sequence[Rule] | None = None) -> str:
    """A rule's page, as Markdown: what it does, why that is bad, what to do, its options.

    Parameters
    ----------
    rule
        Id or name, such as ``SEP001``.
    rules
        Where to look; those that ship with onnxlint by default.

    Raises
    ------
    ConfigError
        There is no such rule.
    """
    from analyzer.ruleset.explain import explain as page
    from analyzer.ruleset.select import find_rule

    if isinstance(rule, str):
        rule = find_rule(_shipped() if rules is None else rules, rule)
    return page(rule)


def _facts(model: Facts | Model | Readable, *, weights: bool = False, asked: bool = True) -> Facts:
    if isinstance(model, Facts):
        return model
    if weights and not asked:
        return analyze_weights(model if isinstance(model, Model) else load(model), asked=False)
    return analyze(model, weights=weights)


def _shipped() -> tuple[Rule, ...]:
    return _shipped_in(spoken())


@cache
def _shipped_in(language: Language) -> tuple[Rule, ...]:
    return load_rules()


def _wants_weights(rules: Sequence[Rule], settings: Settings) -> bool:
    from analyzer.ruleset.select import asks_for_weights

    return asks_for_weights(rules, settings.select)


def _result(facts: Facts, rules: tuple[Rule, ...], settings: Settings) -> Result:
    from analyzer.ruleset import select_rules

    verdict = judge(facts, rules, settings)
    if verdict.problems:
        facts = replace(facts, problems=(*facts.problems, *verdict.problems))
    selected = select_rules(rules, settings.select, settings.ignore, settings.preview)
    applied = tuple(r for r in selected if facts.evidence is not None or not r.reads_weights)
    skipped = tuple(rule.id for rule in selected if rule not in applied)
    return Result(
        facts, verdict.findings, applied,
        silenced=verdict.suppressed, known=verdict.accepted, skipped_rules=skipped,
        set_rules=tuple(settings.options),
    )  # fmt: skip


def _listed(given: Any) -> tuple[Any, ...]:
    """One value or several, as several."""
    return tuple(given) if isinstance(given, Sequence) else (given,)


__all__ = [
    "Accepted",
    "Architecture",
    "Assumption",
    "Baseline",
    "BatchGrowth",
    "Bindings",
    "Block",
    "Blocker",
    "BoundSize",
    "Breach",
    "Ceiling",
    "Certainty",
    "Change",
    "Comparison",
    "ConfigError",
    "Conformance",
    "Contents",
    "Conv",
    "Cost",
    "CriticalPath",
    "Declared",
    "Decoupling",
    "DefaultSizes",
    "Defaults",
    "Difference",
    "Digraph",
    "Edge",
    "Edges",
    "Edit",
    "Example",
    "Facts",
    "FilterUse",
    "Finding",
    "GraphMessage",
    "Headline",
    "Held",
    "Hidden",
    "Import",
    "Initializer",
    "IntegerWeights",
    "Interface",
    "KernelCore",
    "KernelUse",
    "Layer",
    "LayerEvidence",
    "Learned",
    "Limits",
    "LowRank",
    "Memory",
    "MemoryStep",
    "Model",
    "ModelError",
    "ModelInfo",
    "ModelMessage",
    "Module",
    "Node",
    "OnnxlintError",
    "OpenSize",
    "Operator",
    "Option",
    "Options",
    "OutputError",
    "Parameters",
    "Place",
    "Problem",
    "Readable",
    "Retyped",
    "Rule",
    "RuleError",
    "Saving",
    "Scaled",
    "Second",
    "Separability",
    "Separable",
    "Settings",
    "Severity",
    "SharedNames",
    "SharedTensor",
    "StoredTensor",
    "Stream",
    "Structure",
    "Suppression",
    "Surplus",
    "TargetFit",
    "Tensor",
    "TensorEvidence",
    "Totals",
    "Trusted",
    "ValueStats",
    "Vertices",
    "WeightChange",
    "WeightComparison",
    "WeightEvidence",
    "__version__",
    "analyze",
    "as_networkx",
    "compare",
    "critical_path",
    "cut_points",
    "declare",
    "explain",
    "lint",
    "load",
    "load_rules",
    "operators_between",
    "parallel_width",
    "report",
    "scale",
    "unneeded",
]
