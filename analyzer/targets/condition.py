"""The small language of conditions: text → clauses, with every mistake named.

A condition is clauses joined by ``;`` that must all hold. In a clause ``or`` separates
alternatives, and ``and`` binds tighter. ``docs/targets.md`` lists the atoms.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.sanitise import widths
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST = 2_000
"""Characters of one condition."""


class ConditionError(ValueError):
    """A condition that cannot be read; ``str()`` says what is wrong with which part."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One test of one call of an operator."""

    kind: str
    """What is tested: ``rank``, ``attr`` …; see ``analyzer.targets.atoms``."""
    text: str
    """As written."""
    slots: tuple[int, ...] = ()
    """Input slots it is about; empty for all given inputs, or none."""
    name: str = ""
    """Attribute or operator."""
    relation: str = ""
    """``==``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``in``, ``subset`` or ``absent``."""
    words: tuple[str, ...] = ()
    """Right-hand side."""
    axis: int = 0
    """Dimension that ``dim`` looks at."""
    out: bool = False
    """About the outputs."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Alternatives, each a conjunction of atoms."""

    text: str
    """As written."""
    alternatives: tuple[tuple[Atom, ...], ...]


@lru_cache(maxsize=4096)
def parse_condition(text: str) -> tuple[Clause, ...]:
    """The clauses of ``text``; none for an empty one.

    Raises
    ------
    ConditionError
        A part is no atom of the language.

    >>> [clause.text for clause in parse_condition("rank(#0)==4; const(#1) or inputs==1")]
    ['rank(#0)==4', 'const(#1) or inputs==1']
    """
    if len(text) > MOST:
        raise ConditionError(f"a condition of {len(text):,} characters; {MOST:,} are allowed")
    parts = [part.strip() for part in text.split(";")]
    return tuple(_clause(part) for part in parts if part)


def _clause(text: str) -> Clause:
    # Behind a "?" are words for people, in which "or" and "and" mean nothing.
    formal, mark, words = text.partition("?")
    ways = [[atom.strip() for atom in way.split(" and ")] for way in formal.split(" or ")]
    if mark:
        ways[-1][-1] = f"?{words}"
    return Clause(text, tuple(tuple(map(_atom, way)) for way in ways))


def _atom(text: str) -> Atom:
    if text.startswith("?"):
        return Atom("undecided", text, name=text[1:].strip())
    if text in _PLAIN:
        return Atom(_PLAIN[text], text)
    for pattern, build in _FORMS:
        found = pattern.fullmatch(text)
        if found is not None:
            return build(text, found)
    raise ConditionError(
        f"{quoted(text, widths.NAME)} is not a condition; see docs/targets.md for those there are"
    )


def _about_inputs(text: str, found: re.Match[str]) -> Atom:
    kind, where = found.group("kind", "where")
    return Atom(kind, text, _slots(where), out=where == "out")


def _measure(text: str, found: re.Match[str]) -> Atom:
    kind, where, relation, right = found.group("kind", "where", "relation", "right")
    axis = found.groupdict().get("axis")
    return Atom(
        kind, text, _slots(where), relation=relation.strip(), words=_numbers(text, relation, right),
        axis=int(axis or 0), out=where == "out",
    )  # fmt: skip


def _count(text: str, found: re.Match[str]) -> Atom:
    kind, relation, right = found.group("kind", "relation", "right")
    return Atom(kind, text, relation=relation.strip(), words=_numbers(text, relation, right))


def _length(text: str, found: re.Match[str]) -> Atom:
    name, relation, right = found.group("name", "relation", "right")
    words = _numbers(text, relation, right)
    return Atom("len", text, name=name, relation=relation.strip(), words=words)


def _listed(text: str, found: re.Match[str]) -> Atom:
    return Atom(found["kind"], text, name=found["name"])


def _attribute(text: str, found: re.Match[str]) -> Atom:
    relation, right = found["relation"].strip(), (found["right"] or "").strip()
    if relation == "absent":
        return Atom("attr", text, name=found["name"], relation=relation)
    if relation in ("in", "subset"):
        return Atom("attr", text, name=found["name"], relation=relation, words=_set(text, right))
    if not right:
        raise ConditionError(f"{quoted(text, widths.NAME)} compares with nothing")
    return Atom("attr", text, name=found["name"], relation=relation, words=(right,))


def _dtype(text: str, found: re.Match[str]) -> Atom:
    relation, right = found["relation"].strip(), found["right"].strip()
    slots = _slots(found["where"])
    if relation == "same":
        return Atom("same", text, (*slots, int(right.removeprefix("#"))))
    words = _set(text, right) if relation == "in" else (right,)
    return Atom("dtype", text, slots, relation="in", words=words)


def _producer(text: str, found: re.Match[str]) -> Atom:
    return Atom("producer", text, _slots(found["where"]), name=found["name"])


def _clip(text: str, found: re.Match[str]) -> Atom:
    words = _set(text, found["right"])
    if not all(re.fullmatch(rf"{_NUMBER}\.\.{_NUMBER}", word) for word in words):
        raise ConditionError(f"{quoted(text, widths.NAME)}: pairs of bounds are written 0..6")
    return Atom("clip", text, (1, 2), words=words)


