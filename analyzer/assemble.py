"""Sites, costs and roles → the records of ``analyzer.facts``."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from analyzer.costs import precision
from analyzer.costs.aggregate import aggregate
from analyzer.costs.bodies import certainty_of
from analyzer.costs.dequantized import arithmetic, effective_precision
from analyzer.costs.layers import layers_that_run
from analyzer.costs.memory import traffic
from analyzer.costs.sums import is_open, number
from analyzer.facts import Certainty, Cost, Node, Separable, Tensor, Totals
from analyzer.graph.origin import source_location
from analyzer.operators import find
from analyzer.patterns import describe_conv, saving, tags
from analyzer.sanitise import widths
from analyzer.units import shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.digraph import Digraph
    from analyzer.facts import Assumption, Conv, Memory, Range
    from analyzer.graph.call import Call
    from analyzer.graph.signature import Signature
    from analyzer.shapes.sites import Site
    from analyzer.survey import Survey


NOTHING = Cost(0, 0)
"""Of operators of another kind."""


class _Description(NamedTuple):
    """What follows from the signature of an operator, and is said once for all that have it."""

    conv: Conv | None
    tags: tuple[str, ...]
    read_bytes: int | None
    write_bytes: int | None


def _describe(call: Call, cost: Cost) -> _Description:
    conv = describe_conv(call, cost)
    return _Description(conv, tags(call, conv), *traffic(call))


def assemble_nodes(
    survey: Survey, broken: Collection[int] = frozenset(), misfit: str = ""
) -> tuple[Node, ...]:
    """One ``Node`` per site, in the order of the sites; ``broken`` are indices of sites, ``misfit``
    says what an assumed size does not fit."""
    sites, sums = survey.sites, survey.sums
    reason = describe_assumptions(survey.guessed)
    dequantizes = any(site.op.op_type == "DequantizeLinear" for site in sites)
    described: dict[tuple[Signature, int | None], _Description] = {}
    nodes = []
    for site, total in zip(sites, sums.costs, strict=True):
        if total.macs_range and sums.total.macs[1] is None and not site.children:
            least = total.macs_range[0]  # what the totals contain of it
            total = replace(total, macs=least, substitution=str(least))
        cost = _certain(site, total, *_doubt(survey, site, reason, misfit))
        runs = sums.runs[id(site.instance)]
        low, high = runs.executions
        executions = high if low == high else None
        key = site.signature, cost.macs
        if key not in described:
            described[key] = _describe(site.call, cost)
        seen = described[key]
        nodes.append(
            Node(
                id=site.id,
                scope=site.instance.path,
                name=site.op.name,
                op_type=site.op.op_type,
                domain=site.op.domain,
                inputs=site.op.inputs,
                outputs=tuple(t for t in site.call.outputs if t is not None),
                tags=seen.tags,
                cost=cost,
                params=survey.params[site.index].params,
                params_substitution=survey.params[site.index].text,
                executions=executions,
                executions_range=runs.executions,
                unbounded=_is_unbounded(site, cost) and high != 0,
                counted=runs.counted,
                read_bytes=seen.read_bytes,
                write_bytes=seen.write_bytes,
                conv=seen.conv,
                saving=saving(seen.conv, site.call, executions, survey.moments.get(site.id))
                if seen.conv
                else None,
                precision=_precision(survey.graph, site, dequantizes) if cost.macs else "",
                location=source_location(site.op.proto),
                extent=site.op.extent,
                composite=bool(site.children),
                broken=site.index in broken,
            )
        )
    return tuple(nodes)


def _doubt(survey: Survey, site: Site, guessed: str, misfit: str) -> tuple[Certainty, str]:
    """How certain a figure of ``site`` is for what it rests on, and why; empty if on nothing.

    With sizes that cannot be there is no run whose figure it is.
    """
    if site.index in survey.tainted:
        return (Certainty.UNKNOWN, misfit) if misfit else (Certainty.ASSUMED, guessed)
    return Certainty.ASSUMED, survey.behind.get(site.index, "")


def _precision(graph: Digraph[str], site: Site, dequantizes: bool) -> str:
    if site.children:
        return ""
    stated = precision(site.call)
    return effective_precision(graph, site.id, stated) if dequantizes else stated


def _is_unbounded(site: Site, cost: Cost) -> bool:
    """A loop of its own, not one in a body: its MACs have no upper end for want of a limit."""
    open_end = cost.macs_range is not None and cost.macs_range[1] is None
    return open_end and any(child.runs[1] is None for child in site.children)


def describe_assumptions(assumptions: Sequence[Assumption]) -> str:
    """``with x axis 0 (batch) = 1``, the first few of them.

    Names are shortened: every operator that rests on the assumptions repeats the text.
    """
    texts = [
        str(replace(a, input=shorten(a.input, widths.NAME), dim=shorten(a.dim, widths.NAME)))
        for a in assumptions[:4]
    ]
    more = f" and {len(assumptions) - 4} more" if len(assumptions) > 4 else ""
    return "with " + ", ".join(texts) + more if texts else ""


def _certain(site: Site, cost: Cost, doubt: Certainty, why: str) -> Cost:
    """``cost`` with its certainty lowered where it rests on an assumption or a declaration."""
    if cost.macs is None and site.failure:
        return replace(
            cost, reason=f"{cost.reason}: {site.failure}" if cost.reason else site.failure
        )
    if cost.certainty is not Certainty.EXACT or not (cost.macs or cost.flops):
        return cost
    if why:
        return replace(cost, certainty=doubt, reason=why)
    if site.declared:
        text = "an output shape is taken from the file's declaration; it could not be inferred"
        return replace(cost, certainty=Certainty.ASSUMED, reason=text)
    return cost


def assemble_totals(
    survey: Survey, nodes: Sequence[Node], memory: Memory, misfit: str = ""
) -> Totals:
    """Sums over one inference with the certainty of the weakest part; ``misfit`` says what an
    assumed size does not fit: then no sum is that of a run."""
    by_kind: Counter[str] = Counter()
    params_by_kind: Counter[str] = Counter()
    by_precision: Counter[str] = Counter()
    by_arithmetic: Counter[str] = Counter()
    unknown, weighted = 0, set[int]()
    for node, site in zip(nodes, survey.sites, strict=True):
        if node.composite:
            continue
        if node.macs is None and (node.counted or node.executions is None):
            unknown += 1
        if node.macs:
            by_kind[node.kind] += node.macs * node.counted
            by_precision[node.precision or "unknown"] += node.macs * node.counted
            multiplied = arithmetic(survey.graph, node.id, node.precision)
            by_arithmetic[multiplied or "unknown"] += node.macs * node.counted
        if node.params:
            params_by_kind[node.kind] += node.params
        if _has_weights(node, site.index in survey.weighted):
            weighted.add(site.index)
    total = survey.sums.total
    macs = number(total.macs)
    certainty, reason = Certainty.EXACT, ""
    if misfit:
        certainty, reason = Certainty.UNKNOWN, misfit
    elif unknown or total.unknown_macs:
        certainty = Certainty.LOWER_BOUND
        reason = f"operators of unknown cost: {unknown or 1}"
    elif total.undecided and certainty_of(total)[0] is not Certainty.EXACT:
        certainty, reason = certainty_of(total)
    else:
        # MACs come first: the certainty of FLOPs alone counts where there are no MACs at all.
        counted = (n for n in nodes if n.counted and (n.macs or (n.flops and not macs)))
        weakest = next((n for n in counted if n.cost.certainty is not Certainty.EXACT), None)
        if weakest is not None:
            certainty, reason = Certainty.ASSUMED, weakest.cost.reason
    return Totals(
        macs=macs,
        flops=number(total.flops),
        params=survey.parameters.weights,
        weight_bytes=survey.parameters.weight_bytes,
        peak_activation_bytes=memory.peak_bytes,
        complete=not unknown and total.macs[1] is not None,
        unknown_nodes=unknown,
        nodes=len(nodes),
        weighted_layers=layers_that_run(survey.sites, weighted),
        macs_by_kind=dict(sorted(by_kind.items(), key=lambda kv: (-kv[1], kv[0]))),
        params_by_kind=dict(sorted(params_by_kind.items(), key=lambda kv: (-kv[1], kv[0]))),
        macs_by_precision=dict(sorted(by_precision.items(), key=lambda kv: (-kv[1], kv[0]))),
        macs_by_arithmetic=dict(sorted(by_arithmetic.items(), key=lambda kv: (-kv[1], kv[0]))),
        certainty=certainty,
        reason=reason,
        flops_complete=total.flops[1] is not None,
        macs_range=total.macs,
        macs_range_by_kind=_ranges(survey, nodes),
        flops_range=total.flops,
        peak_activation_range=memory.peak_range,
    )


def _ranges(survey: Survey, nodes: Sequence[Node]) -> dict[str, Range]:
    """Fewest and most MACs by kind: each kind is summed as if the others cost nothing."""
    kinds = dict.fromkeys(n.kind for n in nodes if not n.composite and n.macs != 0)
    if not is_open(survey.sums.total.macs):
        counted: Counter[str] = Counter()
        for node in nodes:
            if node.macs and not node.composite:
                counted[node.kind] += node.macs * node.counted
        return {kind: (counted[kind], counted[kind]) for kind in kinds if counted[kind]}
    found: dict[str, Range] = {}
    for kind in kinds:
        costs = [cost if node.kind == kind and not node.composite else NOTHING
                 for node, cost in zip(nodes, survey.sums.costs, strict=True)]  # fmt: skip
        found[kind] = aggregate(survey.sites, costs).total.macs
    return {kind: count for kind, count in found.items() if count != (0, 0)}


def _has_weights(node: Node, reads_weights: bool) -> bool:
    """A weighted layer: a convolution, or a product or recurrence with learned weights."""
    record = find(node.domain, node.op_type)
    multiplies = record is not None and record.is_weighted
    return node.conv is not None or (reads_weights and multiplies)


def assemble_memory(survey: Survey, misfit: str = "") -> Memory:
    """Peak memory, its certainty lowered where dimensions of the inputs are guesses, and gone where
    those do not fit (``misfit``)."""
    memory = survey.peak
    if misfit:
        return replace(memory, certainty=Certainty.UNKNOWN, reason=misfit)
    if not survey.guessed or memory.certainty is not Certainty.EXACT:
        return memory
    reason = describe_assumptions(survey.guessed)
    return replace(memory, certainty=Certainty.ASSUMED, reason=reason)


def assemble_boundary(survey: Survey) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Typed graph inputs (initializers that are also listed as inputs left out) and outputs."""
    scope, types = survey.program.main, survey.shapes.main.types

    def typed(name: str) -> Tensor:
        kind = types.get(name)
        return Tensor(name, kind.dtype, kind.shape) if kind else Tensor(name)

    inputs = tuple(typed(name) for name in scope.inputs if name not in scope.constants)
    return inputs, tuple(typed(name) for name in scope.outputs)


def exporter_metadata(survey: Survey) -> dict[str, dict[str, str]]:
    """What exporters wrote about the source code, by operator."""
    return {
        site.id: {entry.key: entry.value for entry in site.op.proto.metadata_props}
        for site in survey.sites
        if site.op.proto.metadata_props
    }


def separable_plan(survey: Survey, nodes: Sequence[Node]) -> Separable:
    """Totals after converting every convolution that has a saving."""
    candidates = [n for n in nodes if n.saving is not None]
    candidates.sort(key=lambda n: (-(n.saving.macs if n.saving else 0), n.id))
    saved_macs = sum(n.saving.macs for n in candidates if n.saving)
    saved_params = sum(n.saved_params for n in candidates)
    macs, params = number(survey.sums.total.macs), survey.parameters.weights
    return Separable(
        macs, macs - saved_macs, params, params - saved_params, tuple(n.id for n in candidates)
    )
