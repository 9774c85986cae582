"""The tags of PDFs: what a checker of PDF/UA says, and what a screen reader needs besides."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pdfua
import pikepdf
import pytest

from tests.report.results import Made

MODELS = ["standard", "unknown", "hostile", "mobilenet"]


@pytest.fixture(scope="module")
def opened(made: Made) -> Any:
    """The PDF of one of the session's results, by its name."""
    return cache(lambda name: pikepdf.open(io.BytesIO(made(name)[0])))


@cache
def elements(pdf: pikepdf.Pdf) -> list[tuple[Any, list[Any]]]:
    """Every structure element, and those it is in, from the outermost."""
    return [found for top in pdf.Root.StructTreeRoot.K for found in walk(top, [])]


def walk(element: Any, above: list[Any]) -> Iterator[tuple[Any, list[Any]]]:
    yield element, above
    for kid in kids(element):
        yield from walk(kid, [*above, element])


def kids(element: Any) -> list[Any]:
    return [k for k in element.get("/K", []) if isinstance(k, pikepdf.Dictionary) and "/S" in k]


def kinds(pdf: pikepdf.Pdf, kind: str) -> list[tuple[Any, list[Any]]]:
    return [(e, above) for e, above in elements(pdf) if kind == e.S]


@pytest.mark.parametrize("model", MODELS)
def test_checker_of_pdf_ua_finds_nothing(opened: Any, model: str, tmp_path: Path) -> None:
    opened(model).save(tmp_path / "report.pdf")
    report = pdfua.validate(str(tmp_path / "report.pdf"))
    assert [f"{f.rule_id} {f.message}" for f in report.findings] == []


@pytest.mark.parametrize("model", MODELS)
def test_every_heading_of_a_table_says_what_it_heads(opened: Any, model: str) -> None:
    found = kinds(opened(model), "/TH")
    assert found
    for cell, above in found:
        head = any(each.S == "/THead" for each in above)
        assert cell.A.Scope == ("/Column" if head else "/Row")


@pytest.mark.parametrize("model", MODELS)
def test_no_table_has_more_headings_than_cells(opened: Any, model: str) -> None:
    """Readers that guess take it for a torn row of headings."""
    for table, _ in kinds(opened(model), "/Table"):
        inside = [e.S for e, _ in walk(table, [])]
        assert inside.count("/TH") <= max(inside.count("/TD"), 5)


@pytest.mark.parametrize("model", MODELS)
def test_cells_name_headings_that_are_there(opened: Any, model: str) -> None:
    ids = {str(e.ID) for e, _ in kinds(opened(model), "/TH")}
    for cell, _ in kinds(opened(model), "/TD"):
        assert {str(each) for each in cell.A.get("/Headers", [])} <= ids


@pytest.mark.parametrize("model", MODELS)
def test_lists_hold_items_and_lists_alone(opened: Any, model: str) -> None:
    found = kinds(opened(model), "/L")
    assert found
    assert {str(kid.S) for each, _ in found for kid in kids(each)} <= {"/LI", "/L"}


@pytest.mark.parametrize("model", MODELS)
def test_every_figure_is_told_in_words(opened: Any, model: str) -> None:
    found = kinds(opened(model), "/Figure")
    assert found
    assert all(str(each.Alt).strip() for each, _ in found)


@pytest.mark.parametrize("model", MODELS)
def test_every_link_is_told_as_one_and_printed(opened: Any, model: str) -> None:
    pdf = opened(model)
    told = {
        kid.Obj.objgen: str(each.S)
        for each, _ in elements(pdf)
        for kid in each.get("/K", [])
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/OBJR"
    }
    links = [link for page in pdf.pages for link in page.get("/Annots", [])]
    assert links
    assert {told[link.objgen] for link in links} == {"/Link"}
    assert all(link.F == 4 and str(link.Contents) for link in links)


def test_heads_and_page_numbers_are_artifacts_and_all_else_is_told(opened: Any) -> None:
    pdf = opened("standard")
    owners = pdf.Root.StructTreeRoot.ParentTree.Nums
    for number, page in enumerate(pdf.pages):
        content = page.Contents.read_bytes()
        assert content.count(b"/Type /Pagination") >= 2
        numbers = {int(n) for n in re.findall(rb"/MCID (\d+)", content)}
        assert numbers
        owned = owners[2 * number + 1]
        assert {n for n in range(len(owned)) if owned[n] is not None} == numbers
