"""What each atom of a condition says of a call: true, false, or ``None`` for unknown."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto

from analyzer.model.dtypes import DTYPES
from analyzer.targets.dtypes import short
from analyzer.targets.use import NO_SUCH, UNKNOWN, UNSET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from analyzer.targets.condition import Atom, Clause
    from analyzer.targets.use import Use, Value

Truth = bool | None

_RELATIONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def holds(clause: Clause, use: Use) -> Truth:
    """Whether one of the alternatives holds."""
    return any_of(all_of(test(atom, use) for atom in way) for way in clause.alternatives)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Three-valued "or"."""
    unknown = False
    for truth in truths:
        if truth:
            return True
        unknown = unknown or truth is None
    return None if unknown else False


def all_of(truths: Iterable[Truth]) -> Truth:
    """Three-valued "and"."""
    unknown = False
    for truth in truths:
        if truth is False:
            return False
        unknown = unknown or truth is None
    return None if unknown else True


def test(atom: Atom, use: Use) -> Truth:
    """Whether ``atom`` holds for ``use``."""
    return _TESTS[atom.kind](atom, use)


# --- operands ----------------------------------------------------------------------------------


def _operands(atom: Atom, use: Use) -> Sequence[Value | None]:
    if atom.out:
        return [value for value in use.outputs if value is not None]
    return [use.input(slot) for slot in atom.slots] if atom.slots else use.given


def _const(atom: Atom, use: Use) -> Truth:
    return all_of(True if v is None else v.constant for v in _operands(atom, use))


def _nonconst(atom: Atom, use: Use) -> Truth:
    truth = _const(atom, use)
    return None if truth is None else not truth


def _present(atom: Atom, use: Use) -> Truth:
    return all(value is not None for value in _operands(atom, use))


def _absent(atom: Atom, use: Use) -> Truth:
    return all(value is None for value in _operands(atom, use))


def _inputfrom(atom: Atom, use: Use) -> Truth:
    return all(value is not None and value.maker_type != "" for value in _operands(atom, use))


def _producer(atom: Atom, use: Use) -> Truth:
    return all(
        value is not None and value.maker_type == atom.name for value in _operands(atom, use)
    )


def _static(atom: Atom, use: Use) -> Truth:
    return all_of(map(_is_static, _operands(atom, use)))


def _is_static(value: Value | None) -> Truth:
    if value is None:
        return True  # what is left out has no shape that could change
    if value.shape is None:
        return True if value.constant else None
    return None not in value.shape


def _nonempty(atom: Atom, use: Use) -> Truth:
    return all_of(map(_has_elements, _operands(atom, use)))


def _has_elements(value: Value | None) -> Truth:
    if value is None:
        return True
    if value.shape is None:
        return None
    # An open dimension that may turn out to be 0 is no reason to refuse a model beforehand.
    return 0 not in value.shape


# --- measures -----------------------------------------------------------------------------------


def _rank(atom: Atom, use: Use) -> Truth:
    return all_of(_compared(atom, _rank_of(value)) for value in _operands(atom, use))


def _rank_of(value: Value | None) -> int | None:
    return None if value is None or value.shape is None else len(value.shape)


def _ranksum(atom: Atom, use: Use) -> Truth:
    ranks = [_rank_of(value) for value in _operands(atom, use)]
    known = [rank for rank in ranks if rank is not None]
    return _compared(atom, sum(known) if len(known) == len(ranks) else None)


def _size(atom: Atom, use: Use) -> Truth:
    return all_of(_compared(atom, _elements(value)) for value in _operands(atom, use))


def _elements(value: Value | None) -> int | None:
    if value is None or value.shape is None:
        return None
    total = 1
    for size in value.shape:
        if size is None:
            return None
        total *= size
    return total


def _maxdim(atom: Atom, use: Use) -> Truth:
    return all_of(_compared(atom, _largest(value)) for value in _operands(atom, use))


def _largest(value: Value | None) -> int | None:
    if value is None or value.shape is None:
        return None
    return max((size for size in value.shape if size is not None), default=0)


