"""Figures as Netron lists them: of an operator of the file, of a connection, of the model.

Netron shows an operator of a function once, however often it is called. Its figures are those of
one inference: over all calls and runs. Names are short, as Netron's column for them is narrow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer import units
from analyzer.facts import Certainty
from analyzer.report.view.layers import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from analyzer.facts import Facts, Node, Range, Tensor

    Line = tuple[str, str]
    """Name and text."""


def figures(nodes: Sequence[Node], facts: Facts) -> Iterator[Line]:
    """What one operator of the file costs, given its instances: several if it is in a function."""
    # Where a limit kept calls from being looked at, there may be more.
    limited = facts.inconclusive and any(node.scope for node in nodes)
    lower = any(node.cost.certainty is Certainty.LOWER_BOUND for node in nodes)
    least = "at least " if limited or lower else ""
    macs = _over_all(nodes, lambda node: (node.macs, node.macs_range))
    yield "MACs", _spread(macs, least)
    if macs.value != 0:
        whole = facts.totals.macs if facts.totals.complete else None
        share = None if macs.value is None or not whole else macs.value / whole
        yield "share of MACs", units.percent(share)
    flops = _over_all(nodes, lambda node: (node.flops, node.flops_range))
    yield "FLOPs", _spread(flops, least)
    yield "parameters", units.count(sum(node.params for node in nodes))
    yield "bytes read", _spread(_over_all(nodes, lambda node: _exactly(node.read_bytes)), least)
    written = _over_all(nodes, lambda node: _exactly(node.write_bytes))
    yield "bytes written", _spread(written, least)
    runs = _over_all(nodes, lambda node: (1, (1, 1)))
    if runs.value != 1:
        yield "runs", units.span(*runs.ends)
    if runs.value != 1 and macs.value != 0:
        each = dict.fromkeys(spread(node.macs, node.macs_range) for node in nodes)
        yield "MACs of a run", " or ".join(each)


def connection(tensor: Tensor) -> Iterator[Line]:
    """What flows."""
    yield "tensor", f"{tensor.dtype or units.UNKNOWN} {units.form(tensor.dtype, tensor.shape)}"
    yield "bytes", units.count(tensor.bytes)


def totals(facts: Facts) -> Iterator[Line]:
    """What one inference of the model costs, and what it stores."""
    total, parameters = facts.totals, facts.parameters
    yield "MACs", _total(total.macs, total.macs_range, total.complete)
    yield "FLOPs", _total(total.flops, total.flops_range, total.flops_complete)
    least = "at least " if parameters.certainty is Certainty.LOWER_BOUND else ""
    yield "parameters", f"{least}{units.count(total.params)}"  # takes the place of Netron's own
    yield "buffers", units.count(parameters.buffers)
    yield "weight bytes", units.count(total.weight_bytes)
    yield "peak bytes", units.count(total.peak_activation_bytes)


def _total(value: int, ends: tuple[int, int | None], complete: bool) -> str:
    text = spread(value, ends)
    return text if complete or text.startswith("at least") else f"at least {text}"


class _Sum(NamedTuple):
    """A figure over all runs of all instances of an operator."""

    value: int | None
    ends: Range


def _over_all(nodes: Iterable[Node], figure: Callable[[Node], tuple[int | None, Range]]) -> _Sum:
    """Sum of a figure of one run over all runs of all ``nodes``; ``None`` if one is unknown."""
    value: int | None = 0
    low: int = 0
    high: int | None = 0
    for node in nodes:
        each, ends = figure(node)
        part = _times(each, node.executions)
        value = None if value is None or part is None else value + part
        low += ends[0] * node.executions_range[0]
        most = _times(ends[1], node.executions_range[1])
        high = None if high is None or most is None else high + most
    return _Sum(value, (low, high))


def _times(figure: int | None, runs: int | None) -> int | None:
    if 0 in (figure, runs):
        return 0
    return None if figure is None or runs is None else figure * runs


def _exactly(value: int | None) -> tuple[int | None, Range]:
    return value, (value or 0, value)


def _spread(figure: _Sum, least: str) -> str:
    text = spread(figure.value, figure.ends)
    return text if figure.value is None else f"{least}{text}"
