"""Pages as they are asked for and written, and models of a revision as they are copied."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from analyzer import scaling
from analyzer.cli import baseline, compare, judge, report, rules, scale
from analyzer.cli.git import revision
from analyzer.cli.pages import many
from analyzer.errors import ConfigError
from analyzer.findings.finding import Severity
from analyzer.report.result import Failure, Options, Result

if TYPE_CHECKING:
    from pathlib import Path


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


@pytest.mark.parametrize(
    ("formats", "opened", "said"),
    [
        (("html", "xml", "csv"), False, "--format xml: formats are html, pdf, json, csv, netron"),
        ((), False, "--format nothing: formats are html, pdf, json, csv, netron"),
        (("pdf",), True, "--open shows the HTML; let html be among --format"),
    ],
)
def test_formats_that_a_report_cannot_have_are_refused(
    formats: tuple[str, ...], opened: bool, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        report.run(some(format=formats, open=opened), some(), some())
    assert str(caught.value) == said


@pytest.mark.parametrize("paged", [False, True])
def test_an_index_is_written_and_its_pdf_after_it(
    monkeypatch: pytest.MonkeyPatch, paged: bool
) -> None:
    done: list[Any] = []
    for name in ("render_index", "render_index_csv", "brief_index"):
        monkeypatch.setattr(many, name, lambda *_, name=name: name)
    monkeypatch.setattr(
        many, "write_files", lambda files, folder=None: done.append((files, folder))
    )
    monkeypatch.setattr(many, "made_apart", lambda _task, _limits, what: what)
    monkeypatch.setattr(many, "tell", lambda text, paths, _: done.append((text, *paths)))
    index = {"html": "out/i.html", "csv": "out/i.csv"} | ({"pdf": "out/i.pdf"} if paged else {})
    many._write_index((), "Models", index, some(doing=done.append), some())
    late = ["writing PDF", ({"out/i.pdf": "the PDF"}, None)]
    assert done == [
        ({"out/i.html": "render_index", "out/i.csv": "render_index_csv"}, "out"),
        *(late if paged else []),
        ("brief_index", *index.values()),
    ]


def test_external_data_are_copied_where_they_are_files_and_not_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = {"m/w": "100644", "m/deep/x": "100755", "m/link": "120000", "m/net": "100644"}
    copy, written = str(tmp_path / "net"), []
    monkeypatch.setattr(
        revision, "data_of", lambda _: [("w",), ("deep", "x"), ("link",), ("net",), ("absent",)]
    )
    monkeypatch.setattr(revision, "_write", lambda _git, *about: written.append(about))

    def entries(commit: str, paths: dict[str, Any]) -> dict[str, Any]:
        assert (commit, [*paths]) == ("c0", [*modes, "m/absent"])
        return {path: some(mode=mode, oid=f"oid of {path}") for path, mode in modes.items()}

    repository: Any = some(entries=entries)
    revision._write_data(repository, "c0", "m/net", copy, revision.GitPath("HEAD", "m/net"))
    assert written == [
        ("oid of m/w", str(tmp_path / "w"), revision.GitPath("HEAD", "m/w")),
        ("oid of m/deep/x", str(tmp_path / "deep" / "x"), revision.GitPath("HEAD", "m/deep/x")),
    ]
    assert (tmp_path / "deep").stat().st_mode & 0o777 == 0o700


def test_only_one_of_two_models_is_read_from_standard_input() -> None:
    with pytest.raises(ConfigError) as caught:
        compare.run(some(old="-", new="-"), some(), some())
    assert str(caught.value) == "standard input can be only one of the two models"


@pytest.mark.parametrize("folder", ["", "out"])
def test_a_comparison_in_a_folder_is_summed_up_with_the_paths_of_its_files(
    monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    said: list[Any] = []
    gates = [some(outcome="passed", text="macs"), some(outcome="failed", text="params grow")]
    wanted = compare._Wanted({"c.html": "html", "c.json": "json"}, "" if folder else "text", folder)
    for name, made in (
        ("_outputs", wanted), ("_pair", some(comparison="both", gates=gates)), ("_exit_code", 3),
        ("_without_folders", "private"),
        ("keep_models", None), ("verdict", "another network"),
    ):  # fmt: skip
        monkeypatch.setattr(compare, name, lambda *_, made=made, **__: made)
    monkeypatch.setattr(compare, "compared_page",
                        lambda name, of, *_, **__: (name, of == "private"))  # fmt: skip
    monkeypatch.setattr(compare, "write_files", lambda *of, **to: said.append((*of, to["folder"])))
    console = some(note=said.append, line=said.append, write=said.append, error=said.append,
                   color=False)  # fmt: skip
    asked = some(old="a", new="b", open=False, provenance="names", debug=False)
    assert compare.run(asked, console, some(created=Options().created, debug=False)) == 3
    pages = {"c.html": ("html", True), "c.json": ("json", False)}
    assert said == [
        (pages, folder),
        *(["another network", "c.html", "c.json", "failed: params grow"] if folder
          else [("text", False)]),
    ]  # fmt: skip


def test_a_budget_is_shared_out_over_the_axes_that_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(scaling, "frontier", lambda *of, **how: asked.append((of, how)))
    monkeypatch.setattr(scale, "_bounded", asked.append)
    model: Any = some(sides=(224, 224))

    def words(**given: Any) -> Any:
        none = {"depth": None, "width": None, "resolution": None, "budget": 9, "divisor": None}
        return some(**none | given)

    scale._frontier(words(), model)
    scale._frontier(words(divisor=4, depth=(1.0, 2.0), width=(0.5, 0.75, 1.0)), model)
    scale._frontier(words(resolution=(0.5, 1.0), width=(0.5,)), model)
    assert asked == [
        1, ((model, 9), {"divisor": 8}),
        6, ((model, 9), {"divisor": 4, "depths": (1.0, 2.0), "widths": (0.5, 0.75, 1.0)}),
        2, ((model, 9), {"divisor": 8, "widths": (0.5,), "resolutions": (0.5, 1.0)}),
    ]  # fmt: skip
    with pytest.raises(ConfigError, match="needs multipliers, not numbers of blocks"):
        scale._frontier(words(depth=(1.0, (3, 4))), model)


def test_what_is_judged_in_another_process_comes_back_without_rules(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule: Any = some()
    whole = Result(cast("Any", some()), rules=(rule,), command="check a")
    failed, scarce = Failure("b", "b: odd"), Failure("c", "c: no memory", scarce=True)
    used: Any = frozenset({1})
    items = {"a": judge.Judged(whole, used), "b": judge.Judged(failed), "c": judge.Judged(scarce)}
    prepared: list[int] = []

    def each(task: Any, paths: Any, progress: Any, jobs: int, *, scarce: Any) -> Any:
        done = {path: task(path) for path in paths}
        assert [path for path in done if scarce(done[path])] == ["c"]
        assert (progress, jobs) == ("bar", 1 + len(prepared))
        return {**done, "d": failed}

    monkeypatch.setattr(judge, "each_path", each)
    monkeypatch.setattr(judge, "prepare", lambda: prepared.append(1))
    monkeypatch.setattr(judge, "jobs_for", lambda count, jobs: jobs)
    for jobs in (1, 2):
        found = judge._each(items.__getitem__, ("a", "b", "c"), cast("Any", "bar"), jobs)
        assert found == {
            "a": judge.Judged(replace(whole, rules=()), used), "b": judge.Judged(failed),
            "c": judge.Judged(scarce), "d": judge.Judged(failed),
        }  # fmt: skip


def test_rules_are_listed_in_columns() -> None:
    listed = [
        some(id="A1", name="short", severity=Severity("info"), status="stable", summary="One."),
        some(id="LONG001", name="a-long-name", severity=Severity("warning"), status="preview",
             summary="Two.\x1b"),
    ]  # fmt: skip
    assert rules._as_text(listed, color=False).decode() == (
        "A1       short        info     stable   One.\n"
        "LONG001  a-long-name  warning  preview  Two.\\x1b\n"
    )


def test_a_rewritten_baseline_says_what_it_accepts_or_has_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(baseline, "_count", len)
    batch = some(results=[some(facts=some(model=some(path="A")))])
    old = some(key=str.lower, models={"a": "xyz", "b": "x", "c": "xy"})

    def told(new: dict[str, str], *gone: str, prune: bool = False) -> str:
        return baseline._summary(old, some(models=new), batch, gone, prune=prune)

    assert told({"a": "x"}) == "1 finding accepted"
    assert told({"a": "xy", "b": "x", "c": "xy"}) == (
        "2 findings accepted, and 3 of other models as before"
    )
    assert told({"a": "", "b": ""}, "b") == (
        "0 findings accepted; --prune removes those of models that do not exist any more"
    )
    assert told({"a": "xy", "b": "x"}, "c", prune=True) == "3 accepted findings removed, 3 left"
    assert told({"a": "xy", "b": "x", "c": "xy"}, prune=True) == (
        "1 accepted finding removed, 5 left"
    )


@pytest.mark.parametrize(("asked", "around"), [(True, False), (False, True), (False, False)])
def test_pages_of_a_written_comparison_have_tracebacks_where_somebody_asks(
    monkeypatch: pytest.MonkeyPatch, asked: bool, around: bool
) -> None:
    done: list[Any] = []
    monkeypatch.setattr(report, "_only_about_pages", done.append)
    monkeypatch.setattr(report, "compared_pages", lambda *_, debug: ("lines", {"html": debug}))
    monkeypatch.setattr(report, "write_files", lambda files, folder: done.append((files, folder)))
    monkeypatch.setattr(report, "tell", lambda lines, paths, _: done.append((lines, *paths)))
    words, here = some(debug=asked, output="out"), some(debug=around, created=Options().created)
    made = report._report_compared(
        some(json=b"", source="c"), {"html": "c.html"}, words, some(), here
    )
    assert (made, done) == (0, [words, ({"c.html": asked or around}, "out"), ("lines", "c.html")])
