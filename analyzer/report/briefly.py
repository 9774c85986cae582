"""Scripts of ours with short names: what only people read, nobody sends.

A name means the same variable, or variables that do not meet, wherever it stands, so giving each
name one short name keeps every scope as it was. Properties and globals keep theirs. This reads the
JavaScript that the files of ``templates/script`` are written in: ``const``, ``let``, arrows,
destructuring, templates; no functions, classes, labels or methods in objects.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise, product
from string import ascii_letters
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
    r"""|(?P<name>[A-Za-z_$][\w$]*)|(?P<number>\d+(?:\.\d+)?(?:e[-+]?\d+)?n?)"""
    r"""|(?P<sign>=>|\.\.\.|\?\.(?!\d)|.)""",
    re.DOTALL,
)
_PATTERN = re.compile(r"/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.DOTALL)
_BEFORE_PATTERN = frozenset("(,=:[!&|?{};") | {"return", "=>", ""}
"""What a slash that begins a regular expression, not a division, comes after."""
_OPENS, _CLOSES, _DOTS = frozenset("([{"), frozenset(")]}"), (".", "?.")
_BEFORE_OBJECT = frozenset("(,=:[?&|") | {"return", "const", "let", "..."}
"""What a brace that opens an object, not a block, comes after."""
_RESERVED = {"as", "do", "if", "in", "is", "of"}
"""Words of the language, and of its kin, that are as short as the names given here."""


@dataclass(slots=True)
class Token:
    """A piece of a script."""

    kind: str
    """``space``, ``text`` (strings, regular expressions, parts of templates), ``name``, ``number``
    or ``sign``."""
    text: str


def tokens(script: str) -> list[Token]:
    """All of ``script``, in order."""
    found: list[Token] = []
    at, last = 0, ""
    depths: list[int] = []  # of braces within each template that is open
    while at < len(script):
        match = None
        if script[at] == "`" or (script[at] == "}" and depths and depths[-1] == 0):
            if script[at] == "}":
                depths.pop()
            match = _TEMPLATE.match(script, at + 1)
            end = match.end() if match else len(script)
            if script[at:end].endswith("${"):
                depths.append(0)
            kind = "text"
        elif script[at] == "/" and last in _BEFORE_PATTERN:
            match = _PATTERN.match(script, at)
            kind, end = ("text", match.end()) if match else ("sign", at + 1)
        else:
            match = _TOKEN.match(script, at)
            assert match is not None, "any character is a sign"
            kind, end = str(match.lastgroup), match.end()
            if depths and kind == "sign":
                depths[-1] += (script[at] == "{") - (script[at] == "}")
        found.append(Token(kind, script[at:end]))
        if kind != "space":
            last = "text" if kind == "text" else script[at:end]
            if kind == "text" and found[-1].text.endswith("${"):
                last = "("
        at = end
    return found


def with_short_names(script: str) -> str:
    """The same script, whose variables have names of one or two letters."""
    read = tokens(script)
    solid = [token for token in read if token.kind != "space"]
    declared = _declared(solid)
    uses = Counter(token.text for token in solid if token.kind == "name")
    taken = _RESERVED | (uses.keys() - declared)
    order = sorted(declared, key=lambda name: (-uses[name], name))
    short = dict(zip(order, (name for name in _names() if name not in taken), strict=False))
    for number, (token, role) in enumerate(_roles(solid)):
        if role != "key" and token.kind == "name" and token.text in short:
            new = short[token.text]
            solid[number].text = f"{token.text}:{new}" if role == "both" else new
    return "".join(token.text for token in read)


def with_brief_properties(script: str) -> str:
    """The same script, one function that begins with ``"use strict";``, in which properties that
    are said so often that it pays are read by a name of two letters: ``x[$a]`` for ``x.length``."""
    read = tokens(script)
    solid = [token for token in read if token.kind != "space"]
    uses = [(dot, name) for dot, name in pairwise(solid)
            if name.kind == "name" and dot.text in _DOTS]  # fmt: skip
    counts = Counter(name.text for _, name in uses)
    # What it saves: ".name" against "[$a]" each time, and once ',$a="name"'.
    paying = sorted(name for name, n in counts.items() if n * (len(name) - 3) > len(name) + 6)
    short = dict(zip(paying, (f"${letter}" for letter in ascii_letters), strict=False))
    for dot, name in uses:
        if name.text in short:
            name.text = f"[{short[name.text]}]"
            dot.text = "?." if dot.text == "?." else ""
    said = ",".join(f'{new}="{name}"' for name, new in short.items())
    begin = '"use strict";'
    whole = "".join(token.text for token in read)
    return whole.replace(begin, f"{begin}\nconst {said};", 1) if said else whole


def _names() -> Iterator[str]:
    yield from ascii_letters
    for first, second in product(ascii_letters, ascii_letters):
        yield first + second


def _roles(solid: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """Each token, and whether it is a ``key`` or property, ``both`` key and variable, or not."""
    objects = [False]
    for number, token in enumerate(solid):
        before = solid[number - 1].text if number else ""
        after = solid[number + 1].text if number + 1 < len(solid) else ""
        role = ""
        if token.kind == "name":
            in_object = objects[-1] and before in ("{", ",")
            if before in _DOTS or (in_object and after == ":"):
                role = "key"
            elif in_object and after in (",", "}", "="):
                role = "both"
        elif token.text in _OPENS:
            objects.append(token.text == "{" and before in _BEFORE_OBJECT)
        elif token.text in _CLOSES:
            objects.pop()
        yield token, role


def _declared(solid: Sequence[Token]) -> set[str]:
    """Variables and parameters."""
    found: set[str] = set()
    for number, token in enumerate(solid):
        if token.text in ("const", "let"):
            found.update(_bound(solid, number + 1, ends=(";", "of", "in")))
        elif token.text == "=>" and solid[number - 1].kind == "name":
            found.add(solid[number - 1].text)
        elif token.text == "=>":
            found.update(_bound(solid, _opening(solid, number - 1) + 1, ends=()))
        elif token.text == "catch" and solid[number + 1].text == "(":
            found.add(solid[number + 2].text)
    return found


def _bound(solid: Sequence[Token], start: int, ends: Sequence[str]) -> Iterator[str]:
    """Names that a list of declarations or parameters binds, each with its value or default."""
    depth, is_value = 0, [False]
    for number in range(start, len(solid)):
        token = solid[number]
        if depth == 0 and token.text in ends:
            return
        if token.text in _OPENS:
            depth += 1
            is_value.append(is_value[-1])
        elif token.text in _CLOSES:
            depth -= 1
            if depth < 0:
                return
            is_value.pop()
        elif token.text == ",":
            is_value[-1] = is_value[-2] if depth else False
        elif token.text == "=":
            is_value[-1] = True
        elif token.kind == "name" and not is_value[-1] and solid[number + 1].text != ":":
            yield token.text


def _opening(solid: Sequence[Token], closing: int) -> int:
    """Position of the bracket that the one at ``closing`` closes."""
    depth, number = 1, closing
    while depth and number:
        number -= 1
        depth += (solid[number].text in _CLOSES) - (solid[number].text in _OPENS)
    return number
