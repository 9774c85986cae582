"""All that is known of a model in a few lines, without what is empty, exact or told elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.facts import Facts, Tensor

ELSEWHERE = frozenset({
    "at_node", "complete", "domain", "executions_range", "flops_complete", "flops_formula",
    "flops_substitution", "formula", "held", "id", "inputs", "intensity", "macs_by_arithmetic",
    "macs_by_precision", "model", "name", "nodes", "op_type", "opsets", "outputs", "schema",
    "scope", "source", "stored_bytes", "substitution", "timeline", "tool",
})  # fmt: skip
"""Derived, or of no interest: formulas have a snapshot of their own."""


def known(facts: Facts) -> Iterator[str]:
    """Lines about the whole, then about each operator, then what could go."""
    shown = facts.to_dict()
    for name, value in shown.items():
        if name not in ELSEWHERE and (text := brief(value)):
            yield f"{name} {text}"
    for node, record in zip(facts.nodes, shown["nodes"], strict=True):
        made = " ".join(map(_tensor, node.outputs))
        yield f"{node.op_type} {made} {brief(record)[1:-1]}".rstrip()
    for each in facts.structure.surplus:
        numbers = (each.operators, each.result_bytes, each.operand_bytes, each.growth_bytes)
        yield f"surplus {each.kind} {each.place} {each.by or '-'} {numbers} {each.why}"


def brief(value: Any) -> str:
    """A part of the output without what says nothing; numbers to the digits all processors share.

    >>> brief({"macs": 4, "flops": 0, "shape": [2, None], "range": [3, 3], "at": {"x": 0.123456}})
    '{macs:4 shape:[2,None] at:{x:0.12346}}'
    """
    if isinstance(value, dict):
        parts = [
            f"{name}:{text}"
            for name, each in value.items()
            if name not in ELSEWHERE - {"name"}
            and not _is_single(name, each)
            and (text := brief(each))
        ]
        return "{" + " ".join(parts) + "}" if parts else ""
    if isinstance(value, list):
        return "[" + ",".join(brief(each) or str(each) for each in value) + "]" if value else ""
    if isinstance(value, float):
        return f"{value:.5g}"
    return "" if value in (None, "", 0, "exact") else str(value)


def _is_single(name: str, value: Any) -> bool:
    """Whether it is a range of one number."""
    return "range" in name and isinstance(value, list) and len(value) == 2 and value[0] == value[1]


def _tensor(tensor: Tensor) -> str:
    shape = tensor.shape
    sides = "?" if shape is None else "×".join("?" if s is None else str(s) for s in shape)
    return f"{tensor.dtype or '?'}:{sides}"
