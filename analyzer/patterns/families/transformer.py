"""ViT, BERT-like encoders and GPT-like decoders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.adjacency import call_of, producer, vertices
from analyzer.operators import record_of
from analyzer.operators.record import Scaling

if TYPE_CHECKING:
    from analyzer.digraph import Digraph
    from analyzer.facts import Architecture, Block
    from analyzer.patterns.families.network import Network

VIT = {(12, 192): "Ti", (12, 384): "S", (12, 768): "B", (24, 1024): "L", (32, 1280): "H"}
"""Size by layers and width, arXiv 2010.11929, table 1, and DeiT, 2012.12877, table 1."""
IN_ORDER = (Scaling.SAME, Scaling.RESHAPE, Scaling.QUANTISE)


def transformer(network: Network) -> Architecture | None:
    """As many attentions as feed-forward parts, all of one width."""
    layers = len(network.of("attention"))
    parts = network.of("mlp")
    widths = {int(part.detail["channels"]) for part in parts}
    if not layers or len(parts) != layers or len(widths) != 1:
        return None
    channels = widths.pop()
    words = (f"{layers} layers", f"width {channels}")
    rows = _vocabulary(network, channels)
    if network.convs:  # beside a vocabulary they are an image model's half of a pair, as in CLIP
        return None if rows else _vit(network, layers, channels)
    if not rows:
        return None
    if _is_post_norm(network, parts):
        return network.architecture("BERT-like encoder", *words)
    if _predicts(network, rows):
        gated = all(part.detail["gated"] for part in parts)
        return network.architecture("Llama-like" if gated else "GPT-like", *words)
    return None


def _vit(network: Network, layers: int, channels: int) -> Architecture | None:
    """One convolution cuts the image into patches that do not overlap."""
    if len(network.convs) != 1:
        return None
    patch = network.convs[0]
    side = max(patch.kernel_shape, default=0)  # a broken model's may have no side
    if patch.out_channels != channels or {patch.kernel_shape, patch.strides} != {(side, side)}:
        return None
    size = VIT.get((layers, channels))
    name = f"ViT-{size}/{side}" if size else "ViT"
    return network.architecture(name, f"{layers} layers", f"width {channels}")


def _vocabulary(network: Network, channels: int) -> set[int]:
    """Rows of the embedding tables: constants as wide as the model, looked up by an input."""
    rows = set()
    for _, record in vertices(network.graph):
        call = record.call
        slots = {"Gather": (0,), "EmbedLayerNormalization": (2, 3, 4)}.get(call.op_type, ())
        for slot in slots:
            table = call.input(slot)
            if table is not None and table.shape is not None and len(table.shape) == 2:
                first, last = table.shape
                indices = slot == 0 and 1 in record.constants
                looked_up = slot in record.constants and not indices
                if looked_up and first is not None and last == channels:
                    rows.add(first)
    return rows


def _is_post_norm(network: Network, parts: list[Block]) -> bool:
    """The residual sum takes what the feed-forward part reads: the normalised value itself."""
    normalised = {
        maker
        for part in parts
        if (fed := producer(network.graph, part.nodes[0]))
        and (maker := _behind_wrappers(network.graph, fed))
    }
    return bool(normalised) and all(
        any(_joins(network.graph, reader) for reader in network.graph.successors(maker))
        for maker in normalised
    )


def _joins(graph: Digraph[str], node: str) -> bool:
    record = record_of(call_of(graph, node))
    return record is not None and record.role == "add"


def _wraps(graph: Digraph[str], node: str) -> bool:
    """Hands on the values of its input in their order."""
    record = record_of(call_of(graph, node))
    return record is not None and record.keeps_role and record.scaling in IN_ORDER


def _behind_wrappers(graph: Digraph[str], node: str) -> str | None:
    """``node`` or the first operator up its data input that is no wrapper, if there is one."""
    seen: set[str] = set()
    here: str | None = node
    while here is not None and _wraps(graph, here):
        if here in seen:
            return None
        seen.add(here)
        here = producer(graph, here)
    return here


def _predicts(network: Network, rows: set[int]) -> bool:
    """The last layer scores every entry of the vocabulary (a language-model head)."""
    last = network.nodes[network.linears[-1]].outputs if network.linears else ()
    shape = (last[0].shape if last else None) or ()
    return not rows.isdisjoint(shape[-1:])
