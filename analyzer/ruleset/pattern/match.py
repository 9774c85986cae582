"""Where a pattern matches: backtracking from the rarest of its operators along the edges.

A match lies within one scope: a body and a called function are graphs of their own, in which
values from outside are tensors like any other. Two statements are two operators; two metavariables
may be one tensor. Operands of operators that commute match in any order.

With ``through`` a reader may stand behind operators that only pass on what they read. A
metavariable that a statement makes is that statement's own output, whatever stands between it and
its readers; one that is only read is the tensor as the first statement that reads it reads it, and
the same tensor for another statement where both come from one behind such operators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.dataclass import dataclass
from analyzer.operators import find
from analyzer.ruleset.pattern.constants import is_number, is_setting, is_vector, plain
from analyzer.ruleset.pattern.plan import plan
from analyzer.ruleset.pattern.syntax import Blank, Metavariable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from analyzer.facts import Tensor
    from analyzer.graph.call import Call
    from analyzer.ruleset.allowance import Allowance
    from analyzer.ruleset.pattern.lookup import Lookup
    from analyzer.ruleset.pattern.plan import Step
    from analyzer.ruleset.pattern.syntax import Operand, OpType, Pattern, Statement

Tensors = dict[str, str]
Settings = dict[str, Any]
_WIDE = 16
"""Operands that take as long to look through as one step."""
_NEAR = 4
"""The search begins at the last statement unless another has so many times fewer candidates: only
from there it can stop at the first match of a place."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Operators and tensors of a model that are what a pattern describes."""

    scope: str
    operators: tuple[str, ...]
    """Ids by statement."""
    tensors: Mapping[str, str]
    """Names, as its scope calls them, by metavariable."""
    settings: Mapping[str, Any]
    """Values of attributes by metavariable; ``None`` where they are unknown or no plain value."""

    @property
    def place(self) -> str:
        """The operator of the last statement."""
        return self.operators[-1]


class Matcher:
    """One pattern in one model."""

    def __init__(self, pattern: Pattern, lookup: Lookup, allowance: Allowance) -> None:
        self.pattern = pattern
        self.lookup = lookup
        self.allowance = allowance
        self.types: list[frozenset[OpType]] = [
            frozenset(statement.operators) for statement in pattern.statements
        ]

    def find(self, done: Collection[str] = ()) -> Iterator[Occurrence]:
        """Every match whose place is not in ``done``, which may grow meanwhile.

        Raises ``Exhausted`` where the allowance ends before the search does.
        """
        counts = self._counts()
        if 0 in counts:
            return
        rarest = min(range(len(counts)), key=counts.__getitem__)
        last = len(counts) - 1
        first = last if counts[last] <= _NEAR * counts[rarest] else rarest
        steps = plan(self.pattern, first)
        for operator in self.pattern.statements[first].operators:
            for node in self.lookup.of(operator):
                scope = self.lookup.scope(node)
                search = _Search(self, steps, scope, done)
                yield from search.fit(0, node, {}, {}, {})

    def holds(self, other: Occurrence) -> bool:
        """Whether it matches with the metavariables that ``other`` has bound."""
        if 0 in self._counts():
            return False
        tensors = {n: t for n, t in other.tensors.items() if n in self.pattern.tensors}
        settings = {n: v for n, v in other.settings.items() if n in self.pattern.settings}
        search = _Search(self, plan(self.pattern, None, tensors), other.scope, ())
        return next(search.run(0, {}, tensors, settings), None) is not None

    def _counts(self) -> list[int]:
        """Candidates by statement."""
        of = self.lookup.of
        return [sum(len(of(o)) for o in s.operators) for s in self.pattern.statements]


