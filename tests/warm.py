"""Processes of the command, forked from one that has imported everything already.

``run`` and ``Process`` take what ``subprocess`` takes, and start a real process with its own
streams, folder and environment in 10 ms instead of 300. ``command`` is the same for shells: a
program of the name ``onnxlint`` that asks for such a process. What a test says about starting the
interpreter itself (its memory, its imports, its locale) needs ``subprocess`` nevertheless.
"""

from __future__ import annotations

import atexit
import gc
import io
import marshal
import os
import secrets
import selectors
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn, cast

ROOT = Path(__file__).parents[1]
MAIN = "from analyzer.cli.main import main; main()"
DEVNULL, PIPE = subprocess.DEVNULL, subprocess.PIPE
CLOSED = -99
"""Instead of a stream: the process has none."""
Stream = int | IO[Any] | None


class Process:
    """A running ``onnxlint WORDS…``, or the Python program ``code`` with these arguments."""

    def __init__(
        self,
        words: Sequence[str | bytes],
        *,
        code: str = MAIN,
        cwd: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
        stdin: Stream = DEVNULL,
        stdout: Stream = None,
        stderr: Stream = None,
        start_new_session: bool = False,
    ) -> None:
        self.stdout, out = _output(stdout, 1)
        self.stderr, err = _output(stderr, 2)
        null = os.open(os.devnull, os.O_RDWR)
        streams = [_number(stdin, null, 0), out if out is not None else null,
                   err if err is not None else null]  # fmt: skip
        request = {
            "code": code,
            "words": [os.fsdecode(word) for word in words],
            "cwd": os.fspath(cwd) if cwd is not None else os.getcwd(),
            "env": dict(os.environ if env is None else env),
            "session": start_new_session,
            "closed": [n for n, s in enumerate((stdin, stdout, stderr)) if s == CLOSED],
        }
        self._answers, theirs = socket.socketpair()
        socket.send_fds(_server()[0], [marshal.dumps(request)], [theirs.fileno(), *streams])
        theirs.close()
        os.close(null)
        for made, number in ((self.stdout, out), (self.stderr, err)):
            if made is not None and number is not None:
                os.close(number)
        self._lines = self._answers.makefile("r")
        self.pid = int(self._lines.readline())
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Return code, as of ``subprocess``."""
        if self.returncode is None:
            self._answers.settimeout(timeout)
            try:
                self.returncode = os.waitstatus_to_exitcode(int(self._lines.readline()))
            except TimeoutError as error:
                raise subprocess.TimeoutExpired("onnxlint", timeout or 0) from error
            self._lines.close()
            self._answers.close()
        return self.returncode

    def poll(self) -> int | None:
        """Return code of a process that has ended."""
        with suppress(subprocess.TimeoutExpired):
            if self.returncode is None and selected(self._answers):
                self.wait()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[bytes, bytes]:
        """What it wrote into its pipes, to the end."""
        found: dict[int, bytearray] = {1: bytearray(), 2: bytearray()}
        deadline = None if timeout is None else time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            for number, stream in ((1, self.stdout), (2, self.stderr)):
                if stream is not None:
                    selector.register(stream, selectors.EVENT_READ, number)
            while selector.get_map():
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left < 0:
                    raise subprocess.TimeoutExpired("onnxlint", timeout or 0)
                for key, _ in selector.select(left):
                    data = os.read(key.fd, 1 << 16)
                    found[key.data] += data
                    if not data:
                        selector.unregister(key.fileobj)
        self.wait(timeout)
        return bytes(found[1]), bytes(found[2])

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self.stdout, self.stderr):
            if stream is not None:
                stream.close()
        self.wait()


def run(
    words: Sequence[str | bytes], *, capture_output: bool = False, **more: Any
) -> subprocess.CompletedProcess[bytes]:
    """As ``subprocess.run``: a command line from start to end."""
    if capture_output:
        more |= {"stdout": PIPE, "stderr": PIPE}
    with Process(words, **more) as process:
        out, err = process.communicate()
    return subprocess.CompletedProcess(list(words), process.wait(), out, err)


def run_text(words: Sequence[str], **more: Any) -> subprocess.CompletedProcess[str]:
    """``run``, with what was written as text."""
    done = run(words, **more)
    out, err = (data.decode("utf-8", "backslashreplace") for data in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


@cache
def command() -> Path:
    """A folder with a program ``onnxlint``, and ``pre-commit``, which runs it, to stand first in
    the ``PATH`` of a shell."""
    folder = Path(tempfile.mkdtemp(prefix="onnxlint-command-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    client = [sys.executable, "-ISs", str(ROOT / "tests" / "warm_client.py"), _server()[1]]
    for name, module in (("onnxlint", "analyzer.cli.main"), ("pre-commit", "pre_commit.main")):
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec {shlex.join([*client, module])} "$@"\n')
        script.chmod(0o755)
    return folder


def selected(stream: socket.socket) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        return bool(selector.select(0))


def _output(stream: Stream, number: int) -> tuple[IO[bytes] | None, int | None]:
    """Our end of a pipe, if any, and the descriptor for the process."""
    if stream == PIPE:
        reader, writer = os.pipe()
        return open(reader, "rb", buffering=0), writer
    if stream in (DEVNULL, CLOSED):
        return None, None
    return None, _number(stream, -1, number)


def _number(stream: Stream, null: int, default: int) -> int:
    if stream is None:
        return default
    if isinstance(stream, int):
        return null if stream in (DEVNULL, CLOSED) else stream
    return stream.fileno()


def start() -> None:
    """Start what is forked, for this process and those that are forked from it from now on."""
    _server()


@cache
def _server() -> tuple[socket.socket, str]:
    """The way to the process that forks, and the name under which programs find it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    name = f"onnxlint-{secrets.token_hex(16)}"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(f"\0{name}")
    listener.listen()
    numbers = theirs.fileno(), listener.fileno()
    subprocess.Popen(
        [sys.executable, "-m", "tests.warm", *map(str, numbers)],
        cwd=ROOT, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"}, pass_fds=numbers,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    theirs.close()
    listener.close()
    return ours, name


def _serve(requests: socket.socket, listener: socket.socket) -> None:
    """Fork a process for each request, and tell its number and, some time, how it ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with selectors.DefaultSelector() as selector:
        selector.register(requests, selectors.EVENT_READ)
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.data is not None:
                    selector.unregister(key.fileobj)
                    os.close(key.fd)
                    _tell_end(*key.data)
                    continue
                if key.fileobj is listener:
                    with listener.accept()[0] as asking:
                        data, numbers, *_rest = socket.recv_fds(asking, 1 << 20, 4)
                else:
                    data, numbers, *_rest = socket.recv_fds(requests, 1 << 20, 4)
                    if not data:
                        return
                if data:
                    _fork(data, numbers, selector)
                    numbers = numbers[1:]
                for number in numbers:
                    os.close(number)


def _fork(data: bytes, numbers: Sequence[int], selector: selectors.BaseSelector) -> None:
    """Start what is asked for, and have ``selector`` wait for its end."""
    pid = os.fork()
    if pid == 0:
        for key in selector.get_map().values():
            os.close(key.fd)
            if key.data is not None:
                os.close(key.data[1])
        selector.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.close(numbers[0])
        _become(marshal.loads(data), numbers[1:])
    with suppress(OSError):  # whoever asked is gone
        os.write(numbers[0], b"%d\n" % pid)
    selector.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, numbers[0]))


def _tell_end(pid: int, answers: int) -> None:
    """How a process that has ended did so."""
    with suppress(OSError):
        os.write(answers, b"%d\n" % os.waitpid(pid, 0)[1])
    os.close(answers)


def _become(request: Mapping[str, Any], streams: Sequence[int]) -> NoReturn:
    """Go on as the process that is asked for."""
    try:
        if request["session"]:
            os.setsid()
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        tempfile.tempdir = None
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        for stream in streams:
            if stream > 2:
                os.close(stream)
        for number in request["closed"]:
            os.close(number)
        opened: list[Any] = [_open(n) if n not in request["closed"] else None for n in range(3)]
        sys.stdin, sys.stdout, sys.stderr = opened
        sys.argv = ["onnxlint", *request["words"]]
        exec(request["code"], {"__name__": "__main__"})  # noqa: S102 - a test's own program
        if sys.stdout is not None:
            sys.stdout.flush()
        os._exit(0)
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 0)
    except Exception:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
        os._exit(1)
    finally:
        os._exit(70)


def _open(number: int) -> io.TextIOWrapper:
    """A standard stream as the interpreter opens it."""
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    size = 0 if unbuffered and number else -1
    return io.TextIOWrapper(
        open(number, "wb" if number else "rb", size, closefd=False),
        encoding="utf-8",
        errors=("surrogateescape", "surrogateescape", "backslashreplace")[number],
        write_through=unbuffered,
        line_buffering=number == 2 or os.isatty(number),
    )


def remember_rules() -> None:
    """Read each text of a rule once in this process: the same in a language is one rule."""
    load: Any = import_module("analyzer.ruleset.load")
    load.parse_rule, load.read_trusted = cache(load.parse_rule), cache(load.read_trusted)


def set_aside() -> None:
    """Let no look for garbage pass over what is there, in this process and its forks."""
    gc.collect()
    gc.freeze()
    # Each command asks whether anything is set aside, and Python goes through all of it to count.
    count, module = gc.get_freeze_count(), cast(Any, gc)
    module.get_freeze_count = lambda: count


def _warm_up() -> None:
    """Import what commands import, and let nothing of it be collected in the forks."""
    from analyzer.cli.main import run as command
    from analyzer.report.pdf import prepare_pdf

    import_module("pre_commit.main")
    prepare_pdf()
    remember_rules()
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "wb") as null:
        kept = os.dup(1)
        os.dup2(null.fileno(), 1)
        model = str(ROOT / "samples" / "mobilenet_v1.onnx")
        for words in (["check", model, "-q", "--format=json"], ["inspect", model],
                      ["scale", model], ["rules"],
                      ["report", model, "-q", "-o", folder, "--format=html"],
                      ["graph", model, "-o", f"{folder}/g.dot"]):  # fmt: skip
            assert command(words) == 0
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
    set_aside()


if __name__ == "__main__":
    _warm_up()
    _serve(*(socket.socket(fileno=int(number)) for number in sys.argv[1:]))
