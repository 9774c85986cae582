"""Models of a revision: what is copied, what cannot be, and that a repository starts nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from analyzer.analyze import analyze
from analyzer.cli.git.changed import changed_since
from analyzer.cli.git.revision import AbsentError, GitPath, git_path, materialised
from analyzer.errors import ConfigError, ModelError
from analyzer.model import load
from tests import warm
from tests.cli import repositories as made
from tests.steps import stopped

WEIGHTS = bytes(4 * 16)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that is the working directory, with temporary files beside it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    found = made.repository(tmp_path / "repo")
    monkeypatch.chdir(found)
    return found


def content(spec: str, near: str = ".") -> bytes:
    wanted = git_path(spec)
    assert wanted is not None
    with materialised(wanted, near) as path:
        return Path(path).read_bytes()


def macs(spec: str) -> int | None:
    wanted = git_path(spec)
    assert wanted is not None
    with materialised(wanted) as path:
        return analyze(load(path)).totals.macs


def said(spec: str) -> str:
    with pytest.raises((ConfigError, ModelError)) as caught:
        content(spec)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def left() -> list[str]:
    return [name for name in os.listdir(tempfile.gettempdir()) if name.startswith("onnxlint-")]


def test_a_file_is_what_the_revision_has_and_not_what_lies_there_now(folder: Path) -> None:
    made.commit(folder, models__a=made.product(4))
    made.git(folder, "tag", "v1")
    made.commit(folder, models__a=made.product(8))
    made.write(folder / "models/a", made.product(16))
    assert [macs(f"git:{name}:models/a") for name in ("v1", "HEAD~1", "main", "HEAD")] == [
        16, 16, 32, 32,
    ]  # fmt: skip
    assert left() == []


def test_a_path_begins_at_the_top_or_with_a_dot_where_one_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.commit(folder, models__a=b"A", b=b"B")
    monkeypatch.chdir(folder / "models")
    assert content("git:main:models/a") == content("git:main:./a") == b"A"
    assert content("git:main:../b") == content("git:main:b") == b"B"
    assert "did you mean git:main:./a?" in said("git:main:a")
    assert "leads out of the repository" in said("git:main:../../b")
    assert "leads out of the repository" in said("git:main:/etc/passwd")


def test_external_data_comes_along_from_the_same_revision(folder: Path) -> None:
    made.commit(
        folder, m__net=made.product_beside("deep/w.bin"), m__deep__w=b"", m__other=b"no model"
    )
    made.write(folder / "m/deep/w.bin", WEIGHTS)
    made.commit(folder)
    made.write(folder / "m/deep/w.bin", b"x")
    made.commit(folder)
    with materialised(GitPath("HEAD~1", "m/net")) as path:
        beside = sorted(str(p.relative_to(Path(path).parent)) for p in Path(path).parent.rglob("*"))
        assert beside == ["deep", "deep/w.bin", "net"]
        assert os.stat(Path(path).parent).st_mode & 0o777 == 0o700
        assert not analyze(load(path)).problems
    assert left() == []


def test_what_the_revision_lacks_of_external_data_is_missing(folder: Path) -> None:
    made.write(folder / "w.bin", WEIGHTS)
    made.write(folder / ".gitignore", b"w.bin")
    made.commit(folder, net=made.product_beside("w.bin"))
    with materialised(GitPath("HEAD", "net")) as path:
        assert [p.code for p in analyze(load(path)).problems] == ["external-missing"]


def test_lfs_objects_that_are_here_take_the_place_of_their_pointers(folder: Path) -> None:
    model = made.product_beside("w.bin")
    made.commit(folder, net=made.pointer(model))
    made.write(folder / "w.bin", made.pointer(WEIGHTS))
    made.commit(folder)
    assert "git:main:net: a git-LFS pointer whose object" in said("git:main:net")
    assert "run git lfs fetch origin main" in said("git:main:net")
    object_ = made.store(folder, model)
    assert said("git:main:net").startswith("git:main:w.bin: a git-LFS pointer whose object")
    made.store(folder, WEIGHTS)
    assert content("git:main:net") == model
    tree = folder.parent / "tree"
    made.git(folder, "worktree", "add", "-q", "-b", "other", str(tree))
    assert content("git:main:net", str(tree)) == model
    object_.write_bytes(b"x" * len(model))
    assert "is damaged; delete" in said("git:main:net")
    object_.write_bytes(model + b"x")
    assert "is damaged; delete" in said("git:main:net")
    object_.unlink()
    os.mkfifo(object_)
    assert "is damaged; delete" in said("git:main:net")
    assert left() == []


def test_lfs_objects_may_be_where_the_setting_says(folder: Path) -> None:
    model = made.product()
    made.commit(folder, net=made.pointer(model))
    made.store(folder, model)
    (folder / ".git/lfs").rename(folder.parent / "lfs")
    made.git(folder, "config", "lfs.storage", str(folder.parent / "lfs"))
    assert content("git:main:net") == model


def test_everything_that_cannot_be_copied_is_one_line_with_a_remedy(folder: Path) -> None:
    made.repository(folder.parent / "inner")
    made.commit(folder.parent / "inner", a=b"A")
    made.git(folder, "submodule", "--quiet", "add", str(folder.parent / "inner"), "sub")
    os.symlink("a.onnx", folder / "link")
    os.symlink("d", folder / "there")
    made.commit(folder, d__x=b"X")
    says = {
        "git:main:none.onnx": "there is no such file in main; check the path",
        "git:main:d": "is a folder; name the .onnx file in it",
        "git:main:sub": "is the submodule sub; run this in the submodule",
        "git:main:sub/a": "is inside the submodule sub; run this in the submodule",
        "git:main:link": "is the symbolic link link; name the file that it leads to",
        "git:main:there/x": "is inside the symbolic link there; name the file",
        "git:mian:d/x": "git knows no revision 'mian'; check the name, or run git fetch origin",
        "git:-q:d/x": "'-q' is no revision; name a branch",
        "git:--output=x:d/x": "'--output=x' is no revision",
        "git:a\nb:d/x": "is no revision",
        "git:main": "is not of the form git:REV:path",
        "git:main:": "is not of the form git:REV:path",
        "git::d/x": "is not of the form git:REV:path",
        "git:main:d\0x": "leads out of the repository",
    }
    assert {spec: what for spec, what in says.items() if what not in said(spec)} == {}
    with pytest.raises(AbsentError):
        content("git:main:none.onnx")
    assert left() == []


def test_a_shallow_clone_says_how_to_get_the_rest(folder: Path) -> None:
    made.commit(folder, a=b"A")
    made.commit(folder, a=b"B")
    made.git(folder, "clone", "-q", "--depth", "1", f"file://{folder}", "../clone")
    made.git(folder.parent / "clone", "checkout", "-q", "--detach")
    made.git(folder.parent / "clone", "branch", "-D", "main")
    os.chdir(folder.parent / "clone")
    assert "git fetch --unshallow" in said("git:HEAD~1:a")
    assert "there is an origin/main: say that" in said("git:main:a")
    assert content("git:origin/main:a") == b"B"


def test_where_there_is_no_repository_or_no_git_it_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.git(folder, "init", "-q", "--bare", "../bare")
    (folder / ".git").rename(folder / "elsewhere")
    assert "git finds no repository; run this inside a clone" in said("git:main:a")
    monkeypatch.chdir(folder.parent / "bare")
    assert "a bare one; run this in a clone" in said("git:main:a")
    monkeypatch.setenv("PATH", str(folder))
    assert "git is not installed" in said("git:main:a")
    made.write(folder / "git", b"#!/bin/sh\ntouch started\n")
    (folder / "git").chmod(0o700)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", ".")
    assert "git is not installed" in said("git:main:a")
    assert not (folder / "started").exists()


def test_three_dots_mean_where_the_branch_began(folder: Path) -> None:
    made.commit(folder, a=b"before")
    made.git(folder, "checkout", "-q", "-b", "mine")
    made.commit(folder, b=b"mine")
    made.git(folder, "checkout", "-q", "main")
    made.commit(folder, a=b"after")
    made.git(folder, "checkout", "-q", "mine")
    assert (content("git:main:a"), content("git:main...:a")) == (b"after", b"before")
    made.git(folder, "checkout", "-q", "--orphan", "alone")
    made.commit(folder)
    assert "have no commit in common" in said("git:main...:a")


def test_nothing_that_a_repository_configures_is_started(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = folder.parent / "started"
    trap = folder.parent / "trap"
    made.write(trap, f"#!/bin/sh\ntouch {mark}\ncat\n".encode())
    trap.chmod(0o700)
    made.write(folder / ".gitattributes", b"* filter=trap diff=trap\n")
    made.commit(folder, net=made.product(), x=made.pointer(made.product()))
    made.store(folder, made.product())
    gone = made.git(folder, "rev-parse", "HEAD:net")
    for hook in ("post-checkout", "post-index-change", "reference-transaction", "pre-commit"):
        made.write(folder / ".git/hooks" / hook, trap.read_bytes())
        (folder / ".git/hooks" / hook).chmod(0o700)
    for key, value in {
        "core.fsmonitor": str(trap), "core.hooksPath": str(folder / ".git/hooks"),
        "core.pager": str(trap), "core.sshCommand": str(trap), "core.gitProxy": str(trap),
        "core.editor": str(trap), "core.askPass": str(trap), "credential.helper": str(trap),
        "diff.external": str(trap), "diff.trap.textconv": str(trap),
        "diff.trap.command": str(trap), "filter.trap.clean": str(trap),
        "filter.trap.smudge": str(trap), "filter.trap.process": str(trap),
        "filter.trap.required": "true", "alias.cat-file": f"!{trap}",
        "alias.ls-tree": f"!{trap}", "alias.rev-parse": f"!{trap}",
        "core.repositoryformatversion": "1", "extensions.partialClone": "origin",
        "remote.origin.promisor": "true", "remote.origin.url": f"ext::{trap} %S",
        "remote.origin.uploadpack": str(trap), "protocol.ext.allow": "always",
        "protocol.allow": "always", "uploadpack.packObjectsHook": str(trap),
    }.items():  # fmt: skip
        made.git(folder, "config", key, value)
    mark.unlink(missing_ok=True)
    assert content("git:HEAD:net") == content("git:HEAD:x") == made.product()
    made.write(folder / "x", made.product(8))
    assert changed_since("HEAD", ["net", "x"]) == {"x"}
    (folder / ".git/objects" / gone[:2] / gone[2:]).unlink()
    assert "git cannot give its content" in said("git:HEAD:net")
    assert "git knows no revision" in said(f"git:{'1' * 40}:net")
    assert not mark.exists()
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(trap))
    assert changed_since("HEAD", ["x"]) == {"x"}
    assert not mark.exists()
    subprocess.run(["git", "diff", "HEAD"], check=False, capture_output=True)
    assert mark.exists()  # the trap is one


def test_what_hooks_set_does_not_lead_to_another_repository(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.commit(folder, a=b"A")
    other = made.repository(folder.parent / "other")
    made.commit(other, a=b"O")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert content("git:main:a") == b"A"


def test_an_error_about_the_copy_names_the_revision(folder: Path) -> None:
    made.commit(folder, a=b"no model")
    with pytest.raises(ModelError, match=r"^git:main:a: text, not a binary ONNX model"):
        macs("git:main:a")
    with pytest.raises(KeyError), materialised(GitPath("main", "a")):
        raise KeyError("of the caller")
    with pytest.raises(ModelError, match=r"^other: what"), materialised(GitPath("main", "a")):
        raise ModelError("other", "what")
    assert left() == []


def test_the_copy_is_gone_after_a_signal(folder: Path) -> None:
    made.commit(folder, a=b"A")
    text = f"""
