"""Holes of external files and what begins in them, byte by byte."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

import pytest
from onnx import ModelProto, TensorProto, helper

from analyzer.contents import Region
from analyzer.model.magic import looks_like
from analyzer.trust import regions
from analyzer.trust.regions import _file, _hole
from tests.trust.build import contents, model

ELF = b"\x7fELF\x02\x01\x01\0" + bytes(range(1, 57))
WHAT = "an ELF program"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Holes of which 16 bytes are looked at, of files whose every byte was written."""
    monkeypatch.setattr(regions, "_LOOK", 16)
    monkeypatch.setattr(regions, "_next_data", lambda _, place, stop: place)


def hole(data: bytes, start: int, stop: int, thorough: bool = False) -> tuple[Any, ...]:
    found = _hole(BytesIO(data), "w.bin", "t", start, stop, thorough)
    assert (found.family, found.file, found.place, found.what) == (
        "hole", "w.bin", "t", "bytes of no tensor",
    )  # fmt: skip
    return found.start, found.bytes, found.looks_like, found.is_blank, found.is_padding


def test_a_hole_is_blank_or_begins_like_something() -> None:
    assert looks_like(ELF) == WHAT
    assert hole(bytes(40), 8, 40) == (8, 32, None, True, True)
    assert hole(bytes(10) + ELF, 4, 74) == (4, 70, WHAT, False, False)
    assert hole(bytes(10) + ELF, 4, 12) == (4, 8, None, False, False), "two bytes are no program"
    assert hole(bytes(10) + b"x" + bytes(40), 4, 10) == (4, 6, None, True, True)
    assert hole(bytes(70_000), 0, 65_535) == (0, 65_535, None, True, True)
    assert hole(bytes(70_000), 0, 65_536) == (0, 65_536, None, True, False)


@pytest.mark.parametrize(
    ("at", "seen"),
    [(0, True), (15, True), (16, False), (83, False), (84, True), (99, True)],
)
def test_of_a_long_hole_both_ends_are_looked_at_unless_weights_are(at: int, seen: bool) -> None:
    data = bytes(at) + b"x" + bytes(99 - at)
    assert hole(data, 0, 100)[3] is not seen
    assert hole(data, 0, 100, thorough=True)[3] is False


def extents(*places: tuple[int, int], size: int) -> list[Any]:
    return [SimpleNamespace(path=Path("d/w.bin"), start=start, stop=stop, size=size, name=f"t{i}")
            for i, (start, stop) in enumerate(places)]  # fmt: skip


def found(data: bytes, *places: tuple[int, int]) -> list[tuple[Any, ...]]:
    file: BinaryIO = BytesIO(data)
    seen = list(_file(file, extents(*places, size=len(data)), False))
    assert {each.file for each in seen} <= {"w.bin"}
    return [(each.family, each.place, each.start, each.bytes, each.looks_like) for each in seen]


def test_what_no_tensor_fills_is_a_hole() -> None:
    data = bytes(range(1, 101))
    assert found(data, (0, 50), (50, 100)) == []
    assert found(data, (0, 60), (30, 100)) == []
    assert found(data, (10, 50), (60, 90)) == [
        ("hole", "t0", 0, 10, None), ("hole", "t0", 50, 10, None), ("hole", "t0", 90, 10, None),
    ]  # fmt: skip
    assert found(data, (0, 80), (10, 20), (81, 100)) == [("hole", "t0", 80, 1, None)]


def test_a_tensor_that_begins_like_a_file_is_named_once() -> None:
    data = ELF + ELF
    size = len(ELF)
    assert found(data, (0, size), (size, 2 * size)) == [
        ("foreign", "t0", 0, size, WHAT), ("foreign", "t1", size, size, WHAT),
    ]  # fmt: skip
    assert found(data, (0, size), (0, size), (size, 2 * size)) == [
        ("foreign", "t0", 0, size, WHAT), ("foreign", "t2", size, size, WHAT),
    ]  # fmt: skip
    assert found(ELF[:16], (0, 16)) == [("foreign", "t0", 0, 16, WHAT)]
    assert found(ELF[:15], (0, 15)) == []


def stored(name: str, data: bytes) -> TensorProto:
    return TensorProto(name=name, data_type=TensorProto.UINT8, dims=[len(data)], raw_data=data)


def foreign(made: ModelProto) -> list[tuple[str, str, int]]:
    seen = [each for each in contents(made).get(Region) if each.family == "foreign"]
    return [(each.place, each.what, each.bytes) for each in seen]


def test_tensors_of_the_model_that_begin_like_a_file_are_named_by_where_they_are() -> None:
    assert foreign(model(initializers=(stored("w", ELF), stored("v", ELF[:15])))) == [
        ("w", "initializer 'w'", 64)
    ]
    constant = helper.make_node("Constant", [], ["c"], name="k", value=stored("held", ELF))
    add = helper.make_node("Relu", ["x"], ["y"])
    assert [what for _, what, _ in foreign(model(constant, add))] == ["a tensor of Constant 'c'"]
