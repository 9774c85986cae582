"""Patterns over several operators: their syntax, what is wrong with one, and where one matches."""

from analyzer.ruleset.allowance import Allowance, Exhausted, model_allowance, rule_allowance
from analyzer.ruleset.pattern.check import check_pattern, unknown_operators
from analyzer.ruleset.pattern.lookup import Lookup
from analyzer.ruleset.pattern.match import Matcher, Occurrence
from analyzer.ruleset.pattern.parse import operator_type, parse_pattern
from analyzer.ruleset.pattern.syntax import OpType, Pattern

__all__ = [
    "Allowance",
    "Exhausted",
    "Lookup",
    "Matcher",
    "Occurrence",
    "OpType",
    "Pattern",
    "check_pattern",
    "model_allowance",
    "operator_type",
    "parse_pattern",
    "rule_allowance",
    "unknown_operators",
]
