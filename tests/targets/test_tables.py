"""The tables that ship, and a table of one's own."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from analyzer.errors import ConfigError
from analyzer.targets.catalog import GROUPS, SHIPPED, chosen
from analyzer.targets.dtypes import short
from analyzer.targets.history import history, order, releases, table_at, versions
from analyzer.targets.signatures import version_of
from analyzer.targets.table import read_table, shipped, tables_dir
from tests.targets.asking import HEAD, fit, own

ROWS = {
    "ort_cpu": 686, "ort_cuda": 558, "ort_dml": 423, "ort_webgpu_js": 294,
    "ort_webgpu_native": 316, "ort_webgl": 81, "ort_webnn": 307, "nnapi": 54,
    "coreml_mlprogram": 64, "coreml_neuralnetwork": 39, "qnn_htp": 110, "tensorrt": 201,
    "migraphx": 194, "openvino": 238, "tract": 182, "rten": 158, "tflite_onnx2tf_tf": 208,
    "tflite_onnx2tf_direct": 191,
}  # fmt: skip
"""Rows by target, as counted in the sources."""


def rows(target: str) -> list[dict[str, str]]:
    text = (tables_dir() / f"{target}.csv").read_text()
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@pytest.mark.parametrize("target", SHIPPED)
def test_a_shipped_table_fits_the_schema_and_every_row_can_be_read(target: str) -> None:
    schema = json.loads((tables_dir() / "schema.json").read_text())
    table = shipped(target)
    Draft202012Validator(schema).validate({"head": dict(table.header), "rows": rows(target)})
    table.validate()
    assert table.id == target
    assert len(rows(target)) == ROWS[target]


def test_there_are_18_targets_and_every_group_names_some() -> None:
    assert len(SHIPPED) == 18
    files = {path.name.removesuffix(".csv") for path in tables_dir().glob("*.csv")}
    assert files == {*SHIPPED, "ort_cpu.history", "ort_cpu.versions"}
    assert all(set(ids) <= set(SHIPPED) for ids in GROUPS.values())


def test_the_history_of_onnx_runtime_is_as_measured() -> None:
    assert len(history("ort_cpu")) == 750
    assert [r.version for r in releases("ort_cpu")][:2] == ["1.15.1", "1.16.3"]
    assert len(releases("ort_cpu")) == 18
    assert versions("ort_cpu")[-1] == "1.32.0"


@pytest.mark.parametrize(
    ("op", "opset", "since"),
    [("Conv", 21, 11), ("Conv", 22, 22), ("Relu", 12, 6), ("Relu", 13, 13), ("Relu", 14, 14)],
)
def test_an_operators_version_is_the_newest_up_to_the_opset(
    op: str, opset: int, since: int
) -> None:
    found = version_of("", op, opset)
    assert found is not None
    assert found.since == since


def test_names_groups_and_versions_are_understood() -> None:
    assert [t.id for t in chosen(["coreml"])] == ["coreml_mlprogram", "coreml_neuralnetwork"]
    assert [t.id for t in chosen(["TensorRT@11", "tensorrt"])] == ["tensorrt"]
    assert [t.version for t in chosen(["ort_cpu@1.20", "ort-cpu@1.32"])] == ["1.20.1", "1.32.0"]
    assert chosen(["ort_cpu@1"])[0].version == "1.32.0"
    assert len(chosen([])) == 18


def test_other_names_are_one_target_or_the_ways_to_one() -> None:
    named = {name: " ".join(table.id for table in chosen([name])) for name in GROUPS}
    assert named == {
        "coreml": "coreml_mlprogram coreml_neuralnetwork", "cuda": "ort_cuda",
        "directml": "ort_dml", "litert": "tflite_onnx2tf_tf tflite_onnx2tf_direct",
        "onnxruntime": "ort_cpu", "qnn": "qnn_htp", "webgl": "ort_webgl",
        "webgpu": "ort_webgpu_js ort_webgpu_native", "webnn": "ort_webnn",
    }  # fmt: skip


def test_types_are_spelt_as_the_tables_do() -> None:
    for dtype, word in (
        ("float32", "f32"), ("float16", "f16"), ("bfloat16", "bf16"), ("float64", "f64"),
        ("bool", "b"), ("string", "s"), ("complex64", "c64"), ("complex128", "c128"),
        ("int8", "i8"), ("uint4", "u4"), ("float8e4m3fn", "f8e4m3fn"), ("seq(float16)", "seq(f16)"),
        ("sparse(float32)", "sparse_tensor(f32)"),
        ("map(string, int64)", "map(string,tensor(int64))"),
        ("map(int64, string)", "map(int64,tensor(string))"),
        ("map(int64, float64)", "map(int64,tensor(double))"),
        ("map(int64, int32)", "map(int64,tensor(int32))"),
        ("optional(seq(bool))", "optional(seq(b))"),
        (None, None), ("?", None), ("seq(?)", None), ("seq(…)", None),
    ):  # fmt: skip
        assert short(dtype) == word, dtype


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("tensort", "did you mean 'tensorrt'"),
        ("nonsense", "there are ort_cpu"),
        ("tensorrt@10", "about 11.1 only"),
        ("ort_cpu@9", "versions are 1.16.3"),
        ("ort_cpu@", "no version ''"),
        ("missing.csv", "missing.csv: there is no such file"),
        ("tests/", "tests/: is not a file"),
        ("a\0b.csv", "there is no such file"),
    ],
)
def test_what_names_nothing_is_refused_with_what_was_meant(word: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        chosen([word])


def test_a_file_of_the_same_form_is_a_target(tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    path.write_text(HEAD.format(id="ours", kind="delegate") + "ai.onnx,Relu,1,,#0=f32,,\n")
    (table,) = chosen([str(path)])
    assert fit("g (float[2] x) => (float[2] y) { y = Relu (x) }", table).verdict == "whole"


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("# kind: delegate", "# kind: other"), 7, "kind: must be delegate or runtime"),
        (("# match: range", "# mtach: range"), 8, "did you mean 'match'"),
        (("# version: 1.0\n", ""), None, "'# version: …' is needed"),
        (("domain,op,", "domain,operator,"), 10, "the columns must be"),
        (("Relu,1,,", "Relu,one,,"), 11, "since must be a whole number"),
        (("#0=f32,,", "#0=f32,rnak(#0)==4,"), 11, "'rnak(#0)==4' is not a condition"),
        (("#0=f32,,", "#0=f32"), 11, "5 cells; there are 7 columns"),
        (("#0=f32,,", "#0=f 32,,"), 11, "are no element types"),
        (("# id: ours", "# id: nnapi"), None, "the id 'nnapi' is taken"),
        (("# date: 2026-11", "# date: 2026-11\n# date: 2026-12"), 5, "date is stated twice"),
    ],
)
def test_a_mistake_in_a_table_is_named_with_its_line(
    tmp_path: Path, change: tuple[str, str], line: int | None, said: str
) -> None:
    text = HEAD.format(id="ours", kind="delegate") + "ai.onnx,Relu,1,,#0=f32,,\n"
    assert change[0] in text
    path = tmp_path / "ours.csv"
    path.write_text(text.replace(*change))
    with pytest.raises(ConfigError) as error:
        chosen([str(path)])
    place = f"{path}:{line}: " if line else f"{path}: "
    assert any(text.startswith(place) and said in text for text in str(error.value).split("\n"))


def test_a_table_may_be_as_long_as_the_limit_and_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HEAD.format(id="ours", kind="delegate") + "ai.onnx,Relu,1,,#0=f32,,\n"
    path = tmp_path / "ours.csv"
    path.write_text(text)
    for module in ("catalog", "table"):
        monkeypatch.setattr(f"analyzer.targets.{module}.MOST_BYTES", len(text))
    assert [table.id for table in chosen([str(path)])] == ["ours"]
    path.write_text(text + "\n")
    with pytest.raises(ConfigError, match=f"larger than {len(text)} bytes"):
        chosen([str(path)])


def test_a_table_that_is_no_text_is_refused() -> None:
    with pytest.raises(ConfigError, match="is not UTF-8"):
        read_table("t.csv", b"\xff\xfe")
    with pytest.raises(ConfigError, match="larger than"):
        read_table("t.csv", b"x" * (5 << 20))


@pytest.mark.parametrize(
    ("match", "row", "runs"),
    [
        ("range", "13,", True),
        ("range", "6,13", False),
        ("range", "6,", True),
        ("kernel", "14,", True),
        ("kernel", "6,", False),
        ("kernel", "6,14", True),
        ("kernel-open", "6,", True),
    ],
)
def test_what_a_row_covers_depends_on_how_the_table_matches(
    match: str, row: str, runs: bool
) -> None:
    """The operator is Relu-14."""
    table = own(f"ai.onnx,Relu,{row},,,\n")
    table = read_table("ours.csv", _text(table.path, match, row))
    found = fit("g (float[2] x) => (float[2] y) { y = Relu (x) }", table)
    assert (found.verdict == "whole") is runs


def _text(path: str, match: str, row: str) -> bytes:
    head = HEAD.format(id="ours", kind="runtime").replace("match: range", f"match: {match}")
    return f"{head}ai.onnx,Relu,{row},,,\n".encode()


def test_a_row_is_there_from_the_first_to_the_last_of_its_versions() -> None:
    newest = chosen(["ort_cpu"])[0]
    spans = history("ort_cpu")
    key = ("ai.onnx", "Acos", 7, None)
    assert (spans[key].first, spans[key].last) == ("1.16.3", "1.20.1")
    for version in ("1.16.3", "1.20.1", "1.21.1"):
        table = table_at(newest, version)
        rows = {(d, op, row.since, row.until) for d, op in table.operators()
                for row in table.rows(d, op)}  # fmt: skip
        at = order(version)
        there = {
            each for each, span in spans.items()
            if order(span.first) <= at and (not span.last or at <= order(span.last))
        }  # fmt: skip
        assert rows == there
        assert (key in rows) is (version != "1.21.1")
