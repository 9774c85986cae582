"""Formats of ``check`` that are read line by line: concise text, JSON lines, CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

from analyzer.report import CHECK_FORMATS, Batch, Options
from tests.report.everything import FAILURE, clean, everything, separable, silent


def lines(name: str, batch: Batch, options: Options | None = None) -> list[str]:
    return CHECK_FORMATS[name](batch, options or Options()).decode().splitlines()


def objects(batch: Batch) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines("jsonl", batch)]


def rows(batch: Batch) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(CHECK_FORMATS["csv"](batch, Options()).decode())))


def test_concise_text_is_one_line_for_each_thing_that_is_reported() -> None:
    found = lines("concise", everything())
    assert [line.partition(": ")[0] for line in found] == [
        "m.onnx", "broken.onnx", "partly.onnx", "asking.onnx",
    ]  # fmt: skip
    assert found[0].startswith("m.onnx: wider: SEP001 standard 3×3 convolution")
    assert found[0].endswith(" (and at 1 place more)")
    assert found[1:] == [
        "broken.onnx: cannot judge: the file is empty; export the model again",
        "partly.onnx: y: inconclusive: more than 9 visits; raise the limit [work-limit]",
        "asking.onnx: y: TRU001 it is odd",
    ]


def test_concise_text_of_what_is_clean_is_empty() -> None:
    assert lines("concise", Batch((clean(),))) == []
    assert lines("concise", Batch((silent(),))) == []


def test_concise_text_names_a_file_whole_so_that_an_editor_opens_it() -> None:
    long = "deep/" * 50 + "m.onnx"
    (line,) = lines("concise", Batch((replace(FAILURE, path=long),)))
    assert line.startswith(f"{long}: cannot judge: ")


def test_concise_text_is_coloured_where_that_is_asked_for() -> None:
    assert "\x1b[33mSEP001\x1b[0m" in lines("concise", everything(), Options(color=True))[0]


def test_every_json_line_says_what_it_is_and_the_last_one_sums_up() -> None:
    found = objects(everything())
    assert [line["kind"] for line in found] == [
        "finding", "model", "failure", "problem", "model", "finding", "finding", "model",
        "finding", "model", "model", "summary",
    ]  # fmt: skip
    assert all(line["schema"] == 1 for line in found)
    assert all("path" in line for line in found[:-1])
    assert found[-1] == {
        "schema": 1, "kind": "summary", "tool": found[-1]["tool"], "outcome": "inconclusive",
        "models": 5, "failures": 1, "findings": 2, "errors": 1, "warnings": 1, "infos": 0,
        "suppressed": 1, "accepted": 1, "excluded": 0, "unchanged": 0,
    }  # fmt: skip


def test_a_finding_in_json_lines_has_the_members_that_it_has_in_json() -> None:
    batch = everything()
    whole = json.loads(CHECK_FORMATS["json"](batch, Options()))
    listed = [finding for model in whole["models"] for finding in model["findings"]]
    new = [line for line in objects(batch) if line.get("state") == "new"]
    assert [{key: line[key] for key in found} for line, found in zip(new, listed, strict=True)] == (
        listed
    )


def test_json_lines_say_why_a_finding_is_not_reported() -> None:
    states = {line["state"]: line for line in objects(everything()) if line["kind"] == "finding"}
    assert states["suppressed"]["reason"] == "no depthwise | kernel"
    assert states["suppressed"]["expires"] == "2999-01-31"
    assert states["accepted"]["rule"] == "SEP001"


def test_json_lines_say_that_a_model_has_no_verdict() -> None:
    outcomes = {line["path"]: line["outcome"] for line in objects(everything())
                if line["kind"] in ("model", "failure")}  # fmt: skip
    assert outcomes == {
        "m.onnx": "findings", "broken.onnx": "inconclusive", "partly.onnx": "inconclusive",
        "quiet.onnx": "clean", "asking.onnx": "findings", "clean.onnx": "clean",
    }  # fmt: skip


def test_csv_has_a_row_for_each_place_and_for_what_has_no_verdict() -> None:
    found = rows(everything())
    assert [(row["model"], row["state"], row["rule"], row["place"]) for row in found] == [
        ("m.onnx", "new", "SEP001", "wider"),
        ("m.onnx", "new", "SEP001", "wide"),
        ("broken.onnx", "inconclusive", "cannot-judge", ""),
        ("partly.onnx", "inconclusive", "inconclusive", "y"),
        ("quiet.onnx", "suppressed", "SEP001", "wide"),
        ("quiet.onnx", "accepted", "SEP001", "wider"),
        ("asking.onnx", "new", "TRU001", "y"),
    ]


def test_csv_states_savings_advice_and_reasons() -> None:
    found = rows(everything())
    (saving,) = [f.saving for f in separable().places if f.node == "y"]
    assert saving is not None
    assert int(found[1]["saving_macs"]) == saving.macs == 231_211_008 - 27_496_448
    assert found[4]["reason"] == "no depthwise | kernel (until 2999-01-31)"
    assert found[5]["reason"] == "accepted in the baseline"
    assert (found[6]["fix"], found[6]["ask"], found[6]["from"]) == (
        "rename it", "Why is it odd?", "net/model.py:12",
    )  # fmt: skip


def test_csv_holds_no_formula() -> None:
    failure = replace(FAILURE, path="=cmd|x", message="@SUM(1)")
    (row,) = rows(Batch((failure,)))
    assert (row["model"], row["message"]) == ("'=cmd|x", "'@SUM(1)")
