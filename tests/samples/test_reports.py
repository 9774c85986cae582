"""The committed reports belong to the committed samples (`make samples` writes both)."""

from __future__ import annotations

from hashlib import sha256

import pytest

from tests.samples.test_mobilenet_v1 import COMMITTED, SAMPLES

REPORTS = SAMPLES / "reports"


@pytest.mark.parametrize("file", COMMITTED)
def test_html_report_is_about_this_very_file_and_small(file: str) -> None:
    html = (REPORTS / file).with_suffix(".html").read_text()
    assert sha256((SAMPLES / file).read_bytes()).hexdigest() in html
    assert len(html.encode()) < 200_000, "222 operators"


@pytest.mark.parametrize("file", COMMITTED)
def test_pdf_report_is_beside_it_and_small(file: str) -> None:
    pdf = (REPORTS / file).with_suffix(".pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert len(pdf) < 250_000


def test_nothing_else_is_committed_there() -> None:
    expected = {f"{file[:-5]}.{kind}" for file in COMMITTED for kind in ("html", "pdf")}
    assert {path.name for path in REPORTS.iterdir()} == expected
