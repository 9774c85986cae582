"""Budgets: absolute or beside a base, exact to the last operation, and never passed in silence."""

from __future__ import annotations

import json
from pathlib import Path

import onnx.parser
import pytest

from analyzer.cli import bases
from analyzer.cli.budgets.figures import FIGURES
from analyzer.cli.budgets.limit import parse_limit
from analyzer.cli.judge import facts_of
from analyzer.cli.plan import Plan
from analyzer.facts import Facts
from tests.cli import repositories as made
from tests.cli.conftest import Cli, Outcome
from tests.each import each
from tests.steps import stopped

UNKNOWN = """<ir_version: 8, opset_import: ["" : 17, "com.acme" : 1]>
g (float[1,4] x) => (float[1,4] y) <float[4,4] w = {1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1}> {
  h = MatMul (x, w)
  y = com.acme.Fancy (h)
}"""
"""16 multiply-accumulates and an operator of unknown cost."""


def put(name: str, columns: int = 4) -> None:
    """A model of ``4 · columns`` MACs and parameters, which are 4 bytes each."""
    made.write(Path(name), made.product(columns))


def says(text: str) -> None:
    Path("onnxlint.toml").write_text(text)


def found(outcome: Outcome) -> dict[str, list[str]]:
    """Rules that speak, by model."""
    rows: dict[str, list[str]] = {}
    for line in outcome.out.splitlines():
        model, _, rest = line.partition(": ")
        if rest.startswith("BGT"):
            rows.setdefault(model, []).append(rest.split()[0])
    return rows


def judged(cli: Cli, *words: str) -> Outcome:
    return cli("check", *(words or (".",)), "--select", "BGT,CFG,ONX")


@each(
    ("text", "figure", "most"),
    [
        (600_000_000, "macs", 600_000_000),
        ("600M", "macs", 600_000_000),
        ("600 MMACs", "macs", 600_000_000),
        ("0.6 GMAC", "macs", 600_000_000),
        ("4_300_000", "params", 4_300_000),
        ("4.35M", "params", 4_350_000),
        ("1.000_1k".replace("_", ""), "flops", None),
        ("4 MiB", "peak", 4 << 20),
        ("4 MB", "weight-bytes", 4_000_000),
        (0, "params", 0),
        ("0.1", "macs", None),
        ("5%", "macs", None),
        ("4 MiB", "macs", None),
        ("many", "macs", None),
        (1.5, "macs", None),
        (True, "macs", None),
        (-1, "macs", None),
        ("1e9", "macs", None),
        ("9" * 24, "macs", None),
        ("1" * 5000, "macs", None),
        (None, "macs", None),
    ],
)
def test_a_budget_is_a_whole_number_however_it_is_written(
    text: object, figure: str, most: int | None
) -> None:
    if most is None:
        with pytest.raises(ValueError, match=r"must be|is no whole|is not in|has a sign"):
            parse_limit(text, FIGURES[figure])
    else:
        assert parse_limit(text, FIGURES[figure]).most == most


