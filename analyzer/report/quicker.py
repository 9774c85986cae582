"""WeasyPrint without what it works out again and again: a third of the time that a page takes.

A report's tables repeat their words, and its pages are laid out twice (``fitting``): what became of
a line the first time is what becomes of it the next. So is what lengths come to that are no share
of anything, as nearly all are, and so are the styles of two cells in rows that differ in their
name.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analyzer.report.lettering import drawing, shaped_late, splitting
from analyzer.report.numbering import numbering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INSIDES = "70."
"""Versions of WeasyPrint whose insides are these; every other does all its work."""

_SIDES = ("top", "right", "bottom", "left")
LENGTHS = (
    *(f"{space}_{side}" for space in ("margin", "padding") for side in _SIDES),
    *(f"{bound}{axis}" for axis in ("width", "height") for bound in ("", "min_", "max_")),
)
"""Lengths of a box that may be shares of what it is in."""
NAME = "anchor"
"""The one property that elements have of their own: their ``id``."""
BORDERS = tuple(f"border_{side}_width" for side in _SIDES)
RADII = tuple(
    f"border_{corner}_radius" for corner in ("top_left", "top_right", "bottom_right", "bottom_left")
)
BARE = (("background", None), *((radius, (0, 0)) for radius in RADII))
"""What a box has that shows nothing besides what is in it and plain borders."""


@contextmanager
def quicker() -> Iterator[None]:
    """Lay out pages meanwhile without repeating oneself; they are the same, byte by byte."""
    import weasyprint

    if not weasyprint.__version__.startswith(INSIDES):
        yield
        return
    from weasyprint import css, document
    from weasyprint.css.targets import TargetCollector
    from weasyprint.draw import text
    from weasyprint.formatting_structure.boxes import Box
    from weasyprint.layout import background, inline, percent
    from weasyprint.pdf import fonts
    from weasyprint.text import line_break

    resolve = percent.resolve_percentages
    plain = _resolving(resolve, percent.adjust_box_sizing)
    style, computed = _akin(css.ComputedStyle, document.get_all_computed_styles)
    split = splitting(inline.split_first_line)
    reactivate, deactivate = shaped_late()
    changes: list[tuple[Any, str, Any]] = [
        (inline, "split_first_line", split),
        (line_break, "split_first_line", split),
        (inline, "strut", _strutting(inline.strut)),
        (inline, "avoid_collisions", _unhindered(inline.avoid_collisions)),
        (Box, "is_in_normal_flow", _flowing(Box.is_in_normal_flow)),
        (background, "layout_box_backgrounds", _bare(background.layout_box_backgrounds)),
        (line_break.Layout, "reactivate", reactivate),
        (line_break.Layout, "deactivate", deactivate),
        (text, "draw_first_line", drawing(text.draw_first_line, line_break.Layout.reactivate)),
        (sys.modules["tinyhtml5.inputstream"], "characters_until_regex", _Until()),
        (fonts, "ffi", _Arrays(fonts.ffi)),
        *numbering(TargetCollector),
        (css, "ComputedStyle", style),
        (document, "get_all_computed_styles", computed),
    ]
    changes += [
        (module, "resolve_percentages", plain)
        for name, module in sys.modules.items()
        if name.startswith("weasyprint.layout.")
        and getattr(module, "resolve_percentages", None) is resolve
    ]
    before = [getattr(module, name) for module, name, _ in changes]
    for module, name, better in changes:
        setattr(module, name, better)
    try:
        yield
    finally:
        for (module, name, _), original in zip(changes, before, strict=True):
            setattr(module, name, original)


class _Until(dict[tuple[Iterable[str], bool], re.Pattern[str]]):
    """What matches up to some characters, or those alone: made once. tinyhtml5 means to keep them,
    and does so under the name of what it has made."""

    def __missing__(self, key: tuple[Iterable[str], bool]) -> re.Pattern[str]:
        characters, opposite = key
        named = "".join(f"\\x{ord(character):02x}" for character in characters)
        found = self[key] = re.compile(f"[{'' if opposite else '^'}{named}]+")
        return found


class _Arrays:
    """cffi, to which arrays of every length are of one type where it is told what is in them: it
    takes 2 ms to read the name of a type."""

    def __init__(self, ffi: Any) -> None:
        self._ffi = ffi

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ffi, name)

    def new(self, kind: str, *values: Any) -> Any:
        is_told = bool(values) and isinstance(values[0], list | tuple)
        return self._ffi.new(_LENGTH.sub("[]", kind) if is_told else kind, *values)


_LENGTH = re.compile(r"\[\d+\]$")


def _resolving(resolve: Callable[..., None], shrink: Callable[..., None]) -> Callable[..., None]:
    """``resolve_percentages``, which looks at the lengths of a style once if none is a share."""

    def resolve_percentages(box: Any, containing_block: Any) -> None:
        style = getattr(box.style, "kin", box.style)
        try:
            lengths = style.lengths
        except AttributeError:
            lengths = style.lengths = _lengths(style)
        if lengths is None:
            resolve(box, containing_block)
            return
        box.__dict__.update(lengths)
        if style["box_sizing"] != "content-box":
            shrink(box, "width")
            shrink(box, "height")

    return resolve_percentages


def _lengths(style: Any) -> dict[str, object] | None:
    """Lengths and borders that a box of ``style`` has wherever it is; ``None`` where that matters,
    or a table has the last word on borders."""
    found: dict[str, object] = {}
    for name in LENGTHS:
        value = style[name]
        if value is None or value == "auto":
            found[name] = 0 if value and name.startswith("min_") else value
        elif getattr(value, "unit", "%") == "%":  # or something to be reckoned, which has no unit
            return None
        else:
            found[name] = value.value
    if style["border_collapse"] == "collapse":
        return None
    return found | {name: style[name] for name in BORDERS}


def _strutting(measure: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``strut``, which is measured once of each style."""

    def strut(style: Any) -> Any:
        style = getattr(style, "kin", style)
        try:
            return style.strut
        except AttributeError:
            found = style.strut = measure(style)
            return found

    return strut


