"""Convolutions and their separable form: before, after, and what all of them save."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.report.explained.sums import EXACT, added_up, product, weakest
from analyzer.report.view.conversion import plans
from analyzer.report.view.explained import Explained, Summand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Node
    from analyzer.report.page import Page
    from analyzer.report.result import Result
    from analyzer.report.view.conversion import Conversion


def explain(result: Result, page: Page) -> Iterator[Explained]:
    nodes = {node.id: node for node in result.facts.nodes}
    for index, (total, (_what, ids)) in enumerate(
        zip(page.conversion_totals, plans(result), strict=True)
    ):
        place = f"page.conversion_totals[{index}]"
        converted = [nodes[key] for key in ids]
        sure = weakest(converted)
        macs = added_up(((n.saving.macs, "") for n in converted if n.saving), minus=True)
        yield Explained(f"{place}.macs_after", total.macs_after, "left",
                        (Summand(str(total.macs_now)), *macs), *sure)  # fmt: skip
        if total.params_after:
            params = added_up(((n.saved_params, "") for n in converted), minus=True)
            yield Explained(f"{place}.params_after", total.params_after, "left",
                            (Summand(str(total.params_now)), *params), *EXACT)  # fmt: skip
        if total.left is not None:
            share = Summand(f"{total.macs_after} / {total.macs_now}")
            yield Explained(f"{place}.left", total.left, "share.macs", (share,), *sure)
    for index, row in enumerate(page.conversions):
        yield from _row(f"page.conversions[{index}]", row, [nodes[key] for key in row.nodes])


def _row(place: str, row: Conversion, nodes: list[Node]) -> Iterator[Explained]:
    """The paper's equations; ``B`` is what the map is computed for: images and executions."""
    sure, conv = weakest(nodes), nodes[0].conv
    assert conv is not None, "rows are of convolutions"
    taps = conv.kernel_volume
    sides = [side for side in conv.out_spatial if side is not None]
    positions = row.macs_now // (taps * row.m * row.n)
    batch, rest = divmod(positions, prod(sides))
    out = f"{positions}" if rest or not sides else product(batch, "·".join(map(str, sides)))
    kernel = "·".join(map(str, conv.kernel_shape))
    now = f"{out} · {kernel} · {row.m} · {row.n}"
    after = f"{out} · {row.m} · ({kernel} + {row.n})"
    yield Explained(f"{place}.macs_now", row.macs_now, "now", (Summand(now),), *sure)
    yield Explained(f"{place}.macs_after", row.macs_after, "after", (Summand(after),), *sure)
    theory = Summand(f"1/{row.n} + 1/{taps}")
    yield Explained(f"{place}.theory", row.theory, "ratio", (theory,), *EXACT)
    difference = f"({row.macs_now} − {row.macs_after})"
    text = f"{len(nodes)} · {difference}" if len(nodes) > 1 else difference[1:-1]
    yield Explained(f"{place}.saved", row.saved, "saved", (Summand(text),), *sure)
