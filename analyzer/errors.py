"""One base error; every subclass's message names the file, the place and the remedy."""

from __future__ import annotations


class OnnxlintError(Exception):
    """Base of everything onnxlint raises on bad input; ``str()`` is one line for people."""


class ModelError(OnnxlintError):
    """The file cannot be judged: unreadable, not a model, truncated, over a limit."""

    def __init__(self, path: str, problem: str, remedy: str = "") -> None:
        self.path: str = path
        self.problem: str = problem
        self.remedy: str = remedy
        super().__init__(f"{path}: {problem}" + (f"; {remedy}" if remedy else ""))

    def __reduce__(self) -> tuple[type[ModelError], tuple[str, str, str]]:
        """A guarded process hands it to its parent."""
        return type(self), (self.path, self.problem, self.remedy)


class ScarcityError(OnnxlintError):
    """The system gives no further process or memory: nothing is wrong with any file."""


class MistakesError(OnnxlintError):
    """Everything that is wrong at once, a line for each: one that quotes a line break is one."""

    def __init__(self, *lines: str) -> None:
        self.lines: tuple[str, ...] = lines
        super().__init__(*lines)

    def __str__(self) -> str:
        """All lines."""
        return "\n".join(self.lines)


class ConfigError(MistakesError):
    """A configuration file or option is wrong."""


class RuleError(MistakesError):
    """A rule file is wrong; each line carries ``file:line``."""


class OutputError(OnnxlintError):
    """An output could not be written; nothing partial is left behind."""


def said_by(error: Exception) -> str:
    """What the system says of a file, without its number and path; else all that is said.

    >>> said_by(OSError(28, "No space left on device")), said_by(ValueError("embedded null byte"))
    ('No space left on device', 'embedded null byte')
    >>> said_by(OSError("not a regular file"))
    'not a regular file'
    """
    return getattr(error, "strerror", None) or str(error)
