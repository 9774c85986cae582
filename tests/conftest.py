"""Settings of the whole suite, and the audit hook that every test runs under."""

import gc
import os
import signal
import tempfile
from collections.abc import Generator
from functools import partial
from importlib import import_module

import pytest
from hypothesis import HealthCheck, settings

from analyzer.model.child import STOPPING
from analyzer.shapes.run import infer_shapes
from tests import audit

HARMLESS = {"differential", "patterns", "rules", "scaling"}
"""Folders of tests whose models are well-formed: onnx's C++ need not run in a child there."""

# Derandomised: a pull request fails for what it changes; new examples are looked for by
# `make fuzz`. No deadline: the machine that runs the suite may be busy.
settings.register_profile(
    "suite",
    derandomize=True,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "fuzz",
    parent=settings.get_profile("suite"),
    derandomize=False,
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "2000")),
)
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "foreign_code: calls C functions that crash or hang it")
    # A suite in the background, or under nohup, ignores some signals, and so would the commands
    # that it starts, which are to end by them.
    for number in STOPPING:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def pytest_collection_finish() -> None:
    """Leave what was imported and collected alone: looking through it for garbage costs a tenth
    of the run, and touching it in forked children as much again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)


@pytest.fixture(autouse=True)
def unguarded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Infer shapes in this process where the folder of the tests says that it is harmless."""
    if request.path.parent.name in HARMLESS:
        module = import_module("analyzer.analyze")
        monkeypatch.setattr(module, "infer_shapes", partial(infer_shapes, guard=False))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """In no test does the tool open what is neither its own nor the test's, or start anything."""
    tool, writable = str(audit.PROJECT / "analyzer"), (tempfile.gettempdir(),)
    with audit.watched((audit.PROJECT,), writable, by=tool) as seen:
        result = yield
    if item.get_closest_marker("foreign_code"):
        seen = [line for line in seen if not line.startswith("ctypes.")]
    assert seen == []
    return result
