"""English nouns behind a number that may be 1: what a contract says was written for several."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IRREGULAR: Mapping[str, str] = {"axes": "axis", "entries": "entry", "classes": "class"}
REGULAR = ("activations", "channels", "coefficients", "columns", "coordinates", "elements",
           "experts", "features", "groups", "heads", "inputs", "keys", "lengths", "nodes",
           "numbers", "outputs", "pairs", "parts", "places", "rows", "scales", "terms", "tokens",
           "values", "vectors", "weights")  # fmt: skip
NOUNS: Mapping[str, str] = {**IRREGULAR, **{noun: noun[:-1] for noun in REGULAR}}
VERBS: Mapping[str, str] = {"are": "is", "do": "does", "have": "has", "leave": "leaves",
                            "reach": "reaches", "take": "takes"}  # fmt: skip
"""What may follow the noun as its verb."""
_NOUN, _VERB = "|".join(NOUNS), "|".join(VERBS)
_BEHIND = rf" ({_NOUN})\b(?: ({_VERB})\b)?"
_ONE = re.compile(rf"(?<![\w.,×+/-])1{_BEHIND}")
_PLACE = re.compile(rf"\{{(\d+)\}}{_BEHIND}")
_ANY = re.compile(r"\{(\d+)\}")


def agreeing(text: str) -> str:
    """``text`` with a single thing where it counts one.

    >>> agreeing("A (2×1) has 1 columns and B (3×4) 3 rows; 1 axes are resized, 21 axes are not")
    'A (2×1) has 1 column and B (3×4) 3 rows; 1 axis is resized, 21 axes are not'
    """
    return _ONE.sub(lambda found: f"1{_single(found[1], found[2])}", text)


def variants(pattern: str, told: str) -> Iterator[tuple[str, str]]:
    """A pattern and what it is in another language, and both for each of its numbers that is 1.

    >>> for each in variants("{0} parts of {1}", "{1}: {0}"):
    ...     print(each)
    ('{0} parts of {1}', '{1}: {0}')
    ('1 part of {0}', '{0}: 1')
    """
    yield pattern, told
    for found in _PLACE.finditer(pattern):
        place = int(found[1])
        one = f"{pattern[: found.start()]}1{_single(found[2], found[3])}{pattern[found.end() :]}"
        yield from variants(_without(one, place), _without(told, place))


def _single(noun: str, verb: str | None) -> str:
    return f" {NOUNS[noun]}" + (f" {VERBS[verb]}" if verb else "")


def _without(text: str, place: int) -> str:
    """``text`` with the number 1 in a place, and the places behind it moved up."""

    def moved(found: re.Match[str]) -> str:
        here = int(found[1])
        return "1" if here == place else f"{{{here - (here > place)}}}"

    return _ANY.sub(moved, text)
