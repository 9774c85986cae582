"""``inspect --explain``: how the numbers of one operator came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.errors import ConfigError
from analyzer.report.sanitise import clean, label
from analyzer.units import UNKNOWN, count, percent, shape, si, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts, Node


def explain_operator(facts: Facts, word: str) -> bytes:
    """Text about every operator whose id, name or first output is ``word``.

    Raises
    ------
    ConfigError
        There is none; the message proposes what is spelt alike.
    """
    chosen = [n for n in facts.nodes if word in (n.id, n.name)]
    chosen = chosen or [n for n in facts.nodes if n.outputs and n.outputs[0].name == word]
    if not chosen:
        from analyzer.ruleset.fields import did_you_mean

        words = [w for n in facts.nodes[:20_000] for w in (n.id, n.name) if w]
        hint = did_you_mean(word, words) or "; onnxlint inspect lists them"
        raise ConfigError(f"there is no operator {word[:80]!r}{hint}")
    blocks = {node: block.kind for block in facts.blocks for node in block.nodes}
    parts = ("".join(_lines(node, blocks.get(node.id, "none"))) for node in chosen)
    return "\n".join(parts).encode()


def _lines(node: Node, block: str) -> Iterator[str]:
    yield f"{label(node.name or node.id)}: {label(node.op_type)}\n"
    for title, text in _rows(node, block):
        if text:
            yield f"  {title:<14}{clean(text)}\n"


def _rows(node: Node, block: str) -> Iterator[tuple[str, str]]:
    cost, conv, saving = node.cost, node.conv, node.saving
    yield "id", label(node.id)
    yield "operators of", label(node.domain) or "ai.onnx"
    yield "inside", label(node.scope)
    yield "inputs", ", ".join(label(name) or "omitted" for name in node.inputs)
    yield (
        "outputs",
        ", ".join(
            f"{label(t.name)} {t.dtype or UNKNOWN} {shape(t.shape)}" for t in node.outputs if t.name
        ),
    )
    yield "tags", ", ".join(node.tags)
    yield "block", block
    yield "MACs", f"{count(cost.macs)}  {cost.certainty}"
    yield "formula", cost.formula
    yield "with numbers", cost.substitution
    yield "source", cost.source
    yield "because", cost.reason
    yield "FLOPs", count(cost.flops)
    yield "parameters", count(node.params)
    yield "executions", count(node.executions)
    yield "reads", size(node.read_bytes)
    yield "writes", size(node.write_bytes)
    if conv is not None:
        yield (
            "convolution",
            (
                f"{conv.kind}, D_K {conv.kernel}, M {conv.in_channels}, N {conv.out_channels}, "
                f"groups {conv.groups}, D_F {shape(conv.in_spatial)}, D_G {shape(conv.out_spatial)}"
            ),
        )
    if saving is not None:
        yield (
            "separable",
            (
                f"{si(saving.macs_after, 'MAC')} instead of {si(saving.macs_now, 'MAC')}, "
                f"{percent(saving.ratio)}; 1/N + 1/D_K² = {percent(saving.theory_ratio)}"
            ),
        )
