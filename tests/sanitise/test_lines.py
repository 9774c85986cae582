"""No line of any output is obeyed by a CI system, whatever names there are."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

import pytest
from markdown_it import MarkdownIt

from analyzer.report.result import Result
from analyzer.ruleset import Rule, load_rules
from tests.golden.text import parse
from tests.oracle import obeyed, unseen
from tests.sanitise.everywhere import outputs, result_of
from tests.sanitise.names import cycle, hostile_model, names, rule_file

NAMES = int(os.environ.get("HOSTILE_NAMES", "6"))
"""``make fuzz`` asks for more."""
_COLOURS = re.compile(r"\x1b\[[0-9;]{1,4}m")
_OURS = re.compile(
    r"::(?P<level>error|warning|notice) (?:file=(?P<file>[^,:]*),line=(?P<line>1),)?"
    r"title=(?P<title>[^,:]*)::(?P<data>.*)"
)


_FOLDED = re.compile(r"<details><summary>[\w ,:]+</summary>|</details>")
"""Markup of ours in Markdown."""


class Command(NamedTuple):
    """A workflow command as GitHub's runner reads it."""

    name: str
    properties: dict[str, str]
    data: str


def runner(line: str) -> Command:
    """What ``ActionCommand.TryParseV2`` makes of a line that it takes for a command."""
    bare = line.lstrip()
    assert bare.startswith("::")
    info, _, data = bare[2:].partition("::")
    name, _, properties = info.partition(" ")
    pairs = [pair.partition("=") for pair in properties.strip().split(",") if pair]
    return Command(name, {key: _back(value, ":,") for key, _, value in pairs}, _back(data, ""))


def _back(text: str, more: str) -> str:
    for char in ("\r", "\n", *more, "%"):
        text = text.replace(f"%{ord(char):02X}", char)
    return text


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rule, ...]:
    """Rules whose messages begin with names of the model."""
    folder = tmp_path_factory.mktemp("rules")
    name = cycle(names(100, seed=9))
    for number in range(1, 6):
        (folder / f"{number}.yaml").write_text(rule_file(name, number), encoding="utf-8")
    return load_rules(folder)


@pytest.fixture(scope="module")
def other() -> Result:
    return result_of(parse("g (float[2] x) => (float[2] y) { y = Relu (x) }"), "a.onnx")


def check(what: str, text: str) -> list[str]:
    """Lines of ``text`` that somebody obeys, and characters nobody sees."""
    plain = _COLOURS.sub("", text)
    hidden = [f"{what}: {char!r}" for char in unseen(plain)]
    if what != "CHECK_FORMATS github":
        return hidden + [f"{what}: {line}" for line in obeyed(text)]
    found = []
    for line in plain.splitlines():
        ours = _OURS.fullmatch(line)
        if ours is None:
            found.append(f"{what}: not ours: {line!r}")
            continue
        said = runner(line)
        stated = {name: ours[name] for name in ("file", "line", "title") if ours[name] is not None}
        expected = {name: _back(value, ":,") for name, value in stated.items()}
        if said != Command(ours["level"], expected, _back(ours["data"], "")):
            found.append(f"{what}: read otherwise: {line!r}")
        # The rest of the line is data to the runner, and text to every other system.
        found += [f"{what}: {line}" for line in obeyed(f"ours{line[2:]}")]
    return hidden + found


def test_names_of_every_sort_in_one_model_are_obeyed_by_nobody(
    rules: tuple[Rule, ...], other: Result
) -> None:
    model = hostile_model(cycle(names(150)))
    result = result_of(model, names(1, seed=3)[0], rules)
    found = [line for what, text in outputs(result, other, slow=True) for line in check(what, text)]
    assert found == []


def test_markdown_holds_nothing_but_what_is_ours(rules: tuple[Rule, ...], other: Result) -> None:
    """No link, picture or HTML."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    result = result_of(hostile_model(cycle(names(150, seed=2))), names(9, seed=4)[8], rules)
    made = [text for what, text in outputs(result, other) if what.endswith(" markdown")]
    assert len(made) >= 2
    for text in made:
        blocks = parser.parse(text)
        tokens = [t for block in blocks for t in (block, *(block.children or ()))]
        foreign = {"link_open", "image", "html_inline", "code_block", "fence", "s_open"}
        assert {token.type for token in tokens} & foreign == set()
        markup = [token.content.strip() for token in tokens if token.type == "html_block"]
        assert [text for text in markup if not _FOLDED.fullmatch(text)] == []


def test_one_name_in_every_field_is_obeyed_by_nobody(
    rules: tuple[Rule, ...], other: Result
) -> None:
    found = [
        line
        for name in names(32 * max(NAMES // 2, 1), seed=1)[::32]  # of several sorts
        for what, text in outputs(result_of(hostile_model(cycle([name])), name, rules[:1]), other)
        for line in check(what, text)
    ]
    assert found == []
