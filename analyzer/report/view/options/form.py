"""A smaller form of a model: the record, and when it is worth a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal, NamedTuple

from analyzer import units
from analyzer.devices import peak_in, replaced, room
from analyzer.facts import Certainty
from analyzer.language import _
from analyzer.records import HIDDEN
from analyzer.report.view.devices import on
from analyzer.report.view.options.before import Before, Tool
from analyzer.report.view.reach import time_on
from analyzer.restore import record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from analyzer.devices import Profile
    from analyzer.facts import Facts

Level = Literal["high", "medium", "low"]
LEVELS: tuple[Level, ...] = ("high", "medium", "low")
Risk = Literal["none", "low", "medium", "high"]
Training = Literal["none", "fine-tune", "train"]

COMMANDS: Mapping[Tool, str] = {
    "onnxslim": "onnxslim MODEL NEW",
    "onnxruntime": "python -m onnxruntime.tools.optimize_onnx_model --opt_level basic "
                   "MODEL NEW",
}  # fmt: skip
"""By ``Rule.tool``, what takes out what it names."""
LARGE, NOTABLE = 0.25, 0.05
"""Shares of the MACs, of the least time or of bytes from which a saving is of high, and of medium
impact."""
SOONER, FEWER = 0.1, 0.01
"""Shares of the time and of the MACs from which a form is worth a line."""
WORTHWHILE = 64 * 1024
"""Bytes that a smaller form has to save, unless it saves MACs or time: below it no flash memory
and no download is the smaller for it."""
REPLACEABLE = "IOP001"
"""The rule that asks to take weights out of the inputs."""
LOOSE: Mapping[str, str] = {"bias": "EFF005", "scale": "EFF006"}
"""Rules about constants that a layer could hold, by the kind of the merge."""
STAY = -1
"""In the place of bytes: as they are today."""
BUSY = 10_000_000
"""MACs below which no time is worth saving: they take a tenth of a millisecond on a small board."""
MOMENT = 1e-3
"""Seconds of the bound of one run below which to save compute is of medium impact at most."""


@record
class SmallerForm:
    """A smaller form of the whole model."""

    id: str
    title: str
    how: str
    """What to do, once ``before`` is done."""
    impact: Level
    macs: int | None
    """Afterwards; null where they stay as they are."""
    weight_bytes: int | None
    """Afterwards, of weights and buffers with their scales and zero points: ``bytes_now`` where
    they stay; null: nobody counted."""
    bytes_now: int
    """The same today."""
    extra: str
    """Another figure that changes, with its unit; empty for none."""
    device: str
    seconds_now: float | None
    """The least time on ``device``; null where it does not compute in the type, or the model does
    not fit."""
    seconds: float | None
    """The same afterwards; null where nobody can say."""
    effort: Level
    risk: Risk
    loses: str
    """What may be lost, in a few words."""
    confidence: Level
    rests: str
    """What the figures, and the words about accuracy, rest on."""
    training: Training = "none"
    """What has to follow before the model is of use again."""
    macs_by_precision: Mapping[str, int] = field(default_factory=dict)
    """What ``seconds`` are the time of: MACs by the element type they are computed in."""
    alters: tuple[str, ...] = field(default=(), metadata=HIDDEN)
    """Ids of operators whose weights and arithmetic get another type."""
    alternatives: tuple[str, ...] = ()
    """Other forms that give the same operators another type: one of them is to be chosen, and what
    they save does not add up."""
    scales_now: int = 0
    """Bytes of scales and zero points in ``bytes_now``."""
    before: tuple[Before, ...] = ()
    """What has to be done to the file first, in turn."""
    macs_share: float | None = None
    """``macs`` in proportion to all of the model's; ``None`` where those are no single number."""
    constants: int = 0
    """Bytes afterwards of grids, masks and other constants, which are beside the weights."""
    constants_now: int = 0
    """Of the same today."""
    file_now: int | None = None
    """Bytes of the file today, with weights beside it; null where nobody counted those afterwards,
    or where what shrinks is no weight."""
    file_bytes: int | None = None
    """About the same afterwards, with what a converter adds."""
    at_most: bool = False
    """``weight_bytes`` are the most that they can be."""
    macs_at_most: bool = False
    """``macs`` are, likewise: no time follows from them."""
    peak: int | None = None
    """Bytes of activations at the peak afterwards, at least, of a model that takes more for those
    than for its weights; null of others, and where nobody can say."""
    peak_now: int | None = None
    """Of the same today."""
    smaller: bool = True
    """It has fewer MACs or bytes, or takes less time by the bound; not of a form that is better
    otherwise."""
    cautions: tuple[str, ...] = ()
    """Of ``how`` and ``loses`` what warns, in two or three words each."""

    @property
    def grows(self) -> bool:
        """Whether the file is larger afterwards."""
        return (self.file_bytes or 0) > (self.file_now or 0)

    @property
    def held(self) -> str:
        """``weight_bytes`` in words, and that they are the most where nobody counted them all."""
        held = units.size(self.weight_bytes)
        return _("at most {value}", value=held) if self.at_most else held


