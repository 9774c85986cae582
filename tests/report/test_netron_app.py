"""What people see of an attachment in the real Netron, of one model in which all is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx.parser
import pytest
from onnx import numpy_helper

from analyzer.cli import exits
from analyzer.cli.main import run
from tests.report.netron_app import serving
from tests.report.pages import CHROMIUM
from tests.report.results import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Browser

    from tests.report.netron_app import App

MODEL = """<ir_version: 8, opset_import: ["" : 17, "f" : 1]>
g (float[1,64,16,16] x, float[1,64] t) => (float[1,N] u, float[1,10] y, float[1,20] z)
{
  [layer] h = Conv <pads = [1, 1, 1, 1]> (x, a)
  i = Conv (h, b)
  [markup] j = Conv (i, c)
  u = Reshape (j, shape)
  q, qs, qo = DynamicQuantizeLinear (t)
  [product] d = MatMulInteger (q, w, qo)
  [product] e = MatMulInteger (q, v, qo)
  y = f.Rescale (d, qs)
  z = f.Rescale (e, qs)
}
<domain: "f", opset_import: ["" : 17]> Rescale (p, s) => (r)
{ k = Cast <to = 1> (p) [rescale] r = Mul (k, s) }"""
"""A convolution without a name and one whose name is markup; two quantised products of one name,
and a function that is called with two shapes."""
WEIGHTS: dict[str, NDArray[Any]] = {
    "a": np.zeros((128, 64, 3, 3), np.float32),
    "b": np.zeros((8, 128, 3, 3), np.float32),
    "c": np.zeros((16, 8, 1, 1), np.float32),
    "w": np.zeros((64, 10), np.uint8),
    "v": np.zeros((64, 20), np.uint8),
    "shape": np.array([1, -1]),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The model, and what is attached to it."""
    model = onnx.parser.parse_model(MODEL)
    model.graph.node[2].name = HOSTILE
    for name, array in WEIGHTS.items():
        model.graph.initializer.append(numpy_helper.from_array(array, name))
    folder = tmp_path_factory.mktemp("netron")
    path, attachment = folder / "m.onnx", folder / "attachment.json"
    path.write_bytes(model.SerializeToString())
    words = ["check", str(path), "-q", "--fail-on", "never", "--output", f"netron={attachment}"]
    assert run(words) != exits.INCONCLUSIVE
    return path, attachment


@pytest.fixture
def app(browser: Browser, files: tuple[Path, Path]) -> Iterator[App]:
    assert browser is CHROMIUM.browser
    found = CHROMIUM.once(serving)
    if not found.shown:
        found.show(*files)
    yield found
    assert found.complaints == []


def test_netron_shows_cost_share_and_finding_of_a_layer(app: App) -> None:
    app.click_node("Conv")
    layer = app.sidebar()
    assert layer["name"] == "layer"
    assert layer["MACs"] == "18,874,368"  # 16·16·128·64·9
    assert layer["share of MACs"] == "91.1 %"
    assert layer["parameters"] == "73,728"
    assert layer["tags"] == "standard"
    assert "warning, separable-candidate: standard 3×3 convolution" in layer["SEP001"]


def test_netron_shows_totals_and_verdict_of_the_model(app: App) -> None:
    app.page.click("#sidebar-model-button")
    model = app.sidebar()
    assert model["MACs"] == "20,707,712"
    assert model["parameters"] == "84,992", "not Netron's own count, which has the shape in it"
    assert model["onnxlint"].startswith("findings: 1 error, 4 warnings")
    app.page.click("#sidebar-target-button")
    assert app.sidebar()["MACs"] == "20,707,712"


def test_what_an_operator_without_a_name_costs_is_at_its_connection(app: App) -> None:
    app.click_node("Conv", 1)
    assert "MACs" not in app.sidebar()
    app.follow("Y")
    connection = app.sidebar()
    assert connection["name"] == "i"
    assert connection["made by"] == "Conv (it has no name)"
    assert connection["MACs"] == "1,806,336"  # 14·14·8·128·9
    assert connection["tensor"] == "float32 1×8×14×14"


def test_operators_of_one_name_are_told_apart_by_their_connections(app: App) -> None:
    for number, macs in enumerate(("640", "1,280")):
        app.click_node("MatMulInteger", number)
        assert "MACs" not in app.sidebar()
        app.follow("Y")
        assert app.sidebar()["MACs"] == macs


def test_names_that_hold_markup_are_text_in_netron(app: App) -> None:
    app.click_node("Conv", 2)
    layer = app.sidebar()
    assert layer["MACs"] == "25,088"  # 14·14·16·8
    assert layer["name"].startswith("<script>")
    app.page.click("#sidebar-model-button")
    assert app.page.locator("#sidebar :is(script, img)").count() == 0


def test_an_operator_in_a_function_shows_what_all_calls_cost(app: App) -> None:
    """The last one: the window shows the function from then on."""
    app.click_node("Rescale")
    app.page.click("#sidebar [title='Show Definition']")
    app.click_node("Mul")
    inside = app.sidebar()
    assert inside["name"] == "rescale"
    assert inside["FLOPs"] == "30"
    assert inside["runs"] == "2"


def test_netron_asked_nobody_but_its_own_server_for_what_it_shows(app: App) -> None:
    assert all("analytics" in url for url in app.outside), "which was refused"
