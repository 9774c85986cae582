"""Tables of a report hold all that there is of their sort, and what their sources say."""

from __future__ import annotations

import inspect
import pkgutil
import re
from dataclasses import fields
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from analyzer.facts import Certainty
from analyzer.report import claims, explained
from analyzer.report.briefly import tokens, with_short_names
from analyzer.report.claims import MAKERS, STUDIED, STUDIES
from analyzer.report.compare import content as compared
from analyzer.report.compare.figures import TITLES
from analyzer.report.compare.gate import TOTALS
from analyzer.report.compare.rows import MEASURES
from analyzer.report.compare.view.figures import FIGURES
from analyzer.report.compare.words import _conclude
from analyzer.report.content import HTML, PDF, SHORTER, Medium
from analyzer.report.lettering import SHAPE
from analyzer.report.notes import SHARES, on_screen
from analyzer.report.script import FILES, WORDS
from analyzer.report.view import growth, whatif
from analyzer.report.view.explained import Explained, Reckoning, Summand
from tests.each import each
from tests.report.results import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPTS = SAMPLES.parent / "templates" / "script"


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def modules_of(package: Any) -> Iterator[Any]:
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        yield import_module(found.name)


def test_every_claim_is_made() -> None:
    """All public functions that return one, but for those that stand in for others."""
    made = {
        (module.__name__, name)
        for module in modules_of(claims)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
        and function.__annotations__.get("return") in ("Claim", "Claim | None")
    }  # fmt: skip
    listed = {(maker.__module__, maker.__name__) for maker in (*MAKERS, *STUDIES)}
    assert made - listed == {(maker.__module__, maker.__name__) for maker in STUDIED.values()}
    assert {*STUDIED} <= {*MAKERS}
    assert listed <= made


def test_every_module_that_explains_numbers_does() -> None:
    found = {module.explain for module in modules_of(explained) if hasattr(module, "explain")}
    assert found == {*explained.MAKERS}


def test_the_script_says_all_words_and_no_others() -> None:
    text = "".join(path.read_text() for path in sorted(SCRIPTS.glob("*.js")))
    assert {path.stem for path in SCRIPTS.glob("*.js")} == {*FILES, "tools", "filter"}
    said = {*re.findall(r"\bwords\.(\w+)", text)} - {"length", "slice"}  # of what is called so
    said |= {name for call in re.findall(r"\bfill\(([^,]*),", text)
             for name in re.findall(r'"(\w+)"', call)}  # fmt: skip
    said |= {"macs", "flops", "params"}  # by the place of a count
    assert said == WORDS.keys()


def test_lines_depend_on_all_properties_that_weasyprint_looks_at() -> None:
    """But the height of lines, by which they are placed and not shaped."""
    found = find_spec("weasyprint")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "text"
    text = "".join((folder / name).read_text() for name in ("line_break.py", "fonts.py"))
    assert {*re.findall(r"style\[['\"](\w+)['\"]\]", text)} - {"line_height"} == {*SHAPE}


def test_published_accuracies_are_the_papers() -> None:
    """Howard et al. 2017, tables 6 (widths) and 7 (resolutions); Sandler et al. 2018, table 4."""
    widths = {(1.0, 224): 70.6, (0.75, 224): 68.4, (0.5, 224): 63.7, (0.25, 224): 50.6}
    sides = {(1.0, 192): 69.1, (1.0, 160): 67.2, (1.0, 128): 64.4}
    told = {family: {at: round(100 * share, 1) for at, share in table.items()}
            for family, table in whatif.PUBLISHED.items()}  # fmt: skip
    assert told == {
        "MobileNetV1": widths | sides, "MobileNetV2": {(1.0, 224): 72.0, (1.4, 224): 74.7},
    }  # fmt: skip


def numbers(medium: Any) -> str:
    return " ".join(str(getattr(medium, each.name)) for each in fields(medium))


def test_how_much_a_page_shows_of_long_lists() -> None:
    assert " ".join(each.name for each in fields(Medium)) == (
        "name places examples beyond alike rows articles remarks tall tensors shapes modules parts "
        "operators portrait narrow"
    )
    assert [numbers(medium) for medium in (*SHORTER, PDF)] == [
        "html 50 30 1000 50 50 100 False 1.0 10 20 24 16 160 1.25 True",
        "html 16 8 400 20 24 100 False 1.0 10 12 16 6 80 1.25 True",
        "html 4 1 80 8 10 10 True 1.0 10 8 8 2 30 1.25 True",
        "pdf 12 1 0 1 12 100 True 0.56 3 6 6 0 0 0.7 False",
    ]
    assert SHORTER[0] is HTML
    assert (numbers(compared.SCREEN), numbers(compared.PAPER)) == (
        "300 100 200 50 60", "24 0 12 10 0",
    )  # fmt: skip


