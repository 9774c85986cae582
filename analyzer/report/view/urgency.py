"""In which order actions come: what is wrong, what presses, what could be better."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import TYPE_CHECKING

from analyzer.report.view.options.form import LEVELS

if TYPE_CHECKING:
    from analyzer.report.view.action import Action


def is_tidying(ask: Action) -> bool:
    """Whether it changes next to nothing, and a tool does it."""
    return bool(ask.tool) and ask.impact == "low" and not presses(ask)


class Urgency(IntEnum):
    """Errors of the model, then what kept it from being judged, then what else is pressing; then
    what could be better. Of errors and of others what harms comes first, of others what figures
    hang on next."""

    HARMFUL_ERROR = auto()
    AGAINST = auto()
    ERROR = auto()
    HARMFUL = auto()
    SETTLING = auto()
    PRESSING = auto()
    BETTER = auto()


def presses(action: Action) -> bool:
    """Whether use, or the figures, hang on it."""
    return action.severity == "error" or action.pressing


def urgency(action: Action) -> Urgency:
    """What it is, by severity, and by what hangs on it."""
    if action.severity == "error":
        against = Urgency.AGAINST if action.against else Urgency.ERROR
        return Urgency.HARMFUL_ERROR if action.harms else against
    if not action.pressing:
        return Urgency.BETTER
    other = Urgency.SETTLING if action.settles else Urgency.PRESSING
    return Urgency.HARMFUL if action.harms else other


def rank(action: Action) -> tuple[int, int, int, int, int, float, int, str]:
    """The urgent, then most impact, of equals the least effort, then what saves most, MACs before
    bytes, and what is more certain; clean-ups last. Equals come by their ids, not by the number of
    places: that is another where the same network was exported in another way."""
    order = LEVELS.index
    late = is_tidying(action) + 2 * action.figures
    return (urgency(action), order(action.impact), late, -order(action.effort),
            -action.macs, -_bytes(action), order(action.confidence), action.rule)  # fmt: skip


def _bytes(action: Action) -> float:
    """The share of the bytes that it saves, of those that one run moves or of those stored."""
    shares = ((action.traffic, action.traffic_now), (action.stored, action.stored_now))
    return max(saved / whole if whole else 0.0 for saved, whole in shares)
