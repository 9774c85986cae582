"""Does the model keep to ONNX? Facts about rules that it breaks; what follows is for rules to say.

Checked are names, order, operators against their schemas, types, declarations, the interfaces of
bodies and functions, versions, stored tensors and the contracts of operands; last, onnx's own
checker is heard. One cause is named once: what inference or reading the file has noted about a
place that a breach explains is not a problem of its own.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from analyzer.conformance.causes import readers_of_broken, reads_known, without_consequences
from analyzer.conformance.checker import checker_says
from analyzer.conformance.control import check_control
from analyzer.conformance.declarations import check_declarations
from analyzer.conformance.fitting import better_sizes
from analyzer.conformance.functions import check_functions
from analyzer.conformance.names import check_names
from analyzer.conformance.operands import ASSUMPTION, check_operands
from analyzer.conformance.operands import FAMILY as OPERANDS
from analyzer.conformance.operators import check_misfits, check_operators, lacking
from analyzer.conformance.tensors import check_tensors
from analyzer.conformance.types import check_types
from analyzer.conformance.versions import check_versions
from analyzer.digraph import reached
from analyzer.facts import Breach
from analyzer.model.checker import check_structure
from analyzer.shapes.run import infer_shapes
from analyzer.survey import survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from analyzer.facts import Problem
    from analyzer.graph.scope import Program
    from analyzer.model import Limits, Model
    from analyzer.shapes.instance import Instance, Shapes
    from analyzer.shapes.stated import Bindings
    from analyzer.survey import Survey

__all__ = ["ASSUMPTION", "broken_sites", "conform", "judged", "reads_known", "unexplained"]

MODEL_LEVEL = frozenset({"missing-ir-version", "missing-opset", "recursive-function",
                         "tensor-size", "unknown-opset"})  # fmt: skip
"""Problems that a breach of the same code says better."""
SAME_THERE = frozenset({"attribute-type"})
"""Problems that a breach of the same code at the same place says better."""
ANY_THERE = frozenset({"malformed-node", "shape-inference"})
"""Problems that follow from whatever breach of its operands or grave one is at the same place."""


def judged(
    model: Model, program: Program, bindings: Bindings, limits: Limits
) -> tuple[Survey, tuple[Breach, ...]]:
    """The operators and what is wrong with them, at sizes that fit most of them.

    Parameters
    ----------
    model, program : what was loaded, and its operators.
    bindings : sizes that somebody stated; usual ones stand in for the rest, or others where an
        operator cannot take those.
    limits : time and memory of the guarded worker that infers shapes.
    """
    check = partial(check_structure, model.proto)
    seen = survey(program, infer_shapes(program, bindings, limits=limits, check=check))
    unassumed = partial(infer_shapes, program, replace(bindings, assume=False), limits=limits)
    breaches = conform(model, seen, unassumed, limits.problems)
    better = better_sizes(seen, bindings, breaches, limits)
    if better is not None:
        seen = survey(program, better)
        breaches = conform(model, seen, unassumed, limits.problems)
    return seen, breaches


def conform(
    model: Model, seen: Survey, unassumed: Callable[[], Shapes], most: int
) -> tuple[Breach, ...]:
    """All breaches, the grave ones first.

    Parameters
    ----------
    unassumed : the shapes of the same program with nothing assumed; asked for where something
        broken rests on a guess.
    most : breaches listed one by one; the rest are counted.
    """
    program, sites = seen.program, seen.sites
    doubtful = {(id(sites[i].instance), name) for i in seen.tainted for name in sites[i].op.outputs}

    def is_certain(instance: Instance, name: str) -> bool:
        return (id(instance), name) not in doubtful

    found = [
        *check_versions(model.proto, program, model.problems),
        *check_names(program),
        *check_operators(program),
        *check_functions(program, model.proto),
        *check_tensors(model.problems),
        *check_types(sites, program.functions.keys()),
        *check_control(program, sites, seen.tainted),
        *check_declarations(program, seen.shapes, is_certain=is_certain),
    ]
    broken = {breach.where for breach in found if breach.grave}
    found += check_misfits(seen.shapes.problems, broken)
    found += [b for b in check_operands(seen, unassumed) if b.where not in broken]
    if not any(problem.code == "tensor-fields" for problem in model.problems):
        found += checker_says(seen.shapes.complaint, found)  # else it says the same again
    found = without_consequences(found, seen, model.problems)
    listed = sorted(dict.fromkeys(found), key=lambda breach: not breach.grave)
    return tuple(_listed(listed, most))


def _listed(breaches: Sequence[Breach], most: int) -> Iterator[Breach]:
    yield from breaches[:most]
    if rest := breaches[most:]:
        yield Breach(
            "more-breaches", rest[0].family, "", f"and {len(rest):,} more breaches of ONNX",
            "repair the first ones", grave=any(breach.grave for breach in rest),
        )  # fmt: skip


def broken_sites(seen: Survey, breaches: Sequence[Breach]) -> set[int]:
    """Indices of the sites at a grave breach or at an operator nobody defines, in the bodies and
    functions that those run, and behind them."""
    if not breaches:
        return set()
    places = {breach.where for breach in breaches if breach.grave}
    places.update(readers_of_broken(seen, breaches))
    starts: list[str] = []
    inside: set[int] = set()
    for site in seen.sites:
        opsets = seen.program.scopes[site.instance.scope].opsets
        undefined = lacking(seen.program, site.op, opsets.get(site.op.domain)) is not None
        if undefined or site.id in places or id(site.instance) in inside:
            starts.append(site.id)
            inside.update(id(child.instance) for child in site.children)
    behind = reached(seen.graph, starts)
    return {site.index for site in seen.sites if site.id in behind}


def unexplained(problems: Iterable[Problem], breaches: Sequence[Breach]) -> tuple[Problem, ...]:
    """``problems`` without those that a breach explains."""
    codes = {breach.code for breach in breaches}
    same = {(breach.code, _last(breach.where)) for breach in breaches}
    causes = {b.where for b in breaches if b.grave or b.family in (OPERANDS, ASSUMPTION)}
    return tuple(
        problem
        for problem in problems
        if not (problem.code in MODEL_LEVEL and problem.code in codes)
        and not (
            problem.code in SAME_THERE and (problem.code, problem.where.rpartition("/")[2]) in same
        )
        and not (problem.code == "tensor-fields" and ("tensor-size", _last(problem.where)) in same)
        and not (problem.code in ANY_THERE and problem.where in causes)
    )


def _last(place: str) -> str:
    """The name without its scope, which is not known while attributes are decoded."""
    return place.rpartition("/")[2]
