"""A report's JSON is all that its pages are made of, and may come from anybody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.errors import ModelError
from analyzer.report import REPORT_FORMATS, Options, Result, pdf, sheet
from analyzer.report.compare import sheet as compared
from analyzer.report.sheet import Report, Sheet
from analyzer.sanitise import widths
from analyzer.units import shorten
from tests.cli.conftest import WASTEFUL, Cli, cli, encode

__all__ = ["cli"]

FORMATS = ("html", "pdf", "csv", "json")
MODELS = ("mobilenet", "standard", "unknown", "hostile", "densenet")


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """PDFs are what they are a function of: a page of HTML for paper, and the JSON attached."""

    def write(page: str, data: bytes, options: Options) -> bytes:
        return page.encode() + data

    monkeypatch.setattr(pdf, "write", write)


@pytest.mark.usefixtures("printed")
@pytest.mark.parametrize("model", MODELS)
def test_pages_made_of_the_json_alone_are_the_same(
    model: str, request: pytest.FixtureRequest
) -> None:
    result: Result = request.getfixturevalue(model)
    again = Report(REPORT_FORMATS["json"](result, Options()))
    for name in FORMATS:
        assert REPORT_FORMATS[name](again, Options()) == REPORT_FORMATS[name](result, Options())


@pytest.mark.parametrize("model", MODELS)
def test_a_report_is_made_of_what_its_json_is_read_as(
    model: str, request: pytest.FixtureRequest
) -> None:
    report = Report.of(request.getfixturevalue(model))
    kept = vars(report).get("_data")
    assert (kept is None) == (model == "hostile")  # whose names no JSON can hold
    assert kept is None or repr(kept) == repr(json.loads(report.json))


def test_text_that_json_cannot_hold_is_read_back(standard: Result) -> None:
    report = Report.of(replace(standard, command="a\udc80"))
    assert "_data" not in vars(report)
    assert report.sheet.page == Report(report.json).sheet.page
    assert json.loads(report.json)["command"] == "a\\x80"


@pytest.mark.usefixtures("printed")
def test_command_makes_the_same_pages_of_model_and_json(cli: Cli, tmp_path: Path) -> None:
    model = tmp_path / "net.onnx"
    model.write_bytes(encode(WASTEFUL))
    formats = ["--format", ",".join(FORMATS)]
    assert cli("report", str(model), "-o", str(tmp_path / "a"), *formats).code == 0
    written = tmp_path / "a" / "net.json"
    assert cli("report", str(written), "-o", str(tmp_path / "b"), *formats).code == 0
    for name in FORMATS:
        page = written.with_suffix(f".{name}")
        assert page.read_bytes() == (tmp_path / "b" / page.name).read_bytes()


@pytest.mark.parametrize(
    "option",
    [["--shape", "image=1,3,128,128"], ["--no-weights"], ["--select", "ALL"], ["--no-hash"],
     ["--target", "nnapi"], ["--preview"], ["--limit", "nodes=3"]],
)  # fmt: skip
def test_options_that_would_change_facts_are_refused(
    option: list[str], cli: Cli, tmp_path: Path, mobilenet: Result
) -> None:
    written = tmp_path / "r.json"
    written.write_bytes(REPORT_FORMATS["json"](mobilenet, Options()))
    done = cli("report", str(written), "-o", str(tmp_path / "out"), *option)
    assert done.code == 2
    assert f"{option[0]} would change the facts" in done.err
    assert not (tmp_path / "out").exists()


def test_headline_of_a_written_report_may_be_another(
    cli: Cli, tmp_path: Path, mobilenet: Result
) -> None:
    written = tmp_path / "r.json"
    written.write_bytes(REPORT_FORMATS["json"](mobilenet, Options()))
    place = ["-o", str(tmp_path), "--format", "html"]
    assert cli("report", str(written), *place, "--count", "flops").code == 0
    html = (tmp_path / "r.html").read_bytes()
    assert html == REPORT_FORMATS["html"](mobilenet, Options(count="flops"))


@pytest.mark.parametrize(
    "data",
    [b"{", b"{}", b'{"schema": 1}', b'{"schema": 2, "page": {}}', b'{"schema": 1, "page": []}',
     b'{"schema": 1, "page": {}}', b'{"a": ' * 100_000, b"{\xff"],
    ids=range(8),
)  # fmt: skip
def test_other_json_is_one_clear_error(data: bytes, cli: Cli, tmp_path: Path) -> None:
    written = tmp_path / "r.json"
    written.write_bytes(data)
    done = cli("report", str(written), "-o", str(tmp_path / "out"))
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert line.startswith(f"onnxlint: error: {written}: not ")
    assert "--format json" in line


def walk(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in ``value``; of a list, in its first three items."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items)[:3] if isinstance(value, list) else items:
        if isinstance(item, dict | list):
            yield from walk(item, (*path, key))
        else:
            yield (*path, key)


def shortened(value: Any) -> Any:
    """``value`` with as much of its lists as ``walk`` goes through."""
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    return [shortened(item) for item in value[:3]] if isinstance(value, list) else value


def members(data: Any) -> Iterator[tuple[Any, Any, tuple[Any, ...]]]:
    """What holds each member of the records in ``data``, its key there, and its path: one of those
    that are at the same place in records of one kind, and hold values of one type."""
    seen = set()
    for path in [*walk(data)][1:]:
        holder = data
        for key in path[:-1]:
            holder = holder[key]
        value = holder[path[-1]]
        kind = (*("*" if isinstance(key, int) else key for key in path), type(value))
        if not isinstance(value, dict | list) and kind not in seen:
            seen.add(kind)
            yield holder, path[-1], path


def test_any_member_of_another_type_is_refused_or_shown_escaped(standard: Result) -> None:
    """Whatever somebody writes into the JSON: an error that names the place, or a harmless page."""
    whole = json.loads(REPORT_FORMATS["json"](standard, Options()))
    edges = [e for e in whole["page"]["drawing"]["edges"] if e["target"] < 3]
    whole["page"]["drawing"]["edges"] = edges
    data = shortened({field.name: whole[field.name] for field in fields(Sheet)})
    assert Report(json.dumps(data).encode()).sheet.page.title
    evil = '"><script>alert(1)</script>\x1b[31m\u202e'
    reasons, shown = [], 0
    for holder, key, path in members({k: data[k] for k in ("page", "claims", "nodes")}):
        kept = holder[key]
        for value in (evil, None, -1, [evil]):
            if kept == value:
                continue
            holder[key] = value
            report = Report(b"")
            report.__dict__["_data"] = data
            try:
                sheet = report.sheet
            except ModelError as error:
                reasons.append((path[-1], str(error)))
            else:
                shown += isinstance(sheet.page.title, str)
        holder[key] = kept
    assert len(reasons) > 500
    assert [at for at, said in reasons if str(at) not in said and "link" not in said] == []
    assert shown > 100


def test_text_that_somebody_put_into_the_json_is_escaped(standard: Result) -> None:
    data = json.loads(REPORT_FORMATS["json"](standard, Options()))
    evil = '"><script>alert(1)</script>\x1b[31m\u202e'
    for path in walk({"page": data["page"]}):
        here: Any = data
        for key in path[:-1]:
            here = here[key]
        keep = (
            "severity",
            "color",
            "kind",
            "address",
            "rule",
            "verdict",
            "outcome",
            "impact",
            "effort",
            "risk",
            "confidence",
            "training",
            "tool",
            "certainty",
            "depth",
            "role",
            "lang",
            "change",
            "end",
            "ground",
            "terms",
        )
        if path and isinstance(here[path[-1]], str) and path[-1] not in keep:
            here[path[-1]] = evil
    html = REPORT_FORMATS["html"](Report(json.dumps(data).encode()), Options()).decode()
    assert html.count("<script>") == 1, "ours"
    assert not set(html) & {"\x1b", "\u202e"}
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\x1b[31m\\u202e" in html


@pytest.mark.parametrize("target", [10**9, -1, 0])
def test_edge_to_a_box_that_does_not_exist_is_refused(standard: Result, target: int) -> None:
    data = json.loads(REPORT_FORMATS["json"](standard, Options()))
    data["page"]["drawing"]["edges"][0]["target"] = target
    with pytest.raises(ModelError, match="an edge whose source or target is no box"):
        _ = Report(json.dumps(data).encode()).sheet


def test_link_that_is_not_secure_is_refused(standard: Result) -> None:
    data = json.loads(REPORT_FORMATS["json"](standard, Options()))
    linked = next(g for g in data["page"]["groups"] if g["references"])
    linked["references"][0]["address"] = "javascript:alert(1)"
    with pytest.raises(ModelError, match="does not begin with https"):
        Report(json.dumps(data).encode()).sheet  # noqa: B018


@pytest.mark.usefixtures("printed")
@pytest.mark.parametrize("format_", FORMATS)
def test_report_tells_nothing_of_the_machine(format_: str, cli: Cli, tmp_path: Path) -> None:
    secret = tmp_path / "secret-customer" / "models"
    secret.mkdir(parents=True)
    (secret / "net.onnx").write_bytes(encode(WASTEFUL))
    (secret / "onnxlint.toml").write_text("fail-on = 'warning'\n")
    place = ["-o", str(secret / "out"), "--format", format_, f"--config={secret}/onnxlint.toml"]
    assert cli("report", str(secret / "net.onnx"), *place).code == 0
    page = (secret / "out" / f"net.{format_}").read_bytes()
    assert b"secret-customer" not in page
    if format_ == "html":
        text = re.sub(r"<[^>]*>", "", page.decode())
        assert "onnxlint report net.onnx -o out --format html --config=onnxlint.toml" in text
        assert cli("report", str(secret / "net.onnx"), *place, "--provenance", "full").code == 0
        assert str(secret / "net.onnx").encode() in (secret / "out" / "net.html").read_bytes()


@pytest.mark.parametrize(
    "path",
    [("nodes", 0, "total_macs"), ("nodes", 0, "outputs", 0, "dtype"),
     ("claims", 0, "values", "inputs_in_all"), ("page", "what_if", "rows", 0, "shares")],
    ids=str,
)  # fmt: skip
def test_report_that_lacks_what_this_version_shows_is_one_clear_error(
    path: tuple[str | int, ...], standard: Result, cli: Cli, tmp_path: Path
) -> None:
    """As one that an earlier version wrote: it is of the same schema, as names were only added."""
    data = json.loads(REPORT_FORMATS["json"](standard, Options()))
    holder = data
    for key in path[:-1]:
        holder = holder[key]
    del holder[path[-1]]
    written = tmp_path / "r.json"
    written.write_text(json.dumps(data))
    done = cli("report", str(written), "-o", str(tmp_path / "out"), "--format", "html,csv")
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert line.startswith(f"onnxlint: error: {written}: not the JSON of a report: ")
    assert "of this version" in line
    assert not (tmp_path / "out").exists()


def test_an_error_that_names_a_member_says_that_it_is_missing() -> None:
    apart = "its members do not fit one another"
    for error, what in (
        (KeyError("y" * 300), f"{shorten('y' * 300, widths.NAME)!r} is missing"),
        (KeyError("boxes"), "'boxes' is missing"), (KeyError(1), apart), (KeyError(), apart),
        (KeyError("boxes", "edges"), "'boxes' is missing"),
        (ValueError("boxes"), apart), (IndexError(), apart),
    ):  # fmt: skip
        told = sheet.unfit("a.json", error)
        assert told.problem == f"not the JSON of a report: {what}", error
        assert str(told).startswith(f"a.json: {told.problem}; name a model, or the JSON that ")


def test_edges_lead_from_a_box_to_a_later_one() -> None:
    def drawable(*edges: tuple[int, int]) -> bool:
        made = [SimpleNamespace(source=source, target=target) for source, target in edges]
        return sheet.is_drawable(cast("Any", SimpleNamespace(edges=made, boxes="abc")))

    assert drawable()
    assert drawable((0, 1), (0, 2), (1, 2))
    for wrong in ((-1, 1), (1, 1), (2, 1), (1, 3), (0, 4)):
        assert not drawable((0, 1), wrong), wrong


def test_pages_of_a_comparison_are_refused_without_what_they_say_and_draw(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    side = SimpleNamespace(drawing=None)
    drawn = SimpleNamespace(drawing="whole")
    whole: Any = {"conclusion": "holds", "headlines": ("a", "b"), "old": drawn, "new": side}

    def fails(word: object) -> None:
        if word == "broken":
            raise KeyError(word)

    monkeypatch.setattr(compared, "data_of", lambda *_: {})
    monkeypatch.setattr(compared, "conclude", lambda conclusion, _: fails(conclusion))
    monkeypatch.setattr(compared, "say", fails)
    monkeypatch.setattr(compared, "is_drawable", lambda drawing: drawing == "whole")

    def read(**changes: Any) -> object:
        page = SimpleNamespace(**whole | changes)
        monkeypatch.setattr(compared, "restored", lambda *_: SimpleNamespace(page=page))
        return compared.ComparisonReport(b"", "c.json").sheet

    assert read()
    assert read(new=drawn)
    for changes, why in (
        ({"conclusion": "broken"}, "a headline without its values"),
        ({"headlines": ("a", "broken")}, "a headline without its values"),
        ({"old": SimpleNamespace(drawing="odd")}, "an edge whose source or target is no box"),
        ({"new": SimpleNamespace(drawing="odd")}, "an edge whose source or target is no box"),
    ):
        with pytest.raises(ModelError, match=why):
            read(**changes)
