"""What the tool finds in its own settings: one record for each sort of finding.

They are rules to whoever selects, grades, ignores or looks one up. They have no file in ``rules/``,
as there is no model that they are about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Never

from analyzer.dataclass import dataclass
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

STALE_BASELINE = ConfigurationRule(
    id="CFG004",
    name="stale-baseline",
    severity=Severity.WARNING,
    since="0.1.0",
    summary="Finds entries of the baseline whose finding is gone.",
    rationale="""\
An entry of a baseline says that a finding is accepted. When the finding is gone the entry stays
behind, and the next one of its kind is accepted although nobody has looked at it. An entry is
judged where its model was judged as a whole and its rule was applied, or where the model's file
does not exist any more; others are left alone, so that a run over some of the models says nothing
about the rest.""",
    example="""\
baseline = "onnxlint-baseline.jsonl"   # accepts findings of models/old.onnx, which is gone
""",
    instead="",
    fix="Remove such entries: onnxlint check MODELS --write-baseline FILE --prune.",
)
BASELINE_OF_OTHER_SIZES = ConfigurationRule(
    id="CFG005",
    name="baseline-of-other-sizes",
    severity=Severity.WARNING,
    since="0.1.0",
    summary="Finds baselines that were written for other sizes of open dimensions.",
    rationale="""\
A baseline holds how much there is of a finding, in MACs or bytes, and a finding that grows is new.
What a model with open dimensions costs depends on the sizes they are bound to: with a batch of 8
everything is eight times as much, and nothing has become worse. So accepted findings stay accepted,
and that they may have become worse is not judged. Sizes that the model itself states are not meant:
where those grow, its findings have grown.""",
    example="""\
baseline = "onnxlint-baseline.jsonl"   # written with batch = 1

[dims]
batch = 8
""",
    instead="""\
baseline = "onnxlint-baseline-8.jsonl"

[dims]
batch = 8
""",
    fix="Check with the sizes of the baseline, or write a baseline for these.",
)

CONFIGURATION = (
    UNUSED_SUPPRESSION,
    EXPIRED_SUPPRESSION,
    UNMATCHED_MODELS,
    STALE_BASELINE,
    BASELINE_OF_OTHER_SIZES,
)
"""All of them, by id."""
