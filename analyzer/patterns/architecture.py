"""Which published network a model is, as far as its structure proves it.

Names in the file play no part. Every family is a table of its paper that the blocks must
match from first to last; a model that matches no table is not recognised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.patterns.families import classic, mobile, transformer
from analyzer.patterns.families.network import Network
from analyzer.shapes.stated import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from analyzer.digraph import Digraph
    from analyzer.facts import Architecture, Assumption, Block, Node, Tensor

FAMILIES: tuple[Callable[[Network], Architecture | None], ...] = (
    mobile.mobilenet_v1,
    mobile.mobilenet_v2,
    mobile.mobilenet_v3,
    mobile.efficientnet,
    mobile.ghostnet,
    mobile.shufflenet,
    classic.resnet,
    classic.vgg,
    classic.densenet,
    classic.squeezenet,
    classic.inception,
    classic.convnext,
    transformer.transformer,
)


def recognise(
    graph: Digraph[str],
    nodes: Mapping[str, Node],
    blocks: tuple[Block, ...],
    inputs: tuple[Tensor, ...],
    running: int | None = None,
    assumptions: Iterable[Assumption] = (),
) -> Architecture | None:
    """The first family whose table the model matches; ``None``: not recognised."""
    network = Network(graph, nodes, blocks, inputs, running, guesses(assumptions))
    return next((found for family in FAMILIES if (found := family(network))), None)


def guesses(assumptions: Iterable[Assumption]) -> frozenset[str]:
    """Inputs with a size beside the batch that neither the file nor anybody states, or one of the
    same name."""
    sizes = [*assumptions]
    guessed = {each.name for each in sizes if each.reason.startswith(DEFAULT)}
    return frozenset(each.input for each in sizes if not each.is_batch and each.name in guessed)
