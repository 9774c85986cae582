"""Rewrite docs/rule-fields.md and rules/rule.schema.json after changing a fact or the language of
rules; tests compare."""

from __future__ import annotations

import json
from pathlib import Path

from analyzer.ruleset.fields_page import as_markdown
from analyzer.ruleset.handbook import handbook
from analyzer.ruleset.rule_schema import rule_schema

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs/rule-fields.md"
SCHEMA = ROOT / "rules/rule.schema.json"


def schema() -> str:
    """The JSON Schema of rule files as text."""
    return json.dumps(rule_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(as_markdown(handbook()), encoding="utf-8")
    SCHEMA.write_text(schema(), encoding="utf-8")
    print(f"wrote {TARGET.name} and {SCHEMA.name}")
