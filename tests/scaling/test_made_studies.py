"""Where sizes cannot be studied together, and what is left then: models that are made for it."""

from __future__ import annotations

from contextlib import nullcontext
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.graph.call import Unknown
from analyzer.scaling import Scaler, open_sizes, symbolic, whatif
from analyzer.scaling.dims import Dims
from analyzer.scaling.joint import _Count, _fitted, _Study, combine
from analyzer.scaling.spatial import slide
from analyzer.scaling.stops import _Grid


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def point(**about: Any) -> Any:
    usual: dict[str, Any] = {"macs": 9, "params": 5, "reason": "", "macs_range": (9, 9),
                             "sides": (8,), "resolution": 1.0, "assumed": ""}  # fmt: skip
    return some(**usual | about)


def scaler(at: Any = None, *, tied: bool = False, **about: Any) -> Any:
    made: dict[str, Any] = {"sides": (), "stages": (), "deep": False, "facts": some(nodes=()),
                            "repeats": lambda _: ()}  # fmt: skip
    return some(at=lambda *_: at or point(), tied=lambda _: tied,
                sized=lambda *_: some(total=some(macs=9)), **made | about)  # fmt: skip


def test_a_size_is_known_where_the_whole_model_can_be_recounted() -> None:
    for at, tied, known in (
        (point(), False, True), (point(), True, False), (point(macs=None), False, False),
        (point(params=None), False, False), (point(reason="no"), False, False),
        (point(macs_range=(8, 9)), False, False), (point(assumed="even parts"), False, True),
    ):  # fmt: skip
        grid = _Grid(scaler(at, tied=tied))
        assert grid._known(0.5, 1.0) is known
        assert (list(grid.sized), grid.ratios, list(grid.assumed)) == (
            ([(0.5, 1.0)], {1.0: (1.0, (8,))}, [at.assumed] if at.assumed else [])
            if known else ([], {}, [])
        )  # fmt: skip


def test_a_model_without_other_sizes_has_no_stops() -> None:
    grid = _Grid(scaler(point(reason="no")))
    assert grid.stops() is None
    assert grid.of((1.0,), (1.0,)) is None
    assert _Grid(scaler()).stops() is None, "all widths cost the same, and there is one depth"


def test_depths_are_those_whose_stages_can_grow() -> None:
    def depths(more: Any, macs: int | None = 1) -> list[float]:
        def one(_: int) -> list[Any]:
            if more is Unknown:
                raise Unknown("not this one")
            return [some(macs=macs)]

        stage = some(repeats=2)
        made = scaler(stages=(stage,), deep=True, repeats=lambda depth: (round(2 * depth),))
        grid = _Grid(made)
        grid.sized = cast("Any", {(1.0, 1.0): some(more=one)})
        return list(grid._depths((1.0,), (1.0,)))

    every = depths(None)
    assert min(every) < 1 < max(every)
    shallower = [depth for depth in every if depth <= 1]
    assert depths(Unknown) == depths(None, macs=None) == shallower


def test_parameters_inside_bodies_are_there_at_every_size() -> None:
    node = some(id="a", scope="", params=5, kind="k", precision="float32")
    inner = some(id="b", scope="s", params=7)
    facts = some(nodes=(node, inner), totals=some(params=12))
    grid = _Grid(scaler(facts=facts))
    layer = some(macs=3, params=5)
    grid.sized = cast("Any", {(1.0, r): some(layers={"a": layer}) for r in (0.5, 1.0)})
    pieces = [*grid._pieces([(1.0, 0.5), (1.0, 1.0)], 2, [()])]
    assert [params.values for _, params in pieces] == [[[5, 5]], [[7, 7]]]
    facts.totals.params = 5
    assert len([*grid._pieces([(1.0, 0.5), (1.0, 1.0)], 2, [()])]) == 1


def test_no_polynomial_goes_through_a_kind_that_is_there_at_some_sizes_alone() -> None:
    kind, other = ("conv", "float32"), ("dense", "float32")
    one, two = (_Count({kind: ((n,),)}, ((1,),), ((1,),)) for n in (10, 20))
    more = _Count({kind: ((20,),), other: ((1,),)}, ((1,),), ((1,),))
    grown, divisor = _fitted([(0,), (1,)], [(1,), (2,)], {(1,): one, (2,): two})
    assert divisor == 1
    assert [(each.powers, each.per) for each in grown] == [((1,), ((10,),))]
    assert _fitted([(0,), (1,)], [(1,), (2,)], {(1,): one, (2,): more}) == ((), 1)


