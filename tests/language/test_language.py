"""How words get into another language."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import analyzer
from analyzer.devices import SHIPPED, profile
from analyzer.facts import Certainty, ConvKind
from analyzer.findings.finding import Severity
from analyzer.language import _, counted, mark, ngettext, retold, rule_words, speaking, spoken
from analyzer.language.catalogue import LOCALE, entries
from analyzer.language.terms import TERMS
from analyzer.report import webface
from analyzer.report.view.deployment import blocking
from analyzer.report.view.kinds import COLORS
from analyzer.report.view.options.form import LEVELS
from analyzer.ruleset import load_rules
from tests.cli.conftest import CLEAN, Cli, cli, encode
from tools.translations import faults

__all__ = ["cli"]


def test_english_is_what_stands_in_the_code() -> None:
    assert spoken() == "en"
    assert _("{count} of {total} {{shown}}", count=2, total=3) == "2 of 3 {shown}"
    assert _("a {name} as it is") == "a {name} as it is"
    assert (ngettext("{n} place", "{n} places", 1), ngettext("{n} place", "{n} places", 2000)) == (
        "1 place",
        "2,000 places",
    )
    assert counted(1200, "layer", "layers") == "1,200 layers"
    assert mark("Contents") == "Contents"


def test_a_block_speaks_korean_and_what_follows_it_english() -> None:
    with speaking("ko"):
        assert (spoken(), _("Contents")) == ("ko", "목차")
        assert _("nobody has said this") == "nobody has said this"
    assert (spoken(), _("Contents")) == ("en", "Contents")


def test_korean_counts_with_a_counter() -> None:
    with speaking("ko"):
        assert _("{n} {kind}", n=2, kind="LSTM") == "LSTM 2개"
        assert blocking("Identity", "Identity is not supported", 14).endswith(" (14개)")


def test_values_are_no_format_themselves() -> None:
    assert _("{name} runs", name="{0.__class__}") == "{0.__class__} runs"


PO = r"""
msgid ""
msgstr "Language: ko\n"

# a remark
#, fuzzy
msgid "in doubt"
msgstr "x"

msgctxt "SEP001 message"
msgid ""
"first \"line\"\n"
"second \\ line"
msgstr "하나"

msgid "one"
msgid_plural "many"
msgstr[0] "여럿"
"""


def test_catalogue_has_contexts_plurals_escapes_and_doubts() -> None:
    doubt, rule, plural = entries(PO)
    assert (doubt.text, doubt.fuzzy) == ("in doubt", True)
    assert rule[:4] == ("SEP001 message", 'first "line"\nsecond \\ line', "", "하나")
    assert plural == ("", "one", "many", "여럿", False)


@pytest.mark.parametrize("text", ["msgid one", '"alone"', 'msgid "a" x'])
def test_what_is_no_catalogue_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        list(entries(text))


def test_catalogues_that_ship_can_be_read() -> None:
    files = sorted(LOCALE.rglob("*.po"))
    assert files
    assert all(list(entries(file.read_text("utf-8"))) for file in files)


def test_no_translation_loses_or_makes_up_what_is_filled_in() -> None:
    assert faults("ko") == []


def test_rules_of_one_process_speak_the_language_in_which_they_were_loaded() -> None:
    english = next(rule for rule in load_rules() if rule.id == "SEP001")
    with speaking("ko"):
        korean = next(rule for rule in load_rules() if rule.id == "SEP001")
    assert korean.summary == rule_words("ko", "SEP001", "summary", english.summary)
    assert rule_words("en", "SEP001", "summary", english.summary) == english.summary


def test_terms_are_the_words_by_which_facts_and_rules_name_kinds() -> None:
    folder = Path(analyzer.__file__).parent / "patterns"
    sources = [file.read_text("utf-8") for file in folder.rglob("*.py")]
    kinds = {kind for text in sources for kind in re.findall(r'\bMatch\(\s*"([\w-]+)"', text)}
    assert {"inverted-residual", "attention"} < kinds
    named = {kind.replace("-", " ") for kind in kinds}
    shades = {
        f"{name}{n}" for name in COLORS for n in (2, 3, 4)
    }  # of a colour: what is drawn has that one's name
    named |= {*Severity, *Certainty, *LEVELS, *COLORS, *get_args(ConvKind)} - shades
    named |= {rule.category for rule in load_rules()} | {profile(name).kind for name in SHIPPED}
    named |= {profile(name).note for name in SHIPPED} - {""}
    assert sorted(named - {*TERMS}) == []
    pages = entries((LOCALE / "ko" / "pages.po").read_text("utf-8"))
    assert {entry.text for entry in pages if entry.context == "term"} == {*TERMS}


SCOPES = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def inside(scope: ast.AST) -> Iterator[ast.AST]:
    """What stands in a scope and in no scope in it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, SCOPES):
            yield from inside(child)


