"""Tags of PDFs, cells of tables and sizes of pictures, of small ones made for it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.errors import OutputError
from analyzer.model import Limits
from analyzer.report import Result, cells, diagram, sketch, tags
from analyzer.report.claims.record import Claim
from analyzer.report.content import tone
from analyzer.report.diagram import Diagram
from analyzer.report.drawing.record import Box, Drawing
from analyzer.report.faces import PRINTED, SCREEN, is_korean, stack
from analyzer.report.result import Options
from analyzer.report.sketch import Sketch, _size
from analyzer.report.view import steps, unseen
from analyzer.report.view.charts import Chart
from analyzer.report.webface import letters
from tests.golden.text import facts


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


class Object(dict[str, Any]):
    """An object of a PDF, as pydyf writes it."""

    def __init__(self, number: int, kind: str = "/StructElem", **about: Any) -> None:
        super().__init__(Type=kind, **about)
        self.reference = b"%d 0 R" % number
        self.stream: list[Any] = []


class Name:
    """A string of pydyf, which has its data."""

    def __init__(self, data: str) -> None:
        self.data = data


def table(*rows: str, head: bool = False) -> tuple[Any, list[Object]]:
    """A PDF with a table: each letter of a row is a heading or a datum; and its cells."""
    objects: list[Object] = []

    def made(kind: str, parent: bytes, **about: Any) -> Object:
        each = Object(len(objects) + 1, S=kind, P=parent, K=[], **about)
        objects.append(each)
        return each

    whole = made("/Table", b"")
    group = made("/THead" if head else "/TBody", whole.reference)
    whole["K"].append(group.reference)
    found: list[Object] = []
    for row in rows:
        line = made("/TR", group.reference)
        group["K"] += [line.reference, 7]
        for letter in row:
            name = Name(f"c{len(objects)}")
            cell = made(f"/T{letter}", line.reference, A={})
            if letter == "H":
                cell["ID"] = name
            else:
                cell["A"]["Headers"] = [each["ID"] for each in found if "ID" in each]
            line["K"].append(cell.reference)
            found.append(cell)
    root = Object(98, "/StructTreeRoot", K=[whole.reference], ParentTree=b"99 0 R")
    tree = Object(99, "", Nums=[])
    objects += [root, tree]
    return some(objects=objects, catalog={"StructTreeRoot": root.reference}), found


def named(found: list[Object]) -> str:
    return "".join(cell["S"][-1] for cell in found)


def test_headings_are_of_columns_in_a_head_and_else_of_rows() -> None:
    pdf, found = table("HDD", head=True)
    tags.mend(None, pdf)
    assert [cell["A"].get("Scope") for cell in found] == ["/Column", None, None]
    pdf, found = table("HDD", "HDD")
    tags.mend(None, pdf)
    assert named(found) == "HDDHDD"
    assert [cell["A"].get("Scope") for cell in found[::3]] == ["/Row", "/Row"]
    assert [len(cell["A"]["Headers"]) for cell in found if cell["S"] == "/TD"] == [1, 1, 2, 2]


@pytest.mark.parametrize(
    ("rows", "head", "after"),
    [
        (("HD",), False, "HD"), (("HHD",), False, "DDD"), (("HH",), False, "DD"),
        (("HHD",), True, "HHD"), (("HHD", "DD"), False, "HHDDD"),
    ],
)  # fmt: skip
def test_a_short_table_of_more_headings_than_data_has_none_of_rows(
    rows: tuple[str, ...], head: bool, after: str
) -> None:
    pdf, found = table(*rows, head=head)
    tags.mend(None, pdf)
    assert named(found) == after
    if "D" in rows[0] and named(found) == "D" * len(after):
        assert found[-1]["A"]["Headers"] == []
        assert all("ID" not in cell and "Scope" not in cell["A"] for cell in found)


def test_annotations_are_printed_and_what_is_not_told_is_set_aside() -> None:
    pdf, _ = table("HD")
    note = Object(50, "/Annot")
    page, contents = Object(60, "/Page", Contents=b"61 0 R"), Object(61, "")
    contents.stream = ["/P", {"MCID": 3}, "/P", {"MCID": 4}, "BT"]
    running = Object(62, S="/P", K=[3, b"50 0 R"], Pg=page.reference)
    pdf.objects += [note, page, contents, running]
    tree = next(each for each in pdf.objects if "Nums" in each)
    tree["Nums"] = [0, [running.reference, b"1 0 R"], 1, running.reference]
    tags.mend(None, pdf)
    assert note["F"] == 4
    assert contents.stream == ["/Artifact", {"Type": "/Pagination"}, "/P", {"MCID": 4}, "BT"]
    assert tree["Nums"] == [0, [b"null", b"1 0 R"], 1, running.reference]


def test_notes_of_a_column_are_that_of_most_of_its_numbers() -> None:
    link = "<td><a href=#y-{}>{}</a>"
    assert cells._note([link.format("1", "5"), link.format("2", "6"), link.format("2", "7")]) == "2"
    assert cells._note([link.format("1", "5"), "<td>–"]) == "1"
    assert cells._note([link.format("1", "5"), "<td>6"]) == ""
    assert cells._note([link.format("1", "5"), "<td class=x9>–"]) == "1"
    assert cells._note([link.format("1", "5"), "<td><b><a href=#y-1>–</a></b>"]) == ""
    assert cells._note(["<td>–"]) == cells._note([]) == ""
    assert cells._without("<td class=a><a href=#y-1 title=t>5</a></td>\n", "1") == (
        "<td class=a title=t>5</td>\n"
    )
    assert cells._without("<td><a href=#y-2>5</a>", "1") == "<td data-y=2>5"
    assert cells._without("<td>5", "1") == "<td>5"
    for attributes, classed in (
        ("", " class=z"), (" id=x", " class=z id=x"), (" class=a id=x", ' class="a z" id=x'),
        (' class="a b"', ' class="a b z"'),
    ):  # fmt: skip
        assert cells._classed(attributes, ["z"]) == classed
    assert cells._classed(" class=a", []) == " class=a"


def test_classes_are_added_to_those_that_are_there() -> None:
    told = [cells._classed(each, names) for each, names in (
        ("", ["a"]), (" id=x", ["a", "b"]), (" class=n id=x", ["a"]), (' class="n m"', ["a"]),
        (" id=x", []))]  # fmt: skip
    assert told == [
        " class=a", ' class="a b" id=x', ' class="n a" id=x', ' class="n m a"', " id=x",
    ]  # fmt: skip
    assert cells._noted(["1:2", "3:4"]) == ' data-y="1:2 3:4"'
    assert cells._noted([]) == ""


def test_what_is_left_of_a_file_is_that_of_the_weights_where_nobody_counted_it() -> None:
    def left(**about: int | None) -> tuple[float, ...]:
        usual: dict[str, int | None] = {
            "weight_bytes": 3, "bytes_now": 4, "file_bytes": 1, "file_now": 8,
            "seconds": 1, "seconds_now": 2,
        }  # fmt: skip
        form: Any = SimpleNamespace(**usual | about)
        return steps._held(form), steps._file(form), steps.left(form)

    assert left() == (0.75, 0.125, 0.5)
    assert left(file_bytes=None) == left(file_now=0) == (0.75, 0.75, 0.5)
    assert left(weight_bytes=None) == left(bytes_now=0) == (1.0, 0.125, 0.5)
    assert left(seconds=None) == left(seconds_now=None) == left(seconds_now=0) == (0.75, 0.125, 1.0)
    assert left(file_bytes=None, weight_bytes=None) == (1.0, 1.0, 0.5)


def test_bytes_that_nobody_saw_are_known_where_all_problems_are() -> None:
    def hidden(*sizes: int | None, listed: bool = True) -> int | None:
        found = [SimpleNamespace(unseen_bytes=size, code="external-data") for size in sizes]
        more = [] if listed else [SimpleNamespace(unseen_bytes=0, code=unseen.UNLISTED)]
        return unseen.hidden_bytes(cast("Any", SimpleNamespace(problems=[*found, *more])))

    assert (hidden(), hidden(0), hidden(3, 0, 4), hidden(3, None)) == (0, 0, 7, None)
    assert (hidden(listed=False), hidden(0, listed=False)) == (0, 0)
    assert hidden(3, listed=False) is None


def test_a_report_has_as_many_rows_as_the_limits_have_where_nobody_says_more() -> None:
    for name in ("text_rows", "html_rows", "pdf_rows"):
        assert getattr(Options(), name) == getattr(Limits(), name), name


def test_every_system_has_a_face_of_its_own_on_a_screen() -> None:
    """Of browsers that do not know ``system-ui``, too; one with Hangul on Korean pages."""
    own = {"-apple-system": "macOS", "Segoe UI": "Windows", "Roboto": "Android",
           "Liberation Sans": "Linux"}  # fmt: skip
    korean = {"Pretendard": "with the page", "Apple SD Gothic Neo": "macOS",
              "Malgun Gothic": "Windows", "Noto Sans KR": "Android", "Noto Sans CJK KR": "Linux",
              }  # fmt: skip
    assert {
        "en": ("system-ui", *own, "sans-serif"), "ko": (*korean, "system-ui", "sans-serif"),
    } == SCREEN  # fmt: skip
    assert {face for faces in PRINTED.values() for face in faces} == {
        "Pretendard", "Liberation Sans", "DejaVu Sans", "sans-serif",
    }  # fmt: skip
    assert PRINTED["ko"] == ("Pretendard", *PRINTED["en"])


def test_faces_of_several_words_are_quoted() -> None:
    assert stack(("Menlo", "Segoe UI")) == 'Menlo, "Segoe UI"'
    korean = ("가", "힣", "ㄱ", "\u1100")
    assert all(map(is_korean, korean))
    assert not any(map(is_korean, ("a", "\u00e9", "漢", "\ud7a4", "")))
    many = "".join(chr(0xAC00 + n) for n in range(2001))
    assert len(letters(many)) == 2000
    assert letters("나가나(가)다가") == "가나다"
    assert letters(many + chr(0xAC00 + 2000))[-1] == chr(0xAC00 + 2000), "the most frequent stay"


def box(count: int) -> Drawing:
    part = Box("part", "Conv", "", "standard", 1, "n", "Conv", 1, 0, True, 0, 4, "")
    return Drawing("blocks", (part,) * count, (), count, 0, False, True, 0)


def test_a_picture_is_as_wide_as_its_words_want() -> None:
    small = Sketch(box(1), "m")
    assert _size(small.svg()) == (264, 104.5)  # a third of 720 and 24; 28.5 and 76
    assert _size(Sketch(box(1), "m" * 40).svg())[0] == 9 * 40 + 24
    assert _size('<svg width="10.5" height="3">') == (10.5, 3)
    assert "prefers-color-scheme" in small.svg()
    assert "prefers-color-scheme" not in small.svg(themed=False)


def test_a_picture_is_as_wide_as_the_widest_of_what_is_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An entry of the key takes 30 and 5.2 a letter, a letter of the title 9; 24 are around."""
    asked: list[dict[str, Any]] = []

    def render(**about: Any) -> str:
        asked.append(about)
        return "<svg/>"

    template = some(render=render)
    monkeypatch.setattr(
        sketch, "environment", lambda: some(get_template={"network.svg.j2": template}.get)
    )
    words = ("k" * 10, "k" * 40)
    for width, keys, title, expected in (
        (700.04, (), "m", 724.0), (100, words, "m", 30 + 52 + 30 + 208 + 24),
        (100, words[:1], "m", 264), (100, (), "m" * 50, 9 * 50 + 24), (319, words, "m", 344),
    ):  # fmt: skip
        shown = some(width=width, height=10.04, title="alt", keys=[some(words=w) for w in keys])
        monkeypatch.setattr(sketch, "picture", lambda *_, shown=shown: shown)
        for boxes, printed, lines in ((400, True, 3), (401, True, 1), (401, False, 3)):
            drawing = cast("Any", some(boxes=range(boxes)))
            assert Sketch(drawing, title).svg(printed=printed) == "<svg/>\n"
            about = asked[-1]
            assert (about["width"], about["height"], about["lines"]) == (expected, 86.0, lines)
            assert (about["alt"], about["title"]) == ("alt", title)


