"""The model at other widths and resolutions, as far as its arithmetic admits them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.restore import record
from analyzer.sanitise import label
from analyzer.scaling import Scaler, grid, growth

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.facts import Facts
    from analyzer.scaling import Scaled

MOST_NODES = 4000
"""Operators above which recounting the model 28 times is left to ``onnxlint scale``."""

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
    """Of the input."""


@record
class WidthRow:
    """One width α."""

    width: str
    macs: tuple[int | None, ...]
    """By column."""
    params: int | None
    """Parameters at today's resolution."""
    published: tuple[float | None, ...] = ()
    """By column: share of ImageNet's validation images that the paper's network classifies right
    (top-1); null for what the paper does not state, and for other networks."""


@record
class ExponentRow:
    """How MACs follow one multiplier."""

    name: str
    exponent: str
    expected: int
    remark: str


@record
class WhatIf:
    """α × ρ, or why there is no such table."""

    reason: str = ""
    """One sentence; empty where the table exists."""
    columns: tuple[Column, ...] = ()
    rows: tuple[WidthRow, ...] = ()
    axes: tuple[ExponentRow, ...] = ()
    unknown: tuple[str, ...] = ()
    """Why cells are empty."""
    assumed: tuple[str, ...] = ()
    """What the cells rest on that is not known for sure."""


def view(facts: Facts) -> WhatIf:
    """The table of the MobileNet paper for this model; equal facts give equal tables."""
    if not any(node.conv for node in facts.nodes):
        return WhatIf("The model has no convolution, so there is no width to multiply.")
    if len(facts.nodes) > MOST_NODES:
        return WhatIf(
            f"Not computed for more than {units.count(MOST_NODES)} operators; "
            "onnxlint scale does it."
        )
    scaler = Scaler(facts)
    if not scaler.sides:
        return WhatIf("No input of the model is known to have spatial sides, as an image has.")
    table = grid(scaler)
    now = table[0][0]
    if now.macs is None:
        return WhatIf(f"The model cannot be recounted: {label(now.reason, 200)}.")
    return WhatIf(
        columns=tuple(Column(f"{p.resolution:.3g}", units.shape(p.sides)) for p in table[0]),
        rows=tuple(
            WidthRow(
                f"{row[0].width:g}",
                tuple(p.macs for p in row),
                row[0].params,
                tuple(_published(facts, p) for p in row),
            )
            for row in table
        ),
        axes=_axes(scaler),
        unknown=_reasons(point for row in table for point in row),
        assumed=tuple(
            dict.fromkeys(label(p.assumed, 200) for row in table for p in row if p.assumed)
        ),
    )


def _published(facts: Facts, point: Scaled) -> float | None:
    """Accuracy that the paper of this very network states for the point."""
    known = facts.architecture
    if known is None or known.alpha is None or len(set(point.sides)) != 1:
        return None
    table = PUBLISHED.get(known.family, {})
    return table.get((round(known.alpha * point.width, 6), point.sides[0]))


def heat(row: WidthRow, now: int) -> tuple[int, ...]:
    """Level of each cell's colour: MACs in proportion to today's, 0 where they are unknown.

    >>> heat(WidthRow("1", (100, 60, 30, 5, None), 1), 100)
    (5, 4, 3, 1, 0)
    """
    return tuple(
        0 if macs is None or not now else 1 + sum(macs / now > step for step in HEAT)
        for macs in row.macs
    )


def _axes(scaler: Scaler) -> tuple[ExponentRow, ...]:
    remarks = {
        "width": "channels of every layer but the model's inputs and outputs",
        "resolution": "sides of the input, and every map with it",
        "depth": _stages([(s.repeats, s.kind.replace("-", " ")) for s in scaler.stages]),
    }
    return tuple(
        ExponentRow(
            g.axis,
            units.UNKNOWN if g.exponent is None else f"{g.exponent:.2f}",
            g.expected,
            remarks[g.axis],
        )
        for g in growth(scaler)
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
    return f"{one} blocks of each stage, {' + '.join(parts)} today".lstrip()


def _reasons(points: Iterable[Scaled]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label(p.reason, 200) for p in points if p.macs is None))[:3]
