"""Rewrite the JSON Schema of onnxlint's outputs after changing a record; a test compares the two.

Everything in it is read off the records: names from ``analyzer.records.members``, types from the
annotations, descriptions from the docstrings of classes, fields and properties.
"""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from analyzer.facts import Facts, Range
from analyzer.records import Member, Output, Signed, members
from analyzer.report.compare import Pair
from analyzer.report.compare.sheet import ComparisonDocument
from analyzer.report.document import BatchDocument, Document
from analyzer.report.scale import Study
from analyzer.report.settings import SettingsInForce
from analyzer.report.sheet import ReportDocument
from analyzer.report.statistics import Statistics
from analyzer.report.studies import ConventionTotals, InputGrowth
from analyzer.report.targets import Deployments
from tools import docstrings, hints

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "analyzer/report/schema.json"
OUTPUTS: Mapping[type[Output], str] = {
    Document: "result",
    ReportDocument: "report",
    BatchDocument: "batch",
    Statistics: "statistics",
    Study: "scale",
    Pair: "pair",
    ComparisonDocument: "compare",
    ConventionTotals: "conventions",
    InputGrowth: "growth",
    Deployments: "targets",
    SettingsInForce: "config",
    Facts: "facts",
}
"""What a whole output may be about, and its name in ``$defs``."""
Schema = dict[str, Any]


def schema() -> Schema:
    """The JSON Schema of all outputs."""
    definitions: dict[str, Schema] = {}
    for record in OUTPUTS:
        _schema(record, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "onnxlint JSON output",
        "description": "What `onnxlint inspect`, `check`, `report`, `scale`, `compare`, `targets` "
        "and `config` write as JSON. Names are never removed within one value of "
        "`schema`; new ones may be added, and come with the schema of that version.",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in OUTPUTS.values()],
        "$defs": dict(sorted(definitions.items())),
    }


def _object(properties: Schema, description: str = "") -> Schema:
    """All members are there and no others."""
    return {
        **({"description": description} if description else {}),
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def _describe(record: type[Any], definitions: dict[str, Schema]) -> Schema:
    """The object of a record; records in it become definitions of their own."""
    annotated = hints.of(record)
    texts = docstrings.fields(record)
    properties: Schema = {}
    for member in members(record):
        kind = _type(record, member, annotated)
        if member.how == "inline":
            properties |= _describe(kind, definitions)["properties"]
            continue
        if member.how == "listed":
            kind = tuple[get_args(kind)[1], ...]  # type: ignore[misc]
        described = _schema(kind, definitions)
        text = _said(texts.get(member.attribute, ""))
        properties[member.name] = ({"description": text} if text else {}) | described
    return _object(properties, _said(docstrings.first(record.__doc__ or "")))


def _type(record: type[Any], member: Member, annotated: Schema) -> Any:
    if member.attribute in annotated:
        return annotated[member.attribute]
    return hints.of(getattr(record, member.attribute).fget)["return"]


def _schema(kind: Any, definitions: dict[str, Schema]) -> Schema:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _union([_schema(each, definitions) for each in arguments])
    if origin is Annotated:
        return (
            {"type": "integer"}
            if kind == Signed
            else {"type": "string", "pattern": kind.__metadata__[0]}
        )
    if origin is Literal:
        return {"enum": [*arguments]}
    if origin is tuple:
        if kind == Range:
            ends = [_schema(each, definitions) for each in arguments]
            return {"type": "array", "prefixItems": ends, "minItems": 2, "maxItems": 2}
        if len(arguments) != 2 or arguments[1] is not ...:
            raise TypeError(f"{kind}: make it a named tuple, so that its parts have names in JSON")
        return {"type": "array", "items": _schema(arguments[0], definitions)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema(arguments[1], definitions)}
    if kind in _SCALARS:
        return dict(_SCALARS[kind])
    if issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    name = OUTPUTS.get(kind, kind.__name__)
    if name not in definitions:
        definitions[name] = {}  # it may hold records of its own kind
        definitions[name] = _describe(kind, definitions)
    return {"$ref": f"#/$defs/{name}"}


_SCALARS: Mapping[Any, Schema] = {
    int: {"type": "integer", "minimum": 0},
    float: {"type": "number"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
}


def _union(choices: list[Schema]) -> Schema:
    """One list of types where the rest of the choices can stand together, else ``anyOf``."""
    if any("type" not in choice for choice in choices):
        return {"anyOf": choices}
    # Python keeps one union of several orders, whichever was written first.
    kinds = {choice["type"] for choice in choices}
    found: Schema = {"type": [kind for kind in _KINDS if kind in kinds]}
    for choice in choices:
        found |= {key: value for key, value in choice.items() if key != "type"}
    return found


_KINDS = ("integer", "number", "string", "boolean", "array", "object", "null")
"""Types of JSON, in the order in which a list of them names them."""


def _said(text: str) -> str:
    """A docstring in the words of JSON."""
    return text.replace("``None``", "null").replace("``", "`")


def render() -> str:
    """The file's text: a line for each member, so that a change shows as one."""
    whole = schema()
    definitions = whole.pop("$defs")
    head = "".join(f" {_line(key)}: {_line(value)},\n" for key, value in whole.items())
    objects = ",\n".join(f"  {_line(name)}: {_lines(each)}" for name, each in definitions.items())
    return f'{{\n{head} "$defs": {{\n{objects}\n }}\n}}\n'


def _lines(described: Schema) -> str:
    properties = ",\n".join(
        f"    {_line(name)}: {_line(each)}" for name, each in described["properties"].items()
    )
    rest = {key: value for key, value in described.items() if key != "properties"}
    return f'{_line(rest)[:-1]},\n   "properties": {{\n{properties}\n   }}}}'


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
    sys.stdout.write(f"wrote {TARGET.name}\n")
