"""A plan as text that is the same for plans that judge alike.

Everything that a plan holds counts, unless it stands in ``AFRESH`` or ``ELSEWHERE`` with a
reason: a setting that nobody thought of makes another key, never a wrong answer. What cannot be
written down, such as a function, makes no key at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.cli.plan import Plan

AFRESH: Mapping[str, frozenset[str]] = {
    "Config": frozenset({"path", "fail_on", "count", "baseline", "severity", "suppress"}),
    "Settings": frozenset({"severity", "suppressions", "baseline", "today"}),
}
"""Fields by class that findings meet after they were found, and so at every run."""
ELSEWHERE: Mapping[str, frozenset[str]] = {
    "Config": frozenset({
        "rules",  # folders: what is in them is in Plan.rules
        "lines",  # of the file, for messages about it
        "nested",  # which file holds, not what it says
        "exclude", "extend_exclude", "force_exclude",  # which models are judged, not how
        "models",  # what they say of a model is in the other fields
    }),
    "Plan": frozenset({
        "entries",  # likewise
        "file",  # likewise
        "bases",  # of all models; whoever makes a key adds that of the model
        "rules",  # see written
        "operators",  # made of Config.operators; Config.plugins makes a plan that has no key
    }),
    "Settings": frozenset({
        "identify",  # see Settings.identifies
    }),
    "Result": frozenset({
        "facts",  # the entry that they come from stands for them; whoever makes a key adds problems
        "rules",  # made of Plan.rules and settings, which the key of the entry has
        "_kept",  # made of findings
    }),
    "Rule": frozenset({
        "examples",  # what tests look at
        "_later",  # its text stands for the rule
    }),
    "Table": frozenset({
        "_rows",  # made of its other fields when asked for
    }),
}  # fmt: skip
"""Fields by class that other fields account for, or that say nothing about models."""
_TEXTS = frozenset({"Amount", "Arithmetic", "Expression", "Message"})
"""Classes whose ``source`` is all there is to say of them."""


class Unkeyable(Exception):  # noqa: N818 - named after what it is
    """The plan holds something of which nobody can tell whether it is still the same."""


def material(plan: Plan) -> str:
    """The text of all but ``plan.rules``; raises ``Unkeyable``."""
    if plan.config.plugins:
        raise Unkeyable("entry points run code of others")
    if plan.silent:
        raise Unkeyable("its facts name the configuration")
    return f"{written(plan)}{written(plan.settings.identifies)}"


def written(value: object) -> str:
    """Any value of a plan as text; raises ``Unkeyable``."""
    return "".join(_written(value))


def _written(value: Any) -> Iterator[str]:
    """Texts with their lengths, so that no two values are written alike."""
    kind = type(value)
    if kind is str or kind is bytes:
        yield f"{kind.__name__} {len(value)} {value!r};"
    elif value is None or kind in (bool, int, float, date, Fraction):
        yield f"{kind.__name__} {value!r};"
    elif isinstance(value, Enum):
        yield f"{kind.__name__}.{value.name};"
    elif is_dataclass(kind):
        yield from _record(value)
    elif isinstance(value, Mapping):
        items = sorted((written(key), key) for key in value)  # no two are written alike
        yield f"mapping {len(items)}("
        for text, key in items:
            yield text
            yield from _written(value[key])
        yield ")"
    elif kind in (frozenset, set):
        yield f"set {len(value)}("
        yield from sorted(map(written, value))
        yield ")"
    elif isinstance(value, tuple | list):
        yield f"{kind.__name__} {len(value)}("
        for item in value:
            yield from _written(item)
        yield ")"
    elif kind.__name__ in _TEXTS:
        yield f"{kind.__name__} "
        yield from _written(value.source)
    else:
        raise Unkeyable(f"{kind.__name__} cannot be written down")


def _record(record: Any) -> Iterator[str]:
    kind: Any = type(record)
    name = kind.__name__
    later = getattr(record, "_later", None) if name == "Rule" else None
    yield f"{name}("
    if later is not None:  # most of a rule that ships is not read yet
        yield from _written(later.text)
    else:
        for field in _counted(kind):
            yield f"{field}="
            yield from _written(getattr(record, field))
    yield ")"


@cache
def _counted(kind: type[Any]) -> tuple[str, ...]:
    """Fields that count."""
    left = AFRESH.get(kind.__name__, frozenset()) | ELSEWHERE.get(kind.__name__, frozenset())
    return tuple(field.name for field in fields(kind) if field.name not in left)
