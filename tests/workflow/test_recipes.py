"""docs/recipes.md: its commands do what it shows, and its files are valid."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflow.borrowed import ROOT, objections
from tools.recipes import BLOCK, DOCUMENT, Clone, commands, render, sections

TEXT = DOCUMENT.read_text("utf-8")
SECTIONS = sections(TEXT)
FILES = {match["file"]: match["body"] for match in BLOCK.finditer(TEXT) if match["file"]}
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


def anchor(title: str) -> str:
    """What a heading is called in links."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


@pytest.mark.parametrize("title", SECTIONS)
def test_a_recipes_commands_show_what_it_says(title: str, clone: Clone, tmp_path: Path) -> None:
    assert list(commands(SECTIONS[title])), "a recipe without a command says nothing that holds"
    assert render(SECTIONS[title], tmp_path, clone) == SECTIONS[title], "run `make readme`"


def test_every_recipe_stands_in_the_list_at_the_top_and_every_link_leads_somewhere() -> None:
    assert {*re.findall(r"\]\(#([\w-]+)\)", TEXT)} == {anchor(title) for title in SECTIONS}
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", TEXT):
        assert (DOCUMENT.parent / target).exists()


@pytest.mark.parametrize(
    ("file", "schema"),
    [(".github/workflows/models.yml", "github-workflows"), (".gitlab-ci.yml", "gitlab-ci")],
)
def test_a_file_for_ci_obeys_its_schema(file: str, schema: str, tmp_path: Path) -> None:
    written = tmp_path / Path(file).name
    written.write_text(FILES[file], "utf-8")
    assert objections(f"vendor.{schema}", written) == ""


def test_the_workflow_gives_the_action_inputs_that_it_has() -> None:
    workflow = yaml.safe_load(FILES[".github/workflows/models.yml"])
    steps = workflow["jobs"]["onnxlint"]["steps"]
    (ours,) = [step for step in steps if step["uses"].startswith("…/onnxlint@")]
    assert {*ours["with"]} <= {*ACTION["inputs"]}
    uploaded = [step["with"]["sarif_file"] for step in steps if "upload-sarif" in step["uses"]]
    assert uploaded == [ACTION["inputs"]["sarif"]["default"]]


def test_the_gitlab_job_has_the_variables_that_are_set() -> None:
    job = yaml.safe_load((ROOT / "ci/gitlab/onnxlint.gitlab-ci.yml").read_text("utf-8"))
    said = yaml.safe_load(FILES[".gitlab-ci.yml"])
    assert {*said["onnxlint"]["variables"]} <= {*job["onnxlint"]["variables"]}
    assert (ROOT / said["include"][0]["file"]).exists()
