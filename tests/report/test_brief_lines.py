"""Lines that a command prints of a report, of parts made for them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.report import brief as module
from analyzer.report import words
from analyzer.report.brief import brief, brief_index


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


@pytest.mark.parametrize(
    ("first", "said", "last"),
    [
        ([], {}, ["  Nothing to do."]),
        (["a"], {}, ["  1. a"]),
        (["a", "b"], {"trust": "Asks."}, ["  Asks.", "  1. a", "  2. b"]),
        ([], {"vendor": "Theirs.", "trust": "Asks."},
         ["  Theirs.", "  Asks.", "  Nothing to do."]),
    ],
)  # fmt: skip
def test_a_report_in_lines_ends_with_steps_or_that_there_are_none(
    monkeypatch: pytest.MonkeyPatch, first: list[str], said: dict[str, str], last: list[str]
) -> None:
    cards = [some(claim="compute", title="Compute", value="1 kMAC", detail=("exact", "by hand")),
             some(claim="peak", title="Peak", value="4 KiB", detail=("at c", "assumed")),
             some(claim="saving", title="Saving", value="none", detail=())]  # fmt: skip
    always = {"verdict": "Clean.", "actions": "Nothing to do."}
    monkeypatch.setattr(module, "cards", lambda claims, headline: cards if headline else [])
    monkeypatch.setattr(words, "say", lambda _: always | said)
    monkeypatch.setattr(module, "_step", lambda n, step, _: [f"  {n}. {step}"])
    page = some(lang="en", title="m.onnx", first=first)
    assert brief(some(page=page, claims=()), "macs") == [
        "m.onnx: Clean.", "  Compute: 1 kMAC (exact, by hand)", "  Peak: 4 KiB (at c)",
        "  Saving: none", *last,
    ]  # fmt: skip


def test_five_of_an_index_are_named_the_worst_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "worst_first", lambda entries: entries[::-1])
    monkeypatch.setattr(module, "totals_of", len)
    monkeypatch.setattr(module, "in_all", lambda totals: f"{totals} in all")
    entries = [some(path=f"m{n}", verdict="" if n % 2 else "fine", reasons=("a", "b"))
               for n in range(7)]  # fmt: skip
    named = ["  m6: fine", "  m5: a; b", "  m4: fine", "  m3: a; b", "  m2: fine"]
    assert brief_index(entries) == ["7 in all", *named, "  and 2 more in the index"]
    assert brief_index(entries[2:]) == ["5 in all", *named]
