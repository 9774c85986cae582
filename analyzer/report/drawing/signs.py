"""Edges that would run around several rows: letters at both ends say where they go on instead."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analyzer.report.drawing.record import DrawnEdge

FAR = 2
"""Ends of rows that an edge is led around from which on nobody can follow it."""
FEW = 150
"""Boxes up to which a drawing is laid out again without such edges."""
MOST = 6
"""Letters at which edges go on at one box; more say no more than their lines would."""
ROUNDS = 3
"""How often, as others may be far apart then."""


def far(
    edges: Sequence[DrawnEdge], turns: Sequence[int], known: Iterable[DrawnEdge] = ()
) -> list[DrawnEdge]:
    """Those that are to have letters besides those ``known``, by the ends of rows that each is led
    around: the longest first, and never all that lead to a box, which stands where it does by one
    of them."""
    into = Counter(edge.target for edge in edges)
    taken = Counter(edge.target for edge in known)
    found = []
    for count, edge in sorted(zip(turns, edges, strict=True), key=lambda pair: -pair[0]):
        if count >= FAR and into[edge.target] > 1 and taken[edge.target] < MOST:
            into[edge.target] -= 1
            taken[edge.target] += 1
            found.append(edge)
    return found


def signs(edges: Iterable[DrawnEdge]) -> Mapping[int, str]:
    """By box what is written on it: ``→ A`` where edges leave it, ``← A`` where they go on.

    >>> from analyzer.report.drawing.record import DrawnEdge
    >>> signs([DrawnEdge(1, 8, 1, None), DrawnEdge(1, 9, 1, None), DrawnEdge(4, 9, 1, None)])
    {1: '→ A', 8: '← A', 9: '← A, B', 4: '→ B'}
    """
    ordered = sorted(edges, key=lambda edge: (edge.source, edge.target))
    letters = {source: letter(at) for at, source in enumerate({e.source: 0 for e in ordered})}
    into: dict[int, list[str]] = {}
    for edge in ordered:
        into.setdefault(edge.target, []).append(letters[edge.source])
    found: dict[int, str] = {}
    for box in dict.fromkeys(end for edge in ordered for end in (edge.source, edge.target)):
        arrives = f"← {', '.join(into[box])}" if box in into else ""
        leaves = f"→ {letters[box]}" if box in letters else ""
        found[box] = f"{arrives} {leaves}".strip()
    return found


def letter(at: int) -> str:
    """``A`` to ``Z``, then ``AA``.

    >>> letter(0), letter(25), letter(26), letter(52)
    ('A', 'Z', 'AA', 'BA')
    """
    before, last = divmod(at, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + last)
