"""docs/configuration.md: every key stands there, every example holds, every output is shown."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from analyzer.cli.budgets.figures import FIGURES
from analyzer.cli.config.models import OF_THE_PROJECT, PER_MODEL, key_of
from analyzer.cli.config.read import build
from analyzer.cli.config.verify import check_file
from analyzer.model.limits import Limits
from analyzer.ruleset import load_rules
from tests.each import each
from tools.recipes import BLOCK, DOCUMENTS, commands, render, sections

PAGE = next(path for path in DOCUMENTS if path.name == "configuration.md")
TEXT = PAGE.read_text("utf-8")
SECTIONS = sections(TEXT)
WRONG = "Mistakes"
EXAMPLES = [(title, match["body"]) for title, body in SECTIONS.items() if title != WRONG
            for match in BLOCK.finditer(body) if match["kind"] == "toml"]  # fmt: skip
STORIES = [title for title, body in SECTIONS.items()
           if any(list(commands(match["body"])) for match in BLOCK.finditer(body))]  # fmt: skip


@each(("title", "text"), EXAMPLES)
def test_an_example_is_a_configuration_that_can_be_used(title: str, text: str) -> None:
    rules = () if "lint/" in text else load_rules()
    config = build("onnxlint.toml", tomllib.loads(text), (), {})
    if rules:
        check_file(config, rules)
    assert config.limits.keys() <= set(Limits.names()), title


def test_every_key_has_a_line_and_every_line_is_about_a_key() -> None:
    rows = [line.split("|")[1] for line in SECTIONS["Every key"].splitlines() if line[:3] == "| `"]
    named = {key for row in rows for key in re.findall(r"`([\w-]+)`", row)}
    assert named == {*map(key_of, PER_MODEL), *OF_THE_PROJECT}
    budgets = [line.split("|") for line in SECTIONS["Budgets"].splitlines() if line[:3] == "| `"]
    rules = {rule.name: rule.id for rule in load_rules()}
    found = {row[1].strip(" `"): row[3].strip() for row in budgets}
    assert found == {name: rules[figure.rule] for name, figure in FIGURES.items()}


def test_every_example_in_it_is_reached_by_an_anchor_at_the_top() -> None:
    anchors = {title.lower().replace(" ", "-") for title in SECTIONS}
    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) >= anchors


@pytest.mark.parametrize("title", STORIES)
def test_commands_show_what_the_page_says(title: str, tmp_path: Path) -> None:
    assert render(SECTIONS[title], tmp_path) == SECTIONS[title], "run `make readme`"
