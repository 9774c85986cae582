"""The folder of sealed entries: bounds on both sides, what is touched, and what failures leave."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from analyzer.cli.caching import store
from analyzer.cli.caching.store import Store


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.chdir(tmp_path)  # where the audit hook takes names that are opened to be
    return Store(os.open(tmp_path, os.O_RDONLY), b"k" * 32)


def test_an_entry_has_at_most_so_many_bytes_packed_and_unpacked(
    tmp_path: Path, kept: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = os.urandom(500)
    assert kept.write("e", noise)
    size = (tmp_path / "e.entry").stat().st_size
    for most, unpacked, fits in ((size, 500, True), (size - 1, 500, False), (size, 499, False)):
        monkeypatch.setattr(store, "ENTRY_BYTES", most)
        monkeypatch.setattr(store, "UNPACKED_BYTES", unpacked)
        assert kept.write("f", noise) is fits
        assert kept.read("e") == (noise if fits else None)
    assert kept.usage() == (2, 2 * size)
    assert (kept.clear(), kept.usage()) == (2, (0, 0))
    assert kept.read("e") is None


def test_a_use_is_noted_once_a_day(tmp_path: Path, kept: Store) -> None:
    kept.write("e", b"x")
    for ago, noted in ((86_300, False), (86_500, True), (-86_500, True)):
        then = time.time() - ago
        os.utime(tmp_path / "e.entry", (then, then))
        assert kept.read("e") == b"x"
        now = (tmp_path / "e.entry").stat().st_mtime
        assert (abs(now - time.time()) < 60) is noted
        assert (abs(now - then) < 1) is not noted


def test_what_cannot_be_put_in_its_place_leaves_nothing(
    tmp_path: Path, kept: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        kept.write("e", b"x")
    assert list(tmp_path.iterdir()) == []


def test_tidying_keeps_nine_tenths_of_what_is_full_and_all_of_what_is_not(
    tmp_path: Path, kept: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def filled() -> int:
        for number in range(20):
            kept.write(f"e{number}", b"x")
            os.utime(tmp_path / f"e{number}.entry", (number + 1, number + 1))
        return (tmp_path / "e0.entry").stat().st_size

    def left() -> list[str]:
        return sorted(path.stem for path in tmp_path.iterdir())

    size = filled()
    for name, most, gone in (
        ("MOST_FILES", 20, []), ("MOST_FILES", 19, ["e0", "e1", "e2"]),
        ("MOST_BYTES", 20 * size, []), ("MOST_BYTES", 20 * size - 1, ["e0", "e1", "e2"]),
    ):  # fmt: skip
        with monkeypatch.context() as changed:
            changed.setattr(store, name, most)
            kept.tidy()
        assert left() == sorted({f"e{n}" for n in range(20)} - set(gone)), (name, most)
        filled()
