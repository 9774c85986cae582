"""Model → Facts: the pipeline, readable in one screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.assemble import (
    assemble_nodes,
    assemble_totals,
    assumed_memory,
    contradictions,
    separable_plan,
)
from analyzer.costs import cost
from analyzer.costs.aggregate import aggregate
from analyzer.costs.memory import peak_memory
from analyzer.costs.parameters import reading_weights, take_inventory
from analyzer.costs.stored import summarize
from analyzer.facts import Certainty, Cost, Facts, Problem, Tensor
from analyzer.graph.adjacency import vertex
from analyzer.graph.program import program_of
from analyzer.model.external import UNAVAILABLE
from analyzer.model.limits import Limits
from analyzer.patterns import find_blocks, module_tree, recognise
from analyzer.shapes.bindings import Bindings
from analyzer.shapes.run import infer_shapes
from analyzer.shapes.sites import list_sites, operator_graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.costs.parameters import Inventory
    from analyzer.evidence import WeightEvidence
    from analyzer.graph.scope import Program
    from analyzer.model import Model
    from analyzer.shapes.result import Shapes
    from analyzer.shapes.sites import Site
    from analyzer.weights.source import WeightSource


def analyze(model: Model, bindings: Bindings | None = None, *, limits: Limits = Limits()) -> Facts:
    """Everything onnxlint can say about ``model`` without looking at its weights.

    Parameters
    ----------
    model : from ``analyzer.model.load``.
    bindings : sizes of dimensions that the file leaves open; defaults are assumed, and
        listed in ``Facts.assumptions``, for the rest.
    limits : time and memory of the guarded worker that infers shapes.

    Returns
    -------
    Facts. Whatever kept the analysis from being complete is in ``Facts.problems``.

    Raises
    ------
    ModelError
        A limit was exceeded that leaves nothing to go on with.
    """
    program = program_of(model, limits)
    shapes = infer_shapes(program, bindings or Bindings(), limits=limits)
    sites = list_sites(program, shapes)
    inventory = take_inventory(program, sites)
    sums = aggregate(sites, [_cost(site) for site in sites])
    graph = operator_graph(program, sites)
    for site in sites:
        vertex(graph, site.id).constants = inventory.constant_slots(site.index)
    nodes = assemble_nodes(sites, sums, inventory, shapes.assumptions, graph)
    by_id = {node.id: node for node in nodes}
    parameters = summarize(inventory, sites)
    peak = peak_memory(program, sites, _constant_names(inventory))
    memory = assumed_memory(peak, shapes.assumptions)
    inputs = _boundary(program, shapes, program.main.inputs, inventory)
    blocks = find_blocks(graph, by_id)
    return Facts(
        model=model.info,
        inputs=inputs,
        outputs=_boundary(program, shapes, program.main.outputs, None),
        assumptions=tuple(shapes.assumptions),
        nodes=nodes,
        blocks=blocks,
        totals=assemble_totals(nodes, sites, sums, parameters, memory, reading_weights(inventory)),
        parameters=parameters,
        memory=memory,
        separable=separable_plan(nodes, sums.total.macs, parameters.weights),
        problems=limits.listed((*model.problems, *contradictions(sites, nodes, shapes))),
        graph=graph,
        architecture=recognise(graph, by_id, blocks, inputs),
        modules=module_tree(nodes, _metadata(sites)),
    )


def analyze_weights(
    model: Model, bindings: Bindings | None = None, *, limits: Limits = Limits()
) -> Facts:
    """``analyze``, and what the trained weights of each convolution say.

    Weights are read layer by layer and dropped; what the file does not store
    (absent external data, generated constants) is listed as not read. External data that is not
    there to be read makes the outcome inconclusive: it was asked for.
    """
    from analyzer.weights import WeightSource, collect  # lazily: `check` never reads weights

    facts = analyze(model, bindings, limits=limits)
    source = WeightSource(model, facts)
    evidence = collect(facts, source, identity=source.identity, most=limits.weight_bytes)
    problems = _unread(facts.problems, evidence, source, limits.weight_bytes)
    return replace(facts, evidence=evidence, problems=problems)


def _unread(
    problems: tuple[Problem, ...], evidence: WeightEvidence, source: WeightSource, most: int
) -> tuple[Problem, ...]:
    """``problems`` once weights were asked for, with those that were not read among them."""
    if evidence.beyond:
        layers = f"{len(evidence.beyond):,} layer{'s' * (len(evidence.beyond) > 1)}"
        text = f"the weights of {layers} are too much to look at (limit weight_bytes = {most:,})"
        problems = (*problems, Problem("weights-limit", evidence.beyond[0], text))
    problems = tuple(
        replace(p, inconclusive=p.inconclusive or p.code in UNAVAILABLE) for p in problems
    )
    absent = [node for node in evidence.unread if source.elsewhere(node)]
    if absent and not any(
        p.code.startswith("external-") or p.code == "weights-limit" for p in problems
    ):
        text = f"the weights of {len(absent):,} layer(s) are in files that cannot be read"
        return (*problems, Problem("external-unreadable", absent[0], text))
    return problems


def _metadata(sites: Sequence[Site]) -> dict[str, dict[str, str]]:
    """What exporters wrote about the source code, by operator."""
    return {
        site.id: {entry.key: entry.value for entry in site.op.proto.metadata_props}
        for site in sites
        if site.op.proto.metadata_props
    }


def _cost(site: Site) -> Cost:
    if site.cyclic:
        reason = "the operator lies on a cycle or behind one"
        return Cost(None, None, certainty=Certainty.UNKNOWN, reason=reason)
    return cost(site.call)


def _constant_names(inventory: Inventory) -> dict[int, set[str]]:
    names: dict[int, set[str]] = {}
    for scope, name in inventory.constants:
        names.setdefault(scope, set()).add(name)
    return names


def _boundary(
    program: Program, shapes: Shapes, names: Sequence[str], inventory: Inventory | None
) -> tuple[Tensor, ...]:
    """Typed graph inputs (initializers that are also listed as inputs left out) or outputs."""
    constants = program.main.constants if inventory is not None else {}
    return tuple(
        Tensor(name, kind.dtype, kind.shape)
        if (kind := shapes.main.types.get(name))
        else Tensor(name)
        for name in names
        if name not in constants
    )
