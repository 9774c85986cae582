"""Atoms of conditions about attributes, and about what became an input of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto

from analyzer.model.dtypes import DTYPES
from analyzer.targets.dtypes import short
from analyzer.targets.truth import RELATIONS, Truth, compared, dimension
from analyzer.targets.use import NO_SUCH, UNKNOWN, UNSET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.targets.condition import Atom
    from analyzer.targets.use import TensorValue, Use


BOUNDS_ARE_INPUTS = 11
"""Version of Clip from which its bounds are no attributes."""


def _bounds(use: Use) -> tuple[Any, Any]:
    """Those of Clip; ``None`` where they are not known, or not given."""
    if use.since < BOUNDS_ARE_INPUTS:
        return use.attribute("min"), use.attribute("max")
    return _scalar(use.input(1)), _scalar(use.input(2))


def _clip_differs(atom: Atom, use: Use) -> Truth:
    if use.since >= BOUNDS_ARE_INPUTS and (use.input(1) is None or use.input(2) is None):
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
    size = dimension(data, axis if isinstance(axis, int) else 0)
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


def _scalar(value: TensorValue | None) -> float | None:
    if value is None or value.content is None or value.content.size != 1:
        return None
    found: float = value.content.item()
    return found


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
    return RELATIONS[atom.relation](value, float(atom.words[0]))


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
        return compared(atom, len(value))
    weight = use.input(1)
    if atom.name == "kernel_shape" and weight is not None and weight.shape is not None:
        return compared(atom, len(weight.shape) - 2)
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
    size = dimension(weight, 1)
    return None if size is None or not isinstance(group, int) else size == 1


TESTS: Mapping[str, Callable[[Atom, Use], Truth]] = {
    "attr": _attr,
    "clip": _clip,
    "clip_differs": _clip_differs,
    "depthwise_or_dense": _depthwise_or_dense,
    "equal": _equal,
    "lastaxis": _lastaxis,
    "len": _len,
    "odd": _odd,
    "ones": _ones,
    "parts_equal": _parts_equal,
    "zeros": _zeros,
}
"""By the kind of atom."""
