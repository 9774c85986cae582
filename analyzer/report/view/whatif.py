"""The model at other widths and resolutions, as far as its arithmetic admits them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from analyzer import units
from analyzer.language import _, retold, term
from analyzer.report.view.joint import SAFE, together
from analyzer.report.view.summary import block_name
from analyzer.restore import record
from analyzer.sanitise import label, widths
from analyzer.scaling import Joint, Product, Scaler, Stops, grid, growth, stops, usual_resolutions
from analyzer.scaling.depth import units as units_of
from analyzer.scaling.tables import DEPTHS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analyzer.facts import Facts
    from analyzer.scaling import Scaled
    from analyzer.scaling.depth import Stage

MOST_NODES = 4000
"""Operators above which recounting the model dozens of times is left to ``onnxlint scale``."""
TRIED = 0.5
"""Resolution at which constants that have the size of the input show."""
MOST_REMADE = 4
"""Constants sized by the input that are named."""
MOVES = 0.005
"""Exponent from which a multiplier changes MACs: below it reads 0.00."""
HEAT = (0.1, 0.25, 0.5, 0.75)
"""Shares of today's MACs at which the colour of a cell changes."""
PUBLISHED: Mapping[str, Mapping[tuple[float, int], float]] = {
    # Howard et al. 2017 (arXiv 1704.04861), tables 6 and 7
    "MobileNetV1": {
        (1.0, 224): 0.706, (0.75, 224): 0.684, (0.5, 224): 0.637, (0.25, 224): 0.506,
        (1.0, 192): 0.691, (1.0, 160): 0.672, (1.0, 128): 0.644,
    },
    # Sandler et al. 2018 (arXiv 1801.04381), table 4
    "MobileNetV2": {(1.0, 224): 0.720, (1.4, 224): 0.747},
}  # fmt: skip
"""Top-1 accuracy on ImageNet by width multiplier and side of the image."""


@record
class Column:
    """One resolution ρ."""

    rho: str
    sides: str
    """Of the input; empty where it has none."""
    params: int | None = None
    """Parameters there, at today's width; null where they are unknown."""
    remade: tuple[str, ...] = ()
    """Constants that are of another shape there, the first few: what is sized by the input."""
    held: int | None = None
    """Bytes of weights, buffers, scales and zero points there, at today's width; null where they
    are unknown."""


@record
class WidthRow:
    """One width α."""

    width: str
    macs: tuple[int | None, ...]
    """By column."""
    params: int | None
    """Parameters at today's resolution."""
    by_kind: tuple[Mapping[str, int], ...] = ()
    """By column: the MACs by kind of layer; empty where they are unknown."""
    published: tuple[float | None, ...] = ()
    """By column: share of ImageNet's validation images that the paper's network classifies right
    (top-1); null for what the paper does not state, and for other networks."""
    shares: tuple[float | None, ...] = ()
    """By column: MACs in proportion to today's."""
    held: int | None = None
    """Bytes of weights, buffers, scales and zero points at today's resolution; null where they are
    unknown."""


@record
class DepthRow:
    """One depth, at today's width."""

    depth: str
    blocks: str
    """Of each stage, such as ``2 + 2 + 3 + 2``."""
    macs: tuple[int | None, ...]
    """By column."""
    params: int | None
    shares: tuple[float | None, ...] = ()
    """By column: MACs in proportion to today's."""
    units: int = 0
    """Layers of transformers, and blocks of other stages."""
    units_today: int = 0
    """The same as the model is."""
    unit: Literal["layers", "blocks"] = "blocks"
    """What those are."""
    held: int | None = None
    """Bytes of weights, buffers, scales and zero points; null where they are unknown, as of what is
    deeper."""


@record
class ExponentRow:
    """How MACs follow one multiplier, where they do."""

    name: str
    exponent: str
    expected: int
    remark: str


@record
class WhatIf:
    """α × ρ and depth, or why there is no such table."""

    reason: str = ""
    """One sentence; empty where the table exists."""
    columns: tuple[Column, ...] = ()
    rows: tuple[WidthRow, ...] = ()
    depths: tuple[DepthRow, ...] = ()
    """Empty where no blocks are repeated."""
    axes: tuple[ExponentRow, ...] = ()
    unknown: tuple[str, ...] = ()
    """Why cells are empty."""
    assumed: tuple[str, ...] = ()
    """What the cells rest on that is not known for sure."""
    budget: int | None = None
    """Most MACs that the configuration allows; null for no budget."""
    stops: Stops | None = None
    """Exact figures of many more sizes; null where some of them are not known for sure."""
    joint: Joint | None = None
    """Exact figures of width, depth and open sizes together; null where they are not known, or
    where there is but one of them."""


