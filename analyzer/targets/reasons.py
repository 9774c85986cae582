"""Why a condition does not hold, in words, with the value that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.targets.atoms import test
from analyzer.targets.attribute_atoms import BOUNDS_ARE_INPUTS, spelt
from analyzer.targets.conditions_told import told
from analyzer.targets.use import formals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analyzer.targets.condition import Atom, Clause
    from analyzer.targets.use import TensorValue, Use

_LETTER = 1
"""Of the name of an input that says no more than its number, such as X."""


def why_not(clause: Clause, use: Use) -> str:
    """The clause and what stands against it."""
    failing = [atom for way in clause.alternatives for atom in way if test(atom, use) is False]
    found = dict.fromkeys(filter(None, (_value(atom, use) for atom in failing)))
    words = f"is supported only with {told(clause)}"
    return f"{words}; {'; '.join(found)}" if found else words


def why_unknown(clause: Clause, use: Use) -> str:
    """What would have to be known."""
    open_ = [atom for way in clause.alternatives for atom in way if test(atom, use) is None]
    asked = [atom.name for atom in open_ if atom.kind == "undecided"]
    if asked and asked[0]:
        return f"depends on: {asked[0]}"
    if asked:
        return "the table does not say under which conditions"
    found = dict.fromkeys(filter(None, (_value(atom, use) for atom in open_)))
    words = f"cannot be told for sure to have {told(clause)}"
    return f"{words}; {'; '.join(found)}" if found else words


def _value(atom: Atom, use: Use) -> str:
    """What the thing is that ``atom`` looks at; empty where that says nothing more."""
    named = atom.kind in ("attr", "ones", "zeros", "equal", "odd", "len", "lastaxis")
    stated = (atom.name,) if named else ("min", "max") if atom.kind == "clip" else ()
    if named or (stated and use.since < BOUNDS_ARE_INPUTS):
        return "; ".join(f"{n} is {_spelt(spelt(n, use.attribute(n)))}" for n in stated)
    if atom.kind in ("inputs", "outputs", "opset"):
        return {
            "inputs": f"it has {len(use.given)} inputs",
            "opset": f"it is version {use.since}",
            "outputs": f"it has {sum(v is not None for v in use.outputs)} outputs",
        }[atom.kind]
    describe = _OPERANDS.get(atom.kind)
    if describe is None:
        return ""
    slots = atom.slots or tuple(range(len(use.inputs)))
    if atom.kind == "ranked" and atom.out and use.parting:
        slot, (first, second) = use.parting[0]
        return f"output {slot} has rank {first} or {second}, by the branch that is taken"
    if atom.out:
        values = [(f"output {k}", v) for k, v in enumerate(use.outputs)]
    else:
        names = () if use.local else formals(use.op_type, use.opset, use.domain)
        values = [(_called(slot, names), use.input(slot)) for slot in slots]
    telling = [(what, v) for what, v in values if v is not None]
    if not atom.slots:  # of all, one that stands against it
        telling = [(what, v) for what, v in telling if _stands_against(atom, v)][:1]
    return "; ".join(describe(what, value) for what, value in telling)


def _called(slot: int, names: Sequence[str]) -> str:
    """An input by its number, and by its name where that says more than the number of it.

    >>> _called(1, ("X", "roi")), _called(0, ("X", "roi")), _called(2, ("X", "roi"))
    ('input 1 (roi)', 'input 0', 'input 2')
    >>> _called(0, ("to",))
    'input 0 (to)'
    """
    if slot >= len(names) or len(names[slot]) <= _LETTER:
        return f"input {slot}"
    return f"input {slot} ({names[slot]})"


def _stands_against(atom: Atom, value: TensorValue) -> bool:
    shape = value.shape
    if atom.kind == "static":
        return shape is None or None in shape
    if atom.kind == "ranked":
        return shape is None and value.proto is None
    if atom.kind == "nonempty":
        return shape is None or 0 in shape
    if atom.kind == "rank":
        return shape is None or len(shape) > int(atom.words[-1])
    return True


def _constness(what: str, value: TensorValue) -> str:
    if value.constant is None:
        return f"{what} is an initializer that is also an input of the model"
    return f"{what} is constant" if value.constant else f"{what} is not constant"


def _rank(what: str, value: TensorValue) -> str:
    if value.shape is None:
        return f"{what} has an unknown rank"
    return f"{what} has rank {len(value.shape)}"


def _shape(what: str, value: TensorValue) -> str:
    if value.shape is None:
        return f"{what} has an unknown shape"
    return f"{what} is {'×'.join('?' if d is None else str(d) for d in value.shape) or 'a scalar'}"


def _contents(what: str, value: TensorValue) -> str:
    if value.content is None:
        return f"{what} is not known" if value.constant else f"{what} is not constant"
    flat = value.content.ravel().tolist()
    return f"{what} is {flat[:4]}{'…' if len(flat) > 4 else ''}"


def _given(what: str, value: TensorValue) -> str:
    return f"{what} is given"


def _type(what: str, value: TensorValue) -> str:
    return f"{what} is of unknown type" if value.dtype is None else f"{what} is {value.dtype}"


def _not_made(what: str, value: TensorValue) -> str:
    return f"{what} is not made by an operator"


def _maker(what: str, value: TensorValue) -> str:
    if not value.maker_type:
        return f"{what} is not made by an operator"
    return f"{what} comes from {value.maker_type}"


_OPERANDS: Mapping[str, Callable[[str, TensorValue], str]] = {
    "absent": _given,
    "clip": _contents,
    "const": _constness,
    "depthwise_or_dense": _shape,
    "dim": _shape,
    "dtype": _type,
    "inputfrom": _not_made,
    "maxdim": _shape,
    "nonconst": _constness,
    "nonempty": _shape,
    "producer": _maker,
    "rank": _rank,
    "ranked": _rank,
    "ranksum": _rank,
    "same": _type,
    "size": _shape,
    "static": _shape,
    "value": _contents,
}


def _spelt(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value[:8]))}{', …' if len(value) > 8 else ''}]"
    return str(value)[:60]
