"""What people see of an attachment in the real Netron, of four models in one window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx.parser
import pytest
from onnx import helper

from analyzer.cli import exits
from analyzer.cli.main import run
from tests.report.netron_app import serving
from tests.report.pages import CHROMIUM
from tests.report.results import HOSTILE, SAMPLES, save

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.report.netron_app import App

UNNAMED = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,3,16,16] x, float[8,3,3,3] w) => (float[1,8,14,14] y) { h = Conv (x, w) y = Relu (h) }"""
TWICE = """<ir_version: 8, opset_import: ["" : 17, "f" : 1]>
g (float[1,64] x) => (float[1,10] y, float[1,20] z)
<uint8[64,10] w = {0}, uint8[64,20] v = {0}, float s = {0.5}, uint8 o = {0}>
{
  q, qs, qo = DynamicQuantizeLinear (x)
  [product] a = MatMulInteger (q, w, qo, o)
  [product] b = MatMulInteger (q, v, qo, o)
  y = f.Rescale (a, s)
  z = f.Rescale (b, s)
}
<domain: "f", opset_import: ["" : 17]> Rescale (p, t) => (r)
{ c = Cast <to = 1> (p) [rescale] r = Mul (c, t) }"""
"""A quantised model: two products of one name, and a function that is called with two shapes."""


@pytest.fixture
def app(browser: Browser) -> Iterator[App]:
    assert browser is CHROMIUM.browser
    found = CHROMIUM.once(serving)
    yield found
    assert found.complaints == []


def show(app: App, folder: Path, model: Path) -> None:
    """Have a model checked and shown with what is attached to it, unless it is there already."""
    if model.read_bytes() == app.shown:
        return
    attachment = folder / "attachment.json"
    words = ["check", str(model), "-q", "--fail-on", "never", "--output", f"netron={attachment}"]
    assert run(words) != exits.INCONCLUSIVE
    app.show(model, attachment)
    app.shown = model.read_bytes()


def write(folder: Path, text: str) -> Path:
    path = folder / "m.onnx"
    path.write_bytes(onnx.parser.parse_model(text).SerializeToString())
    return path


def test_netron_shows_cost_share_and_finding_of_a_layer(app: App, tmp_path: Path) -> None:
    show(app, tmp_path, SAMPLES / "mobilenet_v1_standard.onnx")
    app.click_node("Conv", 1)
    layer = app.sidebar()
    assert layer["name"] == "block1.conv"
    assert layer["MACs"] == "231,211,008"  # 112·112·64·32·9
    assert layer["share of MACs"] == "4.8 %"  # of the paper's 4,866 M
    assert layer["parameters"] == "18,432"
    assert layer["tags"] == "standard"
    assert "warning, separable-candidate: standard 3×3 convolution" in layer["SEP001"]


def test_netron_shows_totals_and_verdict_of_the_model(app: App, tmp_path: Path) -> None:
    show(app, tmp_path, SAMPLES / "mobilenet_v1.onnx")
    app.page.click("#sidebar-model-button")
    model = app.sidebar()
    assert model["MACs"] == "568,740,352"
    assert model["parameters"] == "4,231,976", "not Netron's own count"
    assert model["network"].startswith("MobileNetV1")
    app.page.click("#sidebar-target-button")
    assert app.sidebar()["MACs"] == "568,740,352"


def test_what_an_operator_without_a_name_costs_is_at_its_connection(
    app: App, tmp_path: Path
) -> None:
    show(app, tmp_path, write(tmp_path, UNNAMED))
    app.click_node("Conv")
    assert "MACs" not in app.sidebar()
    app.follow("Y")
    connection = app.sidebar()
    assert connection["name"] == "h"
    assert connection["made by"] == "Conv (it has no name)"
    assert connection["MACs"] == "42,336"  # 14·14·8·3·9
    assert connection["tensor"] == "float32 1×8×14×14"


def test_operators_of_one_name_are_told_apart_by_their_connections(
    app: App, tmp_path: Path
) -> None:
    show(app, tmp_path, write(tmp_path, TWICE))
    for number, macs in enumerate(("640", "1,280")):
        app.click_node("MatMulInteger", number)
        assert "MACs" not in app.sidebar()
        app.follow("Y")
        assert app.sidebar()["MACs"] == macs


def test_an_operator_in_a_function_shows_what_all_calls_cost(app: App, tmp_path: Path) -> None:
    show(app, tmp_path, write(tmp_path, TWICE))
    app.click_node("Rescale")
    app.page.click("#sidebar [title='Show Definition']")
    app.click_node("Mul")
    inside = app.sidebar()
    assert inside["name"] == "rescale"
    assert inside["FLOPs"] == "30"
    assert inside["runs"] == "2"


def test_names_that_hold_markup_are_text_in_netron(app: App, tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Conv", ["x", "w"], [HOSTILE], name=HOSTILE, pads=[1, 1, 1, 1]),
        helper.make_node("Relu", [HOSTILE], ["y"], name="<img src=x onerror=alert(1)>"),
    ]
    show(app, tmp_path, save(tmp_path, "markup", nodes, w=(256, 8, 3, 3)))
    app.click_node("Conv")
    assert app.sidebar()["MACs"] == "18,874,368"  # 32·32·256·8·9
    app.page.click("#sidebar-model-button")
    assert app.page.locator("#sidebar :is(script, img)").count() == 0


def test_netron_asked_nobody_but_its_own_server_for_what_it_shows(app: App) -> None:
    assert all("analytics" in url for url in app.outside), "which was refused"
