"""Standard output for results, standard error for everything that is said about them."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from analyzer.errors import OutputError
from analyzer.sanitise import clean, encode_lines
from analyzer.streams import write_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

NAME = "onnxlint"


class Console:
    """The two streams of one run.

    Parameters
    ----------
    quiet
        Say nothing but errors on standard error.
    color
        Terminal colours in text on standard output; ``None``: if that is a terminal.
    moving
        Whether a line that changes is of use where standard error is a terminal.
    """

    def __init__(
        self, *, quiet: bool = False, color: bool | None = None, moving: bool = True
    ) -> None:
        self.quiet = quiet
        self.color: bool = _is_terminal(sys.stdout) if color is None else color
        self.shows_progress: bool = moving and not quiet and _is_terminal(sys.stderr)
        self.activity: Callable[[float], str] | None = None
        """What is going on, as a line, after so many seconds; ``None``: nothing that takes long."""
        self._progress = False
        self._speaking = False

    def doing(self, what: str) -> None:
        """Say what is going on from now on, if it takes long."""
        self.activity = lambda seconds: f"{what}, {duration(seconds)}"

    def write(self, data: bytes) -> None:
        """Put UTF-8 text or other bytes on standard output.

        Raises
        ------
        BrokenPipeError
            Nobody reads any more.
        OutputError
            It cannot be written for another reason, such as a full disk.
        """
        self.activity = None
        self.progress("")
        stream = sys.stdout
        if not data:
            return
        if stream is None:
            raise OutputError("standard output is closed; redirect it to a file")
        try:
            stream.flush()
            descriptor, binary = _descriptor(stream), getattr(stream, "buffer", None)
            if descriptor is not None:
                write_all(descriptor, _for_terminal(data, stream))
            elif binary is not None:
                binary.write(_for_terminal(data, stream))
            else:  # replaced by whoever embeds us, as the descriptor's absence is
                stream.write(data.decode("utf-8", "replace"))
        except BrokenPipeError:
            raise
        except OSError as error:
            drop_stdout()
            raise OutputError(f"standard output cannot be written: {error.strerror}") from error

    def line(self, text: str) -> None:
        """One line of text on standard output, made fit to show."""
        self.write(encode_lines([text]))

    def note(self, text: str) -> None:
        """One line on standard error, unless ``quiet``."""
        if not self.quiet:
            self.progress("")
            self._say(clean(text))

    def error(self, text: str) -> None:
        """An error on standard error: one line, made fit to show and marked as ours."""
        self.progress("")
        self._say(f"{NAME}: error: {clean(text)}")

    def raw(self, text: str) -> None:
        """Text of many lines, such as a traceback, on standard error."""
        self.progress("")
        for line in text.splitlines():
            self._say(clean(line))

    def progress(self, text: str) -> None:
        """Replace the line that says what is going on; terminals only, empty removes it.

        It may be called by a signal while something else is being said: then it does nothing.
        """
        if self.shows_progress and not self._speaking and (text or self._progress):
            self._progress = bool(text)
            self._say(f"\r{clean(text)}\x1b[K", end="")

    def _say(self, text: str, end: str = "\n") -> None:
        self._speaking = True
        if sys.stderr is not None:
            with suppress(OSError, ValueError):  # there is nowhere left to complain
                sys.stderr.write(text + end)
                sys.stderr.flush()
        self._speaking = False


def duration(seconds: float) -> str:
    """Minutes and seconds, or hours too.

    >>> duration(7.4), duration(75), duration(7322)
    ('0:07', '1:15', '2:02:02')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def drop_stdout() -> None:
    """Let what is still buffered go nowhere, so that the interpreter's last flush is silent."""
    with suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def _for_terminal(data: bytes, stream: TextIO) -> bytes:
    """``data`` in the terminal's encoding; files and pipes get UTF-8 whatever the locale."""
    encoding = (stream.encoding or "utf-8").lower().replace("_", "-")
    if encoding in ("utf-8", "utf8") or not _is_terminal(stream):
        return data
    return data.decode("utf-8", "replace").encode(encoding, "backslashreplace")


def _descriptor(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except (OSError, AttributeError):  # io.UnsupportedOperation is an OSError
        return None


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False
