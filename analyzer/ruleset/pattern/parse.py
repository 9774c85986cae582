"""Text → ``Pattern``: a parser of the syntax alone; ``check`` knows what operators there are.

::

    statement = outputs "=" operator {"|" operator} [attributes] "(" [operands] ")"
    operator  = [domain "."] name
    attribute = name "=" (metavariable | number | "text" | "[" numbers or texts "]")
    operand   = metavariable | number | "[" numbers "]" | "_" | nothing | "..." (first or last)

Blank space and line ends are free, ``#`` begins a comment, and attributes may also follow the
operands, as old versions of ONNX's own syntax have them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from analyzer.ruleset.pattern.syntax import Blank, Metavariable, Pattern, Statement
from analyzer.ruleset.trees import Refused
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from analyzer.ruleset.pattern.syntax import Literal, Number, Operand, OpType

MAX_LENGTH = 4000
"""Characters of a pattern."""
MAX_STATEMENTS = 32
MAX_ITEMS = 32
"""Outputs, operands, attributes or alternatives of a statement, and elements of a list."""

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r]+|\#[^\n]*)
      | (?P<line>\n)
      | (?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.])
      | (?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
      | (?P<text>"(?:[^"\\\n]|\\.)*")
      | (?P<mark>\.\.\.|[=|<>(),\[\]:])""",
    re.VERBOSE | re.ASCII,
)
_DIGITS = 40
_END = "end"
_T = TypeVar("_T")


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def parse_pattern(source: str, through: frozenset[OpType] = frozenset()) -> Pattern:
    """The pattern in ``source``; raises ``Refused`` with its line where it is none.

    >>> p = parse_pattern("c = Conv (x, w, ...)\\ny = Relu | Clip (c, ...)")
    >>> [s.operators for s in p.statements], p.tensors
    ([(('', 'Conv'),), (('', 'Relu'), ('', 'Clip'))], ('x', 'w', 'c', 'y'))
    """
    if len(source) > MAX_LENGTH:
        raise Refused(f"longer than {MAX_LENGTH} characters", 1)
    return _Parser(list(_tokens(source))).pattern(source, through)


def operator_type(text: str) -> OpType:
    """Domain and name of ``com.microsoft.FastGelu``.

    >>> operator_type("Conv"), operator_type("com.microsoft.FastGelu")
    (('', 'Conv'), ('com.microsoft', 'FastGelu'))
    """
    domain, _, name = text.rpartition(".")
    return ("" if domain == "ai.onnx" else domain), name


def _tokens(source: str) -> Iterator[_Token]:
    line, at = 1, 0
    while at < len(source):
        found = _TOKEN.match(source, at)
        if found is None:
            raise Refused(f"{source[at : at + 1]!r} has no meaning here", line)
        kind = found.lastgroup or ""
        if kind == "line":
            line += 1
        elif kind != "blank":
            yield _Token(kind, found.group(), line)
        at = found.end()
    yield _Token(_END, "the end", line)


