"""What feeds an operator, seen through what only turns it, in two networks made for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from analyzer.compare.wiring import Feed, _feed, rewired
from analyzer.operators.record import Nature

VIEW, WORK = (SimpleNamespace(nature=nature) for nature in (Nature.MOVEMENT, Nature.PRODUCT))


def source(part: int, port: int = 0, slot: int = 0) -> Any:
    return SimpleNamespace(part=part, port=port, slot=slot)


def part(index: int, *sources: Any, given: tuple[tuple[int, int], ...] = (), record: Any = WORK,
         commutes: bool = False, arity: int = 2, steered: tuple[int, ...] = ()) -> Any:  # fmt: skip
    return SimpleNamespace(
        index=index, sources=sources, flows=sources, given=given, record=record,
        commutes=commutes, arity=arity, steers=lambda slot: slot in steered,
    )  # fmt: skip


def test_a_feed_is_what_lies_behind_views_and_behind_what_came_or_went() -> None:
    """0 reads an input, 1 is a view of 0, 2 works on 1, 3 works on two, 4 is a view of both."""
    parts = [part(0, given=((0, 5),)), part(1, source(0), record=VIEW), part(2, source(1, 3)),
             part(3, source(0), source(1)), part(4, source(2), source(3), record=VIEW),
             part(5, source(2), record=None), part(6, given=((0, 7),), record=VIEW)]  # fmt: skip
    network = cast("Any", SimpleNamespace(parts=parts))
    everything = dict.fromkeys(range(7), 0)
    for at, paired, found in (
        (0, everything, Feed((0, 9), (), False)), (1, everything, Feed((0, 0), (1,), False)),
        (2, everything, Feed((2, 9), (), False)), (4, everything, Feed((4, 9), (), False)),
        (5, everything, Feed((5, 9), (), False)), (6, everything, Feed(("input", 7), (6,), False)),
        (2, {0: 0, 1: 1}, Feed((0, 0), (1,), True)), (0, {}, Feed(("input", 5), (), True)),
        (2, {}, Feed(("input", 5), (), True)), (3, {}, Feed((3, 9), (), False)),
        (1, {1: 1}, Feed(("input", 5), (1,), True)), (5, {2: 2}, Feed((2, 0), (), True)),
    ):  # fmt: skip
        assert _feed(network, source(at, 9), cast("Any", paired)) == found, (at, paired)


def test_an_operator_is_wired_anew_where_another_that_both_have_feeds_it() -> None:
    """Operators 0 and 1 of the old model are 1 and 0 of the new one, 2 has gone and 3 has come."""
    old_parts, new_parts = ([part(n, given=((0, n),)) for n in range(4)] for _ in "on")
    pairs = {0: 1, 1: 0}
    old, new = (SimpleNamespace(parts=parts) for parts in (old_parts, new_parts))
    matching = cast("Any", SimpleNamespace(old=old, new=new, partner=pairs, back=pairs))

    def wired(before: Any, after: Any) -> int | None:
        return rewired(matching, before, after)

    assert wired(part(9, source(0)), part(9, source(1))) is None
    assert wired(part(9, source(0)), part(9, source(0))) == 0
    assert wired(part(9, source(0, 1)), part(9, source(1, 0))) == 0, "another result of it"
    assert wired(part(9, source(0), source(1, slot=2)),
                 part(9, source(1), source(1, slot=2))) == 2  # fmt: skip
    assert wired(part(9, given=((0, 5),)), part(9, given=((0, 5),))) is None
    assert wired(part(9, given=((0, 5),)), part(9, given=((0, 6),))) == 0
    assert wired(part(9, source(0)), part(9, source(3))) is None, "what came says enough"
    assert wired(part(9, source(2)), part(9, source(0))) is None, "what went says enough"
    assert wired(part(9, source(0, slot=-1)), part(9, source(0, slot=-1))) is None


def test_a_slot_that_one_model_alone_feeds_has_changed_places_with_a_constant() -> None:
    pairs = {0: 0, 1: 1}
    network = SimpleNamespace(parts=[part(n, given=((0, n),)) for n in range(2)])
    matching = cast("Any", SimpleNamespace(old=network, new=network, partner=pairs, back=pairs))
    one, other = part(9, source(0)), part(9, source(0, slot=1))
    assert rewired(matching, one, other) == 0
    assert rewired(matching, one, part(9, source(0, slot=1), arity=3)) is None
    assert rewired(matching, part(9, source(0), steered=(0,)), other) == 1
    assert rewired(matching, part(9, source(0), steered=(0, 1)), other) is None


def test_operands_that_commute_are_the_same_in_any_order() -> None:
    pairs = {0: 0, 1: 1}
    network = SimpleNamespace(parts=[part(n, given=((0, n),)) for n in range(4)])
    matching = cast("Any", SimpleNamespace(old=network, new=network, partner=pairs, back=pairs))

    def wired(before: tuple[Any, ...], after: tuple[Any, ...]) -> int | None:
        return rewired(matching, part(9, *before, commutes=True), part(9, *after, commutes=True))

    both, turned = (source(0), source(1, slot=1)), (source(1), source(0, slot=1))
    assert wired(both, turned) is None
    assert wired(both, (source(0), source(0, slot=1))) == 0
    assert wired((source(1, slot=1),), (source(0, slot=1),)) == 1
    assert wired((), (source(0),)) is None
    assert wired((source(0), source(2, slot=1)), (source(0), source(1, slot=1))) is None
    assert wired(both, (source(0), source(3, slot=1))) is None
