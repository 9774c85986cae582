"""Modules that a library imports and hardly ever asks for anything."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class LateModule(ModuleType):
    """A module of which each name is a function that imports it when it is called."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):  # of what imports it, not of what uses it
            raise AttributeError(name)

        def call(*arguments: object, **named: object) -> Any:
            return getattr(import_module(self.__name__), name)(*arguments, **named)

        return call


@contextmanager
def imported_later(*names: str) -> Iterator[None]:
    """Whoever imports one of these modules meanwhile gets a ``LateModule``; those that are there
    already stay what they are."""
    made = {name: LateModule(name) for name in names if name not in sys.modules}
    sys.modules.update(made)
    try:
        yield
    finally:
        for name, module in made.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
