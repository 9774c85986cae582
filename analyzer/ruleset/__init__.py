"""Opinions about facts: rule files, their sandboxed expressions, and the engine."""

from analyzer.ruleset.explain import explain
from analyzer.ruleset.folder import load_rules
from analyzer.ruleset.load import parse_rule
from analyzer.ruleset.option import Option
from analyzer.ruleset.rule import Example, Rule
from analyzer.ruleset.select import select_rules

__all__ = ["Example", "Option", "Rule", "explain", "load_rules", "parse_rule", "select_rules"]
