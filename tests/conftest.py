"""Settings of the whole suite, and the audit hook that every test runs under."""

import os
import signal
import tempfile
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from analyzer.model.child import STOPPING
from tests import audit

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
