"""`report` of several models: a report of each, and an index that leads to all of them."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest

from analyzer.cli.pages import many
from analyzer.report import REPORT_FORMATS
from tests.cli.conftest import CLEAN, WASTEFUL, Cli, encode

HTML = ("--format", "html")


@pytest.fixture(autouse=True)
def in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless a test asks for two: starting one takes longer than what these small models do."""
    monkeypatch.setattr(many, "WORTHWHILE", 100)


def put(path: str, text: str = CLEAN) -> str:
    """A model at ``path``, whose folders are made."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(encode(text))
    return path


def rows(folder: str = "out") -> list[dict[str, str]]:
    """What the index says as CSV."""
    return list(csv.DictReader(Path(folder, "index.csv").read_text("utf-8").splitlines()))


def names(folder: str = "out") -> list[str]:
    return [row["model"] for row in rows(folder)]


def written(folder: str = "out") -> set[str]:
    files = (path for path in Path(folder).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in files}


def test_a_folder_becomes_a_report_of_each_model_and_an_index(cli: Cli) -> None:
    put("nets/a.onnx")
    put("nets/deep/b.onnx", WASTEFUL)
    said = cli("report", "nets", "-o", "out", *HTML)
    assert said.code == 0
    assert said.out == "out/index.html\nout/index.csv\n"
    assert written() == {"a.html", "deep/b.html", "index.html", "index.csv"}
    page = Path("out/index.html").read_text("utf-8")
    assert "<h1>nets</h1>" in page
    assert 'href="a.html"' in page
    assert 'href="deep/b.html"' in page


def test_reports_of_a_folder_are_those_of_its_models(cli: Cli) -> None:
    put("nets/b.onnx", WASTEFUL)
    for words in (["nets", "-o", "many"], ["nets/b.onnx", "-o", "one"]):
        assert cli("report", *words, *HTML).code == 0
    one, many = (Path(folder, "b.html").read_text("utf-8") for folder in ("one", "many"))
    command = re.compile(r"<tr><th( scope=row)?>Command.*?</table>")
    assert command.sub("", one) == command.sub("", many)


def test_a_file_that_cannot_be_read_costs_no_other_its_report(cli: Cli) -> None:
    put("nets/good.onnx")
    Path("nets/bad.onnx").write_bytes(b"")
    said = cli("report", "nets", "-o", "out", *HTML)
    assert said.code == 2
    assert "onnxlint: error: nets/bad.onnx: " in said.err
    bad, good = rows()
    assert (bad["model"], bad["outcome"], bad["judged"]) == ("bad.onnx", "inconclusive", "no")
    assert "export" in bad["reasons"]
    assert {bad[name] for name in ("macs", "params", "peak_activation_bytes", "errors")} == {
        "unknown"
    }
    assert (good["model"], good["judged"], good["html"]) == ("good.onnx", "yes", "good.html")
    page = Path("out/index.html").read_text("utf-8")
    assert "2 models: 1 not read, 1 clean." in page
    assert 'badge error"><a href="#why1">not read' in page


def test_one_name_in_two_folders_makes_two_reports(cli: Cli) -> None:
    """Named apart, they are as deep as tells them apart, and no deeper."""
    put("home/ann/x/net.onnx")
    put("home/ann/y/net.onnx", WASTEFUL)
    assert cli("report", "home/ann/x/net.onnx", "home/ann/y", "-o", "out", *HTML).code == 0
    assert written() == {"x/net.html", "y/net.html", "index.html", "index.csv"}
    assert sorted(names()) == ["x/net.onnx", "y/net.onnx"]
    assert "home" not in Path("out/index.html").read_text("utf-8")


def test_names_that_tell_models_apart_have_no_folders(cli: Cli) -> None:
    put("home/ann/x/a.onnx")
    put("home/ann/y/b.onnx")
    assert cli("report", "home/ann/x/a.onnx", "home/ann/y/b.onnx", "-o", "out", *HTML).code == 0
    assert names() == ["a.onnx", "b.onnx"]


@pytest.mark.parametrize("twin", ["a.bin", "A.onnx"])
def test_files_of_one_stem_do_not_overwrite_each_other(cli: Cli, twin: str) -> None:
    """Also where the file system takes both spellings for one."""
    put("a.onnx")
    put(twin, WASTEFUL)
    assert cli("report", "a.onnx", twin, "-o", "out", *HTML).code == 0
    stem = twin.partition(".")[0]
    assert written() == {"a.html", f"{stem}-2.html", "index.html", "index.csv"}


def test_a_model_called_index_leaves_the_index_alone(cli: Cli) -> None:
    put("nets/index.onnx")
    put("nets/sub/index.onnx")
    assert cli("report", "nets", "-o", "out", *HTML).code == 0
    assert written() == {"index-2.html", "sub/index.html", "index.html", "index.csv"}


def test_reasons_name_no_folder_above_the_one_that_was_named(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "classified" / "nets"
    put(str(folder / "good.onnx"))
    outside = tmp_path / "elsewhere.onnx"
    outside.write_bytes(encode(CLEAN))
    os.symlink(outside, folder / "link.onnx")
    said = cli("report", str(folder), "-o", "out", *HTML)
    assert said.code == 2
    for name in ("index.html", "index.csv", "good.html"):
        assert "classified" not in Path("out", name).read_text("utf-8")
    assert "is a link that leads out of nets" in rows()[0]["reasons"]


def test_whole_paths_are_told_on_request(cli: Cli) -> None:
    put("home/ann/a.onnx")
    assert cli("report", "home/ann", "-o", "out", "--provenance", "full", *HTML).code == 0
    assert names() == ["home/ann/a.onnx"]
    assert written() == {"a.html", "index.html", "index.csv"}


def test_an_empty_folder_is_an_error_that_the_index_states(cli: Cli) -> None:
    Path("nets").mkdir()
    said = cli("report", "nets", "-o", "out", *HTML)
    assert said.code == 2
    assert "there is no *.onnx file in this folder" in said.err
    assert rows()[0]["reasons"].startswith("there is no *.onnx file in this folder")


def test_the_worst_come_first(cli: Cli) -> None:
    broken = CLEAN.replace("Relu (x)", "Relu (nowhere)")
    put("nets/a_clean.onnx")
    put("nets/b_wasteful.onnx", WASTEFUL)
    put("nets/c_larger.onnx", WASTEFUL.replace("56", "112"))
    put("nets/d_broken.onnx", broken)
    Path("nets/e_empty.onnx").write_bytes(b"")
    assert cli("report", "nets", "-o", "out", *HTML).code == 2
    assert names() == ["e_empty.onnx", "d_broken.onnx", "c_larger.onnx", "b_wasteful.onnx",
                       "a_clean.onnx"]  # fmt: skip


def test_devices_that_are_named_have_a_column_of_bounds(cli: Cli) -> None:
    put("nets/a.onnx", WASTEFUL)
    assert cli("report", "nets", "-o", "out", "--device", "rpi5", *HTML).code == 0
    (row,) = rows()
    macs = 56 * 56 * 64 * 128 * 9
    assert int(row["macs"]) == macs
    assert float(row["seconds_at_least_rpi5"]) == pytest.approx(macs / 76.8e9)
    assert cli("report", "nets", "-o", "plain", *HTML).code == 0
    assert "seconds_at_least_rpi5" not in rows("plain")[0]


def test_an_index_says_where_a_model_does_not_fit_and_what_is_less_exact(cli: Cli) -> None:
    put("nets/a.onnx", WASTEFUL)
    named = ("--device", "stm32h743", "--device", "a100")
    assert cli("report", "nets", "-o", "out", *named, *HTML).code == 0
    (row,) = rows()
    assert int(row["peak_activation_bytes"]) > 1_060 * 1024
    assert row["seconds_at_least_stm32h743"] == "does not fit"
    assert 2 * int(row["macs"]) / 156e12 == pytest.approx(float(row["seconds_at_least_a100"]))
    page = Path("out/index.html").read_text("utf-8")
    assert "does not fit" in page
    assert "NVIDIA A100 40 GB (float32 as TF32)." in page


def test_two_processes_write_what_one_writes(cli: Cli) -> None:
    for number in range(4):
        put(f"nets/{number}/net.onnx", WASTEFUL.replace("56", f"{14 + number}"))
    for jobs in ("1", "2"):
        assert cli("report", "nets", "-o", jobs, "-j", jobs, *HTML).code == 0
    assert written("1") == written("2")
    for name in written("1") - {f"{n}/net.html" for n in range(4)}:
        assert Path("1", name).read_bytes() == Path("2", name).read_bytes()


def test_the_index_is_a_pdf_as_well_where_reports_are(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(REPORT_FORMATS, "pdf", lambda *_: b"of one model")
    put("nets/a.onnx")
    said = cli("report", "nets", "-o", "out", "--format", "pdf")
    assert said.out == "out/index.html\nout/index.csv\nout/index.pdf\n"
    assert written() == {"a.pdf", "index.html", "index.csv", "index.pdf"}
    assert Path("out/index.pdf").read_bytes().startswith(b"%PDF")


def test_one_model_alone_has_no_index(cli: Cli) -> None:
    put("a.onnx")
    assert cli("report", "a.onnx", "-o", "out", *HTML).out == "out/a.html\n"
    assert written() == {"a.html"}


def test_a_report_that_cannot_be_written_costs_no_other_its_own(cli: Cli) -> None:
    put("nets/a.onnx")
    put("nets/b.onnx")
    Path("out/a.html").mkdir(parents=True)
    said = cli("report", "nets", "-o", "out", *HTML)
    assert said.code == 2
    assert "out/a.html: cannot be written" in said.err
    assert [row["judged"] for row in rows()] == ["no", "yes"]
    assert Path("out/b.html").is_file()


def test_no_model_is_overwritten(cli: Cli) -> None:
    put("nets/a.html")
    before = Path("nets/a.html").read_bytes()
    put("nets/a.onnx")
    said = cli("report", "nets/a.html", "nets/a.onnx", "-o", "nets", *HTML)
    assert said.code == 2
    assert "is the model itself" in said.err
    assert Path("nets/a.html").read_bytes() == before


def test_reports_of_a_long_list_state_how_they_were_made_in_a_line(cli: Cli) -> None:
    paths = [put(f"nets/{number}.onnx") for number in range(6)]
    assert cli("report", *paths, "-o", "out", *HTML).code == 0
    page = Path("out/0.html").read_text("utf-8")
    assert "onnxlint report 0.onnx 1.onnx 2.onnx -o out --format html … (3 more)" in page


@pytest.mark.parametrize(
    ("words", "variable", "direct"), [((), "", False), (("--debug",), "", True), ((), "1", True)]
)
def test_a_report_is_made_in_this_process_for_who_wants_a_traceback(
    cli: Cli, clean: str, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], variable: str,
    direct: bool,
) -> None:  # fmt: skip
    asked: list[bool] = []

    def rendered(*_: object, debug: bool, **__: object) -> dict[str, bytes]:
        asked.append(debug)
        return {}

    monkeypatch.setattr("analyzer.cli.report.rendered", rendered)
    if variable:
        monkeypatch.setenv("ONNXLINT_DEBUG", variable)
    assert cli("report", clean, "-o", "out", "--format", "json", *words).code == 0
    assert asked == [direct]
