"""Settings of the whole suite, and the audit hook that every test runs under."""

import gc
import os
import re
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Generator
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from analyzer.model import guard
from analyzer.model.child import STOPPING, can_fork
from tests import audit, thrift, warm, workers
from tests.nursery import FORK, NURSERIES, NURSERY, REPLACED, Nursery, forks, note_what_is_replaced
from tests.unguarded import unguarded

# Every command line and many tests load the rules that ship; the same text is the same rule.
warm.remember_rules()
note_what_is_replaced()
thrift.save_time()
TOOL = str(audit.PROJECT / "analyzer")
_PROJECT = audit.real((audit.PROJECT,))
GUARD: Any = guard
HARMLESS = {
    "cli", "compare", "contracts", "converters", "costs", "devices", "differential", "drawing",
    "findings", "golden", "graph", "language", "operators", "pattern", "patterns", "readings",
    "redundancy", "report", "rules", "ruleset", "samples", "scaling", "smaller", "snapshots",
    "targets", "trust", "weights",
}  # fmt: skip
"""Folders of tests whose models are well-formed: onnx's C++ need not run in a child there, but in
the few tests marked ``guarded``. What a child does or suffers, tests of other folders look at."""

BROWSERS = {"browser"}
"""Fixtures with a thread about."""

MANY = 2_000
"""Tests of which some run commands in processes of their own, whoever chose them."""

# Every test judges anew, but for those about the cache; processes that tests start inherit it.
os.environ["ONNXLINT_NO_CACHE"] = "1"

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
_FOLDERS = Counter[str]()
"""How many folders of tests have a name; each worker has a folder for its own."""

SAME_WORKER = {
    "tests/claims/": "claims",
    "tests/rules/test_shipped.py": "examples",
    "tests/snapshots/test_examples.py": "examples",
    "tests/snapshots/test_comparisons.py": "claims",
    "tests/snapshots/test_pages.py": "claims",
    "tests/costs/test_backend.py": "cases",
    "tests/fuzz/": "cases",
    "tests/hostile/test_attributes.py": "cases",
    "tests/model/test_wire.py": "cases",
    "tests/shapes/test_backend_cases.py": "cases",
    "tests/shapes/test_onnx_inference.py": "cases",
    "tests/targets/test_verdicts.py": "cases",
    "tests/faults/test_writing.py": "scenes",
    "tests/language/": "language",
    "tests/report/": "report",
    "tests/workflow/test_packaging.py": "pre-commit",
    "tests/workflow/test_pre_commit.py": "pre-commit",
    "tests/workflow/test_recipes.py": "pre-commit",
}
"""What several tests of a file or folder share is made once, as one worker runs them all."""


@cache
def _real(folder: str) -> tuple[str, ...]:
    """``audit.real`` of one folder that is the same for thousands of tests."""
    return audit.real((folder,))


def _group(nodeid: str) -> str:
    """Tests of a file share what it makes; those of some files, what one of them makes."""
    shared = (group for start, group in SAME_WORKER.items() if nodeid.startswith(start))
    return next(shared, nodeid.partition("::")[0])


def _begin(config: pytest.Config, number: int) -> None:
    """Take a nursery as the worker's own."""
    if nurseries := config.stash[NURSERIES]:
        config.stash[NURSERY] = nurseries[number - 1].adopted()


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder for one test, as pytest's own. That one looks for a free number among all
    folders and sets a link to the last, which takes as long as the rest of a small test."""
    name = re.sub(r"\W", "_", request.node.name)[:30]
    path = tmp_path_factory.getbasetemp() / f"{name}_{_FOLDERS[name]}"
    _FOLDERS[name] += 1
    path.mkdir(mode=0o700)
    return path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--workers", default="0", help="processes that run the tests, or auto")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "foreign_code: calls C functions that crash or hang it")
    config.addinivalue_line("markers", "guarded: shapes are inferred and files checked in a child")
    config.addinivalue_line("markers", "forks: its guarded tasks are forked from the test itself")
    # A suite in the background, or under nohup, ignores some signals, and so would the commands
    # that it starts, which are to end by them.
    for number in STOPPING:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    # Dozens of tests start an interpreter that imports all of the tool: what one of them has
    # compiled is there for the others.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    gc.disable()  # until all is collected: hardly anything of that is garbage
    number = workers.count(config.option.workers)
    # Before anything is collected, so that they are small. What maps coverage numbers its marks in
    # each process.
    nurseries = 0 if "COVERAGE_MAP" in os.environ else max(1, number)
    config.stash[NURSERIES] = [Nursery() for _ in range(nurseries)]
    if number:
        first = frozenset(SAME_WORKER.values())
        config.pluginmanager.register(workers.Workers(number, _group, first, _begin))
    elif nurseries:
        _begin(config, 1)


def pytest_unconfigure(config: pytest.Config) -> None:
    nurseries = config.stash[NURSERIES]
    for nursery in reversed(nurseries):  # each has the pipes of those before it
        nursery.close()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what was imported and collected alone: looking through it for garbage costs a tenth
    of the run, and touching it in forked children as much again."""
    warm.set_aside()
    gc.set_threshold(1_000_000, 20, 20)
    gc.enable()
    if len(session.items) > MANY and workers.count(session.config.option.workers):
        warm.start()  # one for all workers


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run what is guarded in a small process that is there already, or, in folders of tests that
    are harmless, infer shapes in this one."""
    nursery = item.config.stash.get(NURSERY, None)
    if nursery is not None and hasattr(item, "function") and not item.get_closest_marker("forks"):
        REPLACED.clear()
        guard._fork = lambda *task: FORK(*task) if forks() else nursery.run(*task)
        if BROWSERS & set(getattr(item, "fixturenames", ())):
            GUARD.can_fork = lambda: True  # as the nursery is no fork of a process with threads
    harmless = item.path.parent.name in HARMLESS and not item.get_closest_marker("guarded")
    try:
        with unguarded() if harmless else nullcontext():
            return (yield)
    finally:
        guard._fork, GUARD.can_fork = FORK, can_fork


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """In no test does the tool open what is neither its own nor the test's, or start anything."""
    with audit.within(audit.Scope(_PROJECT, _real(tempfile.gettempdir()), TOOL)) as seen:
        result = yield
    if item.get_closest_marker("foreign_code"):
        seen = [line for line in seen if not line.startswith("ctypes.")]
    assert seen == []
    return result
