"""The README says what the program does today."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from analyzer.cli.config.read import build
from analyzer.findings.configuration import CONFIGURATION
from analyzer.ruleset import load_rules
from tests import warm
from tests.each import each
from tools import readme
from tools.readme import PART, README, example_code, render, rule_table

TEXT = README.read_text()
ROOT = README.parent
LINKED = sorted(set(re.findall(r"\]\((?!https?:|#)([^)#]+)", TEXT)))


@pytest.mark.parametrize("what", [match["what"] for match in PART.finditer(TEXT)])
def test_generated_part_is_current(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def forked(words: list[str], folder: Path, env: dict[str, str]) -> CompletedProcess[str]:
        return warm.run_text(words, cwd=folder, env=env, capture_output=True)

    def forked_code(code: str, folder: str) -> CompletedProcess[str]:
        return warm.run_text([], code=code, cwd=folder, capture_output=True)

    monkeypatch.setattr(readme, "run", forked)
    monkeypatch.setattr(readme, "run_code", forked_code)
    written = next(match[0] for match in PART.finditer(TEXT) if match["what"] == what)
    if what == "example":  # what it prints depends on the code above
        written = f"```python\n{example_code(TEXT)}```\n{written}"
    assert _words(written) == _words(render(written)), "run `make readme`"


def _words(text: str) -> list[str]:
    """Usage texts as Python 3.13 words them: ``-j, --jobs N``, and other line breaks."""
    return re.sub(r"(-\w) (\S+), (--[\w-]+) \2", r"\1, \3 \2", text).split()


def test_rule_table_lists_every_rule_file_and_what_is_found_in_settings() -> None:
    rules = list((ROOT / "rules").glob("*.y*ml"))
    assert rules
    assert rule_table().count("\n") == len(rules) + len(CONFIGURATION) + 2


def test_the_first_thing_is_the_two_commands() -> None:
    block = TEXT.split("```")[1].splitlines()[1:]
    assert [line.partition("#")[0].strip() for line in block] == ["make demo", "make test"]


def test_configuration_example_is_valid() -> None:
    example = tomllib.loads(TEXT.split("```toml\n")[1].split("```")[0])
    config = build("onnxlint.toml", example, (), {})
    assert config.fail_on == "warning"
    assert [s.reason for s in config.suppress] == ["the teacher is never deployed"]
    names = {rule.name: set(rule.options) for rule in load_rules()}
    assert set(config.severity) <= set(names)
    assert all(set(values) <= names[rule] for rule, values in config.options.items())


@each("target", LINKED)
def test_relative_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_every_make_target_the_text_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", Path(ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md"):
        named = set(
            re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / document).read_text(), re.MULTILINE)
        )
        assert named
        assert named <= targets