def test_pixels_of_a_picture_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []

    def made_of(**about: Any) -> bytes:
        seen.append(about["zoom"])
        return b"png"

    def drawn(width: float, height: float) -> float:
        text = f'<svg width="{width}" height="{height}">'
        monkeypatch.setitem(sys.modules, "resvg_py", some(svg_to_bytes=made_of))
        made = some(title="t", svg=lambda **_: text)
        assert sketch.to_png(cast("Any", made), Options()) == b"png"
        return seen[-1]

    assert drawn(100, 100) == 2
    assert drawn(4000, 2000) == 2
    assert drawn(8000, 4000) == 1
    assert drawn(16000, 8000) == 0.5


def test_charts_of_one_picture_stand_below_each_other() -> None:
    charts = (Chart(300, 50, ()), Chart(400, 30, ()))
    key = some(words="k", fill="#000", css="k")
    for keys, high in (((), 50 + 16 + 30 + 16 + 44), ((key,), 50 + 16 + 30 + 16 + 68)):
        made = Diagram("treemap", "t", cast("Any", charts), cast("Any", keys), "alt")
        assert _size(made.svg()) == (424, high)


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ("treemap", "no treemap: no two modules, blocks or layer shapes of known MACs"),
        ("memory", "no picture of memory: the peak is unknown or the same throughout"),
        ("growth", "no growth: the file leaves no size open that MACs follow exactly"),
        ("heat", "The model has no layers with weights between which there is a width."),
    ],
)
def test_where_there_is_nothing_to_draw_the_reason_is_told(subject: Any, reason: str) -> None:
    idle = Result(facts("g (float[2] x) => (float[2] y) { y = Relu (x) }"))
    with pytest.raises(OutputError) as error:
        diagram.diagram(idle, subject, "t")
    assert str(error.value) == reason


def test_the_bar_of_the_verdict_is_red_for_errors_and_green_for_clean_models() -> None:
    style = (Path(__file__).parents[2] / "templates/style/common.css.j2").read_text("utf-8")
    for kind, outcome, drawn, color in (
        ("errors", "findings", "wrong", "error"),
        ("errors", "inconclusive", "wrong", "error"),
        ("doubts", "findings", "doubtful", "warning"),
        ("nothing", "clean", "clean", "clean"),
        ("saves", "inconclusive", "inconclusive", "warning"),
        ("saves", "findings", "findings", ""),
    ):
        claims = [Claim("compute", {}, ()), Claim("verdict", {"kind": kind}, ())]
        assert tone(claims, outcome) == drawn
        rule = re.search(rf"\.verdict\.{drawn}\b[^{{]*{{ border-color: {{{{ c\.(\w+) }}}}", style)
        assert (rule[1] if rule else "") == color
    assert tone([], "clean") == "clean"
