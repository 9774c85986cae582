"""What to type so that an operator which an assumed size does not fit gets the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.facts import name_of_axis
from analyzer.naming import typed
from analyzer.shapes.taint import tainted_sites

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.facts import Assumption
    from analyzer.survey import Survey

SIZE = "SIZE"
"""Stands for the number that only whoever knows the model can tell; numbered where there are two
that need not be the same."""
ANY = f"--dim NAME={SIZE} or --shape INPUT=…"
"""Where no name can be typed, or too many would have to be."""
MOST = 3
"""Options of one operator."""


class Stating:
    """Options for the sizes that operators of a model rest on."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._guessed: dict[str, list[Assumption]] = {}
        for each in survey.guessed:
            self._guessed.setdefault(each.input, []).append(each)
        self._behind: dict[str, frozenset[int]] = {}
        # A size of 1 is mostly a batch, and fits whatever it meets.
        self._suspects = [a for a in survey.guessed if a.value != 1] or [*survey.guessed]
        names = dict.fromkeys(a.name for a in self._suspects)
        self._words = {name: f"{SIZE}{n}" if len(names) > 1 else SIZE
                       for n, name in enumerate(names, 1)}  # fmt: skip

    def options(self, index: int) -> str:
        """``--dim sequence=SIZE``: what the site ``index`` rests on that nobody stated."""
        guesses = [a for name, some in self._guessed.items() if index in self._reached(name)
                   for a in some]  # fmt: skip
        suspects = [a for a in guesses if a in self._suspects] or guesses
        found = [*dict.fromkeys(self._spelt(suspects))]
        return " ".join(found) if found and len(found) <= MOST and "" not in found else ANY

    def _reached(self, name: str) -> frozenset[int]:
        if name not in self._behind:
            seen = self._survey
            self._behind[name] = tainted_sites(seen.program, seen.graph, seen.sites, {name})
        return self._behind[name]

    def _spelt(self, suspects: Sequence[Assumption]) -> Iterator[str]:
        """An option for each symbol, and for each input with a size that has no name; empty where
        that cannot be typed."""
        for name in dict.fromkeys(a.input for a in suspects):
            own = [a for a in suspects if a.input == name]
            if not any(map(_is_nameless, own)):
                yield from (typed("--dim", a.dim, self._word(a)) for a in own)
                continue
            kind = self._survey.shapes.main.types.get(name)
            words = {a.axis: self._word(a) for a in own}
            sides = (kind.shape or ()) if kind else ()
            yield typed("--shape", name, ",".join(
                words.get(axis) or (SIZE if side is None else str(side))
                for axis, side in enumerate(sides)))  # fmt: skip

    def _word(self, guess: Assumption) -> str:
        return self._words.get(guess.name, SIZE)


def _is_nameless(guess: Assumption) -> bool:
    return guess.name == name_of_axis(guess.input, guess.axis)
