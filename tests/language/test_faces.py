"""The face that ships for Korean."""

from __future__ import annotations

import io
import logging
import re
import subprocess
from pathlib import Path

import pytest
import resvg_py
from fontTools.ttLib import TTFont
from PIL import Image

from analyzer.language import LANGUAGES, speaking
from analyzer.language.catalogue import LOCALE, entries
from analyzer.report import DRAW_FORMATS, REPORT_FORMATS, Options, fitting
from analyzer.report.drawing import draw
from analyzer.report.faces import FOLDER, font_config, is_korean, paths
from analyzer.report.result import Result
from analyzer.report.sketch import Sketch
from tests.report.results import SAMPLES, Complaints, judge

FORMULAS = "ᵀ⌈⌉⌊⌋"
"""What the next face of the stack has."""


def faces_of(pdf: bytes, folder: Path) -> set[str]:
    """Names of the faces that are in a PDF; all are embedded."""
    path = folder / "faces.pdf"
    path.write_bytes(pdf)
    told = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout
    assert {line.split()[-5] for line in told.splitlines()[2:]} == {"yes"}
    return set(re.findall(r"\+([\w-]+)", told))


def korean(path: Path) -> Result:
    with speaking("ko"):
        return judge(path)


def test_face_has_every_character_that_is_said_in_korean() -> None:
    texts = [file.read_text("utf-8") for file in LOCALE.rglob("*.po")]
    said = {char for text in texts for entry in entries(text) for char in entry.told}
    assert sum(map(is_korean, said)) > 500
    for path in paths():
        with TTFont(path, lazy=True) as face:
            known = face.getBestCmap()
        assert sorted(char for char in said - {"\n", *FORMULAS} if ord(char) not in known) == []


def test_licence_stands_beside_the_face() -> None:
    text = (FOLDER / "OFL.txt").read_text("utf-8")
    assert "Reserved Font Name Pretendard" in text
    assert "SIL OPEN FONT LICENSE Version 1.1" in text


def test_english_asks_for_no_other_face() -> None:
    assert font_config("Fusion of a layer, 3×3") is None


def test_korean_pdf_has_the_face_in_it_and_lacks_no_glyph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "BLANK", 1.0)  # it need not be laid out again
    complaints = Complaints()
    logging.getLogger("weasyprint").addHandler(complaints)
    result = korean(SAMPLES / "mobilenet_v1_standard.onnx")
    try:
        with speaking("ko"):
            made = REPORT_FORMATS["pdf"](result, Options(pdf_rows=10))
    finally:
        logging.getLogger("weasyprint").removeHandler(complaints)
    assert complaints.said == []
    path = tmp_path / "korean.pdf"
    path.write_bytes(made)
    assert {"Pretendard", "Pretendard-Bold"} <= faces_of(made, tmp_path)
    shown = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    assert "먼저 할 일" in shown.stdout


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_korean_drawing_is_another_one_and_has_its_letters(suffix: str, tmp_path: Path) -> None:
    result = korean(SAMPLES / "mobilenet_v1_standard.onnx")
    made = {}
    for language in LANGUAGES:
        with speaking(language):
            sketch = Sketch(draw(result), "net.onnx")
            made[language] = DRAW_FORMATS[suffix](sketch, Options())
    assert made["en"] != made["ko"]
    if suffix == "pdf":
        assert {"Pretendard", "Pretendard-Bold"} <= faces_of(made["ko"], tmp_path)
        assert not any("Pretendard" in name for name in faces_of(made["en"], tmp_path))


def test_a_letter_that_png_cannot_draw_leaves_no_ink() -> None:
    """What the face is for: without it, Korean words are nothing at all or empty boxes."""
    box = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30">{}</svg>'
    text = '<text x="5" y="22" font-size="20" font-family="Pretendard">{}</text>'
    drawn = {}
    for word in ("합성", "성합", "곱층"):
        data = resvg_py.svg_to_bytes(
            svg_string=box.format(text.format(word)), font_files=paths(), skip_system_fonts=True
        )
        drawn[word] = Image.open(io.BytesIO(bytes(data))).tobytes()
    assert len(set(drawn.values())) == 3
