"""What each sink does with text that somebody else chose."""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from analyzer import sanitise
from analyzer.report.json import encode
from analyzer.sanitise import sinks, visible
from tests.each import each
from tests.oracle import obeyed

EVERYTHING = [
    chr(code)
    for part in (range(0x20000), range(0x20000, sys.maxunicode + 1, 61), range(0xE0000, 0xE1000))
    for code in part
]
"""All of the planes that have more than ideographs, and every 61st of the others."""
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
"""Categories of Unicode without anything to see."""
IGNORABLE = (
    0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810),
    *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164,
    *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0, *range(0xFFF0, 0xFFF9), *range(0x1BCA0, 0x1BCA4),
    *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000),
)  # fmt: skip
"""Unicode 15, DerivedCoreProperties.txt, Default_Ignorable_Code_Point."""
WHITE = (*range(9, 14), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F,
         0x3000)  # fmt: skip
"""Unicode 15, PropList.txt, White_Space, but the space; .NET's ``char.IsWhiteSpace``."""
COMMANDS = (
    "::error file=a::b", "::stop-commands::x", "##[error]a", "##vso[task.complete]a",
    "##teamcity[buildStatus text='a']", "section_start:1:a", "section_end:1:a",
    "travis_fold:start:a", "travis_time:end:a", "--- a", "+++ a", "~~~ a", "^^^ +++", "---",
)  # fmt: skip


def test_nothing_that_is_not_seen_passes() -> None:
    unseen = {c for c in EVERYTHING if unicodedata.category(c) in UNSEEN} - {" "}
    unseen |= {chr(code) for code in (*IGNORABLE, *WHITE, 0x2800)}
    shown = {c: sanitise.clean(f"a{c}b") for c in unseen}
    assert [c for c, text in shown.items() if c in text] == []
    assert len(set(shown.values())) == len(unseen)


def test_letters_of_any_language_pass() -> None:
    texts = (
        "층/conv_α·β", "卷积层1", "畳み込み", "свёртка", "مرحبا", "שָׁלוֹם", "नमस्ते", "สวัสดี", "ཨོཾ",
        "e\u0301te\u0301", "été", "🦊", "×→…−≥½", "Việt", "a b", "/layer1/conv:0", "a::b", "C#[",
    )  # fmt: skip
    assert [sanitise.label(text) for text in texts] == list(texts)


def test_what_is_clean_stays_as_it_is() -> None:
    for text in ("".join(EVERYTHING), *COMMANDS, "e" + "\u0301" * 9, " \u0301a", "a  b "):
        for function in (sanitise.clean, sanitise.line, sanitise.label):
            shown = function(text)
            assert function(shown) == shown
            assert shown.isprintable()


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_is_obeyed_whatever_white_space_is_before_it(command: str) -> None:
    for before in ("", " ", "   ", *map(chr, WHITE), "\u0591", " \u0591"):
        assert obeyed(before + command) or "\u0591" in before
        assert not obeyed(sanitise.clean(before + command))
        assert not obeyed(sanitise.label(before + command))


@pytest.mark.parametrize(
    "command", [":\u0591:error::a", "#\u0591#[error]a", "##\u0591[error]a", "##v\u0591so[a]"]
)
def test_marks_without_weight_do_not_hide_a_command(command: str) -> None:
    assert sanitise.clean(command).startswith("\\x")


def test_accents_neither_pile_up_nor_stand_alone() -> None:
    shown = sanitise.clean("a" + "\u0300" * 200)
    assert shown.count("\u0300") == visible.MARKS
    assert sanitise.clean("\u0338x") == "\\u0338x"


def test_spaces_at_the_ends_of_a_name_and_runs_of_them_are_seen() -> None:
    names = ["a b", "a  b", "a b ", " a b", "a   b", "  a b"]
    assert len({" ".join(sanitise.label(name).split()) for name in names}) == len(names)


def test_lines_are_lines_whatever_is_put_into_them() -> None:
    data = sanitise.encode_lines(
        ["a\nb\r\x85\u2028c", "#" + "#[error]", "\x1b[1m::error::a\x1b[0m"]
    )
    lines = data.decode().splitlines()
    assert lines == ["a\\x0ab\\x0d\\x85\\u2028c", "\\x23#[error]", "\x1b[1m\\x3a:error::a\x1b[0m"]


def test_csv_reads_back_and_holds_no_formula_for_any_separator() -> None:
    hostile = ["=1", " =1", '"=1', "a;=cmd|' /C calc'!A0", 'a;"=1"', "\xa0=1", "\t=1", "\r\n=1",
               "＝1", "@a", "-1", "+1", "a,b", 'say "a"']  # fmt: skip
    data = sanitise.csv_rows([hostile, [1, -2, 0.5, None]]).decode()
    rows = list(csv.reader(io.StringIO(data)))
    assert [len(row) for row in rows] == [len(hostile), 4]
    assert rows[1] == ["1", "-2", "0.5", "unknown"]
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(data), delimiter=separator):
            cells = [cell.lstrip(' "') for cell in row if cell != "-2"]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "＝"))]


