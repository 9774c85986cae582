"""What can be done: what rules ask for, and smaller forms that anybody may choose.

Each action has what it saves as far as that is a number, and how much work and risk it is. A
form is an option and no advice: it needs a decision, and mostly training or calibration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analyzer.devices import bound
from analyzer.findings.finding import Severity
from analyzer.language import mark
from analyzer.report.view.findings import first_sentence, headline
from analyzer.restore import record
from analyzer.sanitise import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.findings.finding import Finding
    from analyzer.report.result import Result
    from analyzer.report.view.whatif import WhatIf
    from analyzer.ruleset.rule import Rule

Level = Literal["high", "medium", "low"]
LEVELS: tuple[Level, ...] = (mark("high"), mark("medium"), mark("low"))

LARGE = 0.1
"""Share of the MACs from which a saving weighs as much as an error."""
WORTHWHILE = 16 * 1024
"""Bytes of float32 weights below which no smaller type is worth its work."""
WIDTH = "0.75"
"""The first step down of the MobileNet paper."""


@record
class Action:
    """What one rule asks for."""

    rule: str
    title: str
    what: str
    """First sentence of the remedy."""
    places: int
    impact: Level
    effort: Level
    macs: int
    """Saved in all."""
    params: int


@record
class SmallerForm:
    """A smaller form of the whole model."""

    id: str
    title: str
    macs: int | None
    """Afterwards; null where they stay as they are."""
    weight_bytes: int | None
    """Afterwards; null where they stay as they are."""
    device: str
    seconds_now: float | None
    """The least time on ``device``; null where the device does not compute in the type."""
    seconds: float | None
    """The same afterwards."""
    effort: Level
    risk: str
    confidence: str
    """What the figures, and the words about accuracy, rest on."""


@record
class Checked:
    """Rules of one category that were applied."""

    category: str
    rules: int
    speak: int
    """Of them, those with findings."""


def actions(result: Result) -> tuple[Action, ...]:
    """What rules ask for: most impact first, of equals the least effort."""
    rules = {rule.id: rule for rule in result.rules}
    found: dict[str, list[Finding]] = {}
    for finding in result.places:
        found.setdefault(finding.rule, []).append(finding)
    made = [_action(items, rules.get(rule), result.facts.totals.macs)
            for rule, items in found.items()]  # fmt: skip
    order = LEVELS.index
    return tuple(sorted(made, key=lambda a: (order(a.impact), -order(a.effort), -a.macs, a.rule)))


def _action(items: list[Finding], rule: Rule | None, whole: int) -> Action:
    savings = {f.node: f.saving for f in items if f.saving is not None}
    macs = sum(saving.macs for saving in savings.values())
    first = items[0]
    return Action(
        rule=label(first.rule),
        title=headline(rule.summary if rule else first.name.replace("-", " ")),
        what=first_sentence(rule.fix if rule else first.fix),
        places=len(items),
        impact=_impact(items, macs / whole if whole else 0.0),
        effort=_effort(rule, bool(savings)),
        macs=macs,
        params=sum(saving.params for saving in savings.values()),
    )


def _impact(items: list[Finding], share: float) -> Level:
    severities = {f.severity for f in items}
    if Severity.ERROR in severities or share >= LARGE:
        return "high"
    return "medium" if Severity.WARNING in severities else "low"


def _effort(rule: Rule | None, trains: bool) -> Level:
    """Other layers need training; a change of what is computed needs a test; the rest is a tool or
    a setting of the exporter."""
    if trains:
        return "high"
    return "medium" if rule is not None and rule.fix_safety == "unsafe" else "low"


def options(facts: Facts, sizes: WhatIf, device: Profile | None) -> tuple[SmallerForm, ...]:
    """Smaller forms that the model admits, the least effort first."""
    return (*_types(facts, device), *_scaled(facts, sizes, device))


def _types(facts: Facts, device: Profile | None) -> Iterator[SmallerForm]:
    """Weights in float16 and int8 instead of float32."""
    held = facts.parameters.bytes_by_dtype.get("float32", 0)
    macs = facts.totals.macs_by_precision.get("float32", 0)
    if held < WORTHWHILE or not macs:
        return
    whole = facts.parameters.weight_bytes
    overflow = _overflow(facts)
    if not overflow:
        yield SmallerForm(
            "float16", "Weights and arithmetic in float16", None, whole - held // 2,
            *_times(facts, device, "float16"), "low",
            "small: sums of many terms may overflow; compare outputs",
            "no weight overflows float16 (all were read)" if overflow is False
            else "weights were not read",
        )  # fmt: skip
    yield SmallerForm(
        "int8", "Weights and arithmetic in int8", None, whole - held + held // 4,
        *_times(facts, device, "int8"), "medium",
        "accuracy: calibrate, measure, and keep sensitive layers in float",
        "size without scales, which add 4 bytes a channel; accuracy not known from the file",
    )  # fmt: skip


def _overflow(facts: Facts) -> bool | None:
    """Whether a weight is too large for float16; ``None`` where they were not all read."""
    found = facts.evidence
    if found is None or found.unread or found.unread_tensors or not found.layers:
        return None
    return any(layer.values.fp16_overflow for layer in found.layers.values())


def _times(
    facts: Facts, device: Profile | None, dtype: str
) -> tuple[str, float | None, float | None]:
    """(device, least time now, least time with the float32 MACs in ``dtype``)."""
    if device is None:
        return "", None, None
    now, then = (bound(facts, device, types).seconds for types in ({}, {"float32": dtype}))
    return label(device.name, 60), now, then


def _scaled(facts: Facts, sizes: WhatIf, device: Profile | None) -> Iterator[SmallerForm]:
    """A narrower network and a smaller image, as the MobileNet papers scale them."""
    rows = {row.width: row for row in sizes.rows}
    if "1" not in rows or not facts.totals.macs:
        return
    full = rows["1"]
    now = bound(facts, device).seconds if device is not None else None
    name = label(device.name, 60) if device is not None else ""
    # Of several types, or of MACs that data decide, nobody knows how much each one shrinks.
    alike = len(facts.totals.macs_by_precision) == 1
    known = alike and facts.totals.macs_range == (facts.totals.macs, facts.totals.macs)

    def option(id_: str, title: str, macs: int, params: int | None) -> SmallerForm:
        then = now * macs / facts.totals.macs if now is not None and known else None
        held = None
        if params is not None and full.params:
            held = facts.parameters.weight_bytes * params // full.params
        return SmallerForm(
            id_, title, macs, held, name, now, then, "high", "accuracy: train again",
            "every layer recounted; the weights' bytes in proportion to parameters",
        )  # fmt: skip

    narrow = rows.get(WIDTH)
    if narrow is not None and narrow.macs[0] is not None:
        yield option("width", f"Width × {WIDTH}: every layer narrower", narrow.macs[0],
                     narrow.params)  # fmt: skip
    if len(sizes.columns) > 1 and full.macs[1] is not None:
        smaller = sizes.columns[1]
        yield option("resolution", f"Input {smaller.sides} instead of {sizes.columns[0].sides}",
                     full.macs[1], None)  # fmt: skip


def checked(result: Result) -> tuple[Checked, ...]:
    """How many rules of each category were applied, and how many have something to say."""
    speaking = {finding.rule for finding in result.findings}
    found: dict[str, list[str]] = {}
    for rule in result.rules:
        found.setdefault(rule.category, []).append(rule.id)
    return tuple(
        Checked(label(category), len(ids), len(speaking.intersection(ids)))
        for category, ids in sorted(found.items())
    )
