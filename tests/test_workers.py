"""Several processes that run tests say together what one would have said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SETTINGS = """
from tests.workers import Workers, count

def pytest_addoption(parser):
    parser.addoption("--workers", default="0")

def pytest_configure(config):
    if number := count(config.option.workers):
        group = lambda nodeid: nodeid.partition("::")[0]
        config.pluginmanager.register(
            Workers(number, group, frozenset(), lambda config, number: None))
"""
TESTS = """
import pytest, warnings

@pytest.fixture
def broken():
    yield
    raise ValueError("at the end")

def test_passed(tmp_path): warnings.warn("careful")
def test_failed(): print("said before"); assert 1 == 2
@pytest.mark.skip(reason="there is nothing")
def test_skipped(): pass
@pytest.mark.xfail
def test_expected_to_fail(): assert 0
def test_of_a_broken_fixture(broken): pass
"""


def outcome(folder: Path, *options: str, **files: str) -> tuple[int, str]:
    for name, text in {"conftest": SETTINGS, **files}.items():
        (folder / f"{name}.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider", *options],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]),
                                      "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_all_that_happens_is_told(tmp_path: Path) -> None:
    code, said = outcome(
        tmp_path, "--workers=2", test_a=TESTS, test_b=TESTS, test_c="def test_c(): pass"
    )
    assert code == 1
    for words in ("2 failed, 5 passed, 2 skipped, 2 xfailed, 2 warnings, 2 errors", "said before",
                  "there is nothing", "ValueError: at the end", "UserWarning: careful",
                  "FAILED test_a.py::test_failed", "FAILED test_b.py::test_failed"):  # fmt: skip
        assert words in said


@pytest.mark.parametrize(
    ("way", "words"), [("os._exit(0)", "with 0"), ("os.kill(os.getpid(), 9)", "with -9")]
)
def test_a_worker_that_ends_in_a_test_fails_the_run(tmp_path: Path, way: str, words: str) -> None:
    dead = f"import os\ndef test_x(): {way}\ndef test_y(): pass"
    code, said = outcome(tmp_path, "--workers=2", test_a=dead)
    assert code == 2
    assert "FAILED test_a.py::test_x" in said
    assert words in said


def test_nothing_is_begun_after_the_first_failure(tmp_path: Path) -> None:
    code, said = outcome(
        tmp_path, "-x", "--workers=1", test_a="def test_a(): assert 0",
        test_b="import time\ndef test_b(): time.sleep(0.3)\ndef test_c(): open('begun', 'w')",
    )  # fmt: skip
    assert code == 1
    assert "1 failed" in said
    assert not (tmp_path / "begun").exists()
