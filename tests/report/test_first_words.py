"""Where lines of a paragraph with code in it end on paper."""

from __future__ import annotations

from typing import Any

import pytest
from weasyprint import HTML
from weasyprint.layout import inline

from analyzer.report.first_words import hanging_spaces
from analyzer.report.hangul import whole_words

TEXTS = {
    "en": "Changes tried that help (operators left after the change): fix the sizes: ",
    "ko": "시험해 본 변경 중 도움이 되는 것(변경 뒤 남는 연산자 기준): 크기를 고정(예: x 1×128): ",
}
CODE = "<code>python -m onnxruntime.tools.make_dynamic_shape_fixed</code>"


def lines(text: str, width: float) -> list[str]:
    page = (
        "<style>@page { size: 900px 300px; margin: 0 }</style>"
        f'<p style="font: 12px Pretendard, sans-serif; width: {width}px">{text}{CODE}</p>'
    )
    with whole_words(page), hanging_spaces():
        boxes: Any = HTML(string=page).render().pages[0]._page_box.descendants()
    return ["".join(getattr(box, "text", "") for box in line.descendants())
            for line in boxes if type(line).__name__ == "LineBox"]  # fmt: skip


def width_of(text: str) -> float:
    page = (
        "<style>@page { size: 900px 300px }</style>"
        f'<p style="font: 12px Pretendard, sans-serif">{text}'
    )
    with whole_words(page):
        boxes: Any = HTML(string=page).render().pages[0]._page_box.descendants()
    return float(next(box.width for box in boxes if type(box).__name__ == "TextBox"))


@pytest.mark.parametrize("language", [*TEXTS])
@pytest.mark.parametrize("more", [0.5, 1.5, 2.5])
def test_a_text_that_fits_but_for_its_space_takes_the_line(language: str, more: float) -> None:
    text = TEXTS[language]
    first, second, *_ = lines(text, width_of(text.rstrip()) + more)
    assert first.strip() == text.strip()
    assert second.startswith("python")


def test_what_does_not_fit_is_broken_as_before() -> None:
    text = TEXTS["en"]
    first, second, *_ = lines(text, width_of(text.rstrip()) - 1)
    assert first.strip() == text.rsplit(" ", 2)[0]
    assert second.startswith("sizes: ")


def test_the_splitting_of_lines_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = inline.split_first_line
    with hanging_spaces():
        assert inline.split_first_line is not before
    assert inline.split_first_line is before
    monkeypatch.delattr(inline, "split_first_line")
    with hanging_spaces():
        assert not hasattr(inline, "split_first_line")
