"""The door for programs: every public function does with defaults what its command does."""

from __future__ import annotations

import inspect
import io
import json
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, get_args, get_overloads

import onnx
import pytest

import analyzer
from analyzer import library
from analyzer.cli.main import run
from analyzer.report import INSPECT_FORMATS, REPORT_FORMATS
from analyzer.targets import catalog
from analyzer.version import __version__
from tests.cli.conftest import CLEAN, WASTEFUL, encode
from tools import hints
from tools.api import OPAQUE, TARGET, render

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = "samples/mobilenet_v1.onnx"
STANDARD = "samples/mobilenet_v1_standard.onnx"
UNNAMED = {"Amount", "Expression", "Measure", "Message", "Pattern", "Payloads", "Tool"}
"""Classes that are handed on and looked into by nobody."""


@pytest.fixture(scope="module")
def facts() -> analyzer.Facts:
    return analyzer.analyze(STANDARD)


@pytest.fixture(scope="module")
def sample() -> analyzer.Facts:
    return analyzer.analyze(SAMPLE)


def printed(capfd: pytest.CaptureFixture[str], *words: str) -> str:
    assert run([*words]) == 0
    return capfd.readouterr().out


def test_the_library_writes_every_format_of_the_commands_about_one_model() -> None:
    assert set(get_args(library.Format)) == {*REPORT_FORMATS, *INSPECT_FORMATS}
    *texts_or_bytes, _ = get_overloads(library.report)
    told = [get_args(hints.of(each)["format"]) for each in texts_or_bytes]
    assert sorted(chain.from_iterable(told)) == sorted(get_args(library.Format))


