"""One cause is named once: which breaches follow from others, and are not said again.

A stored tensor whose elements do not fill its shape says nothing certain to what reads it. An
operator set that is imported in no version, or in two, leaves open what its operators take; so
does a function that is defined twice or imports nothing for everything in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.conformance.names import AMBIGUOUS
from analyzer.conformance.operands import ASSUMPTION
from analyzer.conformance.operands import FAMILY as OPERANDS
from analyzer.digraph import reached

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.facts import Breach, Problem
    from analyzer.survey import Survey

BY_VERSION = frozenset({"arity", "attribute", "type", OPERANDS, ASSUMPTION})
"""Families that ask what an operator takes, which its version decides."""
BY_CONTENT = frozenset({"declaration", OPERANDS, ASSUMPTION})
"""Families that ask what follows from the contents or the shape of a tensor."""
NO_VERSION = frozenset({"missing-opset", "unknown-opset", "duplicate-opset"})
"""Codes of breaches and problems after which no version of the operators is certain."""
NO_FUNCTION = frozenset({"duplicate-function", "function-without-opset"})
"""Codes of breaches after which nobody can say what a local function means."""

BY_READS = frozenset({"name", "arity", "function"})
"""Families of breaches by which an operator reads something else than it was meant to."""


def reads_known(breaches: Iterable[Breach]) -> bool:
    """Whether what operators read is what they were meant to read, as far as anybody can say.

    Where an operand is misspelt, left out or defined twice, an input that nobody reads may be
    what was meant: it follows from the breach, and is no surplus of its own.
    """
    return not any(
        breach.grave and (breach.family in BY_READS or breach.code in AMBIGUOUS)
        for breach in breaches
    )


def without_consequences(
    found: Sequence[Breach], survey: Survey, problems: Iterable[Problem]
) -> list[Breach]:
    """``found`` without what another of them, or one of ``problems``, explains."""
    codes = {p.code for p in problems if not p.where} | {b.code for b in found if not b.where}
    vague = codes & NO_VERSION
    functions = tuple(f"{b.where}/" for b in found if b.code in NO_FUNCTION)
    behind = _behind(survey, readers_of_broken(survey, found))
    return [
        breach
        for breach in found
        if not (breach.family in BY_VERSION and (vague or breach.where.startswith(functions)))
        and not (breach.family in BY_CONTENT and breach.where in behind)
    ]


def readers_of_broken(survey: Survey, found: Iterable[Breach]) -> list[str]:
    """Ids of the operators that read a stored tensor which is broken."""
    broken = {breach.where for breach in found if breach.code == "tensor-size"}
    if not broken:
        return []
    scopes = survey.program.scopes
    return [
        site.id
        for site in survey.sites
        if not broken.isdisjoint(site.op.inputs)
        and scopes[site.instance.scope].function is None  # whose names are its own
    ]


def _behind(survey: Survey, starts: Sequence[str]) -> set[str]:
    """The operators ``starts`` and those that follow one of them, and what they make."""
    if not starts:
        return set()
    behind = reached(survey.graph, starts)
    made = {
        f"{site.instance.path}/{name}" if site.instance.path else name
        for site in survey.sites
        if site.id in behind
        for name in site.op.outputs
    }
    return behind | made
