"""WeasyPrint's numbers of the pages that links lead to, without laying out pages for them twice.

A page that tells them is laid out with 0 for each, then again as it was, and once more with what
they are: WeasyPrint takes the counter of a target for one of the link, and does not know to which
target it leads if an attribute says so. Here it is told, and begins with the numbers of the layout
before.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Counters = dict[str, list[int]]


def numbering(collector: Any) -> list[tuple[Any, str, Callable[..., None]]]:
    """Methods for ``TargetCollector``: what they are set on, their names, and they themselves."""
    collect = collector.collect_missing_counters
    place = collector.collect_anchor
    keep = collector.cache_target_page_counters
    known: dict[str, Counters] = {}

    def collect_missing_counters(
        self: Any, box: Any, token: str, again: object, own: list[str], of: dict[Any, list[str]]
    ) -> None:
        address = box.element.get("href", "") if None in of and box.element is not None else ""
        if list(of) == [None] and own is of[None] and address.startswith("#"):
            own, of = [], {address[1:]: own}
        collect(self, box, token, again, own, of)

    def collect_anchor(self: Any, anchor: str) -> None:
        place(self, anchor)
        if anchor in known:
            self.target_lookup_items[anchor].cached_page_counter_values = deepcopy(known[anchor])

    def cache_target_page_counters(
        self: Any, anchor: str, counters: Counters, index: int, pages: Any
    ) -> None:
        item = self.target_lookup_items.get(anchor)
        if item is not None and item.cached_page_counter_values:
            before = item.cached_page_counter_values
            told = {
                name
                for lookup in self.counter_lookup_items.values()
                for name in lookup.missing_target_counters.get(anchor, ())
            }
            if all(before.get(name) == counters.get(name) for name in told):
                item.cached_page_counter_values = deepcopy(counters)  # no page tells the others
        known[anchor] = deepcopy(counters)
        keep(self, anchor, counters, index, pages)

    return [
        (collector, method.__name__, method)
        for method in (collect_missing_counters, collect_anchor, cache_target_page_counters)
    ]
