"""Markdown of ``check``, read back by a parser: what a summary or a comment shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from analyzer.report import CHECK_FORMATS, Batch, Failure, Options, Result, markdown
from tests.each import each
from tests.fuzz.promises import plain
from tests.fuzz.strings import ATTACKS
from tests.report.everything import FAILURE, asking, clean, everything, named, partly, silent


def render(*items: Result | Failure) -> str:
    text = CHECK_FORMATS["markdown"](Batch(items), Options()).decode()
    plain(text)
    return text


def page(*items: Result | Failure) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(render(*items)))


def rows(*items: Result | Failure) -> list[list[str]]:
    """Cells of the table, without its head."""
    body = page(*items).partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [cell.partition("</td>")[0].partition(">")[2] for cell in row.split("<td")[1:]]
        for row in body.split("<tr>")[1:]
    ]


def test_what_has_no_verdict_comes_before_everything_else() -> None:
    lines = render(*everything().items).splitlines()
    assert lines[0].startswith("## onnxlint: 2 findings (1 error, 1 warning)")
    assert lines[2:4] == [
        "- **No verdict** on `broken.onnx`: the file is empty; export the model again",
        "- **No verdict** on `partly.onnx`: `y`: more than 9 visits; raise the limit (work-limit)",
    ]


def test_the_table_has_a_row_for_each_model_with_its_verdict() -> None:
    found = rows(*everything().items)
    assert [(row[0], row[1], "".join(row[2:5])) for row in found] == [
        ("<code>m.onnx</code>", "findings", "1"),
        ("<code>broken.onnx</code>", "<strong>could not be judged</strong>", ""),
        ("<code>partly.onnx</code>", "<strong>inconclusive</strong>", ""),
        ("<code>quiet.onnx</code>", "clean", ""),
        ("<code>asking.onnx</code>", "findings", "1"),
        ("<code>clean.onnx</code>", "clean", ""),
    ]
    assert found[0][5:] == ["693.6 M", "0"]  # 9·64·128·3136 + 9·128·128·3136; weights are inputs


def test_a_finding_says_where_what_to_do_and_what_to_ask() -> None:
    assert render(asking()).splitlines()[-4:] == [
        "- **error** TRU001 test at `y`: it is odd",
        "  - from: net/model.py:12",
        "  - fix: rename it",
        "  - ask: Why is it odd?",
    ]


def test_a_finding_at_several_places_names_the_others(wasteful: Result) -> None:
    (more,) = [line for line in render(wasteful).splitlines() if line.startswith("  - also at")]
    assert more == (
        "  - also at block7.conv, block8.conv, block9.conv and 9 more; 4.299 GMAC in all"
    )


def test_what_is_not_reported_is_listed_with_the_reason() -> None:
    text = page(silent())
    assert "2 findings not reported" in text
    assert "no depthwise | kernel (until 2999-01-31)" in text
    assert "accepted in the baseline" in text


def test_a_summary_that_would_be_too_long_is_cut_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(markdown, "MOST_BYTES", 1500)
    text = render(*(replace(FAILURE, path=f"{n}.onnx") for n in range(50)))
    assert len(text.encode()) <= 1500
    told = text.count("**No verdict**")
    assert 0 < told < 50
    assert text.splitlines()[-1] == (
        f"**Cut:** {50 - told + 50} lines more did not fit; JSON has everything."
    )


@pytest.mark.parametrize("most", range(1000, 2600, 100))
def test_what_is_folded_away_ends_wherever_the_page_is_cut(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(markdown, "MOST_BYTES", most)
    text = render(*(silent() for _ in range(9)))
    assert text.count("<details>") == text.count("</details>")
    assert ("**Cut:**" in text) == (text.count("no depthwise") < 9)
    assert len(text.encode()) <= most


def test_the_limit_leaves_room_in_what_github_takes() -> None:
    assert markdown.MOST_BYTES < 1 << 20


@each("text", [*ATTACKS, "a\\|b|@all", "`|`", "<img src=x>", "[x](javascript:y)", "| --- |"])
def test_no_name_becomes_markup(text: str) -> None:
    (finding,) = asking().findings
    said = replace(finding, message=text, node=text, remedy=text, ask=text)
    found = replace(asking(), findings=(said,), facts=named(clean().facts, text))
    shown = page(found, Failure(text, text), partly())
    assert len(rows(found, Failure(text, text), partly())) == 3
    assert all(len(row) == 7 for row in rows(found, Failure(text, text)))
    for tag in ("<img", "<a ", "<script", "<h1", "<blockquote", "<pre", "<hr"):
        assert tag not in shown
    assert shown.count("<h2") == shown.count("<h3") == 1
