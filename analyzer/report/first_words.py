"""A text before code, a link or the like takes the line that it fits.

WeasyPrint counts the space at its end. Where the text has room but for that space, it finds no
place to break it from the right, and puts its first word on a line of its own.
"""

from __future__ import annotations

from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def hanging_spaces() -> Iterator[None]:
    """Lay out a page whose texts let the space at their end hang over.

    Where WeasyPrint splits lines elsewhere one day, nothing is changed.
    """
    from weasyprint.layout import inline

    split = getattr(inline, "split_first_line", None)
    if split is None:
        yield
        return

    def hanging(text: str, style: Any, context: Any, width: Any, *rest: Any, **named: Any) -> Any:
        found = split(text, style, context, width, *rest, **named)
        _, length, resume_at, *_ = found
        if resume_at is None or not text.endswith(" ") or width in (None, inf):
            return found
        if " " in text.encode()[:length].decode().strip():
            return found
        _, _, left, wide, *_ = split(text.rstrip(" "), style, context, width, *rest, **named)
        if left is not None or wide > width:
            return found
        return split(text, style, context, inf, *rest, **named)

    inline.split_first_line = hanging
    try:
        yield
    finally:
        inline.split_first_line = split