def _dim(atom: Atom, use: Use) -> Truth:
    return all_of(_compared(atom, _dimension(v, atom.axis)) for v in _operands(atom, use))


def _dimension(value: Value | None, axis: int) -> int | None:
    if value is None or value.shape is None or not -len(value.shape) <= axis < len(value.shape):
        return None
    return value.shape[axis]


def _inputs(atom: Atom, use: Use) -> Truth:
    return _compared(atom, len(use.given))


def _outputs(atom: Atom, use: Use) -> Truth:
    return _compared(atom, sum(value is not None for value in use.outputs))


def _opset(atom: Atom, use: Use) -> Truth:
    return _compared(atom, use.since)


def _compared(atom: Atom, number: float | None) -> Truth:
    if number is None:
        return None
    if atom.relation == "in":
        return int(atom.words[0]) <= number <= int(atom.words[1])
    return _RELATIONS[atom.relation](number, float(atom.words[0]))


# --- types and contents -------------------------------------------------------------------------


def _dtype(atom: Atom, use: Use) -> Truth:
    return all_of(
        None if value is None or value.dtype is None else value.dtype in atom.words
        for value in _operands(atom, use)
    )


def _same(atom: Atom, use: Use) -> Truth:
    first, second = (use.input(slot) for slot in atom.slots)
    if first is None or second is None:
        return True
    if first.dtype is None or second.dtype is None:
        return None
    return first.dtype == second.dtype


def _value(atom: Atom, use: Use) -> Truth:
    return all_of(_contents(atom, value) for value in _operands(atom, use))


def _contents(atom: Atom, value: Value | None) -> Truth:
    if value is None:
        return True
    if value.content is None or value.content.dtype.kind not in "iufb":
        return None
    return bool(np.all(_RELATIONS[atom.relation](value.content, float(atom.words[0]))))


def _bounds(use: Use) -> tuple[Any, Any]:
    """Those of Clip; ``None`` where they are not known, or not given."""
    if use.since < 11:
        return use.attribute("min"), use.attribute("max")
    return _scalar(use.input(1)), _scalar(use.input(2))


def _clip_differs(atom: Atom, use: Use) -> Truth:
    if use.since >= 11 and (use.input(1) is None or use.input(2) is None):
        return True  # a bound that is left out is infinite
    low, high = _bounds(use)
    return None if low is None or high is None else bool(low != high)


def _parts_equal(atom: Atom, use: Use) -> Truth:
    data, sizes = use.input(0), use.input(1)
    stated = use.attributes.get("split") if use.since < 13 else None
    if isinstance(stated, tuple):
        return len(set(stated)) <= 1
    if sizes is not None:
        return None if sizes.content is None else bool(np.all(sizes.content == sizes.content[:1]))
    axis = use.attribute("axis")
    size = _dimension(data, axis if isinstance(axis, int) else 0)
    parts = len(use.outputs)
    return None if size is None or not parts else size % parts == 0


def _clip(atom: Atom, use: Use) -> Truth:
    low, high = _bounds(use)
    if low is None or high is None:
        bounds = [use.input(1), use.input(2)]
        return None if all(v is not None and v.constant is not False for v in bounds) else False
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)):
        return False
    pairs = [tuple(map(float, word.split(".."))) for word in atom.words]
    return (float(low), float(high)) in pairs


def _scalar(value: Value | None) -> float | None:
    if value is None or value.content is None or value.content.size != 1:
        return None
    found: float = value.content.item()
    return found


# --- attributes ---------------------------------------------------------------------------------


def _attr(atom: Atom, use: Use) -> Truth:
    if atom.relation == "absent":
        return atom.name not in use.attributes
    value = spelt(atom.name, use.attribute(atom.name))
    if value is UNKNOWN:
        return None
    if value is NO_SUCH:
        return True  # the version has nothing that could be set otherwise
    if atom.relation == "subset":
        return value is UNSET or set(value if isinstance(value, tuple) else ()) <= set(atom.words)
    if value is UNSET:
        return atom.relation == "!="
    if atom.relation == "in":
        return any(_equals(value, word) for word in atom.words)
    if atom.relation in ("==", "!="):
        return _equals(value, atom.words[0]) is (atom.relation == "==")
    if not isinstance(value, (int, float)):
        return None
    return _RELATIONS[atom.relation](value, float(atom.words[0]))