@each(
    ("text", "base", "most"),
    [("+5%", 20, 21), ("+5%", 19, 19), ("+0%", 7, 7), ("+0", 7, 7), ("-10%", 100, 90),
     ("+ 0.1 %", 10**18, 10**18 + 10**15), ("+5%", 2**93, 2**93 + 2**93 // 20), ("-100", 7, 0),
     ("+1k", 7, 1007), ("+33.3%", 3, 3), ("+33.4%", 3, 4)],
)  # fmt: skip
def test_a_share_of_a_base_is_exact(text: str, base: int, most: int) -> None:
    assert parse_limit(text, FIGURES["macs"]).above(base) == most


def test_each_figure_has_a_budget_that_is_met_or_exceeded_by_one(cli: Cli) -> None:
    put("m.onnx")
    facts = json.loads(cli("inspect", "m.onnx", "--format", "json").out)["totals"]
    names = {"macs": "macs", "flops": "flops", "params": "params", "weight-bytes": "weight_bytes",
             "peak": "peak_activation_bytes"}  # fmt: skip
    for number, (figure, name) in enumerate(names.items()):
        says(f"[budgets]\n{figure} = {facts[name]}\n")
        assert judged(cli).code == 0
        says(f"[budgets]\n{figure} = {facts[name] - 1}\n")
        outcome = judged(cli)
        rule = ["BGT001", "BGT004", "BGT005", "BGT002", "BGT003"][number]
        assert (outcome.code, found(outcome)) == (1, {"m.onnx": [rule]})


def test_the_message_says_number_budget_difference_and_base(cli: Cli) -> None:
    made.repository(Path())
    put("m.onnx", 100)
    made.commit(Path())
    put("m.onnx", 106)
    says('base = "git:main"\nbudgets.macs = ["500", "+5%"]\nbudgets.params = "+1"\n')
    outcome = judged(cli, ".", "--format", "json")
    first, second = json.loads(outcome.out)["models"][0]["findings"]
    assert first["message"] == ("one inference needs 424 MAC, the budget is 420 MAC, "
                                "400 MAC of git:main plus 5 % (+4 MAC)")  # fmt: skip
    assert (first["value"], first["unit"]) == (424, "MAC")
    assert second["message"] == ("the model has 424 parameters, the budget is 401, "
                                 "400 of git:main plus 1 (+23)")  # fmt: skip


def test_the_least_of_several_budgets_counts(cli: Cli) -> None:
    made.repository(Path())
    put("m.onnx", 100)
    made.commit(Path())
    put("m.onnx", 101)
    for budgets, code in (('["403", "+5%"]', 1), ('["404", "+5%"]', 0), ('["404", "+0%"]', 1)):
        says(f'base = "git:main"\nbudgets.macs = {budgets}\n')
        assert judged(cli).code == code


def test_a_new_model_is_said_to_be_new_and_keeps_its_absolute_budgets(cli: Cli) -> None:
    made.repository(Path())
    put("old.onnx")
    made.commit(Path())
    put("new.onnx")
    says('base = "git:main"\nbudgets.macs = "+5%"\n')
    outcome = judged(cli)
    assert outcome.code == 0
    assert "new.onnx: note: the model is new: git:main does not have it, so" in outcome.out
    assert "budgets relative to it (macs +5%) do not hold yet" in outcome.out
    assert "old.onnx" not in outcome.out
    says('base = "git:main"\nbudgets.macs = ["15", "+5%"]\n')
    assert found(judged(cli, "new.onnx")) == {"new.onnx": ["BGT001"]}


def test_a_base_may_be_one_model_for_many_and_is_read_once(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    original = facts_of

    def counted(path: str, plan: Plan) -> Facts:
        read.append(path)
        return original(path, plan)

    monkeypatch.setattr(bases, "facts_of", counted)
    put("models/base.onnx", 8)
    for number in range(6):
        put(f"models/edge/m{number}.onnx", 6 + number)
    entries = "".join(
        f'[[models]]\npath = "models/edge/m{n}.onnx"\nbudgets.macs = "+{n}"\n' for n in range(6)
    )
    says(f'base = "models/base.onnx"\n{entries}')
    outcome = judged(cli, "models/edge", "-j", "1")
    assert set(found(outcome)) == {f"models/edge/m{n}.onnx" for n in (3, 4, 5)}
    assert "32 MAC of models/base.onnx plus 3" in outcome.out
    assert read == ["models/base.onnx"]


def test_a_base_may_be_a_file_of_a_revision(cli: Cli) -> None:
    made.repository(Path())
    put("models/base.onnx", 8)
    made.commit(Path())
    put("models/base.onnx", 1)
    put("m.onnx", 9)
    says('base = "git:main:models/base.onnx"\nbudgets.macs = "+10%"\n')
    outcome = judged(cli, "m.onnx")
    assert "budget is 35 MAC, 32 MAC of git:main:models/base.onnx plus 10 % (+1 MAC)" in outcome.out
    says('base = "git:HEAD"\nbudgets.macs = "-10%"\n')
    made.commit(Path())
    assert found(judged(cli, "m.onnx")) == {"m.onnx": ["BGT001"]}  # unchanged is not less


@pytest.mark.parametrize(
    ("base", "why"),
    [
        ("none.onnx", "none.onnx: there is no such file; check the path"),
        ("text.onnx", "text.onnx: text, not a binary ONNX model"),
        ("git:mian", "git knows no revision 'mian'"),
        ("git:main:none.onnx", "git:main:none.onnx: there is no such file in main"),
        ("git:main:lfs.onnx", "run git lfs fetch origin main"),
    ],
)
def test_a_base_that_cannot_be_read_is_inconclusive(cli: Cli, base: str, why: str) -> None:
    made.repository(Path())
    put("m.onnx")
    made.write(Path("text.onnx"), b"a text")
    made.write(Path("lfs.onnx"), made.pointer(made.product()))
    made.commit(Path())
    says(f'base = "{base}"\nbudgets = {{macs = "+5%", params = ["15", "+0"]}}\n')
    outcome = judged(cli, "m.onnx")
    assert outcome.code == 2
    assert f"budgets relative to {base} (macs +5%, params +0) cannot be judged: " in outcome.out
    assert why in outcome.out
    assert found(outcome) == {"m.onnx": ["BGT005"]}


def test_a_bug_on_one_base_does_not_keep_the_others_from_being_judged(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: str, plan: Plan) -> Facts:
        if path == "base.onnx":
            raise RuntimeError("a bug")
        return facts_of(path, plan)

    monkeypatch.setattr(bases, "facts_of", broken)
    for name in ("base.onnx", "other.onnx", "m.onnx", "n.onnx"):
        put(name)
    says("""budgets.params = "-1"
[[models]]
path = "m.onnx"
base = "base.onnx"
[[models]]
path = "n.onnx"
base = "other.onnx"
""")
    outcome = judged(cli, "m.onnx", "n.onnx")
    assert outcome.code == 2
    assert "cannot be judged: base.onnx: internal error: RuntimeError" in outcome.out
    assert found(outcome) == {"n.onnx": ["BGT005"]}


def test_without_a_repository_or_a_path_it_is_inconclusive(cli: Cli) -> None:
    put("m.onnx")
    says('base = "git:main"\nbudgets.macs = "+5%"\n')
    outcome = judged(cli)
    assert outcome.code == 2
    assert "git finds no repository; run this inside a clone" in outcome.out
    outcome = cli("check", "-", "--select", "BGT,ONX", stdin=made.product())
    assert outcome.code == 2
    assert "standard input has no path" in outcome.out


def test_what_is_unknown_passes_no_budget_in_silence(cli: Cli) -> None:
    data = onnx.parser.parse_model(UNKNOWN).SerializeToString()
    made.write(Path("m.onnx"), data)
    says("budgets.macs = 15\n")
    outcome = judged(cli)
    assert found(outcome) == {"m.onnx": ["BGT001"]}
    assert "needs 16 MAC at least, the budget is 15 MAC (+1 MAC)" in outcome.out
    assert outcome.code == 1
    for text in ("budgets.macs = 16\n", "options.BGT001.max-macs = 16\n",
                 'options.compute-budget.max-macs = "16 MACs"\n'):  # fmt: skip
        says(text)
        outcome = judged(cli)
        assert outcome.code == 2
        assert "the model has 16 MAC at least (operators of unknown cost: 1)" in outcome.out
        assert "so its budget of 16 MAC cannot be judged; bind open dimensions" in outcome.out
    says("")
    assert judged(cli).code == 0
    says('[operators."com.acme::Fancy"]\nmacs = "0"\nflops = "0"\n\n[budgets]\nmacs = 16\n')
    assert judged(cli).code == 0


def test_an_unknown_figure_of_the_base_is_inconclusive(cli: Cli) -> None:
    made.write(Path("base.onnx"), onnx.parser.parse_model(UNKNOWN).SerializeToString())
    put("m.onnx")
    says('base = "base.onnx"\nbudgets = {macs = "+5%", params = "+0"}\n')
    outcome = judged(cli, "m.onnx")
    assert outcome.code == 2
    assert "multiply-accumulates of the base base.onnx are 16 MAC at least" in outcome.out
    assert found(outcome) == {}


LOOP = """<ir_version: 8, opset_import: ["" : 17]>
g (float[2,2] x, int64 n, bool go) => (float[2,2] y) {
  y = Loop (n, go, x) <body = b (int64 i, bool before, float[2,2] s) => (bool after, float[2,2] t) {
    after = Identity (before)
    t = MatMul (s, s)
  }>
}"""
"""8 multiply-accumulates an iteration, of which the file does not say how many there are."""


def test_a_loop_without_a_bound_fits_no_budget_and_is_no_base(cli: Cli) -> None:
    made.write(Path("loop.onnx"), onnx.parser.parse_model(LOOP).SerializeToString())
    put("m.onnx")
    says("budgets.macs = 100\n")
    outcome = judged(cli, "loop.onnx")
    assert (outcome.code, found(outcome)) == (1, {"loop.onnx": ["BGT001"]})
    assert "at least and without a bound, the budget is 100 MAC (-100 MAC)" in outcome.out
    assert "--trip-count" in outcome.out
    for trips, code in ((12, 0), (13, 1)):
        says(f'[[models]]\npath = "loop.onnx"\nbudgets.macs = 100\ntrip-counts.y = {trips}\n')
        assert judged(cli, "loop.onnx").code == code
    says('base = "loop.onnx"\nbudgets.macs = "+5%"\n')
    outcome = judged(cli, "m.onnx")
    assert (outcome.code, found(outcome)) == (2, {})
    assert "of the base loop.onnx are 0 MAC at least (" in outcome.out
    says('base = "loop.onnx"\nbudgets.macs = "+5%"\ntrip-counts.y = 3\n')
    assert judged(cli, "m.onnx").code == 0  # 16 of 24 and 5 %


def test_entries_change_single_budgets_and_lift_them(cli: Cli) -> None:
    for name in ("a.onnx", "b.onnx", "c.onnx"):
        put(name)
    says("""[budgets]
macs = 15
params = 15
[[models]]
path = "b.onnx"
budgets.macs = 16
[[models]]
path = "c.onnx"
budgets = { macs = "none", params = 16 }
""")
    assert found(judged(cli)) == {"a.onnx": ["BGT001", "BGT005"], "b.onnx": ["BGT005"]}


def test_budgets_that_nobody_applies_read_no_base(cli: Cli) -> None:
    put("m.onnx")
    says('base = "git:main"\nbudgets.macs = "+5%"\n')
    assert cli("check", ".", "--select", "ONX").code == 0
    assert cli("inspect", "m.onnx").code == 0
    assert cli("check", ".", "--ignore", "compute-budget").code == 0


def test_a_report_holds_them_too(cli: Cli) -> None:
    put("m.onnx")
    says("budgets.macs = 15\n")
    assert cli("report", "m.onnx", "-o", "out", "--format", "json").code == 0
    assert "the budget is 15 MAC" in Path("out/m.json").read_text()


def test_mistakes_have_their_line_and_what_was_meant(cli: Cli) -> None:
    put("m.onnx")
    says("""base = "git:"
[budgets]
mac = 5
macs = "5%"
params = "4 MiB"
peak = [1, "x"]
peak-activation-bytes = 5
[[models]]
path = "x.onnx"
base = "../other.onnx"
budgets = { base = "git:main", macs = 1.5 }
""")
    outcome = cli("check", "m.onnx")
    assert outcome.code == 2
    lines = {line.split("onnxlint.toml:")[1] for line in outcome.err.splitlines()}
    starts = [
        "1: base: 'git:' names no revision; say git:main",
        "3: budgets.mac: unknown key, did you mean 'macs'?",
        "4: budgets.macs: '5%' is a share of what?",
        "5: budgets.params: '4 MiB' is not in parameters",
        "6: budgets.peak: must be a whole number of bytes",
        "7: budgets.peak-activation-bytes: is called 'peak' here",
        "10: models[1].base: '../other.onnx' leads out of the project",
        "11: models[1].budgets.base: stands beside budgets, not in it",
        "11: models[1].budgets.macs: must be a whole number of MACs",
    ]
    assert [s for s in starts if not any(line.startswith(s) for line in lines)] == []
    assert len(lines) == len(starts)
    says('base = "main"\n')
    assert (
        """1: base: 'main' is no .onnx file; a revision of git is spelt "git:main\""""
        in cli("check", "m.onnx").err
    )
    says('[[models]]\npath = "m.onnx"\nfail-on = "info"\nbudgets.macs = "+5%"\n')
    outcome = cli("check", "m.onnx")
    assert outcome.code == 2
    assert "onnxlint.toml:4: models[1].budgets.macs: '+5%' is relative to a base" in outcome.err


def test_many_models_with_budgets_of_their_own(cli: Cli) -> None:
    data = made.product()
    for number in range(60):
        made.write(Path(f"m{number}.onnx"), data)
    says("".join(f'[[models]]\npath = "m{n}.onnx"\nbudgets.macs = {n}\n' for n in range(60)))
    with stopped():  # about 0.5 s
        outcome = cli("check", ".", "--select", "BGT,ONX", "--format", "concise", "-j", "1")
    rows = found(outcome)
    assert outcome.code == 1
    assert set(rows) == {f"m{n}.onnx" for n in range(16)}
