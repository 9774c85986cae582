"""The text of a baseline: lines that people review, safe whatever models are called."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import ConfigError
from analyzer.findings import baseline_file
from analyzer.findings.baseline import Accepted, Baseline, BoundSize
from analyzer.findings.baseline_file import MAX_COUNT, dump_baseline, parse_baseline
from analyzer.findings.finding import Severity
from tests.each import each
from tests.steps import steps, stopped

PRINT = "0123456789ab-0123456789abcdef-0123456789ab-0123456789ab"
ENTRY = Accepted("SEP001", "conv1", "standard 3×3", Severity.WARNING, PRINT, 2**93, "MAC")
HEAD = '{"schema": 2, "tool": "onnxlint"}'
LINE = (
    '{"rule": "SEP001", "model": "m/net.onnx", "place": "conv1", "message": "standard 3×3", '
    f'"value": {2**93}, "unit": "MAC", "severity": "warning", "fingerprint": "{PRINT}"}}'
)


def test_each_place_is_one_line_that_can_be_read() -> None:
    baseline = Baseline({"m/net.onnx": (ENTRY,)}, {"m/net.onnx": (BoundSize("x", 0, 8, "--dim"),)})
    size = '{"model": "m/net.onnx", "input": "x", "axis": 0, "size": 8, "reason": "--dim"}'
    assert dump_baseline(baseline).decode() == f"{HEAD}\n{size}\n{LINE}\n"


NAMES = st.text(st.characters(codec=None), max_size=12)


@given(NAMES, NAMES, st.integers(-(2**200), 2**200) | st.floats(allow_nan=False, width=32))
def test_whatever_a_model_is_called_is_read_back_and_plainly_visible(
    model: str, place: str, value: float
) -> None:
    if value in (float("inf"), float("-inf")):
        value = 0.5
    entry = Accepted("R", place, place[::-1], Severity.INFO, PRINT, value, "B", "", 3)
    baseline = Baseline({model: (entry,)}, {model: (BoundSize(place, 1, 2, "default"),)})
    data = dump_baseline(baseline)
    found = parse_baseline(data)
    assert (found.models, found.sizes) == (baseline.models, baseline.sizes)
    text = data.decode()
    assert text.count("\n") == 3
    assert all(c.isprintable() for c in text.replace("\n", ""))
    assert not any(unicodedata.category(c) in ("Cf", "Mn", "Me") for c in text)


def test_no_order_of_models_or_entries_changes_the_bytes() -> None:
    other = Accepted("A", "b", "m", Severity.INFO, PRINT)
    one = Baseline({"b": (ENTRY, other), "a": (other, ENTRY)})
    two = Baseline({"a": (ENTRY, other), "b": (other, ENTRY)})
    assert dump_baseline(one) == dump_baseline(two)


def test_lines_that_two_branches_added_are_put_together_in_any_order() -> None:
    other = LINE.replace("conv1", "conv2")
    text = "\r\n".join(["\ufeff" + HEAD, other, "", LINE, HEAD, LINE])
    found = parse_baseline(text.encode())
    assert [(e.place, e.count) for e in found.models["m/net.onnx"]] == [("conv2", 1), ("conv1", 1)]


def wrong(**changes: object) -> str:
    content = json.loads(LINE) | changes
    return json.dumps({name: value for name, value in content.items() if value is not ...})


@each(
    ("text", "says"),
    [
        ("", "b:1: no baseline, its first line has to be"),
        ("\n\n", "b:1: no baseline"),
        ("[]", "b:1: not a JSON object on one line"),
        ("[" * 60_000, "b:1: not a JSON object on one line"),
        ("{}", 'b:1: no baseline, the first line has to be {"schema": 2, "tool": "onnxlint"}'),
        ('{"schema": 2}', "b:1: no baseline"),
        ('{"schema": 3, "tool": "onnxlint"}', "schema 3, which this version does not read; use a"),
        ('{"schema": true, "tool": "onnxlint"}', "b:1: no baseline"),
        ('{\n "schema": 1,\n "models": {}\n}\n', "b: a baseline of schema 1, which this version"),
        (f"{HEAD}\n<<<<<<< HEAD\n{LINE}", "b:2: a conflict is left from merging"),
        (f"{HEAD}\n{LINE}\n=======\n{LINE}", "b:3: a conflict is left from merging"),
        (f"{HEAD}\n{LINE}\n>>>>>>> other\n", "b:3: a conflict is left from merging"),
        (f"{HEAD}\n||||||| base\n{LINE}", "b:2: a conflict is left from merging"),
        (f"{HEAD}\n{LINE}\n{{", "b:3: not a JSON object on one line"),
        (f"{HEAD}\n{{}}", "b:2: 'input' is missing"),
        (f"{HEAD}\n" + wrong(rule=3), "b:2: 'rule' is 3, not a text"),
        (f"{HEAD}\n" + wrong(model=...), "b:2: 'model' is missing"),
        (f"{HEAD}\n" + wrong(value="9"), "b:2: 'value' is '9', not a number"),
        (f"{HEAD}\n" + wrong(value=True), "b:2: 'value' is True, not a number"),
        (f"{HEAD}\n" + wrong(value=1).replace("1,", "1e999,"), "'value' is inf, not a number"),
        (f"{HEAD}\n" + LINE.replace(str(2**93), "9" * 5000), "a number has more than 1,000 digits"),
        (f"{HEAD}\n" + wrong(count=-1), "b:2: 'count' is -1, not a whole number from 0 on"),
        (f"{HEAD}\n" + wrong(count=MAX_COUNT + 1), "more than 1,000,000 findings are accepted"),
        (f"{HEAD}\n" + wrong(severity="grave"), "b:2: 'severity' is not error, warning or info"),
        (f"{HEAD}\n" + wrong(fingerprint="a-b"), "b:2: 'fingerprint' is none"),
        (f"{HEAD}\n" + wrong(valeu=1), "b:2: unknown key 'valeu'"),
        (f"{HEAD}\n" + wrong(message="x" * 70_000), "b:2: longer than 65,536 bytes"),
        (f'{HEAD}\n{{"rule": "a", "rule": "b"}}', "b:2: a key is stated twice"),
    ],
    ids=lambda text: text[:40],
)
def test_the_first_line_that_is_wrong_is_named(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_baseline(text.encode(), "b")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.lists(st.binary(max_size=40) | st.sampled_from([HEAD.encode(), LINE.encode(), b"{"])))
def test_whatever_the_bytes_are_they_are_read_or_named(lines: list[bytes]) -> None:
    said, models = "", set[str]()
    try:
        models = set(parse_baseline(b"\n".join(lines), "b").models)
    except ConfigError as error:
        said = str(error)
    assert said.startswith("b:") or (HEAD.encode() in lines and models <= {"m/net.onnx"})


def test_bytes_that_are_no_text_are_an_error_with_their_line() -> None:
    with pytest.raises(ConfigError, match=r"b:2: byte 1 is not UTF-8"):
        parse_baseline(f"{HEAD}\n{{".encode() + b"\xff", "b")


def test_reading_takes_time_in_proportion_to_the_lines() -> None:
    def work(count: int) -> int:
        lines = (LINE.replace("conv1", f"conv{i}") for i in range(count))
        data = "\n".join((HEAD, *lines)).encode()
        with stopped():
            assert len(parse_baseline(data).models["m/net.onnx"]) == count
        return steps(lambda: parse_baseline(data))

    assert work(4_000) < 5 * work(1_000)


def test_what_is_just_within_the_limits_is_read() -> None:
    def read(*lines: str) -> Baseline:
        return parse_baseline("\n".join((HEAD, *lines)).encode())

    long = wrong(message="x" * (65_536 - len(wrong(message=""))))
    assert len(long) == 65_536
    assert len(read(long).models) == 1
    (most,) = read(LINE.replace(str(2**93), "9" * 1000)).models["m/net.onnx"]
    assert most.value == 10**1000 - 1
    (million,) = read(wrong(count=MAX_COUNT), wrong(count=MAX_COUNT)).models["m/net.onnx"]
    assert million.count == MAX_COUNT
    assert [e.count for e in read(wrong(count=3), LINE).models["m/net.onnx"]] == [3]
    assert [e.count for e in read(LINE, wrong(count=3)).models["m/net.onnx"]] == [3]
    assert [e.count for e in read(wrong(count=0)).models["m/net.onnx"]] == [0]
    size = '{"model": "m", "input": "x", "axis": 0, "size": N, "reason": "default"}'
    assert read(size.replace("N", str(2**63 - 1))).sizes["m"][0].value == 2**63 - 1
    with pytest.raises(ConfigError, match="'size' is a number of over 18 digits, not a whole"):
        read(size.replace("N", str(2**63)))
    with pytest.raises(ConfigError, match="more than 1,000,000 findings are accepted"):
        read(wrong(count=MAX_COUNT), wrong(place="b"))


def test_what_an_entry_does_not_have_is_not_written() -> None:
    bare = Accepted("R", "", "m", Severity.ERROR, PRINT, target="nnapi", count=2)
    assert dump_baseline(Baseline({"a": (bare,), "b": ()}, {"b": ()})).decode() == (
        f'{HEAD}\n{{"rule": "R", "model": "a", "place": "", "message": "m", "target": "nnapi", '
        f'"severity": "error", "fingerprint": "{PRINT}", "count": 2}}\n'
    )


def test_only_a_whole_object_of_several_lines_is_of_the_first_schema() -> None:
    from analyzer.findings.baseline_file import is_first_schema

    assert is_first_schema(b'{\n"schema": 1}')
    others = (
        b'{"schema": 1}\n', b'{\n"schema": 1', b'{\n"a": {"schema": 1}}', b'["schema": 1\n]',
        b'{\n"schema":  1}', b'[{"schema": 1},\n2]', b'{\n"schema": 1, "schema": 2}',
    )  # fmt: skip
    for data in others:
        assert not is_first_schema(data), data


def test_a_baseline_may_be_as_large_as_this(monkeypatch: pytest.MonkeyPatch) -> None:
    data = f"{HEAD}\n{LINE}\n".encode()
    assert baseline_file.MAX_BYTES == 64 << 20
    monkeypatch.setattr(baseline_file, "MAX_BYTES", len(data))
    assert parse_baseline(data).models == {"m/net.onnx": (ENTRY,)}
    monkeypatch.setattr(baseline_file, "MAX_BYTES", len(data) - 1)
    with pytest.raises(ConfigError, match=rf"^b: larger than {len(data) - 1} bytes$"):
        parse_baseline(data, "b")
