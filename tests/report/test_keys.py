"""Colour keys tell what is drawn, and nothing else."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from onnx import helper

from analyzer.report import REPORT_FORMATS, Options
from analyzer.report.diagram import diagram
from analyzer.report.view import keys, tiles
from analyzer.report.view.tiles import Tile
from tests.report.pages import visit
from tests.report.results import judge, save

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from analyzer.report import Result

FIGURE = re.compile(r"<figure.*?</figure>", re.S)
DRAWN = re.compile(r'<(?:path|rect)[^>]*class="?(k-\w+)')
ENTRY = re.compile(r'<span( hidden)?><i class="?(k-\w+)"?></i> ([^<]+)</span>')
SHOWN = """() => {
  const figure = document.getElementById("path").closest("figure");
  const classes = (nodes) => [...new Set([...nodes].map((n) => n.getAttribute("class")))].sort();
  return [classes(figure.querySelectorAll("svg.chart [class^=k-]")),
          classes(figure.querySelectorAll(".key span:not([hidden]) i"))];
}"""


@pytest.fixture(scope="module")
def uneven(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Modules of 3×3 convolutions and one too small to be seen: 64 of 262,720 MACs a position."""
    nodes = [helper.make_node("Conv", ["x", "u"], ["a"], name="/first/Conv", pads=[1] * 4)]
    nodes += [
        helper.make_node("Conv", [before, "v"], [out], name=f"/{out}/Conv", pads=[1] * 4)
        for before, out in pairwise("abcdefgh")
    ]
    nodes.append(helper.make_node("Conv", ["h", "w"], ["y"], name="/head/Conv"))
    folder = tmp_path_factory.mktemp("uneven")
    shapes = {"u": (64, 8, 3, 3), "v": (64, 64, 3, 3), "w": (1, 64, 1, 1)}
    return judge(save(folder, "uneven", nodes, **shapes))


def test_bars_have_a_key_of_their_own_where_that_above_lacks_a_kind(uneven: Result) -> None:
    tiled, bars, *_ = (key for drawn, key, _ in pictures(uneven) if drawn and key)
    assert [*tiled.values()] == ["standard"]
    assert [*bars.values()] == ["standard", "pointwise"]


def pictures(result: Result) -> list[tuple[set[str], dict[str, str], set[str]]]:
    """Of each figure: colours drawn, entries in sight by colour, and colours of hidden ones."""
    html = REPORT_FORMATS["html"](result, Options()).decode()
    found = []
    for figure in FIGURE.findall(html):
        svg, _, key = figure.partition("</svg>")
        entries = ENTRY.findall(key)
        found.append(({*DRAWN.findall(svg)},
                      {color: words for hidden, color, words in entries if not hidden},
                      {color for hidden, color, _ in entries if hidden}))  # fmt: skip
    return found


@pytest.mark.parametrize("model", ["mobilenet", "densenet", "uneven"])
def test_a_key_has_the_colours_of_its_picture_and_no_others(
    request: pytest.FixtureRequest, model: str
) -> None:
    checked = 0
    for drawn, key, _ in pictures(request.getfixturevalue(model)):
        if key and drawn:
            assert drawn == {*key}
            checked += 1
    assert checked >= 2


@pytest.mark.parametrize("model", ["mobilenet", "densenet"])
def test_bars_without_a_key_have_that_of_the_map_above(
    request: pytest.FixtureRequest, model: str
) -> None:
    found = pictures(request.getfixturevalue(model))
    at, key = next((n, key) for n, (drawn, key, _) in enumerate(found) if drawn and key)
    bars, own, _ = found[at + 1]
    assert not own
    assert bars <= {*key}


def test_what_is_added_up_has_a_name_in_the_key() -> None:
    inner = (Tile("q", "dense", 60, kind="MatMul"), Tile("rest", "other", 30))
    found = (Tile("a", "dense", 90, inner, "MatMul"), Tile("7 smaller", "other", 40))
    key = [("MatMul", "dense"), ("rest of any kind", "other")]
    assert tiles.picture(found).key == keys.nested(found) == key


def test_the_key_follows_into_the_map(browser: Browser, mobilenet: Result) -> None:
    page = visit(browser, mobilenet)
    drawn, said = page.evaluate(SHOWN)
    assert drawn == said == ["k-dense", "k-depthwise", "k-pointwise", "k-standard"]
    page.locator("figure:has(#path) svg [role=button]").first.click()
    drawn, said = page.evaluate(SHOWN)
    assert drawn == said == ["k-depthwise", "k-pointwise"]


def test_the_file_of_a_treemap_has_the_key_of_what_is_in_it(densenet: Result) -> None:
    made = diagram(densenet, "treemap", "densenet")
    colors = {mark.color for mark in tiles.picture(tiles.tiles(densenet.facts)).marks}
    assert {key.css for key in made.keys} == {f"k-{color}" for color in colors - {"group"}}
