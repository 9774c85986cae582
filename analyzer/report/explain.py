"""One operator in full: where its numbers come from, term by term."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.errors import ConfigError
from analyzer.graph.adjacency import call_of
from analyzer.report.columns import columns
from analyzer.report.style import Style
from analyzer.report.view.layers import spread
from analyzer.sanitise import clean, label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Conv, Facts, Node, Saving, Tensor
    from analyzer.graph.call import Call

WIDTH = 14
"""Columns of a line's title."""
SPELLED = 20_000
"""Operators whose names are compared with a misspelt one."""


def find_nodes(facts: Facts, key: str) -> tuple[Node, ...]:
    """Operators whose id, else whose name, else one of whose outputs is ``key``.

    Raises
    ------
    ConfigError
        There is none; the message proposes what is spelt alike.
    """
    by_id = [n for n in facts.nodes if n.id == key]
    by_name = [n for n in facts.nodes if n.name == key]
    by_output = [n for n in facts.nodes if any(t.name == key for t in n.outputs)]
    found = by_id or by_name or by_output
    if not found:
        from analyzer.ruleset.fields import did_you_mean

        words = {w for n in facts.nodes[:SPELLED] for w in (n.id, n.name) if w}
        hint = did_you_mean(key, words) or "; onnxlint inspect lists them"
        raise ConfigError(f"there is no operator {label(key)!r}{clean(hint)}")
    return tuple(found)


def explain_node(facts: Facts, key: str) -> str:
    """Everything known about the operator ``key`` (id, name or output), ready to print.

    Several operators of that name are listed instead, with the ids that tell them apart.

    Raises
    ------
    ConfigError
        There is none.
    """
    found = find_nodes(facts, key)
    if len(found) > 1:
        return _listed(found, key)
    node = found[0]
    call: Call | None = call_of(facts.graph, node.id) if node.id in facts.graph else None
    block = next((b.kind for b in facts.blocks if node.id in b.nodes), "")
    lines = [label(node.name or node.id)]
    for title, text in (*_identity(node, call, block), *_numbers(node)):
        if text:
            lines.append(f"  {title:<{WIDTH}}{text}")
    return "\n".join(lines) + "\n"


def _listed(found: tuple[Node, ...], key: str) -> str:
    rows = [(label(n.id), label(n.op_type), label(n.scope) or "main graph") for n in found]
    table = columns(("id", "operator", "inside"), rows, Style(), {0, 1, 2})
    head = f"{len(found)} operators are called {label(key)}; ask for one by its id:"
    return "\n".join((head, *(f"  {line}" for line in table))) + "\n"


def _identity(node: Node, call: Call | None, block: str) -> Iterator[tuple[str, str]]:
    domain = f" of {label(node.domain)}" if node.domain else ""
    yield "operator", label(node.op_type) + domain
    yield "id", label(node.id)
    yield "inside", label(node.scope) or "main graph"
    yield "tags", ", ".join(node.tags)
    yield "block", block
    if call is None:
        yield "inputs", ", ".join(label(name) or "omitted" for name in node.inputs)
    else:
        for index, tensor in enumerate(call.inputs):
            yield f"input {index}", "omitted" if tensor is None else _tensor(tensor)
    for index, tensor in enumerate(node.outputs):
        yield f"output {index}", _tensor(tensor)


def _tensor(tensor: Tensor) -> str:
    dtype = tensor.dtype or units.unknown()
    return f"{label(tensor.name)}  {label(dtype)}  {units.form(tensor.dtype, tensor.shape)}"


def _numbers(node: Node) -> Iterator[tuple[str, str]]:
    yield from _cost(node)
    yield "executions", units.span(*node.executions_range)
    if node.executions != 1:
        yield "MACs in all", units.count(node.total_macs)
    yield "precision", node.precision
    yield "source code", node.location
    yield "parameters", units.count(node.params)
    yield "reads", units.size(node.read_bytes)
    yield "writes", units.size(node.write_bytes)
    yield "intensity", units.number(node.intensity, "FLOP/B")
    if node.conv is not None:
        yield from _conv(node.conv)
    if node.saving is not None:
        yield from _saving(node.saving, node.conv.kernel if node.conv else "")


def _cost(node: Node) -> Iterator[tuple[str, str]]:
    cost = node.cost
    yield "formula", clean(cost.formula)
    yield "substitution", clean(cost.substitution)
    yield "MACs", f"{spread(cost.macs, node.macs_range)}  {cost.certainty}"
    yield "because", clean(cost.reason)
    if cost.flops_formula != cost.formula:
        yield "formula", clean(cost.flops_formula)
        yield "substitution", clean(cost.flops_substitution)
    yield "FLOPs", spread(cost.flops, node.flops_range)
    yield "source", clean(cost.source)


def _conv(conv: Conv) -> Iterator[tuple[str, str]]:
    kind = f"transposed {conv.kind}" if conv.transposed else conv.kind
    sides = f"D_K = {conv.kernel}, M = {conv.in_channels}, N = {conv.out_channels}"
    maps = f"D_F = {units.shape(conv.in_spatial)}, D_G = {units.shape(conv.out_spatial)}"
    steps = f"stride {units.shape(conv.strides)}, dilation {units.shape(conv.dilations)}"
    yield "convolution", f"{kind}, {sides}, groups = {conv.groups}"
    yield "feature maps", f"{maps}, {steps}"


def _saving(saving: Saving, kernel: str) -> Iterator[tuple[str, str]]:
    sides = kernel.split("×")
    taps = "D_K²" if len(sides) == 2 and len({*sides}) == 1 else "ΠD_K"
    yield (
        "separable",
        (
            f"{units.count(saving.macs_after)} MACs instead of {units.count(saving.macs_now)}: "
            f"{units.percent(saving.ratio)}, {units.times(saving.factor)} fewer; "
            f"1/N + 1/{taps} = {units.percent(saving.theory_ratio)}"
        ),
    )
    yield (
        "",
        (f"{units.count(saving.params_after)} weights instead of {units.count(saving.params_now)}"),
    )
