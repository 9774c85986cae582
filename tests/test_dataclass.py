"""Our dataclasses against those of the standard library: the same classes, made by both."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

import analyzer
from analyzer import dataclass as ours


def _classes(dataclass: Any) -> dict[str, Any]:
    @dataclass(frozen=True, slots=True)
    class Point:
        """A place."""

        x: int
        y: float = 0.5
        names: dict[str, int] = field(default_factory=dict, hash=False)
        note: str = field(default="", compare=False, repr=False)
        late: list[int] = field(default_factory=list, init=False, compare=False)
        way: str = field(kw_only=True, default="on")

    @dataclass(slots=True)
    class Box:
        """Mutable."""

        width: int
        inner: Any = None

    @dataclass(slots=True, eq=False)
    class Same:
        """Equal to itself alone."""

        value: int

    @dataclass(frozen=True)
    class Open:
        """Without slots."""

        value: int

        def __repr__(self) -> str:
            return "open"

        def __hash__(self) -> int:
            return 7

    @dataclass
    class Empty:
        """Nothing in it."""

        def __post_init__(self) -> None:
            vars(self)["made"] = True

    return {kind.__name__: kind for kind in (Point, Box, Same, Open, Empty)}


OURS, THEIRS = _classes(ours.dataclass), _classes(dataclasses.dataclass)
MADE = [
    ("Point", (1,), {}), ("Point", (1, 2.0, {"a": 1}), {"way": "off", "note": "n"}),
    ("Box", (3,), {"inner": (1, 2)}), ("Same", (4,), {}), ("Open", (5,), {}), ("Empty", (), {}),
]  # fmt: skip


@pytest.mark.parametrize("name", OURS)
def test_signature_fields_and_match_args_are_those_of_a_standard_dataclass(name: str) -> None:
    made, other = OURS[name], THEIRS[name]
    assert str(inspect.signature(made)) == str(inspect.signature(other))
    assert [f.name for f in dataclasses.fields(made)] == [f.name for f in dataclasses.fields(other)]
    assert made.__match_args__ == other.__match_args__
    assert made.__doc__ == other.__doc__
    assert (made.__hash__ is None) == (other.__hash__ is None)
    assert made.__init__.__annotations__ == other.__init__.__annotations__
    assert ("__slots__" in vars(made)) == ("__slots__" in vars(other))


@pytest.mark.parametrize(("name", "places", "names"), MADE)
def test_instances_hold_show_and_equal_what_standard_ones_do(
    name: str, places: tuple[Any, ...], names: dict[str, Any]
) -> None:
    made, other = OURS[name](*places, **names), THEIRS[name](*places, **names)
    assert dataclasses.asdict(made) == dataclasses.asdict(other)
    assert repr(made) == repr(other) or name == "Same"
    again, once_more = OURS[name](*places, **names), THEIRS[name](*places, **names)
    assert (made == again) is (other == once_more)
    assert made != other
    if made.__hash__ is not None and name != "Same":
        assert hash(made) == hash(other)


def test_a_frozen_instance_refuses_to_be_changed() -> None:
    point = OURS["Point"](1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        point.x = 2
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
        del point.x
    with pytest.raises(FrozenInstanceError):
        OURS["Open"](5).value = 6
    box = OURS["Box"](1)
    box.width = 2
    assert (point.x, box.width) == (1, 2)


def test_a_frozen_instance_is_copied_and_replaced() -> None:
    point = OURS["Point"](1, 2.0, {"a": 1})
    state = point.__getstate__()
    other = object.__new__(OURS["Point"])
    other.__setstate__(state)
    assert other == point
    assert copy.deepcopy(point) == point
    assert dataclasses.replace(point, x=3).x == 3


def test_members_that_differ_make_instances_differ() -> None:
    point = OURS["Point"]
    assert point(1) != point(2)
    assert point(1, note="a") == point(1, note="b")
    assert point(1, names={"a": 1}) != point(1)
    assert hash(point(1, names={"a": 1})) == hash(point(1))
    inner = OURS["Box"](1)
    inner.inner = inner
    assert repr(inner).endswith("Box(width=1, inner=...)")


def test_a_missing_argument_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        OURS["Point"]()


LIMITS = frozenset({"Defaults", "Limits", "Options"})
"""Records of numbers that users may change, which are stated where those are told of."""
ONCE = frozenset({
    "Accepted.count", "Box.abreast", "DimensionGrowth.step", "DrawnPart.abreast",
    "GrowthRow.divisor", "LayerRow.count", "Layout.groups", "Layout.taps", "Node.counted",
    "Note.rows", "Operator.since", "Surplus.operators", "Text.count", "Window.w",
})  # fmt: skip
OTHERS = {
    "Limit.share": (0, 1), "Nesting.at": -1, "Node.executions_range": (1, 1),
    "StringGroup.length": -1, "TensorValue.maker": -1, "Window.b": 2,
}  # fmt: skip


def _unstated() -> Iterator[tuple[str, Any]]:
    """Fields of all records that may be left out, and what they are then."""
    for info in pkgutil.walk_packages(analyzer.__path__, "analyzer."):
        module = importlib.import_module(info.name) if info.name != "analyzer.__main__" else None
        for name, kind in [*vars(module).items()] if module is not None else ():
            if isinstance(kind, type) and kind.__module__ == info.name and name not in LIMITS:
                fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
                stated = {each.name: each.default for each in fields}
                for field, value in (stated or getattr(kind, "_field_defaults", {})).items():
                    yield f"{name}.{field}", value


def test_a_number_that_is_left_out_is_none_but_for_what_is_there_once() -> None:
    found: dict[str, Any] = {}
    for name, value in _unstated():
        numbers = value if isinstance(value, tuple) else (value,)
        if any(type(number) is int and number for number in numbers):
            found[name] = value
    assert found == dict.fromkeys(ONCE, 1) | OTHERS


def test_a_record_keeps_what_it_says_of_itself_and_is_its_name_where_it_says_nothing() -> None:
    class Bare:
        x: int

    assert ours.dataclass(Bare).__doc__ == "Bare"
    assert _classes(ours.dataclass)["Point"].__doc__ == "A place."
