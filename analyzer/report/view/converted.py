"""The model with the convolutions converted that findings ask to convert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.facts import Certainty
from analyzer.language import _, ngettext
from analyzer.report.view.options.form import LEVELS, STAY, Terms, form
from analyzer.report.view.options.scaled import params_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.devices import Profile
    from analyzer.facts import Facts
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
    each, whole = _width(facts, nodes), facts.totals.params
    held = STAY if not params else params_bytes(facts, whole, whole - params)
    held = facts.parameters.kept_bytes - each * params if each and params else held
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
