"""The same model with other sizes of what its file leaves open: all that a recount needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.assemble import assemble_boundary, assemble_nodes, assemble_totals
from analyzer.operators.declared import attach, attached, declaring
from analyzer.patterns import find_blocks, tag_factorised
from analyzer.scaling.freedom import InputAxis, input_shapes, rebound
from analyzer.scaling.symbolic import misfits, more
from analyzer.shapes.run import infer_shapes
from analyzer.survey import survey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.facts import Facts
    from analyzer.model import Limits
    from analyzer.shapes.stated import Bindings
    from analyzer.survey import Survey


def resized(
    seen: Survey,
    bindings: Bindings,
    limits: Limits,
    facts: Facts,
    sizes: Mapping[tuple[str, int], int],
) -> Facts | None:
    """``facts`` of the model with ``sizes`` of some axes of its inputs; the others stay.

    Operators, blocks and totals are those of the new sizes, as are the tensors; whatever else the
    facts hold is not looked at again. ``None`` where the graph does not go with the sizes.
    """
    axes = {InputAxis(*axis): size for axis, size in sizes.items()}
    bound = rebound(input_shapes(seen.program, seen.shapes), axes, bindings)
    with declaring(attached(seen.graph)):
        shapes = infer_shapes(seen.program, bound, limits=limits)
        if more(misfits(seen.program, shapes), misfits(seen.program, seen.shapes)):
            return None
        found = survey(seen.program, shapes)
        attach(found.graph)
        nodes = tag_factorised(found.graph, assemble_nodes(found))
        inputs, outputs = assemble_boundary(found)
        return replace(
            facts,
            inputs=inputs,
            outputs=outputs,
            assumptions=tuple(shapes.assumptions),
            nodes=nodes,
            blocks=find_blocks(found.graph, {node.id: node for node in nodes}),
            totals=assemble_totals(found, nodes, facts.memory),
            graph=found.graph,
        )
