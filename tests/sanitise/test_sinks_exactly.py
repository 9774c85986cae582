"""Each escaper escapes what its syntax would obey, and nothing else."""

from __future__ import annotations

import pytest

from analyzer.sanitise import (
    csv_cell,
    dot,
    encode_text,
    file_name,
    github_data,
    github_property,
    json_line,
    label,
    line,
    markdown,
    markdown_code,
    markdown_sentence,
    sarif_text,
    spaced,
    xml_text,
)
from analyzer.sanitise.visible import clean, escape
from tests.each import each


@each(
    ("text", "cell"),
    [
        ("a=1", "a=1"), ("=1", "'=1"), ("  =1", "'  =1"), ("'=1", "''=1"), ('"=1', "'\"=1"),
        ("a;b", "a;b"), ("a;=1", "a\\x3b=1"), ("a; '-1", "a\\x3b '-1"), ("a;b;+1", "a;b\\x3b+1"),
        ("a;;@b", "a;\\x3b@b"), ("x" * 32_767, "x" * 32_767),
    ],
)  # fmt: skip
def test_a_cell_is_no_formula(text: str, cell: str) -> None:
    assert csv_cell(text) == cell


def test_a_cell_is_no_longer_than_spreadsheets_keep() -> None:
    assert len(csv_cell("x" * 32_768)) == len(csv_cell("=" + "x" * 32_767)) == 32_767


@each(
    ("text", "shown"),
    [
        ("plain words", "plain words"), ("a_b *c* [d] {e} |f| ~g !h ^i",
         "a\\_b `*c*` \\[d\\] \\{e\\} \\|f\\| `~g` `!h` `^i`"),
        ("# a", "`#` a"), ("a #", "a `#`"), ("$x", "`$x`"), ("a@b", "`a@b`"),
        ("http://a", "`http://a`"), ("WWW.a", "`WWW.a`"), (":tada:", "`:tada:`"), ("a:b", "a:b"),
        ("abcdef1", "`abcdef1`"), ("abcdef", "abcdef"), ("xabcdef1", "xabcdef1"),
        ("a" * 40, f"`{'a' * 40}`"), ("a" * 41, "a" * 41), ("AB-1", "`AB-1`"), ("A-1", "A-1"),
        ("ab-1", "ab-1"), ("50% a", "50% a"), ("%a", "`%a`"), ("&a", "`&a`"),
        ("a & b", "a &amp; b"),
        ("[a:b", "`[a:b`"), ("[+a", "`[+a`"), ("{-a", "`{-a`"), ("- a", "\\- a"),
        ("a - b", "a - b"),
        ("+a b", "\\+a b"), ("=a", "\\=a"), ("/a /b", "\\/a /b"), ("1. a", "1\\. a"),
        ("1) a", "1\\) a"), ("1: a", "1: a"), ("* a", "\\* a"),
        ("a 1. b", "a 1. b"), ("<a>", "&lt;a&gt;"), ("  a   b ", "a b"), ("", ""),
    ],
)  # fmt: skip
def test_prose_is_shown_as_it_is_and_what_hosts_link_is_code(text: str, shown: str) -> None:
    assert markdown(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("run `a_b` now", "run `a_b` now"), ("`a`", "`a`"), ("(`a`)", "(`a`)"),
        ("a_b `c` d_e", "a\\_b `c` d\\_e"), ("`a` `b`", "`a` `b`"), ("`a``b`", "\\`a\\`\\`b\\`"),
        ("a `b", "a \\`b"), ("a `` b", "a \\`\\` b"), ("`a`@all", "\\`a\\`@all"),
        ("x `a` @all", "x `a` `@all`"),
    ],
)  # fmt: skip
def test_what_stands_in_backquotes_is_code(text: str, shown: str) -> None:
    if text == "`a`@all":  # as its backquotes would run into those of the mention
        assert markdown_sentence(text) == markdown(text)
        return
    assert markdown_sentence(text) == shown


def test_code_is_fenced_by_more_than_is_in_it() -> None:
    texts = ("a", "a`b", "a``b`c", "`a", "a`", "a|b", "")
    assert [markdown_code(text) for text in texts] == [
        "`a`", "``a`b``", "```a``b`c```", "`` `a ``", "`` a` ``", "`a\\x7cb`", "",
    ]  # fmt: skip
    assert markdown_code("x" * 9, 5) == "`xx…xx`"


