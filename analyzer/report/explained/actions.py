"""What to do: what acting on findings brings, and how long the model takes then."""

from __future__ import annotations

from math import isclose
from typing import TYPE_CHECKING

from analyzer.report.explained.deployment import least_time
from analyzer.report.explained.sums import EXACT, added_up, how_sure, scientific, weakest
from analyzer.report.view.devices import on
from analyzer.report.view.explained import Explained, Summand
from analyzer.report.view.tools import staying
from analyzer.sanitise import label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.findings.finding import Finding
    from analyzer.report.page import Page
    from analyzer.report.result import Result
    from analyzer.report.view.action import Action
    from analyzer.report.view.options import SmallerForm


def explain(result: Result, page: Page) -> Iterator[Explained]:
    facts = result.facts
    places: dict[str, dict[str, Finding]] = {}
    for finding in result.places:
        places.setdefault(label(finding.rule), {})[finding.node] = finding
    devices = {on(facts, device): device for device in result.devices}
    rules = {label(rule.id): rule for rule in result.rules}
    for index, ask in enumerate(page.asks):
        place, device = f"page.asks[{index}]", devices.get(ask.device)
        found = places.get(ask.rule, {})
        stays = staying(ask.tool, found.values(), rules.get(ask.rule), facts)
        done = {node: each for node, each in found.items() if node not in stays}
        yield from _saved(place, ask, done, facts)
        yield from _share(place, ask, facts)
        if device is not None:
            yield from _now(place, ask, facts, device)
            if ask.seconds:
                left = facts.totals.macs - ask.macs
                yield from _least(f"{place}.seconds", ask.seconds, {_type(facts): left},
                                  facts, device)  # fmt: skip
    for place, form in page.forms:
        device = devices.get(form.device)
        yield from _share(place, form, facts)
        if device is not None:
            yield from _now(place, form, facts, device)
            if form.seconds:
                yield from _least(f"{place}.seconds", form.seconds, form.macs_by_precision,
                                  facts, device)  # fmt: skip


def _saved(
    place: str, ask: Action, findings: dict[str, Finding], facts: Facts
) -> Iterator[Explained]:
    """Sums over places, where the action claims no less than they come to."""
    savings = [found.saving for node, found in findings.items()
               if found.saving is not None and node not in ask.left_out]  # fmt: skip
    sure = weakest(facts[node] for node in findings if node in facts)
    bytes_ = [int(found.value or 0) for found in findings.values()]
    sums = (
        ("macs", ask.macs, "finding", [each.macs for each in savings] or bytes_, sure),
        ("params", ask.params, "finding.params", [each.params for each in savings], EXACT),
        ("stored", ask.stored, "finding.bytes", bytes_, EXACT),
        ("traffic", ask.traffic, "finding.bytes", bytes_, sure),
    )
    for name, value, by, parts, certainty in sums:
        if value and value == sum(parts):
            yield Explained(f"{place}.{name}", value, by, tuple(added_up((n, "") for n in parts)),
                            *certainty)  # fmt: skip


def _share(place: str, step: Action | SmallerForm, facts: Facts) -> Iterator[Explained]:
    if step.macs_share:
        text = Summand(f"{step.macs} / {facts.totals.macs}")
        yield Explained(f"{place}.macs_share", step.macs_share, "share.macs", (text,),
                        *how_sure(facts.totals))  # fmt: skip


def _type(facts: Facts) -> str:
    """The type of the arithmetic; there is one where a time in proportion is told."""
    return next(iter(facts.totals.macs_by_arithmetic))


def _now(
    place: str, step: Action | SmallerForm, facts: Facts, device: Profile
) -> Iterator[Explained]:
    if step.seconds_now:
        parts = least_time(step.seconds_now, facts, device)
        yield Explained(f"{place}.seconds_now", step.seconds_now, "time", parts,
                        *how_sure(facts.totals))  # fmt: skip


def _least(
    number: str, seconds: float, macs: Mapping[str, int], facts: Facts, device: Profile
) -> Iterator[Explained]:
    """MACs of each type at its peak; nothing where data decide what runs."""
    rates = {type_: device.fastest(type_) for type_, count in macs.items() if count}
    known = [(macs[type_], rate, type_) for type_, rate in rates.items() if rate]
    if isclose(sum(count / rate for count, rate, _ in known), seconds):
        parts = (Summand(f"{count} / ({scientific(rate)})", label(type_))
                 for count, rate, type_ in known)  # fmt: skip
        yield Explained(number, seconds, "time", tuple(parts), *how_sure(facts.totals))
