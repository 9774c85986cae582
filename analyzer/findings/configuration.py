"""What the tool finds in its own settings: one record for each sort of finding.

They are rules to whoever selects, grades, ignores or looks one up. They have no file in ``rules/``,
as there is no model that they are about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Never

from analyzer.findings.finding import Finding, Severity
from analyzer.findings.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

CATEGORY = "configuration"


@dataclass(frozen=True, slots=True)
class ConfigurationRule:
    """One sort of finding about the settings."""

    id: str
    """``CFG001`` …"""
    name: str
    """Name of what is bad, e.g. ``unused-suppression``."""
    severity: Severity
    since: str
    """The version that had it first."""
    summary: str
    """One line: what it finds."""
    rationale: str
    """Why that is bad."""
    example: str
    """Settings that have it, as a file."""
    instead: str
    """What to write in their place."""
    fix: str
    """What to do."""

    @property
    def category(self) -> str:
        """That of all of them."""
        return CATEGORY

    @property
    def status(self) -> str:
        """They are not previews."""
        return "stable"

    @property
    def options(self) -> Mapping[str, Never]:
        """There is nothing to set about them."""
        return {}

    @property
    def references(self) -> tuple[str, ...]:
        """They are about no publication."""
        return ()

    def finding(self, message: str, *identity: str) -> Finding:
        """A finding of this sort; ``identity`` tells it from others of the same, in every run."""
        return Finding(
            rule=self.id,
            name=self.name,
            category=CATEGORY,
            severity=self.severity,
            node="",
            message=message,
            fix=self.fix,
            fingerprint=fingerprint(self.id, identity[0] if identity else "", identity[1:]),
        )


UNUSED_SUPPRESSION = ConfigurationRule(
    id="CFG001",
    name="unused-suppression",
    severity=Severity.WARNING,
    since="0.1.0",
    summary="Finds suppressions that silence nothing any more.",
    rationale="""\
A suppression says that somebody looked at a finding and decided to live with it. When the finding
is gone the entry stays behind, and the next finding of the same rule at the same place is silenced
although nobody has looked at it. An entry is judged in runs over models that it is about and in
which its rule was applied; others leave it alone.""",
    example="""\
[[suppress]]
rule = "separable-candidate"
model = "edge/*.onnx"
node = "/stem/*"             # the stem has long been converted
reason = "the stem stays as published"
""",
    instead="",
    fix="Remove the entry, or correct its rule, model or node.",
)
EXPIRED_SUPPRESSION = ConfigurationRule(
    id="CFG002",
    name="expired-suppression",
    severity=Severity.WARNING,
    since="0.1.0",
    summary="Finds suppressions whose last day is over.",
    rationale="""\
A suppression with a date is a promise to act until then. From the day after, it silences nothing:
what it held back is reported again, and the entry itself with the reason that was given.""",
    example="""\
[[suppress]]
rule = "STR001"
reason = "the exporter is fixed in its next version"
expires = 2025-12-31
""",
    instead="""\
[[suppress]]
rule = "STR001"
reason = "the fix of the exporter has been put off until summer"
expires = 2030-06-30
""",
    fix="Act on the finding, or renew the entry with a new date.",
)

UNMATCHED_MODELS = ConfigurationRule(
    id="CFG003",
    name="unmatched-models",
    severity=Severity.WARNING,
    since="0.1.0",
    summary="Finds [[models]] of the configuration that are about no model.",
    rationale="""\
What an entry says, a budget say, holds for the models that its glob means. A glob with a mistake in
it means none, and then nothing is held to that budget and nobody notices. An entry is judged in
runs that search the folder it is about; one over single files, as of a hook for pre-commit, leaves
it alone. Globs begin at the folder of the configuration; `*` stays within a folder and `**` is any
number of them.""",
    example="""\
[[models]]
path = "edge/*.onnx"          # the models are in models/edge
targets = ["coreml"]
""",
    instead="""\
[[models]]
path = "models/edge/*.onnx"
targets = ["coreml"]
""",
    fix="Correct the glob, which begins at the folder of the configuration, or remove the entry.",
)

CONFIGURATION = (UNUSED_SUPPRESSION, EXPIRED_SUPPRESSION, UNMATCHED_MODELS)
"""All of them, by id."""
