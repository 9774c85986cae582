"""How many characters are shown of what a model names, by what it is.

What is longer is shortened in its middle (``units.shorten``), so that a name of a megabyte takes
no more of a page than another.
"""

from __future__ import annotations

from typing import Final

WORD: Final = 24
"""A type, or a name in a narrow column."""
TERM: Final = 40
"""A kind of layers, a dimension, a name within a sentence."""
NAME: Final = 60
"""A name of a row of its own."""
PATH: Final = 80
"""A path of a module or of a file."""
FILE: Final = 4096
"""The path of a model where it stands for the file: as long as systems let one be."""
CAUSE: Final = 120
"""A reason within a sentence."""
REASON: Final = 160
"""A reason within a row."""
NOTE: Final = 200
"""A reason of a line of its own."""
SENTENCE: Final = 240
"""A sentence."""
TEXT: Final = 400
"""Several sentences."""


def quoted(text: str, most: int = TERM) -> str:
    """The beginning of what somebody wrote, between quotes, with escapes for what is no letter.

    >>> quoted("it's"), quoted("a" * 5, 3)
    ('"it\\'s"', "'aaa'")
    """
    return repr(text[:most])
