"""What is asked of git, and what its answers mean; git itself is not run."""

from __future__ import annotations

import errno
import subprocess
from pathlib import Path
from typing import Any

import pytest

from analyzer.cli.git import repository
from analyzer.cli.git.changed import _is_same
from analyzer.cli.git.repository import Repository, TreeEntry
from analyzer.errors import ConfigError, ModelError

Answer = tuple[int, bytes, bytes]


class Git:
    """Answers in turn; notes what was asked."""

    def __init__(self, *answers: Answer | BaseException) -> None:
        self.answers = iter(answers)
        self.asked: list[tuple[list[str], bytes | None]] = []
        self.settings: list[dict[str, Any]] = []
        self.killed = 0
        self.returncode = 0

    def __call__(self, command: list[str], **how: Any) -> Git:
        self.asked.append((command, None))
        self.settings.append(how)
        return self

    def __enter__(self) -> Git:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def kill(self) -> None:
        self.killed += 1

    def communicate(self, asked: bytes | None, seconds: float) -> tuple[bytes, bytes]:
        self.asked[-1] = self.asked[-1][0], asked
        answer = next(self.answers)
        if isinstance(answer, BaseException):
            raise answer
        self.returncode, out, said = answer
        return out, said


OPENED: Answer = (0, b".git\n/home/me/project\n", b"")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A repository whose git gives these answers."""
    monkeypatch.setattr(repository, "_program", lambda: "/usr/bin/git")

    def opened(*answers: Answer | BaseException) -> tuple[Repository, Git]:
        git = Git(OPENED, *answers)
        monkeypatch.setattr(subprocess, "Popen", git)
        found = Repository("near")
        git.asked.clear()
        return found, git

    return opened


def words_of(git: Git) -> list[list[str]]:
    """What was asked, without what every command begins with."""
    safe = ["/usr/bin/git", "--no-pager", "--no-replace-objects", "-c", "core.fsmonitor=false",
            "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false"]  # fmt: skip
    assert all(command[: len(safe)] == safe for command, _ in git.asked)
    return [command[len(safe) :] for command, _ in git.asked]


def test_a_repository_is_opened_where_git_says(opened: Any) -> None:
    found, git = opened()
    assert (found.top, found.common) == ("/home/me/project", "near/.git")
    how = git.settings[0]
    assert (how["cwd"], how["stdin"]) == ("near", subprocess.DEVNULL)
    assert not {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_CONFIG"} & how["env"].keys()
    assert how["env"].items() >= {
        "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none",
        "GIT_TERMINAL_PROMPT": "0", "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C",
    }.items()  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((128, b"", b"fatal: not a git repository (or any parent)\n"),
         "near: git finds no repository; run this inside a clone"),
        ((128, b"", b"fatal: detected dubious ownership in repository at 'x'\n"),
         ("near: git finds no repository that it trusts: it belongs to another user; run git "
         "config --global --add safe.directory FOLDER")),
        ((128, b"", b"error: odd\nmore\n"), "near: git finds no repository; odd"),
        ((128, b"", b""), "near: git finds no repository; it did not say why"),
        ((128, b".git\n", b"fatal: this operation must be run in a work tree\n"),
         "near: is in a repository without files, a bare one; run this in a clone that has them"),
        (OSError(errno.EACCES, "Permission denied"),
         "git cannot be run in near: Permission denied; check the path"),
        (ValueError("embedded null byte"),
         "git cannot be run in near: embedded null byte; check the path"),
        (subprocess.TimeoutExpired("git", 120),
         "git rev-parse takes more than 120 s; see whether git fsck ends"),
    ],
)  # fmt: skip
def test_what_keeps_git_from_answering_is_told(
    monkeypatch: pytest.MonkeyPatch, answer: Answer | BaseException, says: str
) -> None:
    monkeypatch.setattr(repository, "_program", lambda: "/usr/bin/git")
    git = Git(answer)
    monkeypatch.setattr(subprocess, "Popen", git)
    with pytest.raises(ConfigError) as caught:
        Repository("near")
    assert str(caught.value) == says
    assert git.killed == isinstance(answer, BaseException)


def test_an_interrupt_ends_git(opened: Any) -> None:
    found, git = opened(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        found.setting("core.editor")
    assert git.killed == 1


def test_revisions_are_commits_or_where_a_branch_began(opened: Any) -> None:
    found, git = opened((0, b"abc\n", b""), (0, b"def\n", b""), (0, b"base\n", b""))
    assert (found.commit("main"), found.commit("main...")) == ("abc", "base")
    assert words_of(git) == [
        ["rev-parse", "--verify", "--quiet", "main^{commit}"],
        ["rev-parse", "--verify", "--quiet", "main^{commit}"],
        ["merge-base", "def", "HEAD"],
    ]
    for name in ("", "-x", "a\nb", "..."):
        with pytest.raises(ConfigError, match="is no revision; name a branch, a tag or a commit"):
            found.commit(name)
    no = (1, b"", b"")
    for answers, says in (
        ((no, (0, b"x\n", b"")),
         "git knows no revision 'new'; there is an origin/new: say that"),
        ((no, no, (0, b"true\n", b"")),
         ("git knows no revision 'new'; this clone is shallow: run git fetch --unshallow, or have "
         "the pipeline fetch everything (fetch-depth: 0)")),
        ((no, no, (0, b"false\n", b"")),
         "git knows no revision 'new'; check the name, or run git fetch origin"),
    ):  # fmt: skip
        found, _ = opened(*answers)
        with pytest.raises(ConfigError) as caught:
            found.commit("new")
        assert str(caught.value) == says
    found, _ = opened((0, b"abc\n", b""), no, (0, b"x\n", b""))
    with pytest.raises(ConfigError, match=r"^new and HEAD have no commit in common; there is an"):
        found.commit("new...")


def test_trees_are_asked_for_five_hundred_paths_at_once(opened: Any) -> None:
    row = b"100644 blob %s\ta%d\0"
    found, git = opened((0, row % (b"x", 1) + row % (b"y", 0), b""), (0, row % (b"z", 500), b""))
    paths = [f"a{number}" for number in range(501)]
    assert found.entries("c" * 40, [*paths, "a1"]) == {
        "a0": TreeEntry("100644", "y"), "a1": TreeEntry("100644", "x"),
        "a500": TreeEntry("100644", "z"),
    }  # fmt: skip
    head = ["ls-tree", "-z", "--full-tree", "c" * 40, "--"]
    assert words_of(git) == [[*head, *paths[:500]], [*head, "a500"]]
    found, _ = opened((128, b"", b"fatal: not a tree object\n"))
    with pytest.raises(ConfigError, match=r"^git cannot read cccccccccccc: not a tree object$"):
        found.entries("c" * 40, ["a"])


def test_blobs_are_sized_read_and_copied(opened: Any) -> None:
    found, git = opened(
        (0, b"aa 12\nbb missing\ncc 0\n", b""), (0, b"aa 3\nx\ny\nbb missing\ncc 0\n\n", b""),
        (0, b"/hooks\n", b""), (1, b"", b""), (0, b"", b""), (128, b"", b"fatal: bad object\n"),
    )  # fmt: skip
    assert found.sizes(["aa", "bb", "cc"]) == {"aa": 12, "cc": 0}
    assert found.small(["aa", "bb", "cc"]) == {"aa": b"x\ny", "cc": b""}
    assert [asked for _, asked in git.asked] == [b"aa\nbb\ncc\n"] * 2
    assert [how["stdin"] for how in git.settings[1:]] == [subprocess.PIPE] * 2
    assert (found.setting("core.hooksPath"), found.setting("none")) == ("/hooks", "")
    with open("/dev/null", "wb") as file:
        found.copy("aa", file, "m.onnx")
        assert git.settings[-1]["stdout"] is file
        with pytest.raises(ModelError) as caught:
            found.copy("aa", file, "m.onnx")
    assert str(caught.value) == (
        "m.onnx: git cannot give its content: bad object; if this clone is a partial one, run git "
        "fetch --refetch; see also git fsck"
    )


HELLO = "ce013625030ba8dba906f756967f9e9ca394464a"  # git hash-object, as in Pro Git
EMPTY = ("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
         "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813")  # fmt: skip


def test_a_file_is_the_same_whose_blob_has_its_hash(tmp_path: Path) -> None:
    def same(name: str, oid: str | None, size: int | None = None, mode: str = "100644") -> bool:
        entry = None if oid is None else TreeEntry(mode, oid)
        sizes = {} if oid is None or size is None else {oid: size}
        return _is_same(str(tmp_path / name), entry, sizes, {})

    (tmp_path / "hello").write_bytes(b"hello\n")
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to("nowhere")
    assert same("hello", HELLO, 6)
    assert same("hello", HELLO, 6, "100755")
    assert [same("empty", oid, 0) for oid in EMPTY] == [True, True]
    (tmp_path / "other").write_bytes(b"hellO\n")
    for name, oid, size, mode in (
        ("other", HELLO, 6, "100644"), ("hello", EMPTY[0], 0, "100644"),
        ("hello", HELLO, 5, "100644"), ("hello", HELLO, None, "100644"),
        ("hello", HELLO, 6, "120000"), ("folder", HELLO, 6, "100644"),
        ("none", HELLO, 6, "100644"), ("hello", None, None, "100644"),
        ("dangling", None, None, "100644"),
    ):  # fmt: skip
        assert not same(name, oid, size, mode), (name, oid, size, mode)
    assert same("none", None)


def test_a_file_is_the_same_to_which_its_lfs_pointer_leads(tmp_path: Path) -> None:
    (tmp_path / "hello").write_bytes(b"hello\n")
    digest = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"  # sha256sum

    def same(oid: str, size: int, version: str = "https://git-lfs.github.com/spec/v1") -> bool:
        text = f"version {version}\noid sha256:{oid}\nsize {size}\n".encode()
        entry = TreeEntry("100644", "a" * 40)
        return _is_same(str(tmp_path / "hello"), entry, {entry.oid: len(text)}, {entry.oid: text})

    assert same(digest, 6)
    assert [same(digest, 7), same("0" * 64, 6), same(digest, 6, "https://example.org")] == [
        False, False, False,
    ]  # fmt: skip
