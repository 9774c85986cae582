"""Configuration files: the nearest wins, and every mistake is reported with file and key."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

import pytest

from analyzer.cli.config.find import Finder
from analyzer.cli.config.read import read_config
from analyzer.errors import ConfigError
from tests.cli.conftest import CLEAN, WASTEFUL, Cli, encode
from tests.steps import stopped

SUPPRESS = """[[suppress]]
rule = "separable-candidate"
reason = "the accelerator has no depthwise kernel"
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_nearest_file_above_the_working_directory_holds_for_every_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "onnxlint.toml", 'fail-on = "info"')
    write(tmp_path / "a/pyproject.toml", '[tool.onnxlint]\nfail-on = "warning"')
    write(tmp_path / "a/b/pyproject.toml", '[project]\nname = "not onnxlint"')
    write(tmp_path / "a/b/c/onnxlint.toml", 'fail-on = "never"')
    for folder, level in ((".", "info"), ("a", "warning"), ("a/b", "warning"), ("a/b/c", "never")):
        monkeypatch.chdir(tmp_path / folder)
        names = ("m.onnx", str(tmp_path / "a/b/c/m.onnx"), "../m.onnx", "-")
        assert [Finder().config(name).fail_on for name in names] == [level] * 4


def test_folders_inside_the_project_have_their_own_where_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "p/onnxlint.toml", 'fail-on = "info"\nnested = true')
    write(tmp_path / "p/a/pyproject.toml", '[tool.onnxlint]\nfail-on = "warning"')
    write(tmp_path / "p/a/b/pyproject.toml", '[project]\nname = "not onnxlint"')
    write(tmp_path / "p/a/b/c/onnxlint.toml", 'fail-on = "never"')
    write(tmp_path / "q/onnxlint.toml", 'fail-on = "never"')
    (tmp_path / "p/out").symlink_to(tmp_path / "q")
    monkeypatch.chdir(tmp_path / "p")
    found = [
        Finder().config(name).fail_on
        for name in ("m", "a/m", "a/b/m", "a/b/c/m", "-", "../q/m", "out/m")
    ]
    assert found == ["info", "warning", "warning", "never", "info", "info", "info"]


def test_a_file_beside_a_model_holds_for_nothing_and_is_named(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "sent/onnxlint.toml", 'ignore = ["ALL"]')
    write(tmp_path / "sent/deep/pyproject.toml", '[tool.onnxlint]\nignore = ["ALL"]')
    write(tmp_path / "sent/deep/er/pyproject.toml", "[project]\nname = 'x'")
    (tmp_path / "sent/deep/er/m.onnx").write_bytes(encode(WASTEFUL))
    outcome = cli("check", "sent", "--fail-on", "warning")
    assert outcome.code == 1
    assert "SEP001" in outcome.out
    named = [line.split(": not used")[0] for line in outcome.err.splitlines() if "not used" in line]
    assert named == ["sent/deep/pyproject.toml", "sent/onnxlint.toml"]
    assert "configuration:" not in outcome.err


def test_the_file_that_holds_is_named_unless_quiet(cli: Cli, clean: str) -> None:
    Path("onnxlint.toml").write_text('fail-on = "info"')
    assert cli("check", clean).err.splitlines()[0] == "configuration: onnxlint.toml"
    assert cli("check", clean, "-q").err == ""
    assert cli("check", clean, "--no-config").err == "0 findings: clean\n"


@pytest.mark.parametrize(
    "text",
    ['[tool.onnxlint]\nfail-on="info"', '[tool]\nonnxlint.fail-on="info"',
     'tool.onnxlint.fail-on = "info"', '["tool" . "onnxlint"]\nfail-on = "info"',
     'tool = {onnxlint = {fail-on = "info"}}'],
)  # fmt: skip
def test_every_spelling_of_the_table_is_seen(tmp_path: Path, text: str) -> None:
    config = read_config(str(write(tmp_path / "pyproject.toml", text)))
    assert config is not None
    assert config.fail_on == "info"


