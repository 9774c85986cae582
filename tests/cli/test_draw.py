"""``onnxlint draw``: pictures that are files of their kind, the same each time."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import onnx
import onnx.parser
import pytest

from analyzer.cli.draw import COLORS, DEPTHS
from analyzer.report import DRAW_FORMATS, Options, sketch
from analyzer.report.drawing import draw
from analyzer.report.drawing.picture import Coloring
from analyzer.report.drawing.record import Depth
from analyzer.report.result import Result
from analyzer.report.sketch import MOST_PIXELS, Sketch
from tests.cli.conftest import Cli
from tests.report.drawing.networks import branching
from tests.report.results import judge

MOBILENET = str(Path(__file__).parents[2] / "samples" / "mobilenet_v1.onnx")
SVG = "{http://www.w3.org/2000/svg}"
BEGINNINGS = {"svg": b"<svg ", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}


@pytest.fixture(scope="module")
def mobilenet() -> Result:
    return judge(Path(MOBILENET))


@pytest.mark.parametrize("suffix", BEGINNINGS)
def test_suffix_chooses_the_format_and_bytes_are_the_same_each_time(cli: Cli, suffix: str) -> None:
    Path("model.onnx").write_bytes(branching(2, 2).SerializeToString())
    name = f"net.{suffix}"
    outcome = cli("draw", "model.onnx", "-o", name, "--depth", "operators")
    assert (outcome.code, outcome.out) == (0, f"{name}\n")
    first = Path(name).read_bytes()
    assert first.startswith(BEGINNINGS[suffix])
    cli("draw", "model.onnx", "-o", name, "--depth", "operators")
    assert Path(name).read_bytes() == first


def test_svg_on_standard_output_shows_what_was_asked_for(cli: Cli, mobilenet: Result) -> None:
    asked: tuple[tuple[Depth, Coloring], ...] = (
        ("blocks", "kind"), ("modules", "macs"), ("operators", "memory"),
    )  # fmt: skip
    for depth, color in asked:
        outcome = cli("draw", MOBILENET, "-o", "-", "--depth", depth, "--color", color)
        sketch = Sketch(draw(mobilenet, depth), "mobilenet_v1.onnx", color)
        assert outcome.out.encode() == DRAW_FORMATS["svg"](sketch, Options())
        assert outcome.out.startswith("<svg ")
        assert outcome.out.endswith("</svg>\n")


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("color", COLORS)
def test_svg_is_xml_without_scripts_addresses_or_styles_on_marks(
    mobilenet: Result, depth: Depth, color: Coloring
) -> None:
    sketch = Sketch(draw(mobilenet, depth), "net.onnx", color)
    root = ElementTree.fromstring(DRAW_FORMATS["svg"](sketch, Options()))
    assert root.find(f"{SVG}title") is not None
    for mark in root.iter():
        assert mark.tag.removeprefix(SVG) in {
            "svg", "title", "style", "rect", "text", "g", "path", "polygon",
        }  # fmt: skip
        assert not {"style", "href", "onload"} & mark.attrib.keys()
    for box in root.iter(f"{SVG}rect"):
        assert box.attrib["fill"].startswith("#")
        assert box.attrib["class"]


def test_png_of_many_operators_has_a_limited_number_of_pixels(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = MOST_PIXELS // 16
    monkeypatch.setattr(sketch, "MOST_PIXELS", most)
    path = tmp_path / "long.onnx"
    path.write_bytes(branching(100, 3).SerializeToString())
    assert cli("draw", str(path), "-o", "long.png", "--depth", "operators").code == 0
    header = Path("long.png").read_bytes()[16:24]
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:])
    assert 0.9 * most < width * height <= 1.01 * most


def test_names_of_a_model_stay_text(cli: Cli, tmp_path: Path) -> None:
    evil = '<b>&"\u202e'
    model = onnx.parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 17]> g (float[1,4] x) => (float[1,4] y){ y = Relu(x) }'
    )
    model.graph.input[0].name = model.graph.node[0].input[0] = evil
    path = tmp_path / "evil.onnx"
    path.write_bytes(model.SerializeToString())
    outcome = cli("draw", str(path), "-o", "-")
    assert outcome.code == 0
    words = [mark.text for mark in ElementTree.fromstring(outcome.out).iter(f"{SVG}text")]
    assert '<b>&"\\u202e' in words
    assert "\u202e" not in outcome.out


def test_model_is_never_overwritten(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "model.svg"
    path.write_bytes(Path(MOBILENET).read_bytes())
    outcome = cli("draw", str(path), "-o", str(path))
    assert outcome.code == 2
    assert "is the model itself" in outcome.err


def test_findings_are_told_by_colour(cli: Cli) -> None:
    standard = MOBILENET.replace(".onnx", "_standard.onnx")
    shown = cli("draw", standard, "-o", "-", "--color", "findings", "--select", "SEP").out
    assert 'class="f-warning' in shown
    quiet = cli("draw", standard, "-o", "-", "--color", "findings", "--select", "GRA").out
    assert 'class="f-warning' not in quiet


BERT_LIKE = """<ir_version: 8, opset_import: ["" : 17]>
  g (int64[N,S] ids, float[10,8] table, float[8,8] w) => (float[N,S,S] y) {
    x = Gather (table, ids)  q = MatMul (x, w)  k = Transpose <perm = [0, 2, 1]> (x)
    y = MatMul (q, k) }"""
SAID = {
    "treemap": "separable 3 9.7 %",
    "memory": "peak 6.125 MiB at block1.pointwise.bn",
}


@pytest.mark.parametrize(
    ("picture", "suffix"), [*((picture, "svg") for picture in SAID), ("memory", "png"),
                            ("treemap", "pdf")]
)  # fmt: skip
def test_each_picture_of_a_report_is_a_file_by_itself(cli: Cli, picture: str, suffix: str) -> None:
    name = f"net.{suffix}"
    assert cli("draw", MOBILENET, "-o", name, "--picture", picture).code == 0
    data = Path(name).read_bytes()
    assert data.startswith(BEGINNINGS[suffix])
    if suffix == "svg":
        root = ElementTree.fromstring(data)
        assert SAID[picture] in {text.text for text in root.iter(f"{SVG}text")}
        for mark in root.iter():
            assert not {"style", "href", "onload"} & mark.attrib.keys()


def test_growth_is_drawn_where_a_size_is_open(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "open.onnx"
    path.write_bytes(onnx.parser.parse_model(BERT_LIKE).SerializeToString())
    outcome = cli("draw", str(path), "-o", "-", "--picture", "growth")
    assert "grows with the square" in outcome.out
    assert ElementTree.fromstring(outcome.out).find(f"{SVG}title") is not None


def test_cells_have_the_numbers_of_the_paper_and_those_within_the_budget_are_framed(
    cli: Cli,
) -> None:
    """Of 6 rows of 4, all but 568, 418, 325 and those of double depth take 300 million or less."""
    Path("onnxlint.toml").write_text('[budgets]\nmacs = "300M"\n')
    root = ElementTree.fromstring(cli("draw", MOBILENET, "-o", "-", "--picture", "heat").out)
    assert "149,497,088" in {text.text for text in root.iter(f"{SVG}text")}, "Howard 2017, table 6"
    for mark in root.iter():
        assert not {"style", "href", "onload"} & mark.attrib.keys()
    cells = [rect for rect in root.iter(f"{SVG}rect") if "heat" in rect.attrib["class"]]
    framed = [rect for rect in cells if "s-clean" in rect.attrib["class"]]
    assert (len(cells), len(framed)) == (24, 24 - 3 - 4)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--picture", "growth"), "the file leaves no size open"),
        (("--picture", "heat", "--depth", "modules"), "--depth is about the network"),
        (("--picture", "memory", "--color", "macs"), "--color is about the network"),
    ],
)
def test_a_picture_that_there_is_none_of_says_why(
    cli: Cli, options: tuple[str, ...], reason: str
) -> None:
    outcome = cli("draw", MOBILENET, "-o", "net.svg", *options)
    assert outcome.code == 2
    assert reason in outcome.err
    assert not Path("net.svg").exists()
