"""Operands against what their operator takes: contracts, inference and cost formulas.

A size that was assumed must not condemn a model. So where something broken rests on a guess,
shapes are inferred once more with nothing assumed, and only what is broken there, too, is a
breach of the model; the rest says that the guess does not fit.
"""

from __future__ import annotations

from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING

from analyzer.conformance.stating import Stating
from analyzer.dataclass import dataclass
from analyzer.facts import Breach
from analyzer.graph.call import MALFORMED, Unknown
from analyzer.language.number import agreeing
from analyzer.operators.contracts import contracts_of
from analyzer.operators.contracts.contents import with_contents
from analyzer.shapes.instance import running
from analyzer.shapes.sites import list_sites
from analyzer.survey import leaf_costs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from onnx import TensorProto

    from analyzer.facts import Cost
    from analyzer.graph.call import Call
    from analyzer.graph.scope import Program
    from analyzer.operators.contracts.violation import Violation
    from analyzer.shapes.instance import Shapes
    from analyzer.shapes.sites import Site
    from analyzer.survey import Survey

FAMILY = "operand"
ASSUMPTION = "assumption"
"""Family of what only the size of a guess breaks."""
KEEP_THE_OTHER = "put the branch that is taken in the place of the If: runtimes check both"
CORRECT = "correct the shapes or attributes that it names, or export the model again"


@dataclass(slots=True)
class Suspicion:
    """One operator with something broken."""

    site: Site
    violations: list[Violation] = field(default_factory=list)
    reason: str = ""
    """Why inference or a cost formula refuses it, where no contract says so."""
    refused: bool = True
    """False where inference complains of it and types it all the same."""

    @property
    def codes(self) -> set[str]:
        """Of the violations; an empty one for the reason."""
        codes = {violation.code for violation in self.violations}
        return codes | {""} if self.reason else codes


def check_operands(survey: Survey, unassumed: Callable[[], Shapes]) -> Iterator[Breach]:
    """Breaches of the operators that run; ``unassumed`` infers once more with nothing assumed."""
    program = survey.program
    if not survey.shapes.assumptions:
        yield from _dead(program, survey)
    found = list(_suspicions(program, survey.shapes, survey.sites, survey.sums.costs))
    stating = Stating(survey)
    certain: dict[str, set[str]] | None = None
    for suspicion in found:
        site = suspicion.site
        if site.index not in survey.tainted:
            yield from _breaches(suspicion, None, stating)
            continue
        if certain is None:
            shapes = unassumed()
            sites = list_sites(program, shapes)
            others = _suspicions(program, shapes, sites, leaf_costs(sites))
            certain = {s.site.id: s.codes for s in others}
        yield from _breaches(suspicion, certain.get(site.id, set()), stating)


def _dead(program: Program, survey: Survey) -> Iterator[Breach]:
    """Operators of branches never taken that contradict shapes which the file itself states.

    ONNX Runtime infers both branches when it loads a model, and refuses it for either. It does
    not fold all that leads to a shape, so only what is stated counts.
    """
    alive = {id(instance) for instance in running(survey.shapes.main)}
    for site in survey.sites:
        if not site.refused or site.children or site.cyclic or id(site.instance) in alive:
            continue
        if all(_is_stated(program, site, name) for name in site.op.inputs if name):
            said = (p.message for p in site.instance.problems if p.where == site.id)
            reason = next(said, site.failure)
            text = f"{site.op.op_type}: {reason} (in a branch that is never taken)"
            yield Breach("dead-branch", FAMILY, site.id, text, KEEP_THE_OTHER, grave=True)


def _is_stated(program: Program, site: Site, name: str) -> bool:
    """Whether the file gives the shape of an operand: of an input of the model or a constant."""
    return name in program.main.input_types or _constant(program, site, name) is not None