def test_commands_of_github_are_escaped_in_the_message_and_more_in_a_property() -> None:
    assert github_data("a:b,c%\nd") == "a:b,c%25%0Ad"
    assert github_property("a:b,c%\nd") == "a%3Ab%2Cc%25\\x0ad"


def test_messages_of_sarif_hold_no_link_and_no_placeholder() -> None:
    assert sarif_text("a](b) [c] (d)\n{0}}") == "a]\\x28b) [c] (d)\n{{0}}}}"


def test_xml_has_no_markup_and_no_attachment() -> None:
    assert xml_text("<&\"'>\n[[ATTACH [ATTACH") == (
        "&lt;&amp;&quot;&#x27;&gt;\n[\\x5bATTACH [ATTACH"
    )


@each(
    ("stem", "name"),
    [
        ("a", "a"), ("a/b\\c", "a_b_c"), ('<>:"|?*', "_______"), ("-a", "_-a"), (".a", "_.a"),
        ("~a", "_~a"), (" a", "_ a"), ("a. .", "a"), ("...", "_"), ("", "model"), ("con", "_con"),
        ("CON.txt", "_CON.txt"), ("con x", "_con x"), ("cone", "cone"), ("lpt1", "_lpt1"),
        ("com", "com"), ("com10", "com10"), ("x" * 251, "x" * 250), ("é" * 126, "é" * 125),
        ("x" + "é" * 125, "x" + "é" * 124),
    ],
)  # fmt: skip
def test_a_file_has_a_name_that_every_system_takes(stem: str, name: str) -> None:
    assert file_name(stem) == name


def test_lines_of_json_show_all_that_is_in_them() -> None:
    assert json_line("aé") == "aé"
    assert json_line("a\u0301") == "a\\u0301"
    assert json_line("\U0001f600") == "\U0001f600"
    assert json_line("\U000e0041\U000f0000") == "\\udb40\\udc41\\udb80\\udc00"
    assert json_line("##[a]") == "\\u0023#[a]"
    assert dot('a\\"\n') == '"a\\\\\\"\\\\x0a"'


def test_commands_begin_with_an_escape_and_nothing_else_does() -> None:
    commands = ("::error::", "  ::a", "--- a", "+++ a", "~~~ a", "^^^ +++", "---", "##[a]",
                "a ##vso[b]", "section_start:1", "section_end:1", "travis_fold:a",
                "travis_time:a")  # fmt: skip
    for text in commands:
        assert "\\x" in clean(text), text
    for text in (":a", "a::b", "---a", "-- a", "++ a", "^^ a", "#[a]", "##a", "section_a:",
                 "travis_a:", "[##]"):  # fmt: skip
        assert clean(text) == text
    assert clean("  ::a") == "  \\x3a:a"
    assert clean("a section_start: section_end:") == "a \\x73ection_start: \\x73ection_end:"
    assert clean("travis_fold:") == "t\\x72avis_fold:"


def test_accents_are_few_on_a_letter_and_none_alone() -> None:
    mark = "\u0301"
    assert clean("e" + mark * 6) == "e" + mark * 6
    assert clean("e" + mark * 7) == "e" + mark * 6 + "\\u0301"
    assert clean(mark + "e") == "\\u0301e"
    assert clean("e " + mark) == "e \\u0301"
    assert clean("e\u200b" + mark) == "e\\u200b\\u0301"
    assert clean("e" + mark * 7 + "a" + mark) == "e" + mark * 6 + "\\u0301a" + mark
    assert [escape(char) for char in ("\xff", "\u0100", "\uffff", "\U00010000")] == [
        "\\xff", "\\u0100", "\\uffff", "\\U00010000",
    ]  # fmt: skip


def test_spaces_are_seen_where_they_would_be_lost() -> None:
    assert spaced("a b") == "a b"
    assert spaced(" a  b ") == "\\x20a \\x20b\\x20"
    assert spaced(" a  b ", ends=False) == " a \\x20b "
    assert spaced("a\tb") == "a\\x09b"
    assert label("x" * 121) == "x" * 60 + "…" + "x" * 59
    assert label("x" * 120) == "x" * 120
    assert line("\x1b[1;31ma\x1b[0m\x1b[12345m") == "\x1b[1;31ma\x1b[0m\\x1b[12345m"
    assert line("\x1b[m") == "\\x1b[m"
    assert encode_text("a\n\nb\n") == b"a\n\nb\n"
    assert encode_text("a") == b"a\n"