def test_no_scope_has_another_use_for_the_name_of_gettext() -> None:
    """It would hide the function, which nothing but running it would tell."""
    for file in sorted((Path(analyzer.__file__).parent).rglob("*.py")):
        text = file.read_text("utf-8")
        for scope in ast.walk(ast.parse(text)) if re.search(r"(?<!\w)_\(", text) else ():
            if isinstance(scope, SCOPES):
                names = [n for n in inside(scope) if isinstance(n, ast.Name) and n.id == "_"]
                uses = {type(name.ctx) for name in names}
                calls = any(isinstance(n, ast.Call) and n.func in names for n in ast.walk(scope))
                assert not calls or uses == {ast.Load}, f"{file}:{scope.lineno}"


def test_report_says_its_language_and_keeps_it(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webface, "face", lambda wanted: b"")  # it takes long, and says nothing
    (tmp_path / "clean.onnx").write_bytes(encode(CLEAN))
    place = ["-o", str(tmp_path), "--format", "html,json"]
    assert cli("report", "clean.onnx", *place, "--lang", "ko").code == 0
    written, page = tmp_path / "clean.json", tmp_path / "clean.html"
    assert json.loads(written.read_bytes())["page"]["lang"] == "ko"
    made = page.read_text("utf-8")
    assert '<html lang="ko">' in made
    assert "목차" in made
    again = ["-o", str(tmp_path / "again"), "--format", "html"]
    for words in ([], ["--lang", "ko"]):
        assert cli("report", str(written), *again, *words).code == 0
        assert (tmp_path / "again" / page.name).read_text("utf-8") == made
    refused = cli("report", str(written), *again, "--lang", "en")
    assert refused.code == 2
    assert "the JSON of this report speaks ko" in refused.err


def test_language_of_a_written_report_is_one_of_those_that_there_are(
    cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "clean.onnx").write_bytes(encode(CLEAN))
    assert cli("report", "clean.onnx", "-o", str(tmp_path), "--format", "json").code == 0
    written = tmp_path / "clean.json"
    data = json.loads(written.read_bytes())
    data["page"]["lang"] = "../../ko"
    written.write_text(json.dumps(data))
    refused = cli("report", str(written), "-o", str(tmp_path / "out"), "--format", "html")
    assert refused.code == 2
    assert "not the JSON of a report" in refused.err


def test_a_sentence_of_a_fact_is_told_with_its_names() -> None:
    sentence = "attribute axis is float, not int, and was ignored"
    assert retold(sentence) == sentence
    with speaking("ko"):
        assert retold(sentence) == "속성 axis: 자료형(float)이 기대(int)와 달라 무시함"


@pytest.mark.parametrize(
    "text",
    [
        "nobody wrote this: not yet, and not here",
        "the number of inputs of it",
        "Bank of America",
        "input and output",
        "name",
        "state 2×1×128",
        "input 1×128",
    ],
)
def test_what_is_of_no_pattern_stays_as_it_is(text: str) -> None:
    with speaking("ko"):
        assert retold(text) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("an optional value or a sequence or a tensor", "선택적 값 또는 시퀀스 또는 텐서"),
        ("documentation of the graph", "그래프의 설명 문서"),
        ("ResNet-50, 224×224, 54 weighted layers", "ResNet-50, 224×224, 가중치 층 54개"),
        (
            "with x axis 0 (N) = 1, input axis 1 (T) = 8",
            "x 축 0(N) = 1, input 축 1(T) = 8",
        ),
        ("dimension name of 'name of x'", "'name of x'의 차원 이름"),
        (
            "shape of output 0 (y) is unknown: the type of an input is unknown",
            "출력 0(y)의 형태를 알 수 없음: 입력의 자료형을 알 수 없음",
        ),
        (
            "Gelu: B is float64 and X is float32; it takes one type for both",
            "Gelu: B의 자료형 float64, X의 자료형 float32. 자료형이 같아야 함",
        ),
        (
            "Scan: its scanned inputs have different lengths: 'a' 3, 'b' 4",
            "Scan: 스캔하는 입력의 길이가 서로 다름: 'a' 3, 'b' 4",
        ),
    ],
)
def test_sentences_in_sentences_are_told(text: str, told: str) -> None:
    with speaking("ko"):
        assert retold(text) == told


def test_a_name_full_of_words_of_patterns_is_read_once() -> None:
    """Patterns with eight places, tried at every way to share such a name out, would not end."""
    name = "axis a of a (a) is a long, axis a of a (a) a" * 200 + "\N{BELL}"
    with speaking("ko"):
        assert retold(name).endswith("a\N{BELL}")
