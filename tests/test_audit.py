"""No command opens a file outside the allowed set, a socket or a program; and the hook can fail."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from analyzer.model import load
from analyzer.model.guard import guarded
from tests import audit
from tests.fuzz import seeds
from tests.fuzz.strings import ATTACKS
from tests.hostile import models as hostile
from tests.hostile.test_text import named, small
from tests.model.test_external import HOSTILE, serialised, tensor

TEXT = next(text for text in ATTACKS if "file:///" in text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model's folder, with a file outside that nothing may open, and one for outputs."""
    for name in ("m", "out"):
        (tmp_path / name).mkdir()
    (tmp_path / "secret.bin").write_bytes(bytes(64))
    return tmp_path / "m"


def onnxlint(folder: Path, *commands: str) -> tuple[int, str]:
    """Exit code and errors of command lines in a process of their own, under the hook."""
    words = [word for command in commands for word in ("--", *command.split())]
    done = subprocess.run(
        [sys.executable, "-m", "tests.audit", "--read", str(folder), "--write", "out", *words],
        cwd=folder.parent, env={**os.environ, "PYTHONPATH": str(audit.PROJECT)},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


def test_commands_on_a_network_and_on_hostile_models(folder: Path) -> None:
    """In one process, which says of each event that is not allowed what it was about."""
    (folder / "w.bin").write_bytes(bytes(64))
    (folder / "link.bin").symlink_to("../secret.bin")
    (folder / "up").symlink_to("..")
    os.mkfifo(folder / "pipe")
    files = {
        "everything": hostile.serialised(seeds.everything()),
        "text": named(TEXT),
        "page": small(TEXT),
        "bomb": hostile.claims(1, 2**40, 2**40),
        "tower": hostile.tower(60),
        "truncated": hostile.text("g (float[2] x) => (float[2] y) { y = Relu (x) }")[:50],
    }
    places = [*HOSTILE, *((path, {"location": path}) for path in ("link.bin", "up/secret.bin",
                          "pipe", "/proc/self/environ", "/dev/zero"))]  # fmt: skip
    declared = [tensor(f"w{number}", **place) for number, (_, place) in enumerate(places)]
    files["external"] = serialised(*declared)
    for name, data in files.items():
        (folder / f"{name}.onnx").write_bytes(data)
    told = [re.search(r"\((\d+) tensors\)", problem.message)
            for problem in load(str(folder / "external.onnx")).problems]  # fmt: skip
    assert sum(int(several[1]) if several else 1 for several in told) == len(places)  # each of them
    shown = ["text", "bomb", "external"]
    commands = [f"report m/{name}.onnx -o out --format html" for name in shown]
    commands += [f"inspect m/{name}.onnx" for name in shown]
    code, errors = onnxlint(
        folder,
        "check m --weights --format json --jobs 2",
        f"check {' '.join(f'm/{name}.onnx' for name in shown)} --weights --jobs 1",
        "report m/page.onnx -o out",
        *commands,
        "check m/everything.onnx --weights --fail-on warning --output json=out/found.json",
        "report m/everything.onnx -o out --format html",
        "inspect m/everything.onnx --format json",
        "inspect m/everything.onnx --format csv",
        "inspect m/everything.onnx --growth",
        "inspect m/everything.onnx --conventions",
        "scale m/everything.onnx --width 1,0.5",
        "graph m/everything.onnx -o out/net.graphml",
        "graph m/everything.onnx -o out/net.dot",
        "rules",
        "explain SEP001",
    )
    # Some of it cannot be judged.
    assert (code, "not allowed" in errors) == (2, False), errors
    made = {path.name for path in (folder.parent / "out").iterdir()}
    assert made == {
        "page.html", "page.pdf", "found.json", "net.graphml", "net.dot", "everything.html",
        *(f"{name}.html" for name in shown),
    }  # fmt: skip


def outside(folder: Path) -> None:
    (folder.parent / "secret.bin").read_bytes()


def by_a_link(folder: Path) -> None:
    (folder / "link.bin").read_bytes()


def up_from_the_installation(folder: Path) -> None:
    rules = audit.PROJECT / "rules"
    (rules / os.path.relpath(folder.parent / "secret.bin", rules)).read_bytes()


def by_descriptor(folder: Path) -> None:
    os.close(os.open(folder.parent, os.O_RDONLY))


def into_the_model(folder: Path) -> None:
    (folder / "new.onnx").write_bytes(b"")


def in_a_guarded_worker(folder: Path) -> None:
    guarded(lambda _: outside(folder))


def a_socket(folder: Path) -> None:
    socket.socket(socket.AF_UNIX).close()


def a_name_server(folder: Path) -> None:
    with pytest.raises(OSError, match=r".*"):
        socket.getaddrinfo("name.invalid", 80)


def a_program(folder: Path) -> None:
    subprocess.run([sys.executable, "-c", ""], check=True)


def a_shell(folder: Path) -> None:
    os.system(":")


def foreign_code(folder: Path) -> None:
    import ctypes

    ctypes.CDLL(None).getpid()


DEEDS: Sequence[tuple[Callable[[Path], object], str]] = (
    (outside, "open"),
    (by_a_link, "open"),
    (up_from_the_installation, "open"),
    (by_descriptor, "open"),
    (into_the_model, "open"),
    (lambda folder: os.listdir(folder.parent), "os.listdir"),
    (lambda folder: os.rename(folder, folder.parent / "n"), "os.rename"),
    (lambda folder: os.mkdir(folder / "n"), "os.mkdir"),
    (in_a_guarded_worker, "open"),
    (a_socket, "socket.__new__"),
    (a_name_server, "socket.getaddrinfo"),
    (a_program, "subprocess.Popen"),
    (a_shell, "os.system"),
    (foreign_code, "ctypes.dlsym"),
)


@pytest.mark.parametrize(("deed", "event"), DEEDS)
def test_the_hook_sees(folder: Path, deed: Callable[[Path], object], event: str) -> None:
    (folder / "m.onnx").write_bytes(b"")
    (folder / "link.bin").symlink_to("../secret.bin")
    with audit.watched([folder]) as seen:
        (folder / "m.onnx").read_bytes()
        deed(folder)
    # Python 3.13 starts programs by os.posix_spawn, which has an event of its own.
    assert {line.split()[0] for line in seen} - {"os.posix_spawn"} == {event}


def test_the_hook_sees_what_a_command_does(folder: Path) -> None:
    (folder / "m.onnx").write_bytes(hostile.serialised(seeds.conv()))
    secret = folder.parent / "secret.bin"
    code, errors = onnxlint(
        folder, "inspect m/m.onnx", f"check m/m.onnx --config {secret}", "graph m/m.onnx -o m/m.dot"
    )
    assert code == audit.EXIT
    assert "not allowed: open" in errors
    assert "secret.bin" in errors
    assert "not allowed: os.rename" in errors


def test_a_name_is_taken_from_the_open_folder_that_it_begins_in(folder: Path) -> None:
    out = os.open(folder.parent / "out", os.O_RDONLY)
    (folder.parent / "out" / "old").touch()
    with audit.watched([folder], [folder.parent / "out"]) as seen:
        os.remove("old", dir_fd=out)
        os.mkdir("n", dir_fd=out)
        os.rmdir("n", dir_fd=out)
        os.mkdir("n", dir_fd=out)
        os.rename("n", b"m", src_dir_fd=out, dst_dir_fd=out)
        os.replace(folder.parent / "out" / "m", "n", dst_dir_fd=out)
    assert seen == []
    with audit.watched([folder]) as seen:
        os.mkdir("m", dir_fd=out)
    with audit.watched([folder], [folder.parent / "out"]) as between:
        os.rename("n", folder.parent / "n", src_dir_fd=out)
        os.rename(folder.parent / "n", "n", dst_dir_fd=out)
    changes = [line.split()[0] for line in (*seen, *between)]
    assert changes == ["os.mkdir", "os.rename", "os.rename"]
    os.close(out)


def test_scopes_nest_and_the_inner_one_decides(folder: Path) -> None:
    with audit.watched([folder.parent]) as outer:
        outside(folder)
        with audit.watched([folder]) as inner:
            outside(folder)
        outside(folder)
        os.listdir("/")
    assert len(inner) == 1
    assert len(outer) == 1


def test_what_others_do_does_not_count(folder: Path) -> None:
    with audit.watched([folder], by=str(audit.PROJECT / "analyzer")) as seen:
        outside(folder)
    assert seen == []
