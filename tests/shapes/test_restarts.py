"""The pass starts again around what killed its worker, and gives up after so many deaths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analyzer.graph.program import build_program
from analyzer.graph.scope import Program
from analyzer.model.guard import GuardFailure
from analyzer.shapes import run
from analyzer.shapes.infer import Inference
from analyzer.shapes.run import CHECKING, GUESSING, infer_shapes
from analyzer.shapes.stated import Bindings
from tests.golden.text import parse

PROGRAM = build_program(parse("g (float[2,3] x) => (float[A,B] y) { y = Relu (x) }"), {"": 17})


def died(at: int | None, kind: str = "crashed") -> GuardFailure:
    return GuardFailure(kind, "died", at)


LAST = "without"
FIRST = ((), True, True)
RUNS: tuple[tuple[str, tuple[GuardFailure, ...], list[Any]], ...] = (
    ("none died", (), [FIRST]),
    ("one operator", (died(3),), [FIRST, ((3,), True, True)]),
    ("two operators", (died(3), died(5)), [FIRST, ((3,), True, True), ((3, 5), True, True)]),
    ("four operators", tuple(map(died, (3, 5, 7, 9))),
     [FIRST, ((3,), True, True), ((3, 5), True, True), ((3, 5, 7), True, True), LAST]),
    ("the same again", (died(3), died(3)), [FIRST, ((3,), True, True), LAST]),
    ("at no operator", (died(None),), [FIRST, LAST]),
    ("a slow and a quick one", (died(3, "timeout"), died(5)),
     [FIRST, ((3,), True, True), ((3, 5), True, True)]),
    ("two slow ones", (died(3, "timeout"), died(5, "memory")), [FIRST, ((3,), True, True), LAST]),
    ("while other sizes were tried", (died(GUESSING),), [FIRST, ((), False, True)]),
    ("while it was checked", (died(CHECKING),), [FIRST, ((), True, False)]),
    ("while it was checked, and at no operator", (died(CHECKING), died(None)),
     [FIRST, ((), True, False), LAST]),
    ("the last, too", (died(None), died(1)), [FIRST, LAST]),
)  # fmt: skip


@pytest.mark.parametrize(("deaths", "runs"), [run[1:] for run in RUNS], ids=[r[0] for r in RUNS])
def test_every_death_has_its_next_run(
    deaths: tuple[GuardFailure, ...], runs: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    left = list(deaths)
    seen: list[Any] = []

    def guarded(task: Any, *, limits: object, share: float) -> Any:
        assert share == pytest.approx(1 / 24 + 1 / 115_000)
        if task.func is run._infer:
            _, _, _, passed, guess, check = task.args
            seen.append((tuple(passed), guess, check is not None))
        else:
            assert task.func is run._infer_without_cpp
            seen.append(LAST)
        return left.pop(0) if left else Inference(PROGRAM, Bindings()).run()

    monkeypatch.setattr(run, "guarded", guarded)
    found = infer_shapes(PROGRAM, Bindings(), check=lambda: "")
    assert seen == runs
    told = {(p.code, p.message) for p in found.problems if p.code.startswith("checker")}
    wanted = ("checker-crashed", "onnx's checker died; do not run this model")
    assert told == ({wanted} if died(CHECKING) in deaths else set())
    assert ("y" in found.main.types) == (not deaths or deaths[-1].at != 1)


def test_the_largest_models_get_all_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[float] = []

    def guarded(task: Callable[..., Any], *, limits: object, share: float) -> Any:
        shares.append(share)
        return Inference(PROGRAM, Bindings()).run()

    monkeypatch.setattr(run, "guarded", guarded)
    for operators in (0, 57_500, 200_000):
        with monkeypatch.context() as patch:
            patch.setattr(Program, "operators", operators)
            infer_shapes(PROGRAM, Bindings())
    assert shares == pytest.approx([1 / 24, 1 / 24 + 0.5, 1])