def lighter(form: SmallerForm) -> str:
    """The weights afterwards and today, in words; empty where they stay or nobody counted."""
    if form.weight_bytes is None or form.weight_bytes == form.bytes_now:
        return ""
    then, now = form.held, units.size(form.bytes_now)
    if form.scales_now:
        return _("weights and scales {bytes} instead of {now}", bytes=then, now=now)
    return _("weights {bytes} instead of {now}", bytes=then, now=now)


def alternatives(altered: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]]:
    """Of what alters operators, by name, what alters the same: at least half of those of the one
    that alters fewer.

    >>> alternatives({"a": {"x", "y", "z"}, "b": {"x"}, "c": {"u", "z"}, "d": {"v"}})
    {'a': ('b', 'c'), 'b': ('a',), 'c': ('a',), 'd': ()}
    """
    sets = {name: frozenset(ids) for name, ids in altered.items()}

    def rival(one: frozenset[str], other: frozenset[str]) -> bool:
        return bool(one and other) and 2 * len(one & other) >= min(len(one), len(other))

    return {
        name: tuple(other for other, theirs in sets.items() if other != name and rival(ids, theirs))
        for name, ids in sets.items()
    }


def impact_of(
    macs: int, of_macs: int, saved: int, of_bytes: int, sooner: float = 0.0, *, brief: bool = False
) -> Level:
    """How much it is to save ``macs`` of ``of_macs`` and ``saved`` bytes of ``of_bytes``, and that
    share of the time; ``brief``: a run takes next to no time.

    >>> impact_of(30, 100, 0, 0), impact_of(30, 100, 0, 0, brief=True), impact_of(4, 100, 0, 0)
    ('high', 'medium', 'low')
    """
    compute = level_of(max(macs / of_macs if of_macs else 0.0, sooner))
    if brief and compute == "high":
        compute = "medium"
    held = level_of(saved / of_bytes if of_bytes and saved >= WORTHWHILE else 0.0)
    return min(compute, held, key=LEVELS.index)


def level_of(share: float) -> Level:
    """The one scale of impact."""
    return "high" if share >= LARGE else "medium" if share >= NOTABLE else "low"


def is_brief(facts: Facts, device: Profile | None) -> bool:
    """Whether the bound of one run is less than a moment; without one, whether its MACs are few.

    Never where more may run than what was counted.
    """
    low, high = facts.totals.macs_range
    if facts.totals.certainty is Certainty.UNKNOWN or not facts.totals.complete or low != high:
        return False
    seconds = time_on(facts, device).seconds if device is not None else None
    return facts.totals.macs < BUSY if seconds is None else seconds < MOMENT


class Terms(NamedTuple):
    """What it takes to get to a form, and how sure its figures are."""

    effort: Level
    risk: Risk
    loses: str
    confidence: Level
    rests: str
    training: Training = "none"


def form(
    facts: Facts,
    device: Profile | None,
    words: tuple[str, str, str],
    judged: Terms,
    *,
    macs: int | None = None,
    weight_bytes: int | None = STAY,
    instead: Mapping[str, str] = {},
    kept: Mapping[str, int] = {},
    hands_on_floats: bool = False,
    extra: str = "",
    beside: tuple[int, int] = (0, 0),
    alters: Iterable[str] = (),
    added: int = 0,
    fewer_constants: int = 0,
    at_most: bool = False,
    macs_at_most: bool = False,
    cautions: tuple[str, ...] = (),
) -> SmallerForm:
    """A form with its times and its impact.

    Parameters
    ----------
    words : id, title, and what to do.
    macs : afterwards; ``None`` where they stay as they are.
    weight_bytes : afterwards; ``None`` where nobody knows.
    instead : element types of arithmetic and those that replace them.
    kept : MACs by the element type that they stay in all the same.
    hands_on_floats : activations are not of those types, but as they were.
    extra : another figure that changes, in words.
    beside : bytes today and afterwards of what is no weight, such as a cache.
    alters : operators whose weights and arithmetic get another type.
    added : bytes that come to the file besides.
    fewer_constants : bytes by which constants that are no weights shrink.
    at_most : ``weight_bytes`` are the most that they can be.
    macs_at_most : ``macs`` are, likewise.
    cautions : what warns of it, in two or three words each.
    """
    whole, held = facts.totals.macs, facts.parameters.kept_bytes
    weight_bytes = held if weight_bytes == STAY else weight_bytes
    saved = 0 if weight_bytes is None else held - weight_bytes
    now = then = time_on(facts, device).seconds if device is not None else None
    counted: Mapping[str, int] = {}
    if instead and device is not None:
        then = time_on(facts, device, instead, kept).seconds
        counted = replaced(facts.totals.macs_by_arithmetic, instead, kept)
    elif macs is not None:
        then = None if macs_at_most else _in_proportion(facts, now, macs)
        counted = dict.fromkeys(facts.totals.macs_by_arithmetic, macs)
    fewer = 0 if macs is None else whole - macs
    sooner = 1 - then / now if then is not None and now else 0.0
    made = facts.parameters.stored_bytes < facts.parameters.weight_bytes
    file = None if made else file_bytes(facts)
    counted_file = weight_bytes is not None and file is not None and not beside[0]
    less = saved + beside[0] - beside[1] + (fewer_constants - added if counted_file else 0)
    of_bytes = held_at_least(facts, beside[0]) if beside[0] else file or held
    impact = impact_of(fewer, whole, less, of_bytes, sooner, brief=is_brief(facts, device))
    if sooner < 0:
        impact = "low"
    if device is not None and room(facts, device).fits is False:
        now = None
    types = {} if hands_on_floats else instead
    if device is not None and _too_large(facts, device, macs, weight_bytes, types):
        then = None
    id_, title, how = words
    return SmallerForm(
        id_, title, how, impact,
        macs, weight_bytes, held, extra,
        on(facts, device), now, then, *judged,
        counted if then is not None else {}, tuple(alters),
        scales_now=facts.parameters.scale_bytes,
        macs_share=macs / facts.totals.whole if macs is not None and facts.totals.whole else None,
        constants=facts.parameters.constant_bytes - fewer_constants,
        constants_now=facts.parameters.constant_bytes,
        file_now=file if counted_file else None,
        file_bytes=file - less if file is not None and counted_file else None,
        at_most=at_most and weight_bytes not in (None, held),
        macs_at_most=macs_at_most,
        peak=_peak(facts, types),
        peak_now=facts.memory.peak_bytes,
        smaller=fewer > 0 or less > 0 or sooner > 0,
        cautions=cautions,
    )  # fmt: skip


