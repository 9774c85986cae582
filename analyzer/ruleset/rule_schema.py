"""The JSON Schema of rule files, for editors: keys and choices are those of the loader's tables.

YAML has no lines in it, so it is no substitute for loading the file, which knows expressions too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.findings.finding import Severity
from analyzer.ruleset.calls import FUNCTIONS, QUANTIFIER_MEANINGS
from analyzer.ruleset.example_keys import EXPECTATIONS
from analyzer.ruleset.judgement import LEVELS, LOADS, RISKS, STAKES, TOOLS, TRAININGS
from analyzer.ruleset.load import (
    FIX_SAFETIES,
    GROUPS,
    ID,
    NAME,
    OPTION_KINDS,
    SAVINGS,
    STATUSES,
    TOTALS,
)
from analyzer.ruleset.subjects import SORTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.ruleset.subjects import Sort

Schema = dict[str, Any]
_WORDS: Schema = {"type": "array", "items": {"type": "string"}, "minItems": 1}
_SCALAR: Schema = {"type": ["number", "boolean", "string", "null"]}
_EXPRESSION = "Functions: " + ", ".join(
    [f"{name}(x in list, …)" for name in QUANTIFIER_MEANINGS]
    + [function.usage for function in FUNCTIONS.values()]
)


def rule_schema() -> Schema:
    """The whole document; same code, same schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "onnxlint rule",
        "description": "A rule file of onnxlint; docs/writing-rules.md says how to write one.",
        **_object(_PROPERTIES, _REQUIRED),
        "anyOf": [{"required": ["match"]}, {"required": ["applies-to", "when"]}],
    }


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def _choice(words: Iterable[str], description: str) -> Schema:
    return {"enum": list(words), "description": description}


def _object(properties: Schema, required: Iterable[str] = (), **more: Any) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


def _applies_to() -> Schema:
    named = {sort.name: _selector(sort) for sort in SORTS.values()}
    return {
        "description": "What one evaluation is about; left out where there is a pattern.",
        "oneOf": [{"enum": list(SORTS)}, _object(named, minProperties=1, maxProperties=1)],
    }


def _selector(sort: Sort) -> Schema:
    words = {"items": {"enum": list(sort.kinds)}} if sort.kinds else {}
    named = {"node": "Operator types such as Conv or com.microsoft.FusedConv, or all."}
    return {
        "description": named.get(sort.name, f"Kinds of {sort.name}, or all."),
        "anyOf": [{"const": "all"}, {"const": True}, {**_WORDS, **words}],
    }


_PATTERNS: Schema = {"anyOf": [{"type": "string"}, _WORDS]}
_OPTION = _object(
    {
        "default": {**_SCALAR, "description": "Value unless somebody changes it."},
        "type": _choice(OPTION_KINDS, "Left out where the default says it."),
        "unit": _text("Unit of a number, such as MACs."),
        "help": _text("One line: what changing it does."),
    },
    ("default", "help"),
)
_EXAMPLE = _object(
    {
        "name": _text("What it shows, on one line."),
        "expect": _choice(EXPECTATIONS, "Whether the rule speaks."),
        "model": _text("A model in ONNX's text syntax."),
        "options": {"type": "object", "additionalProperties": _SCALAR,
                    "description": "Options under which it holds."},
        "targets": {**_WORDS, "description": "Runtimes that the model is judged for."},
        "append": _text("Bytes behind the model in its file, in hexadecimal digits: 4d5a 00*16."),
        "beside": {"type": "object", "additionalProperties": {"type": "string"},
                   "description": "Files beside it, in hexadecimal digits or 'link FILE'."},
    },
    ("name", "expect", "model"),
)  # fmt: skip
_PROPERTIES: Schema = {
    "id": _text("Three capital letters and three digits.", pattern=f"^{ID.pattern}$"),
    "name": _text("What is bad, as words joined by '-'.", pattern=f"^{NAME.pattern}$"),
    "category": _text("Word that groups rules.", pattern=f"^{NAME.pattern}$"),
    "severity": _choice(map(str, Severity), "Weight of its findings."),
    "status": _choice(STATUSES, "stable unless it says otherwise."),
    "since": _text("Version of onnxlint that first had it."),
    "applies-to": _applies_to(),
    "match": {**_PATTERNS, "description": "A pattern over several operators, or a list of them: "
              "c = Conv (x, w, ...)"},
    "unless": {**_PATTERNS, "description": "Patterns with which the rule is silent."},
    "through": {**_WORDS, "description": "Operators that may stand between those of a pattern."},
    "options": {"type": "object", "additionalProperties": _OPTION,
                "propertyNames": {"pattern": f"^{NAME.pattern}$"},
                "description": "What users may change; option.most in expressions."},
    "when": _text(f"The condition. {_EXPRESSION}."),
    "message": _text("One line about the place, with {{ facts | filter }} in it."),
    "remedy": _text("One line: what to do at this place."),
    "ask": _text("One line: what to ask whoever supplied the model."),
    "action": _text("What to do, as a heading: a few words that begin with a verb."),
    "value": _object(
        {
            "of": _text("How much of it there is at a place: an expression that is a number."),
            "unit": _text("Unit of the number."),
            "total": _choice(TOTALS, "How several places add up."),
            "saves": _choice(SAVINGS, "What acting there saves that much of."),
        },
        ("of",),
    ),
    "group": _choice(GROUPS, "What makes findings one to people: their message, or the rule."),
    "yields-to": {**_WORDS, "description": "Ids of rules that say all at the same place."},
    "summary": _text("One line: what it finds."),
    "rationale": _text("Why that is bad, with figures."),
    "fix": _text("What to do and what that costs."),
    "fix-safety": _choice(FIX_SAFETIES, "display: advice only; unsafe: may change results; "
                          "interface: changes what callers pass or receive."),
    "effort": _choice(LEVELS, "low: a tool or a setting; medium: code or calibration; high: "
                      "training. By category unless it says otherwise."),
    "risk": _choice(RISKS, "none: same results; low: last digits; medium: accuracy, to be "
                    "measured; high: accuracy that training brings back."),
    "confidence": _choice(LEVELS, "How sure acting is to pay; high: it follows from the file."),
    "training": _choice(TRAININGS, "What has to follow: nothing, fine-tuning, or training again."),
    "stake": _choice(STAKES, "use: whether the model runs, is safe, or computes what was meant; "
                     "sharing: what it tells whoever gets it; cost: what it takes."),
    "tool": _choice(TOOLS, "What undoes it in one command, where nobody has to look."),
    "on-load": _choice(LOADS, "What ONNX Runtime does of it itself when it loads a model: what is "
                       "saved by that has no impact."),
    "references": {**_WORDS, "description": "Addresses."},
    "examples": {"type": "array", "items": _EXAMPLE, "minItems": 2,
                 "description": "At least one that matches and one that does not."},
}  # fmt: skip
_REQUIRED = ("id", "name", "category", "severity", "message", "summary", "rationale", "fix",
             "examples")  # fmt: skip
