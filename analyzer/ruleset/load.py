"""Rule files → rules. Every error of every file is reported, each with its file and line."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from analyzer.errors import RuleError
from analyzer.findings.finding import Severity
from analyzer.language import ENGLISH, Language, rule_words
from analyzer.ruleset.document import MalformedYaml, read
from analyzer.ruleset.example_keys import plain, read_examples
from analyzer.ruleset.expression import Amount, Expression, Message
from analyzer.ruleset.judgement import (
    LEVELS,
    LOADS,
    RISKS,
    STAKES,
    TOOLS,
    TRAININGS,
    usual_judgement,
)
from analyzer.ruleset.keys import Section
from analyzer.ruleset.option import Option
from analyzer.ruleset.option_values import kind_of
from analyzer.ruleset.pattern_keys import read_patterns
from analyzer.ruleset.rule import Measure, Rule
from analyzer.ruleset.subjects import SORTS, groups
from analyzer.ruleset.trees import Refused
from analyzer.ruleset.whitelist import Checker
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ID = re.compile(r"[A-Z]{3}\d{3}")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
STATUSES = ("preview", "stable", "deprecated")
FIX_SAFETIES = ("display", "unsafe", "interface", "safe")
GROUPS = ("message", "rule")
TOTALS = ("sum", "max")
NOTHING = "nothing"
SAVINGS = (NOTHING, "macs", "params", "traffic", "stored")
"""What acting on a finding may save its value of: multiply-accumulates, weights, bytes that one
inference moves, bytes of the file."""
OPTION_KINDS = ("integer", "number", "flag", "text")
MAX_ERRORS = 50
"""Errors of one file that are listed."""

_P = TypeVar("_P")
_WIDENED = ("integer", "number")


def parse_rule(text: str, source: str = "<rule>") -> Rule:
    """The rule in ``text``; raises ``RuleError`` with all its errors, in order of lines."""
    return _parsed_rule(text, source, trusted=False)


def read_trusted(text: str, source: str, language: Language = ENGLISH) -> Rule:
    """The rule in ``text``, which a test has looked at: without its examples and without looking
    for what takes long, such as whether operators exist; messages are read when they are used.

    Its words are those of ``language`` where a catalogue has them, which a test has looked at too.
    """
    return _parsed_rule(text, source, trusted=True, language=language)


def _parsed_rule(text: str, source: str, *, trusted: bool, language: Language = ENGLISH) -> Rule:
    errors: list[tuple[int, str]] = []
    try:
        top = Section(read(text), errors)
    except MalformedYaml as error:
        raise RuleError(f"{source}:{error.line}: {error}") from None
    rule = _rule(top, source, trusted=trusted, language=language)
    top.finish()
    if errors or rule is None:
        lines = [f"{source}:{line}: {what}" for line, what in sorted(errors)]
        if len(lines) > MAX_ERRORS:
            more = f"{source}:{max(errors)[0]}: and {len(lines) - MAX_ERRORS + 1:,} more errors"
            lines[MAX_ERRORS - 1 :] = [more]
        raise RuleError(*lines)
    return rule


def _rule(top: Section, source: str, *, trusted: bool, language: Language = ENGLISH) -> Rule | None:
    key = _matching(top, "id", ID, "three capital letters and three digits")
    told = partial(rule_words, language, key)
    patterns = read_patterns(top, trusted=trusted)
    subject, selector = ("node", ()) if patterns.asked else _applies_to(top, trusted=trusted)
    options = _options(top)
    checker = Checker({**groups(subject), **patterns.groups()}, options)
    when = _parsed(
        top, "when", lambda text: Expression.parse(text, checker), required=not patterns.asked
    )
    if patterns.asked and "when" not in top.entries:
        when = Expression.parse("true", checker)
    template = Message.later if trusted else Message.parse
    message, remedy, ask, action = (
        _parsed(
            top, name, partial(_message, template, checker, partial(told, name)),
            required=name == "message",
        )
        for name in ("message", "remedy", "ask", "action")
    )  # fmt: skip
    name = _matching(top, "name", NAME, "words of a-z and 0-9 joined by '-'")
    category = _matching(top, "category", NAME, "words of a-z and 0-9 joined by '-'")
    severity = Severity(top.choice("severity", [*Severity]))
    status = top.choice("status", STATUSES, "stable")
    since = top.line_of_text("since", "")
    rationale = told("rationale", top.text("rationale"))
    fix = told("fix", top.text("fix"))
    summary = told("summary", top.line_of_text("summary"))
    fix_safety = top.choice("fix-safety", FIX_SAFETIES, "display")
    usual = usual_judgement(category, fix_safety)
    effort = top.choice("effort", LEVELS, usual.effort)
    risk = top.choice("risk", RISKS, usual.risk)
    confidence = top.choice("confidence", LEVELS, usual.confidence)
    training = top.choice("training", TRAININGS, usual.training)
    stake = top.choice("stake", STAKES, usual.stake)
    tool = top.choice("tool", TOOLS, TOOLS[0])
    on_load = top.choice("on-load", LOADS, LOADS[0])
    references = top.texts("references")
    examples = () if trusted else read_examples(top, options)
    group, value = top.choice("group", GROUPS, "message"), _value(top, checker)
    yields_to = top.texts("yields-to")
    if when is None or message is None:
        return None
    return Rule(
        id=key, name=name, category=category, severity=severity, status=status, since=since,
        subject=subject, selector=selector, options=options, when=when, message=message,
        summary=summary, rationale=rationale, fix=fix, fix_safety=fix_safety, effort=effort,
        risk=risk, confidence=confidence,
        references=references, examples=examples, source=source, group=group, value=value,
        remedy=remedy, ask=ask, action=action, match=patterns.match, unless=patterns.unless,
        yields_to=yields_to, training=training, stake=stake, tool=tool,
        on_load=on_load,
    )  # fmt: skip


def _message(
    template: Callable[[str, Checker], Message],
    checker: Checker,
    told: Callable[[str], str],
    text: str,
) -> Message:
    return template(told(text), checker)


def _value(top: Section, checker: Checker) -> Measure | None:
    """``{of: saving.macs, unit: MACs, total: sum}``."""
    item = top.item("value")
    if item is None:
        return None
    body = Section(item, top.errors, "value")
    of, unit = body.text("of"), body.line_of_text("unit", "")
    total = body.choice("total", TOTALS, "sum")
    saves = body.choice("saves", SAVINGS, NOTHING)
    body.finish()
    if not of:
        return None
    try:
        return Measure(Amount.parse(of, checker), unit, total, "" if saves == NOTHING else saves)
    except Refused as refused:
        body.error(f"'of': {refused}", body.entries["of"].line_at(refused.line))
        return None


def _parsed(
    top: Section, key: str, parse: Callable[[str], _P], *, required: bool = True
) -> _P | None:
    """An expression or message; what is refused is reported at its own line of the file."""
    text = top.text(key, None if required else "")
    item = top.entries.get(key)
    if not text or item is None:
        return None
    try:
        return parse(text)
    except Refused as refused:
        top.error(f"{key!r}: {refused}", item.line_at(refused.line))
        return None


def _matching(top: Section, key: str, pattern: re.Pattern[str], shape: str) -> str:
    text = top.text(key)
    if text and not pattern.fullmatch(text):
        top.error(f"{key!r} must be {shape}", top.entries[key].line)
    return text


def _applies_to(top: Section, *, trusted: bool) -> tuple[str, tuple[str, ...]]:
    item = top.item("applies-to", required=True)
    if item is None:
        return "model", ()
    if isinstance(item.value, str):  # "applies-to: model" is short for {model: all}
        return top.choice("applies-to", tuple(SORTS)), ()
    target = Section(item, top.errors, "applies-to")
    asked = [sort for sort in SORTS if sort in target.entries]
    target.finish(SORTS)
    if len(asked) != 1:
        top.error(f"'applies-to' needs exactly one of {', '.join(SORTS)}", item.line)
        return (asked or ["model"])[0], ()
    (sort,) = asked
    entry = target.entries[sort]
    if entry.value is True or entry.value == "all":
        return sort, ()
    words = target.words(entry, sort)
    kinds = SORTS[sort].kinds
    if sort == "node" and not trusted:
        _operators(target, words, entry.line)
    for word in words:
        if kinds and word not in kinds:
            target.error(f"{sort}s are {', '.join(kinds)}, not {quoted(word)}", entry.line)
    return sort, words


def _operators(target: Section, words: Iterable[str], line: int) -> None:
    """Note operators that do not exist: a rule about them would never say anything."""
    from analyzer.ruleset.pattern import operator_type, unknown_operators

    for what in unknown_operators(map(operator_type, words)):
        target.error(what, line)


def _options(top: Section) -> dict[str, Option]:
    item = top.item("options")
    section = Section(item, top.errors, "options") if item else None
    options = {}
    for name, entry in section.entries.items() if section else ():
        body = Section(entry, top.errors, f"option {quoted(name)}")
        if not NAME.fullmatch(name):
            body.error("its name must be words of a-z and 0-9 joined by '-'")
        default = body.item("default", required=True)
        value = plain(default)
        kind = body.choice("type", OPTION_KINDS, kind_of(value))
        options[name] = Option(name, value, kind, body.text("unit", ""), body.line_of_text("help"))
        if default is not None and isinstance(default.value, (list, dict)):
            body.error("'default' must be a number, a flag, a text or null")
        elif value is not None and kind_of(value) != kind and (kind_of(value), kind) != _WIDENED:
            body.error(f"'default' is not of type {kind}")
        body.finish()
    return options
