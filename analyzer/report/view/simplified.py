"""What a simplifier adds to a file: constants that operators make, shapes, another order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer import units
from analyzer.converters.added import stated_bytes
from analyzer.language import _
from analyzer.report.view.options.form import (
    COMMANDS,
    LARGE,
    NOTABLE,
    WORTHWHILE,
    file_bytes,
    is_untrained,
)
from analyzer.smaller.folded import folded_bytes, levelled_peak, limit_under

if TYPE_CHECKING:
    from analyzer.facts import Facts
    from analyzer.report.view.action import Action
    from analyzer.report.view.options.before import Tool

STATED = 2
"""How often it states the type of a tensor (0.1.98)."""
SHAPES = 16 * 1024
"""Bytes of shapes that are stated from which they are told, where they are a tenth of the file and
of what is stored in it besides."""


class Added(NamedTuple):
    """What a tool adds to a model."""

    written: int = 0
    """Bytes that operators make and that it stores; 0 where few."""
    limit: int = 0
    """Bytes of a result from which on it is left computed; 0 for none."""
    unlimited: int = 0
    """``written`` without that limit."""
    states: int = 0
    """Bytes of the shapes that it states; 0 where few."""
    peak: int | None = None
    """Of activations in the order in which it writes operators, where that is known and more by a
    twentieth."""
    peak_now: int | None = None
    """The same in the order of the file."""

    def grows(self, now: int) -> bool:
        """Whether a file of ``now`` bytes grows by much."""
        return self.written + self.states >= max(1, LARGE * now)

    def told(self, now: int) -> str:
        """In words, and from what to what the file of ``now`` bytes grows where that is much;
        empty for nothing."""
        size, whole = units.size, self.unlimited
        said = []
        if self.written and self.grows(now):
            said.append(_("it stores {size} that operators make: the file grows from {now} to "
                          "about {then}", size=size(self.written), now=size(now),
                          then=size(now + self.written + self.states)))  # fmt: skip
        elif self.written:
            said.append(_("it stores {size} that operators make", size=size(self.written)))
        if self.limit:
            said.append(_("without the limit it stores {size} that operators make: the file grows "
                          "from {now} to about {then}", size=size(whole), now=size(now),
                          then=size(now + whole)))  # fmt: skip
        if self.states:
            said.append(_("the shapes that it states take about {size}",
                          size=size(self.states)))  # fmt: skip
        if self.peak is not None:
            said.append(_("in the order in which it writes operators, the peak of activations is "
                          "{then} instead of {now}", then=size(self.peak),
                          now=size(self.peak_now or 0)))  # fmt: skip
        return "; ".join(said)


def added(facts: Facts, tool: Tool, *, tidies: bool) -> Added:
    """What ``tool`` adds; with a limit, where one is needed, if it ``tidies`` alone: what is worth
    more may hang on what is computed. Nothing where trained weights come first: those are stored
    then."""
    if tool != "onnxslim" or is_untrained(facts):
        return Added()
    whole, limited = facts.once(_added)
    return limited if tidies else whole


def command(tool: Tool, limit: int) -> str:
    """What is typed to run it.

    >>> command("onnxslim", 0), command("onnxslim", 1024)
    ('onnxslim MODEL NEW', 'onnxslim --size-threshold 1024 MODEL NEW')
    """
    typed = COMMANDS[tool]
    return typed.replace(tool, f"{tool} --size-threshold {limit}", 1) if limit else typed


def lowered_peak(facts: Facts, after: int, now: int) -> int | None:
    """Bytes of activations at the peak once constants are folded, ``after`` of them in the file's
    own order, where that is less than ``now`` in the order in which onnxslim writes, too."""
    peak = max(after, facts.once(levelled_peak) or 0)
    return peak if peak < now else None


def grown(ask: Action) -> str:
    """From what to what the file grows where what a rule asks for is done by its tool, in a few
    words: as the tool is told to be run, and without a limit where one is told; empty where that is
    not much."""
    now, size = ask.file_now, units.size
    adds = Added(ask.written, ask.limit, ask.unlimited, ask.states)
    then, most = size(now + ask.written + ask.states), size(now + ask.unlimited)
    typed = command(ask.tool, ask.limit) if ask.tool else ""
    if ask.limit and adds.grows(now):
        return _("with {command} the file grows from {now} to about {then}, without the option to "
                 "about {most}", command=typed, now=size(now), then=then, most=most)  # fmt: skip
    if ask.limit:
        return _("without the option of {command} the file grows from {now} to about {then}",
                 command=typed, now=size(now), then=most)  # fmt: skip
    if adds.grows(now):
        return _("with {command} the file grows from {now} to about {then}",
                 command=typed, now=size(now), then=then)  # fmt: skip
    return ""


def _added(facts: Facts) -> tuple[Added, Added]:
    """Without a limit, and with one where constants would add a twentieth to the file."""
    now = file_bytes(facts)
    limit = limit_under(facts, max(WORTHWHILE, int(NOTABLE * now)))
    stated = stated_bytes(facts, STATED)
    whole = Added(peak=_raised(facts), peak_now=facts.memory.peak_bytes)
    whole = _storing(whole, made := folded_bytes(facts), stated, now)
    if limit is None:
        return whole, whole
    kept = _storing(whole, folded_bytes(facts, limit), stated, now)
    return whole, kept._replace(limit=limit, unlimited=made)


def _storing(adds: Added, made: int, stated: int, now: int) -> Added:
    """With bytes of results that are stored and of shapes that are stated, where those are many."""
    many = made >= WORTHWHILE or made >= max(SHAPES, LARGE * now)
    states = stated if stated >= max(SHAPES, (now + made) // 10) else 0
    return adds._replace(written=made if many else 0, states=states)


def _raised(facts: Facts) -> int | None:
    now, then = facts.memory.peak_bytes, facts.once(levelled_peak)
    if now is None or then is None or facts.memory.fused_bytes is not None:
        return None
    return then if then > (1 + NOTABLE) * now else None
