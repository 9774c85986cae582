"""``compare -o DIR``: what changed as HTML and PDF."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import onnx
import pdfua
import pytest

from analyzer.cli.compare import _is_folder
from tests.cli.conftest import Cli
from tests.compare.networks import resnet
from tests.report.test_pdf import streams

EVIL = "<script>alert(1)</script>\x1b[31m\u202e"


def save(name: str, model: onnx.ModelProto) -> str:
    onnx.save(model, name)
    return name


def text_of(html: str) -> str:
    """What a reader sees, in one line."""
    body = re.sub(r"<(style|script)[^>]*>.*?</\1>", "", html, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def paper(*command: str) -> str:
    """What a program of Poppler says about the PDF."""
    words = [command[0], *command[1:], "out/compare.pdf"]
    words += ["-"] if command[0] == "pdftotext" else []
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def attached() -> bytes:
    """The JSON in the PDF."""
    data = Path("out/compare.pdf").read_bytes()
    return next(stream for stream in streams(data) if stream.startswith(b'{\n "schema": 1'))


def pages(cli: Cli, old: onnx.ModelProto, new: onnx.ModelProto, *words: str) -> str:
    outcome = cli("compare", save("a.onnx", old), save("b.onnx", new), "-o", "out", *words)
    assert outcome.out.split() == ["out/compare.html", "out/compare.pdf"]
    return Path("out/compare.html").read_text("utf-8")


def page(cli: Cli, old: onnx.ModelProto, new: onnx.ModelProto, *words: str) -> str:
    """The HTML alone, which takes a tenth of the time."""
    cli("compare", save("a.onnx", old), save("b.onnx", new), "-o", "page.html", *words)
    return Path("page.html").read_text("utf-8")


def test_a_folder_gets_html_and_pdf_of_the_json_alone_and_the_terminal_says_where(cli: Cli) -> None:
    """Nothing tells of folders, and a checker of PDF/UA finds nothing."""
    Path("secret").mkdir()
    names = save("secret/a.onnx", resnet()), save("secret/b.onnx", resnet(activation="HardSwish"))
    outcome = cli("compare", *names, "-o", "out")
    assert (outcome.code, outcome.out.split()) == (0, ["out/compare.html", "out/compare.pdf"])
    html = Path("out/compare.html").read_text("utf-8")
    text = text_of(html)
    assert "secret" not in html
    assert b"secret" not in attached()
    Path("again.json").write_bytes(attached())
    assert cli("report", "again.json", "-o", "again").code == 0
    assert Path("again/again.html").read_text("utf-8") == html
    assert Path("again/again.pdf").read_bytes() == Path("out/compare.pdf").read_bytes()
    assert "Activation Relu → HardSwish in 9 places." in text
    assert "a.onnx → b.onnx" in text
    first = " ".join(paper("pdftotext", "-l", "1").split())
    assert "Activation Relu → HardSwish in 9 places." in first
    assert "a.onnx → b.onnx · onnxlint comparison" in paper("pdfinfo")
    assert [finding.message for finding in pdfua.validate("out/compare.pdf").findings] == []


def test_checker_of_pdf_ua_finds_nothing_where_a_block_is_gone(cli: Cli) -> None:
    pages(cli, resnet(), resnet(blocks=3, epsilon=1e-3))
    assert [finding.message for finding in pdfua.validate("out/compare.pdf").findings] == []


def test_pages_speak_korean_where_asked(cli: Cli) -> None:
    html = page(cli, resnet(blocks=1), resnet(blocks=1, activation="HardSwish"), "--lang", "ko")
    assert '<html lang="ko">' in html
    assert "활성화 함수 Relu → HardSwish" in text_of(html)
    assert "Layers side by side" not in html


def test_identical_models_are_one_calm_page(cli: Cli) -> None:
    text = text_of(pages(cli, resnet(), resnet()))
    assert "The same: operators, attributes, types, connections and all weights." in text
    assert "Layers side by side" not in text
    assert re.search(r"Pages:\s+1\n", paper("pdfinfo"))


def test_another_network_is_said_to_be_one_and_not_held_row_by_row(cli: Cli) -> None:
    from samples.build_mobilenet_v1 import build

    html = page(cli, resnet(), build())
    assert "Another network" in text_of(html)
    assert "Layers side by side" not in text_of(html)
    assert html.count("<tr") < 100


def test_layers_of_which_the_same_became_are_one_row(cli: Cli) -> None:
    html = page(cli, resnet(blocks=8), resnet(blocks=8, side=64))
    assert 0 < html.count('class="badge changed"') < 12
    assert "32×32" in text_of(html)
    assert "64×64" in text_of(html)


@pytest.mark.parametrize(("blocks", "word"), [(5, "added"), (3, "gone")])
def test_what_came_and_went_is_drawn(cli: Cli, blocks: int, word: str) -> None:
    html = page(cli, resnet(), resnet(blocks=blocks))
    assert f"1 basic-residual block {word}" in text_of(html).lower().replace("removed", "gone")
    assert re.search(rf"<title>[^<]*, {word}[,<]", html)


def test_names_from_the_models_stay_text(cli: Cli) -> None:
    def rename(model: onnx.ModelProto) -> onnx.ModelProto:
        for node in model.graph.node:
            node.name += EVIL
        model.producer_name = EVIL
        model.metadata_props.add(key=EVIL, value=EVIL)
        return model

    html = page(cli, rename(resnet()), rename(resnet(blocks=3)))
    assert "<script>alert" not in html
    assert not set(html) & {"\x1b", "\u202e"}
    assert "&lt;script&gt;alert(1)" in html


def test_pages_tell_folders_where_asked(cli: Cli) -> None:
    Path("secret").mkdir()
    old, new = (save(f"secret/{name}", resnet()) for name in ("a.onnx", "b.onnx"))
    assert cli("compare", old, new, "-o", "full.html", "--provenance", "full").code == 0
    assert "secret" in Path("full.html").read_text("utf-8")


def test_gates_stand_on_the_page_and_decide_the_exit_code(cli: Cli) -> None:
    names = save("a.onnx", resnet()), save("b.onnx", resnet(blocks=5))
    outcome = cli("compare", *names, "-o", "x.html", "--fail-on-increase", "params=0,peak=10%")
    assert outcome.code == 1
    text = text_of(Path("x.html").read_text("utf-8"))
    assert re.search(r"failed parameters .* no more is allowed passed peak", text)


def test_a_file_is_what_its_suffix_says(cli: Cli) -> None:
    names = save("a.onnx", resnet()), save("b.onnx", resnet(blocks=5))
    for suffix, start in ((".json", b"{"), (".md", b"## onnxlint")):
        assert cli("compare", *names, "-o", f"x{suffix}").code == 0
        assert Path(f"x{suffix}").read_bytes().startswith(start)
    assert cli("compare", *names, "-o", "notes", "--format", "text").code == 0
    assert Path("notes").read_text("utf-8").startswith("a.onnx → b.onnx")


def test_same_models_give_the_same_bytes(cli: Cli) -> None:
    """The JSON; of which the pages are made, the same each time."""
    names = save("a.onnx", resnet(blocks=2)), save("b.onnx", resnet(blocks=3))
    first, again = (cli("compare", *names, "--format", "json").out for _ in range(2))
    assert first == again


def test_json_that_lacks_something_is_one_clear_error(cli: Cli) -> None:
    names = save("a.onnx", resnet()), save("b.onnx", resnet(blocks=5))
    whole = cli("compare", *names, "--format", "json").out
    for member in ("headlines", "conclusion", "figures", "new"):
        data = json.loads(whole)
        data["page"][member] = [{"kind": "width", "values": {}}] if member == "headlines" else 1
        Path("bad.json").write_text(json.dumps(data))
        outcome = cli("report", "bad.json", "-o", "out")
        assert outcome.code == 2, member
        assert len(outcome.err.splitlines()) == 1
        assert outcome.err.startswith("onnxlint: error: bad.json: ")


def test_a_folder_is_what_is_one_or_ends_as_one_or_has_no_suffix(tmp_path: Path) -> None:
    (tmp_path / "v1.2").mkdir()
    (tmp_path / "plain").write_bytes(b"")
    names = {"v1.2": True, "v1.3": False, "v1.3/": True, "new": True, "plain": False}
    assert {name: _is_folder(f"{tmp_path}/{name}") for name in names} == names
