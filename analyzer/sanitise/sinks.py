"""One escaper for the syntax of each sink; all of them make text ``clean`` first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.sanitise.visible import LIMIT, clean, label, without_commands
from analyzer.units import UNKNOWN, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CELL = 32_767
"""Longest text of a cell: spreadsheets cut off what is longer."""
FILE_NAME = 250
"""Longest name that is made from another file's, in bytes; file systems allow 255 with the end."""

# As texts: ``re`` compiles what a format needs, when it needs it.
_FORMULA = "=+\\-@＝＋－＠"
_CELL = rf""" *["']? *[{_FORMULA}]"""
_OTHER_CELL = rf""";(?= *["']? *[{_FORMULA}])"""
"""Where ``;`` parts cells, as in much of Europe, a formula may stand behind one."""


def csv_cell(text: str) -> str:
    r"""``clean`` text that no spreadsheet takes for a formula, whatever parts its cells.

    >>> csv_cell("=cmd|' /C calc'!A0"), csv_cell("conv1"), csv_cell("a;=1+1")
    ("'=cmd|' /C calc'!A0", 'conv1', 'a\\x3b=1+1')
    """
    cell = re.sub(_OTHER_CELL, r"\\x3b", clean(text))
    return shorten(f"'{cell}" if re.match(_CELL, cell) else cell, CELL)


def csv_rows(rows: Iterable[Sequence[object]]) -> bytes:
    r"""A CSV file: text through ``csv_cell``, numbers as they are, ``None`` as ``unknown``.

    >>> csv_rows([("name", "macs"), ("@a,b", -3), ("c", None)])
    b'name,macs\n"\'@a,b",-3\nc,unknown\n'
    """
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow(
            [UNKNOWN if c is None else csv_cell(c) if isinstance(c, str) else str(c) for c in row]
        )
    return out.getvalue().encode("utf-8")


def github_data(text: str) -> str:
    r"""The message of a workflow command; lines of ours stay apart.

    Source: GitHub's documentation, "Workflow commands for GitHub Actions".

    >>> github_data("100%\nfix: \x1bx")
    '100%25%0Afix: \\x1bx'
    """
    return "%0A".join(clean(part).replace("%", "%25") for part in text.split("\n"))


