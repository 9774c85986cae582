"""Baselines: findings that a team has accepted, so that only new and worse ones are reported.

What is accepted is a place (``Accepted``), as good as it was then. ``ratchet`` says which findings
those are in the model of today, ``baseline_file`` how they are written down.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import field, replace
from math import isfinite
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from analyzer.dataclass import dataclass
from analyzer.findings.configuration import CATEGORY
from analyzer.findings.group import ungroup
from analyzer.units import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.facts import Facts
    from analyzer.findings.finding import Finding, Severity

MOST_BITS = 3_000
"""Of a whole number; others are exact however large they are."""
LONGEST = 400
"""Characters of a place or a message that are kept; people read them, nothing compares them."""


class BoundSize(NamedTuple):
    """A size that a model leaves open, as it was bound when its findings were accepted."""

    input: str
    axis: int
    value: int
    reason: str
    """As ``Assumption.reason``."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Findings that were accepted: one, or several that nothing tells apart."""

    rule: str
    place: str
    """What people call it; empty for the whole model."""
    message: str
    """What the finding said."""
    severity: Severity
    fingerprint: str
    value: float | None = None
    """Its magnitude, in ``unit``; a finding that is worse is new."""
    unit: str = ""
    target: str = ""
    """The runtime or device that it is about; empty for all."""
    count: int = 1
    """Findings like this."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Accepted findings by model."""

    models: Mapping[str, tuple[Accepted, ...]]
    """By the path of the model, relative to ``folder`` and with ``/`` between its parts."""
    sizes: Mapping[str, tuple[BoundSize, ...]] = field(default_factory=dict)
    """Sizes that models left open, by the same paths."""
    folder: str = ""
    """Where the file with the baseline is; empty: paths are those that were given."""
    path: str = ""
    """The file, for messages."""

    def key(self, model: str) -> str:
        """The path by which this baseline knows a model."""
        return relative(model, self.folder)

    def of(self, model: str) -> tuple[Accepted, ...]:
        """What is accepted of a model."""
        return self.models.get(self.key(model), ())

    def sizes_of(self, model: str) -> tuple[BoundSize, ...]:
        """Sizes that a model left open when its findings were accepted."""
        return self.sizes.get(self.key(model), ())


def relative(model: str, folder: str) -> str:
    """A model's path as seen from ``folder``, in one spelling on every system.

    >>> relative("./nets/a.onnx", "")
    'nets/a.onnx'
    """
    if model == "-" or not folder:
        return PurePath(model).as_posix()
    own, base = os.path.abspath(model), os.path.abspath(folder)
    inside = os.path.join(base, "")
    if not own.startswith(inside):  # perhaps by another name of the folder
        real = os.path.join(os.path.realpath(os.path.dirname(own)), os.path.basename(own))
        if real.startswith(os.path.join(os.path.realpath(base), "")):
            own, base = real, os.path.realpath(base)
    try:
        return PurePath(os.path.relpath(own, base)).as_posix()
    except ValueError:  # another drive
        return PurePath(own).as_posix()


def accept(findings: Iterable[Finding], names: Mapping[str, str] = {}) -> tuple[Accepted, ...]:
    """Accept findings of one model, grouped or not.

    Parameters
    ----------
    names : what people call operators, by id.
    """
    # those about the settings are not the model's, and another run would not find them there
    places = (finding for finding in ungroup(findings) if finding.category != CATEGORY)
    return merged(entry_of(finding, names) for finding in places)


def merged(entries: Iterable[Accepted]) -> tuple[Accepted, ...]:
    """Entries that say the same as one, their numbers added up."""
    found: Counter[Accepted] = Counter()
    for entry in entries:
        found[replace(entry, count=1)] += entry.count
    return tuple(replace(entry, count=number) for entry, number in found.items())


def entry_of(finding: Finding, names: Mapping[str, str] = {}) -> Accepted:
    """The entry that accepts a finding at one place."""
    value = finding.value
    known = value is not None and _can_be_written(value)
    return Accepted(
        rule=finding.rule,
        place=shorten(names.get(finding.node) or finding.node, LONGEST),
        message=shorten(finding.message, LONGEST),
        severity=finding.severity,
        fingerprint=finding.fingerprint,
        value=value if known else None,
        unit=finding.unit if known else "",
        target=finding.target,
    )


def _can_be_written(value: float) -> bool:
    """Whether a file can hold a magnitude: it is no infinity and no number of a thousand digits."""
    return value.bit_length() < MOST_BITS if isinstance(value, int) else isfinite(value)


def make_baseline(models: Iterable[tuple[Facts, Iterable[Finding]]], folder: str = "") -> Baseline:
    """Accept findings of models; ``folder`` is where the file is going to be."""
    accepted: dict[str, tuple[Accepted, ...]] = {}
    sizes: dict[str, tuple[BoundSize, ...]] = {}
    for facts, findings in models:
        key = relative(facts.model.path, folder)
        if entries := accept(findings, names_of(facts)):
            accepted[key] = entries
            sizes[key] = bound_sizes(facts)
    return Baseline(accepted, sizes, folder)


def names_of(facts: Facts) -> Mapping[str, str]:
    """What people call operators, by id."""
    return {node.id: node.name for node in facts.nodes}


def bound_sizes(facts: Facts) -> tuple[BoundSize, ...]:
    """Sizes that a model leaves open, as they are bound."""
    return tuple(BoundSize(a.input, a.axis, a.value, a.reason) for a in facts.assumptions)