def test_all_errors_of_a_file_come_at_once_with_file_and_key(tmp_path: Path) -> None:
    text = """
    fail-on = "fatal"
    selct = ["SEP001"]
    preview = 1
    ignore = "SEP001"
    dims.batch = -1
    shapes.x = [1, "n"]
    limits = 5
    [[suppress]]
    rule = "SEP001"
    raeson = "typo"
    [[suppress]]
    rule = ""
    reason = "x"
    expires = "soon"
    """
    with pytest.raises(ConfigError) as caught:
        read_config(str(write(tmp_path / "onnxlint.toml", text)))
    lines = [line.split("onnxlint.toml:")[1] for line in str(caught.value).splitlines()]
    starts = [
        "2: fail-on: must be one of error, warning, info, never, not 'fatal'",
        "3: selct: unknown key, did you mean 'select'?",
        "4: preview: must be true or false, not 1",
        "5: ignore: must be a list of texts",
        "6: dims.batch: must be a whole number from 0, not -1",
        "7: shapes.x: must be a list of sizes, such as [1, 3, 224, 224], not a list [1, 'n']",
        "8: limits: must be a table, not 5",
        "9: suppress[1].reason: is required",
        "11: suppress[1].raeson: unknown key, did you mean 'reason'?",
        "13: suppress[2].rule: is required",
        "15: suppress[2].expires: must be a date such as 2026-12-31, not 'soon'",
    ]
    assert [line[: len(start)] for line, start in zip(lines, starts, strict=True)] == starts


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fail-on = ", "not TOML"),
        ("a = " + "[" * 5000, "onnxlint.toml:1: more than 32 levels of lists"),
        ("\n" + "a." * 100_000 + "b = 1", "onnxlint.toml:2: a key of more than 32 parts"),
        ("weights = 0x" + "f" * 5000, "toml:1: weights: must be true or false, not a number"),
        ("options.SEP001.min-macs = 0x" + "f" * 5000, "must be a number from 0, not a number of"),
        ("options.SEP001.max-ratio = [[[[1]]]]", "must be of type number, not a list"),
        ('rules = ["../own"]', "toml:1: rules: '../own' leads out of the project"),
        ('baseline = "/etc/passwd"', "toml:1: baseline: '/etc/passwd' leads out of the project"),
        ("x = 1\x00", "not TOML"),
        ("#" * (1 << 18) + "##", "larger than 262,144 bytes"),
        ('select = ["NOP001"]', "'NOP001' is no rule"),
        ('severity.SEP001 = "fatal"', "must be error, warning or info"),
        ("options.SEP001.min-mcas = 5", "did you mean 'min-macs'?"),
        ('options.SEP001.max-ratio = "half"', "max-ratio"),
        ("options.SEP001.max-ratio = nan", "'max-ratio' must be a number from 0, not nan"),
        ("options.SEP001.max-ratio = -0.5", "'max-ratio' must be a number from 0, not -0.5"),
        ("options.SEP001.min-macs = -1", "'min-macs' must be a number from 0, not -1"),
        ("options.SEP001.max-ratio = inf", "'max-ratio' must be a number from 0, not inf"),
        ("limits.guard_secnods = 5", "did you mean 'guard_seconds'?"),
        ('rules = ["own"]', "own: no such folder of rules"),
        (
            'baseline = "none.json"',
            "none.json: there is no such file; onnxlint check MODELS --write-baseline ",
        ),
    ],
)
def test_bad_file_is_exit_2_and_nothing_is_judged(
    cli: Cli, clean: str, text: str, says: str
) -> None:
    Path("onnxlint.toml").write_text(text)
    outcome = cli("check", clean)
    assert (outcome.code, outcome.out) == (2, "")
    assert "onnxlint.toml" in outcome.err or "own" in outcome.err or "none.json" in outcome.err
    assert says in outcome.err
    assert cli("check", clean, "--no-config").code == 0


