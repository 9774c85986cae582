"""Words of Hangul stay whole on paper, as CSS's ``word-break: keep-all`` has them on screens.

WeasyPrint does not know that value, and Pango may break a line between any two syllables. Its
attribute that forbids breaks is set on each word that a line has room for.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from analyzer.report.faces import is_korean

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = re.compile(r"[^\s\u200b]*[\uac00-\ud7a3][^\s\u200b]*")
"""With its brackets, numbers and particles."""
_HANGUL = re.compile(r"[\uac00-\ud7a3]{2,}")
_DECLARED = "PangoAttribute * pango_attr_allow_breaks_new (gboolean allow_breaks);"
LONGEST = 24
"""Characters of a word; what is longer is a list or an address."""
SHORT = 5
"""Characters for which every line has room, whatever is left of it."""


@contextmanager
def whole_words(page: str) -> Iterator[None]:
    """Lay out ``page`` without breaks in words, where it has Hangul.

    Where WeasyPrint has another inside one day, or Pango has no such attribute, words break.
    """
    from weasyprint.text import line_break

    layout = getattr(line_break, "Layout", None)
    kept = _keeping(layout) if layout is not None and is_korean(page) else None
    if kept is None:
        yield
        return
    line_break.Layout = kept
    try:
        yield
    finally:
        line_break.Layout = layout


def _keeping(layout: Any) -> Any:
    """``layout``, WeasyPrint's class of a line, with words kept whole."""
    from weasyprint.text.ffi import ffi, pango

    try:
        ffi.cdef(_DECLARED, override=True)
        forbid = pango.pango_attr_allow_breaks_new
    except AttributeError:
        return None

    class Kept(layout):  # type: ignore[misc]
        def set_text(self, text: str, justify: bool = False) -> None:
            super().set_text(text, justify)
            words = [*self.words()]
            if not words:
                return
            found = pango.pango_layout_get_attributes(self.layout)
            if found == ffi.NULL:
                found = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
            for word in words:
                attr = forbid(False)
                attr.start_index = len(self.text[: word.start()].encode())
                attr.end_index = attr.start_index + len(word[0].encode())
                pango.pango_attr_list_insert(found, attr)
            pango.pango_layout_set_attributes(self.layout, found)

        def words(self) -> Iterator[re.Match[str]]:
            """What is to stay whole: a word, or of one that is too long its Hangul."""
            for word in _WORD.finditer(self.text):
                if self.holds(word[0]):
                    yield word
                else:
                    parts = _HANGUL.finditer(self.text, word.start(), word.end())
                    yield from (part for part in parts if self.holds(part[0]))

        def holds(self, word: str) -> bool:
            """Whether a line has room for the word, each character a square; its width may be
            what others in front have left of the line."""
            width = self.max_width
            square = self.style["font_size"]
            fits = width is None or len(word) <= SHORT or len(word) * square <= width
            return fits and len(word) <= LONGEST

    return Kept
