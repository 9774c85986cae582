"""Does a target run this call of an operator? Yes, no, or not to be decided from the file.

1. A call of a local function: what ``functions`` of the table says. 2. No row for the operator:
*operator*, unless ONNX defines it as a function whose body the target runs. 3. No row for its
version: *operator version*. 4. Types. 5. Conditions, of the table and of the row.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from analyzer.dataclass import dataclass
from analyzer.targets.atoms import holds, sees_outlines
from analyzer.targets.functions import Pending
from analyzer.targets.reasons import why_not, why_unknown
from analyzer.targets.signatures import is_registered, version_of
from analyzer.targets.truth import all_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from analyzer.targets.table import Row, Table
    from analyzer.targets.truth import Truth
    from analyzer.targets.use import TensorValue, Use


class Answer(NamedTuple):
    """What is said of one call."""

    truth: bool | None
    code: str = ""
    """As ``Blocker.code``; empty for a plain yes."""
    reason: str = ""
    """One clause: why not, or why nobody can say; with the value that decides."""
    opset: int | None = None
    """Of a cliff: the newest opset at which it would be a yes."""


YES = Answer(True)
NEVER = "never"
"""The condition of a row that lists an operator as not supported."""


@dataclass(slots=True)
class Judge:
    """One target; answers of equal calls are remembered."""

    table: Table
    expand: Callable[[Use], Sequence[Use] | None]
    """Body of an operator that ONNX defines as a function, typed; ``None`` where there is none."""
    runs_elsewhere: Callable[[Use], bool | None] = lambda use: False
    """Whether the host keeps an operator whole and runs it itself, so that nobody expands it."""
    known: dict[Hashable, Answer] = field(default_factory=dict)
    alike: set[Hashable] = field(default_factory=set)
    """Outlines of calls that are a plain yes, whatever their sizes, contents and attributes."""
    coarse: dict[tuple[str, str], bool] = field(default_factory=dict)
    """By domain and operator, whether its rows look at no more than that."""

    def ask(self, use: Use) -> Answer:
        """The answer for one call."""
        if use.outline() in self.alike:
            return YES
        key = use.key()
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._answer(use)
        return found

    def _answer(self, use: Use) -> Answer:
        table = self.table
        if use.local:
            understood = {"yes": True, "no": False}.get(table.text("functions"))
            text = "local functions of a model are not understood"
            if understood is None:
                text = "the table does not say whether local functions are understood"
            return YES if understood else Answer(understood, "function", text)
        if use.op_type == "Constant" and not use.domain:
            return YES
        rows = table.rows(use.domain, use.op_type)
        if not rows:
            return self._expanded(use, _lacking(use))
        fitting = [row for row in rows if covers(table.match, row, rows, use.since)]
        if not fitting:
            others = _versions(rows, table.match, use.since)
            text = f"{_name(use)}-{use.since} is not supported{others}"
            older = _last_opset(use, rows, table.match)
            code = "version" if older is None else "cliff"
            return self._expanded(use, Answer(False, code, text, older))
        answers = [self._row(row, use) for row in fitting]
        best = max(answers, key=_order)
        if best.truth is False and best.code == "type":
            return self._expanded(use, best)
        if best is YES and self._sees_outlines(use, rows):
            self.alike.add(use.outline())
        return best

    def _sees_outlines(self, use: Use, rows: Sequence[Row]) -> bool:
        """Whether no row of the operator can tell apart two calls of one ``outline``."""
        key = use.domain, use.op_type
        if key not in self.coarse:
            conditions = (self.table.condition, *(row.condition for row in rows))
            self.coarse[key] = all(map(sees_outlines, conditions))
        return self.coarse[key]

    def _row(self, row: Row, use: Use) -> Answer:
        half = self.table.text("half_as_float") == "yes"
        unknown: Answer | None = None
        for key, allowed in row.dtypes:
            for what, value in typed(key, use):
                truth = fits(value, allowed, half)
                if truth is False:
                    text = f"{what} is {value.dtype}, not {_listed(allowed)}"
                    return Answer(False, "type", text)
                if row.doubtful and value.dtype not in _OLD_TYPES:
                    truth = None
                if truth is None and unknown is None:
                    text = f"the element type of {what} is not known"
                    unknown = Answer(None, "undecided", text)
        for clause in (*self.table.condition, *row.condition):
            truth = holds(clause, use)
            if truth is False:
                if clause.text == NEVER:
                    return _lacking(use)
                return Answer(False, "condition", why_not(clause, use))
            if truth is None and unknown is None:
                unknown = Answer(None, "undecided", why_unknown(clause, use))
        return unknown or YES

    def _expanded(self, use: Use, refused: Answer) -> Answer:
        """As ``refused``, unless the target runs the body that ONNX gives the operator."""
        functions = self.table.text("functions")
        if functions == "no" or not is_registered(use.domain, use.op_type):
            return refused
        if self.runs_elsewhere(use) is True:
            return refused
        body = self.expand(use)
        if body is None:
            return refused
        answers = ask_all(self, body)
        truth = all_of(answer.truth for answer in answers)
        if truth is False:
            worst = min(answers, key=_order)
            return refused._replace(reason=f"{refused.reason}; nor is its body: {worst.reason}")
        if truth is None or not functions or self.runs_elsewhere(use) is None:
            text = f"{refused.reason}; its ONNX function body may serve"
            return Answer(None, "undecided", text)
        return YES


def ask_all(judge: Judge, uses: Sequence[Use]) -> list[Answer]:
    """An answer for each; raises ``Pending`` when all have been asked, if a body is to come."""
    answers, pending = [], None
    for use in uses:
        try:
            answers.append(judge.ask(use))
        except Pending as signal:
            pending = signal
    if pending is not None:
        raise pending
    return answers


_OLD_TYPES = frozenset({"f32", "f64", "i32", "i64", "b", "s", "u8"})
"""Types of which no kernel was without when it first came."""


def _order(answer: Answer) -> tuple[int, int]:
    """Best last: yes, unknown, then the refusal that came closest."""
    closeness = ("operator", "version", "cliff", "type", "function", "condition", "undecided", "")
    truth = {True: 2, None: 1, False: 0}[answer.truth]
    return truth, closeness.index(answer.code)


def covers(match: str, row: Row, rows: Sequence[Row], version: int) -> bool:
    """Whether ``row`` is about an operator's ``version``.

    ``kernel``: a bounded row covers its range, an open one exactly its own version, because an
    open kernel says nothing about later ones. ``kernel-open``: an open row reaches to the next row
    of the operator. ``range``: from ``since`` on, up to ``until`` where there is one.
    """
    if version < row.since:
        return False
    if row.until is not None:
        return version <= row.until
    if match == "kernel":
        return version == row.since
    if match == "kernel-open":
        return not any(row.since < other.since <= version for other in rows)
    return True


def _last_opset(use: Use, rows: Sequence[Row], match: str) -> int | None:
    """The newest opset below at which a version of the operator is in force that has a row."""
    opset = use.opset
    found = version_of(use.domain, use.op_type, opset)
    while found is not None and found.since > 1:
        opset = found.since - 1
        found = version_of(use.domain, use.op_type, opset)
        if found is not None and any(covers(match, row, rows, found.since) for row in rows):
            return opset
    return None


def typed(key: str, use: Use) -> list[tuple[str, TensorValue]]:
    """The operands that a constraint on ``key`` is about, with what to call them."""
    found = use.typed.get(key)
    if found is None:
        found = use.typed[key] = _typed(key, use)
    return found


def _typed(key: str, use: Use) -> list[tuple[str, TensorValue]]:
    if not key or key.startswith("#"):
        slot = int(key[1:]) if key else 0
        value = use.input(slot)
        if value is None and not key:
            value = next(iter(use.outputs), None)
        return [] if value is None else [(f"input {slot}", value)]
    if use.version is None:
        return []
    found = []
    for kind, formals, values in (
        ("input", use.version.inputs, use.inputs),
        ("output", use.version.outputs, use.outputs),
    ):
        for slot, value in enumerate(values):
            if value is None or not formals:
                continue
            name, parameter = formals[min(slot, len(formals) - 1)]  # the last one is variadic
            if key in (name, parameter):
                found.append((f"{kind} {slot}", value))
    return found


def fits(value: TensorValue, allowed: frozenset[str], half: bool) -> Truth:
    """Whether the element type is one of ``allowed``."""
    if value.dtype is None:
        return None
    if value.dtype in allowed:
        return True
    return half and value.dtype == "f16" and "f32" in allowed


def _lacking(use: Use) -> Answer:
    """The target has no such operator: its table has no row for it, or one that says so."""
    return Answer(False, "operator", f"{_name(use)} is not supported")


def _name(use: Use) -> str:
    return f"{use.domain}::{use.op_type}" if use.domain else use.op_type


def _listed(types: frozenset[str]) -> str:
    words = sorted(types)
    return " or ".join(words) if len(words) < 5 else f"one of {', '.join(words)}"


def _versions(rows: Sequence[Row], match: str, version: int) -> str:
    """Which ones are, as a clause that begins with a comma."""
    first = min(row.since for row in rows)
    if version < first:
        return f", only from {first} on"
    ends = {row.since if row.until is None and match == "kernel" else row.until for row in rows}
    known = [end for end in ends if end is not None]
    return f", only up to {max(known)}" if len(known) == len(ends) else ""
