"""Words for mistakes in names."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """A clause that names the most similar of ``words``; empty where none is.

    >>> did_you_mean("tensort", ["tensorrt", "nnapi"])
    ", did you mean 'tensorrt'?"
    """
    close = get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f", did you mean {close[0]!r}?" if close else ""
