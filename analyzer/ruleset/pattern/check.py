"""What is wrong with a pattern although it can be read: refused before it ever runs.

Operators that do not exist, attributes and operands that they do not have, names that clash, and
statements that nothing ties to the others, which would match anywhere.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from analyzer.operators.vocabulary import attributes, exists, has_attribute, names, takes
from analyzer.ruleset.fields import did_you_mean
from analyzer.ruleset.pattern.syntax import Metavariable
from analyzer.ruleset.trees import Refused
from analyzer.sanitise import widths
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from analyzer.ruleset.pattern.syntax import OpType, Pattern, Statement

MAX_WRONG = 8
"""Operators of one list that do not exist and are named."""
WORDS = frozenset("and or not in is if else true false none True False None known unknown".split())
"""What an expression would not read as a name."""


def check_pattern(
    pattern: Pattern, reserved: Collection[str] = (), bound: Collection[str] = ()
) -> None:
    """Raise ``Refused`` with the line of what is wrong.

    Parameters
    ----------
    reserved : groups and functions that an expression knows already: no metavariable's name.
    bound : metavariables that another pattern has bound before this one is looked for.
    """
    _names(pattern, reserved)
    for statement in pattern.statements:
        for operator in statement.operators:
            for what in unknown_operators([operator]):
                raise Refused(what, statement.line)
            _attributes(statement, operator)
            _operands(statement, operator)
    _order(pattern, bound)
    _connected(pattern, bound)


def unknown_operators(operators: Iterable[OpType]) -> Iterator[str]:
    """A clause about each operator that does not exist, the first few: to look for what was meant
    takes a millisecond."""
    wrong = (operator for operator in dict.fromkeys(operators) if not exists(*operator))
    for operator in islice(wrong, MAX_WRONG):
        hint = did_you_mean(operator[1], names(operator[0]))
        yield f"there is no operator {quoted(spelled(operator), widths.NAME)}{hint}"


def spelled(operator: OpType) -> str:
    """As a pattern writes it."""
    return ".".join(part for part in operator if part)


def _attributes(statement: Statement, operator: OpType) -> None:
    for name, _ in statement.attributes:
        if not has_attribute(*operator, name):
            hint = did_you_mean(name, attributes(*operator))
            what = f"{spelled(operator)} has no attribute {quoted(name)}"
            raise Refused(f"{what}{hint}", statement.line)


def _operands(statement: Statement, operator: OpType) -> None:
    count = len(statement.operands)
    if not takes(*operator, count):
        what = f"{spelled(operator)} never takes {count} operands"
        raise Refused(what, statement.line)


def _names(pattern: Pattern, reserved: Collection[str]) -> None:
    tensors, settings = set(pattern.tensors), set(pattern.settings)
    for statement in pattern.statements:
        values = [
            value.text for _, value in statement.attributes if isinstance(value, Metavariable)
        ]
        for name in chain(statement.makes, statement.reads, values):
            if name in WORDS or name in reserved:
                raise Refused(f"{quoted(name)} means something else in a rule", statement.line)
            if name in tensors and name in settings:
                what = f"{quoted(name)} cannot be both a tensor and an attribute's value"
                raise Refused(what, statement.line)


def _order(pattern: Pattern, bound: Collection[str]) -> None:
    """Each tensor is made once, before it is read."""
    read: set[str] = set()
    made: set[str] = set()
    for statement in pattern.statements:
        read.update(statement.reads)
        for name in statement.makes:
            if name in made:
                raise Refused(f"{quoted(name)} is made twice", statement.line)
            if name in read and name not in bound:
                what = f"{quoted(name)} is read before it is made"
                raise Refused(f"{what}: put this statement first", statement.line)
            made.add(name)


def _connected(pattern: Pattern, bound: Collection[str]) -> None:
    """From the last statement (or from what is bound) every other one can be reached."""
    reached = set(bound)
    todo = list(pattern.statements)
    if not bound:
        reached.update(_tensors(todo.pop()))
    while near := [s for s in todo if not reached.isdisjoint(_tensors(s))]:
        reached.update(chain.from_iterable(map(_tensors, near)))
        todo = [s for s in todo if s not in near]
    if todo:
        where = "this rule's pattern" if bound else "the last statement"
        raise Refused(f"no tensor ties this statement to {where}", todo[0].line)


def _tensors(statement: Statement) -> Iterable[str]:
    return (*statement.makes, *statement.reads)
