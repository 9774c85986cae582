"""A drawing by itself: SVG, and PNG and PDF made of that."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Protocol

from markupsafe import Markup

from analyzer.dataclass import dataclass
from analyzer.errors import OutputError
from analyzer.language import spoken
from analyzer.report.drawing.picture import WIDTH, picture
from analyzer.report.faces import font_config, is_korean, paths
from analyzer.report.pdf import fetcher, load_weasyprint
from analyzer.report.rendering import environment
from analyzer.report.view.kinds import COLORS, HEAT, PALETTE
from analyzer.report.webface import svg_with_letters
from analyzer.sanitise import clean, label, widths
from analyzer.units import letters, shorten

if TYPE_CHECKING:
    from analyzer.report.drawing.picture import Coloring
    from analyzer.report.drawing.record import Drawing
    from analyzer.report.result import Options

SHARP = 2.0
"""Pixels of a PNG for each unit, so that letters stay sharp on fine screens."""
MOST_PIXELS = 32_000_000
"""Of a whole PNG; each takes a dozen bytes while it is drawn."""
FULL = 400
"""Boxes of a PDF that say more than their title: each line of text costs a millisecond."""
FONT = "Liberation Sans"
KEY, KEY_LETTER = 30.0, 5.2
"""Width of an entry of the key without words, and of a letter of these."""


class Drawable(Protocol):
    """What can be a file."""

    @property
    def title(self) -> str: ...

    def svg(self, *, themed: bool = True, printed: bool = False) -> str: ...


@dataclass(frozen=True, slots=True)
class Sketch:
    """A drawing of a network that is to be a file."""

    drawing: Drawing
    title: str
    color: Coloring = "kind"

    def svg(self, *, themed: bool = True, printed: bool = False) -> str:
        """One SVG without scripts, faces or addresses.

        ``themed``: for browsers, dark where the reader's system is, with words at the pointer.
        ``printed``: boxes say no more than their title where there are very many.
        """
        shown, title = picture(self.drawing, self.color), label(self.title, widths.PATH)
        keys = sum(KEY + KEY_LETTER * letters(key.words) for key in shown.keys)
        width = round(max(shown.width, keys, 9 * letters(title), WIDTH / 3) + 24, 1)
        brief = printed and len(self.drawing.boxes) > FULL
        template = environment().get_template("network.svg.j2")
        return template.render(
            picture=shown, title=title, alt=shown.title, width=width,
            height=round(shown.height + 76, 1), palette=PALETTE, kinds=COLORS, heat=HEAT,
            themed=themed, lines=1 if brief else 3,
        ).strip() + "\n"  # fmt: skip


def to_svg(sketch: Drawable, options: Options) -> bytes:
    """For browsers and editors."""
    return svg_with_letters(sketch.svg()).encode("utf-8", "replace")


def to_png(sketch: Drawable, options: Options) -> bytes:
    """For documents and chats; raises ``OutputError``."""
    import resvg_py

    text = sketch.svg(themed=False)
    width, height = _size(text)
    zoom = min(SHARP, sqrt(MOST_PIXELS / (width * height)))
    try:
        made = resvg_py.svg_to_bytes(
            svg_string=text, zoom=zoom, sans_serif_family=FONT,
            font_files=paths() if is_korean(text) else None,
        )  # fmt: skip
    except ValueError as error:
        raise OutputError(f"the picture cannot be drawn: {shorten(clean(str(error)))}") from error
    return bytes(made)


def to_pdf(sketch: Drawable, options: Options) -> bytes:
    """One page as large as the picture; raises ``OutputError``."""
    weasyprint = load_weasyprint()
    text = sketch.svg(themed=False, printed=True)
    width, height = _size(text)
    page = (
        environment()
        .get_template("network.html.j2")
        .render(
            title=label(sketch.title, widths.PATH),
            svg=Markup(text),
            width=width,
            height=height,
            language=spoken(),
        )
    )
    made: bytes = weasyprint.HTML(string=page, url_fetcher=fetcher()).write_pdf(
        font_config=font_config(page)
    )
    return made


def _size(text: str) -> tuple[float, float]:
    """Width and height that an SVG of ours states."""
    head = text[: text.index(">")]
    width, height = (head.split(f' {name}="')[1].split('"')[0] for name in ("width", "height"))
    return float(width), float(height)
