"""The letters of Korean that a page or a picture for browsers brings along.

A browser takes those of a face of its reader's first. Where there is none, as on most machines
without a screen, it would show boxes: so a page has the glyphs of its own Hangul in it, as one face
without Latin. It is made of the face that ships, and as the licence of that has it, it goes by
another name and says whose work it is.
"""

from __future__ import annotations

import io
import re
import unicodedata
from base64 import b64encode
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from analyzer.language import spoken
from analyzer.report.faces import FILES, FOLDER, KOREAN, MONO, PRINTED, SCREEN, is_korean, stack
from analyzer.report.rendering import csp_hash, environment
from analyzer.report.tight import tight_style

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

    from analyzer.language import Language

NAME = "Hangul"
"""``font-family`` of the face: no name of another, of a reader's or of the one it is made of."""
LETTERS = "\u3000-\u303f\u3130-\u318f\uac00-\ud7a3\uff01-\uff60"
"""Hangul, and the punctuation and wide forms that go with it; the browser has all else."""
RANGE = "U+1100-11FF,U+3000-303F,U+3130-318F,U+AC00-D7A3,U+FF01-FF60"
"""``LETTERS`` as CSS has them, and what syllables are written with in names of files of macOS."""
MOST = 2_000
"""Letters of a face. A page has some 400 of the 11,172 syllables, unless its model's names are made
to have more; those that it has least often are then left to the reader's machine."""
KEPT_NAMES = (0, 13, 14)
"""Of the table of names: copyright, licence and its address."""
OWN_NAMES = (1, 4, 6)
"""Family, full name and that for PostScript."""
UNUSED = ["BASE", "GDEF", "GPOS", "GSUB", "STAT", "VORG", "vhea", "vmtx"]
"""Tables for writing downwards and for letters in other forms."""

_LETTERS = re.compile(f"[{LETTERS}]")
_HEAD_ENDS = "</head>"
_POLICY = "; style-src "


def with_letters(page: str, language: Language) -> str:
    """An HTML page of ours in ``language``, with the face of its letters if it has any.

    Its policy then allows fonts that are in the page, and this style sheet by its hash.
    """
    if not is_korean(page):
        return page
    css = Markup(_style(page, language))
    head, end, body = page.partition(_HEAD_ENDS)
    # What comes first in the head is the policy; what comes from a model has no bare brackets.
    head = head.replace(_POLICY, f"; font-src data:{_POLICY}{csp_hash(css)} ", 1)
    return f"{head}<style>{css}</style>\n{end}{body}"


def svg_with_letters(picture: str) -> str:
    """The same of an SVG of ours that is a file of its own."""
    if not is_korean(picture):
        return picture
    head, end, marks = picture.partition("</title>\n")
    return f"{head}{end}<style>{_style(picture, spoken())}</style>\n{marks}"


def _style(text: str, language: Language) -> str:
    """CSS: the face, and where it stands among those that elements ask for."""
    template = environment().get_template("style/letters.css.j2")
    return tight_style(template.render(
        name=NAME,
        range=RANGE,
        data=b64encode(face(letters(text))).decode(),
        screen=_among(SCREEN[language]),
        printed=_among(PRINTED[language]),
        mono=_among(MONO),
    ))  # fmt: skip


def _among(faces: tuple[str, ...]) -> Markup:
    """``font-family`` with the face after those that have Hangul, if a reader has them. It cannot
    be last: what Chromium has drawn with boxes of another face it does not always draw again."""
    first = next(at for at, face in enumerate(faces) if face not in KOREAN)
    return Markup(stack((*faces[:first], NAME, *faces[first:])))


def letters(text: str) -> str:
    """Those of ``LETTERS`` in ``text``, each once, in order: the most frequent where there are more
    than a face has room for.

    >>> letters("합성곱(Conv) 합성")
    '곱성합'
    """
    found = Counter(_LETTERS.findall(unicodedata.normalize("NFC", text)))
    return "".join(sorted(sorted(found, key=lambda each: (-found[each], each))[:MOST]))


@lru_cache(maxsize=4)
def face(wanted: str) -> bytes:
    """WOFF2 with the glyphs of ``wanted`` and no others, as far as the face that ships has them;
    the same bytes for the same letters."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True  # what nothing can draw is to be seen as a box
    options.name_IDs = [*KEPT_NAMES]
    options.drop_tables += UNUSED
    made = io.BytesIO()
    with TTFont(FOLDER / FILES[0], lazy=True, recalcTimestamp=False, recalcBBoxes=False) as font:
        maker = subset.Subsetter(options)
        maker.populate(text=wanted)
        maker.subset(font)
        _rename(font)
        font.flavor = "woff2"
        font.save(made)
    return made.getvalue()


def _rename(font: TTFont) -> None:
    """Take the reserved name out, as the licence asks of whatever is no longer the whole face."""
    for number in OWN_NAMES:
        font["name"].setName(NAME, number, 3, 1, 0x409)
    outlines = font["CFF "].cff
    outlines.fontNames = [NAME]
    outlines[0].FullName = outlines[0].FamilyName = NAME
