"""JSON: real outputs obey the shipped schema and the published names."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from analyzer.report import (
    CHECK_FORMATS,
    INSPECT_FORMATS,
    REPORT_FORMATS,
    Batch,
    Failure,
    Options,
    Result,
)
from tests.report.everything import silent
from tests.report.results import HOSTILE
from tests.schemas import Schema

MODELS = ["mobilenet", "standard", "hostile", "unknown"]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema(json.loads((files("analyzer.report") / "schema.json").read_text("utf-8")))


@pytest.mark.parametrize("model", MODELS)
def test_output_obeys_the_schema(
    request: pytest.FixtureRequest, schema: Schema, model: str
) -> None:
    data = json.loads(INSPECT_FORMATS["json"](request.getfixturevalue(model), Options()))
    assert schema.breaches(data) == []


@pytest.mark.parametrize("model", MODELS)
def test_what_pages_are_made_of_obeys_the_schema(
    request: pytest.FixtureRequest, schema: Schema, model: str
) -> None:
    data = json.loads(REPORT_FORMATS["json"](request.getfixturevalue(model), Options()))
    assert data["page"]["title"]
    assert schema.breaches(data) == []


def test_batch_lists_models_and_failures(
    schema: Schema, standard: Result, mobilenet: Result
) -> None:
    batch = Batch((standard, Failure("broken.onnx", "broken.onnx: truncated"), mobilenet))
    data = json.loads(CHECK_FORMATS["json"](batch, Options()))
    assert schema.breaches(data) == []
    assert [model["outcome"] for model in data["models"]] == ["findings", "findings"]
    assert data["failures"] == [{"path": "broken.onnx", "message": "broken.onnx: truncated"}]
    assert data["outcome"] == "inconclusive"


def test_what_is_not_reported_is_listed_with_the_reason(schema: Schema) -> None:
    data = json.loads(CHECK_FORMATS["json"](Batch((silent(),)), Options()))
    assert schema.breaches(data) == []
    (model,) = data["models"]
    assert (model["suppressed"], model["accepted"], model["findings"]) == (1, 1, [])
    assert [(f["state"], f["reason"], f["expires"], f["rule"]) for f in model["silenced"]] == [
        ("suppressed", "no depthwise | kernel", "2999-01-31", "SEP001"),
        ("accepted", "", None, "SEP001"),
    ]


def test_schema_rejects_a_missing_name_and_a_negative_count(
    schema: Schema, mobilenet: Result
) -> None:
    data = json.loads(INSPECT_FORMATS["json"](mobilenet, Options()))
    del data["totals"]["macs"]
    assert not schema.obeyed_by(data)
    data["totals"]["macs"] = -1
    assert not schema.obeyed_by(data)
    data["totals"]["macs"] = 2**93
    assert schema.obeyed_by(data)


def test_totals_are_the_paper_s_and_nodes_add_up(mobilenet: Result) -> None:
    data = json.loads(INSPECT_FORMATS["json"](mobilenet, Options()))
    assert data["totals"]["macs"] == 568_740_352
    assert data["totals"]["params"] == 4_231_976
    assert sum(node["total_macs"] for node in data["nodes"]) == 568_740_352
    assert data["totals"]["macs_by_kind"]["depthwise"] == 17_385_984


def test_unknown_is_null_with_a_reason(unknown: Result) -> None:
    data = json.loads(INSPECT_FORMATS["json"](unknown, Options()))
    custom = data["nodes"][1]
    assert (custom["macs"], custom["flops"], custom["outputs"][0]["shape"]) == (None, None, None)
    assert "com.acme" in custom["reason"]
    assert data["totals"]["complete"] is False


def test_names_are_complete_and_the_bytes_plain_ascii(hostile: Result) -> None:
    raw = INSPECT_FORMATS["json"](hostile, Options())
    assert all(byte == 0x0A or 0x20 <= byte < 0x7F for byte in raw)
    names = [node["name"] for node in json.loads(raw)["nodes"]]
    assert names[0] == HOSTILE
    assert len(names[1]) == 50_013


def test_converting_what_rules_flag_gives_the_papers_network_to_the_mac(standard: Result) -> None:
    """4,867,293,184 and 568,740,352 mult-adds: the two networks of table 4, classifier included."""
    conversion = json.loads(INSPECT_FORMATS["json"](standard, Options()))["conversion"]
    assert len(conversion["flagged"]) == 13
    assert conversion["macs_now"] == 4_867_293_184
    assert conversion["macs_after"] == 568_740_352
    assert round(conversion["params_now"] / 1e6, 1) == 29.3
    assert round(conversion["params_after"] / 1e6, 1) == 4.2


def test_architecture_is_named_or_null(mobilenet: Result, standard: Result) -> None:
    found = json.loads(INSPECT_FORMATS["json"](mobilenet, Options()))["architecture"]
    assert found["family"] == "MobileNetV1"
    assert found["alpha"] == 1.0
    assert json.loads(INSPECT_FORMATS["json"](standard, Options()))["architecture"] is None
