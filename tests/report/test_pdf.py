"""The PDF report: tagged, complete, reproducible, and closed to the outside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analyzer.report import REPORT_FORMATS, Options, Result, rendering
from analyzer.report import pdf as pdf_of
from analyzer.report.content import PDF
from analyzer.report.sheet import Report
from tests.report.results import Made, words

ROOT = Path(__file__).parents[2]
SHORT = (
    "<html lang=en><title>t</title><h1>1</h1><ul><li>2<li><a href=#x>3</a></ul><p id=x>4"
    "<table><tr><th>5<td><code>6</code></table><svg width=9 height=9><title>7</title><text>8"
)
"""A page that is laid out in no time."""


@pytest.fixture(scope="module")
def pdf(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    path.write_bytes(made("standard")[0])
    return path


def run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def streams(pdf: bytes) -> list[bytes]:
    """Decompressed streams of a PDF."""
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            found.append(zlib.decompress(match[1]))
        except zlib.error:
            found.append(match[1])
    return found


@pytest.mark.parametrize("model", ["standard", "unknown", "hostile", "mobilenet"])
def test_weasyprint_has_nothing_to_complain_about(made: Made, model: str) -> None:
    """No missing glyph, no dangling link, no unknown property, no refused fetch."""
    data, complaints = made(model)
    assert data.startswith(b"%PDF")
    assert complaints == []


def test_document_is_tagged_pdf_ua_with_title_and_language(pdf: Path) -> None:
    data = pdf.read_bytes()
    info = run("pdfinfo", pdf)
    assert "mobilenet_v1_standard.onnx · onnxlint report" in info
    assert re.search(r"Tagged:\s+yes", info)
    assert any(b'pdfuaid:part="1"' in part for part in streams(data))
    assert b"/Lang (en)" in data or any(b"/Lang (en)" in part for part in streams(data))


def test_every_font_is_embedded(pdf: Path) -> None:
    rows = run("pdffonts", pdf).splitlines()[2:]
    assert rows
    assert all(re.search(r"\byes\s+yes\s+yes\b", row) for row in rows)


def test_first_page_answers_what_and_how_much_and_what_to_do(pdf: Path) -> None:
    page = " ".join(run("pdftotext", "-l", "1", "-layout", pdf, "-").split())
    assert "A convolutional network of 15 weighted layers" in page
    assert "Compute could fall by 88.3 %" in page
    assert "Replace standard convolutions by depthwise separable ones: 13 of 14 Conv" in page
    assert "page 1 of" in page


def test_contents_give_the_page_each_section_starts_on(pdf: Path) -> None:
    pages = run("pdftotext", "-layout", pdf, "-").split("\f")
    start = next(re.finditer(r"Findings \d+ ·", "\n".join(pages[:2]))).start()
    listed = re.findall(
        r"([A-Z][\w ]+?) (\d+)(?= ·|\s*$)", "\n".join(pages[:2])[start:].split("\n\n")[0], re.M
    )
    assert len(listed) >= 7
    for title, number in listed:
        assert re.search(rf"^\s*{title}\s*$", pages[int(number) - 1], re.M), title


def test_outline_names_the_sections(pdf: Path) -> None:
    text = b"".join([pdf.read_bytes(), *streams(pdf.read_bytes())])
    assert b"/Outlines" in text
    for section in (b"Summary", b"Findings", b"Separable convolutions", b"All operators"):
        assert b"/Title (" + section + b")" in text


def test_totals_come_before_the_rows_of_the_conversion_table(pdf: Path) -> None:
    text = run("pdftotext", "-layout", pdf, "-")
    section = text[text.index("A standard convolution filters every input channel") :]
    flagged = re.search(r"13 flagged by rules\s+4,867,293,184\s+568,740,352\s+g\s+11\.7 %", section)
    candidates = re.search(r"14 all candidates \*\s+4,867,293,184", section)
    assert flagged
    assert candidates
    assert flagged.start() < candidates.start() < section.index("block13.conv")


def test_complete_json_is_attached(pdf: Path, standard: Result) -> None:
    attached = [s for s in streams(pdf.read_bytes()) if s.startswith(b'{\n "schema": 1')]
    assert attached == [REPORT_FORMATS["json"](standard, Options())]


def test_paper_has_notes_of_the_numbers_that_matter(pdf: Path) -> None:
    words = " ".join(run("pdftotext", pdf, "-").split())
    notes = words[words.index("Where the numbers come from") :]
    assert re.search(
        r" a Multiply-accumulates \(MACs\) of the model: Σ .* \(equations of the operators: see "
        r"Formulas used\); 4,866,269,184 \(standard\) \+ 1,024,000 \(Gemm\) = 4,867,293,184 b F",
        notes,
    )
    for mark in "abcdef":
        assert f" {mark} " in words[: words.index("What to do first")], mark


def test_large_models_list_operators_that_are_alike_once(huge: Result) -> None:
    page = rendering.render(Report.of(huge).sheet, Options(), PDF)
    rows = [words(row) for row in re.findall(r'<tr id="?n\d+[^\n]*', page)]
    assert len(rows) == 3, "the first convolution has the weights that the others share"
    assert [bool(re.search("and 29[89] more", row)) for row in rows] == [False, True, True]


def test_same_result_gives_the_same_bytes_in_any_process(standard: Result) -> None:
    """Another process, hash seed, second and time zone: the same JSON of a model, the same page for
    paper, and the same PDF of a page."""
    script = (
        "import sys; from tests.report.results import SAMPLES, judge;"
        "from analyzer.report import REPORT_FORMATS, Options, pdf;"
        "write = pdf.write; pdf.write = lambda page, data, options: page.encode() + data;"
        "r = judge(SAMPLES / 'mobilenet_v1_standard.onnx');"
        "sys.stdout.buffer.write(REPORT_FORMATS['pdf'](r, Options()));"
        "sys.stdout.buffer.write(write(sys.argv[1], b'{}', Options()))"
    )
    env = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Seoul", "PYTHONPATH": str(ROOT)}
    again = subprocess.run(
        [sys.executable, "-c", script, SHORT],
        check=True, capture_output=True, env=env, cwd=ROOT,
    ).stdout  # fmt: skip
    report = Report.of(standard)
    page = rendering.render(report.sheet, Options(), PDF).encode()
    assert again == page + report.json + pdf_of.write(SHORT, b"{}", Options())


def test_a_given_date_is_stated() -> None:
    date = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)
    first, second = (pdf_of.write(SHORT, b"{}", Options(created=date)) for _again in range(2))
    assert first == second
    assert any(b"20240229120000" in part for part in (first, *streams(first)))


def test_hostile_names_are_printed_and_nothing_else(made: Made) -> None:
    data, _ = made("hostile")
    text = subprocess.run(
        ["pdftotext", "-", "-"], input=data, check=True, capture_output=True
    ).stdout.decode()
    assert "<script>alert(1)</" in text
    assert not re.search(rb"/JavaScript|/JS\b|/Launch", b"".join([data, *streams(data)]))


def test_markup_that_wants_a_file_gets_nothing(tmp_path: Path) -> None:
    """The fetcher is the second wall: even unescaped markup could not read a file."""
    import weasyprint

    from analyzer.report.pdf import fetcher

    secret = tmp_path / "secret.txt"
    secret.write_text("do not attach me")
    for url in (secret.as_uri(), "http://127.0.0.1:9/", "data:text/plain,hello"):
        with pytest.raises(ValueError, match="loads nothing"):
            fetcher().fetch(url)
    page = f'<html lang="en"><title>t</title><link rel="attachment" href="{secret.as_uri()}">'
    data = weasyprint.HTML(string=page, url_fetcher=fetcher()).write_pdf()
    assert not any(b"do not attach me" in part for part in streams(data))


def test_styles_that_pages_do_without_change_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    short = pdf_of.write(SHORT, b"{}", Options())
    monkeypatch.setattr(pdf_of, "_html", lambda weasyprint: weasyprint.HTML)
    assert pdf_of.write(SHORT, b"{}", Options()) == short