@dataclass(frozen=True, slots=True)
class _Search:
    """One search in one scope; what is bound so far is handed from step to step."""

    matcher: Matcher
    steps: Sequence[Step]
    scope: str
    done: Collection[str]

    def run(
        self, at: int, placed: Mapping[int, str], tensors: Tensors, settings: Settings
    ) -> Iterator[Occurrence]:
        """Matches that have what is bound, from step ``at`` on."""
        pattern = self.matcher.pattern
        if at == len(self.steps):
            operators = tuple(placed[i] for i in range(len(pattern.statements)))
            yield Occurrence(self.scope, operators, tensors, settings)
            return
        step = self.steps[at]
        tensor = tensors[step.tensor]
        if step.makes:
            made = self.matcher.lookup.maker(self.scope, tensor)
            candidates: Iterator[str] = iter(() if made is None else made[:1])
        else:
            candidates = self._readers(step.tensor, tensor)
        last = len(pattern.statements) - 1
        for node in candidates:
            if placed.get(last) in self.done:
                return
            yield from self.fit(at, node, placed, tensors, settings)

    def fit(
        self,
        at: int,
        node: str,
        placed: Mapping[int, str],
        tensors: Tensors,
        settings: Settings,
    ) -> Iterator[Occurrence]:
        """Matches in which ``node`` is the statement of step ``at``."""
        matcher, number = self.matcher, self.steps[at].statement
        call = matcher.lookup.call(node)
        matcher.allowance.spend(1 + len(call.inputs) // _WIDE)
        if _type_of(call) not in matcher.types[number] or node in placed.values():
            return
        statement = matcher.pattern.statements[number]
        known = self._settings(statement, call, settings)
        made = self._outputs(statement, node, call, tensors)
        if known is None or made is None:
            return
        now = {**placed, number: node}
        last = len(matcher.pattern.statements) - 1
        for bound in self._operands(statement, call, made):
            if now.get(last) in self.done:
                return
            yield from self.run(at + 1, now, bound, known)

    def _readers(self, metavariable: str, tensor: str) -> Iterator[str]:
        """Operators that read it, directly or behind what the rule sees through."""
        lookup, through = self.matcher.lookup, self.matcher.pattern.through
        start = tensor
        if through and metavariable not in self.matcher.pattern.made:
            start = self._behind(tensor)[-1]
        seen: set[str] = set()
        todo = [start]
        while todo:
            for node, slot in lookup.reads(self.scope, todo.pop()):
                self.matcher.allowance.spend()
                if node in seen:
                    continue
                seen.add(node)
                yield node
                if slot == 0 and through:
                    call = lookup.call(node)
                    passed = call.output()
                    if passed is not None and _type_of(call) in through:
                        todo.append(passed.name)

    def _behind(self, tensor: str) -> list[str]:
        """``tensor`` and what it is a copy of, as far as the rule sees through operators."""
        lookup, through = self.matcher.lookup, self.matcher.pattern.through
        found = {tensor: None}
        while through:
            made = lookup.maker(self.scope, tensor)
            call = None if made is None or made[1] else lookup.call(made[0])
            source = None if call is None or _type_of(call) not in through else call.input(0)
            if source is None or source.name in found:
                break
            self.matcher.allowance.spend()
            tensor = source.name
            found[tensor] = None
        return list(found)

    def _settings(self, statement: Statement, call: Call, settings: Settings) -> Settings | None:
        """``settings`` and those of ``call``; ``None`` where they are not what is wanted."""
        for name, wanted in statement.attributes:
            value = call.attr(name)
            if value is None:
                value = self.matcher.lookup.index.defaults(call).get(name)
            if not isinstance(wanted, Metavariable):
                if not is_setting(value, wanted):
                    return None
                continue
            held = plain(value)
            if wanted.text in settings:
                if held is None or settings[wanted.text] != held:
                    return None
            else:
                settings = {**settings, wanted.text: held}
        return settings

    def _outputs(
        self, statement: Statement, node: str, call: Call, tensors: Tensors
    ) -> Tensors | None:
        """``tensors`` and those that ``node`` makes; ``None`` where they are others."""
        for slot, output in enumerate(statement.outputs):
            if not isinstance(output, Metavariable):
                continue
            made = call.output(slot)
            if made is None or tensors.get(output.text, made.name) != made.name:
                return None
            if self.matcher.lookup.maker(self.scope, made.name) != (node, slot):
                return None  # a broken file makes the name twice
            tensors = {**tensors, output.text: made.name}
        return tensors

    def _operands(self, statement: Statement, call: Call, tensors: Tensors) -> Iterator[Tensors]:
        """``tensors`` and those that ``call`` reads, in each way in which they can be told."""
        record = find(call.domain, call.op_type, call.version)
        if record is not None and record.commutes:
            return self._in_any_order(statement, call, tensors)
        if statement.is_floating:
            return self._anywhere(statement, call, tensors)
        return self._in_order(statement, call, 0, 0, tensors)

    def _anywhere(self, statement: Statement, call: Call, tensors: Tensors) -> Iterator[Tensors]:
        """From every slot on, or up to the last one."""
        last = len(call.inputs) - len(statement.operands)
        for first in range(0 if statement.is_open else max(0, last), last + 1):
            self.matcher.allowance.spend()
            yield from self._in_order(statement, call, first, 0, tensors)

    def _in_order(
        self, statement: Statement, call: Call, first: int, at: int, tensors: Tensors
    ) -> Iterator[Tensors]:
        """The operands of ``statement`` from number ``at`` on, number 0 being in slot ``first``."""
        operands, end = statement.operands, len(call.inputs) - first
        while at < max(len(operands), end):
            actual = call.input(first + at)
            if at >= len(operands):
                if statement.is_open:
                    break
                if actual is not None:
                    return
            elif isinstance(operand := operands[at], Metavariable):
                if actual is not None:
                    for bound in self._bind(operand.text, actual.name, tensors):
                        yield from self._in_order(statement, call, first, at + 1, bound)
                return
            elif not self._agrees(operand, call, first + at, actual):
                return
            at += 1
        yield tensors

    def _in_any_order(
        self, statement: Statement, call: Call, tensors: Tensors
    ) -> Iterator[Tensors]:
        slots = [slot for slot, tensor in enumerate(call.inputs) if tensor is not None]
        spare = len(slots) - len(statement.operands)
        if spare < 0 or (spare and not statement.is_open and not statement.is_floating):
            return
        wanted = [o for o in statement.operands if o is not Blank.ANY]
        # What can be told at once comes first, or two unknown ones would be tried for nothing.
        wanted.sort(key=lambda o: isinstance(o, Metavariable) and o.text not in tensors)
        yield from self._assign(wanted, call, slots, (), tensors)

    def _assign(
        self,
        wanted: Sequence[Operand],
        call: Call,
        slots: Sequence[int],
        taken: tuple[int, ...],
        tensors: Tensors,
    ) -> Iterator[Tensors]:
        """Give each of ``wanted`` one of ``slots`` of its own."""
        if not wanted:
            yield tensors
            return
        operand, rest = wanted[0], wanted[1:]
        tried: set[str] = set()
        for slot in slots:
            self.matcher.allowance.spend()
            actual = call.input(slot)
            if slot in taken or actual is None or actual.name in tried:
                continue
            tried.add(actual.name)
            now = (*taken, slot)
            if isinstance(operand, Metavariable):
                for bound in self._bind(operand.text, actual.name, tensors):
                    yield from self._assign(rest, call, slots, now, bound)
            elif self._agrees(operand, call, slot, actual):
                yield from self._assign(rest, call, slots, now, tensors)

    def _bind(self, metavariable: str, tensor: str, tensors: Tensors) -> Iterator[Tensors]:
        """``tensors`` with one more, or as they are where it is bound to this one."""
        made = metavariable in self.matcher.pattern.made
        known = tensors.get(metavariable)
        if known is None:
            for name in self._behind(tensor) if made else (tensor,):
                yield {**tensors, metavariable: name}
        elif known == tensor:
            yield tensors
        elif self.matcher.pattern.through:
            behind = self._behind(tensor)
            if known in behind if made else self._behind(known)[-1] == behind[-1]:
                yield tensors

    def _agrees(self, operand: Operand, call: Call, slot: int, actual: Tensor | None) -> bool:
        """Whether an operand that is no metavariable is what stands there."""
        if operand is Blank.ANY:
            return True
        if actual is None or operand is Blank.OMITTED:
            return actual is None and operand is Blank.OMITTED
        value = call.values[slot] if slot < len(call.values) else None
        if isinstance(operand, tuple):
            same = is_vector(value, operand)
        else:
            same = isinstance(operand, (int, float)) and is_number(value, operand)
        # an input with a default may be given another value
        return same and self.matcher.lookup.is_constant(self.scope, actual.name)


def _type_of(call: Call) -> tuple[str, str]:
    return ("" if call.domain == "ai.onnx" else call.domain), call.op_type
