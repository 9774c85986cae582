"""``onnxlint draw``: pictures that are files of their kind, the same each time."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import onnx
import pytest

from analyzer.report.sketch import MOST_PIXELS
from tests.cli.conftest import Cli
from tests.report.drawing.networks import branching

MOBILENET = str(Path(__file__).parents[2] / "samples" / "mobilenet_v1.onnx")
SVG = "{http://www.w3.org/2000/svg}"
BEGINNINGS = {"svg": b"<svg ", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}


@pytest.mark.parametrize("suffix", BEGINNINGS)
def test_suffix_chooses_the_format_and_bytes_are_the_same_each_time(cli: Cli, suffix: str) -> None:
    name = f"net.{suffix}"
    outcome = cli("draw", MOBILENET, "-o", name)
    assert (outcome.code, outcome.out) == (0, f"{name}\n")
    first = Path(name).read_bytes()
    assert first.startswith(BEGINNINGS[suffix])
    cli("draw", MOBILENET, "-o", name)
    assert Path(name).read_bytes() == first


def test_svg_on_standard_output(cli: Cli) -> None:
    outcome = cli("draw", MOBILENET, "-o", "-")
    assert outcome.code == 0
    assert outcome.out.startswith("<svg ")
    assert outcome.out.endswith("</svg>\n")


@pytest.mark.parametrize("depth", ["blocks", "modules", "operators"])
@pytest.mark.parametrize("color", ["kind", "macs", "memory", "findings"])
def test_svg_is_xml_without_scripts_addresses_or_styles_on_marks(
    cli: Cli, depth: str, color: str
) -> None:
    outcome = cli("draw", MOBILENET, "-o", "-", "--depth", depth, "--color", color)
    root = ElementTree.fromstring(outcome.out)
    assert root.find(f"{SVG}title") is not None
    for mark in root.iter():
        assert mark.tag.removeprefix(SVG) in {
            "svg", "title", "style", "rect", "text", "g", "path", "polygon",
        }  # fmt: skip
        assert not {"style", "href", "onload"} & mark.attrib.keys()
    for box in root.iter(f"{SVG}rect"):
        assert box.attrib["fill"].startswith("#")
        assert box.attrib["class"]


def test_png_of_many_operators_has_a_limited_number_of_pixels(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "long.onnx"
    path.write_bytes(branching(400, 3).SerializeToString())
    assert cli("draw", str(path), "-o", "long.png", "--depth", "operators").code == 0
    header = Path("long.png").read_bytes()[16:24]
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:])
    assert 1_000_000 < width * height <= 1.01 * MOST_PIXELS


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
