"""Why trained values were not looked at: said in one place, for every section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.evidence import INTEGERS
from analyzer.language import _, series
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.facts import Facts

UNREADABLE = "weights-unreadable"
"""The problem that the process which looks at weights ended before it had."""
UNLISTED = "more-problems"
"""The problem that stands for those that are too many to list."""
MAKERS = 3
"""Operators that are named."""


def unseen(facts: Facts) -> tuple[str, ...]:
    """What weights that nobody looked at are, as ``unread_origins`` has it; nothing where values
    are missing or cannot be read."""
    evidence = facts.evidence
    broken = any(problem.code == UNREADABLE for problem in facts.problems)
    if evidence is None or broken or evidence.unread_tensors:
        return ()
    return evidence.unread_origins[:MAKERS]


def hidden_bytes(facts: Facts) -> int | None:
    """Bytes of external data that nobody saw; ``None`` where it is not known how many, 0 where
    there is nothing of that sort."""
    sizes = [problem.unseen_bytes for problem in facts.problems if problem.unseen_bytes != 0]
    known = [size for size in sizes if size is not None]
    all_listed = all(problem.code != UNLISTED for problem in facts.problems)
    return sum(known) if len(known) == len(sizes) and (all_listed or not sizes) else None


def why(kinds: Sequence[str]) -> str:
    """``unseen`` in words that end a sentence."""
    if not kinds:
        return _("weights are not in the file, or unreadable")
    if INTEGERS in kinds:
        return _("weights are stored as integers")
    makers = series([label(kind, widths.TERM) for kind in kinds])
    return _("weights are made by {operators} when the model runs", operators=makers)
