"""What a clause of a condition says of a call: true, false, or ``None`` for unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.targets import attribute_atoms, operand_atoms
from analyzer.targets.truth import Truth, all_of, any_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.targets.condition import Atom, Clause
    from analyzer.targets.use import Use


def holds(clause: Clause, use: Use) -> Truth:
    """Whether one of the alternatives holds."""
    return any_of(all_of(test(atom, use) for atom in way) for way in clause.alternatives)


def sees_outlines(condition: tuple[Clause, ...]) -> bool:
    """Whether it cannot tell apart two calls of one ``outline``."""
    atoms = (atom for clause in condition for way in clause.alternatives for atom in way)
    return all(atom.kind in _OUTLINED for atom in atoms)


def test(atom: Atom, use: Use) -> Truth:
    """Whether ``atom`` holds for ``use``."""
    return _TESTS[atom.kind](atom, use)


_TESTS: Mapping[str, Callable[[Atom, Use], Truth]] = {
    **operand_atoms.TESTS,
    **attribute_atoms.TESTS,
    "never": lambda atom, use: False,
    "undecided": lambda atom, use: None,
}
_OUTLINED = frozenset({
    "absent", "const", "dtype", "inputfrom", "inputs", "never", "nonconst", "nonempty", "opset",
    "outputs", "present", "producer", "rank", "ranked", "ranksum", "same", "static", "undecided",
})  # fmt: skip
"""Atoms that look at nothing that an ``outline`` of a call leaves out."""