def _slots(where: str) -> tuple[int, ...]:
    return tuple(int(part.strip()[1:]) for part in where.split(",") if part.strip().startswith("#"))


def _numbers(text: str, relation: str, right: str) -> tuple[str, ...]:
    right = right.strip()
    if relation.strip() == "in":
        first, dots, last = right.partition("..")
        if dots and re.fullmatch(r"-?\d+", first) and re.fullmatch(r"-?\d+", last):
            return first, last
        raise ConditionError(f"{quoted(text, widths.NAME)}: a range is written 3..5")
    if not re.fullmatch(_NUMBER, right):
        raise ConditionError(f"{quoted(text, widths.NAME)}: {right[:20]!r} is not a number")
    return (right,)


def _set(text: str, right: str) -> tuple[str, ...]:
    if not (right.startswith("{") and right.endswith("}") and len(right) > 2):
        raise ConditionError(f"{quoted(text, widths.NAME)}: a set is written {{a,b}}")
    return tuple(word.strip() for word in right[1:-1].split(","))


_PLAIN: Mapping[str, str] = {
    "never": "never",
    "depthwise_or_dense": "depthwise_or_dense",
    "clip differs": "clip_differs",
    "parts equal": "parts_equal",
}
_NUMBER = r"-?\d+(?:\.\d+)?"
_WHERE = r"(?P<where>#\d{1,4}|\*|out)"
_COMPARE = r"(?P<relation>==|!=|<=|>=|<|>|\s+in\s+)"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[str, re.Match[str]], Atom]], ...] = (
    (re.compile(rf"(?P<kind>const|nonconst|present|absent|inputfrom|static|nonempty|ranked)"
                rf"\({_WHERE}\)"),
     _about_inputs),
    (re.compile(rf"(?P<kind>rank|size|maxdim|value)\({_WHERE}\)\s*{_COMPARE}(?P<right>.+)"),
     _measure),
    (re.compile(rf"(?P<kind>dim)\({_WHERE},\s*(?P<axis>-?\d{{1,3}})\)\s*{_COMPARE}(?P<right>.+)"),
     _measure),
    (re.compile(rf"(?P<kind>ranksum)\((?P<where>#\d+(?:\s*,\s*#\d+)+)\)\s*{_COMPARE}(?P<right>.+)"),
     _measure),
    (re.compile(rf"(?P<kind>inputs|outputs|opset)\s*{_COMPARE}(?P<right>.+)"), _count),
    (re.compile(rf"len\((?P<name>\w+)\)\s*{_COMPARE}(?P<right>.+)"), _length),
    (re.compile(r"(?P<kind>ones|zeros|equal|odd|lastaxis)\((?P<name>\w+)\)"), _listed),
    (re.compile(r"attr\((?P<name>\w+)\)\s*(?P<relation>==|!=|<=|>=|<|>|in\b|subset\b|absent$)"
                r"(?P<right>.*)"), _attribute),
    (re.compile(rf"dtype\({_WHERE}\)\s*(?P<relation>==|in\b|same\b)\s*(?P<right>\S.*)"), _dtype),
    (re.compile(rf"producer\({_WHERE}\)\s*==\s*(?P<name>\w+)"), _producer),
    (re.compile(r"clip\s+in\s+(?P<right>\{.*\})"), _clip),
)  # fmt: skip

ATOMS: Mapping[str, str] = {
    "const(#i)": "input i is absent, or known before the model runs",
    "nonconst(#i), present(#i), absent(#i)": "input i is not constant; is given; is not given",
    "inputfrom(#i), producer(#i)==Op": "input i is made by an operator; by that operator",
    "rank(#i), size(#i)": "number of dimensions, of elements; compared, or `in a..b`; `*` for "
    "every given input, `out` for every output",
    "maxdim(#i)": "the largest known dimension, compared",
    "ranksum(#i,#j)": "sum of ranks, compared",
    "dim(#i,k)": "one dimension, compared",
    "static(#i), nonempty(#i)": "all dimensions are known; none is 0; also `*` and `out`",
    "ranked(#i)": "the number of dimensions is known before the model runs; also `*` and `out`, "
    "of which those of an If are not where its branches give different ones, and those of what "
    "reads such a tensor are not asked again",
    "dtype(#i)==t, in {..}, same #j": "element type",
    "value(#i)": "every element of a constant, compared; absent is true",
    "attr(x)": "attribute after ONNX's default, compared, `in {..}`, `subset {..}`, or `absent`: "
    "not written",
    "ones(x), zeros(x), equal(x), odd(x), len(x), lastaxis(x)": "of an attribute",
    "inputs, outputs, opset": "non-empty inputs, outputs; the operator's version; compared",
    "clip in {0..6}": "constant bounds of Clip are one of the pairs",
    "clip differs": "the bounds of Clip are not equal",
    "parts equal": "Split makes parts of one size",
    "depthwise_or_dense": "group is 1, or dimension 1 of the weight is 1",
    "never": "false: listed as not supported",
    "?text": "cannot be decided from the file",
}
"""The language, for documentation."""
