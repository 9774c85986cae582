"""What annotations mean, those names too that only type checkers import."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any, get_args, get_type_hints

import networkx


def of(thing: Any) -> dict[str, Any]:
    """Annotations of a class, a function or the getter of a property, resolved."""
    names = _names(thing.__module__)
    return get_type_hints(thing, localns=names, include_extras=True)


def classes_in(kind: Any) -> set[type[Any]]:
    """Our own classes that an annotation names, in whatever it is made of."""
    found = set().union(*map(classes_in, get_args(kind))) if get_args(kind) else set()
    if inspect.isclass(kind) and kind.__module__.partition(".")[0] == "analyzer":
        found.add(kind)
    return found


@cache
def _names(module: str) -> dict[str, Any]:
    home = import_module(module)
    found = dict(vars(home))
    for guarded in (part for part in ast.parse(inspect.getsource(home)).body):
        for part in guarded.body if isinstance(guarded, ast.If) else ():
            if isinstance(part, ast.ImportFrom) and part.module:
                source = import_module(part.module)
                found |= {a.asname or a.name: getattr(source, a.name) for a in part.names}
            elif isinstance(part, ast.Import):
                found |= {a.asname or a.name: import_module(a.name) for a in part.names}
    if found.get("nx") is networkx:
        found["nx"] = _GRAPHS
    return found


class _Generic(type):
    def __getitem__(cls, _: Any) -> type[Any]:
        return cls


_GRAPHS = SimpleNamespace(
    MultiDiGraph=_Generic("MultiDiGraph", (networkx.MultiDiGraph,), {}),
    DiGraph=_Generic("DiGraph", (networkx.DiGraph,), {}),
)
"""What annotations name of networkx, whose classes are generic to type checkers only."""
