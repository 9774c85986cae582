"""What a box is called, and what tells it from others of its title."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.language import _
from analyzer.report.drawing.branches import branch_words
from analyzer.report.drawing.parts import DrawnPart, main_node, telling
from analyzer.report.view.kinds import counted_macs
from analyzer.report.view.layers import shape_of
from analyzer.report.view.summary import block_name
from analyzer.sanitise import label

if TYPE_CHECKING:
    from analyzer.facts import Facts, Node

LETTERS = 28
"""Of a box's title."""


def cost(node: Node) -> int:
    """MACs, those of what it calls included."""
    return (node.macs or 0) * node.counted


def words(facts: Facts, part: DrawnPart) -> tuple[str, str]:
    """Title and detail of one part."""
    node = main_node(facts, part.one)
    if part.branch is not None:
        return branch_words(facts, part.branch, LETTERS)
    if part.block is not None:
        detail = part.block.detail
        ends = (detail.get("in_channels"), detail.get("out_channels"))
        words = [f"{ends[0]} → {ends[1]}"] if None not in ends else []
        if detail.get("heads"):
            words.append(_("{n} heads", n=detail["heads"]))
        if detail.get("stride") not in (None, 1):
            words.append(f"/ {detail['stride']}")
        return block_name(part.block.kind), label(", ".join(map(str, words)), LETTERS)
    if part.module:
        return label(part.module, LETTERS), ""
    return _operator_words(facts, part, node)


def _operator_words(facts: Facts, part: DrawnPart, node: Node) -> tuple[str, str]:
    if counted_macs(node) and (node.conv is not None or not node.composite):
        title, _ = shape_of(node)
        head, _, tail = title.rpartition(" ") if " → " not in title else _ends(title)
        return label(head or tail, LETTERS), label(tail if head else "", LETTERS)
    others = [facts[each] for each in part.one if each != node.id]
    most = max(map(telling, others), default=0)
    counts = Counter(each.op_type for each in others if telling(each) == most)
    more = ", ".join(label(name, LETTERS - 8) for name, _ in counts.most_common(1))
    return fitting_name(node), f"+ {more}" if more else ""


def _ends(title: str) -> tuple[str, str, str]:
    head, arrow, tail = title.partition(" → ")
    kind, _, first = head.rpartition(" ")
    return kind, arrow, f"{first} → {tail}"


def fitting_name(node: Node) -> str:
    """The full name, without the domain where both together are too long for a box."""
    full = full_name(node)
    return full if len(full) <= LETTERS else label(node.op_type, LETTERS)


def full_name(node: Node) -> str:
    """The operator's type, with its domain where that is not one of ONNX's."""
    known = node.domain in ("", "ai.onnx", "ai.onnx.ml")
    return node.op_type if known else f"{node.domain}.{node.op_type}"
