"""Another opset or IR version that a model may state, as all of it means the same there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.targets.attempt import Attempt, tried, variant
from analyzer.targets.restamp import OLDEST, can_state, needed_ir
from analyzer.targets.signatures import version_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.deployment import TargetFit
    from analyzer.targets.table import Table
    from analyzer.targets.workload import Workload

MOST_OPSETS = 3
"""Opsets that are tried."""
FURTHEST = 12
"""Opsets that are looked at beyond the one that is stated."""


def opsets(subject: Workload, open_: Sequence[tuple[Table, TargetFit]]) -> Iterator[Attempt]:
    stated = subject.opsets.get("", 1)
    wanted: dict[int, set[str]] = {}
    for table, fitted in open_:
        for opset in candidates(table, fitted, stated):
            wanted.setdefault(opset, set()).add(table.id)
    nearest = sorted(wanted, key=lambda opset: (abs(opset - stated), opset))
    for opset in nearest[: 3 * MOST_OPSETS]:
        if not can_state(subject.program, subject.shapes, opset):
            continue
        scopes = [
            replace(scope, opsets={**scope.opsets, "": opset}) for scope in subject.program.scopes
        ]
        program = replace(subject.program, scopes=scopes)
        text = f"state opset {opset} instead of {stated}: all operators mean the same there"
        edit = tried(text, "opset", opset=opset)
        yield Attempt(edit, variant(subject, program), frozenset(wanted[opset]))


def candidates(table: Table, fitted: TargetFit, stated: int) -> set[int]:
    """Opsets at which something that is refused for its version has another one."""
    ceiling = table.ceiling("opset_ceiling")
    found: set[int] = set()
    for blocker in fitted.blockers:
        if blocker.code == "opset" and ceiling is not None:
            found.add(ceiling)
        if blocker.code not in ("version", "cliff") or "::" in blocker.op_type:
            continue
        now = version_of("", blocker.op_type, stated)
        if now is None:
            continue
        found.add(now.since - 1)
        later = (
            opset
            for opset in range(stated, stated + FURTHEST)
            if (found_at := version_of("", blocker.op_type, opset)) is not None
            and found_at.since > now.since
        )
        found.update([opset] if (opset := next(later, None)) is not None else [])
    return {opset for opset in found if OLDEST <= opset <= (ceiling or opset) and opset != stated}


def ir_versions(subject: Workload, open_: Sequence[tuple[Table, TargetFit]]) -> Iterator[Attempt]:
    stated = subject.program.ir_version
    wanted: dict[int, set[str]] = {}
    for table, fitted in open_:
        most = table.ceiling("ir_ceiling")
        if most is not None and any(blocker.code == "ir" for blocker in fitted.blockers):
            wanted.setdefault(most, set()).add(table.id)
    least = needed_ir(subject.program, subject.shapes)
    for ir, ids in sorted(wanted.items(), reverse=True):
        if least is None or ir < least:
            continue
        text = f"state IR version {ir} instead of {stated}: nothing in the file needs a newer one"
        program = replace(subject.program, ir_version=ir)
        yield Attempt(tried(text, "ir", ir=ir), variant(subject, program), frozenset(ids))