def test_sizes_together_are_at_least_two_or_beside_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    size, odd = some(now=64, step=32), some(now=65, step=32)
    monkeypatch.setattr("analyzer.scaling.joint.stops_at", lambda *_: None)
    monkeypatch.setattr("analyzer.scaling.joint._Study", lambda *_: some(joint=lambda: "joint"))
    now, joint = cast("Any", "stops"), cast("Any", "joint")
    for stop, sizes, found in (
        (None, (size,), None), (None, (size, size), None), (now, (size,), joint),
        (now, (), None), (now, (odd,), None), (now, (size, odd), None),
    ):  # fmt: skip
        assert combine(cast("Any", None), stop, cast("Any", sizes)) == found
    monkeypatch.setattr("analyzer.scaling.joint.stops_at", lambda *_: now)
    assert combine(cast("Any", None), None, cast("Any", (size, size))) == joint


def test_large_models_are_not_looked_through_for_open_sizes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []

    def growth(*given: Any) -> tuple[()]:
        asked.append(given)
        return ()

    for name, made in (("declaring", lambda _: nullcontext()), ("attached", lambda _: None),
                       ("free_dimensions", lambda *_: ()),
                       ("growth_of", growth)):  # fmt: skip
        monkeypatch.setattr(open_sizes, name, made)
    for operators, looked in ((1500, 1), (1501, 0)):
        asked.clear()
        survey = some(sites=range(operators), graph=None, program=None, shapes=None)
        assert open_sizes.open_sizes(survey, cast("Any", None), cast("Any", None)) == ()
        assert len(asked) == looked


def test_differences_become_the_polynomial_through_them() -> None:
    """Newton: f(n) = Σ Δᵏ · C((n − start)/step, k)."""
    for differences, start, step, expected in (
        ((5,), 1, 1, (5,)), ((1, 2), 3, 2, (-2, 1)), ((0, 0, 2), 0, 1, (0, -1, 1)),
        ((5, 0, 0), 1, 1, (5,)), ((), 1, 1, (0,)), ((0, 0), 1, 1, (0,)),
        ((4, 12, 8), 2, 2, (0, 0, 1)),
    ):  # fmt: skip
        assert symbolic._expand(differences, start, step) == tuple(map(Fraction, expected))


def test_a_model_that_inference_does_not_survive_is_not_run_again() -> None:
    shapes = some(instances=lambda: (), problems=(some(code="inference-died"),))
    free = some(name="n", axes=(), step=1, image=False, size=1, dim="n")
    program, nothing = some(scopes=()), cast("Any", None)
    (found,) = symbolic.growth_of(program, shapes, (free,), nothing, nothing)
    reason = "shape inference does not survive this model, and would die once for every size"
    assert (found.kind, found.reason) == ("unknown", reason)


def test_arithmetic_that_is_unknown_holds_while_nothing_changes() -> None:
    def unknown(_: int) -> int:
        raise Unknown("nobody knows")

    for compute, today in ((unknown, 6), (lambda n: n, 6), (lambda n: 3 * n, 6)):
        dims = Dims()
        source, target = dims.add(2), dims.add(today)
        dims.derive(target, (source,), compute)
        ((derivation,),) = dims._derivations.values()
        assert derivation.compute(2) == 6
        if compute(2) == 6 if compute is not unknown else False:
            assert derivation.compute(4) == 12
        else:
            with pytest.raises(Unknown, match="follows a change of size is not known"):
                derivation.compute(4)
    assert dims._apply(target, derivation, {source: None}) is None
    dims = Dims()
    dims.derive(dims.add(2), (dims.add(None),), unknown)
    dims.derive(dims.add(None), (dims.add(2),), unknown)
    assert dims._derivations == {}


