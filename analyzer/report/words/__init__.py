"""Claims in words: each function words the values of one claim and knows nothing else.

The module of a claim's words has the name of that in ``analyzer.report.claims`` that makes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report import headline, whereabouts
from analyzer.report.words import advice, deployment, growth, identity, kinds, limits, storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from analyzer.report.claims.record import Claim
    from analyzer.report.headline import Values

SENTENCES: Mapping[str, Callable[[Values], str]] = {
    "network": identity.network,
    "architecture": identity.architecture,
    "provenance": identity.provenance,
    "verdict": headline.verdict,
    "actions": advice.actions,
    "options": advice.options,
    "order": advice.order,
    "recurrent": kinds.recurrent,
    "forest": kinds.forest,
    "cache": kinds.cache,
    "quantised": kinds.quantised,
    "passed": advice.passed,
    "trust": advice.trust,
    "vendor": deployment.vendor,
    "findings": advice.findings,
    "silenced": advice.silenced,
    "conversion": advice.conversion,
    "conversion.memory": advice.conversion_memory,
    "conversion.speed": advice.conversion_speed,
    "assumed.sizes": limits.assumed_sizes,
    "assumed.choices": limits.choices,
    "misfit": limits.misfit,
    "coverage": limits.coverage,
    "unknown": limits.unknown,
    "growth": growth.growth,
    "growth.runs": growth.runs,
    "memory.weights": storage.weights,
    "memory.shared": storage.shared,
    "memory.peak": storage.memory,
    "memory.intensity": storage.intensity,
    "weights.read": storage.read,
    "weights.peculiar": storage.peculiar,
    "weights.small": storage.small,
    "targets": whereabouts.targets,
    "targets.runs": whereabouts.runs,
    "targets.blockers": deployment.blockers,
    "targets.edits": whereabouts.edits,
}


def say(claims: Iterable[Claim]) -> dict[str, str]:
    """The sentence of every claim that has one, by id."""
    return {claim.id: SENTENCES[claim.id](claim.values) for claim in claims
            if claim.id in SENTENCES}  # fmt: skip
