"""Conditions of the tables in words that a person reads.

Each begins with words and ends with what it is about, so that it can be told in another language
whatever follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from analyzer.targets.condition import Atom, Clause


def told(clause: Clause) -> str:
    """What the clause asks for, as it follows ``only with``.

    >>> from analyzer.targets.condition import parse_condition
    >>> [told(each) for each in parse_condition("static(*); rank(#0)>=3 or const(#1)")]
    ['known sizes of all inputs', 'rank ≥ 3 of input 0; or else constants as input 1']
    """
    ways = (_joined(map(_atom, way), _also) for way in clause.alternatives)
    return _joined(ways, _instead)


def _joined(parts: Iterable[str], join: Callable[[str, str], str]) -> str:
    *before, text = parts
    for part in reversed(before):
        text = join(part, text)
    return text


def _also(one: str, other: str) -> str:
    more = f"and also {other}"
    return f"{one}; {more}"


def _instead(one: str, other: str) -> str:
    more = f"or else {other}"
    return f"{one}; {more}"


def _both(one: str, other: str) -> str:
    return f"{one} and {other}"


def _either(one: str, other: str) -> str:
    return f"{one} or {other}"


def _atom(atom: Atom) -> str:
    telling = _WORDS.get(atom.kind)
    return atom.text if telling is None else telling(atom)


def _where(atom: Atom) -> str:
    if atom.out:
        return "all outputs"
    if not atom.slots:
        return "all inputs"
    return _joined((f"input {slot}" for slot in atom.slots), _both)


def _test(atom: Atom) -> str:
    if atom.relation == "in":
        return "..".join(atom.words)
    return f"{_SIGNS.get(atom.relation, atom.relation)} {atom.words[0]}"


def _attribute(atom: Atom) -> str:
    if atom.relation == "absent":
        return f"unstated attribute {atom.name}"
    if atom.relation == "in":
        return f"{atom.name} = {_joined(atom.words, _either)}"
    if atom.relation == "subset":
        return f"no others than {', '.join(atom.words)} in {atom.name}"
    return f"{atom.name} {_test(atom)}"


_SIGNS: Mapping[str, str] = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}
_WORDS: Mapping[str, Callable[[Atom], str]] = {
    "absent": lambda atom: f"omitted {_where(atom)}",
    "attr": _attribute,
    "clip": lambda atom: f"bounds of Clip {_joined(atom.words, _either)}",
    "clip_differs": lambda _: "bounds of Clip that differ",
    "const": lambda atom: f"constants as {_where(atom)}",
    "depthwise_or_dense": lambda _: "one group, or one channel in each",
    "dim": lambda atom: f"size {_test(atom)} in dimension {atom.axis} of {_where(atom)}",
    "dtype": lambda atom: f"type {_joined(atom.words, _either)} of {_where(atom)}",
    "equal": lambda atom: f"equal numbers in {atom.name}",
    "inputfrom": lambda atom: f"an operator that makes {_where(atom)}",
    "inputs": lambda atom: f"number of inputs {_test(atom)}",
    "lastaxis": lambda atom: f"the last axis as {atom.name}",
    "len": lambda atom: f"length {_test(atom)} of {atom.name}",
    "maxdim": lambda atom: f"largest size {_test(atom)} of {_where(atom)}",
    "never": lambda _: "another operator",
    "nonconst": lambda atom: f"no constants as {_where(atom)}",
    "nonempty": lambda atom: f"no size 0 in {_where(atom)}",
    "odd": lambda atom: f"odd numbers in {atom.name}",
    "ones": lambda atom: f"ones alone in {atom.name}",
    "opset": lambda atom: f"operator version {_test(atom)}",
    "outputs": lambda atom: f"number of outputs {_test(atom)}",
    "parts_equal": lambda _: "parts of one size",
    "present": lambda atom: f"a given {_where(atom)}",
    "producer": lambda atom: f"operator {atom.name} that makes {_where(atom)}",
    "rank": lambda atom: f"rank {_test(atom)} of {_where(atom)}",
    "ranked": lambda atom: f"a known rank of {_where(atom)}",
    "ranksum": lambda atom: f"sum of ranks {_test(atom)} of {_where(atom)}",
    "same": lambda atom: f"one type of {_where(atom)}",
    "size": lambda atom: f"number of elements {_test(atom)} of {_where(atom)}",
    "static": lambda atom: f"known sizes of {_where(atom)}",
    "undecided": lambda atom: atom.name or "what the table does not say",
    "value": lambda atom: f"values {_test(atom)} alone in {_where(atom)}",
    "zeros": lambda atom: f"zeros alone in {atom.name}",
}
"""By the kind of atom."""
