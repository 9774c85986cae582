"""docs/formats.md shows what `check` prints today, in every format that it has."""

from __future__ import annotations

import re
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from analyzer.report import CHECK_FORMATS
from tests import warm
from tools import formats

TEXT = formats.DOCUMENT.read_text()
PARTS = {match["name"]: match[0] for match in formats.PART.finditer(TEXT)}


@pytest.mark.parametrize("name", PARTS)
def test_example_is_current(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def forked(words: list[str], folder: Path, env: dict[str, str]) -> CompletedProcess[str]:
        return warm.run_text(words, cwd=folder, env=env, capture_output=True)

    monkeypatch.setattr(formats, "run", forked)
    assert formats.render(PARTS[name]) == PARTS[name], "run `make readme`"


def test_every_format_has_a_section_and_a_row() -> None:
    sections = re.findall(r"^## ([\w-]+)$", TEXT, re.MULTILINE)
    assert sections == re.findall(r"^\| `([\w-]+)` \|", TEXT, re.MULTILINE)
    assert set(sections) == set(CHECK_FORMATS)
    assert set(PARTS) == set(CHECK_FORMATS) - {"code-scanning", "html", "netron"}
