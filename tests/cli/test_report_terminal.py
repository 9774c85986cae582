"""What `report` says at the terminal, and the browser that it may open."""

from __future__ import annotations

import re
import webbrowser
from pathlib import Path

import pytest

from analyzer.cli.environment import read_environment
from analyzer.cli.pages import many
from analyzer.report import COMPARE_FORMATS
from tests.cli.conftest import CLEAN, Cli, encode
from tests.report.results import SAMPLES, words

STANDARD = (str(SAMPLES / "mobilenet_v1_standard.onnx"), "--no-config")
HTML = ("-o", "out", "--format", "html")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that a browser was asked for, on a machine with a screen."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    found: list[str] = []

    def browse(url: str) -> bool:
        found.append(url)
        return True

    monkeypatch.setattr(webbrowser, "open", browse)
    return found


def test_verdict_numbers_and_actions_take_a_line_each(cli: Cli) -> None:
    said = cli("report", *STANDARD, *HTML)
    assert said.out == "out/mobilenet_v1_standard.html\n"
    verdict, *numbers = said.err.splitlines()
    assert numbers.pop(4) == "  Trust: nothing found by 34 rules."
    assert len(numbers) == 4 + 3, "four numbers and three steps"
    assert verdict == (
        "mobilenet_v1_standard.onnx: Of 3 warnings 1 is to be looked at before this model is "
        "used: 15 of 15 tensors of weights are one number everywhere or drawn anew in each run: "
        "these are placeholders, not a trained model. Compute could fall by 88.3 % at the price "
        "of training."
    )
    assert [line.partition(":")[0] for line in numbers[:4]] == [
        "  Compute", "  Parameters", "  Peak activation memory", "  Possible saving",
    ]  # fmt: skip
    assert numbers[4] == "  1. Export again with the trained weights"
    assert numbers[5].startswith("  2. Replace standard convolutions")
    assert numbers[5].endswith("saves 4.299 GMAC (88.3 %)")
    assert numbers[6] == "  3. Write 1 Flatten as Reshape; then all operators on Core ML ML Program"


def test_the_lines_are_words_of_the_page(cli: Cli) -> None:
    said = cli("report", *STANDARD, *HTML)
    page = words(Path("out/mobilenet_v1_standard.html").read_text("utf-8"))
    verdict, *numbers = said.err.splitlines()
    assert verdict.partition(": ")[2] in page
    for number in numbers[:4]:
        title, _, rest = number.strip().partition(": ")
        value, _, detail = rest.removesuffix(")").partition(" (")
        assert f"{title} {value} {detail.partition(', ')[0]}" in page
        assert all(part in page for part in detail.split(", "))
    assert numbers[4].strip() in page
    for action in numbers[5:]:
        words_of = re.sub(r"^ *(- |[0-9]\. )", "", action)
        plain = words_of.partition("; ")[0].partition(" (`")[0].replace("`", "")
        assert plain in page


def test_a_model_that_needs_nothing_has_a_sentence_for_it(cli: Cli, clean: str) -> None:
    said = cli("report", clean, *HTML)
    assert said.err.startswith("clean.onnx: Clean: ")
    assert said.err.splitlines()[-1].startswith("  Nothing: ")


def test_quiet_leaves_the_files(cli: Cli, clean: str) -> None:
    said = cli("report", clean, *HTML, "-q")
    assert (said.out, said.err) == ("out/clean.html\n", "")


def test_many_models_are_counted_and_the_worst_are_named(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "WORTHWHILE", 100)  # one process
    for number in range(7):
        Path(f"{number}.onnx").write_bytes(encode(CLEAN))
    Path("6.onnx").write_bytes(b"")
    first, *worst, last = cli("report", ".", *HTML).err.splitlines()[1:]
    assert first == "7 models: 1 not read, 6 clean."
    assert worst[0].startswith("  6.onnx: ")
    assert len(worst) == 5
    assert last == "  and 2 more in the index"


def test_open_shows_the_page_of_one_model_and_the_index_of_many(
    cli: Cli, clean: str, opened: list[str]
) -> None:
    assert cli("report", clean, *HTML, "--open").code == 0
    assert cli("report", ".", *HTML, "--open").code == 0
    assert opened == [Path(f"out/{name}.html").absolute().as_uri() for name in ("clean", "index")]


@pytest.mark.parametrize(
    ("name", "value", "why"), [("CI", "true", "this is CI"), ("DISPLAY", "", "there is no display")]
)
def test_nothing_is_opened_where_nobody_would_see_it(
    cli: Cli, clean: str, opened: list[str], monkeypatch: pytest.MonkeyPatch,
    name: str, value: str, why: str,
) -> None:  # fmt: skip
    for screen in ("WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(screen, raising=False)
    monkeypatch.setenv(name, value)
    said = cli("report", clean, *HTML, "--open")
    assert said.code == 0
    assert f"--open: out/clean.html is not opened: {why}" in said.err
    assert opened == []


def test_a_browser_that_was_named_needs_no_display() -> None:
    assert read_environment({"BROWSER": "wslview"}).unseen == ""
    assert read_environment({"BROWSER": "wslview", "CI": "1"}).unseen == "this is CI"


def test_no_browser_is_said(
    cli: Cli, clean: str, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    assert "no browser was found" in cli("report", clean, *HTML, "--open").err


def test_open_needs_a_page_to_open(cli: Cli, clean: str) -> None:
    said = cli("report", clean, "-o", "out", "--format", "pdf", "--open")
    assert said.code == 2
    assert "--open shows the HTML; let html be among --format" in said.err
    assert not Path("out").exists()


def test_compare_opens_its_page_too(
    cli: Cli, clean: str, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COMPARE_FORMATS, "pdf", lambda *_: b"")
    assert cli("compare", clean, clean, "-o", "out", "--open").code == 0
    assert opened == [Path("out/compare.html").absolute().as_uri()]
    said = cli("compare", clean, clean, "--open")
    assert said.code == 2
    assert "--open shows the HTML; name a folder, or a file for it, with -o" in said.err
