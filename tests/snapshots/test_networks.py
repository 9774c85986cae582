"""What published networks are made of and what they cost at other sizes, compared with a file.

`make snapshots` rewrites it. What the papers say stands in the tests of patterns and scaling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from analyzer.facts import Facts
from analyzer.scaling import Scaler
from tests.patterns.builders import Net, facts
from tests.patterns.mobile_nets import ghostnet, mobilenet_v3_large, shufflenet_v2
from tests.patterns.other_nets import convnext_tiny, gpt, token_net
from tests.snapshots.test_snapshots import compare

IMAGES: tuple[Callable[[Net], str], ...] = (
    convnext_tiny, ghostnet, mobilenet_v3_large, shufflenet_v2,
)  # fmt: skip
SIZES = ((0.5, 1, 1), (1.4, 1, 1), (1, 0.5, 1), (1, 1, 0.5), (1, 1, 2), (1.2, 1.3, 1.5))
"""Multipliers of width, resolution and depth."""


def _networks() -> Iterator[tuple[str, Facts]]:
    for make in IMAGES:
        net = Net()
        yield make.__name__, facts(net.model(make(net)))
    net = token_net()
    yield "gpt", facts(net.model(gpt(net, gated=True)))


def _lines(name: str, found: Facts) -> Iterator[str]:
    totals, separable = found.totals, found.separable
    yield f"{name}: {found.architecture.detail if found.architecture else 'not known'}"
    yield f"  MACs {totals.macs}, FLOPs {totals.flops}, parameters {totals.params}"
    yield f"  peak {found.memory.peak_bytes}, by kind {totals.macs_by_kind}"
    yield (
        f"  separable {separable}"
        if not separable.candidates
        else (f"  candidates {len(separable.candidates)}")
    )
    for block, times in Counter(f"{b.kind} {b.detail}" for b in found.blocks).items():
        yield f"  {times} x {block}"
    scaler = Scaler(found)
    for width, resolution, depth in SIZES:
        at = scaler.at(width, resolution, depth)
        yield (
            f"  width {width}, resolution {resolution}, depth {depth}: MACs {at.macs}, FLOPs "
            f"{at.flops}, parameters {at.params}, sides {at.sides}, repeats {at.repeats} "
            f"{at.reason}{at.assumed}"
        ).rstrip()


def test_networks_are_their_snapshot() -> None:
    lines = [line for name, found in _networks() for line in _lines(name, found)]
    compare("networks.scaled", "\n".join(lines) + "\n")
