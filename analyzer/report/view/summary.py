"""The first page's table: work and weights by kind of layer, and whose cost is known."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.language import _, retold, term
from analyzer.operators import find
from analyzer.operators.record import Nature
from analyzer.report.view.kinds import color_of, shaded
from analyzer.restore import record
from analyzer.sanitise import label, widths
from analyzer.smaller.attributes import coefficients

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.facts import Facts, Node


@record
class KindRow:
    """One row of the breakdown by kind of layer."""

    kind: str
    color: str
    macs: int | None
    """``None`` where those of no operator of the kind are known."""
    macs_share: float | None
    """``None`` where the MACs of the model are no single number."""
    params: int
    params_share: float
    coefficients: int = 0
    """Numbers that are in attributes and in no tensor."""
    macs_range: tuple[int, int | None] | None = None
    """Fewest and most MACs where data or what is unknown leave them open; ``None``: ``macs`` it
    is."""


def block_name(kind: str) -> str:
    return term(kind.replace("-", " "))


def shares(facts: Facts) -> tuple[KindRow, ...]:
    """MACs and parameters by kind, largest first; kinds below 0.05 % of both are joined."""
    totals = facts.totals
    macs_sum, ranges = sum(totals.macs_by_kind.values()) or 1, totals.macs_range_by_kind
    params_sum = sum(totals.params_by_kind.values()) or 1
    unknown = {n.kind for n in facts.nodes if n.counted and not n.composite and n.macs is None}
    inside: Counter[str] = Counter()
    for node, count in coefficients(facts).items():
        inside[facts[node].kind] += count
    rows: list[KindRow] = []
    rest_macs = rest_params = 0
    moving = _moving(facts)
    for kind in {**totals.macs_by_kind, **totals.params_by_kind, **ranges}:
        macs, params = totals.macs_by_kind.get(kind, 0), totals.params_by_kind.get(kind, 0)
        low, high = ranges.get(kind, (macs, macs))
        little = low == high and max(macs / macs_sum, params / params_sum) < 0.0005
        if little or len(rows) >= 9:
            rest_macs, rest_params = rest_macs + macs, rest_params + params
            continue
        shown = None if not macs and not low and kind in unknown else macs
        rows.append(
            KindRow(
                label(moving.get(kind) or term(kind), widths.TERM),
                color_of(kind),
                shown,
                None if totals.whole is None else macs / macs_sum,
                params,
                params / params_sum,
                inside[kind],
                None if shown is None or low == high else (low, high),
            )
        )
    if rest_macs or rest_params:
        rows.append(
            KindRow(_("all others"), "other", rest_macs,
                    None if totals.whole is None else rest_macs / macs_sum, rest_params,
                    rest_params / params_sum)
        )  # fmt: skip
    rows.sort(key=_most)
    colors = shaded(row.color for row in rows)
    return tuple(replace(row, color=color) for row, color in zip(rows, colors, strict=True))


def _moving(facts: Facts) -> dict[str, str]:
    """By kind, what the parameters are of operators that compute nothing with them."""
    found: dict[str, str] = {}
    for node in facts.nodes:
        if node.params and node.kind not in found:
            operator = find(node.domain, node.op_type)
            if operator is not None and operator.nature is Nature.MOVEMENT:
                found[node.kind] = _("tensors that {operator} joins or moves",
                                     operator=term(node.kind))  # fmt: skip
    return found


def _most(row: KindRow) -> tuple[int, int, str]:
    high = row.macs_range[1] if row.macs_range else None
    return -max(row.macs or 0, high or 0), -row.params, row.kind


@record
class Missing:
    """Operators of one type whose cost is unknown for one reason."""

    op: str
    count: int
    why: str


@record
class Coverage:
    """How many operators have a known cost, and why the others have not."""

    known: int
    total: int
    missing: tuple[Missing, ...]
    """Most frequent first."""

    @property
    def complete(self) -> bool:
        return self.known == self.total

    @property
    def share(self) -> float:
        return self.known / self.total if self.total else 1.0


def coverage(nodes: Iterable[Node]) -> Coverage:
    """Operators whose MACs are known; those inside a branch that is not counted are left out."""
    judged = [n for n in nodes if n.counted and not n.composite]
    missing = Counter(
        (_qualified(n), label(_cause(n)) or _("no reason given")) for n in judged if n.macs is None
    )
    rows = sorted(missing.items(), key=lambda item: (-item[1], item[0]))
    return Coverage(
        len(judged) - missing.total(),
        len(judged),
        tuple(Missing(op, n, retold(why)) for (op, why), n in rows),
    )


def _cause(node: Node) -> str:
    """Why its cost is unknown, without the names of its operands: one cause is one row."""
    reason = node.cost.reason
    for name in {*node.inputs, *(tensor.name for tensor in node.outputs)} - {""}:
        reason = reason.replace(f" ({name})", "")
    return reason


def opsets(imports: Mapping[str, int]) -> str:
    """``ai.onnx 17, com.microsoft 1``."""
    return ", ".join(f"{label(d) or 'ai.onnx'} {v}" for d, v in sorted(imports.items())) or _(
        "none"
    )


def _qualified(node: Node) -> str:
    domain = f"{node.domain}." if node.domain not in ("", "ai.onnx") else ""
    return label(domain + node.op_type)
