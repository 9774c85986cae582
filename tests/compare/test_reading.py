"""Reading two tensors that belong together: what is read, how it lies, and what is said instead."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from analyzer.compare import reading
from analyzer.compare.folding import Fold, folded
from analyzer.compare.measure import WeightMeasure, turned
from analyzer.compare.reading import RESIZED, Reading, _one, _read, bounds
from analyzer.compare.task import Task
from analyzer.model.limits import Limits
from analyzer.model.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

Arrays = dict[str, Any]


class Held:
    """Stored tensors by name; those of ``None`` cannot be read."""

    def __init__(self, **arrays: Any) -> None:
        self._arrays = arrays

    def tensor(self, root: str) -> Any:
        array = self._arrays[root]
        return SimpleNamespace(bytes=None if array is None else array.nbytes)

    @contextmanager
    def opened(self, root: str) -> Iterator[Rows | None]:
        array = self._arrays[root]
        yield None if array is None else Rows.of(array)

    def why_unread(self, root: str) -> str:
        return f"{root} is gone"


def array(*values: float, shape: tuple[int, ...] | None = None) -> Any:
    made = np.array(values, np.float32)
    return made if shape is None else made.reshape(shape)


def one(old: Arrays, new: Arrays, **task: Any) -> Reading:
    before, after = (next(iter(side), None) for side in (old, new))
    origins: tuple[Any, Any] = Held(**old), Held(**new)
    wanted: Any = Task(before, after, **task)  # type: ignore[arg-type]
    return _one(*origins, wanted)


def test_tensors_are_read_up_to_the_limit_of_both_sides_together() -> None:
    old: Any = Held(a=array(3, 4), b=array(1), c=array(1))
    new: Any = Held(a=array(3, 4.5), b=array(1), c=array(1))
    tasks: Any = [Task(n, n) for n in "abc"]  # type: ignore[arg-type]
    progress: Any = None

    def read(most: int) -> list[str]:
        found = _read(old, new, tasks, most, progress)
        assert isinstance(found, list)
        return ["" if each.measure else each.why for each in found]

    more = "are more than may be read (limit weight_bytes)"
    assert read(16 + 8 + 8) == ["", "", ""]
    assert read(16 + 8 + 7) == ["", "", more]
    assert read(16 + 7) == ["", more, more]
    assert read(15) == [more, "", more]


def test_nothing_more_is_read_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    held: Any = Held(a=array(1))
    tasks: Any = [Task("a", "a")]  # type: ignore[arg-type]
    progress: Any = None
    monkeypatch.setattr(reading, "SECONDS", 0)
    found = _read(held, held, tasks, 100, progress)
    assert found == [Reading(None, "are more than there is time for")]


def test_how_far_one_tensor_is_from_another_or_why_nobody_knows() -> None:
    assert one({"a": array(3, 4)}, {"b": array(3, 4.5)}).measure == WeightMeasure(2, 1, 0.1)
    assert one({"a": array(1)}, {"b": array(1)}, apart=True) == Reading(
        None, "are put together from others in one of the models"
    )
    assert one({"a": None}, {"b": array(1)}) == Reading(None, "a is gone")
    assert one({"a": array(1)}, {"b": None}) == Reading(None, "b is gone")
    resized = one({"a": array(1, 2, 3)}, {"b": array(1, 2)})
    assert resized.measure == WeightMeasure(3, 3, None, RESIZED)
    assert one({"a": array(1)}, {"b": array(1, 2)}).measure == WeightMeasure(1, 2, None, RESIZED)
    flat = one({"a": array(1, 2, 3, 4)}, {"b": array(1, 2, 3, 4, shape=(2, 2))})
    assert flat.measure == WeightMeasure(4, 4, None, RESIZED)
    wide = one({"a": array(1, 2)}, {"b": array(1, 2, shape=(1, 2, 1))})
    assert wide.measure == WeightMeasure(2, 0, 0.0)


def test_a_matrix_that_lies_the_other_way_round_is_turned_before() -> None:
    here, there = array(1, 2, 3, 4, 5, 6, shape=(2, 3)), array(1, 4, 2, 5, 3, 6, shape=(3, 2))
    assert one({"a": here}, {"b": there}, turned=True).measure == WeightMeasure(6, 0, 0.0)
    assert one({"a": here}, {"b": array(1, 2)}, turned=True) == Reading(
        None, "lie the other way round, and are too large to turn"
    )
    assert turned(Rows.of(np.zeros((2, 2, 2)))) is None


def test_a_bias_that_is_not_there_is_zeros() -> None:
    gone = one({"a": array(3, 4)}, {}).measure
    assert gone == WeightMeasure(2, 2, 1.0)
    came = one({}, {"b": array(3, 4)}).measure
    assert came is not None
    assert (came.elements, came.changed, came.why) == (2, 2, "all of it was 0")


FOLD: Any = Fold("g", "s", "m", "v", 1.0, 0)  # type: ignore[arg-type]
"""gain 6 and 8, shift 1 and 2, mean 3 and 1, deviation 2 and 4: three and two times as much."""
NORM = {"g": array(6, 8), "s": array(1, 2), "m": array(3, 1), "v": array(3, 15)}


def test_a_normalisation_is_folded_into_weights_and_bias_by_its_equations() -> None:
    weights, bias = array(1, 2, 3, 4, shape=(2, 2)), array(5, 6)
    within, added = array(3, 6, 6, 8, shape=(2, 2)), array(3 * (5 - 3) + 1, 2 * (6 - 1) + 2)
    same = WeightMeasure(4, 0, 0.0)
    assert one({"w": weights, **NORM}, {"w": within}, fold=FOLD).measure == same
    assert one({"w": within}, {"w": weights, **NORM}, fold=FOLD, unfolds=True).measure == same
    two = WeightMeasure(2, 0, 0.0)
    assert one({"b": bias, **NORM}, {"b": added}, fold=FOLD, is_bias=True).measure == two
    assert one({"b": added}, {"b": bias, **NORM}, fold=FOLD, is_bias=True,
               unfolds=True).measure == two  # fmt: skip
    missing = Reading(None, "are beside a normalisation that cannot be read")
    assert one({"w": weights, **NORM, "m": None}, {"w": within}, fold=FOLD) == missing
    assert one({"w": array(1, 2, 3), **NORM}, {"w": within}, fold=FOLD) == missing
    assert one({"b": array(1), **NORM}, {"b": added}, fold=FOLD, is_bias=True) == missing
    text = {**NORM, "v": np.array(["a", "b"], object)}
    assert one({"w": weights, **text}, {"w": within}, fold=FOLD) == missing


def test_the_axis_of_output_channels_is_the_one_that_is_scaled() -> None:
    norm: Any = Held(**NORM)
    rows = Rows.of(array(1, 2, 3, 4, 5, 6, shape=(3, 2)))
    found = folded(norm, rows, FOLD._replace(axis=1), is_bias=False)
    assert found is not None
    assert np.asarray(found.whole()).tolist() == [[3, 4], [9, 8], [15, 12]]
    assert folded(norm, rows, FOLD, is_bias=False) is None
    assert folded(norm, Rows.of(array(1, 2)), FOLD._replace(axis=1), is_bias=False) is None


def test_a_process_that_reads_weights_takes_a_minute_and_a_gibibyte_at_most() -> None:
    wide = bounds(Limits(guard_seconds=600, guard_bytes=8 << 30, guard_stall_seconds=3.0))
    assert (wide.guard_seconds, wide.guard_bytes, wide.guard_stall_seconds) == (60, 1 << 30, 0.0)
    less = bounds(Limits(guard_seconds=5, guard_bytes=1 << 20))
    assert (less.guard_seconds, less.guard_bytes) == (5, 1 << 20)
