"""Patterns over several operators: their syntax, what is wrong with one, and where one matches."""

from analyzer.ruleset.pattern.budget import Budget, Exhausted, model_budget, rule_budget
from analyzer.ruleset.pattern.check import check_operator, check_pattern
from analyzer.ruleset.pattern.index import Index
from analyzer.ruleset.pattern.match import Match, Matcher
from analyzer.ruleset.pattern.parse import operator_type, parse_pattern
from analyzer.ruleset.pattern.syntax import Pattern

__all__ = [
    "Budget",
    "Exhausted",
    "Index",
    "Match",
    "Matcher",
    "Pattern",
    "check_operator",
    "check_pattern",
    "model_budget",
    "operator_type",
    "parse_pattern",
    "rule_budget",
]
