"""What proves that a file is the one that was judged, and when nothing does."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.cli.caching import proof
from analyzer.cli.caching.proof import FileLook, is_young, look, surroundings, times

LATER = 10_000_000_000
"""Nanoseconds after which nothing is young."""


class Store(dict[str, bytes]):
    """What is remembered."""

    def read(self, name: str) -> bytes | None:
        return self.get(name)

    def write(self, name: str, data: bytes) -> None:
        self[name] = data


def file(path: Path, data: bytes = b"abc") -> str:
    path.write_bytes(data)
    return str(path)


def test_a_small_file_is_its_bytes_and_a_huge_one_its_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = cast("Any", Store())
    path = file(tmp_path / "a", b"abc")
    found = look(path, store)
    assert found is not None
    status = os.stat(path)
    assert (found.proof, found.status) == (f"sha256 {sha256(b'abc').hexdigest()}", times(status))
    assert times(status) == (
        status.st_dev, status.st_ino, 3, status.st_mtime_ns, status.st_ctime_ns,
    )  # fmt: skip
    assert store == {}
    monkeypatch.setattr(proof, "HASHED", 2)
    huge = look(path, store)
    assert huge is not None
    assert huge.proof == f"file {':'.join(map(str, times(status)))}"
    monkeypatch.setattr(proof, "HASHED", 3)
    again = look(path, store)
    assert again is not None
    assert again.proof == found.proof


def test_the_digest_of_a_large_file_is_remembered_once_it_is_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "REMEMBERED", 2)
    store = cast("Any", Store())
    path = file(tmp_path / "a", b"abc")
    digest = f"sha256 {sha256(b'abc').hexdigest()}"
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now)
    assert cast("FileLook", look(path, store)).proof == digest
    assert store == {}, "it may change without its times showing that"
    monkeypatch.setattr(time, "time_ns", lambda: now + LATER)
    assert cast("FileLook", look(path, store)).proof == digest
    assert list(store.values()) == [digest.encode()]
    (name,) = store
    store[name] = b"sha256 remembered"
    assert cast("FileLook", look(path, store)).proof == "sha256 remembered"
    monkeypatch.setattr(proof, "REMEMBERED", 3)
    assert cast("FileLook", look(path, store)).proof == digest


def test_only_regular_files_are_looked_at(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "none", "a\0b"):
        assert look(str(path), cast("Any", Store())) is None


SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("modified", "changed", "moment", "young"),
    [
        (7 * SECOND + 5, 0, 7 * SECOND + 5 + 50_000_000, False),
        (7 * SECOND + 5, 0, 7 * SECOND + 5 + 49_999_999, True),
        (0, 7 * SECOND + 5, 7 * SECOND + 5 + 49_999_999, True),
        (7 * SECOND, 0, 9 * SECOND, False),
        (7 * SECOND, 0, 9 * SECOND - 1, True),
        (7 * SECOND + 5, 0, 7 * SECOND, True),
    ],
)
def test_a_file_is_young_for_as_long_as_its_times_may_hide_a_change(
    modified: int, changed: int, moment: int, young: bool
) -> None:
    status = SimpleNamespace(st_mtime_ns=modified, st_ctime_ns=changed)
    assert is_young(cast("Any", status), moment) is young


def test_a_look_holds_while_nothing_changes(tmp_path: Path) -> None:
    path = file(tmp_path / "a")
    old = FileLook("p", times(os.stat(path)), time.time_ns() + LATER)
    assert old.holds(path)
    assert not FileLook("p", old.status, time.time_ns() - LATER).holds(path)
    assert not FileLook("p", (*old.status[:4], 0), old.began).holds(path)
    os.unlink(path)
    assert not old.holds(path)
    assert not old.holds("a\0b")


def around(folder: Path, *places: tuple[str, ...], began: int | None = None) -> Any:
    return surroundings(str(folder), places, time.time_ns() + LATER if began is None else began)


def test_what_is_around_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = file(tmp_path / "w.bin")
    (tmp_path / "sub").mkdir()
    inner = file(tmp_path / "sub" / "v.bin", b"12")
    os.symlink("w.bin", tmp_path / "link")
    os.mkfifo(tmp_path / "pipe")
    hashed = {name: f"sha256 {sha256(text).hexdigest()}"
              for name, text in ((data, b"abc"), (inner, b"12"))}  # fmt: skip
    places = (("w.bin",), ("sub", "v.bin"), ("link",), ("pipe",), ("none",), ("sub", "none"),
              ("sub",), ("w.bin", "below"), ("x" * 300,))  # fmt: skip
    assert around(tmp_path, *places) == (
        ("file", hashed[data], 3, 1), ("file", hashed[inner], 2, 1), ("link", 1, "w.bin"),
        ("special", 1, 0o010000), ("missing", 1), ("missing", 2), ("special", 1, 0o040000),
        ("special", 1, 0o100000), ("error", 1, 36),
    )  # fmt: skip
    assert around(tmp_path) == ()
    assert around(tmp_path / "gone", ("a",)) is None
    for place in places[:5]:
        assert around(tmp_path, place, began=0) is None, "it is young"
    os.link(data, tmp_path / "twin")
    assert around(tmp_path, ("w.bin",))[0][3] == 2
    monkeypatch.setattr(proof, "REMEMBERED", 2)
    identity = f"file {':'.join(map(str, times(os.stat(data))))}"
    assert around(tmp_path, ("w.bin",), ("sub", "v.bin")) == (
        ("file", identity, 3, 2), ("file", hashed[inner], 2, 1),
    )  # fmt: skip
    monkeypatch.setattr(proof, "REMEMBERED", 9)
    for budget, kinds in ((5, "sha256 sha256"), (4, "sha256 file"), (2, "file sha256")):
        monkeypatch.setattr(proof, "HASHED", budget)
        found = around(tmp_path, ("w.bin",), ("sub", "v.bin"))
        assert " ".join(each[1].split()[0] for each in found) == kinds, budget
