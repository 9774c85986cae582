"""The judge of thousands of documents, against ``jsonschema``."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from analyzer.report import CHECK_FORMATS, Batch, Options, Result
from tests.golden.text import facts
from tests.schemas import Schema

OTHERS: tuple[Any, ...] = (
    None, True, -1, 1, 0.5, 2.0, 10**400, "", "x", "warning", [], [None], [[], 1], ["x", 1], [1, 1],
    [1, 2, 3], {}, {"x": 1}, {"x": "x"}, {"x": [1]}
)  # fmt: skip
"""Of each type, right for some members and wrong for most."""
SHIPPED = json.loads((files("analyzer.report") / "schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found_in = facts("g (float[N, 2] x) => (float[N, 2] y) { y = Softmax<axis = 5>(x) }")
    found: dict[str, Any] = json.loads(
        CHECK_FORMATS["json"](Batch((Result(found_in, ()),)), Options())
    )
    return found


def records(part: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a document that the schema has a name for, with the name."""
    if isinstance(part, dict):
        for name, described in SHIPPED["$defs"].items():
            if part and set(described.get("properties", ())) == set(part):
                yield name, part
    if isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from records(each)


def members() -> dict[str, Any]:
    """What the schema says of a member, each once."""
    described = [record.get("properties", {}) for record in SHIPPED["$defs"].values()]
    found = [said for record in described for said in record.values()]
    return {
        json.dumps({k: v for k, v in said.items() if k != "description"}): said for said in found
    }


def agree(schema: dict[str, Any], values: Iterable[Any]) -> int:
    """How many of the values obey ``schema``, which both judges say."""
    schema = {**schema, "$defs": SHIPPED["$defs"]}
    ours, theirs = Schema(schema), Draft202012Validator(schema)
    found = 0
    for value in values:
        found += ours.obeyed_by(value)
        assert ours.obeyed_by(value) == theirs.is_valid(value), (schema, value)
    return found


def test_every_member_is_judged_as_jsonschema_does() -> None:
    told = [agree(said, OTHERS) for said in members().values()]
    assert len(told) > 50
    assert sum(map(bool, told)) > 100, "nothing fits"


def test_records_without_a_member_and_with_one_more_are_refused(document: dict[str, Any]) -> None:
    told = []
    for name, record in dict(records(document)).items():
        less = dict(list(record.items())[1:])
        told.append(agree({"$ref": f"#/$defs/{name}"}, [record, less, record | {"more": 1}]))
    assert max(told) == 1
    assert sum(told) > 10


def test_a_whole_document_is_one_of_many_kinds(document: dict[str, Any]) -> None:
    schema = Schema(SHIPPED)
    assert schema.breaches(document) == []
    broken = copy.deepcopy(document)
    broken["models"][0]["totals"]["macs"] = -1
    assert not schema.obeyed_by(broken)
    assert schema.breaches(broken)


def test_a_keyword_that_it_does_not_know_is_an_error() -> None:
    with pytest.raises(NotImplementedError, match="maxLength"):
        Schema({"type": "string", "maxLength": 5})