def test_json_reads_back_as_it_was_and_holds_no_command() -> None:
    texts = [*COMMANDS, "\travis_fold:start:a", "\\section_start:1:a", "\x7f##\\[", "##\u0591[a]"]
    data = encode({"texts": texts}).decode()
    assert json.loads(data)["texts"] == texts
    assert "##[" not in data
    assert "##vso[" not in data
    assert "##teamcity[" not in data
    assert "section_start:" not in data
    assert "travis_fold:" not in data


def test_xml_holds_any_text() -> None:
    text = "".join(EVERYTHING[:0x3000]) + "\ufffe\ud800]]>"
    root = ET.fromstring(f'<a b="{sanitise.xml_text(text)}">{sanitise.xml_text(text)}</a>')
    assert root.text is not None
    assert "\\x00\\x01" in root.text
    assert "\\ufffe\\ud800]]>" in root.attrib["b"]


MARKUP = (
    "*a*", "_a_", "__a__", "`a`", "``", "<b>x</b>", "<!-- -->", "[a](javascript:b)", "![a](b)",
    "[a][b]", "[a]: b", "# a", "- a", "+ a", "* a", "1. a", "1) a", "> a", "---", "===", "    a",
    "| a | b |",
    "|-|-|", "~~~", "```", "&lt;", "&#64;a", "a\\", "\\", "<http://a.b>", "- [ ] a",
    "[^1]", "~a~", "a  ", "`a`*b*", "*b*`a`", "`a``b`", "`a` <b>", "@x`a`", "`a", "- `a`", "` `",
    "\\`a`", "`a|b` | c",
)  # fmt: skip


@each("text", MARKUP)
def test_markdown_shows_text_as_text(text: str) -> None:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for source in (
        sanitise.markdown(text), sanitise.markdown_code(text), sanitise.markdown_sentence(text)
    ):  # fmt: skip
        tokens = parser.parse(f"{source}\n")
        assert [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]
        inline = tokens[1].children or []
        assert {t.type for t in inline} <= {"text", "code_inline", "text_special"}
    shown = "".join(t.content for t in parser.parse(sanitise.markdown(text))[1].children or [])
    assert shown == " ".join(sanitise.clean(text).split())


def test_what_a_rule_has_in_backquotes_is_code_and_nothing_else_is() -> None:
    inline = MarkdownIt("commonmark").parseInline(sanitise.markdown_sentence(
        "run `git lfs pull` in a_b, or set `key = [1]` (`@all`)"))[0]  # fmt: skip
    code = [t.content for t in inline.children or [] if t.type == "code_inline"]
    assert code == ["git lfs pull", "key = [1]", "@all"]


@each(
    "word",
    ["@all", "@a/b", "a@b.c", "#1", "a/b#1", "GH-1", "ABC-12", "deadbeef", "http://a.b", "HTTPS://a",
     "www.a.b", "_www.a.b", "x_deadbeef", ":x:", "$a$", "!1", "~bug", "%1", '%"a"', "&1", "$1",
     "{+a+}", "[-a-]", "[vulnerability:1]", "^alert#1"],
)  # fmt: skip
def test_what_hosts_link_after_markdown_is_code(word: str) -> None:
    assert sanitise.markdown(f"see {word} there") == f"see {sanitise.markdown_code(word)} there"


def test_a_cell_of_a_table_stays_one_cell() -> None:
    parser = MarkdownIt("commonmark").enable("table")
    cells = [sanitise.markdown("a | b \\| c"), sanitise.markdown_code("a\\|b``c")]
    tokens = parser.parse(f"| x | y |\n| --- | --- |\n| {' | '.join(cells)} |\n")
    shown = [t.children for t in tokens if t.type == "inline"][2:]
    assert ["".join(c.content for c in children or []) for children in shown] == [
        "a | b \\| c", "a\\\\x7cb``c",
    ]  # fmt: skip


def test_no_line_begins_with_a_quick_action() -> None:
    assert sanitise.markdown("/approve now") == "\\/approve now"


@each(
    "stem",
    [
        "con",
        "NUL.tar",
        "a/b",
        "..",
        ".",
        "-rf",
        "a.",
        "a ",
        "\u202eb",
        "",
        "com1",
        "n" * 300,
        "é" * 200,
    ],
)
def test_names_of_files_are_names_everywhere(stem: str) -> None:
    name = sanitise.file_name(stem)
    assert 0 < len(name.encode()) <= sinks.FILE_NAME + 1
    assert not set('<>:"/\\|?*') & set(name)
    assert name.isprintable()
    assert name[0] not in "-. ~"
    assert name[-1] not in ". "
    assert name.split(".")[0].lower() not in {"con", "nul", "com1"}
