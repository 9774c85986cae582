"""Baselines: the findings a model had when it was adopted, so that only new ones count.

The file is JSON with sorted keys, made to be committed and reviewed::

    {"schema": 1, "models": {"net.onnx": {"3c3b3cd087ea-d3616c6dd206": 2}}}

Each model lists fingerprints and how many findings carry each.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from analyzer.errors import ConfigError
from analyzer.findings.fingerprint import structure_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analyzer.findings.finding import Finding

SCHEMA = 1
MAX_BYTES = 64 * 1024 * 1024
"""Size of a baseline file."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Accepted findings by model."""

    models: Mapping[str, Mapping[str, int]]
    """Model path → fingerprint → number of findings."""


def make_baseline(findings: Mapping[str, Iterable[Finding]]) -> Baseline:
    """Accept ``findings``, given by model path."""
    return Baseline(
        {_key(m): Counter(f.fingerprint for f in found) for m, found in findings.items()}
    )


def dump_baseline(baseline: Baseline) -> bytes:
    """The file's bytes; the same baseline gives the same bytes."""
    models = {model: dict(counts) for model, counts in baseline.models.items()}
    text = json.dumps({"schema": SCHEMA, "models": models}, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def parse_baseline(data: bytes, source: str = "baseline") -> Baseline:
    """Read a file's bytes; raises ``ConfigError`` if they are not a baseline."""
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{source}: larger than {MAX_BYTES:,} bytes")
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{source}: not a baseline, {error}") from None
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise ConfigError(f"{source}: not a baseline of schema {SCHEMA}; write it again")
    models = content.get("models")
    if not isinstance(models, dict) or not all(map(_is_counts, models.values())):
        raise ConfigError(f"{source}: 'models' must map each model to fingerprints and counts")
    return Baseline(models)


def apply_baseline(
    findings: Sequence[Finding], baseline: Baseline, model: str
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Split ``findings`` of ``model`` into (new, accepted).

    A finding is accepted while its fingerprint has counts left; what remains may use up counts
    of its structure alone, which is how a renamed node stays accepted. Of several findings with
    one fingerprint the last ones are new.
    """
    counts = Counter(baseline.models.get(_key(model), {}))
    accepted: set[int] = set()
    for index, finding in enumerate(findings):
        if counts[finding.fingerprint] > 0:
            counts[finding.fingerprint] -= 1
            accepted.add(index)
    renamed: Counter[str] = Counter()
    for print_, left in counts.items():
        renamed[structure_of(print_)] += left
    for index, finding in enumerate(findings):
        structure = structure_of(finding.fingerprint)
        if index not in accepted and renamed[structure] > 0:
            renamed[structure] -= 1
            accepted.add(index)
    new = tuple(f for i, f in enumerate(findings) if i not in accepted)
    return new, tuple(f for i, f in enumerate(findings) if i in accepted)


def _key(model: str) -> str:
    """The model's path as one spelling on every system."""
    return PurePath(model).as_posix()


def _is_counts(value: Any) -> bool:
    return isinstance(value, dict) and all(type(n) is int and n >= 0 for n in value.values())
