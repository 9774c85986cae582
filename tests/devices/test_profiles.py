"""Files of devices: everything that is wrong is told, key by key; what is right is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.devices import Profile, profile
from analyzer.devices.estimate import layer_seconds
from analyzer.devices.profile import CLASSES, MAX_BYTES, SHIPPED
from analyzer.errors import ConfigError
from tests.each import each

if TYPE_CHECKING:
    from pathlib import Path

KEYS = "name, kind, dated, sources, note, memory, flash, bandwidth, through, peak, instead, factors"
CLASS = ("standard, pointwise, depthwise, grouped, transposed, product, attention, recurrent, "
         "other")  # fmt: skip
TABLES = {"peak": "float32 = 1", "instead": "", "factors": ""}
RIGHT = {"name": "'n'", "sources": "['s']", "memory": "1", "bandwidth": "1"}


def written(**changed: str | None) -> str:
    """A right profile of the least that one has, with some keys or tables written otherwise."""
    plain = {key: changed.pop(key, value) for key, value in RIGHT.items()}
    tables = {key: changed.pop(key, value) for key, value in TABLES.items()}
    lines = [f"{key} = {value}" for key, value in (plain | changed).items() if value is not None]
    for key, value in tables.items():
        if value is not None:
            lines.append(value if value.startswith(key) else f"[{key}]\n{value}")
    lines.sort(key=lambda line: line.startswith("["))
    return "\n".join(lines) + "\n"


def read(text: str, folder: Path) -> Profile | list[str]:
    """The profile, or what is wrong with it."""
    path = folder / "ours.toml"
    path.write_text(text)
    try:
        return profile(str(path))
    except ConfigError as error:
        return [line.removeprefix(f"{path}: ") for line in error.lines]


NO_SOURCE = "sources: must be a list of texts; a figure without a source is not one"
NO_PEAK = "[peak]: must have multiply-accumulates a second by element type"
NO_RATE = "bandwidth: must be a number of bytes a second"
NO_FACTORS = "[factors]: must have numbers above 0"
Wrong = tuple[dict[str, str | None], list[str]]
WRONG: list[Wrong] = [
    ({"speed": "1"}, [f"speed: unknown key; keys are {KEYS}"]),
    *((dict[str, str | None]({key: value}), [f"{key}: must be a text"])
      for key in ("name", "kind", "dated", "note") for value in ("1", "''", "' '", "['x']")),
    ({"name": None}, ["name: must be a text"]),
    *(({"sources": value}, [NO_SOURCE])
      for value in (None, "'s'", "[]", "['s', '']", "['s', 1]", "{a = 's'}")),
    *((dict[str, str | None]({key: value}), [f"{key}: must be a number of bytes"])
      for key in ("memory", "flash") for value in ("0", "-1", "1.5", "true", "'1'")),
    ({"memory": None}, ["memory: must be a number of bytes"]),
    *(({"bandwidth": value}, [NO_RATE])
      for value in (None, "0", "-1", "inf", "nan", "true", "'1'")),
    *(({"peak": value}, [NO_PEAK]) for value in (None, "", "peak = 1", "peak = ['float32']")),
    ({"peak": "float33 = 1"}, ["peak.float33: is no element type"]),
    ({"peak": "float32 = 0\ntf32 = 1"}, ["peak.float32: must be above 0"]),
    ({"peak": "float32 = 0\nx = 0"},
     ["peak.x: is no element type", "peak.float32: must be above 0", "peak.x: must be above 0"]),
    ({"through": "'nnapi'"}, ["through: must be a list of names of targets"]),
    ({"through": "['']"}, ["through: must be a list of names of targets"]),
    ({"instead": "instead = 1"}, ["[instead]: must have types of arithmetic by element type"]),
    ({"instead": "float16 = 'int8'"}, ["instead.float16: must be a type of [peak]"]),
    ({"instead": "tf32 = 'float32'"}, ["instead.tf32: is no element type"]),
    ({"instead": "float16 = 'float32'", "peak": "peak = 1"},
     [NO_PEAK, "instead.float16: must be a type of [peak]"]),
    ({"factors": "factors = 1"}, [NO_FACTORS]),
    ({"factors": "standard = 0"}, [NO_FACTORS]),
    ({"factors": "standard = 1\nother = 'x'"}, [NO_FACTORS]),
    ({"factors": "Conv = 1"}, [f"factors.Conv: is no class of layers; they are {CLASS}"]),
    (dict.fromkeys(("name", "sources", "memory", "bandwidth", "peak")),
     ["name: must be a text", NO_SOURCE, "memory: must be a number of bytes", NO_RATE, NO_PEAK]),
]  # fmt: skip


def test_all_that_is_wrong_with_a_profile_is_told_and_nothing_else(tmp_path: Path) -> None:
    for changed, expected in WRONG:
        assert read(written(**changed), tmp_path) == expected, changed


def test_a_profile_of_the_least_has_defaults_and_one_of_all_keys_has_them(tmp_path: Path) -> None:
    least = read(written(), tmp_path)
    assert least == Profile("ours", "n", "device", "", ("s",), 1, 1.0, {"float32": 1.0})
    factors = "\n".join(f"{name} = {n + 1}" for n, name in enumerate(CLASSES))
    whole = read(
        written(kind="'k'", dated="'2026-01'", note="'o'", memory="2", flash="3", bandwidth="4.5",
                peak="float32 = 5\ntf32 = 6", through="['t']", instead="float32 = 'tf32'",
                factors=factors),
        tmp_path,
    )  # fmt: skip
    assert whole == Profile(
        "ours", "n", "k", "2026-01", ("s",), 2, 4.5, {"float32": 5.0, "tf32": 6.0}, "o",
        {name: n + 1.0 for n, name in enumerate(CLASSES)}, 3, {"float32": "tf32"}, ("t",),
    )  # fmt: skip


def test_a_profile_has_64_kib_at_most(tmp_path: Path) -> None:
    fill = "#" * (65_536 - len(written()))
    assert MAX_BYTES == 65_536
    assert isinstance(read(written() + fill, tmp_path), Profile)
    assert read(written() + fill + "#", tmp_path) == ["larger than 65,536 bytes"]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("rpi", "device 'rpi' is not known; did you mean rpi5?"),
        ("q" * 70, f"device '{'q' * 60}' is not known; there are {', '.join(SHIPPED)}"),
        ("no/such", "no/such: cannot be read: No such file or directory"),
        ("\0.toml", "\0.toml: cannot be read: embedded null byte"),
    ],
)
def test_a_device_that_is_not_there_is_told_with_what_is(word: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        profile(word)
    assert str(caught.value) == message


def test_devices_that_ship_are_six_from_the_smallest_memory_up() -> None:
    assert SHIPPED == ("stm32h743", "rpi5", "snapdragon888", "a16_ane", "i7_1185g7", "a100")
    assert [profile(name).id for name in SHIPPED] == list(SHIPPED)


@each(
    ("peak", "precision", "rate"),
    [
        # every value of the narrow type is one of the wide type, or the device cannot keep it
        ({"float32": 1.0}, "float16", 1.0), ({"float16": 1.0}, "float32", None),
        ({"float16": 1.0}, "int8", 1.0), ({"float16": 1.0}, "int16", None),
        ({"int16": 1.0}, "int8", 1.0), ({"int8": 1.0}, "int16", None),
        ({"int32": 1.0}, "float16", None),
        ({"float64": 1.0}, "int32", 1.0), ({"int16": 1.0, "float32": 2.0}, "uint8", 2.0),
        ({"int16": 3.0, "float32": 2.0}, "uint8", 3.0), ({"tf32": 1.0}, "float16", None),
        ({"tf32": 1.0}, "tf32", 1.0), ({}, "float32", None),
    ],
)  # fmt: skip
def test_the_fastest_type_that_holds_every_value_stands_in(
    peak: dict[str, float], precision: str, rate: float | None
) -> None:
    assert Profile("d", "d", "", "", ("s",), 1, 1.0, peak).fastest(precision) == rate


def test_types_whose_values_are_kept_in_others_are_those_of_tensors() -> None:
    device = Profile("d", "d", "", "", ("s",), 1, 1.0, {"float16": 1.0, "tf32": 1.0}, "", {}, None,
                     {"float32": "float16", "float64": "tf32"})  # fmt: skip
    assert device.kept == {"float32": "float16"}
    assert (device.fastest("float64"), device.fastest("float32")) == (1.0, 1.0)


def test_seconds_of_a_layer_are_its_macs_over_the_peak_times_the_factor() -> None:
    device = Profile("d", "d", "", "", ("s",), 1, 1.0, {"float32": 10.0}, "", {"grouped": 3.0})
    assert layer_seconds(device, "grouped", "float32", 40) == 12.0
    assert layer_seconds(device, "standard", "float32", 40) is None
    assert layer_seconds(device, "grouped", "float64", 40) is None
