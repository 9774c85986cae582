"""Findings that somebody read on real models, by rule: the format of ``RULE.csv`` beside this file.

A *reading* is one finding at one place of one model, and whether it is right and useful there. The
model is named by the SHA-256 of its file alone, so that whoever has the file can read it again.
"""

from __future__ import annotations

import csv
import re
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FOLDER = Path(__file__).parent
VERDICTS = ("right", "wrong", "useless")
"""Right and useful; not so; true, but nobody would act on it."""
ENOUGH = 20
"""Findings of a rule to read, or all there are."""
SHARE = 0.95
"""Share of a stable rule's readings that are right."""
SPECIFICATION = FOLDER / "specification.csv"
"""Rules that state a fact of the ONNX specification or of a user's own limit: rule, why."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody says of one finding."""

    sha256: str
    node: str
    """Place of the finding, as ``Finding.node``; empty for the whole model."""
    verdict: str
    reason: str
    """What in the model makes it right or wrong."""

    @property
    def key(self) -> tuple[str, str]:
        """Model and place."""
        return self.sha256, self.node


HEADER = tuple(each.name for each in fields(Reading))


def files() -> list[Path]:
    """The files of readings, by rule."""
    return sorted(path for path in FOLDER.glob("*.csv") if path != SPECIFICATION)


def path_of(rule: str) -> Path:
    """Where the readings of a rule are."""
    return FOLDER / f"{rule}.csv"


def read(path: Path) -> list[Reading]:
    """The readings in a file; none where it does not exist. Raises ``ValueError``."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    if not rows or tuple(rows[0]) != HEADER:
        raise ValueError(f"{path.name}: the first line must be {','.join(HEADER)}")
    odd = [i for i, row in enumerate(rows, 1) if len(row) != len(HEADER)]
    if odd:
        raise ValueError(f"{path.name}:{odd[0]}: {len(rows[odd[0] - 1])} columns")
    return [Reading(*row) for row in rows[1:]]


def faults(readings: Iterable[Reading]) -> list[str]:
    """What is wrong with the form of readings, one line each."""
    found, seen = [], set()
    for line, each in enumerate(readings, 2):
        if not _DIGEST.fullmatch(each.sha256):
            found.append(f"line {line}: {each.sha256[:80]!r} is no SHA-256")
        if each.verdict not in VERDICTS:
            found.append(f"line {line}: verdict {each.verdict[:40]!r} is none of {VERDICTS}")
        if len(each.reason.split()) < 3:
            found.append(f"line {line}: a reason says what in the model decides")
        if each.key in seen:
            found.append(f"line {line}: {each.node!r} of this model was read before")
        seen.add(each.key)
    return found


def share_right(readings: Sequence[Reading]) -> float:
    """Share of the readings that are right and useful."""
    return sum(each.verdict == "right" for each in readings) / len(readings)


def append(rule: str, readings: Iterable[Reading]) -> None:
    """Put readings behind those that a rule has."""
    path = path_of(rule)
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if new:
            writer.writerow(HEADER)
        writer.writerows(map(astuple, readings))


def specified() -> dict[str, str]:
    """Rules that need no readings, and why."""
    with SPECIFICATION.open(encoding="utf-8", newline="") as stream:
        return {row["rule"]: row["why"] for row in csv.DictReader(stream)}
