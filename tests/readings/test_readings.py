"""A rule is stable only where its findings on real models were read, and nearly all were right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analyzer.ruleset import Rule, load_rules
from tests.each import each
from tests.readings import record
from tests.readings.record import (
    SHARE,
    Reading,
    faults,
    files,
    path_of,
    read,
    share_right,
    specified,
)

RULES = {rule.id: rule for rule in load_rules()}
STABLE = [rule for rule in RULES.values() if rule.status == "stable"]
DIGEST = "0" * 64


@each("path", files(), ids=lambda path: path.stem)
def test_readings_are_well_formed_and_belong_to_a_rule(path: Path) -> None:
    assert path.stem in RULES
    assert faults(read(path)) == []


@each("rule", STABLE, ids=lambda rule: rule.id)
def test_a_stable_rule_was_read_and_found_right_or_states_a_fact(rule: Rule) -> None:
    readings = read(path_of(rule.id))
    if not readings:
        assert rule.id in specified(), f"no findings of {rule.id} were read: let it be preview"
    else:
        assert share_right(readings) >= SHARE


def test_rules_that_need_no_readings_exist_and_say_why() -> None:
    for rule, why in specified().items():
        assert rule in RULES
        assert len(why.split()) > 5


def test_readings_name_models_by_digest_alone() -> None:
    for path in files():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?<!ai)\.onnx|/home/|/tmp/", text), path.name


@pytest.mark.parametrize(
    ("reading", "fault"),
    [
        (Reading("model.onnx", "y", "right", "it is so"), "no SHA-256"),
        (Reading(DIGEST, "y", "maybe", "it is so"), "verdict 'maybe'"),
        (Reading(DIGEST, "y", "right", "yes"), "a reason says"),
    ],
)
def test_a_faulty_reading_is_named_with_its_line(reading: Reading, fault: str) -> None:
    (found,) = faults([reading])
    assert found.startswith("line 2: ")
    assert fault in found


def test_a_finding_is_read_once() -> None:
    reading = Reading(DIGEST, "y", "right", "it is so")
    assert faults([reading, reading]) == ["line 3: 'y' of this model was read before"]


def test_useless_counts_as_not_right() -> None:
    verdicts = ["right", "right", "useless", "wrong"]
    assert share_right([Reading(DIGEST, v, v, "it is so") for v in verdicts]) == 0.5


def test_readings_are_appended_below_a_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    first, second = (Reading(DIGEST, place, "right", 'a "so", it is') for place in "ab")
    record.append("ABC001", [first])
    record.append("ABC001", [second])
    assert read(tmp_path / "ABC001.csv") == [first, second]


@pytest.mark.parametrize(
    ("text", "message"),
    [("sha,node\n", "the first line must be"), (f"{','.join(record.HEADER)}\na,b\n", ":2: 2 col")],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "ABC001.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read(path)
