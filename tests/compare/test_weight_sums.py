"""What became of the stored tensors of a model, added up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.compare import weights
from analyzer.compare.record import WeightChange
from analyzer.compare.weights import _sum, compare_weights


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def change(fate: Any, new: str = "n", relative: float | None = None, why: str = "") -> WeightChange:
    return WeightChange(old=new, new=new, operand="weight", names=("w", "w"), dtypes=("f", "f"),
                        fate=fate, elements=1, why=why, relative=relative)  # fmt: skip


def test_a_pair_that_layers_share_counts_once_and_each_layer_for_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = iter([change("changed", "a", 0.5), change("changed", "b", 0.5), None,
                 change("converted", "d", 0.1), change("folded", "e"),
                 change("changed", "f", 0.7), change("not compared", "g", why="too large"),
                 change("changed", "h")])  # fmt: skip
    monkeypatch.setattr(weights, "_change", lambda *_: next(told))

    def couple(index: int, before: str, *, learned: bool = True) -> Any:
        return some(old=some(index=index), learned=learned, task=some(before=before, after="x"))

    couples = [couple(0, "p"), couple(1, "p"), couple(2, "q"), couple(3, "r"), couple(4, "s"),
               couple(5, "t", learned=False), couple(6, "u"), couple(7, "v")]  # fmt: skip
    for each in couples:
        each.task = _Task(each.task)
    nothing = cast("Any", None)
    found = _sum(couples, {}, nothing, nothing, "")
    assert (found.tensors, found.same, found.layers) == (7, 1, 3)
    assert (found.converted, found.folded, found.unread) == (1, 1, 1)
    assert (found.largest, found.why, found.complete) == (0.7, "too large", False)
    assert [each.new for each in found.changes] == ["h", "f", "a", "d", "e", "g"]
    empty = _sum([], {}, nothing, nothing, "no process")
    assert (empty.tensors, empty.largest, empty.why, empty.complete) == (
        0,
        None,
        "no process",
        False,
    )


class _Task:
    """Stands for itself as a key."""

    def __init__(self, task: Any) -> None:
        self.before, self.after = task.before, task.after


def test_without_files_nothing_is_compared() -> None:
    for old, new in ((None, "o"), ("o", None)):
        matching = some(old=some(origins=old), new=some(origins=new))
        found = compare_weights(cast("Any", matching), cast("Any", None))
        assert (found.why, found.tensors) == ("the facts hold no file any more", 0)