class _Parser:
    """Recursive descent with one token of look-ahead; nothing nests deeper than a list."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.next
        if token.kind != _END:
            self.at += 1
        return token

    def has(self, mark: str) -> bool:
        """Take ``mark`` if it comes next."""
        found = self.next.kind == "mark" and self.next.text == mark
        if found:
            self.at += 1
        return found

    def need(self, mark: str, after: str) -> None:
        if not self.has(mark):
            token = self.next
            raise Refused(f"expected {mark!r} after {after}, not {_shown(token)}", token.line)

    def pattern(self, source: str, through: frozenset[OpType]) -> Pattern:
        statements: list[Statement] = []
        while self.next.kind != _END:
            if len(statements) == MAX_STATEMENTS:
                raise Refused(f"more than {MAX_STATEMENTS} statements", self.next.line)
            statements.append(self.statement())
        if not statements:
            raise Refused("a pattern needs a statement such as 'y = Relu (x)'", 1)
        return Pattern(source, tuple(statements), through)

    def statement(self) -> Statement:
        line = self.next.line
        outputs = self.some(self.output, "outputs")
        self.need("=", "the outputs")
        operators = [self.operator()]
        while self.has("|"):
            operators.append(self.operator())
            _few(operators, "alternatives", self.next.line)
        attributes = self.attributes()
        self.need("(", "the operator")
        operands, is_open, is_floating = self.operands()
        attributes += self.attributes()
        names = [name for name, _ in attributes]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise Refused(f"attribute {quoted(twice)} is given twice", line)
        return Statement(
            tuple(outputs),
            tuple(operators),
            tuple(attributes),
            tuple(operands),
            is_open,
            is_floating,
            line,
        )

    def some(self, item: Callable[[], _T], what: str) -> list[_T]:
        items = [item()]
        while self.has(","):
            items.append(item())
            _few(items, what, self.next.line)
        return items

    def word(self, what: str) -> str:
        token = self.take()
        if token.kind != "word":
            raise Refused(f"expected {what}, not {_shown(token)}", token.line)
        return token.text

    def name(self, what: str) -> Metavariable:
        line, text = self.next.line, self.word(what)
        if "." in text:
            raise Refused(f"{quoted(text)} is not a name: no dots", line)
        return Metavariable(text)

    def output(self) -> Metavariable | Blank:
        name = self.name("the name of an output")
        return Blank.ANY if name.text == "_" else name

    def operator(self) -> OpType:
        return operator_type(self.word("an operator"))

    def attributes(self) -> list[tuple[str, Metavariable | Literal]]:
        if not self.has("<"):
            return []
        found = self.some(self.attribute, "attributes")
        self.need(">", "the attributes")
        return found

    def attribute(self) -> tuple[str, Metavariable | Literal]:
        name = self.name("the name of an attribute").text
        if self.has(":"):  # ONNX's own syntax allows the type
            self.word("a type")
        self.need("=", f"attribute {quoted(name)}")
        if self.next.kind == "word":
            return name, self.name("a value")
        return name, self.literal()

    def literal(self) -> Literal:
        if self.has("["):
            return self.listed(self.scalar)
        return self.scalar()

    def scalar(self) -> int | float | str:
        token = self.next
        if token.kind == "text":
            self.take()
            return re.sub(r"\\(.)", r"\1", token.text[1:-1])
        return self.number()

    def number(self) -> Number:
        token = self.take()
        if token.kind != "number":
            raise Refused(f"expected a number, not {_shown(token)}", token.line)
        if len(token.text) > _DIGITS:
            raise Refused("this number is too long", token.line)
        return int(token.text) if token.text.lstrip("+-").isdigit() else float(token.text)

    def listed(self, item: Callable[[], _T]) -> tuple[_T, ...]:
        """What follows ``[``."""
        if self.has("]"):
            return ()
        items = self.some(item, "elements")
        self.need("]", "the list")
        return tuple(items)

    def operands(self) -> tuple[list[Operand], bool, bool]:
        """What follows ``(``; whether it ends, and begins, with ``...``."""
        found: list[Operand] = []
        if self.has(")"):
            return found, False, False
        is_floating = self.has("...")
        if is_floating:
            if self.has(")"):
                return found, True, False
            self.need(",", "'...'")
        while True:
            if self.has("..."):
                self.need(")", "'...', which stands first or last")
                return found, True, is_floating
            found.append(self.operand())
            _few(found, "operands", self.next.line)
            if self.has(")"):
                return found, False, is_floating
            self.need(",", "an operand")

    def operand(self) -> Operand:
        token = self.next
        if token.kind == "mark" and token.text in (",", ")"):
            return Blank.OMITTED
        if token.kind == "number":
            return self.number()
        if self.has("["):
            return self.listed(self.number)
        name = self.name("an operand")
        return Blank.ANY if name.text == "_" else name


def _few(items: list[_T], what: str, line: int) -> None:
    if len(items) > MAX_ITEMS:
        raise Refused(f"more than {MAX_ITEMS} {what}", line)


def _shown(token: _Token) -> str:
    return "the end" if token.kind == _END else repr(token.text[:40])