@pytest.mark.parametrize("name", ["onnxlint.toml", "pyproject.toml"])
@pytest.mark.parametrize("kind", ["folder", "pipe", "loop", "broken link"])
def test_a_name_that_is_meant_but_is_no_file_is_an_error(
    cli: Cli, clean: str, name: str, kind: str
) -> None:
    if kind == "folder":
        os.mkdir(name)
    elif kind == "pipe":
        os.mkfifo(name)
    else:
        os.symlink(name if kind == "loop" else "gone", name)
    outcome = cli("check", clean)
    assert (outcome.code, outcome.out) == (2, "")
    what = "is not a file" if kind in ("folder", "pipe") else "is a link, which is not followed"
    assert f"{name}: {what}" in outcome.err


@pytest.mark.parametrize("key", ["rules", "baseline"])
def test_a_link_out_of_the_project_is_not_followed(cli: Cli, clean: str, key: str) -> None:
    os.mkdir("project")
    Path("secret.json").write_text('{"schema": 1, "models": {}}')
    os.symlink("../secret.json", "project/b.json")
    value = '["b.json"]' if key == "rules" else '"b.json"'
    Path("project/onnxlint.toml").write_text(f"{key} = {value}")
    os.chdir("project")
    outcome = cli("check", f"../{clean}")
    assert outcome.code == 2
    assert "onnxlint.toml:1: " + key + ": 'b.json' leads out of the project" in outcome.err


def test_at_most_fifty_mistakes_are_listed(cli: Cli, clean: str) -> None:
    Path("onnxlint.toml").write_text("".join(f"k{number} = 1\n" for number in range(70)))
    lines = cli("check", clean).err.splitlines()
    assert (len(lines), lines[49].split("onnxlint.toml")[1][:8]) == (51, ":50: k49")
    assert lines[-1].endswith("and 20 more errors")


@pytest.mark.parametrize(
    "text",
    ["tool onnxlint " * 18_000, "[[a]]\n" * 40_000, '"""a' * 65_000, "\n" * 260_000,
     "".join(f"a{i}.{'b.' * 30}c = 1\n" for i in range(3_700)), "x = {" + "a={}," * 50_000,
     "[" * 260_000, "x = " + "1." * 130_000],
    ids=["words", "headers", "quotes", "lines", "keys", "tables", "brackets", "dots"],
)  # fmt: skip
def test_reading_takes_little_processor_time_whatever_is_written(tmp_path: Path, text: str) -> None:
    file = write(tmp_path / "pyproject.toml", f"[tool.onnxlint]\n{text}")
    with stopped(), suppress(ConfigError):  # 0.3 s each; what is quadratic takes minutes
        read_config(str(file))


def test_not_utf8_is_an_error(tmp_path: Path) -> None:
    tmp_path.joinpath("onnxlint.toml").write_bytes(b'fail-on = "\xff"')
    with pytest.raises(ConfigError, match="not TOML"):
        read_config(str(tmp_path / "onnxlint.toml"))


def test_explicit_pyproject_without_our_table_is_an_error(cli: Cli, clean: str) -> None:
    Path("pyproject.toml").write_text("[project]\n")
    outcome = cli("check", clean, "--config", "pyproject.toml")
    assert outcome.code == 2
    assert "has no [tool.onnxlint] table" in outcome.err


def test_suppression_silences_and_an_unused_one_is_a_finding(
    cli: Cli, clean: str, wasteful: str
) -> None:
    Path("onnxlint.toml").write_text(SUPPRESS)
    outcome = cli("check", clean, wasteful)
    assert outcome.out == ""
    assert outcome.err.splitlines()[1:] == ["0 findings in 2 models; 1 suppressed: clean"]
    outcome = cli("check", clean, "--fail-on", "warning")
    assert outcome.code == 1
    assert "CFG001 suppression of separable-candidate" in outcome.out


