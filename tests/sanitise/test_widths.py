"""How many characters of a name are shown, by what it is."""

from __future__ import annotations

import pytest

from analyzer.sanitise import label, widths
from analyzer.sanitise.widths import quoted

SHOWN = {
    "WORD": 24, "TERM": 40, "NAME": 60, "PATH": 80, "CAUSE": 120, "REASON": 160, "NOTE": 200,
    "SENTENCE": 240, "TEXT": 400, "FILE": 4096,
}  # fmt: skip


@pytest.mark.parametrize(("name", "width"), SHOWN.items())
def test_what_is_longer_is_shortened_in_its_middle(name: str, width: int) -> None:
    most = getattr(widths, name)
    assert label("a" * width, most) == "a" * width
    shown = label("a" * (width // 2) + "-" * 1000 + "z" * (width // 2), most)
    assert len(shown) == width
    assert shown.count("…") == 1
    assert shown.strip("a").strip("z").strip("-") == "…"


def test_every_width_is_here() -> None:
    assert {name for name in vars(widths) if name.isupper()} == set(SHOWN)


def test_what_somebody_wrote_is_quoted_to_forty_characters() -> None:
    assert quoted("a" * 40) == f"'{'a' * 40}'"
    assert quoted("a" * 40 + "b") == f"'{'a' * 40}'"
    assert quoted("é\n", 1) == "'é'"
