"""Rule files: what is read from them, and what is said about their mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import RuleError
from analyzer.findings.finding import Severity
from analyzer.ruleset import Option, load_rules, parse_rule
from analyzer.ruleset.explain import explain
from analyzer.ruleset.folder import MAX_BYTES
from tests.each import each
from tests.ruleset.build import RULE, rule_text


def errors(text: str) -> list[str]:
    with pytest.raises(RuleError) as caught:
        parse_rule(text, "r.yaml")
    return str(caught.value).splitlines()


def test_rules_that_ship_are_found_by_id_and_name_and_say_since_when() -> None:
    for rule in load_rules():
        assert (rule.source, bool(rule.since)) == (f"{rule.id}-{rule.name}.yaml", True)


def test_a_rule_file_becomes_a_rule() -> None:
    rule = parse_rule(RULE, "r.yaml")
    assert (rule.id, rule.name, rule.category) == ("TST001", "test-rule", "testing")
    assert rule.severity is Severity.WARNING
    assert (rule.status, rule.fix_safety, rule.references) == ("stable", "display", ())
    with pytest.raises(AttributeError, match=r"^a rule has no 'statsu'$"):
        _ = rule.statsu  # type: ignore[attr-defined]
    assert (rule.subject, rule.selector) == ("node", ("Conv",))
    expected = Option("min-macs", 1000, "integer", "MACs", "Ignore cheaper ones.")
    assert rule.options["min-macs"] == expected
    assert [(e.name, e.expect, e.line) for e in rule.examples] == [
        ("one", "match", 18),
        ("other", "no-match", 21),
    ]


@each(
    ("changes", "expected"),
    [
        ({"severity": "eror"}, "r.yaml:4: 'severity' is 'eror', did you mean 'error'?"),
        ({"severity": "5"}, "r.yaml:4: 'severity' must be a text (quote it?)"),
        ({"id": "sep1"}, "r.yaml:1: 'id' must be three capital letters and three digits"),
        ({"name": "Bad Name"}, "r.yaml:2: 'name' must be words of a-z and 0-9 joined by '-'"),
        ({"fix": "|"}, "r.yaml:16: 'fix' must be a text (quote it?)"),
        ({"when": "true\ngroup: node"}, "r.yaml:10: 'group' is 'node', expected message, rule"),
        (
            {"when": "true\nvalue: {of: saving.mac, unit: MAC}"},
            "r.yaml:10: value: 'of': unknown field 'mac' of Saving, did you mean 'macs'?",
        ),
        (
            {"when": "true\nvalue: {of: saving.macs, total: mean}"},
            "r.yaml:10: value: 'total' is 'mean', expected sum, max",
        ),
        ({"when": "true\nyields-to: SEP001"}, "r.yaml:10: 'yields-to' must be a list of texts"),
        ({"when": "true\nwhne: true"}, "r.yaml:10: unknown key 'whne', did you mean 'when'?"),
        (
            {"when": "saving.ratoi < 1"},
            "r.yaml:9: 'when': unknown field 'ratoi' of Saving, did you mean 'ratio'?",
        ),
        (
            {"when": "|\n  conv.macs > 1\n  and conv.macs > option.min_mac"},
            "r.yaml:11: 'when': unknown option 'min_mac', did you mean 'min_macs'?",
        ),
        (
            {"when": "conv.macs"},
            "r.yaml:9: 'when': a condition must be true or false, this is a number",
        ),
        (
            {"message": "a {{ conv.kernel | percent }}"},
            "r.yaml:12: 'message': filter 'percent' takes a number, not a text",
        ),
        (
            {"message": "a {{ conv.macs | procent }}"},
            "r.yaml:12: 'message': unknown filter 'procent', did you mean 'percent'?",
        ),
        (
            {"applies-to": "{nod: [Conv]}"},
            "r.yaml:5: applies-to: unknown key 'nod', did you mean 'node'?",
        ),
        ({"applies-to": "{node: [Conv, Convv, com.acme.Foo]}"},
         "r.yaml:5: applies-to: there is no operator 'Convv', did you mean 'Conv'?"),
        ({"applies-to": "{node: [com.microsoft.FusedConvv]}"},
         ("r.yaml:5: applies-to: there is no operator 'com.microsoft.FusedConvv', did you mean "
          "'FusedConv'?")),
        ({"when": "true\nremedy: a {{ conv.x }}"},
         "r.yaml:10: 'remedy': unknown field 'x' of Conv"),
        ({"when": "true\nvalue: {of: node.inputs}"},
         "r.yaml:10: value: 'of': it must be a number, this is a list"),
        ({"applies-to": "{tensor: [inputs]}"},
         "r.yaml:5: applies-to: tensors are input, output, intermediate, stored, not 'inputs'"),
        ({"applies-to": "block"}, "r.yaml:10: 'when': unknown group 'conv'"),
        ({"options": "{a: {default: 1, type: flag, help: h}}"},
         "r.yaml:6: option 'a': 'default' is not of type flag"),
        ({"options": "{a: {default: 1}}"}, "r.yaml:6: option 'a': key 'help' is missing"),
        ({"options": "{a: {default: [1], help: h}}"},
         "r.yaml:6: option 'a': 'default' must be a number, a flag, a text or null"),
        ({"options": "{a: {default: {b: 1}, help: h}}"},
         "r.yaml:6: option 'a': 'default' must be a number, a flag, a text or null"),
        ({"options": "{A_b: {default: 1, help: h}}"},
         "r.yaml:6: option 'A_b': its name must be words of a-z and 0-9 joined by '-'"),
        ({"options": "{a: {help: h}}"}, "r.yaml:6: option 'a': key 'default' is missing"),
        ({"examples": "[]"}, "r.yaml:17: 'examples' has none with 'expect: match'"),
        ({"examples": "[{name: a, expect: match, model: m, options: {min-mac: 1}}]"},
         "r.yaml:17: example: unknown option 'min-mac', did you mean 'min-macs'?"),
        ({"examples": "[{name: a, expect: match, model: m, append: 00*999999 00*999999}]"},
         "r.yaml:17: example: 'append' spells more than 1,048,576 bytes"),
        ({"examples": "[{name: a, expect: match, model: m, append: 0x}]"},
         "r.yaml:17: example: 'append' must be pairs of hexadecimal digits, not '0x'"),
        ({"examples": "[{name: a, expect: match, model: m, beside: {"
                      + ", ".join(f"f{i}: 00*9" for i in range(17)) + "}}]"},
         "r.yaml:17: beside: more than 16 files"),
        ({"since": "2024"}, None),
    ],
    ids=str,
)  # fmt: skip
def test_a_mistake_is_reported_with_file_line_and_suggestion(
    changes: dict[str, str], expected: str | None
) -> None:
    if expected is None:  # a key the file does not have is added instead
        assert errors(f"{RULE}since: 2024\n") == ["r.yaml:24: 'since' must be a text (quote it?)"]
    else:
        assert expected in errors(rule_text(**changes))


def test_all_mistakes_of_a_file_are_reported_in_order() -> None:
    text = rule_text(id="x", severity="grave", when="conv.x > 1", fix="''") + "colour: red\n"
    assert [line.split(": ")[0] for line in errors(text)] == [
        "r.yaml:1", "r.yaml:4", "r.yaml:9", "r.yaml:14", "r.yaml:22",
    ]  # fmt: skip


def test_every_missing_key_is_named() -> None:
    found = errors("{}")
    keys = ("id", "name", "category", "severity", "applies-to", "when", "message", "summary",
            "rationale", "fix", "examples")  # fmt: skip
    assert found == sorted(f"r.yaml:1: key {key!r} is missing" for key in keys)


@each(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("- a\n", "must be a mapping of keys to values"),
        ("a: &x 1\nb: *x\n", "anchors and aliases are not allowed"),
        ("a: !!python/object:os.system 1\n", "the tag tag:yaml.org,2002:python/object"),
        ("a: 1\na: 2\n", "duplicate key 'a'"),
        ("[a]: 1\n", "a key must be a word"),
        ("a: 1\n---\nb: 2\n", "more than one document"),
        ("[" * 60, "nested more than 8 levels deep"),
        ("[" * 60_000, "nest"),  # or libyaml's own words, as it may look ahead
        ("a: [\n", "not valid YAML"),
        ("a: \x00", "not valid YAML"),
        ("a: 'b", "not valid YAML"),
    ],
    ids=lambda s: s[:20],
)
def test_yaml_that_a_rule_file_may_not_use_is_refused(text: str, message: str) -> None:
    assert message in "\n".join(errors(text))


def test_an_alias_bomb_is_refused_before_it_expands() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    )
    assert errors(bomb) == ["r.yaml:1: anchors and aliases are not allowed"]


@given(st.text(alphabet="ab:-[]{}|>'\"\n #&*!?%@`,0", max_size=80))
def test_any_text_is_a_rule_error_and_nothing_else(text: str) -> None:
    with pytest.raises(RuleError):
        parse_rule(text)


@given(st.integers(0, len(RULE)), st.integers(0, 12), st.text(max_size=6))
def test_a_damaged_rule_file_is_a_rule_or_a_rule_error(at: int, cut: int, new: str) -> None:
    damaged = RULE[:at] + new + RULE[at + cut :]
    try:
        lines = [f"<rule>:{parse_rule(damaged).message.source}"]
    except RuleError as error:
        lines = str(error).splitlines()
    assert lines
    assert all(line.startswith("<rule>:") for line in lines)


def test_errors_of_all_files_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule_text(severity="x"))
    (tmp_path / "b.yaml").write_text(rule_text(fix="''"))
    (tmp_path / "c.yaml").write_bytes(b"\xff\xfe")
    (tmp_path / "d.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    (tmp_path / "ignored.txt").write_text("no rule")
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path)
    found = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in found] == ["a.yaml", "b.yaml", "c.yaml", "d.yaml"]


def test_two_rules_must_not_share_an_id_or_name(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(RULE)
    (tmp_path / "b.yaml").write_text(rule_text(id="TST002"))
    with pytest.raises(RuleError, match=r"b\.yaml:1: test-rule is already the rule in a\.yaml"):
        load_rules(tmp_path)


def test_a_folder_without_rules_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="0 rule files"):
        load_rules(tmp_path)
    with pytest.raises(RuleError, match="no such folder"):
        load_rules(tmp_path / "absent")


def test_the_pure_python_loader_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = parse_rule(RULE)
    monkeypatch.setattr("analyzer.ruleset.document._LOADER", yaml.SafeLoader)
    assert parse_rule(RULE) == fast


def test_explain_has_the_fixed_headings_in_order() -> None:
    page = explain(parse_rule(RULE))
    headings = [line[3:] for line in page.splitlines() if line.startswith("## ")]
    assert headings == ["What it does", "Why is this bad", "Example", "Use instead", "Fix",
                        "Fix safety", "Options", "References"]  # fmt: skip
    assert "`min-macs` (default 1,000 MACs): Ignore cheaper ones." in page


def test_a_rule_with_an_option_without_a_value_waits_for_one() -> None:
    waiting = {rule.id for rule in load_rules() if rule.needs_setting is True}
    silent = {rule.id for rule in load_rules() for option in rule.options.values()
              if option.default is None}  # fmt: skip
    assert waiting == silent != set()
    loaded = [
        parse_rule(RULE.replace("default: 1000", f"default: {value}"), "r.yaml").needs_setting
        for value in ("null", "1")
    ]
    assert loaded == [True, False]


def test_what_a_value_saves_is_said_or_nothing() -> None:
    """``nothing`` is what stands where nothing is said, too."""
    for word, saved in (("", ""), (", saves: nothing", ""), (", saves: macs", "macs"),
                        (", saves: stored, total: max", "stored")):  # fmt: skip
        text = rule_text(when=f"'true'\nvalue: {{of: saving.macs, unit: MACs{word}}}")
        value = parse_rule(text, "r.yaml").value
        assert value is not None
        assert (value.saves, value.unit) == (saved, "MACs")
        assert value.total == ("max" if "max" in word else "sum")