def test_suppression_of_a_rule_that_did_not_run_is_not_unused(cli: Cli, clean: str) -> None:
    Path("onnxlint.toml").write_text(SUPPRESS)
    assert cli("check", clean, "--select", "GRF").out == ""


@pytest.mark.parametrize(("day", "code"), [("2001-09-08", 1), ("2001-09-09", 0)])
@pytest.mark.parametrize("quote", ["", '"'])
def test_suppression_holds_through_its_last_day(
    cli: Cli, wasteful: str, monkeypatch: pytest.MonkeyPatch, day: str, code: int, quote: str
) -> None:
    Path("onnxlint.toml").write_text(f"{SUPPRESS}expires = {quote}{day}{quote}\n")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")  # 2001-09-09
    outcome = cli("check", wasteful, "--fail-on", "warning")
    assert outcome.code == code
    assert ("CFG002" in outcome.out) == bool(code)


@pytest.mark.parametrize(("day", "code"), [("2001-09-08", 1), ("2001-09-09", 0)])
def test_the_time_of_the_last_day_does_not_count(
    cli: Cli, wasteful: str, monkeypatch: pytest.MonkeyPatch, day: str, code: int
) -> None:
    Path("onnxlint.toml").write_text(f"{SUPPRESS}expires = {day}T00:00:01\n")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")  # 2001-09-09, 01:46:40
    assert cli("check", wasteful, "--fail-on", "warning").code == code


def test_command_line_overrides_the_file(cli: Cli, wasteful: str) -> None:
    Path("onnxlint.toml").write_text('fail-on = "warning"\nselect = ["GRF", "ONX"]\n')
    assert cli("check", wasteful).code == 0
    assert cli("check", wasteful, "--select", "SEP,GRF").code == 1
    assert cli("check", wasteful, "--select", "SEP", "--fail-on", "error").code == 0
    assert cli("check", wasteful, "--select", "SEP", "--ignore", "separable").code == 0


def test_options_in_the_rules_own_units(cli: Cli, wasteful: str) -> None:
    Path("onnxlint.toml").write_text('options.SEP001.min-macs = "1 GMACs"\n')
    assert cli("check", wasteful).out == ""


def test_each_model_has_its_own_configuration(cli: Cli, tmp_path: Path) -> None:
    Path("onnxlint.toml").write_text("nested = true")
    for folder, level in (("strict", "warning"), ("lax", "never")):
        write(tmp_path / folder / "onnxlint.toml", f'fail-on = "{level}"')
        (tmp_path / folder / "m.onnx").write_bytes(encode(WASTEFUL))
    assert cli("check", "lax").code == 0
    assert cli("check", "lax", "strict").code == 1


def test_sizes_from_file_and_command_line(cli: Cli, tmp_path: Path) -> None:
    text = """<ir_version: 8, opset_import: ["" : 17]>
    g (float[n,m,4] x) => (float[n,m,4] y) { y = Relu (x) }"""
    tmp_path.joinpath("open.onnx").write_bytes(encode(text))
    Path("onnxlint.toml").write_text("dims = {n = 2, m = 3}\n")
    shown = json.loads(cli("inspect", "open.onnx", "--format", "json", "--dim", "m=5").out)
    assert shown["outputs"][0]["shape"] == [2, 5, 4]
    words = ("--shape", "x=7,8,4", "--no-hash")
    shown = json.loads(cli("inspect", "open.onnx", "--format", "json", *words).out)
    assert shown["outputs"][0]["shape"] == [7, 8, 4]
    assert shown["model"]["sha256"] is None


def test_paths_in_a_file_are_relative_to_it(cli: Cli, tmp_path: Path) -> None:
    sub = tmp_path / "sub"
    sub.mkdir()
    (tmp_path / "m.onnx").write_bytes(encode(CLEAN))
    (sub / "onnxlint.toml").write_text('rules = ["own"]')
    outcome = cli("check", "m.onnx", "--config", "sub/onnxlint.toml")
    assert "sub/own: no such folder of rules" in outcome.err


