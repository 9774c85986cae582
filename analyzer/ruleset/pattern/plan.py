"""In which order the statements of a pattern are looked for, and by which way each is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.ruleset.pattern.syntax import Pattern, Statement


class Step(NamedTuple):
    """Look for one statement, by a tensor that is known when its turn comes."""

    statement: int
    tensor: str
    """Metavariable; empty for where the search begins."""
    makes: bool
    """True: the operator that makes it. False: one of those that read it."""


def plan(pattern: Pattern, first: int | None, known: Iterable[str] = ()) -> tuple[Step, ...]:
    """Allowance from statement ``first``, or from tensors that are ``known``, to all the others.

    There is one maker and there may be many readers, so makers are looked for first.
    """
    bound = set(known)
    steps: list[Step] = []
    todo = dict(enumerate(pattern.statements))
    if first is not None:
        steps.append(Step(first, "", False))
        bound.update(_tensors(todo.pop(first)))
    while todo:
        step = _next(todo, bound)
        steps.append(step)
        bound.update(_tensors(todo.pop(step.statement)))
    return tuple(steps)


def _next(todo: dict[int, Statement], bound: set[str]) -> Step:
    for index, statement in todo.items():
        made = next((name for name in statement.makes if name in bound), None)
        if made is not None:
            return Step(index, made, True)
    for index, statement in todo.items():
        read = next((name for name in statement.reads if name in bound), None)
        if read is not None:
            return Step(index, read, False)
    raise ValueError("the pattern is not connected")  # refused when the rule was loaded


def _tensors(statement: Statement) -> tuple[str, ...]:
    return (*statement.makes, *statement.reads)
