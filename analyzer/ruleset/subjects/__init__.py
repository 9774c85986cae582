"""What rules are evaluated on: facts → one subject at a time, with its groups and identity."""

from analyzer.ruleset.subjects.collection import EVERYWHERE, Subjects, common_groups, groups
from analyzer.ruleset.subjects.registry import SORTS
from analyzer.ruleset.subjects.subject import Sort, Subject

__all__ = ["EVERYWHERE", "SORTS", "Sort", "Subject", "Subjects", "common_groups", "groups"]
