"""Option values: defaults from the rule, overrides from configuration, both typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.ruleset.fields import did_you_mean
from analyzer.sanitise.widths import quoted
from analyzer.units import parse_quantity, spell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.ruleset.option import Option, OptionValue
    from analyzer.ruleset.rule import Rule

MOST = 10**18
"""Larger than any share or measure that a rule compares with."""
MOST_COUNT = 10**40
"""Larger than any count: a network of a few kilobytes may need 2⁹³ operations."""


def kind_of(value: OptionValue) -> str:
    """``integer``, ``number``, ``flag`` or ``text``; an unset value counts as a number.

    >>> kind_of(3), kind_of(0.5), kind_of(True), kind_of("a"), kind_of(None)
    ('integer', 'number', 'flag', 'text', 'number')
    """
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int):
        return "integer"
    return "text" if isinstance(value, str) else "number"


def typed(options: Mapping[str, Option], name: str, value: object) -> OptionValue:
    """``value`` as the type of option ``name``.

    A number may be written as a text with a prefix and the option's own unit: ``"5 MMACs"``.

    Raises
    ------
    ValueError
        No such option, or a value of another type, unit or sign; the message names the option.
    """
    if name not in options:
        raise ValueError(f"unknown option {quoted(name)}{did_you_mean(name, options)}")
    option = options[name]
    if option.kind in ("flag", "text"):
        if isinstance(value, bool if option.kind == "flag" else str):
            return value
        raise ValueError(f"option {name!r} must be of type {option.kind}, not {spell(value)}")
    if value is None and option.default is None:
        return None
    if isinstance(value, str):
        try:
            value = parse_quantity(value, option.unit)
        except ValueError as error:
            raise ValueError(f"option {name!r}: {error}") from None
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole and (option.kind == "integer" or not isinstance(value, float)):
        unit = f" in {option.unit}" if option.unit else ""
        raise ValueError(f"option {name!r} must be of type {option.kind}{unit}, not {spell(value)}")
    assert isinstance(value, (int, float))
    # No comparison with NaN holds, and no share is below 0: the rule would fall silent.
    least = min(0, option.default) if isinstance(option.default, (int, float)) else 0
    if not least <= value < (MOST_COUNT if option.kind == "integer" else MOST):
        raise ValueError(f"option {name!r} must be a number from {least}, not {spell(value)}")
    return value


def values(rule: Rule, overrides: Mapping[str, OptionValue]) -> dict[str, OptionValue]:
    """The ``option`` group of expressions: underscores for dashes, overrides over defaults."""
    chosen = {name: overrides.get(name, option.default) for name, option in rule.options.items()}
    return {name.replace("-", "_"): value for name, value in chosen.items()}
