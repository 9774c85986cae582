"""Everything a report claims about a model: facts and findings → ``Claim`` records.

Each function of ``MAKERS`` says one thing, or nothing where there is nothing to say. The words are
in ``analyzer.report.words``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report.claims import (
    advice,
    cost,
    deployment,
    growth,
    identity,
    kinds,
    limits,
    storage,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.report.claims.record import Claim
    from analyzer.report.result import Result

MAKERS: tuple[Callable[[Result], Claim | None], ...] = (
    identity.network,
    identity.architecture,
    identity.provenance,
    advice.verdict,
    cost.compute,
    cost.parameters,
    cost.peak,
    cost.saving,
    advice.actions,
    advice.passed,
    advice.trust,
    advice.findings,
    advice.silenced,
    advice.conversion,
    advice.conversion_speed,
    advice.conversion_memory,
    limits.assumed_sizes,
    limits.choices,
    limits.misfit,
    limits.coverage,
    limits.unknown,
    storage.weights,
    storage.shared,
    storage.memory,
    storage.read,
    storage.peculiar,
    storage.small,
    storage.intensity,
    deployment.vendor,
    deployment.runs,
    deployment.targets,
    deployment.blockers,
    deployment.edits,
)

STUDIES: tuple[Callable[[Result], Claim | None], ...] = (
    growth.growth,
    growth.in_runs,
    kinds.recurrent,
    kinds.forest,
    kinds.cache,
    kinds.quantised,
    advice.options,
    advice.order,
)
"""What takes further analyses or the graph, and is said in reports only."""


STUDIED: Mapping[Callable[[Result], Claim | None], Callable[[Result], Claim | None]] = {
    advice.verdict: advice.verdict_with_options,
    advice.passed: advice.passed_of_quantised,
}
"""What reports say in the place of others, as they know more."""


def claims_of(result: Result, *, studied: bool = False) -> tuple[Claim, ...]:
    """Every claim, in the order of a report; with ``studied`` those of ``STUDIES`` too."""
    makers = MAKERS
    if studied:
        makers = (*(STUDIED.get(make, make) for make in MAKERS), *STUDIES)
    return tuple(claim for make in makers if (claim := make(result)) is not None)