def _peak(facts: Facts, instead: Mapping[str, str]) -> int | None:
    """The peak in other types, where that is what a model takes most memory for."""
    now = facts.memory.peak_bytes
    if not instead or now is None or facts.memory.fused_bytes is not None:
        return None
    then = peak_in(facts, instead)
    if then is None or then >= now or now < max(WORTHWHILE, facts.parameters.kept_bytes):
        return None
    return then


def held_at_least(facts: Facts, beside: int) -> int:
    """Bytes that a run holds at once, at least: weights with what is ``beside`` them, or the
    activations at the peak."""
    return max(facts.parameters.kept_bytes + beside, facts.memory.peak_bytes or 0)


def file_bytes(facts: Facts) -> int:
    """Bytes of the file, with weights that are beside it."""
    stored = facts.parameters.stored_bytes
    return facts.model.bytes + (stored if stored > facts.model.bytes else 0)


def _too_large(
    facts: Facts,
    device: Profile,
    macs: int | None,
    weight_bytes: int | None,
    instead: Mapping[str, str],
) -> bool:
    """Whether a form does not fit for certain; what fewer MACs leave of activations nobody
    knows."""
    if weight_bytes is None:
        return False
    found = room(facts, device, weight_bytes, instead)
    return found.weights_share > 1 or (macs is None and found.fits is False)


def is_worthwhile(facts: Facts, found: SmallerForm) -> bool:
    """Whether it saves enough of anything to be worth a line."""
    whole = facts.totals.macs
    if found.file_now is not None:
        bytes_ = found.file_now - (found.file_bytes or 0)
    else:
        bytes_ = 0 if found.weight_bytes is None else found.bytes_now - found.weight_bytes
    macs = 0 if found.macs is None else whole - found.macs
    sooner = bool(
        found.seconds is not None
        and found.seconds_now
        and found.seconds <= (1 - SOONER) * found.seconds_now
    )
    fewer = whole > 0 and macs >= FEWER * whole
    return bytes_ >= WORTHWHILE or bool(found.extra) or (whole >= BUSY and (sooner or fewer))


def _in_proportion(facts: Facts, now: float | None, macs: int) -> float | None:
    """The least time with ``macs`` in all, where all of them are of one type and known.

    Of several types, or of MACs that data decide, nobody knows how much each one shrinks.
    """
    totals = facts.totals
    alike = len(totals.macs_by_arithmetic) == 1 and totals.macs_range == (totals.macs, totals.macs)
    if now is None or not alike or not totals.macs:
        return None
    return now * macs / totals.macs


def is_untrained(facts: Facts) -> bool:
    """Whether the weights are placeholders, as far as they were read."""
    return facts.evidence is not None and facts.evidence.placeholder


def is_guessed(facts: Facts, axes: Iterable[tuple[str, int]]) -> bool:
    """Whether one of these axes, (input, axis), is of a usual size because nobody stated any."""
    guessed = {(a.input, a.axis) for a in facts.assumptions if a.reason.startswith("default")}
    return not guessed.isdisjoint(axes)
