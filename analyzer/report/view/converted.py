"""The model with the convolutions converted that findings ask to convert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.facts import Certainty
from analyzer.language import _, ngettext
from analyzer.report.view.options.form import LEVELS, STAY, Terms, file_bytes, form, impact_of
from analyzer.report.view.options.scaled import params_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.result import Result
    from analyzer.report.view.action import Action
    from analyzer.report.view.options.form import SmallerForm


def converted(
    facts: Facts,
    device: Profile | None,
    saved: tuple[int, int],
    nodes: Collection[str],
    asks: Sequence[Action],
) -> SmallerForm | None:
    """What the first page says that compute could fall to; ``None`` where it says nothing.

    Parameters
    ----------
    saved : MACs and parameters.
    nodes : what is converted.
    asks : actions of the rules that ask for it.
    """
    macs, params = saved
    if not macs or not asks or facts.totals.certainty is Certainty.UNKNOWN:
        return None
    count, rules = len(nodes), ", ".join(each.rule for each in asks)
    title = ngettext("Convert {n} convolution ({rules})", "Convert {n} convolutions ({rules})",
                     count, rules=rules)  # fmt: skip
    each, held = _width(facts, nodes), _held_after(facts, params, nodes)
    return form(
        facts,
        device,
        ("separable", title, "; ".join(dict.fromkeys(each.does for each in asks))),
        Terms(
            min((each.effort for each in asks), key=LEVELS.index),
            min((each.risk for each in asks), key=("high", "medium", "low", "none").index),
            _("accuracy: train again"), "high", _("every layer recounted"), "train",
        ),
        macs=facts.totals.macs - macs,
        weight_bytes=held,
        at_most=not each and len([*filter(None, facts.parameters.bytes_by_dtype.values())]) > 1,
    )  # fmt: skip


def is_lighter(result: Result, asks: Iterable[Action]) -> bool:
    """Whether any of ``asks`` to convert layers, graded by the MACs that go, would be of more
    impact by the bytes."""
    facts = result.facts
    now, made = facts.parameters.kept_bytes, facts.parameters
    whole = now if made.stored_bytes < made.weight_bytes else file_bytes(facts)
    for ask in asks:
        nodes = {f.node for f in result.places
                 if f.rule == ask.rule and f.saving is not None} - {*ask.left_out}  # fmt: skip
        params = sum(facts[node].saved_params for node in nodes if node in facts)
        held = _held_after(facts, params, nodes)
        saved = 0 if held is None or held == STAY else now - held
        if LEVELS.index(impact_of(0, 0, saved, whole)) < LEVELS.index(ask.impact):
            return True
    return False


def _held_after(facts: Facts, params: int, nodes: Collection[str]) -> int | None:
    """Bytes of weights with so many parameters less of ``nodes``, ``STAY`` where none go; of
    several types, at most."""
    each, whole = _width(facts, nodes), facts.totals.params
    if not params:
        return STAY
    if each:
        return facts.parameters.kept_bytes - each * params
    return params_bytes(facts, whole, whole - params)


def _width(facts: Facts, nodes: Collection[str]) -> int:
    """Bytes of each value that operators of the main graph hold, where all are of one type of whole
    bytes; 0 where they are not."""
    held = {t.name: (t.elements, t.bytes) for t in facts.parameters.tensors
            if t.role == "weight" and not t.scope}  # fmt: skip
    inputs = [name for node in nodes if node in facts for name in facts[node].inputs]
    read = [held[name] for name in inputs if name in held]
    widths = {divmod(size or 0, count or 1) for count, size in read}
    wide, rest = widths.pop() if len(widths) == 1 else (0, 0)
    return 0 if rest else wide
