"""Options, selectors, YAML and filters: what each value becomes and how it is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analyzer.errors import ConfigError
from analyzer.graph.values import Value
from analyzer.ruleset import parse_rule
from analyzer.ruleset.document import Item, MalformedYaml, read
from analyzer.ruleset.expression import Expression, Message
from analyzer.ruleset.kinds import ANY, FLAG, NUMBER, TEXT, Many, Values, fields_of
from analyzer.ruleset.option import Option
from analyzer.ruleset.option_values import typed, values
from analyzer.ruleset.sandbox import FILTERS, UNKNOWN, number, text
from analyzer.ruleset.select import (
    asks_for_weights,
    find_rule,
    matches,
    select_rules,
    unknown_selectors,
)
from analyzer.ruleset.trees import Refused
from analyzer.ruleset.whitelist import Checker
from tests.each import each
from tests.ruleset.build import RULE, rule_text

OPTIONS = {
    "count": Option("count", 3, "integer", "MACs", ""),
    "share": Option("share", 0.5, "number", "", ""),
    "least": Option("least", -2.0, "number", "", ""),
    "unset": Option("unset", None, "number", "", ""),
    "size": Option("size", 8, "integer", "bytes", ""),
    "on": Option("on", True, "flag", "", ""),
    "word": Option("word", "a", "text", "", ""),
}


@each(
    ("name", "given", "value"),
    [
        ("count", 7, 7), ("count", "5 MMACs", 5_000_000), ("count", 0, 0),
        ("count", 10**40 - 1, 10**40 - 1), ("share", 1, 1), ("share", 0.25, 0.25),
        ("share", "50 %", 0.5), ("least", -2.0, -2.0), ("least", -2, -2), ("unset", None, None),
        ("unset", 5, 5), ("size", "1 KiB", 1024), ("on", False, False), ("word", "b", "b"),
        ("share", 10**18 - 1, 10**18 - 1),
    ],
)  # fmt: skip
def test_an_option_takes(name: str, given: object, value: object) -> None:
    found = typed(OPTIONS, name, given)
    assert (type(found), found) == (type(value), value)


@each(
    ("name", "given", "said"),
    [
        ("shrae", 1, "unknown option 'shrae', did you mean 'share'?"),
        ("x" * 50, 1, f"unknown option '{'x' * 40}'"),
        ("count", 0.5, "option 'count' must be of type integer in MACs, not 0.5"),
        ("count", True, "option 'count' must be of type integer in MACs, not True"),
        ("count", "5 kB", "option 'count': '5 kB' is not in MACs"),
        ("count", -1, "option 'count' must be a number from 0, not -1"),
        ("count", 10**40, "option 'count' must be a number from 0, not a number of over 18 digits"),
        ("count", None, "option 'count' must be of type integer in MACs, not None"),
        ("share", True, "option 'share' must be of type number, not True"),
        ("share", [1], "option 'share' must be of type number, not a list [1]"),
        ("share", -0.1, "option 'share' must be a number from 0, not -0.1"),
        ("share", float("nan"), "option 'share' must be a number from 0, not nan"),
        ("share", float("inf"), "option 'share' must be a number from 0, not inf"),
        ("share", 1e18, "option 'share' must be a number from 0, not 1e+18"),
        ("share", 10**18,
         "option 'share' must be a number from 0, not a number of over 18 digits"),
        ("least", -2.1, "option 'least' must be a number from -2.0, not -2.1"),
        ("on", 1, "option 'on' must be of type flag, not 1"),
        ("on", "yes", "option 'on' must be of type flag, not 'yes'"),
        ("word", True, "option 'word' must be of type text, not True"),
        ("word", 3, "option 'word' must be of type text, not 3"),
    ],
)  # fmt: skip
def test_an_option_refuses(name: str, given: object, said: str) -> None:
    with pytest.raises(ValueError) as caught:
        typed(OPTIONS, name, given)
    assert str(caught.value) == said


def test_overrides_stand_before_defaults() -> None:
    rule = parse_rule(RULE)
    assert values(rule, {}) == {"min_macs": 1000, "max_ratio": 0.5}
    assert values(rule, {"min-macs": 0, "other": 1}) == {"min_macs": 0, "max_ratio": 0.5}


@pytest.mark.parametrize(
    ("selector", "meant"),
    [("ALL", True), ("TST001", True), ("TST", True), ("T", True), ("test-rule", True),
     ("testing", True), ("", False), ("test", False), ("TST0011", False), ("tst001", False)],
)  # fmt: skip
def test_a_selector_means_a_rule(selector: str, meant: bool) -> None:
    assert matches(parse_rule(RULE), selector) is meant


def test_which_rules_run() -> None:
    stable = parse_rule(RULE)
    preview = replace(stable, id="TST002", name="second", status="preview")
    old = replace(stable, id="TST003", name="third", status="deprecated")
    rules = (stable, preview, old)

    def run(select: str = "", ignore: str = "", preview: bool = False) -> str:
        found = select_rules(rules, select.split(), ignore.split(), preview)
        return "".join(rule.id[-1] for rule in found)

    assert [run(), run("ALL"), run("TST"), run(preview=True)] == ["1", "1", "1", "12"]
    assert [run("TST002"), run("second"), run("TST003"), run("third")] == ["2", "2", "3", "3"]
    assert [run("ALL TST003"), run("ALL", "TST001"), run("", "ALL"), run("none")] == [
        "13",
        "",
        "",
        "",
    ]
    assert [run("TST001 TST002", "second"), run("testing", preview=True)] == ["1", "12"]


def test_weights_are_asked_for_by_selectors_of_rules_about_them_alone() -> None:
    plain = parse_rule(RULE)
    weights = parse_rule(rule_text(id="TST002", name="second", options="{}",
                                   when="node.inputs[1].statistics.min < 0"))  # fmt: skip
    asked = {
        s: asks_for_weights((plain, weights), [s]) for s in ("TST002", "TST", "ALL", "X", "TST001")
    }
    assert asked == {"TST002": True, "TST": False, "ALL": False, "X": False, "TST001": False}
    assert asks_for_weights((plain, weights), ["TST001", "second"])
    assert not asks_for_weights((plain, weights), [])


def test_a_rule_is_found_by_id_in_any_case_and_by_name() -> None:
    rules = [parse_rule(RULE)]
    assert [find_rule(rules, word) for word in ("TST001", "tst001", "test-rule")] == rules * 3
    for word, said in (
        ("TST002", "there is no rule 'TST002', did you mean 'TST001'?"),
        ("zzz", "there is no rule 'zzz'; onnxlint rules lists them"),
        ("z" * 50, f"there is no rule '{'z' * 40}'; onnxlint rules lists them"),
    ):
        with pytest.raises(ConfigError) as caught:
            find_rule(rules, word)
        assert str(caught.value) == said
    assert unknown_selectors(rules, ["TST", "ALL", "testin", "q" * 50]) == [
        "'testin' is no rule, id prefix or category, did you mean 'testing'?",
        f"'{'q' * 40}' is no rule, id prefix or category",
    ]


@each(
    ("written", "value"),
    [
        ("1", 1), ("-1", -1), ("+1_000", 1000), ("1.5", 1.5), ("1.", 1.0), ("1e3", 1000.0),
        ("1E-3", 0.001), ("1e1000", "1e1000"), (".5", ".5"), ("true", True), ("false", False),
        ("null", None), ("~", None), ("no", "no"), ("True", "True"), ("'1'", "1"), ("1x", "1x"),
        ("9" * 41, int("9" * 41)), ("9" * 42, "9" * 42), ("0x1", "0x1"), ('"true"', "true"),
    ],
)  # fmt: skip
def test_a_plain_scalar_is(written: str, value: object) -> None:
    found = read(f"a: {written}\n").value
    assert isinstance(found, dict)
    assert (type(found["a"].value), found["a"].value) == (type(value), value)


def test_values_remember_their_lines() -> None:
    top = read("# first\na: |\n  x\n  y\nb:\n  - 1\n  - two\nc: plain\nd: >\n  f\n").value
    assert isinstance(top, dict)
    assert {key: (item.line, item.text_line) for key, item in top.items()} == {
        "a": (2, 3), "b": (5, 6), "c": (8, 8), "d": (9, 10),
    }  # fmt: skip
    assert top["a"].line_at(2) == 4
    assert top["b"].value == [Item(1, 6, 6), Item("two", 7, 7)]


def test_a_rule_file_may_be_so_large() -> None:
    read("[" * 9 + "]" * 9)
    read("a: [" + "1, " * 256 + "]")
    for written, said, line in (
        ("[" * 10 + "]" * 10, "nested more than 8 levels deep", 1),
        ("a:\n" + "- 1\n" * 257, "more than 256 entries in one list or mapping", 258),
        ("".join(f"k{n}: 1\n" for n in range(257)),
         "more than 256 entries in one list or mapping", 257),
        (f"{'k' * 50}: 1\n{'k' * 50}: 2\n", f"duplicate key '{'k' * 40}'", 2),
        ("a: 1\n? [b]\n: 2\n", "a key must be a word", 2),
        ("a: 1\n---\nb: 2\n", "more than one document in the file", 2),
        (f"a: !{'t' * 50} 1\n", f"the tag !{'t' * 39} is not allowed", 1),
        ("a: 1\nb: 'x", "not valid YAML: found unexpected end of stream", 2),
    ):  # fmt: skip
        with pytest.raises(MalformedYaml) as caught:
            read(written)
        assert (str(caught.value), caught.value.line) == (said, line)


@each(
    ("name", "given", "written"),
    [
        ("si", 568_740_352, "568.7 M"), ("si", 512, "512 "), ("si", 0, "0 "),
        ("change", 568_740_352, "+568.7 M"), ("change", -512, "-512 "), ("change", 0, "+0 "),
        ("count", 1000, "1,000"), ("percent", 0.115, "11.5 %"), ("times", 8.7, "8.7×"),
        ("number", 2.25, "2.25"), ("bytes", 1024, "1 KiB"), ("shape", (1, None), "1×?"),
        ("list", (1, 2), "1, 2"), ("list", tuple(range(8)), "0, 1, 2, 3, 4, 5, 6, 7"),
        ("list", tuple(range(9)), "0, 1, 2, 3, 4, 5, 6, 7 and 1 more"),
        ("list", (None, UNKNOWN), "unknown, unknown"), ("list", (), ""),
    ],
)  # fmt: skip
def test_a_filter_writes(name: str, given: Any, written: str) -> None:
    assert FILTERS[name].write(given) == written


def test_a_fact_in_a_message_is_short() -> None:
    assert (text(None), text(UNKNOWN), text(3), text(True)) == ("unknown", "unknown", "3", "True")
    assert [len(text("a" * n)) for n in (119, 120, 121)] == [119, 120, 120]
    prose = FILTERS["prose"].write
    assert [len(text(prose("a" * n))) for n in (300, 301)] == [300, 300]
    assert [number(x) for x in (1, 1.5, True, float("inf"), float("nan"), "1", None)] == [
        True, True, False, False, False, False, False,
    ]  # fmt: skip


CHECKER = Checker({"x": NUMBER, "t": TEXT, "xs": Many(NUMBER), "ts": Many(TEXT), "a": ANY,
                   "d": TEXT, "data": Values(NUMBER), "lists": Many(Many(NUMBER))}, {})  # fmt: skip


@each(
    ("template", "written"),
    [
        ("{{ x }} and {{ t }}", "1500 and two words"),
        ("{{ d }}", r"a \x20b"),
        ("{{ x | si }}MAC", "1.5 kMAC"),
        ("{{ t | prose }}", "two words"),
        ("{{ xs | shape }}; {{ ts | list }}", "1×2; a, b"),
        ("{{ a | si }}.", "unknown."),
        ("{{ a | shape }}", "unknown"),
        ("{{ a }}", "text"),
        ("{{ data.no }} {{ data.one }}", "unknown 1"),
        ("  spread \n over  lines {{ x }}", "spread over lines 1500"),
        ("{{ x + 1 }}", "1501"),
    ],
)
def test_a_message_is_written(template: str, written: str) -> None:
    known = {"x": 1500, "t": "two words", "xs": (1, 2), "ts": ("a", "b"), "a": "text", "d": "a  b",
             "data": {"one": 1}}  # fmt: skip
    for message in (Message.parse(template, CHECKER), Message.later(template, CHECKER)):
        assert message(known) == written


@each(
    ("template", "said"),
    [
        ("{{ 1 }}", "a message may only show facts and options"),
        ("{{ x | nope }}", "unknown filter 'nope'"),
        ("{{ x | cuont }}", "unknown filter 'cuont', did you mean 'count'?"),
        (f"{{{{ x | {'f' * 50} }}}}", f"unknown filter '{'f' * 40}'"),
        ("{{ x | si(1) }}", "filter 'si' takes no arguments"),
        ("{{ x | si(a=1) }}", "filter 'si' takes no arguments"),
        ("{{ x | si(*xs) }}", "filter 'si' takes no arguments"),
        ("{{ t | si }}", "filter 'si' takes a number, not a text"),
        ("{{ x | shape }}", "filter 'shape' takes a list, not a number"),
        ("{{ xs }}", "a list needs the filter 'shape' or 'list'"),
        ("{{ lists | list }}", "lists is a list of groups, name one of them"),
        ("{{ data }}", "data is a group, name one of its fields"),
        ("{% if x %}{% endif %}", "a message may hold {{ facts }} but no {% statements %}"),
        ("{{ y }}", "unknown group 'y'"),
        ("{{ x", "unexpected end of template, expected 'end of print statement'."),
        ("a" * 2001, "longer than 2000 characters"),
    ],
)
def test_a_message_is_refused(template: str, said: str) -> None:
    with pytest.raises(Refused) as caught:
        Message.parse(template, CHECKER)
    assert str(caught.value) == said


def test_texts_of_rules_are_equal_by_what_they_say() -> None:
    one, other = (Expression.parse(source, CHECKER) for source in ("x > 1", "x > 2"))
    assert one == Expression.parse("x > 1", CHECKER)
    assert (one == other, one == Message.parse("x > 1", CHECKER), one == "x > 1") == (False,) * 3
    assert hash(one) == hash(Expression.parse("x > 1", CHECKER))
    assert repr(one) == "Expression('x > 1')"
    both = Expression.parse("any(y in xs, y > data.one) and x > 1", CHECKER)
    assert sorted(both.groups) == ["any", "data", "x", "xs", "y"]
    assert sorted(both.fields) == ["one"]


def test_what_a_tensor_can_be_asked() -> None:
    found = fields_of(Value)
    assert next(iter(found)) == "name"
    assert {name: kind for name, kind in found.items() if isinstance(kind, str)} == {
        **dict.fromkeys(("name", "scope", "dtype"), TEXT),
        **dict.fromkeys(("rank", "elements", "least_elements", "bytes"), NUMBER),
        **dict.fromkeys(("scalar", "slot", "uses"), NUMBER),
        **{name: FLAG for name in found if name.startswith("is_")},
    }
