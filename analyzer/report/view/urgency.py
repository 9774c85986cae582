"""The one order of what can be done: what is wrong, what presses, what could be better."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import TYPE_CHECKING, Literal

from analyzer.report.view.options.form import LEVELS

if TYPE_CHECKING:
    from analyzer.report.view.action import Action

Standing = Literal["against use", "before use", "before sharing", "high", "medium", "low",
                   "figures"]  # fmt: skip
"""What an action is beside its effort: how it bears on use, else its impact on the model; of what
changes no model, that it makes figures truer."""


def is_tidying(ask: Action) -> bool:
    """Whether it changes next to nothing, and a tool does it."""
    return bool(ask.tool) and ask.impact == "low" and not presses(ask)


class Urgency(IntEnum):
    """Errors of the model and what harms, then what kept it from being judged, then what is to be
    done before it is used or handed on, and what keeps totals from being more than minima; then
    what could be better, and at last what makes figures truer."""

    HARMFUL_ERROR = auto()
    AGAINST = auto()
    HARMFUL = auto()
    UNJUDGED = auto()
    SETTLING = auto()
    PRESSING = auto()
    SHARING = auto()
    COUNTING = auto()
    BETTER = auto()
    FIGURES = auto()


def presses(action: Action) -> bool:
    """Whether use, what others learn, or the figures hang on it."""
    return action.severity == "error" or action.pressing


def urgency(action: Action) -> Urgency:
    """What it is, by severity, and by what hangs on it."""
    if action.severity == "error":
        against = Urgency.AGAINST if action.against else Urgency.UNJUDGED
        return Urgency.HARMFUL_ERROR if action.harms else against
    if action.figures:
        return Urgency.COUNTING if action.impact == "high" else Urgency.FIGURES
    if not action.pressing:
        return Urgency.BETTER
    if action.harms:
        return Urgency.HARMFUL
    other = Urgency.SHARING if action.shares else Urgency.PRESSING
    return Urgency.SETTLING if action.settles else other


def standing(action: Action) -> Standing:
    """What stands beside its effort, in the list and in the map."""
    if action.against:
        return "against use"
    urgent = urgency(action)
    if urgent is Urgency.PRESSING:
        return "before use"
    if urgent is Urgency.SHARING:
        return "before sharing"
    return "figures" if urgent is Urgency.FIGURES else action.impact


def rank(action: Action) -> tuple[int, int, int, int, int, float, int, str]:
    """The urgent, then most impact, of equals the least effort, then what saves most, MACs before
    bytes, and what is more certain; what a tool tidies up before its equals. Equals come by their
    ids, not by the number of places: that is another where a network was exported differently."""
    order = LEVELS.index
    return (urgency(action), order(action.impact), -order(action.effort), not is_tidying(action),
            -action.macs, -_bytes(action), order(action.confidence), action.rule)  # fmt: skip


def _bytes(action: Action) -> float:
    """The share of the bytes that it saves, of those that one run moves or of those stored."""
    shares = ((action.traffic, action.traffic_now), (action.stored, action.stored_now))
    return max(saved / whole if whole else 0.0 for saved, whole in shares)
