"""Model → Facts: the pipeline, readable in one screen."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from analyzer.assemble import (
    assemble_boundary,
    assemble_memory,
    assemble_nodes,
    assemble_totals,
    exporter_metadata,
    separable_plan,
)
from analyzer.ceiling import at_default_sizes
from analyzer.conformance import (
    ASSUMPTION,
    broken_sites,
    judged,
    reads_known,
    unexplained,
)
from analyzer.conformance.interface import interface_of
from analyzer.costs.origins import Origins, keep_origins
from analyzer.facts import Facts
from analyzer.graph.program import program_of
from analyzer.graph.shared import shared_names
from analyzer.model.limits import Limits
from analyzer.operators.declared import attach, declaring
from analyzer.patterns import find_blocks, module_tree, recognise, tag_factorised
from analyzer.redundancy import batch_growth, find_structure
from analyzer.shapes.bindings import sizes_of_symbols
from analyzer.shapes.run import infer_shapes
from analyzer.shapes.stated import Bindings
from analyzer.smaller.attributes import learned
from analyzer.trust.look import contents_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.deployment import TargetFit
    from analyzer.facts import Node, Shape
    from analyzer.graph.scope import Program
    from analyzer.model import Model
    from analyzer.operators.record import Operator
    from analyzer.shapes.instance import Shapes
    from analyzer.surplus import OpenSize
    from analyzer.survey import Survey
    from analyzer.targets.table import Table


def analyze(
    model: Model,
    bindings: Bindings | None = None,
    *,
    limits: Limits = Limits(),
    operators: Sequence[Operator] = (),
    targets: Sequence[Table] = (),
) -> Facts:
    """Everything onnxlint can say about ``model`` without looking at its weights.

    Parameters
    ----------
    model : from ``analyzer.model.load``.
    bindings : sizes of dimensions that the file leaves open; defaults are assumed, and
        listed in ``Facts.assumptions``, for the rest.
    limits : time and memory of the guarded worker that infers shapes.
    operators : what somebody declares of operators that nobody else knows; figures that rest on
        them are *assumed*.
    targets : where it is to run, from ``analyzer.targets.catalog.chosen``.

    Returns
    -------
    Facts. Whatever kept the analysis from being complete is in ``Facts.problems``.

    Raises
    ------
    ModelError
        A limit was exceeded that leaves nothing to go on with.
    """
    with declaring(operators):
        return _analyze(model, bindings or Bindings(), limits, targets)


def _analyze(
    model: Model,
    bindings: Bindings,
    limits: Limits,
    targets: Sequence[Table] = (),
    *,
    thorough: bool = False,
) -> Facts:
    program = program_of(model, limits)
    seen, breaches = judged(model, program, bindings, limits)
    attach(seen.graph)
    keep_origins(seen.graph, Origins(program, seen.sites, seen.inventory, model.payloads))
    open_ = _Unassumed(program, limits)
    inputs, outputs = assemble_boundary(seen)
    misfit = next((b.message for b in breaches if b.family == ASSUMPTION), "")
    nodes = assemble_nodes(seen, broken_sites(seen, breaches), misfit)
    nodes = tag_factorised(seen.graph, nodes)
    memory = assemble_memory(seen, misfit)
    by_id = {node.id: node for node in nodes}
    blocks = find_blocks(seen.graph, by_id)
    totals = assemble_totals(seen, nodes, memory, misfit)
    return Facts(
        model=model.info,
        inputs=inputs,
        outputs=outputs,
        assumptions=tuple(seen.shapes.assumptions),
        nodes=nodes,
        blocks=blocks,
        totals=totals,
        parameters=seen.parameters,
        memory=memory,
        separable=separable_plan(seen, nodes),
        problems=limits.listed(unexplained((*model.problems, *seen.shapes.problems), breaches)),
        breaches=breaches,
        graph=seen.graph,
        architecture=recognise(
            seen.graph, by_id, blocks, inputs, totals.weighted_layers, seen.shapes.assumptions
        ),
        modules=module_tree(nodes, exporter_metadata(seen)),
        interface=interface_of(
            program,
            seen.shapes.main.types,
            model.imports,
            sizes_of_symbols(seen.shapes.assumptions),
        ),
        learned=learned(seen.graph),
        shared=shared_names(program, model.proto),
        at_defaults=at_default_sizes(program, bindings, seen, limits),
        find_structure=partial(
            find_structure, model, seen, limits, open_, reads_known=reads_known(breaches)
        ),
        contents=contents_of(model, program, seen.graph, thorough=thorough),
        targets=_deployments(seen, nodes, bindings, limits, targets) if targets else (),
        find_batch_growth=partial(batch_growth, seen, limits),
        find_open_sizes=partial(_open_sizes, seen, bindings, limits),
        find_resized=partial(_resized, seen, bindings, limits),
        find_fixed=open_.by_path,
    )


class _Unassumed:
    """The shapes with nothing assumed, inferred once; facts that hold it reach other processes."""

    def __init__(self, program: Program, limits: Limits) -> None:
        self._program = program
        self._limits = limits
        self._shapes: Shapes | None = None

    def __call__(self) -> Shapes:
        if self._shapes is None:
            self._shapes = infer_shapes(self._program, Bindings(assume=False), limits=self._limits)
        return self._shapes

    def by_path(self) -> Mapping[str, Mapping[str, Shape]]:
        return self().by_path()


def _open_sizes(seen: Survey, bindings: Bindings, limits: Limits) -> tuple[OpenSize, ...]:
    from analyzer.scaling.open_sizes import open_sizes  # lazily: only reports ask

    return open_sizes(seen, bindings, limits)


def _resized(
    seen: Survey,
    bindings: Bindings,
    limits: Limits,
    facts: Facts,
    sizes: Mapping[tuple[str, int], int],
) -> Facts | None:
    from analyzer.resized import resized  # lazily: only reports ask

    return resized(seen, bindings, limits, facts, sizes)


def _deployments(
    seen: Survey, nodes: Sequence[Node], bindings: Bindings, limits: Limits, tables: Sequence[Table]
) -> tuple[TargetFit, ...]:
    from analyzer.targets.survey import deployments  # lazily: only where somebody asked

    return deployments(seen, nodes, bindings, limits, tables)


def analyze_weights(
    model: Model,
    bindings: Bindings | None = None,
    *,
    limits: Limits = Limits(),
    operators: Sequence[Operator] = (),
    targets: Sequence[Table] = (),
    asked: bool = True,
) -> Facts:
    """``analyze``, and what the values of all stored tensors say.

    They are read block by block, in the guarded process, and dropped; what the file does not
    store (absent external data, generated constants) is listed as not read. External data that is
    not there to be read makes the outcome inconclusive, and so does a file that stores no weights
    where somebody ``asked`` for a look at them.
    """
    from analyzer.weights.audit import audit  # lazily: `check` never reads weights

    with declaring(operators):
        facts = _analyze(model, bindings or Bindings(), limits, targets, thorough=True)
        evidence, problems = audit(model, facts, limits, asked=asked)
    return replace(facts, evidence=evidence, problems=problems)
