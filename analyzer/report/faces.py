"""Typefaces: what pages and drawings ask for, and the one that ships for Korean.

Browsers have faces of their own. What draws letters into a file (PDF, PNG) knows only those of the
system, and few systems without a screen have one for Korean: so Pretendard ships, unmodified, as
its licence (``fonts/OFL.txt``) asks of whatever keeps the name.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.language import spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.language import Language

FOLDER = Path(__file__).resolve().parents[1] / "fonts"
FILES = ("Pretendard-Regular.otf", "Pretendard-Bold.otf")
KOREAN = (
    "Pretendard", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR",
)  # fmt: skip
"""Faces that a reader may have and that have Hangul."""
PRINTED: Mapping[Language, tuple[str, ...]] = {
    "en": ("Liberation Sans", "DejaVu Sans", "sans-serif"),
    "ko": ("Pretendard", "Liberation Sans", "DejaVu Sans", "sans-serif"),
}
"""Faces in PDFs and PNGs, and in drawings, by language."""
SCREEN: Mapping[Language, tuple[str, ...]] = {
    "en": ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"),
    "ko": (*KOREAN, "system-ui", "sans-serif"),
}  # fmt: skip
"""Faces on a screen, by language: ``webface`` adds letters of the page to them."""
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace")
"""Faces of code on a screen."""
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def printed() -> str:
    """``font-family`` of SVG in the language that holds, without quotes."""
    return ", ".join(PRINTED[spoken()])


def stack(faces: tuple[str, ...]) -> str:
    """``font-family`` of CSS: names of several words in quotes."""
    return ", ".join(f'"{face}"' if " " in face else face for face in faces)


def is_korean(text: str) -> bool:
    """Whether it has letters that only a Korean face has."""
    return _HANGUL.search(text) is not None


def paths() -> list[str]:
    """Files of the face that ships."""
    return [str(FOLDER / name) for name in FILES]


def font_config(text: str) -> Any:
    """What WeasyPrint has to know to write ``text``: the face that ships, where it needs it.

    A style sheet with ``@font-face`` would do the same by way of copies in a folder for temporary
    files, of which the process that makes PDFs has none.
    """
    if not is_korean(text):
        return None
    from weasyprint.text.ffi import ffi, fontconfig, pangoft2
    from weasyprint.text.fonts import FontConfiguration

    known = FontConfiguration()
    for path in paths():
        fontconfig.FcConfigAppFontAddFile(known._config, os.fsencode(path))
    pangoft2.pango_fc_font_map_config_changed(ffi.cast("PangoFcFontMap *", known.font_map))
    return known