def _unhindered(avoid: Callable[..., Any]) -> Callable[..., Any]:
    """``avoid_collisions``, which has nothing to avoid where nothing floats: on all our pages."""

    def avoid_collisions(context: Any, box: Any, block: Any, outer: bool = True) -> Any:
        if outer or context.excluded_shapes or block.style["direction"] != "ltr":
            return avoid(context, box, block, outer)
        left = block.content_box_x()
        begin, end = left + box.margin_left, left + block.width - box.margin_right
        return begin - box.margin_left, box.border_box_y() - box.margin_top, end - begin

    return avoid_collisions


def _flowing(ask: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """``Box.is_in_normal_flow``, which looks at each style once."""

    def is_in_normal_flow(box: Any) -> bool:
        try:
            found: bool = box.style.flows
        except AttributeError:
            found = box.style.flows = ask(box)
        return found

    return is_in_normal_flow


def _bare(lay_out: Callable[..., None]) -> Callable[..., None]:
    """``layout_box_backgrounds``, which passes over boxes that have neither a background nor a
    picture for a border nor round corners: nearly all."""

    def layout_box_backgrounds(
        page: Any, box: Any, picture: Any, layout_children: bool = True, style: Any = None
    ) -> None:
        kin = getattr(box.style, "kin", box.style)
        try:
            is_bare = kin.bare
        except AttributeError:
            is_bare = kin.bare = _is_bare(kin)
        if not is_bare or box is page or style is not None:
            lay_out(page, box, picture, layout_children, style)
            return
        for name, value in BARE:  # of what stands for a box elsewhere they are the box's
            setattr(box, name, value)
        for child in box.all_children():
            layout_box_backgrounds(page, child, picture)

    return layout_box_backgrounds


def _is_bare(style: Any) -> bool:
    """Whether a box of ``style`` shows nothing besides what is in it and plain borders."""
    from weasyprint.draw.color import get_color

    return (
        all((0, "px") in style[radius] for radius in RADII)
        and style["border_image_source"][0] == style["mask_border_source"][0] == "none"
        and all(kind == "none" for kind, _ in style["background_image"])
        and not style["box_shadow"]
        and get_color(style, "background_color").alpha == 0
    )


def _akin(style: Any, compute: Callable[..., Any]) -> tuple[Any, Callable[..., Any]]:
    """``ComputedStyle``, whose values are those of the first style made of the same rules for the
    same kind of parent; and ``get_all_computed_styles``, which is when such styles are made."""
    known: dict[object, Any] = {}

    class Akin(style):  # type: ignore[misc]
        def __init__(
            self, parent: Any, cascaded: dict[str, Any], pseudo: str | None, *others: object
        ) -> None:
            super().__init__(parent, cascaded, pseudo, *others)
            self.kin: Any = self
            if not known or parent is None:
                return
            rules = tuple(
                (name, id(value), weight)
                for name, (value, weight) in cascaded.items() if name != NAME
            )  # fmt: skip
            self.kin = known.setdefault((id(parent.kin), pseudo, rules), self)
            self.specified = self.kin.specified

        def __missing__(self, key: str) -> Any:
            if self.kin is self or key == NAME:
                return super().__missing__(key)
            value = self[key] = self.kin[key]
            return value

        @cached_property
        def anonymous_style(self) -> Any:
            kin = self.kin
            return super().anonymous_style if kin is self else kin.anonymous_style

    def computed(*of: object) -> Any:
        known[None] = None
        try:
            return compute(*of)
        finally:
            known.clear()

    return Akin, computed