import tempfile, time
tempfile.tempdir = {tempfile.gettempdir()!r}
from analyzer.cli.stop import stop_cleanly
from analyzer.cli.git.revision import GitPath, materialised
stop_cleanly()
with materialised(GitPath("main", "a")) as path:
    print(open(path).read(), flush=True)
    time.sleep(60)
"""
    for number in (signal.SIGTERM, signal.SIGINT):
        with warm.Process([], code=text, stdout=warm.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.read(1) == b"A"
            assert len(left()) == 1
            process.send_signal(number)
            assert process.wait(30) == 128 + number
        assert left() == []


def test_models_have_changed_whose_content_or_data_is_not_as_it_was(folder: Path) -> None:
    files = ["same", "grown", "other", "lfs", "lfs-here", "data", "gone-data", "new", "sub/deep"]
    for name in files:
        made.write(folder / name, made.product())
    made.write(folder / "data", made.product_beside("w.bin"))
    made.write(folder / "gone-data", made.product_beside("g.bin"))
    made.write(folder / "w.bin", WEIGHTS)
    made.write(folder / "g.bin", WEIGHTS)
    made.write(folder / "lfs", made.pointer(made.product()))
    made.write(folder / "lfs-here", made.pointer(made.product()))
    (folder / "new").unlink()
    made.commit(folder)
    assert changed_since("HEAD", files[:-2]) == frozenset()
    made.write(folder / "grown", made.product(8))
    made.write(folder / "other", made.product().replace(b"x", b"z"))
    made.write(folder / "lfs-here", made.product())  # as a checkout with git LFS has it
    made.write(folder / "new", made.product())
    made.write(folder / "w.bin", bytes(63) + b"1")
    (folder / "g.bin").unlink()
    os.symlink("same", folder / "link")
    os.utime(folder / "same", (1, 1))
    found = changed_since("HEAD", [*files, "link", "-", str(folder / "same")])
    assert found == {"grown", "other", "data", "gone-data", "new", "link", "-"}
    made.write(folder / "lfs-here", made.product().replace(b"x", b"z"))
    assert changed_since("HEAD", ["lfs-here", "lfs"]) == {"lfs-here"}
    with pytest.raises(ConfigError, match="git knows no revision 'nope'"):
        changed_since("nope", ["same"])
    assert changed_since("HEAD", ["absent", "no/where"]) == {"absent", "no/where"}
    made.write(folder.parent / "x", b"")
    with pytest.raises(ConfigError, match="git finds no repository"):
        changed_since("HEAD", ["../x"])


def test_five_hundred_models_are_compared_by_few_processes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"m{number}.onnx" for number in range(500)]
    for name in names:
        made.write(folder / name, made.product())
    made.commit(folder)
    started: list[object] = []
    popen = subprocess.Popen.__init__

    def counted(self: Any, *args: Any, **options: Any) -> None:
        started.append(args)
        popen(self, *args, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", counted)
    with stopped(100):  # about 1 s
        assert changed_since("HEAD", names) == frozenset()
    assert 0 < len(started) < 10  # processes of git, however many the models
