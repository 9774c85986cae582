"""Program + shapes → one record of what was found, which everything after reads.

Each step is taken once and in this order: operators of every instance, the constants they read,
what they cost and how often they run, and which of them rest on an assumed size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.costs import cost
from analyzer.costs.aggregate import aggregate
from analyzer.costs.memory import peak_memory
from analyzer.costs.parameters import Charge, params_by_site, reading_weights, take_inventory
from analyzer.costs.settled import STORED_AT_MOST
from analyzer.costs.stored import summarize
from analyzer.costs.variants import cost_of_variants
from analyzer.dataclass import dataclass
from analyzer.facts import Certainty, Cost
from analyzer.graph.adjacency import vertex
from analyzer.graph.names import keep_homes
from analyzer.operators import record_of
from analyzer.operators.declared import held
from analyzer.shapes.sites import find_homes, list_sites, operator_graph
from analyzer.shapes.taint import reached_sites, tainted_sites

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analyzer.costs.aggregate import Aggregate
    from analyzer.costs.parameters import Inventory
    from analyzer.costs.timeline import Moment
    from analyzer.digraph import Digraph
    from analyzer.facts import Assumption, Memory, Parameters
    from analyzer.graph.scope import Program
    from analyzer.graph.signature import Signature
    from analyzer.shapes.instance import Shapes
    from analyzer.shapes.sites import Site

STATED = ("--dim", "--shape")
"""Reasons of bindings that the user stated; figures that rest on any other are *assumed*."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of a model's operators before anything is said about them."""

    program: Program
    shapes: Shapes
    sites: list[Site]
    """Operators of every instance, callers before callees."""
    graph: Digraph[str]
    """The same as ``Facts.graph``."""
    inventory: Inventory
    """Constants and the operands that they feed."""
    parameters: Parameters
    """Stored tensors by role."""
    params: list[Charge]
    """Parameters by site, each tensor at the first site that uses it and runs."""
    weighted: frozenset[int]
    """Indices of the sites that read a weight, shared or not."""
    sums: Aggregate
    """Costs by site and how often every instance runs."""
    peak: Memory
    """Activations alive at once, were every size stated."""
    moments: Mapping[str, Moment]
    """The same while each operator of the main graph runs; empty where a size is unknown."""
    guessed: tuple[Assumption, ...]
    """Sizes that nobody stated."""
    tainted: frozenset[int]
    """Indices of the sites that rest on one of them."""
    behind: Mapping[int, str]
    """Sites whose operands come from an operator that somebody declared: why they are assumed."""


def survey(program: Program, shapes: Shapes) -> Survey:
    """Look at every operator once."""
    sites = list_sites(program, shapes)
    graph = operator_graph(program, sites)
    keep_homes(graph, find_homes(program, shapes))
    inventory = take_inventory(program, sites)
    for site in sites:
        vertex(graph, site.id).constants = inventory.constant_slots(site.index)
    constants: dict[int, set[str]] = {}
    for (scope, name), constant in inventory.constants.items():
        # What no file can hold is made in every run.
        if not (constant.generated and (constant.tensor.bytes or 0) >= STORED_AT_MOST):
            constants.setdefault(scope, set()).add(name)
    guessed = tuple(a for a in shapes.assumptions if a.reason not in STATED)
    sums = aggregate(sites, leaf_costs(sites))
    peak, moments = peak_memory(program, graph, sites, constants)
    return Survey(
        program=program,
        shapes=shapes,
        sites=sites,
        graph=graph,
        inventory=inventory,
        parameters=summarize(inventory, sites),
        params=params_by_site(inventory, [sums.runs[id(site.instance)] for site in sites]),
        weighted=frozenset(reading_weights(inventory)),
        sums=sums,
        peak=peak,
        moments=moments,
        guessed=guessed,
        tainted=tainted_sites(program, graph, sites, {a.input for a in guessed}),
        behind=_behind_declared(graph, sites),
    )


def _behind_declared(graph: Digraph[str], sites: Sequence[Site]) -> dict[int, str]:
    if not held():
        return {}
    first: dict[str, str] = {}
    for site in sites:
        record = record_of(site.call)
        if record is not None and record.declaration is not None:
            first[site.id] = f"behind {record.domain}::{record.name}, which is declared"
    behind = reached_sites(graph, sites, set(first))
    reason = next(iter(first.values()), "")
    return {index: first.get(sites[index].id, reason) for index in behind}


def leaf_costs(sites: Iterable[Site]) -> list[Cost]:
    """Cost of each site by itself."""
    known: dict[Signature, Cost] = {}
    return [_cost(site, known) for site in sites]


def _cost(site: Site, known: dict[Signature, Cost]) -> Cost:
    if site.cyclic:
        reason = "the operator lies on a cycle or behind one"
        return Cost(None, None, certainty=Certainty.UNKNOWN, reason=reason)
    if site.variants:
        return cost_of_variants(site.fork, site.variants)
    found = known.get(site.signature)
    if found is None:
        found = cost(site.call)
        if found.macs is not None and found.flops is not None:
            known[site.signature] = found  # a reason for what is unknown names tensors
    return found
