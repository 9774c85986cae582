"""Small parts of the command, each asked by itself: origins, streams, bars, bases."""

from __future__ import annotations

import errno
import io
import pickle
import signal
import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.cli import baseline, console, origins, progress
from analyzer.cli.config import budgets
from analyzer.cli.config.exclude import PathPattern
from analyzer.cli.console import Console
from analyzer.cli.origins import SettingOrigins
from analyzer.errors import ModelError, OutputError
from analyzer.findings import baseline as accepted
from analyzer.findings import ratchet, stale


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def test_a_setting_is_shown_as_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origins, "shown_path", str.upper)
    value = SettingOrigins._value
    none: Any = some()
    for name, stated, shown in (
        ("budgets", (some(text="1M"), some(text="5%")), ("1M", "5%")),
        ("budgets", (), "none"),
        ("exclude", (PathPattern("old"), PathPattern("a/b", "/p")), ("old", "a/b")),
        ("rules", "a", "A"),
        ("rules", ["a", "b"], ("A", "B")),
        ("base", "git:main:a", "git:main:a"),
        ("base", "", None),
        ("select", ["A", "B"], ("A", "B")),
        ("select", ("A",), ("A",)),
        ("jobs", 0, 0),
        ("lang", "", None),
    ):
        assert value(none, name, stated) == shown, (name, stated)


def test_a_line_that_nobody_wrote_is_unknown() -> None:
    file: Any = some(_file=some(lines={("jobs",): 3}))
    assert SettingOrigins._line(file, ("jobs",)) == 3
    assert SettingOrigins._line(file, ("lang",)) is None


class Closed(io.StringIO):
    """A stream that a disk takes no more of."""

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_what_a_full_disk_does_not_take_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    dropped: list[str] = []
    monkeypatch.setattr(console, "drop_stdout", lambda: dropped.append("all"))
    monkeypatch.setattr(sys, "stdout", Closed())
    with pytest.raises(OutputError, match=r"^standard output cannot be written: No space left"):
        Console().write(b"x")
    assert dropped == ["all"]


def test_a_line_that_moves_is_removed_before_anything_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = Console.note, Console.error, Console.raw, Console.line
    for say, text in zip(said, ("x\n", "onnxlint: error: x\n", "x\n", ""), strict=True):
        monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
        monkeypatch.setattr(sys, "stdout", io.StringIO())
        here = Console()
        here.shows_progress = True
        here.progress("12 of 20")
        say(here, "x")
        here.progress("")
        assert stream.getvalue() == f"\r12 of 20\x1b[K\r\x1b[K{text}"
    here._speaking = True
    here.progress("more")
    here.shows_progress, here._speaking = False, False
    here.progress("more")
    assert "more" not in stream.getvalue()
    monkeypatch.setattr(sys, "stderr", None)
    here.error("nobody hears it")
    assert not here._speaking


def test_what_goes_on_is_drawn_with_the_seconds_that_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[str] = []
    asked: list[float] = []
    handlers: dict[int, Any] = {}
    now = [5.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(progress, "columns", lambda: 5)
    monkeypatch.setattr(signal, "signal", lambda n, f: handlers.update({n: f}))
    monkeypatch.setattr(signal, "siginterrupt", lambda *_: None)
    monkeypatch.setattr(signal, "setitimer", lambda _, *when: asked.extend(when))
    here: Any = some(shows_progress=True, progress=drawn.append,
                     activity=lambda seconds: f"{seconds:g}abcdef")  # fmt: skip
    with progress.ticking(here):
        draw = handlers[signal.SIGALRM]
        now[0] = 7.0
        draw()
        here.activity = None
        draw()
    assert drawn == ["2abc", ""]
    assert asked == [progress.MOMENT, progress.PAUSE, 0]
    assert handlers == {signal.SIGALRM: None}
    here.shows_progress = False
    with progress.ticking(here):
        assert len(asked) == 3


def test_a_base_is_a_file_or_a_revision_of_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "inside", lambda table, key, folder, text: f"{folder}/{text}")
    long = "x" * 61
    spelt = 'is no .onnx file; a revision of git is spelt "git:'
    names = ("names no revision; say git:main (the same path there) or "
             "git:main:models/base.onnx")  # fmt: skip
    for text, found, said in (
        ("", "/p/", ""),
        ("a.onnx", "/p/a.onnx", ""),
        ("A.ONNX", "/p/A.ONNX", ""),
        ("main", "", f"'main' {spelt}main\""),
        (long, "", f'{spelt}{"x" * 60}"'),
        ("git:main", None, ""),
        ("git:main:a", None, ""),
        ("git:", "", names),
        ("git:-x", "", names),
        ("git:main:", "", names),
    ):
        wrong: list[str] = []
        table: Any = some(text=lambda _, text=text: text,
                          error=lambda _, text, wrong=wrong: wrong.append(text))  # fmt: skip
        base = budgets.read_base(table, "/p")
        assert base == (text if found is None else found), text
        assert len(wrong) == bool(said)
        assert "".join(wrong).endswith(said), text


def test_an_error_about_a_model_is_the_same_in_another_process() -> None:
    for parts in (("a", "broken", "mend it"), ("a", "broken")):
        error = ModelError(*parts)
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 - what we have just written
        assert type(again) is ModelError
        assert (again.path, again.problem, again.remedy, str(again)) == (
            *parts[:2], error.remedy, str(error),
        )  # fmt: skip


@pytest.mark.parametrize("others", [False, True])
def test_what_is_accepted_of_other_sizes_keeps_its_figures_and_sizes(
    *, others: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    judged = some(pairs=[("f", "e")], held=("held",), gone=("gone", "lost"))

    def apply(_found: Any, _old: Any, _silenced: Any, *, magnitudes: bool) -> Any:
        asked.append(magnitudes)
        return judged

    def better(now: str, entry: str, *, magnitudes: bool) -> str:
        asked.append(magnitudes)
        return f"{now} for {entry}"

    monkeypatch.setattr(stale, "of_other_sizes", lambda *_: ["n"] if others else [])
    monkeypatch.setattr(ratchet, "apply_entries", apply)
    monkeypatch.setattr(ratchet, "better", better)
    monkeypatch.setattr(accepted, "names_of", lambda _: {})
    monkeypatch.setattr(accepted, "accept", lambda findings, _: [f"{each}!" for each in findings])
    monkeypatch.setattr(accepted, "merged", tuple)
    monkeypatch.setattr(accepted, "bound_sizes", lambda _: "sizes of today")
    monkeypatch.setattr(baseline, "_would_find", lambda entry, *_: entry == "lost")
    result: Any = some(facts=some(model=some(path="m"), assumptions=()), places=(), silenced=())
    old: Any = some(of=lambda _: (), sizes_of=lambda _: "sizes of then")
    found: Any = baseline._pruned(result, some(), old)
    entries, sizes = found
    assert asked == [not others] * 2
    assert entries == ("f! for e", "held", "gone")
    assert sizes == ("sizes of then" if others else "sizes of today")
