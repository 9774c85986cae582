"""One page from one result: everything the templates place, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from analyzer.report import words
from analyzer.report.claims import claims_of
from analyzer.report.view import (
    charts,
    conversion,
    deployment,
    findings,
    layers,
    memory,
    modules,
    summary,
    weights,
    whatif,
)
from analyzer.report.view.assumed import choices
from analyzer.report.view.kinds import COLORS
from analyzer.sanitise import clean, label
from analyzer.units import shorten
from analyzer.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.facts import Block, Facts
    from analyzer.report.result import Options, Result


@dataclass(frozen=True, slots=True)
class Medium:
    """What a page is made for, and how much of long lists it shows."""

    name: str
    """``html`` or ``pdf``."""
    places: int
    """Most findings listed for one rule."""
    examples: int
    """The same for a rule of information whose findings save no MACs, where all rows are alike."""
    rows: int
    """Most rows of other long tables."""
    idle: bool
    """Show operators that neither compute nor hold parameters."""


HTML = Medium("html", places=500, examples=500, rows=500, idle=True)
PDF = Medium("pdf", places=25, examples=8, rows=40, idle=False)
"""A PDF costs 5 ms a table row and is read by people; the JSON attached to it has everything."""


@dataclass(frozen=True, slots=True)
class BlockRow:
    kind: str
    name: str
    anchor: str | None
    detail: str
    nodes: int
    macs: int | None
    params: int


@dataclass(frozen=True, slots=True)
class BlockKind:
    """Blocks of one kind added up."""

    kind: str
    count: int
    macs: int | None
    share: float | None
    params: int


@dataclass(frozen=True, slots=True)
class FormulaRow:
    """How one operator type was counted."""

    op: str
    nodes: int
    formula: str
    source: str


def build(result: Result, options: Options, medium: Medium) -> dict[str, object]:
    """Names of the templates' variables and their values."""
    facts = result.facts
    names = layers.show_names(facts.nodes)
    flagged = [f.node for f in result.places]
    most = options.pdf_rows if medium is PDF else options.html_rows
    anchors = layers.pick_rows(facts, most, flagged, medium.idle)
    groups = findings.group(result, names, anchors, medium.places, medium.examples)
    shapes = layers.layer_shapes(facts.nodes)
    left = conversion.steps(result)
    claims = claims_of(result)
    said = words.say(claims)
    asked = next(claim.values["rules"] for claim in claims if claim.id == "actions")
    assert isinstance(asked, tuple)
    shares = summary.shares(facts)
    return {
        "medium": medium,
        "options": options,
        "result": result,
        "facts": facts,
        "version": __version__,
        "title": label(PurePath(facts.model.path).name or facts.model.path, 60),
        "producer": label(facts.model.producer) or "not stated",
        "opsets": summary.opsets(facts.model.opsets),
        "said": said,
        "cards": words.cards(claims, options.count),
        "shares": shares,
        "macs_bar": charts.stacked(shares, "macs"),
        "params_bar": charts.stacked(sorted(shares, key=lambda s: (-s.params, s.kind)), "params"),
        "groups": groups,
        "actions": [group for rule in asked for group in groups if group.rule == rule],
        "coverage": summary.coverage(facts.nodes),
        "assumptions": [
            (label(a.input), a.axis, label(a.dim), a.value, label(a.reason))
            for a in facts.assumptions
        ],
        "choices": choices(facts),
        "problems": [
            (label(p.code), names.get(p.where, label(p.where)), label(p.message), p.inconclusive)
            for p in facts.problems
        ],
        "conversions": conversion.conversions(result, anchors, names),
        "conversion_totals": conversion.totals(result),
        "curve": charts.curve(left),
        "weights": weights.view(facts.evidence, names, anchors),
        "layers": shapes,
        "kinds": list(dict.fromkeys((layer.kind, layer.color) for layer in shapes)),
        "treemap": charts.treemap(shapes),
        "profile": charts.profile(facts.nodes),
        "scatter": charts.scatter(shapes, memory.EXAMPLE.ridge, memory.EXAMPLE.name),
        "device": memory.EXAMPLE,
        "block_kinds": block_kinds(facts),
        "blocks": block_rows(facts, anchors, names),
        "modules": modules.rows(facts),
        "modules_total": modules.count(facts),
        "what_if": whatif.view(facts),
        "alive": memory.alive(facts),
        "targets": deployment.rows(result),
        "roles": memory.roles(facts),
        "formulas": formulas(facts),
        "rows": layers.node_rows(facts, anchors, names),
        "path": label(facts.model.path),
        "graph_name": label(facts.model.graph_name),
        "command": clean(result.command),
        "configuration": clean(result.configuration),
        "metadata": [
            (label(key), label(value)) for key, value in sorted(facts.model.metadata.items())[:20]
        ],
        "colors": COLORS,
    }


def block_kinds(facts: Facts) -> tuple[BlockKind, ...]:
    """Kinds of blocks in order of the MACs they do."""
    found: dict[str, list[Block]] = {}
    for block in facts.blocks:
        found.setdefault(block.kind, []).append(block)
    rows = []
    for kind, blocks in found.items():
        macs = [block.macs for block in blocks]
        total = None if None in macs else sum(m for m in macs if m is not None)
        share = total / facts.totals.macs if total is not None and facts.totals.macs else None
        rows.append(
            BlockKind(
                summary.block_name(kind), len(blocks), total, share, sum(b.params for b in blocks)
            )
        )
    return tuple(sorted(rows, key=lambda row: (-(row.macs or 0), row.kind)))


def block_rows(
    facts: Facts, anchors: Mapping[str, str], names: Mapping[str, str]
) -> tuple[BlockRow, ...]:
    """Every block in the file's order, named by its first operator."""
    return tuple(
        BlockRow(
            summary.block_name(block.kind), names.get(block.nodes[0], ""),
            anchors.get(block.nodes[0]), describe_block(block.detail), len(block.nodes),
            block.macs, block.params,
        )
        for block in facts.blocks
    )  # fmt: skip


def describe_block(detail: Mapping[str, int | str | bool]) -> str:
    """``32 → 64 channels, kernel 3×3``: what a reader compares; false and 1 go unsaid."""
    rest = dict(detail)
    first, last = rest.pop("in_channels", None), rest.pop("out_channels", None)
    parts = []
    if first is not None and last is not None:
        parts.append(f"{first} → {last} channels")
    for key, value in rest.items():
        word = key.replace("_", " ")
        if value is True:
            parts.append(word)
        elif value is not False and not (value == 1 and key in ("stride", "groups", "dilation")):
            parts.append(f"{word} {label(str(value), 60)}")
    return ", ".join(parts)


def formulas(facts: Facts) -> tuple[FormulaRow, ...]:
    """Equations that produced the counts, by operator type; data movement left out."""
    found: dict[tuple[str, str, str], int] = {}
    for node in facts.nodes:
        if node.macs or node.flops:
            domain = f"{node.domain}." if node.domain not in ("", "ai.onnx") else ""
            key = (domain + node.op_type, node.cost.formula, node.cost.source)
            found[key] = found.get(key, 0) + 1
    return tuple(
        FormulaRow(label(op), count, clean(shorten(formula)), label(source))
        for (op, formula, source), count in sorted(found.items())
    )
