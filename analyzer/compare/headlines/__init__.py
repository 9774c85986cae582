"""What a person would say first about two models, the most important first.

Each function looks at one thing, says nothing where it is not so, and names the changes that it
says all about. The order of ``HEADLINES`` is that of their importance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.compare.headlines.channels import classes, pruned, width
from analyzer.compare.headlines.depth import blocks, layers
from analyzer.compare.headlines.exchange import exchanged
from analyzer.compare.headlines.file import describe, versions
from analyzer.compare.headlines.network import other_network
from analyzer.compare.headlines.operators import activations, counted, replaced
from analyzer.compare.headlines.precision import converted, quantised
from analyzer.compare.headlines.rewriting import biases, folded_norms, fused, plumbing
from analyzer.compare.headlines.scene import Scene
from analyzer.compare.headlines.separable import separated
from analyzer.compare.headlines.sides import inputs_and_outputs, moved_outputs, renamed_ends
from analyzer.compare.headlines.stated import settings, sharing, weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from analyzer.compare.match import Matching
    from analyzer.compare.record import Comparison, Headline

HEADLINES: tuple[Callable[[Scene], Iterable[Headline]], ...] = (
    other_network,
    quantised,
    converted,
    separated,
    width,
    blocks,
    layers,
    classes,
    pruned,
    inputs_and_outputs,
    moved_outputs,
    activations,
    fused,
    exchanged,
    weights,
    settings,
    folded_norms,
    biases,
    sharing,
    replaced,
    plumbing,
    counted,
    renamed_ends,
    versions,
    describe,
)


def headlines_of(found: Comparison, matching: Matching) -> tuple[Headline, ...]:
    """Everything that is to be said, in order."""
    scene = Scene(found, matching)
    said: list[Headline] = []
    for look in HEADLINES:
        for headline in look(scene):
            said.append(headline)
            scene.covered.update(headline.covers)
    return tuple(said)