def _breaches(
    suspicion: Suspicion, certain: AbstractSet[str] | None, stating: Stating
) -> Iterator[Breach]:
    """What is wrong, as a breach or, for codes not in ``certain``, as a misfit of the guess.

    Of the violations of one operator the gravest is named, and of these the first: the others
    follow from it more often than not (of 3 groups for 4 channels, a scale of the wrong length).
    """
    site = suspicion.site
    ranked = sorted(
        suspicion.violations,
        key=lambda v: (certain is not None and v.code not in certain, not v.grave),
    )
    for violation in ranked[:1]:
        text = f"{site.op.op_type}: {agreeing(violation.text)}"
        remedy = agreeing(violation.remedy)
        if certain is not None and violation.code not in certain:
            yield _misfit(site, text, stating.options(site.index))
        else:
            yield Breach(violation.code, FAMILY, site.id, text, remedy, violation.grave)
    if suspicion.reason:
        text = f"{site.op.op_type}: {suspicion.reason}"
        if certain is not None and "" not in certain:
            yield _misfit(site, text, stating.options(site.index))
        else:
            code = "contradiction" if suspicion.refused else "inference"
            yield Breach(code, FAMILY, site.id, text, CORRECT, grave=suspicion.refused)


def _misfit(site: Site, text: str, options: str) -> Breach:
    return Breach(
        "assumed-size", ASSUMPTION, site.id, f"with the sizes assumed, {text}",
        f"state the real size with {options}", grave=False, options=options,
    )  # fmt: skip


def count_refused(program: Program, shapes: Shapes) -> int:
    """Operators that run and cannot take their operands, whether or not a size was assumed."""
    sites = list_sites(program, shapes)
    return sum(1 for _ in _suspicions(program, shapes, sites, leaf_costs(sites)))


def _suspicions(
    program: Program, shapes: Shapes, sites: Sequence[Site], costs: Sequence[Cost]
) -> Iterator[Suspicion]:
    alive = {id(instance) for instance in running(shapes.main)}
    # An empty message is no refusal: onnx has not found a name of its own.
    refusals = {
        problem.where: problem.message
        for problem in shapes.problems
        if problem.code == "shape-inference" and problem.message.strip("'")
    }
    kept: set[int] = set()
    for site in sites:
        if id(site.instance) not in alive or site.cyclic:
            continue
        call = with_contents(site.call, partial(_constant, program, site))
        alike = call is site.call  # contents are no part of a signature
        violations = [] if alike and id(site.signature) in kept else list(_violations(call))
        if alike and not violations:
            kept.add(id(site.signature))
        reason, refused = "", True
        if not any(v.grave for v in violations) and not site.children:
            cost = costs[site.index]
            complaint = refusals.get(site.id, "")
            refused = site.refused or cost.contradiction
            if complaint and not refused:
                refused = _load_fails(program, site)
                judged = contracts_of(site.op.domain, site.op.op_type)
                complaint = "" if judged and not refused else complaint
            reason = complaint or (site.failure if site.refused else "")
            reason = reason or (cost.reason if cost.contradiction else "")
        if violations or reason:
            yield Suspicion(site, violations, reason, refused)


def _load_fails(program: Program, site: Site) -> bool:
    """Whether a runtime that loads the model meets the same complaint of inference.

    It infers with the contents of the file's constants. Those that only folding knows it sees
    when it runs, and a kernel may be less strict (Range of tensors with one element).
    """
    made = {
        name
        for op in program.scopes[site.instance.scope].ops
        if op.standard == "Constant"
        for name in op.outputs
    }
    return all(
        value is None or name in made or _constant(program, site, name) is not None
        for name, value in zip(site.op.inputs, site.call.values, strict=False)
    )


def _constant(program: Program, site: Site, name: str) -> TensorProto | None:
    """The constant that ``site`` knows by ``name``: of its own scope, or of the main graph."""
    scope = program.scopes[site.instance.scope]
    if name in scope.constants or scope.function is not None or name in site.instance.types:
        return scope.constants.get(name)
    return program.main.constants.get(name)


def _violations(call: Call) -> Iterator[Violation]:
    for contract in contracts_of(call.domain, call.op_type):
        yield from _ask(contract(call))


def _ask(violations: Iterator[Violation]) -> Iterator[Violation]:
    """What a contract finds until it meets something that it does not know."""
    try:
        yield from violations
    except (Unknown, *MALFORMED):  # another check names what is malformed
        return
