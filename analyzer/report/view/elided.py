"""Rows of a table that say what its first row says: the words they share stand there alone."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.report.view.findings import PlaceRow

FEWEST = 4
"""Rows of a table in which repetition is in the way; of fewer, each is read by itself."""
WORDS, LETTERS = 4, 15
"""The least that an ellipsis stands for."""
FREED, HALF = 36, 0.5
"""Letters that go at least, or else that part of the text."""
MARK = "…"
OPEN = "-1"
"""What ONNX says instead of a size: no figure."""
_UNIT = re.compile(r"\W*(?:[kMGTPE]?(?:MAC|FLOP)s?|[KMGTPE]i?B|[kMGTPE]|B|%|ms|µs|ns|s|dB)\W*")
_NUMBER = re.compile(r"\W*[\d.,]*\d")


class SharedWords(NamedTuple):
    """Words that both texts have, as they stand in each."""

    above: int
    here: int
    size: int


def is_alike(rows: Sequence[PlaceRow]) -> bool:
    """Whether rows of a table are many, and one of them repeats what the first says."""
    if len(rows) < FEWEST:
        return False
    first = rows[0]
    return any(
        elided(row.message, first.message) != row.message
        or any(
            elided(line, above, 1) != line
            for line, above in zip(row.advice, first.advice, strict=False)
        )
        for row in rows[1:]
    )


def elided(text: str, first: str, own: int = 0) -> str:
    """A text with an ellipsis for each run of words that ``first``, which stands above, has too.

    The first ``own`` words stay, and so does what has a digit. Where little would go, nothing does,
    nor where ``first`` says more in a place that an ellipsis would seem to fill, nor where what is
    left is more than one word between two of them, or a number without its unit.

    >>> first = "Add adds a constant that Conv before it takes as its bias (1 KiB)"
    >>> elided("Sub adds a constant that Conv before it takes as its bias (2 KiB)", first)
    'Sub … (2 KiB)'
    >>> elided("Sub adds a constant that Conv before it takes as its bias", first)
    'Sub adds a constant that Conv before it takes as its bias'
    >>> elided("fix: put it aside or leave it there", "fix: put it aside or leave it there", 1)
    'fix: …'
    """
    words, above = text.split(" "), first.split(" ")
    runs = list(_runs(words[own:], above[own:]))
    left, end, over = [*words[:own]], own, own
    for run in runs:
        here, there = own + run.here, own + run.above
        kept, skipped = words[end:here], there - over
        if end > own and not len(kept) == skipped == 1:
            return text
        if (skipped and not kept) or (kept and _parts(kept[-1], words[here])):
            return text
        left += [*kept, MARK]
        end, over = here + run.size, there + run.size
    if end == len(words) and over < len(above):
        return text
    short = " ".join([*left, *words[end:]])
    worth = len(text) - len(short) >= min(FREED, HALF * len(text))
    return short if worth else text


def _runs(words: Sequence[str], above: Sequence[str]) -> Iterator[SharedWords]:
    """Words with a digit are no part of any: they are figures, or names."""
    unlike = [f"{word} below" if _figure(word) else word for word in words]
    matcher = SequenceMatcher(None, above, unlike, autojunk=False)
    for block in matcher.get_matching_blocks():
        there, here, size = block
        while size and (over := _open(words[here : here + size])):
            size -= 1
            if over < 0:
                there, here = there + 1, here + 1
        if size >= WORDS and len(" ".join(words[here : here + size])) >= LETTERS:
            yield SharedWords(there, here, size)


def _open(words: Sequence[str]) -> int:
    """Parentheses that are opened and not closed among words, or less than 0: closed only."""
    text = " ".join(words)
    return text.count("(") - text.count(")")


def _figure(word: str) -> bool:
    return word != OPEN and any(letter.isdigit() for letter in word)


def _parts(word: str, following: str) -> bool:
    """Whether they are a number and its unit."""
    return bool(_NUMBER.fullmatch(word) and _UNIT.fullmatch(following))
