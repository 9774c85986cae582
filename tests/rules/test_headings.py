"""What each rule that ships asks for, as a heading: a verb first, few words, nothing left open."""

from __future__ import annotations

import re
from argparse import ArgumentParser

from analyzer.cli import check, report
from analyzer.language.catalogue import LOCALE, entries
from analyzer.ruleset import Rule, load_rules
from tests.each import each

RULES = load_rules()
INSERT = re.compile(r"\{\{.*?\}\}")
MOST_WORDS = 10
"""The place, or the number of places, comes to two more."""
VERBS = {
    "Add", "Ask", "Break", "Bring", "Cache", "Calibrate", "Cast", "Change", "Check", "Choose",
    "Combine", "Compare", "Compute", "Convert", "Correct", "Count", "Cut", "Declare", "Decode",
    "Define", "Delete", "Drop", "Encode", "Exchange", "Exclude", "Export", "Extract", "Fold", "Get",
    "Give", "Guard", "Inspect", "Keep", "Leave", "Look", "Make", "Merge", "Move", "Multiply",
    "Name", "Narrow", "Pool", "Quantise", "Read", "Remove", "Rename", "Repair", "Replace",
    "Resize", "Return", "Review", "Revoke", "Round", "Save", "Set", "Ship", "Shorten", "Shrink",
    "Split", "State", "Store", "Subtract", "Sum", "Take", "Time", "Train", "Try", "Use",
    "Write",
}  # fmt: skip


def is_heading(text: str) -> bool:
    """Whether it says in few words what to do."""
    words = INSERT.sub("1", text).split()
    return words[0] in VERBS and len(words) <= MOST_WORDS and not text.endswith((".", ":"))


@each("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_in_a_few_words_what_to_do(rule: Rule) -> None:
    assert rule.action is not None
    assert is_heading(rule.action.source), rule.action.source


def test_in_korean_each_ends_with_what_to_do() -> None:
    told = {
        entry.context: entry.told
        for file in sorted((LOCALE / "ko" / "rules").glob("*.po"))
        for entry in entries(file.read_text("utf-8"))
        if entry.context.endswith(" action")
    }
    assert len(told) == len(RULES)
    assert [text for text in told.values() if not re.search("십시오(: {{[^}]*}})?$", text)] == []


FRAMEWORKS = re.compile(r"torch|keras|tensorflow|tf2onnx|paddle", re.IGNORECASE)


@each("rule", RULES, ids=lambda rule: rule.id)
def test_what_to_do_is_told_to_users_of_every_exporter(rule: Rule) -> None:
    told = (rule.fix, *(text.source for text in (rule.action, rule.remedy) if text is not None))
    assert not any(map(FRAMEWORKS.search, told))


def test_a_text_names_an_option_that_not_all_commands_have_with_the_command_that_has_it() -> None:
    parsers = {"check": ArgumentParser(), "report": ArgumentParser()}
    check.configure(parsers["check"])
    report.configure(parsers["report"])
    has = {name: {*parser._option_string_actions} for name, parser in parsers.items()}
    own = (has["check"] | has["report"]) - (has["check"] & has["report"])
    told = {
        (rule.id, option, quoted.strip("`").split()[0])
        for rule in RULES
        for text in (rule.rationale or "", rule.fix or "")
        for quoted in re.findall(r"`(?:check|report)? ?--[^`]*`", " ".join(text.split()))
        for option in re.findall(r"--[a-z-]+", quoted)
        if option in own
    }
    wrong = {
        (rule, option)
        for rule, option, first in told
        if option not in has.get(first, ()) and (rule, "--no-weights", "report") not in told
    }
    assert {option for _, option, _ in told} == {"--weights", "--no-weights"}
    assert not wrong, "a reader of the other command has no such option"