def github_property(text: str) -> str:
    r"""A property of a workflow command, such as the file.

    >>> github_property("a,b:c\n")
    'a%2Cb%3Ac\\x0a'
    """
    return clean(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")


def sarif_text(text: str) -> str:
    r"""A plain text message of SARIF, in which nothing is a placeholder or a link.

    Source: SARIF 2.1.0, 3.11.5 (braces are doubled) and 3.11.6. Viewers differ in what may
    escape a bracket, so there is no ``](`` for them to find. Lines of ours stay apart.

    >>> sarif_text("[a](javascript:b) {0}"), sarif_text("a[0] (b)")
    ('[a]\\x28javascript:b) {{0}}', 'a[0] (b)')
    """
    shown = "\n".join(map(clean, text.split("\n"))).replace("](", "]\\x28")
    return shown.replace("{", "{{").replace("}", "}}")


def xml_text(text: str) -> str:
    r"""Text between tags, or in an attribute with quotes of either sort; lines of ours stay apart.

    What XML 1.0 cannot hold at all is not visible, so that it is an escape already. Jenkins, GitLab
    and Azure take ``[[ATTACHMENT|path]]`` in a test's output for a file to show.

    >>> xml_text("<a b='c'>\0 & ]]>"), xml_text("[[ATTACHMENT|/etc/passwd]]")
    ('&lt;a b=&#x27;c&#x27;&gt;\\x00 &amp; ]]&gt;', '[\\x5bATTACHMENT|/etc/passwd]]')
    """
    from html import escape as escape_markup

    shown = "\n".join(map(clean, text.split("\n"))).replace("[[ATTACH", "[\\x5bATTACH")
    return escape_markup(shown, quote=True)


_BRACES = r"([\\`*_{}\[\]#|~^!])"
_LINE_START = r"\d{1,9}(?=[.)])|(?=[-+=/])"
_ALIVE = (
    r"[@#$]"  # mentions, issues, colours, mathematics
    r"|(?i:://|www\.)"  # addresses
    r"|:[\w+-]+:"  # :emoji:
    r"|(?<![0-9A-Za-z])(?:[0-9a-f]{7,40}(?![0-9A-Za-z])|[A-Z]{2,}-\d)"  # commits, tickets
    r"""|[!%&~^*][\w"]|\[[a-z_]+:|[\[{][-+]"""  # GitLab: requests, milestones, labels, changes
)


def markdown(text: str) -> str:
    r"""Prose in Markdown, in a paragraph, a list or a cell of a table.

    GitHub and GitLab link mentions, issues, commits and addresses after Markdown is done, so that
    no backslash keeps them from it; they leave code alone, and so words of that sort are code.

    Source: GitHub Flavored Markdown 0.29, 2.4 and 6.9; GitLab's "references" and "quick actions".

    >>> markdown("a_b <c> [d](e) @all, see #12")
    'a\\_b &lt;c&gt; \\[d\\](e) `@all,` see `#12`'
    >>> markdown("/close"), markdown("- a | b"), markdown("1. a")
    ('\\/close', '\\- a \\| b', '1\\. a')
    """
    words = clean(text).split()
    return " ".join(
        markdown_code(word) if re.search(_ALIVE, word) else _prose(word, first=not number)
        for number, word in enumerate(words)
    )


def markdown_sentence(text: str) -> str:
    r"""``markdown``, in which what stands in backquotes is code: sentences of rules are so written.

    Where backquotes have no other, or there is no space to tell two spans apart, all is prose.

    >>> markdown_sentence("run `git lfs pull` (`@all`)."), markdown_sentence("a`b c_d")
    ('run `git lfs pull` (`@all`).', 'a\\`b c\\_d')
    """
    parts = clean(text).split("`")
    if len(parts) % 2 == 0 or not all(parts[1:-1]):
        return markdown(text)
    shown = ""
    for number, part in enumerate(parts):
        told = markdown_code(part, CELL) if number % 2 else _spaced_markdown(part)
        if shown.endswith("`") and told.startswith("`"):
            return markdown(text)
        shown += told
    return shown.strip()


def _spaced_markdown(text: str) -> str:
    room = " " * text.startswith(" "), " " * text.endswith(" ")
    return markdown(text).join(room) if text.strip() else " " * bool(text)


def markdown_code(text: str, limit: int = LIMIT) -> str:
    r"""A name in Markdown: a span of code, which is shown as it is; nothing for no name.

    ``|`` would end a cell of a table even there, and is an escape as elsewhere: a backslash before
    it would be shown outside of tables, and not help behind another one.

    >>> markdown_code("@all"), markdown_code("a`b|c"), markdown_code("")
    ('`@all`', '``a`b\\x7cc``', '')
    """
    shown = label(text, limit).replace("|", "\\x7c")
    if not shown:
        return ""
    longest = max(map(len, re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    room = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{fence}{room}{shown}{room}{fence}"


def _prose(word: str, *, first: bool) -> str:
    word = word.replace("&", "&amp;")
    word = re.sub(_BRACES, r"\\\1", word).replace("<", "&lt;").replace(">", "&gt;")
    start = re.match(_LINE_START, word) if first else None
    return f"{word[: start.end()]}\\{word[start.end() :]}" if start else word


def json_line(text: str) -> str:
    r"""A line of JSON in which everything is plainly visible; it reads back as it was.

    >>> json_line('{"a": "é\u202e"}')
    '{"a": "é\\u202e"}'
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(char if _is_seen(char) else _utf16(char) for char in text)
    return without_commands(text, _utf16)


def _is_seen(char: str) -> bool:
    """Whether a character is visible by itself; accents may pile up on another."""
    from unicodedata import category

    return clean(f"a{char}")[1:] == char and (char < "\u0300" or category(char)[0] != "M")


def _utf16(char: str) -> str:
    code = ord(char)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


_DEVICES = r"(?i:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])(?=[. ]|\Z)"
_NO_FILE = r'[<>:"/\\|?*]'


def file_name(stem: str) -> str:
    r"""The name of a file of ours, from that of a model: visible, one folder, no device, no option.

    >>> file_name("resnet50-v1.5"), file_name("a/..\u202eb"), file_name("-rf"), file_name("NUL")
    ('resnet50-v1.5', 'a_.._u202eb', '_-rf', '_NUL')
    """
    name = re.sub(_NO_FILE, "_", clean(stem).replace("\\", "_"))
    if name.startswith(("-", ".", " ", "~")) or re.match(_DEVICES, name):
        name = f"_{name}"
    name = name.rstrip(". ") or "model"
    if len(name.encode()) > FILE_NAME:
        name = name.encode()[:FILE_NAME].decode("utf-8", "ignore")
    return name


def dot(text: object) -> str:
    r"""A quoted token of Graphviz.

    >>> dot('a "b"\n')
    '"a \\"b\\"\\\\x0a"'
    """
    return '"' + clean(str(text)).replace("\\", "\\\\").replace('"', '\\"') + '"'
