"""What other tools would print for the same model, and why it is not our number.

"The FLOPs of ResNet-50" are 3.9, 4.1, 4.12 or 8.2 billion, depending on who counts. Each
convention here is our own count re-weighed as a tool's source code weighs it (``schemes``). The
tools look at Python modules, this looks at the exported graph; where that loses what they see,
``exact`` is false and ``reason`` says what is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.costs.schemes import RECURRENT, SCHEMES, Per
from analyzer.dataclass import dataclass
from analyzer.graph.adjacency import call_of, vertex
from analyzer.graph.call import Unknown
from analyzer.operators import find
from analyzer.operators.declared import attached, declaring
from analyzer.operators.record import Kind, Nature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.costs.schemes import Scheme
    from analyzer.digraph import Digraph
    from analyzer.facts import Facts, Node
    from analyzer.graph.call import Call

PRODUCTS = frozenset({"Conv", "ConvTranspose", "Einsum", "Gemm", "MatMul", *RECURRENT})
"""Operators of ai.onnx that are one operator of PyTorch too."""
FACTORS = (Kind.WEIGHT, Kind.DATA)
"""What a product multiplies."""


@dataclass(frozen=True, slots=True)
class Convention:
    """One way to count, applied to one model."""

    name: str
    """Tool or paper."""
    unit: str
    """What it calls its number."""
    count: int | None
    """Its total for one inference; ``None`` if nothing it counts is known."""
    exact: bool
    """True when the tool prints exactly this for the network that the file holds."""
    counts: str
    """What is included, one line."""
    differs: str
    """Why it differs from our MACs, one line."""
    source: str
    """Where the rule comes from."""
    complete: bool = True
    """False when something it counts has unknown size; ``count`` is then a lower bound."""
    reason: str = ""
    """Why it is not exact; empty otherwise."""


def conventions(facts: Facts) -> tuple[Convention, ...]:
    """The model's total under each convention, ours first.

    Parameters
    ----------
    facts : with its graph; totals include bodies and functions as often as they run.
    """
    with declaring(attached(facts.graph)):
        seen = _View(facts)
        return (
            _ours(facts, "onnxlint MACs", "MACs", facts.totals.macs, "every product, attention and "
                  "recurrence included", "—"),
            _ours(facts, "onnxlint FLOPs", "FLOPs", facts.totals.flops, "2 per MAC, plus bias, "
                  "normalisation, activation, pooling and other arithmetic", "a MAC is two FLOPs"),
            _paper(facts, seen),
            *(_apply(scheme, facts, seen) for scheme in SCHEMES),
        )  # fmt: skip


class _View:
    """What several conventions ask of the graph, found once."""

    def __init__(self, facts: Facts) -> None:
        graph = self.graph = facts.graph
        self.nodes = [n for n in facts.nodes if n.counted and not n.composite and n.id in graph]
        self.operators = {n.op_type for n in self.nodes if not n.domain}
        attention = {i for b in facts.blocks if b.kind == "attention" for i in b.nodes}
        self.attention = {
            n.id
            for n in self.nodes
            if (n.id in attention and _mixes_positions(n, vertex(graph, n.id).constants))
            or _is_bare_attention(n)
        }
        self.bias = {n.id for n in self.nodes if n.op_type == "Add" and _biases(graph, n.id)}
        self.silu = {n.id for n in self.nodes if n.op_type == "Sigmoid" and _gates(graph, n.id)}


def _mixes_positions(node: Node, constants: frozenset[int]) -> bool:
    """True for the softmax and the products without weights of an attention block."""
    return node.op_type == "Softmax" or bool(node.macs and not constants)


def _biases(graph: Digraph[str], add: str) -> bool:
    """True for the Add of a constant to the product with a constant: a linear layer's bias."""
    makers = [vertex(graph, maker) for maker in graph.predecessors(add)]
    return bool(vertex(graph, add).constants) and any(
        maker.call.op_type == "MatMul" and maker.constants for maker in makers
    )


def _gates(graph: Digraph[str], sigmoid: str) -> bool:
    """True for the sigmoid of ``x · sigmoid(x)``."""
    own = call_of(graph, sigmoid).input(0)
    users = [call_of(graph, user) for user in graph.successors(sigmoid)]
    return own is not None and any(
        user.op_type == "Mul" and own.name in [t.name for t in user.inputs if t is not None]
        for user in users
    )


def _ours(facts: Facts, name: str, unit: str, count: int, counts: str, differs: str) -> Convention:
    complete, reason = facts.totals.complete, _doubt(facts)
    if unit == "FLOPs" and not reason and facts.totals.flops_range != (count, count):
        complete = facts.totals.flops_complete
        reason = "which bodies run depends on data" if complete else "not all FLOPs are known"
    return Convention(
        name, unit, count if complete or count else None, not reason, counts, differs,
        "docs/operators.md", complete, reason,
    )  # fmt: skip


def _doubt(facts: Facts) -> str:
    """Why a sum over the whole model is not exact: something is missing, or data decide it."""
    totals = facts.totals
    low, high = totals.macs_range
    return totals.reason if not totals.complete or low != high else ""