def test_all_totals_are_compared_and_can_be_bounded() -> None:
    assert FIGURES == (*TITLES,) == (*TOTALS,) == (
        "macs", "flops", "params", "weight-bytes", "peak", "operators", "layers", "file-bytes",
    )  # fmt: skip
    assert compared.CARDS == ("macs", "flops", "params", "peak")
    assert [TOTALS[name] for name in FIGURES] == [
        "MACs", "FLOPs", "parameters", "bytes of weights", "peak activation bytes", "operators",
        "weighted layers", "bytes of the file",
    ]  # fmt: skip
    assert [title for title, _ in MEASURES] == [TOTALS[name] for name in FIGURES[:-1]]


@each(
    "kind",
    ["identities", "constants", "dropouts", "shape-arithmetic", "views", "operators-added",
     "operators-removed", "opset", "imports", "ir", "producer", "metadata"],
)  # fmt: skip
def test_what_tidies_a_graph_is_no_headline(kind: str) -> None:
    def came_to(*kinds: str, covers: int = 0) -> Any:
        told = [some(kind=each, covers=range(covers)) for each in kinds]
        return _conclude(some(identical=False, headlines=told, changes=(1, 2), interface=()))

    assert came_to(kind) == ("counts", None)
    assert came_to(kind, covers=2) == ("all", 0)
    assert came_to(kind, "quantised") == ("headline", 1)


def test_a_comparison_without_changed_operators_is_of_ends_or_constants() -> None:
    def came_to(identical: bool | None, *interface: str) -> Any:
        return _conclude(some(identical=identical, headlines=(), changes=(), interface=interface))

    assert came_to(True) == ("same", None)
    assert came_to(None) == ("unsure", None)
    assert came_to(False) == ("constants", None)
    assert came_to(False, "x") == came_to(None, "x") == ("ends", None)


@each("before", [*"(,=:[!&|?{};", "return", "=>", ""])
def test_a_slash_behind_what_is_no_value_begins_a_pattern(before: str) -> None:
    assert [t.text for t in tokens(f"{before} /a b/g") if t.kind == "text"] == ["/a b/g"]


@each("before", [*"(,=:[?&|", "return", "...", ")", ";", "=>", "else"])
def test_a_brace_behind_what_wants_a_value_opens_an_object(before: str) -> None:
    """In which ``name:`` is a key; in a block it would be a variable."""
    is_object = before not in (")", ";", "=>", "else")
    script = f"const name = 1; {before} {{ name: 2 }}"
    short = "name" if is_object else "a"
    assert with_short_names(script) == f"const a = 1; {before} {{ {short}: 2 }}"


@pytest.mark.parametrize("by", ["share.macs", "share.params", "share.operators", "sum", "other"])
def test_shares_of_one_whole_say_it_in_their_note(by: str) -> None:
    half = Explained("n", 0.5, by, (Summand("2000 / 4000"),), Certainty.EXACT, "")
    page = some(explained=(half,), reckonings=(Reckoning(by, "t", "f", "s"),),
                what_if=some(stops=None))  # fmt: skip
    (note,) = on_screen(cast("Any", page)).notes
    assert note.whole == ("4,000" if by in SHARES else "")
    assert (by in SHARES) == (by != "other")


@pytest.mark.parametrize(
    ("shape", "image"),
    [((1, 1, None, None), True), ((1, 3, None, None), True), ((1, None, None, 4), True),
     ((1, 2, None, None), False), ((1, None, None, 5), False)],
)  # fmt: skip
def test_images_have_one_three_or_four_channels(shape: tuple[Any, ...], image: bool) -> None:
    tensor = some(name="x", shape=shape, dtype="float32")
    size = some(axes=(("x", 2), ("x", 3)), image=True)
    known = some(inputs=[tensor], assumptions=())
    assert growth._unit(cast("Any", known), cast("Any", size))[0] == (
        "megapixel" if image else "step"
    )
    for dtype, unit in (("int32", "token"), ("int64", "token"), ("int16", "step")):
        ids = some(inputs=[some(name="x", shape=(1, None), dtype=dtype)], assumptions=())
        last = some(axes=(("x", 1),), image=False)
        assert growth._unit(cast("Any", ids), cast("Any", last))[0] == unit
