"""WeasyPrint's letters, each word of which is shaped by Pango once and drawn from notes after that.

A word that is laid out is shaped once more where it is drawn, and a picture's words are laid out
and drawn letter by letter: a page has a few hundred words and letters, and thousands of each.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPE = (
    "white_space", "font_size", "direction", "font_language_override", "lang", "font_family",
    "font_style", "font_stretch", "font_weight", "font_variation_settings",
    "text_decoration_line", "font_kerning", "font_variant_ligatures", "font_variant_position",
    "font_variant_caps", "font_variant_numeric", "font_variant_alternates",
    "font_variant_east_asian", "font_feature_settings", "word_spacing", "letter_spacing",
    "overflow_wrap", "tab_size", "hyphens", "hyphenate_limit_chars", "hyphenate_limit_zone",
    "hyphenate_character", "word_break",
)  # fmt: skip
"""All properties on which it depends where a line of text ends and how large it is."""

Calls = tuple[tuple[str, tuple[Any, ...]], ...]
"""Names and arguments of methods."""


def shape_of(style: Any) -> tuple[object, ...]:
    """What ``style`` has of ``SHAPE``, which is looked at once."""
    style = getattr(style, "kin", style)
    try:
        found: tuple[object, ...] = style.shape
    except AttributeError:
        found = style.shape = tuple(_frozen(style[name]) for name in SHAPE)
    return found


def _frozen(value: object) -> object:
    if isinstance(value, set):
        return frozenset(value)
    return tuple(value) if isinstance(value, list) else value


def splitting(split: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
    """``split_first_line``, which hands out copies of lines that it has split before."""
    known: dict[tuple[object, ...], tuple[Any, ...]] = {}

    def first_line(text: str, style: Any, context: Any, *where: object, **how: object) -> Any:
        key = (text, shape_of(style), where, *how.items())
        try:
            found = known.get(key)
        except TypeError:  # some property holds a list
            return split(text, style, context, *where, **how)
        if found is None:
            found = known[key] = split(text, style, context, *where, **how)
        # Whoever draws the line changes it.
        layout = object.__new__(type(found[0]))
        layout.__dict__.update(found[0].__dict__)
        return (layout, *found[1:])

    return first_line


def shaped_late() -> tuple[Callable[..., None], Callable[..., None]]:
    """``Layout.reactivate`` and ``deactivate`` where ``drawing`` shapes what is to be drawn."""

    def reactivate(self: Any, style: Any) -> None:
        self.style = style

    def deactivate(self: Any) -> None:
        for name in ("layout", "language", "style"):
            self.__dict__.pop(name, None)

    return reactivate, deactivate


def drawing(
    draw: Callable[..., list[Any]], shape: Callable[[Any, Any], None]
) -> Callable[..., list[Any]]:
    """``draw_first_line``, which writes again what it has written of such a line before; ``shape``
    is ``Layout.reactivate``."""
    documents: dict[int, tuple[object, dict[tuple[object, ...], Calls]]] = {}

    def first_line(stream: Any, box: Any, overflow: str, ellipsis: str, matrix: Any) -> list[Any]:
        layout, fonts = box.pango_layout, stream._fonts
        # With its fonts held, none of another document gets their id.
        _, known = documents.setdefault(id(fonts), (fonts, {}))
        key = (layout.text, bool(box.text.strip()), layout.justification_spacing,
               shape_of(box.style))  # fmt: skip
        is_whole = overflow != "ellipsis" and ellipsis == "none"
        if is_whole and (calls := known.get(key)) is not None:
            for name, arguments in calls:
                getattr(stream, name)(*(matrix.values if name == _PLACE else arguments))
            return []
        shape(layout, box.style)
        notes = _Notes(stream)
        emojis = draw(notes, box, overflow, ellipsis, matrix)
        if is_whole and not emojis:
            known[key] = tuple(notes.calls)
        return emojis

    return first_line


_PLACE = "set_text_matrix"
_WRITES = frozenset({_PLACE, "set_font_size", "set_text_rise", "show_text"})
"""Methods of a stream with which it is written what a line looks like."""


class _Notes:
    """A stream that notes what is written."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._stream, name)
        return partial(self._write, name, found) if name in _WRITES else found

    def _write(self, name: str, write: Callable[..., None], *arguments: Any) -> None:
        self.calls.append((name, arguments))
        write(*arguments)
