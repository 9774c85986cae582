"""The index on paper."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pdfua
import pytest

from analyzer.devices import profile
from analyzer.language import speaking
from analyzer.report import Options, Result
from analyzer.report.index import html
from analyzer.report.index.csv import render_index_csv
from analyzer.report.index.entry import IndexEntry, entry_of, failed
from analyzer.report.index.pdf import render_index_pdf
from tests.report.results import HOSTILE, Complaints
from tests.report.test_pdf import run, streams

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What WeasyPrint says meanwhile."""
    logger, handler = logging.getLogger("weasyprint"), Complaints()
    logger.addHandler(handler)
    yield handler.said
    logger.removeHandler(handler)


@pytest.fixture(scope="module")
def entries(mobilenet: Result, standard: Result, hostile: Result) -> list[IndexEntry]:
    files = {"html": "a.html", "pdf": "a.pdf"}
    device = (profile("rpi5"),)
    return [entry_of(mobilenet, "mobilenet.onnx", files, device),
            entry_of(standard, "standard.onnx", files, device),
            entry_of(hostile, HOSTILE, files, device), failed(HOSTILE, HOSTILE)]  # fmt: skip


@pytest.fixture(scope="module")
def made(entries: list[IndexEntry]) -> tuple[bytes, list[str]]:
    """The index of these, and what WeasyPrint says meanwhile."""
    logger, handler = logging.getLogger("weasyprint"), Complaints()
    logger.addHandler(handler)
    try:
        return render_index_pdf(entries, Options(), "nets"), handler.said
    finally:
        logger.removeHandler(handler)


def text_of(data: bytes, folder: Path) -> str:
    (folder / "index.pdf").write_bytes(data)
    return " ".join(run("pdftotext", "-layout", folder / "index.pdf", "-").split())


def test_it_has_totals_and_the_worst_first_and_nothing_to_complain_about(
    made: tuple[bytes, list[str]], tmp_path: Path
) -> None:
    data, complaints = made
    assert complaints == []
    text = text_of(data, tmp_path)
    assert "4 models: 1 not read, 3 with findings." in text
    text = text[text.index("Worst first") :]
    assert text.index("not read") < text.index("standard.onnx") < text.index("mobilenet.onnx")
    assert "≥ 7.405 ms" in text
    info = run("pdfinfo", tmp_path / "index.pdf")
    assert re.search(r"Tagged:\s+yes", info)
    assert any(b'pdfuaid:part="1"' in part for part in streams(data))
    assert [str(found) for found in pdfua.validate(str(tmp_path / "index.pdf")).findings] == []


def test_the_whole_table_is_attached(
    entries: list[IndexEntry], made: tuple[bytes, list[str]]
) -> None:
    assert render_index_csv(entries) in streams(made[0])


def test_long_lists_are_cut_and_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert html.PRINTED_ROWS == 200
    monkeypatch.setattr(html, "PRINTED_ROWS", 20)
    rows = [failed(f"net{n}.onnx", "the file is empty") for n in range(30)]
    text = text_of(render_index_pdf(rows, Options(), "nets"), tmp_path)
    assert "20 of 30 models shown; the CSV has all of them." in text
    assert "10 more; the CSV has all of them." in text


def test_the_same_rows_give_the_same_bytes(
    entries: list[IndexEntry], made: tuple[bytes, list[str]]
) -> None:
    assert render_index_pdf(entries, Options(), "nets") == made[0]


def test_it_speaks_korean_with_letters_that_are_there(
    entries: list[IndexEntry], complaints: list[str], tmp_path: Path
) -> None:
    with speaking("ko"):
        text = text_of(render_index_pdf(entries, Options(), "nets"), tmp_path)
    assert complaints == []
    assert "발견 사항" in text
