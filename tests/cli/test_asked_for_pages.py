"""Pages as they are asked for and written, and models of a revision as they are copied."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.cli import report
from analyzer.cli.git import revision
from analyzer.cli.pages import many
from analyzer.errors import ConfigError

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