def view(facts: Facts) -> WhatIf:
    """The table of the MobileNet paper for this model; equal facts give equal tables."""
    if facts.totals.weighted_layers < 2:
        return WhatIf(
            _("The model has no layers with weights between which there is a width."),
            joint=together(Scaler(facts), None) if len(facts.nodes) <= MOST_NODES else None,
        )
    if len(facts.nodes) > MOST_NODES:
        return WhatIf(
            _(
                "Not computed for more than {n} operators; onnxlint scale does it.",
                n=units.count(MOST_NODES),
            )
        )
    scaler = Scaler(facts)
    resized = len(scaler.sides) > 1  # how long a frame or a recording is, nobody chooses
    resolutions = usual_resolutions(scaler) if resized else [1.0]
    table = grid(scaler, resolutions=resolutions)
    now = table[0][0]
    if now.macs is None:
        return WhatIf(
            _(
                "The model cannot be recounted: {reason}.",
                reason=label(retold(now.reason), widths.NOTE),
            )
        )
    reasons = (
        *(_tied(scaler) if resized else ()),
        *_reasons(point for row in table for point in row),
    )
    columns = _telling(table)
    table = tuple(
        tuple(row[n] for n in columns) for row in table if row is table[0] or _tells(row, table[0])
    )
    depths = _depths(scaler, [resolutions[n] for n in columns], facts.totals.macs)
    if not depths and not any(p.macs not in (None, now.macs) for row in table for p in row):
        return WhatIf(
            _("No other width, depth or input size of the model could be counted."),
            joint=together(scaler, None),
        )
    offered = stops(scaler, sides=resized)
    kinds = {node.id: label(node.kind, widths.TERM) for node in facts.nodes}
    return WhatIf(
        columns=tuple(_column(scaler, point) for point in table[0]),
        rows=tuple(
            WidthRow(
                f"{row[0].width:g}",
                tuple(p.macs for p in row),
                row[0].params,
                tuple(_kinds(kinds, p) for p in row),
                tuple(_published(facts, p) for p in row),
                _shares(row, facts.totals.macs),
                scaler.held_bytes(row[0].width),
            )
            for row in table
        ),
        depths=depths,
        axes=_axes(scaler, resized=resized),
        unknown=reasons,
        assumed=tuple(
            dict.fromkeys(
                label(retold(p.assumed), widths.NOTE) for row in table for p in row if p.assumed
            )
        ),
        stops=_shown(offered),
        joint=together(scaler, offered),
    )


def _tied(scaler: Scaler) -> Iterator[str]:
    """Why there are no other sizes of the input: see ``Scaler.tied``."""
    names = scaler.tied(TRIED) if scaler.sides else ()
    if names:
        shown = ", ".join(label(name, widths.NAME) for name in names[:MOST_REMADE])
        yield _(
            "other sizes of the input, for which {tensors} would have to be computed anew",
            tensors=shown,
        )  # fmt: skip


def _column(scaler: Scaler, point: Scaled) -> Column:
    remade = () if point.macs is None else scaler.sized(point.sides, 1.0).remade
    return Column(
        f"{point.resolution:.3g}",
        units.shape(point.sides) if point.sides else "",
        point.params,
        tuple(label(name, widths.NAME) for name in remade[:MOST_REMADE]),
        None if point.macs is None else scaler.held_bytes(sides=point.sides),
    )


def _telling(table: Sequence[Sequence[Scaled]]) -> list[int]:
    """Columns with a number in them, each size once; the first, which is today's, always."""
    found: dict[tuple[int, ...], int] = {table[0][0].sides: 0}
    for n, point in enumerate(table[0]):
        if any(row[n].macs is not None for row in table):
            found.setdefault(point.sides, n)
    return sorted(found.values())


def _tells(row: Sequence[Scaled], today: Sequence[Scaled]) -> bool:
    """Whether a width has a number, and changes any."""
    changed = any(p.macs != now.macs for p, now in zip(row, today, strict=True))
    return any(p.macs is not None for p in row) and (changed or row[0].params != today[0].params)


