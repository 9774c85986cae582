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
    whole = facts.totals.params
    held = params_bytes(facts, whole, whole - params) if params else STAY
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
        at_most=sum(1 for size in facts.parameters.bytes_by_dtype.values() if size) > 1,
    )  # fmt: skip
