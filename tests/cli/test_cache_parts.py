"""Parts of the cache: what records are made of, its folder, its key, and the files beside."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.cli.caching import cache, place, proof
from analyzer.cli.caching.cache import Cache, News
from analyzer.cli.caching.frozen import NotFrozen, dump, parse
from analyzer.cli.caching.material import Unkeyable
from analyzer.cli.caching.place import LEAST_WORD, Unusable, open_folder, secret_of
from analyzer.cli.environment import Whereabouts
from analyzer.facts import Certainty, Problem
from analyzer.model import Limits
from tests.cli.conftest import Cli
from tests.each import each
from tests.golden.text import facts


def test_records_tuples_mappings_and_sets_come_back_as_they_were() -> None:
    for value in (
        None, 1, 2.5, "x", True, (), (1, ("a", None)), {"a": 1, 2: (3,)}, frozenset({"a", "b"}),
        Certainty.ASSUMED, Problem("cycle", "y", "a cycle", inconclusive=False),
        ({"a": Certainty.UNKNOWN}, frozenset({("a",)})),
    ):  # fmt: skip
        again = parse(dump(value))
        assert (type(again), again) == (type(value), value)
    made = facts("g (float[1,2] x) => (float[1,2] y) { y = Relu (x) }")
    again = parse(dump(made))
    assert again.nodes == made.nodes
    assert (again.graph, again.contents, again.find_fixed()) == (None, None, {})


class Odd(str):
    """No record of ours."""

    __slots__ = ()


@pytest.mark.parametrize("value", [object(), Odd("x"), Limits(), [1], b"x", 1j, NotFrozen("x")])
def test_what_is_no_record_is_not_stored(value: Any) -> None:
    for whole in (value, (value,), {"a": value}):
        with pytest.raises(NotFrozen):
            dump(whole)


@each(
    "data",
    [
        b'["os.system","x"]', b'["model.limits.Limits"]', b'["cli.x.Y"]', b'["facts.whole.Any"]',
        b'["facts.problem.Problem","cycle"]', b'["facts.whole.nothing"]', b'["nowhere.Node"]',
        b'["{","a"]',
        b"[1]", b"[]", b"{", b"\xff", b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_we_did_not_write_is_not_read(data: bytes) -> None:
    with pytest.raises(NotFrozen) as caught:
        parse(data)
    if data.startswith((b'["model', b'["cli')):
        assert str(caught.value).startswith("there are no records in '")


def test_a_folder_is_ours_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with pytest.raises(Unusable, match=r"b: No such file or directory$"):
        open_folder(str(folder), create=False)
    os.close(open_folder(str(folder)))
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o702)
    with pytest.raises(Unusable, match=r"b belongs to, or may be written by, somebody else$"):
        open_folder(str(folder))
    folder.chmod(0o775)
    os.close(open_folder(str(folder), create=False))
    with pytest.raises(Unusable, match=r"^there is no home folder for it; name one with"):
        open_folder("")
    with pytest.raises(Unusable, match="embedded null"):
        open_folder(str(tmp_path / "a\0b"))
    (tmp_path / "file").touch()
    with pytest.raises(Unusable, match=r"file: Not a directory$"):
        open_folder(str(tmp_path / "file"))


def test_a_key_is_a_word_or_a_file_that_nobody_else_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def where(word: str = "", state: str = "") -> Whereabouts:
        return Whereabouts(folder="", state=state, word=word)

    monkeypatch.chdir(tmp_path / "..")  # where the audit hook takes names that are opened to be
    word = "w" * LEAST_WORD
    assert secret_of(where(word)) == secret_of(where(word, "/nowhere"))
    assert len(secret_of(where(word))) == 32
    assert secret_of(where(word)) != secret_of(where(f"{word}w"))
    with pytest.raises(Unusable, match=f"ONNXLINT_CACHE_KEY has fewer than {LEAST_WORD} char"):
        secret_of(where(word[1:]))
    with pytest.raises(Unusable, match="there is no home folder for its key; state one in"):
        secret_of(where())
    state = str(tmp_path / "state")
    made = secret_of(where(state=state))
    assert secret_of(where(state=state)) == made
    assert len(made) == place.SECRET_BYTES
    file = tmp_path / "state" / place.SECRET
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (made, 0o600)
    assert os.listdir(state) == [place.SECRET]
    for spoil in (lambda: file.chmod(0o640), lambda: file.write_bytes(made[1:]),
                  lambda: file.write_bytes(made + b"x")):  # fmt: skip
        file.chmod(0o600)
        file.write_bytes(made)
        spoil()
        with pytest.raises(Unusable, match=r"is no private key of ours; remove it$"):
            secret_of(where(state=state))
    file.unlink()
    monkeypatch.setattr(place, "_read_secret", lambda *_: None)
    with pytest.raises(Unusable, match=r"is gone again$"):
        secret_of(where(state=state))


def test_what_stands_beside_a_model_is_taken_as_it_is(tmp_path: Path) -> None:
    began = 1 << 62
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "w").write_bytes(b"weights")
    (tmp_path / "link").symlink_to("d/w")
    os.mkfifo(tmp_path / "fifo")

    def at(*parts: str, most: int = 100) -> Any:
        return proof._at(str(tmp_path), parts, began, most)

    for path in (tmp_path, *tmp_path.rglob("*")):
        os.utime(path, (1e9, 1e9), follow_symlinks=False)
    whole, large = at("d", "w", most=7), at("d", "w", most=6)
    assert (whole[0], whole[2:]) == ("file", (7, 1))
    assert (large[0], large[2:]) == ("file", (7, 1))
    assert str(whole[1]).startswith(proof._HASH)
    assert not str(large[1]).startswith(proof._HASH)
    assert at("link") == ("link", 1, "d/w")
    assert at("none") == ("missing", 1)
    assert at("d", "none") == ("missing", 2)
    assert at("d", "w", "x") == ("special", 2, 0o100000)
    assert at("fifo") == ("special", 1, 0o010000)
    assert at("d") == ("special", 1, 0o040000)
    assert at("n" * 300) == ("error", 1, 36)
    assert at() is None
    with pytest.raises(OSError, match="not a regular file"), proof._opened(str(tmp_path)):
        pass


def test_a_cache_without_a_place_is_none_to_look_at(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HOME", "ONNXLINT_CACHE_DIR", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    done = cli("cache")
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith("there is no home folder for a cache; name one with --cache-dir\n")
    done = cli("cache", "--cache-dir", str(tmp_path / "none"))
    assert (done.code, done.out) == (0, f"{tmp_path / 'none'}\nnothing is remembered\n")
    (tmp_path / "some").mkdir(0o700)
    done = cli("cache", "--cache-dir", str(tmp_path / "some"))
    assert done.out == f"{tmp_path / 'some'}\n0 entries, 0 B of 256 MiB\n"


class Full(dict[str, bytes]):
    """A store on a disk that takes no more."""

    said: OSError | None = OSError(28, "No space left on device")
    tidied = 0

    def read(self, name: str) -> bytes | None:
        return self.get(name)

    def write(self, name: str, data: bytes) -> bool:
        if self.said is not None:
            raise self.said
        self[name] = data
        return True

    def tidy(self) -> None:
        self.tidied += 1


def test_a_text_is_written_once_and_why_not_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    result = cast("Any", SimpleNamespace(facts=SimpleNamespace(
        model=SimpleNamespace(path="a.onnx"), problems=())))  # fmt: skip
    monkeypatch.setattr(cache, "written", str)
    monkeypatch.setattr(os, "urandom", lambda _: b"\x01")
    notes: list[str] = []
    store = Full()
    kept = Cache(cast("Any", store), notes.append, whole=True)

    def text(made: bytes) -> bytes:
        return kept.text_of(result, lambda: made)

    assert (text(b"1"), store) == (b"1", {}), "there is no entry of the facts"
    kept.hear(News("a.onnx"))
    assert (text(b"2"), store) == (b"2", {})
    kept.close()
    assert (notes, store.tidied) == ([], 0)
    kept.hear(News("a.onnx", entry="e"))
    assert text(b"3") == b"3"
    store.said = OSError("the second reason")
    assert text(b"4") == b"4"
    kept.hear(News("b.onnx", trouble="the third"))
    kept.close()
    assert notes == [
        "the cache cannot be written: No space left on device; --no-cache does without"
    ]
    store.said = None
    assert [text(b"5"), text(b"6")] == [b"5", b"5"]
    monkeypatch.setattr(cache, "written", unkeyable)
    assert text(b"7") == b"7"
    assert store.tidied == 0
    monkeypatch.setattr(os, "urandom", lambda _: b"\x08")
    kept.close()
    assert store.tidied == 1, "every eighth time"
    monkeypatch.setattr(os, "urandom", lambda _: b"\x01")
    for entries, tidied in ((13, 1), (1, 2)):  # beside one of facts and one text
        for _ in range(entries):
            kept.hear(News("c.onnx", entry="f"))
        kept.close()
        assert store.tidied == tidied
    idle = Cache(cast("Any", store), notes.append, whole=True)
    monkeypatch.setattr(os, "urandom", lambda _: b"\x08")
    idle.close()
    assert store.tidied == 2, "nothing was written"


def unkeyable(_: object) -> str:
    """Nothing stands for it."""
    raise Unkeyable