def _depths(scaler: Scaler, resolutions: Sequence[float], now: int) -> tuple[DepthRow, ...]:
    """Shallower and deeper networks; none where nothing is repeated."""
    if not scaler.deep:
        return ()
    columns = [[scaler.at(1.0, rho, depth) for depth in DEPTHS] for rho in resolutions]
    found, today = scaler.stages, scaler.repeats(1.0)
    unit = _unit(found)
    return tuple(
        DepthRow(f"{depth:g}", " + ".join(map(str, row[0].repeats)),
                 tuple(p.macs for p in row), row[0].params, _shares(row, now),
                 units_of(found, row[0].repeats), units_of(found, today), unit,
                 scaler.held_bytes(depth=depth))
        for depth, row in zip(DEPTHS, zip(*columns, strict=True), strict=True)
        if row[0].macs is not None and row[0].repeats != today
    )  # fmt: skip


def _unit(found: Sequence[Stage]) -> Literal["layers", "blocks"]:
    return "layers" if all(stage.layered for stage in found) else "blocks"


def _shares(row: Iterable[Scaled], now: int) -> tuple[float | None, ...]:
    return tuple(p.macs / now if p.macs is not None and now else None for p in row)


def _shown(found: Stops | None) -> Stops | None:
    """Stops as a page carries them; none where it could not add them up exactly."""
    if found is None:
        return None
    ends = len(found.widths) - 1, len(found.sides) - 1, len(found.depths) - 1
    if max(found.macs_at(*ends), found.params_at(*ends)) >= SAFE:
        return None
    return replace(found, macs=tuple(_clean(found.macs)), params=tuple(_clean(found.params)),
                   assumed=tuple(label(text, widths.NOTE) for text in found.assumed))  # fmt: skip


def _clean(found: Iterable[Product]) -> Iterator[Product]:
    return (replace(each, kind=label(each.kind, widths.TERM)) for each in found)


def _kinds(kinds: Mapping[str, str], point: Scaled) -> dict[str, int]:
    found: dict[str, int] = {}
    for layer in point.layers if point.macs is not None else ():
        if layer.macs:
            kind = kinds[layer.node]
            found[kind] = found.get(kind, 0) + layer.macs
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _published(facts: Facts, point: Scaled) -> float | None:
    """Accuracy that the paper of this very network states for the point."""
    known = facts.architecture
    if known is None or known.backbone or known.alpha is None or len(set(point.sides)) != 1:
        return None
    table = PUBLISHED.get(known.family, {})
    return table.get((round(known.alpha * point.width, 6), point.sides[0]))


def heat(row: WidthRow | DepthRow, now: int) -> tuple[int, ...]:
    """Level of each cell's colour: MACs in proportion to today's, 0 where they are unknown.

    >>> heat(WidthRow("1", (100, 60, 30, 5, None), 1), 100)
    (5, 4, 3, 1, 0)
    """
    return tuple(
        0 if macs is None or not now else 1 + sum(macs / now > step for step in HEAT)
        for macs in row.macs
    )


def _axes(scaler: Scaler, *, resized: bool) -> tuple[ExponentRow, ...]:
    remarks = {
        "width": _("channels of every layer but the model's inputs and outputs"),
        "resolution": _("sides of the input, and every map with it"),
        "depth": _stages([(s.repeats, block_name(s.kind)) for s in scaler.stages]),
    }
    return tuple(
        ExponentRow(
            term(g.axis),
            units.unknown() if g.exponent is None else f"{g.exponent:.2f}",
            g.expected,
            remarks[g.axis],
        )
        for g in growth(scaler)
        if (resized or g.axis != "resolution") and (g.exponent is None or abs(g.exponent) >= MOVES)
    )


def _stages(stages: list[tuple[int, str]]) -> str:
    """What the depth axis repeats.

    >>> _stages([(1, "separable"), (2, "separable")])
    'separable blocks of each stage, 1 + 2 today'
    >>> _stages([(2, "mlp"), (1, "separable")])
    'blocks of each stage, 2 mlp + 1 separable today'
    """
    kinds = {kind for _, kind in stages}
    one = kinds.pop() if len(kinds) == 1 else ""
    parts = [str(n) if one else f"{n} {kind}" for n, kind in stages[:8]]
    parts += ["…"] if len(stages) > 8 else []
    now = " + ".join(parts)
    if one:
        return _("{kind} blocks of each stage, {now} today", kind=one, now=now)
    return _("blocks of each stage, {now} today", now=now)


def _reasons(points: Iterable[Scaled]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(label(retold(p.reason), widths.NOTE) for p in points if p.macs is None)
    )[:3]
