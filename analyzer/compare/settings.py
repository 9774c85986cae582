"""What is set about an operator, in one form whatever opset and exporter wrote it.

A setting is an attribute, or a small constant at an input that steers the operator: ``Clip`` had
attributes min and max before opset 11 and has inputs of these names since. Defaults are filled in
from the schema of the version in force, so that a stated default equals one that is left out, and
what means the same is written the same way (negative axes, ``SAME_UPPER`` as the pads it stands
for). Source: ONNX's operator schemas, all versions.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analyzer.compare.forms import normalised
from analyzer.graph.attributes import Misfit, decode_attribute
from analyzer.graph.call import MALFORMED, Unknown
from analyzer.operators import record_of
from analyzer.operators.record import Kind
from analyzer.shapes.onnx_inference import find_schema

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from analyzer.graph.call import Call

Setting = Any
"""int, float, str, ``None`` or a tuple of them; equal and hashable."""
STEERING = frozenset({Kind.SHAPE, Kind.BOUND, Kind.INDEX})
"""Operands that are settings where they are constants."""
CONSTANT = "constant"
"""Name of a setting that is an operand of an operator that takes its operands in any order."""
COMPUTED = "computed"
"""What steers an operator and is known only when the model runs: what makes it says the rest."""
LONGEST = 64
"""Elements up to which a constant is a setting; longer ones are compared as tensors."""
_ALIASES = {("Pad", "value"): "constant_value", ("Pad", "paddings"): "pads"}
"""Attributes that became inputs of another name."""


class Stated(NamedTuple):
    """One setting as it counts and as the file has it."""

    value: Setting
    """What is compared."""
    shown: Setting
    """What people wrote, or the default."""
    slot: int | None = None
    """Input that holds it; ``None`` for an attribute."""
    is_default: bool = False
    """It is what the schema says where nothing is stated."""


def settings_of(call: Call, steered: Collection[int]) -> Mapping[str, Stated]:
    """Settings by name; ``steered`` as ``steered_slots`` gives them.

    >>> from analyzer.graph.call import Call
    >>> settings_of(Call("Elu", "", 6, {}, (), ()), ())["alpha"].value
    1.0
    """
    defaults, names = _schema(call.op_type, call.version, call.domain)
    record = record_of(call)
    moot = record.moot if record is not None else ()
    given: dict[str, Setting] = {}
    for name, value in (*defaults.items(), *call.attributes.items()):
        if name not in moot:
            given[_ALIASES.get((call.op_type, name), name).lower()] = _plain(value)
    usual = {name.lower(): _plain(value) for name, value in defaults.items()}
    slots: dict[str, int] = {}
    for slot, name, value in _operands(call, steered, names):
        given[name] = value
        slots[name] = slot
    try:
        same = normalised(call, given)
    except (Unknown, *MALFORMED):
        same = given
    for name in _computed(call, steered, names):
        given[name] = same[name] = COMPUTED
    return {
        name: Stated(
            same.get(name),
            given.get(name),
            slots.get(name),
            name in usual and same.get(name) == usual[name],
        )
        for name in dict.fromkeys((*given, *same))
        if name in same
    }


def differences(
    old: Mapping[str, Stated], new: Mapping[str, Stated], *, coarse: bool = False
) -> tuple[tuple[str, Setting, Setting], ...]:
    """(name, old, new) of every setting that is not the same, as the files have them.

    ``coarse``: one of the operators computes in 16 bits, whose numbers have three digits.
    """
    digits = 3 if coarse else 6
    found = []
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        values = [_rounded(each.value, digits) if each else None for each in (before, after)]
        alone = before if after is None else after if before is None else None
        if alone is not None and alone.is_default:
            continue  # only one version knows it, and does what the other does
        if values[0] != values[1] and COMPUTED not in values:
            found.append((name, before and before.shown, after and after.shown))
    return tuple(found)


def key_of(settings: Mapping[str, Stated]) -> tuple[tuple[str, Setting], ...]:
    """The settings as something to look up equal ones by."""
    return tuple(sorted((n, _rounded(s.value)) for n, s in settings.items() if s.value is not None))


def _rounded(value: Setting, digits: int = 6) -> Setting:
    """Real numbers as float32 tells them apart; files have them as float32, texts or float64."""
    if isinstance(value, tuple):
        listed = tuple(_rounded(item, digits) for item in value)
        match listed:  # one number, or a list of one
            case [only]:
                return only
        return listed
    if isinstance(value, float):
        return "nan" if value != value else float(f"{value:.{digits}g}")
    return value


def steered_slots(call: Call, constant: Collection[int]) -> frozenset[int]:
    """Input slots whose constants are settings, and no tensors to compare.

    Parameters
    ----------
    constant : slots that constants feed.
    """
    record = record_of(call)
    found = set()
    for slot in constant:
        value = call.values[slot] if slot < len(call.values) else None
        operand = record.operand(slot) if record is not None else None
        if value is not None and operand is not None and value.size <= LONGEST:
            single = operand.kind is Kind.DATA and value.size == 1
            if single or operand.kind in STEERING:
                found.add(slot)
    return frozenset(found)


def _operands(
    call: Call, steered: Collection[int], names: tuple[str, ...]
) -> Iterator[tuple[int, str, Setting]]:
    record = record_of(call)
    commutes = record is not None and record.commutes
    for slot in sorted(steered):
        value = call.values[slot]
        if value is not None:
            name = names[slot] if slot < len(names) else f"input {slot}"
            yield slot, CONSTANT if commutes else name, _plain(value)


def _computed(call: Call, steered: Collection[int], names: tuple[str, ...]) -> Iterator[str]:
    """Names of inputs that steer the operator and are no constants."""
    record = record_of(call)
    for slot, tensor in enumerate(call.inputs):
        operand = record.operand(slot) if record is not None else None
        steers = operand is not None and operand.kind in STEERING
        if steers and tensor is not None and slot not in steered:
            yield names[slot] if slot < len(names) else f"input {slot}"


def _plain(value: Any) -> Setting:
    """The value as numbers, texts and tuples of them."""
    if isinstance(value, np.ndarray):
        listed = value.tolist()
        return tuple(_flat(listed)) if value.ndim else _item(listed)
    if isinstance(value, tuple):
        return tuple(_item(item) for item in value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return _item(value)
    name = getattr(value, "name", "")
    return f"{type(value).__name__} {name}".rstrip()  # a message: compared elsewhere, or not at all


def _flat(listed: Any) -> Iterator[Setting]:
    for item in listed if isinstance(listed, list) else (listed,):
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield _item(item)


def _item(value: Any) -> Setting:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, float) and abs(value) >= _LARGEST:
        return inf if value > 0 else -inf  # "no bound" before opset 11
    return value if isinstance(value, (int, float, str)) else str(value)


_LARGEST = float(np.finfo(np.float32).max)


@lru_cache(maxsize=2048)
def _schema(
    op_type: str, version: int, domain: str
) -> tuple[Mapping[str, Setting], tuple[str, ...]]:
    """Defaults of the attributes, and names of the inputs."""
    schema = find_schema(op_type, version, domain)
    if schema is None:
        return {}, ()
    defaults: dict[str, Setting] = {}
    for name, attribute in schema.attributes.items():
        if attribute.default_value.type:
            try:
                defaults[name] = decode_attribute(attribute.default_value)
            except Misfit:  # it has a name of ours and another type there
                continue
    return defaults, tuple(formal.name.lower() for formal in schema.inputs)
