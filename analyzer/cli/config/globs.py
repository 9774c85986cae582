"""Which models an entry of the configuration is about: globs from the folder of its file."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase

ANY = "**"
WILD = frozenset("*?[")


class Glob:
    """A glob over paths with ``/``: ``*`` and ``?`` stay within a folder, ``**`` is any number
    of folders, and what ends with ``/`` means everything below.

    Takes time proportional to the parts of glob and path multiplied.

    >>> [Glob("a/**/*.onnx").matches(path) for path in ("a/x.onnx", "a/b/c/x.onnx", "x.onnx")]
    [True, True, False]
    """

    def __init__(self, text: str) -> None:
        self.text = text
        clean = text.removeprefix("./")
        self._parts = tuple((f"{clean}{ANY}" if clean.endswith("/") else clean).split("/"))
        self._exact = clean if WILD.isdisjoint(clean) and not clean.endswith("/") else None

    @property
    def is_inside(self) -> bool:
        """Whether it can only match what is below the folder where it begins."""
        first = self._parts[0]
        return bool(first) and ".." not in self._parts and not os.path.isabs(self.text)

    @property
    def folder(self) -> str:
        """The folder below which all lies that it can match; empty for where it begins."""
        fixed = []
        for part in self._parts[:-1]:
            if not WILD.isdisjoint(part):
                break
            fixed.append(part)
        return "/".join(fixed)

    def matches(self, path: str) -> bool:
        """Whether it is about ``path``, which begins where it does."""
        if self._exact is not None:
            return path == self._exact  # hundreds of models may each have an entry of their own
        names, parts = path.split("/"), self._parts
        name = part = 0
        star, after = -1, 0
        while name < len(names):
            if part < len(parts) and parts[part] == ANY:
                star, after, part = part, name, part + 1
            elif part < len(parts) and fnmatchcase(names[name], parts[part]):
                name, part = name + 1, part + 1
            elif star >= 0:  # the last ** takes one folder more
                after += 1
                name, part = after, star + 1
            else:
                return False
        return all(rest == ANY for rest in parts[part:])


def path_within(model: str, folder: str) -> str | None:
    """``model`` as seen from ``folder``, with ``/``; ``None`` if it is not in it.

    Links are followed only where the path as it is given leads elsewhere.
    """
    for real in (os.path.abspath, os.path.realpath):
        try:
            near = os.path.relpath(real(model), real(folder or "."))
        except (OSError, ValueError):  # the current folder is gone; another drive
            continue
        if near != os.pardir and not near.startswith(os.path.join(os.pardir, "")):
            return near.replace(os.sep, "/")
    return None