def test_a_model_may_be_a_path_bytes_a_message_an_open_file_or_loaded(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(encode(WASTEFUL))
    message = onnx.load_model_from_string(encode(WASTEFUL))
    origins = (str(path), path, encode(WASTEFUL), message, io.BytesIO(encode(WASTEFUL)),
               analyzer.load(path))  # fmt: skip
    found = [analyzer.analyze(origin) for origin in origins]
    assert len({facts.totals.macs for facts in found}) == 1
    assert all(facts.nodes == found[0].nodes for facts in found)


def test_what_is_no_model_is_one_clear_error() -> None:
    with pytest.raises(analyzer.ModelError, match="there is no such file; check the path"):
        analyzer.analyze("nowhere.onnx")


def test_open_dimensions_are_bound_as_asked() -> None:
    text = """<ir_version: 8, opset_import: ["" : 17]>
      g (float[n,8] x, float[8,4] w) => (float[n,4] y) { y = MatMul (x, w) }"""
    facts = analyzer.analyze(encode(text), analyzer.Bindings(dims={"n": 5}))
    assert facts.totals.macs == 5 * 8 * 4


def test_lint_takes_a_model_or_its_facts(facts: analyzer.Facts) -> None:
    assert analyzer.lint(STANDARD) == analyzer.lint(facts)
    assert [(f.rule, f.count) for f in analyzer.lint(facts)] == [("SEP001", 13), ("STR101", 14)]
    assert analyzer.lint(facts, settings=analyzer.Settings(ignore=("SEP", "STR"))) == ()


def test_rules_about_weights_that_are_selected_have_them_read() -> None:
    settings = analyzer.Settings(select=("WGT",), preview=True)
    (found,) = analyzer.lint(analyzer.load(SAMPLE), settings=settings)
    assert found.rule == "WGT011", "the sample's weights are filled with one number"
    with pytest.raises(analyzer.ConfigError, match="WTG"):
        analyzer.lint(SAMPLE, settings=analyzer.Settings(select=("WTG",)))


def test_targets_are_those_that_are_named_or_all_that_ship(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(catalog, "chosen", lambda names: names)
    for look in ("analyze_model", "analyze_weights"):
        monkeypatch.setattr(library, look, lambda *_, targets=None, **__: asked.append(targets))
    for weights in (False, True):
        library.analyze(SAMPLE, targets=("coreml",), weights=weights)
        library.analyze(SAMPLE, targets=("coreml", "all"), weights=weights)
        library.analyze(SAMPLE, weights=weights)
    assert asked == [("coreml",), (), None] * 2


def test_what_rules_could_not_be_asked_is_among_the_problems(
    facts: analyzer.Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = analyzer.Problem("rule-effort", "SEP001", "too much")
    real = vars(library)["judge"]
    for problems in ((), (trouble,)):
        monkeypatch.setattr(
            library, "judge",
            lambda *of, more=problems: replace(real(*of), problems=more),
        )  # fmt: skip
        result = library._result(facts, library._shipped(), analyzer.Settings())
        assert result.facts.problems == (*facts.problems, *problems)


def test_json_report_is_the_json_of_inspect_and_what_pages_are_made_of(
    facts: analyzer.Facts, capfd: pytest.CaptureFixture[str]
) -> None:
    ours = json.loads(analyzer.report(facts, "json"))
    theirs = json.loads(printed(capfd, "inspect", STANDARD, "--format", "json"))
    assert theirs.pop("command").startswith("onnxlint inspect")
    assert ours.pop("command") == ""
    assert ours.pop("page")["macs"] == theirs["totals"]["macs"]
    more = [claim for claim in ours["claims"] if claim not in theirs["claims"]]
    assert [claim["id"] for claim in more] == ["verdict", "options", "order"], "of pages"
    (less,) = (claim for claim in theirs["claims"] if claim not in ours["claims"])
    named = ("lead", "lead_how", "lead_steps", "lead_titles", "lead_brings", "part_of", "part",
             "part_title")  # fmt: skip
    ways = [[claim["values"].pop(name) for name in named] for claim in (more[0], less)]
    assert [(way[0], way[1], way[5]) for way in ways] == [
        (["float16", "int8"], "free", "weights"), ([], "", "")
    ], "pages know forms"  # fmt: skip
    for claim in more[1:]:
        ours["claims"].remove(claim)
    assert ours == theirs


def test_report_is_text_but_for_pdf(facts: analyzer.Facts) -> None:
    assert analyzer.report(encode(CLEAN)).startswith("<!DOCTYPE html>")
    assert "568.7 M" in analyzer.report(SAMPLE, "text")
    assert analyzer.report(facts, "csv").count("\n") == 1 + len(facts.nodes)
    assert analyzer.report(encode(CLEAN), "pdf").startswith(b"%PDF-")


def test_report_is_written_where_asked_and_never_onto_the_model(tmp_path: Path) -> None:
    model, page = tmp_path / "m.onnx", tmp_path / "m.json"
    model.write_bytes(encode(WASTEFUL))
    assert analyzer.report(model, "json", to=page) == page.read_text()
    with pytest.raises(analyzer.ConfigError, match="is the model itself"):
        analyzer.report(model, "json", to=model)
    with pytest.raises(analyzer.OutputError, match="no such folder"):
        analyzer.report(model, "json", to=tmp_path / "nowhere" / "m.json")
    assert model.read_bytes() == encode(WASTEFUL)


def test_unknown_format_is_named_with_those_there_are(facts: analyzer.Facts) -> None:
    with pytest.raises(analyzer.ConfigError, match="html, pdf, json, csv, netron, text"):
        analyzer.report(facts, "docx")  # type: ignore[call-overload]


def test_scale_gives_the_numbers_of_the_paper(sample: analyzer.Facts) -> None:
    """Tables 6 and 7: 569, 325, 149 and 41 million mult-adds; 418, 290 and 186 at lower sides."""
    widths = analyzer.scale(sample, width=(1.0, 0.75, 0.5, 0.25))
    assert [round((point.macs or 0) / 1e6) for point in widths] == [569, 325, 149, 41]
    sides = analyzer.scale(SAMPLE, sides=(192, (160, 160), 128))
    assert [point.macs for point in sides] == [418_121_728, 290_675_200, 186_400_768]


def test_scale_without_sizes_has_those_of_the_command(capfd: pytest.CaptureFixture[str]) -> None:
    table = json.loads(printed(capfd, "scale", SAMPLE, "--format", "json"))["table"]
    points = analyzer.scale(SAMPLE)
    assert [(p.width, p.macs, p.params) for p in points] == [
        (row["width"], row["macs"], row["params"]) for row in table
    ]


def test_within_a_budget_channels_are_multiples_of_8_unless_another_is_given(
    sample: analyzer.Facts,
) -> None:
    found = {n: analyzer.scale(sample, budget=300_000_000, divisor=n) for n in (None, 1, 8)}
    assert found[None] == found[8] != found[1]
    assert found[None]
    assert all(0 < (point.macs or 0) <= 300_000_000 for point in found[None])


def test_scale_within_a_budget_needs_multipliers() -> None:
    for blocks in ({"sides": 224}, {"depth": [(1, 1)]}, {"depth": [1.0, (1, 1)]}):
        with pytest.raises(ValueError, match="multipliers"):
            analyzer.scale(SAMPLE, budget=1, **blocks)
    for budget, points in ((568_740_352, [(1.0, 568_740_352)]), (568_740_351, [])):
        found = analyzer.scale(SAMPLE, budget=budget, width=1.0, resolution=1.0, depth=1.0)
        assert [(point.width, point.macs) for point in found] == points


@pytest.mark.parametrize("width", [0, -1, float("nan"), float("inf"), 1e300])
def test_multiplier_that_means_nothing_is_refused(facts: analyzer.Facts, width: float) -> None:
    with pytest.raises(ValueError, match="the width multiplier must be positive and at most"):
        analyzer.scale(facts, width=width)


def test_compare_takes_files(facts: analyzer.Facts) -> None:
    found = analyzer.compare(STANDARD, SAMPLE)
    assert found.new.totals.macs - found.old.totals.macs == 568_740_352 - 4_867_293_184
    assert analyzer.compare(facts, facts).changes == ()


def test_explain_is_the_page_of_a_rule(capfd: pytest.CaptureFixture[str]) -> None:
    page = analyzer.explain("separable-candidate")
    assert page == analyzer.explain("SEP001") == analyzer.explain(rule("SEP001"))
    assert page.strip() == printed(capfd, "explain", "SEP001").strip()
    with pytest.raises(analyzer.ConfigError, match="did you mean 'SEP001'"):
        analyzer.explain("SEP0O1")


def rule(name: str) -> analyzer.Rule:
    return next(rule for rule in analyzer.load_rules() if rule.id == name)


def test_what_is_declared_has_a_type_that_can_be_named() -> None:
    mine: list[analyzer.Operator] = [analyzer.declare("ai.acme::RequantShift", like="Relu")]
    assert isinstance(mine[0], analyzer.Operator)
    assert analyzer.analyze(SAMPLE, operators=mine).totals.macs == 568_740_352


def test_everything_that_public_names_lead_to_is_public() -> None:
    seen: set[Any] = set()
    waiting = [getattr(library, name) for name in library.__all__]
    while waiting:
        thing = waiting.pop()
        if thing in seen or not (inspect.isclass(thing) or inspect.isfunction(thing)):
            continue
        seen.add(thing)
        for kind in kinds(thing) if thing.__name__ not in OPAQUE else ():
            waiting += [c for c in hints.classes_in(kind) if c.__name__ not in UNNAMED]
    classes = {thing.__name__ for thing in seen if inspect.isclass(thing)}
    assert classes - set(library.__all__) == set()
    assert set(OPAQUE) < classes


def kinds(thing: Any) -> list[Any]:
    """What the annotations of a function, or of the public parts of a class, name."""
    found = [*hints.of(thing).values()] if not inspect.isclass(thing) else []
    if inspect.isclass(thing):
        found += [k for name, k in hints.of(thing).items() if not name.startswith("_")]
        for name, part in vars(thing).items():
            getter = part.fget if isinstance(part, property) else part
            if inspect.isfunction(getter) and not name.startswith("_"):
                found += hints.of(getter).values()
    return found


def test_page_of_the_library_is_current() -> None:
    assert TARGET.read_text("utf-8") == render(), "run `make readme`"


def test_the_package_has_the_names_of_the_library_and_its_version() -> None:
    assert analyzer.__version__ == __version__
    assert "__version__" in library.__all__
    assert [name for name in library.__all__ if not hasattr(analyzer, name)] == []
    assert len(set(library.__all__)) == len(library.__all__)
