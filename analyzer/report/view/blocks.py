"""Blocks: each of them, and each kind added up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.language import _, term
from analyzer.report.view.elsewhere import SharedWeights
from analyzer.report.view.layers import elsewhere
from analyzer.report.view.summary import KindRow, block_name
from analyzer.restore import record
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.facts import Block, Facts


ALONE = 0.995
"""Share of the MACs from which on a kind of layer leaves nothing to show of the others."""


@record
class BlockRow:
    """Blocks that are alike."""

    kind: str
    nodes: tuple[str, ...]
    """Id of the first operator of each."""
    detail: str
    macs: int | None
    """Of one of them."""
    params: int
    count: int
    """How many there are, one in a function at each call."""


@record
class BlockKind:
    """Blocks of one kind added up."""

    kind: str
    count: int
    macs: int | None
    share: float | None
    params: int


def kinds(facts: Facts) -> tuple[BlockKind, ...]:
    """Kinds of blocks in order of the MACs they do."""
    found: dict[str, list[Block]] = {}
    counts = Counter[str]()
    for block, count in zip(facts.blocks, calls(facts), strict=True):
        found.setdefault(block.kind, []).append(block)
        counts[block.kind] += count
    rows, whole = [], facts.totals.whole
    for kind, blocks in found.items():
        macs = [block.macs for block in blocks]
        total = None if None in macs else sum(m for m in macs if m is not None)
        share = total / whole if total is not None and whole else None
        rows.append(
            BlockKind(block_name(kind), counts[kind], total, share, sum(b.params for b in blocks))
        )
    return tuple(sorted(rows, key=lambda row: (-(row.macs or 0), row.kind)))


def by_block(shares: Sequence[KindRow], blocks: Sequence[BlockKind]) -> tuple[KindRow, ...]:
    """MACs by kind of block, where one kind of layer does nearly all; empty where none does, or
    where blocks do not tell either."""
    main = max(shares, key=lambda row: row.macs_share or 0.0, default=None)
    known = [row for row in blocks if row.share and row.macs is not None]
    rest = 1 - sum(row.share or 0 for row in known)
    if main is None or (main.macs_share or 0.0) < ALONE or not known or rest < 0:
        return ()
    parts = [(row.kind, row.share or 0.0) for row in known]
    if rest:
        parts.append((_("in no block"), rest))
    return tuple(KindRow(name, main.color, None, share, 0, 0.0) for name, share in parts)


def rows(facts: Facts) -> tuple[BlockRow, ...]:
    """Every block, those that are alike in one row, in the order in which they first come."""
    found: dict[tuple[str, str, int | None, int], list[tuple[str, int]]] = {}
    shared = SharedWeights(facts)
    for block, count in zip(facts.blocks, calls(facts), strict=True):
        macs = None if block.macs is None else block.macs // count
        others = shared.elsewhere(frozenset(block.nodes))
        detail = ", ".join(filter(None, (describe(block.detail), elsewhere(others) if others
                                         else "")))  # fmt: skip
        key = (block_name(block.kind), detail, macs, block.params)
        found.setdefault(key, []).append((block.nodes[0], count))
    return tuple(
        BlockRow(kind, tuple(node for node, _n in same), detail, macs, params,
                 sum(count for _n, count in same))
        for (kind, detail, macs, params), same in found.items()
    )  # fmt: skip


def calls(facts: Facts) -> list[int]:
    """How often a run has each block: at each call of a function that holds it. A loop's body is
    one, however often it runs."""
    made = [node for node in facts.nodes if node.composite]
    loops = any(not node.domain and node.op_type != "If" for node in made)
    if loops or not any(node.domain for node in made):
        return [1] * len(facts.blocks)
    return [max(1, facts[block.nodes[0]].counted) for block in facts.blocks]


def describe(detail: Mapping[str, int | str | bool]) -> str:
    """``32 → 64 channels, kernel 3×3``: what a reader compares; false, 0 and 1 go unsaid."""
    rest = dict(detail)
    first, last = rest.pop("in_channels", None), rest.pop("out_channels", None)
    parts = []
    if first is not None and last is not None:
        parts.append(_("{first} → {last} channels", first=first, last=last))
    for key, value in rest.items():
        word = term(key.replace("_", " "))
        if value is True:
            parts.append(word)
        elif value and not (value == 1 and key in ("stride", "groups", "dilation")):
            parts.append(f"{word} {label(str(value), widths.NAME)}")
    return ", ".join(parts)