def test_a_kernel_slides_where_all_that_it_says_is_as_long_as_itself() -> None:
    def slid(x: Any = (0, 1, 2, 3), y: Any = (4, 5, 6, 7), **stated: Any) -> list[int]:
        marked: list[int] = []
        dims = some(mark_spatial=marked.append, derive=lambda *_: None)
        term = some(x=lambda: x, y=lambda: y, dims=dims, call=some(
            attr=lambda name, default=None: stated.get(name, default)))  # fmt: skip
        slide(term, (3, 3))
        return marked

    assert slid() == slid(strides=(1, 1), dilations=(2, 2), pads=(0, 0, 1, 1)) == [2, 3]
    for short in ({"strides": (1,)}, {"dilations": (1,)}, {"pads": (0, 0)}, {"x": (0, 1, 2)},
                  {"y": (4, 5, 6)}, {"x": None}, {"y": None}):  # fmt: skip
        assert slid(**cast("dict[str, Any]", short)) == [], short


def test_the_more_operators_and_axes_the_fewer_dimensions_are_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A quarter of a million steps, twelve trials of each: a trial takes one for each operator and
    axis, and 50 more."""
    free = [some(name=f"n{number}", axes=()) for number in range(90)]
    monkeypatch.setattr(symbolic, "_Study", lambda *_: some(growth=lambda one: one.name))

    def found(operators: int, axes: int) -> tuple[Any, ...]:
        kinds = {"x": some(shape=range(axes)), "y": some(shape=None)}
        half = some(scope=0)
        shapes = some(instances=lambda: (half, some(scope=1)), problems=(), main=some(types=kinds))
        program = some(scopes=(some(ops=[0] * (operators - 1)), some(ops=[0])))
        nothing = cast("Any", None)
        return symbolic.growth_of(program, shapes, free, nothing, nothing)

    for operators, axes, most in ((100, 101, 83), (100, 102, 82), (101, 101, 82), (2, 0, 90),
                                  (4000, 16_783, 1), (4000, 99_999, 1)):  # fmt: skip
        tried = found(operators, axes)
        assert tried[:most] == tuple(f"n{number}" for number in range(most))
        reason = (f"{operators:,} operators are too many to try sizes for more than {most:,} "
                  "dimensions")  # fmt: skip
        assert [(t.dim, t.kind, t.reason) for t in tried[most:]] == [
            (one.name, "unknown", reason) for one in free[most:]
        ]
    reason = "4,001 operators; up to 4,000 are analysed at several sizes"
    assert {(t.kind, t.reason) for t in found(4001, 0)} == {("unknown", reason)}


def test_the_larger_a_model_the_fewer_sizes_of_it_are_counted() -> None:
    """Of 6 widths and 7 sides, else of 4 and 4, else of today's width: 30,000 operators in all."""

    def counted(operators: int, side: int = 0) -> tuple[int, int]:
        scaler: Any = SimpleNamespace(
            facts=SimpleNamespace(nodes=range(operators)), sides=(side,) if side else ()
        )
        widths, sides = _Grid(scaler)._axes()
        return len(widths), len(sides)

    assert [counted(n, 224) for n in (714, 715, 7500, 7501)] == [(6, 7), (4, 4), (4, 4), (1, 4)]
    assert [counted(n) for n in (5000, 5001, 7500, 7501)] == [(6, 1), (4, 1), (4, 1), (1, 1)]


def test_sizes_together_are_analysed_for_9000_operators() -> None:
    now: Any = SimpleNamespace(today=(0, 0, 0), macs=(), params=(), repeats=())

    def left(operators: int) -> int:
        scaler: Any = SimpleNamespace(facts=SimpleNamespace(nodes=range(operators)))
        return _Study(scaler, now, ()).left

    assert [left(n) for n in (0, 1, 4500, 4501, 9000, 9001)] == [9000, 9000, 2, 1, 1, 0]


def test_four_constants_that_would_be_others_are_named_and_30000_operators_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tied: Any = SimpleNamespace(_tied=lambda _: tuple("abcde"))
    assert Scaler._anew(tied, (8,)) == "a, b, c, d: computed anew for these sides"

    def kept(operators: int) -> int:
        system = some(terms=range(operators), sides=(), solve=lambda *_: {})
        made: Any = some(_sized={}, system=system, facts=None, _nodes={}, stages=(), _today=None)
        for width in (0.25, 0.5):
            Scaler.sized(made, (), width)
        return len(made._sized)

    monkeypatch.setattr(whatif, "Sized", lambda *_: None)
    assert [kept(operators) for operators in (15_000, 15_001)] == [2, 1]