def spelt(name: str, value: Any) -> Any:
    """An attribute's value as conditions spell it: element types in short."""
    if name in ("to", "dtype", "output_dtype") and isinstance(value, int):
        return short(DTYPES.get(value)) or value
    if name == "to" and isinstance(value, str):  # before opset 6
        number = dict(TensorProto.DataType.items()).get(value, 0)
        return short(DTYPES.get(number)) or value
    return value


def _equals(value: Any, word: str) -> bool:
    if isinstance(value, str):
        return value == word
    if isinstance(value, (int, float)):
        try:
            return value == float(word)
        except ValueError:
            return False
    return False


def _list(atom: Atom, use: Use) -> tuple[float, ...] | None:
    """Its entries; none where it is not written, so that every test of all of them holds."""
    value = use.attribute(atom.name)
    if value is NO_SUCH or value is UNSET or value is UNKNOWN:
        return ()
    return value if isinstance(value, tuple) else None


def _ones(atom: Atom, use: Use) -> Truth:
    entries = _list(atom, use)
    return None if entries is None else all(entry == 1 for entry in entries)


def _zeros(atom: Atom, use: Use) -> Truth:
    entries = _list(atom, use)
    return None if entries is None else all(entry == 0 for entry in entries)


def _equal(atom: Atom, use: Use) -> Truth:
    entries = _list(atom, use)
    return None if entries is None else len(set(entries)) <= 1


def _odd(atom: Atom, use: Use) -> Truth:
    value = use.attribute(atom.name)
    if isinstance(value, tuple):
        return all(entry % 2 == 1 for entry in value)
    return value % 2 == 1 if isinstance(value, int) else None


def _len(atom: Atom, use: Use) -> Truth:
    value = use.attribute(atom.name)
    if isinstance(value, tuple):
        return _compared(atom, len(value))
    weight = use.input(1)
    if atom.name == "kernel_shape" and weight is not None and weight.shape is not None:
        return _compared(atom, len(weight.shape) - 2)
    return None


def _lastaxis(atom: Atom, use: Use) -> Truth:
    axis = use.attribute(atom.name)
    if axis is UNKNOWN or axis is NO_SUCH or axis is UNSET:
        axis = -1
    if axis == -1:
        return True
    data = use.input(0)
    if data is None or data.shape is None or not isinstance(axis, int):
        return None
    return axis == len(data.shape) - 1


def _depthwise_or_dense(atom: Atom, use: Use) -> Truth:
    group, weight = use.attribute("group"), use.input(1)
    if group == 1:
        return True
    size = _dimension(weight, 1)
    return None if size is None or not isinstance(group, int) else size == 1


_TESTS: Mapping[str, Callable[[Atom, Use], Truth]] = {
    "absent": _absent,
    "attr": _attr,
    "clip": _clip,
    "clip_differs": _clip_differs,
    "const": _const,
    "depthwise_or_dense": _depthwise_or_dense,
    "dim": _dim,
    "dtype": _dtype,
    "equal": _equal,
    "inputfrom": _inputfrom,
    "inputs": _inputs,
    "lastaxis": _lastaxis,
    "len": _len,
    "maxdim": _maxdim,
    "never": lambda atom, use: False,
    "nonconst": _nonconst,
    "nonempty": _nonempty,
    "odd": _odd,
    "ones": _ones,
    "opset": _opset,
    "outputs": _outputs,
    "parts_equal": _parts_equal,
    "present": _present,
    "producer": _producer,
    "rank": _rank,
    "ranksum": _ranksum,
    "same": _same,
    "size": _size,
    "static": _static,
    "undecided": lambda atom, use: None,
    "value": _value,
    "zeros": _zeros,
}