def _paper(facts: Facts, seen: _View) -> Convention:
    """Howard et al. count the layers that hold weights: convolutions and fully connected."""
    layers = [n for n in seen.nodes if _weighted(n, vertex(seen.graph, n.id).constants)]
    complete = all(n.macs is not None for n in layers)
    complete &= facts.totals.complete or facts.totals.unknown_nodes > 0
    reason = "" if complete and facts.totals.unknown_nodes else _doubt(facts)
    return Convention(
        "MobileNet paper",
        "mult-adds",
        sum((n.macs or 0) * n.counted for n in layers),
        not reason,
        "MACs of convolutions and fully connected layers",
        "products of two activations (attention) and recurrent layers are left out",
        "Howard et al. 2017 (arXiv 1704.04861), section 3",
        complete,
        reason,
    )


def _weighted(node: Node, constants: frozenset[int]) -> bool:
    record = find(node.domain, node.op_type)
    if record is None or not record.is_weighted or record.nature is Nature.RECURRENT:
        return False
    if record.nature is Nature.CONVOLUTION:
        return True
    read = (record.operand(slot) for slot in constants)
    return any(operand is not None and operand.kind in FACTORS for operand in read)


def _is_bare_attention(node: Node) -> bool:
    """Fused attention without its projections."""
    record = find(node.domain, node.op_type)
    return record is not None and record.nature is Nature.ATTENTION and not record.is_weighted


def _apply(scheme: Scheme, facts: Facts, seen: _View) -> Convention:
    total, complete = 0, facts.totals.complete
    for node in seen.nodes:
        amount = _amount(scheme, node, seen)
        if amount is None:
            complete = False
        else:
            total += amount * node.counted
    reasons = tuple(dict.fromkeys(_doubts(scheme, seen)))
    if not complete and (facts.totals.complete or facts.totals.unknown_nodes):
        reasons = ("operators of unknown cost are missing", *reasons)
    elif doubt := _doubt(facts):
        reasons = (doubt, *reasons)
    return Convention(
        scheme.name, scheme.unit, total if complete or total else None, not reasons,
        scheme.counts, scheme.differs, scheme.source, complete, "; ".join(reasons),
    )  # fmt: skip


def _amount(scheme: Scheme, node: Node, seen: _View) -> int | None:
    """What ``scheme`` counts for one execution; ``None`` if a size it needs is unknown."""
    if node.id in seen.attention and "attention" in scheme.skips:
        return 0
    if node.op_type in scheme.skips:
        return 0
    if node.macs is None:
        return None
    products = scheme.per_mac * node.macs
    if node.domain or (node.id in seen.attention and scheme.attention):
        return products
    weight = scheme.table.get(_key(scheme, node, seen))
    if weight is None:
        return products
    call = call_of(seen.graph, node.id)
    try:
        more = _more(weight, call, node) if isinstance(weight, Per) else weight(call, node.cost)
    except (Unknown, IndexError, KeyError, TypeError):  # a node that lacks what its kind demands
        return None
    return products + more


def _key(scheme: Scheme, node: Node, seen: _View) -> str:
    """Row of the scheme's table: the operator, or what its neighbours make of it."""
    if node.id in seen.silu and "SiLU" in scheme.table:
        return "SiLU"
    if node.id in seen.bias and "LinearBias" in scheme.table:
        return "LinearBias"
    return node.op_type


def _more(weight: Per, call: Call, node: Node) -> int:
    more = weight.x * call.size(0) if weight.x else 0
    each = weight.y + (weight.bias if call.input(2) is not None else 0)
    if each:
        more += each * call.out_size()
    if weight.flops:
        if node.flops is None:
            raise Unknown(node.cost.reason)
        more += weight.flops * node.flops
    return more


def _doubts(scheme: Scheme, seen: _View) -> Iterator[str]:
    """Why the tool may print something else for the network this file was made from."""
    for operator, reason in sorted(scheme.unsure.items()):
        if operator in seen.operators:
            yield reason
    fused = {n.op_type for n in seen.nodes if n.macs and (n.domain or n.op_type not in PRODUCTS)}
    if fused:
        yield f"{', '.join(sorted(fused)[:3])} count as the products they contain"
    if scheme.attention and seen.attention:
        yield scheme.attention
    if scheme.reads_onnx:
        return
    if "BatchNormalization" in scheme.table and any(_may_hide(seen, n) for n in seen.nodes):
        yield "BatchNorm that the exporter folded into convolutions is no longer there to count"
    if "LayerNormalization" in scheme.table and {"ReduceMean", "Sqrt"} <= seen.operators:
        yield "normalisation spelled out in primitive operators is not recognised"


def _may_hide(seen: _View, node: Node) -> bool:
    """A convolution with a bias, over more than one position, may have absorbed a BatchNorm."""
    return (
        node.op_type == "Conv"
        and call_of(seen.graph, node.id).input(2) is not None
        and node.conv is not None
        and any(side != 1 for side in node.conv.out_spatial)
    )
