"""What the model is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.report.claims.record import Claim
from analyzer.report.view.blocks import calls
from analyzer.report.view.kinds import color_of

if TYPE_CHECKING:
    from analyzer.facts import Conv, Facts, Tensor
    from analyzer.report.result import Result

NAMED = 3
"""Inputs that are named, and outputs."""
BRANCHES = ("then_branch", "else_branch")


def network(result: Result) -> Claim:
    """The kind of network, its layers and blocks, its first convolution, its inputs and outputs."""
    facts = result.facts
    counts = Counter[str]()
    for block, times in zip(facts.blocks, calls(facts), strict=True):
        counts[block.kind] += times
    kinds = counts.most_common(2)
    function, times = _called(facts)
    inside = facts.learned
    first = _first_convolution(facts)
    recurrent = recurrent_cells(facts)
    return Claim(
        "network",
        {
            "family": family(facts),
            "layers": facts.totals.weighted_layers,
            "recurrent": tuple(recurrent),
            "recurrent_counts": tuple(recurrent.values()),
            "branching": is_branching(facts),
            "function": function,
            "calls": times,
            "trees": inside.trees,
            "coefficients": inside.coefficients,
            "operators_inside": inside.operators,
            "blocks": tuple(kind for kind, _ in kinds),
            "block_counts": tuple(count for _, count in kinds),
            "first_convolution": first.kind if first else None,
            "first_transposed": bool(first and first.transposed),
            "first_kernel": first.kernel if first else None,
            "first_strides": first.strides if first else (),
            "inputs": tuple(tensor.name for tensor in facts.inputs[:NAMED]),
            "shapes": tuple(_spell(tensor) for tensor in facts.inputs[:NAMED]),
            "inputs_in_all": len(facts.inputs),
            "outputs": tuple(tensor.name for tensor in facts.outputs[:NAMED]),
            "output_shapes": tuple(_spell(tensor) for tensor in facts.outputs[:NAMED]),
            "outputs_in_all": len(facts.outputs),
        },
        ("totals.weighted_layers", "totals.macs_by_kind", "blocks", "nodes", "inputs", "outputs"),
    )


def recurrent_cells(facts: Facts) -> Counter[str]:
    """Recurrent operators that are counted, by name; each once, however often its body runs."""
    return Counter(
        node.op_type
        for node in facts.nodes
        if node.counted and not node.composite and color_of(node.op_type) == "recurrent"
    )


def is_branching(facts: Facts) -> bool:
    """Whether data decide between branches, one of which has layers: a run has not all of them."""
    return any(
        node.scope.rpartition(".")[2] in BRANCHES
        and node.executions_range[0] == 0
        and node.executions_range[1] != 0
        and (node.conv is not None or node.params > 0)
        for node in facts.nodes
    )


def _called(facts: Facts) -> tuple[str | None, int]:
    """The function of the file with layers in it that a run calls most often, and how often that
    is; none that is called but once."""
    found = Counter[tuple[str, str]]()
    for node in facts.nodes:
        if node.composite and node.domain:
            found[node.domain, node.op_type] += node.counted
    if not found:
        return None, 0
    # Another instance of a function, with other shapes, has a number behind its name.
    laid = {
        node.scope.partition("#")[0] for node in facts.nodes if node.macs and not node.composite
    }
    held = Counter({key: n for key, n in found.items() if n > 1 and ".".join(key) in laid})
    (key, count), *_ = held.most_common(1) or [(("", ""), 0)]
    return (".".join(key) if count else None), count


def _first_convolution(facts: Facts) -> Conv | None:
    """Of a branch that is never taken only where nothing else convolves; ``None``, too, where data
    decide between branches that begin with different ones."""
    found = [node for node in facts.nodes if node.conv is not None]
    # Which branch is counted may change with a loop elsewhere: what may run has run.
    leading = min(found, key=lambda node: node.executions_range[1] == 0, default=None)
    if leading is None or leading.conv is None:
        return None
    around, label = leading.scope.rpartition(".")[::2]
    if label not in BRANCHES:
        return leading.conv
    heads: dict[str, Conv] = {}
    for node in found:
        if node.conv is not None and node.executions_range[1] != 0:
            heads.setdefault(node.scope, node.conv)
    beside = (heads.get(f"{around}.{branch}", leading.conv) for branch in BRANCHES)
    return leading.conv if len({_form(conv) for conv in beside}) == 1 else None


def _form(conv: Conv) -> tuple[object, ...]:
    return conv.kind, conv.transposed, conv.kernel, conv.strides


def _spell(tensor: Tensor) -> str | None:
    """Its shape, or of what is no tensor the type; ``None`` where that is unknown."""
    shape = tensor.shape
    if tensor.is_plain is False:
        return tensor.dtype
    return None if shape is None else "×".join("?" if d is None else str(d) for d in shape)


def family(facts: Facts) -> str:
    """What does more than half of the multiply-accumulates; ``graph`` where there are none, and
    ``mixed`` where one loop does it: what repeats may be a recurrent cell, whatever it is made of.
    """
    by: Counter[str] = Counter()
    for kind, macs in facts.totals.macs_by_kind.items():
        color = color_of(kind)
        by["products" if color in ("dense", "attention") else color] += macs
    convolutions = by.total() - by["products"] - by["recurrent"] - by["other"]
    half = by.total() // 2
    if not by.total():
        return "graph"
    loops = (n for n in facts.nodes if n.op_type in ("Loop", "Scan") and n.composite)
    if any((loop.macs or 0) * loop.counted > half for loop in loops):
        return "mixed"
    if convolutions > half:
        return "convolutional"
    if by["recurrent"] > half:
        return "recurrent"
    if by["products"] > half:
        attends = any(block.kind == "attention" for block in facts.blocks)
        return "transformer" if attends else "products"
    return "mixed"


def architecture(result: Result) -> Claim:
    """The published architecture that it is, if it is one."""
    known = result.facts.architecture
    return Claim("architecture", {"detail": known.detail if known else None}, ("architecture",))


def provenance(result: Result) -> Claim:
    model = result.facts.model
    imports = sorted(model.opsets.items())
    return Claim(
        "provenance",
        {
            "producer": model.producer,
            "domains": tuple(domain for domain, _ in imports),
            "versions": tuple(version for _, version in imports),
        },
        ("model.producer", "model.opsets"),
    )
