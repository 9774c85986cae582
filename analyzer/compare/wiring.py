"""Whether an operator is fed by the same as before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from analyzer.compare.match import Matching
    from analyzer.compare.network import Wired
    from analyzer.compare.part import Part, PartSource

HOPS = 64
"""Operators in a row that are seen through."""
SLOT = "input"


class Feed(NamedTuple):
    """What feeds one slot of an operator."""

    origin: Hashable
    """(operator, output slot), or (``input``, which)."""
    views: tuple[int, ...]
    """Operators that turn, cut or reshape it on the way and are in both models."""
    partly: bool
    """Something on the way is in one model only, which is a change of its own."""


def rewired(matching: Matching, old: Part, new: Part) -> int | None:
    """Slot of the old operator that something else feeds now; ``None`` if there is none.

    What came or went says enough about those it feeds: only what is in both models counts.
    """
    before = _feeds(matching.old, old, matching.partner)
    after = _feeds(matching.new, new, matching.back)
    if old.commutes:
        wanted = [_translated(matching, feed.origin) for feed in before.values()]
        given = [feed.origin for feed in after.values()]
        unknown = None in wanted or not all(_known(matching, origin) for origin in given)
        unknown |= any(feed.partly for feed in (*before.values(), *after.values()))
        same = sorted(map(repr, wanted)) == sorted(map(repr, given))
        return None if unknown or same or not before else min(before)
    alone = [slot for slot in before.keys() ^ after.keys() if not old.steers(slot)]
    if alone and old.arity == new.arity:
        return min(alone)  # what flows changes places with a constant
    return next(
        (slot for slot in sorted(before.keys() & after.keys())
         if _is_elsewhere(matching, before[slot], after[slot])), None,
    )  # fmt: skip


def _feeds(network: Wired, part: Part, paired: Mapping[int, int]) -> dict[int, Feed]:
    found = {slot: Feed((SLOT, which), (), False) for slot, which in part.given}
    for source in part.sources:
        if source.slot >= 0:
            found[source.slot] = _feed(network, source, paired)
    return found


def _feed(network: Wired, source: PartSource, paired: Mapping[int, int]) -> Feed:
    views: list[int] = []
    partly = False
    for _ in range(HOPS):
        maker = network.parts[source.part]
        flows = maker.flows
        is_view = maker.record is not None and maker.record.nature is Nature.MOVEMENT
        both = source.part in paired
        if (both and not is_view) or len(flows) + len(maker.given) != 1:
            break
        partly |= not both
        if both:
            views.append(source.part)
        if maker.given:
            ((_slot, given),) = maker.given
            return Feed((SLOT, given), tuple(views), partly)
        (source,) = flows
    return Feed((source.part, source.port), tuple(views), partly)


def _is_elsewhere(matching: Matching, before: Feed, after: Feed) -> bool:
    wanted = _translated(matching, before.origin)
    if wanted is None or not _known(matching, after.origin) or before.partly or after.partly:
        return False
    views = tuple(matching.partner[view] for view in before.views)
    return (wanted, views) != (after.origin, after.views)


def _translated(matching: Matching, origin: Hashable) -> Hashable | None:
    """The same source in the new model; ``None`` where it has gone."""
    match origin:
        case (str(), _):
            return origin
        case (int(part), int(port)) if part in matching.partner:
            return matching.partner[part], port
    return None


def _known(matching: Matching, origin: Hashable) -> bool:
    """Whether a source of the new model is in the old one, too."""
    match origin:
        case (int(part), int()):
            return part in matching.back
    return True
