"""Lines of Korean on paper."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from weasyprint import HTML
from weasyprint.text import line_break

from analyzer.report.hangul import _keeping, whole_words
from analyzer.report.pdf import write
from analyzer.report.result import Options

PROSE = (
    "이 모델을 사용하기 전에 수정이 필요합니다: 오류 1건. "
    "이 때문에 모델의 일부를 판정하지 못했습니다. "
    "깊이별 분리 합성곱(depthwise separable convolution)으로 바꾸십시오."
)
PAGE = """<html lang="ko"><head><title>보고서</title></head><body>
<p style="font: 12pt Pretendard; width: {width}pt; overflow-wrap: {wrap}">{prose}</p>
</body></html>"""


def lines(width: int, prose: str, folder: Path, wrap: str = "anywhere") -> list[str]:
    path = folder / "page.pdf"
    path.write_bytes(write(PAGE.format(width=width, prose=prose, wrap=wrap), b"{}", Options()))
    told = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    )
    return [line.strip() for line in told.stdout.splitlines() if line.strip()]


@pytest.mark.parametrize(("width", "wrap"), [(150, "anywhere"), (233, "normal"), (301, "anywhere")])
def test_no_line_begins_or_ends_within_a_word(width: int, wrap: str, tmp_path: Path) -> None:
    found = lines(width, PROSE, tmp_path, wrap)
    assert len(found) > 2
    # Before a bracket a line may end.
    assert " ".join(found).replace(" (", "(") == PROSE


def test_a_word_that_no_line_has_room_for_goes_on_in_the_next(tmp_path: Path) -> None:
    word = "깊이별분리합성곱으로바꾸십시오"
    found = lines(60, word, tmp_path)
    assert len(found) > 1
    assert "".join(found) == word


def test_a_short_word_stays_whole_behind_code_where_little_is_left_of_the_line() -> None:
    text = (
        "정적 양자화(onnxruntime.quantization.quantize_static, <code>x</code> 옵션 activation_type"
    )
    page = "".join(
        f'<p style="font: 8.5pt Pretendard, sans-serif; width: {width}mm">{text}</p>'
        for width in range(70, 90, 2)
    )
    with whole_words(page):
        boxes = HTML(string=page).render().pages[0]._page_box.descendants()
    told = ["".join(getattr(part, "text", "") for part in box.descendants())
            for box in boxes if type(box).__name__ == "LineBox"]  # fmt: skip
    assert len(told) > 10
    assert not [line for line in told if line.endswith("옵")]


def test_words_of_five_letters_stay_whole_and_of_24_where_a_line_has_room() -> None:
    kept = _keeping(type("Line", (), {}))
    for width, letters, whole in (
        (None, 24, True), (None, 25, False), (10, 5, True), (59.9, 6, False), (60, 6, True),
        (240, 24, True), (250, 25, False),
    ):  # fmt: skip
        line = SimpleNamespace(max_width=width, style={"font_size": 10})
        assert kept.holds(line, "가" * letters) is whole, (width, letters)


def test_english_pages_are_laid_out_as_ever() -> None:
    before = line_break.Layout
    with whole_words("no Hangul"):
        assert line_break.Layout is before
    with whole_words("한글"):
        assert line_break.Layout is not before
    assert line_break.Layout is before
