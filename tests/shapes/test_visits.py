"""The walk over operators: it says where it is, and goes round those that killed a worker."""

from __future__ import annotations

import mmap

import pytest

from analyzer.graph.program import build_program
from analyzer.model.guard import GuardFailure
from analyzer.model.limits import Limits
from analyzer.model.worker import Progress
from analyzer.shapes.control import _operators
from analyzer.shapes.infer import Inference
from analyzer.shapes.run import _infer
from analyzer.shapes.stated import Bindings
from tests.golden.text import parse

CHAIN = "g (float[2,3] x) => (float[A,B] c) { a = Relu (x) b = Relu (a) c = Transpose (b) }"
DIED = GuardFailure("crashed", "died of SIGSEGV")


def test_every_operator_is_put_down_before_it_is_visited() -> None:
    seen: list[int] = []
    found = Inference(build_program(parse(CHAIN), {"": 17}), Bindings(), at=seen.append).run()
    assert seen == [1, 2, 3]
    assert (found.main.types["c"].shape, found.problems) == ((3, 2), [])


@pytest.mark.parametrize(
    ("visit", "text", "shape", "failures"),
    [
        (2, "shape inference of Relu died of SIGSEGV; do not run this model", None,
         {1: "shape inference died of SIGSEGV", 2: "the type of an input is unknown"}),
        (9, "shape inference died of SIGSEGV; do not run this model", (2, 3), {}),
    ],
)  # fmt: skip
def test_a_visit_that_killed_a_worker_is_told_and_passed_over(
    visit: int, text: str, shape: tuple[int, ...] | None, failures: dict[int, str]
) -> None:
    program = build_program(parse(CHAIN), {"": 17})
    found = Inference(program, Bindings(), deaths={visit: DIED}).run()
    assert [(p.code, p.message) for p in found.problems] == [("inference-crashed", text)]
    assert found.main.types["b"].shape == shape
    assert found.main.types["a"].shape == (2, 3)
    assert found.main.failures == failures


@pytest.mark.parametrize(
    ("deaths", "guess", "side"), [({}, True, 640), ({}, False, 224), ({50: DIED}, True, 224)]
)
def test_other_sizes_are_tried_unless_something_died(
    deaths: dict[int, GuardFailure], guess: bool, side: int
) -> None:
    text = (
        "g (float[1,3,H,W] x) => (float[] y) { s = Constant <value_ints = [1,3,640,640]> () "
        "c = ConstantOfShape (s) y = Add (x, c) }"
    )
    program = build_program(parse(text), {"": 17})
    progress = Progress(mmap.mmap(-1, Progress.BYTES))
    found = _infer(program, Bindings(), Limits(), deaths, guess, None, progress)
    assert found.main.types["x"].shape == (1, 3, side, side)


WRONG = "w = Constant <value = float[2,5] {0,0,0,0,0,0,0,0,0,0}> () q = Add (x, w)"
NESTED = (
    "g (float[2,3] x, bool c, bool d) => (float[A,B] y) { y = If (c) <then_branch = t () => (p) "
    "{ p = If (d) <then_branch = a () => (q) { %s }, else_branch = b () => (q) { %s }> }, "
    "else_branch = e () => (r) { r = Transpose (x) }> }"
)


@pytest.mark.parametrize(
    ("then", "other", "shape"),
    [(WRONG, WRONG, (3, 2)), (WRONG, "q = Relu (x)", (None, None))],
    ids=["neither runs", "one runs"],
)
def test_an_if_of_which_neither_branch_runs_is_in_a_branch_that_is_never_taken(
    then: str, other: str, shape: tuple[int | None, ...]
) -> None:
    program = build_program(parse(NESTED % (then, other)), {"": 17})
    assert Inference(program, Bindings()).run().main.types["y"].shape == shape


def test_a_scope_has_its_operators_those_of_its_bodies_and_one_for_each_scope() -> None:
    program = build_program(parse(NESTED % (WRONG, "q = Relu (x)")), {"": 17})
    session = Inference(program, Bindings())
    # the main graph and its If, two branches of one operator, and inner ones of two and of one
    assert _operators(session, 0) == 2 + (1 + 1) * 2 + (1 + 2) + (1 + 1)
    by_size = sorted(_operators(session, scope.index) for scope in program.scopes)
    assert by_size == [2, 2, 3, 2 + 3 + 2, 11]


def test_an_operator_that_every_way_of_an_if_fits_has_not_failed() -> None:
    text = (
        "g (float[2,3] x, bool c) => (float[] z) { y = If (c) <then_branch = a () => (p) "
        "{ p = Relu (x) }, else_branch = b () => (r) { r = Cast <to = 7> (x) }> z = Abs (y) }"
    )
    main = Inference(build_program(parse(text), {"": 17}), Bindings()).run().main
    assert (main.failures, main.refused, main.forks) == ({}, set(), {1: "y"})
    assert [way.type.dtype for way in main.ways["z"].each] == ["float32", "int64"]


def test_too_much_that_is_computed_from_constants_is_told_where_it_was_too_much() -> None:
    text = (
        "g (float[2] x) => (float[A] z) { s = Constant <value_ints = [100]> () "
        "a = ConstantOfShape (s) b = Neg (a) z = Relu (x) }"
    )
    program = build_program(parse(text), {"": 17})
    found = Inference(program, Bindings(), limits=Limits(folded_bytes=500)).run()
    said = (
        "too much is computed from constants (limit folded_bytes = 500); the rest is not looked at"
    )
    assert [(p.code, p.where, p.message) for p in found.problems] == [("folding-limit", "b", said)]
    whole = Inference(program, Bindings(), limits=Limits(folded_bytes=10_000)).run()
    assert (whole.problems, whole.main.types["b"].shape) == ([], (100,))