def test_a_file_that_switches_the_audit_off_makes_no_verdict(
    cli: Cli, clean: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.cli.plan.AUDIT", frozenset({"separable"}))
    for text in ('ignore = ["ALL"]', 'select = ["BGT"]', 'ignore = ["SEP"]'):
        Path("onnxlint.toml").write_text(text)
        outcome = cli("check", clean)
        assert outcome.code == 2
        assert "onnxlint.toml switches off every rule that says whether a model is" in outcome.out
    assert cli("check", clean, "--no-config", "--select", "BGT").code == 0
    Path("onnxlint.toml").write_text('ignore = ["BGT"]')
    assert cli("check", clean).code == 0


def test_bad_rule_is_exit_2_with_file_and_line(cli: Cli, clean: str) -> None:
    Path("own").mkdir()
    Path("own/BAD001-x.yaml").write_text("id: BAD001\nname: Not Kebab\n")
    for words in (["check", clean, "--rules", "own"], ["rules", "test", "own"]):
        outcome = cli(*words)
        assert (outcome.code, outcome.out) == (2, "")
        assert "BAD001-x.yaml:2: 'name' must be words" in outcome.err


def test_limit_named_by_a_message_can_be_lowered(cli: Cli, wasteful: str) -> None:
    outcome = cli("check", wasteful, "--limit", "fields=3")
    assert outcome.code == 2
    assert "limit fields = 3" in outcome.out


@pytest.mark.guarded
def test_limits_reach_the_guarded_worker(cli: Cli, wasteful: str) -> None:
    outcome = cli("check", wasteful, "--limit", "guard_seconds=0")
    assert outcome.code == 2
    assert "limit guard_seconds = 0" in outcome.out


def test_a_baseline_may_be_larger_than_a_configuration(cli: Cli, wasteful: str) -> None:
    assert cli("check", wasteful, "--write-baseline", "b.json").code == 0
    text = Path("b.json").read_text()
    entry = json.loads(text.splitlines()[1]) | {"model": "other.onnx"}
    Path("other.onnx").touch()
    others = (json.dumps(entry | {"place": f"conv{number}"}) for number in range(4_000))
    Path("b.json").write_text("\n".join((text, *others)))
    assert os.path.getsize("b.json") > 1 << 20
    outcome = cli("check", wasteful, "--baseline", "b.json", "--fail-on", "info")
    assert (outcome.code, outcome.out) == (0, "")


@pytest.mark.parametrize("kind", ["pipe", "loop", "folder"])
def test_a_rule_file_that_is_none_is_an_error(cli: Cli, clean: str, kind: str) -> None:
    os.mkdir("r")
    {"pipe": os.mkfifo, "folder": os.mkdir}.get(kind, lambda p: os.symlink("x.yaml", p))("r/x.yaml")
    outcome = cli("check", clean, "--rules", "r")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.endswith("x.yaml:1: is not a file\n")


def test_domains_that_the_configuration_vouches_for_are_not_asked_about(
    cli: Cli, tmp_path: Path
) -> None:
    model = tmp_path / "m.onnx"
    model.write_bytes(
        encode(
            """<ir_version: 8, opset_import: ["" : 17, "ai.acme" : 1]>
            g (float[4] x) => (float[4] y) { y = ai.acme.Shift (x) }"""
        )
    )
    config = write(tmp_path / "c.toml", "[trust]\ndomains = []")
    words = ("check", "--select", "TRU001", "--config", str(config), str(model))
    assert "TRU001 1 × Shift of the domain 'ai.acme'" in cli(*words).out
    config.write_text('[trust]\ndomains = ["ai.acme"]')
    assert "TRU001" not in cli(*words).out
    config.write_text('[trust]\ndomain = ["ai.acme"]')
    assert "trust.domain: unknown key, did you mean 'domains'?" in cli(*words).err
