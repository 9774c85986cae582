"""Parts of a comment about a comparison: what fits, which gates and doubts come first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.report.compare import markdown
from analyzer.report.compare.markdown import _Comment, _doubts, _gates


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def test_lines_are_added_until_one_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "MOST", 20)
    monkeypatch.setattr(markdown, "ROOM", 5)
    comment = _Comment()
    comment.add("12345")
    assert comment.fill(iter(["1234567890"])) == 0  # fifteen, which leaves the room
    assert comment.fill(iter(["", "1", ""])) == 2, "what follows is left out, too"
    assert "".join(comment.parts) == "123451234567890"
    assert comment.size == 15


def test_operators_that_do_not_fit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most 200 of them, and what is left of those when the comment is full."""
    monkeypatch.setattr(markdown, "uncovered", lambda found: range(found.left))
    monkeypatch.setattr(markdown, "row", lambda each: ("~", f"n{each}", "was", "1", "2"))
    monkeypatch.setattr(markdown, "turnover", lambda *counts: f"turned {counts}")
    changes = [some(old=old, new=new) for old, new in ((1, 2), (1, None), (1, None), (None, 2),
                                                       (1, 2), (1, 2))]  # fmt: skip

    def told(left: int, most: int = 65_536) -> str:
        monkeypatch.setattr(markdown, "MOST", most)
        comment = _Comment()
        found = some(changes=changes, same=7, renamed=8, left=left)
        markdown._operators(some(comparison=found), comment)
        return "".join(comment.parts)

    assert told(0) == "\nTurned (3, 1, 2, 7, 8)\n"
    assert told(1) == (
        "\n<details><summary>Turned (3, 1, 2, 7, 8)</summary>\n\n"
        "| | operator | | MACs | parameters |\n| --- | --- | --- | ---: | ---: |\n"
        "| `~` | `n0` | was | 1 | 2 |\n\n</details>\n"
    )
    assert "more" not in told(200)
    assert "\n… and 1 more; JSON has them all\n" in told(201)
    cut = told(205, 1_500)
    assert f"\n… and {205 - cut.count('| was |')} more; JSON has them all\n" in cut
    assert 0 < cut.count("| was |") < 200


def test_gates_that_fail_come_before_those_that_pass() -> None:
    gates = [some(outcome=outcome, text=f"{number} * of") for number, outcome in enumerate(
        ("passed", "failed", "passed", "inconclusive"))]  # fmt: skip
    assert list(_gates(some(gates=gates))) == [
        "- ❌ **failed**: 1 \\* of\n", "- ⚠ **inconclusive**: 3 \\* of\n",
        "- ✅ passed: 0 \\* of\n", "- ✅ passed: 2 \\* of\n",
    ]  # fmt: skip


def test_three_doubts_of_each_model_are_told_and_the_others_counted() -> None:
    def model(grave: int) -> Any:
        problems = [some(inconclusive=True, message=f"p{number}") for number in range(grave)]
        note = some(inconclusive=False, message="note")
        return some(facts=some(problems=(note, *problems)))

    weights = some(complete=True)
    comparison = some(weights=weights)
    for grave, more in ((2, []), (3, []), (4, ["1 more problem"]), (6, ["3 more problems"])):
        found = list(_doubts(some(comparison=comparison, old=model(grave), new=model(1))))
        told = [f"- ⚠ old: inconclusive: p{number}\n" for number in range(min(grave, 3))]
        told += [f"- ⚠ old: {text}\n" for text in more]
        assert found == [*told, "- ⚠ new: inconclusive: p0\n"]
    comparison.weights = some(complete=False, why="it is gone", unread=0, tensors=4)
    (first,) = _doubts(some(comparison=comparison, old=model(0), new=model(0)))
    assert first == "- ⚠ weights not compared: it is gone\n"
    comparison.weights.unread = 2
    (first,) = _doubts(some(comparison=comparison, old=model(0), new=model(0)))
    assert first == "- ⚠ weights not compared, 2 of 4 tensors: it is gone\n"
