"""Results that the report tests share; each is computed once for the whole session."""

from __future__ import annotations

import gc
import logging
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from analyzer.analyze import analyze_weights
from analyzer.model import load
from analyzer.report import REPORT_FORMATS, Options, Result, fitting
from analyzer.targets.catalog import chosen
from tests.report.results import HOSTILE, LIGHT, SAMPLES, Complaints, judge, save, selected

FITTED = ("standard", "unknown")
"""Whose last page is looked at."""
FIRST_TRANSITION = "r105"
"""Where it ends in the file, that is the last result behind it."""

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.report.results import Made


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Chromium; an error of a page's script fails the test."""
    from tests.report.pages import CHROMIUM

    yield CHROMIUM.browser
    assert CHROMIUM.errors() == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in the browser come one after another, where the first of them stands."""
    shown = [item for item in items if _browses(item)]
    if shown:
        place = items.index(shown[0])
        others = [item for item in items[place:] if not _browses(item)]
        items[place:] = [*shown, *others]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """Keep Chromium no longer than needed: with its thread about, nothing is forked."""
    try:
        return (yield)
    finally:
        if _browses(item) and not (nextitem and _browses(nextitem)):
            from tests.report.pages import CHROMIUM

            CHROMIUM.close()


def _browses(item: pytest.Item) -> bool:
    return "browser" in getattr(item, "fixturenames", ())


@pytest.fixture
def loose(monkeypatch: pytest.MonkeyPatch) -> None:
    """PDFs are laid out once, however empty their last page is."""
    monkeypatch.setattr(fitting, "BLANK", 1.0)


@pytest.fixture(scope="session")
def made(request: pytest.FixtureRequest) -> Made:
    """The PDF of one of the session's results, by its name, and WeasyPrint's complaints.

    It is laid out once, but for those whose last page is looked at.
    """
    logger = logging.getLogger("weasyprint")

    @cache
    def make(name: str) -> tuple[bytes, list[str]]:
        complaints = Complaints()
        gc.freeze()  # garbage is looked for in the layout alone
        logger.addHandler(complaints)
        blank = fitting.BLANK if name in FITTED else 1.0
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(fitting, "BLANK", blank)
                return REPORT_FORMATS["pdf"](
                    request.getfixturevalue(name), Options()
                ), complaints.said
        finally:
            logger.removeHandler(complaints)

    return make


@pytest.fixture(scope="session")
def mobilenet() -> Result:
    return judge(SAMPLES / "mobilenet_v1.onnx")


@pytest.fixture(scope="session")
def standard() -> Result:
    """MobileNetV1 with standard convolutions: findings with savings."""
    return judge(SAMPLES / "mobilenet_v1_standard.onnx")


@pytest.fixture(scope="session")
def clean(mobilenet: Result) -> Result:
    """MobileNetV1 before the rules about separable convolutions: the paper left them nothing."""
    return selected(mobilenet, "SEP")


@pytest.fixture(scope="session")
def wasteful(standard: Result) -> Result:
    """MobileNetV1 with standard convolutions before the same rules: one finding at 13 places."""
    return selected(standard, "SEP")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A kernel that is one depthwise separable term with two dead filters, and a broken one."""
    random = np.random.default_rng(0)
    spatial, mixing = random.normal(size=(1, 8, 3, 3)), random.normal(size=(16, 8, 1, 1))
    separable = (spatial * mixing).astype(np.float32)
    separable[[3, 7]] = 0
    separable[0, 0, 0, 0] = 1e-9  # too small for float16
    broken = random.normal(size=(4, 16, 3, 3)).astype(np.float32)
    broken[0, 0, 0, 0] = np.nan
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["x", "a"], ["h"], name="separable", pads=[1] * 4),
            helper.make_node("Conv", ["h", "b"], ["y"], name="broken", pads=[1] * 4),
        ],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 8, 16, 16])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4, 16, 16])],
        [numpy_helper.from_array(separable, "a"), numpy_helper.from_array(broken, "b")],
    )
    path: Path = tmp_path_factory.mktemp("trained") / "trained.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), path)
    known = analyze_weights(load(str(path)), targets=chosen(("ort_cpu",)))
    return Result(known, targets_asked=True)


@pytest.fixture(scope="session")
def densenet(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The first of DenseNet-121's four dense blocks: 6 layers that read all before them."""
    model = onnx.load(LIGHT / "light_densenet121.onnx")
    graph, needed, nodes = model.graph, {FIRST_TRANSITION}, list[onnx.NodeProto]()
    for node in reversed(graph.node):
        if not needed.isdisjoint(node.output):
            nodes.insert(0, node)
            needed.update(node.input)
    for all_, kept in (
        (graph.node, nodes),
        (graph.input, [each for each in graph.input if each.name in needed]),
        (graph.initializer, [each for each in graph.initializer if each.name in needed]),
        (graph.output, [helper.make_tensor_value_info(FIRST_TRANSITION, TensorProto.FLOAT, None)]),
    ):
        del all_[:]
        all_.extend(kept)
    path = tmp_path_factory.mktemp("densenet") / "densenet.onnx"
    onnx.save(model, path)
    return judge(path)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A name that attacks every format, on a node with a finding, a tensor, graph and producer."""
    nodes = [
        helper.make_node("Conv", ["x", "w"], [HOSTILE], name=HOSTILE, pads=[1, 1, 1, 1]),
        helper.make_node("Relu", [HOSTILE], ["=1+1"], name="=HYPERLINK(0)" + "x" * 50_000),
        helper.make_node("Identity", ["=1+1"], ["y"], name="@sum"),
    ]
    folder = tmp_path_factory.mktemp("hostile")
    return judge(save(folder, "hostile", nodes, w=(256, 8, 3, 3)))


@pytest.fixture(scope="session")
def unknown(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A convolution, then an operator nobody knows."""
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], name="known", pads=[1, 1, 1, 1]),
        helper.make_node("Warp", ["a"], ["y"], name="custom", domain="com.acme"),
    ]
    return judge(save(tmp_path_factory.mktemp("unknown"), "unknown", nodes, w=(16, 8, 3, 3)))


@pytest.fixture(scope="session")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """600 operators: 300 times a 3×3 convolution and Relu, all of one shape."""
    nodes, last = [], "x"
    for i in range(300):
        nodes.append(
            helper.make_node(
                "Conv", [last, "w"], [f"conv{i}"], name=f"/features/{i}/Conv", pads=[1, 1, 1, 1]
            )
        )
        last = f"relu{i}" if i < 299 else "y"
        nodes.append(helper.make_node("Relu", [f"conv{i}"], [last], name=f"/features/{i}/Relu"))
    return judge(save(tmp_path_factory.mktemp("huge"), "huge", nodes, w=(8, 8, 3, 3)))
