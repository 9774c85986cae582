"""Numbers of what feeds operators and of what they feed, where order matters and where not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from analyzer.compare.cones import Numbers, downstream, upstream


def source(slot: int, part: int, port: int = 0) -> SimpleNamespace:
    return SimpleNamespace(slot=slot, part=part, port=port)


def part(index: int, kind: str, *sources: SimpleNamespace, **about: Any) -> SimpleNamespace:
    plain: dict[str, Any] = {"commutes": False, "operands": (), "given": (), "readers": (),
                             "is_carrier": False, "exports": ()}  # fmt: skip
    return SimpleNamespace(index=index, kind=kind, sources=sources, **(plain | about))


def same(first: list[int], second: list[int]) -> bool:
    return first[-1] == second[-1]


def above(numbers: Numbers, *sources: SimpleNamespace, **about: Any) -> list[int]:
    """Of two inputs that differ, and of what reads them."""
    parts = [part(0, "Relu", given=((0, "x"),)), part(1, "Abs", given=((0, "x"),)),
             part(2, "join", *sources, **about)]  # fmt: skip
    return upstream(cast("Any", SimpleNamespace(parts=parts)), lambda p: cast("Any", p).kind,
                    numbers)  # fmt: skip


def test_operands_have_an_order_but_for_what_commutes_and_has_none_of_its_own() -> None:
    numbers = Numbers()
    one, other = (source(0, 0), source(1, 1)), (source(0, 1), source(1, 0))
    for commutes, operands, alike in (
        (False, (), False), (False, (1,), False), (True, (1,), False), (True, (), True),
    ):  # fmt: skip
        about = {"commutes": commutes, "operands": operands}
        found = above(numbers, *one, **about), above(numbers, *other, **about)
        assert same(*found) is alike, about
        given = [above(numbers, source(at, 0), given=((1 - at, "y"),), **about) for at in (0, 1)]
        assert same(*given) is alike, about
    assert not same(above(numbers, source(0, 0, 0)), above(numbers, source(0, 0, 1)))
    assert not same(above(numbers, source(0, 0)), above(numbers, source(0, 1)))


def below(numbers: Numbers, readers: tuple[tuple[int, int, int], ...], **about: Any) -> int:
    parts = [part(0, "Relu", readers=readers, exports=about.pop("exports", ())),
             part(1, "Abs", **about), part(2, "Neg")]  # fmt: skip
    network = cast("Any", SimpleNamespace(parts=parts))
    return downstream(network, lambda p: cast("Any", p).kind, numbers)[0]


def test_what_reads_a_result_counts_with_its_slot_where_order_matters() -> None:
    numbers = Numbers()
    plain = below(numbers, ((1, 0, 0),))
    assert plain != below(numbers, ((1, 1, 0),))
    assert plain != below(numbers, ((1, 0, 1),))
    assert plain != below(numbers, ((2, 0, 0),))
    assert plain != below(numbers, ((1, 0, 0),), exports=("y",))
    assert plain != below(numbers, ())
    assert below(numbers, ((1, 0, 0), (2, 1, 0))) == below(numbers, ((2, 1, 0), (1, 0, 0)))
    for slot in (0, 1):  # the same slot of what commutes
        assert below(numbers, ((1, slot, 0),), commutes=True) == plain
    assert below(numbers, ((1, 0, 0),), is_carrier=True) == below(numbers, ())
