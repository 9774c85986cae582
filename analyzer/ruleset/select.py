"""Which rules run: selectors are ids, prefixes of ids, names, categories or ``ALL``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from analyzer.errors import ConfigError
from analyzer.ruleset.fields import did_you_mean
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.ruleset.rule import Rule

EVERY = "ALL"


class Selectable(Protocol):
    """What selectors mean: a rule, or a sort of finding of the configuration."""

    @property
    def id(self) -> str:
        """``SEP001``."""

    @property
    def name(self) -> str:
        """``separable-candidate``."""

    @property
    def category(self) -> str:
        """``separable``."""


R = TypeVar("R", bound=Selectable)


def matches(rule: Selectable, selector: str) -> bool:
    """Whether ``selector`` means ``rule``, among others perhaps."""
    exact = selector in (EVERY, rule.name, rule.category)
    return exact or (selector != "" and rule.id.startswith(selector))


def select_rules(
    rules: Sequence[Rule],
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    preview: bool = False,
) -> tuple[Rule, ...]:
    """The rules to run.

    ``select`` empty means all; ``ignore`` wins over it. A preview rule runs with ``preview`` or
    when its full id or name is selected, a deprecated one in the latter case only.
    """
    wanted, unwanted = tuple(select) or (EVERY,), tuple(ignore)
    every = EVERY in wanted  # as usual: four times a command, of hundreds of rules
    return tuple(
        rule
        for rule in rules
        if (every or any(matches(rule, selector) for selector in wanted))
        and not (unwanted and any(matches(rule, selector) for selector in unwanted))
        and (_runs_by_default(rule, preview) or rule.id in wanted or rule.name in wanted)
    )


def asks_for_weights(rules: Sequence[Rule], select: Iterable[str]) -> bool:
    """Whether a selector means nothing but rules about trained weights.

    ``WGT`` and ``SEP002`` do; ``SEP`` and ``ALL`` do not: whoever selects those may not expect
    gigabytes to be read.
    """
    groups = ([rule for rule in rules if matches(rule, selector)] for selector in select)
    return any(group and all(rule.reads_weights for rule in group) for group in groups)


def find_rule(rules: Iterable[R], word: str) -> R:
    """The rule with this id or name; raises ``ConfigError`` if there is none."""
    by_word = {name: rule for rule in rules for name in (rule.id, rule.name)}
    rule = by_word.get(word) or by_word.get(word.upper())
    if rule is None:
        hint = did_you_mean(word, by_word) or "; onnxlint rules lists them"
        raise ConfigError(f"there is no rule {quoted(word)}{hint}")
    return rule


def unknown_selectors(rules: Sequence[Selectable], selectors: Iterable[str]) -> list[str]:
    """A line for every selector that means no rule."""
    words = {word for rule in rules for word in (rule.id, rule.name, rule.category)}
    return [
        f"{quoted(selector)} is no rule, id prefix or category{did_you_mean(selector, words)}"
        for selector in selectors
        if not any(matches(rule, selector) for rule in rules)
    ]


def _runs_by_default(rule: Rule, preview: bool) -> bool:
    return rule.status == "stable" or (preview and rule.status == "preview")
