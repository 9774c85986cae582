"""Where the model runs: a target as a whole, what blocks on it, and an operator's placement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.deployment import Blocker, Placement, TargetFit
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Facts

CODES = ("operator", "version", "cliff", "type", "condition", "function", "opset", "ir",
         "undecided")  # fmt: skip


def _targets(facts: Facts) -> Iterator[Subject]:
    for fit in facts.targets:
        yield Subject(
            kind=fit.verdict,
            place="",
            name=fit.target,
            groups={"deployment": fit},
            form=(fit.target,),
        )


def _blockers(facts: Facts) -> Iterator[Subject]:
    """One for each operator and reason, so that a finding has all its places."""
    for fit in facts.targets:
        for blocker in fit.blockers:
            groups = {"deployment": fit, "blocker": blocker}
            for place in blocker.nodes or ("",):
                yield Subject(
                    kind=blocker.code,
                    place=place,
                    name=f"{fit.target}/{place}",
                    groups=groups,
                    form=(fit.target, blocker.op_type, blocker.code),
                )


class Placements:
    """What the targets make of each operator of one model, worked out once."""

    def __init__(self, facts: Facts) -> None:
        self.asked: bool = bool(facts.targets)
        self._against: dict[str, list[tuple[str, Blocker]]] = {}
        for fit in facts.targets:
            for blocker in fit.blockers:
                for node in blocker.nodes:
                    self._against.setdefault(node, []).append((fit.target, blocker))

    def groups(self, node: str) -> Mapping[str, Placement]:
        """The group ``target`` of an operator; none where nobody asked about targets."""
        if not self.asked:
            return {}
        against = self._against.get(node)
        if against is None:
            return _EVERYWHERE
        certain = any(blocker.certain for _, blocker in against)
        targets = tuple(dict.fromkeys(target for target, _ in against))
        placed = Placement(False if certain else None, against[0][1].reason, targets)
        return {"target": placed}


_EVERYWHERE: Mapping[str, Placement] = {"target": Placement(True, "", ())}

SORT = Sort("deployment", {"deployment": TargetFit}, _targets, ("whole", "split", "no", "maybe"))
BLOCKERS = Sort("blocker", {"blocker": Blocker, "deployment": TargetFit}, _blockers, CODES)
