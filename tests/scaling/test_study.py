"""Which sizes are tried of an open dimension, and what is claimed of what they cost."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.graph.program import program_of
from analyzer.model import load
from analyzer.model.limits import Limits
from analyzer.scaling import symbolic
from analyzer.scaling.freedom import Freedom, InputAxis
from analyzer.scaling.symbolic import DimensionGrowth, _lengths, _Study
from tests.golden.text import parse

if TYPE_CHECKING:
    from collections.abc import Callable


def free(size: int = 1, *, batch: bool = False, image: bool = False) -> Freedom:
    return Freedom("n", (InputAxis("x", 0),), size, batch, image)


def grown(
    macs: Callable[[int], int | None], what: Freedom | None = None, lengths: tuple[int, ...] = (),
    without: str = "", monkeypatch: pytest.MonkeyPatch | None = None,
) -> tuple[DimensionGrowth, list[int]]:  # fmt: skip
    """The growth of a model that costs so much, and the sizes at which it was asked."""
    asked: list[int] = []

    def at(_free: Freedom, size: int) -> tuple[int | None, str]:
        asked.append(size)
        found = macs(size)
        return found, "" if found is not None else f"not {size}"

    study: Any = _Study.__new__(_Study)
    study._program, study._without, study._macs = None, without, at
    if monkeypatch is not None:
        monkeypatch.setattr(symbolic, "_lengths", lambda _program: [*lengths])
    return study.growth(what or free()), asked


@pytest.fixture
def no_lengths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symbolic, "_lengths", lambda _program: [])


@pytest.mark.usefixtures("no_lengths")
@pytest.mark.parametrize(
    ("macs", "kind", "degree"),
    [
        (lambda n: 7, "constant", 0), (lambda n: 3 * n, "linear", 1),
        (lambda n: n * n + 2, "quadratic", 2), (lambda n: n**3, "cubic", 3),
        (lambda n: n**4 - n, "polynomial of degree 4", 4), (lambda n: n**5, "irregular", None),
        (lambda n: 2**n if n < 40 else n, "irregular", None),
    ],
)  # fmt: skip
def test_a_polynomial_of_degree_4_at_most_is_claimed(
    macs: Callable[[int], int], kind: str, degree: int | None
) -> None:
    found, _ = grown(macs, free(batch=True))
    assert (found.kind, found.degree, found.step) == (kind, degree, 1)
    if degree is None:
        assert found.reason == "no polynomial of degree 4 or less at multiples of 1"
        assert found.at(3) is None
        assert found.texts is None
    else:
        assert all(found.at(n) == macs(n) for n in (1, 5, 100))
        assert len(found.samples) == max(4, degree + 3) + 1, "two to check by, and one far away"


@pytest.mark.usefixtures("no_lengths")
def test_a_step_is_kept_where_sizes_between_do_not_follow() -> None:
    found, asked = grown(lambda n: -(-n // 2), free(32))
    assert (found.kind, found.step, found.texts) == ("linear", 32, ("0", "1/2"))
    assert asked[:4] == [32, 64, 96, 128]
    every, _ = grown(lambda n: 4 * n, free(32))
    assert every.step == 1
    second, _ = grown(lambda n: n if n % 32 != 17 else n + 1, free(32))
    assert second.step == 32


@pytest.mark.usefixtures("no_lengths")
def test_what_does_not_hold_far_away_is_irregular() -> None:
    study: Any = _Study.__new__(_Study)
    study._macs = lambda _free, n: (n + n // 5, "")
    found = study._tried(free(batch=True), 1, 1)
    assert (found.kind, found.coefficients, found.samples[-1]) == ("irregular", None, (8, 9))
    assert found.reason == "not the polynomial that holds up to 4 at 8"
    edge, _ = grown(lambda n: n if n <= 128 else None, free(32))
    assert (edge.kind, edge.samples[-1].size) == ("linear", 128)
    nothing, _ = grown(lambda _n: None, free(32))
    assert (nothing.kind, nothing.reason, nothing.samples) == ("unknown", "not 32", ())


@pytest.mark.usefixtures("no_lengths")
def test_a_constant_has_to_hold_for_ten_thousand_samples() -> None:
    _, sound = grown(lambda _n: 9, free(32))
    assert max(sound) >= 10_240
    for what in (free(32, batch=True), free(32, image=True)):
        _, asked = grown(lambda _n: 9, what)
        assert max(asked) < 10_240
    assert grown(lambda _n: 9, free(32), without="but for y")[0].reason == "but for y"


@pytest.mark.parametrize(
    ("lengths", "most", "longest"),
    [
        ((512,), 512, 512), ((512,), 600, None), ((100, 512), 512, 512), ((512, 700), 700, 700),
        ((300, 400, 500, 512), 512, None), ((300, 400, 512), 512, 512), ((512,), 511, None),
    ],
)  # fmt: skip
def test_the_longest_size_is_that_of_a_stored_table_beyond_which_nothing_runs(
    lengths: tuple[int, ...], most: int, longest: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def macs(n: int) -> int | None:
        return n if n <= most else None

    assert grown(macs, free(32), lengths, "", monkeypatch)[0].longest == longest
    for what in (free(32, batch=True), free(32, image=True)):
        assert grown(macs, what, lengths, "", monkeypatch)[0].longest is None


def test_lengths_are_those_of_what_is_stored_and_multiplied_by_no_layer() -> None:
    model = parse("""g (float[1,3] x) => (float y) <float[3,5] w = {1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1,
        2, 3, 4, 5}, float[7] table = {1, 2, 3, 4, 5, 6, 7}, float[2,9] unread = {1, 2, 3, 4, 5, 6,
        7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9}> {
        a = MatMul (x, w)  y = com.example.Sink (a, table) }""")
    program = program_of(load(model.SerializeToString()), Limits())
    assert _lengths(program) == [2, 7, 9]


def test_what_is_left_out_is_said_with_its_number() -> None:
    def left(macs: tuple[int, int | None], unknown: int = 0, *undecided: str) -> str:
        total: Any = SimpleNamespace(macs=macs, unknown_macs=unknown, undecided=undecided)
        return symbolic._left_out(total)

    assert left((3, 3)) == left((3, 3), 0, "a branch") == left((3, 5)) == ""
    assert left((3, 3), 1) == "without 1 operator of unknown cost"
    assert left((3, 5), 0, "a branch") == "with the upper end: a branch"
    assert left((3, None), 2, "a loop") == (
        "without 2 operators of unknown cost, with what is certain: a loop"
    )


def test_texts_of_coefficients_are_exact() -> None:
    made = DimensionGrowth("n", (), "linear", 1, (Fraction(1, 3), Fraction(2)), ())
    assert (made.texts, made.at(4)) == (("1/3", "2"), Fraction(25, 3))


def test_a_size_is_tried_with_the_sums_that_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[dict[InputAxis, int]] = []
    monkeypatch.setattr(symbolic, "rebound", lambda _bound, moved, _bindings: tried.append(moved))
    monkeypatch.setattr(symbolic, "infer_shapes", lambda *_, **__: None)
    monkeypatch.setattr(symbolic, "misfits", lambda *_: 0)
    monkeypatch.setattr(symbolic, "more", lambda now, before: now > before)
    study: Any = _Study.__new__(_Study)
    study._bound = {"mask": [1, 10], "open": [None]}
    study._bindings = study._program = study._limits = None
    study._missing, study._misfits = 1, 0
    study._count = lambda _: SimpleNamespace(unknown_macs=1, macs=(5, 7))
    mask, unknown = InputAxis("mask", 1), InputAxis("open", 0)
    what = Freedom("n", (InputAxis("x", 0),), 4, batch=False, sums=(mask, unknown))
    assert study._macs(what, 9) == (7, "")
    assert tried == [{InputAxis("x", 0): 9, mask: 10 + 9 - 4}]
    refused = (None, "the graph does not admit size 9 while the other inputs stay")
    monkeypatch.setattr(symbolic, "misfits", lambda *_: 1)
    assert study._macs(what, 9) == refused
    study._misfits, study._missing = 1, 0
    assert study._macs(what, 9) == refused
