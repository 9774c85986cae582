"""Lines of text and rows of tables that commands print, of values made for them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.facts import Block, Certainty, Module
from analyzer.report import settings, studies, targets
from analyzer.report.netron_figures import _total, figures, totals
from analyzer.report.result import Failure, Options
from analyzer.report.script import FILES, needed
from analyzer.report.settings import (
    AppliedRule,
    ModelsSettings,
    Setting,
    SettingOrigin,
    SettingsInForce,
)
from analyzer.report.style import Style
from analyzer.report.text import _table
from analyzer.report.view import blocks, layers, memory, modules, summary
from analyzer.report.view.blocks import BlockKind, BlockRow
from analyzer.report.view.layers import LayerGroup
from analyzer.report.view.memory import Device, RoleRow
from analyzer.report.view.modules import ModuleRow
from analyzer.report.view.summary import Coverage, KindRow, Missing
from analyzer.report.view.weights import Oddity, _channels, describe, together
from tests.each import each
from tests.golden.text import facts


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


PLAIN = Options()


def lines(text: bytes) -> list[str]:
    return text.decode().splitlines()


def node(macs: int | None = 10, **about: Any) -> Any:
    made = {
        "scope": "", "macs": macs, "macs_range": (macs or 0, macs), "flops": 20,
        "flops_range": (20, 20), "params": 3, "read_bytes": 40, "write_bytes": 5, "executions": 1,
        "executions_range": (1, 1), "cost": some(certainty=Certainty.EXACT),
    }  # fmt: skip
    return some(**made | about)


def figures_of(*nodes: Any, whole: int = 100, complete: bool = True, partly: bool = False) -> Any:
    found = some(inconclusive=partly, totals=some(macs=whole, complete=complete))
    return dict(figures(nodes, found))


def test_an_operators_figures_are_those_of_all_its_runs() -> None:
    assert figures_of(node()) == {
        "MACs": "10", "share of MACs": "10.0 %", "FLOPs": "20", "parameters": "3",
        "bytes read": "40", "bytes written": "5",
    }  # fmt: skip
    thrice = figures_of(node(executions=3, executions_range=(3, 3)))
    assert thrice == {
        "MACs": "30", "share of MACs": "30.0 %", "FLOPs": "60", "parameters": "3",
        "bytes read": "120", "bytes written": "15", "runs": "3", "MACs of a run": "10",
    }  # fmt: skip
    calls = figures_of(node(), node(7, params=0), node(7))
    assert (calls["MACs"], calls["runs"], calls["MACs of a run"]) == ("24", "3", "10 or 7")
    assert calls["parameters"] == "6"
    open_ = figures_of(node(executions=None, executions_range=(2, None)))
    assert (open_["MACs"], open_["runs"], open_["share of MACs"]) == (
        "at least 20", "at least 2", "unknown",
    )  # fmt: skip
    none = figures_of(node(0, executions=None, executions_range=(0, None)))
    assert (none["MACs"], "share of MACs" in none, "MACs of a run" in none) == ("0", False, False)
    never = figures_of(node(None, executions=0, executions_range=(0, 0)))
    assert (never["MACs"], never["runs"]) == ("0", "0")
    assert figures_of(node(None))["MACs"] == "unknown"
    assert figures_of(node(), whole=0)["share of MACs"] == "unknown"
    assert figures_of(node(), complete=False)["share of MACs"] == "unknown"
    assert figures_of(node(), partly=True)["MACs"] == "10"
    assert figures_of(node(scope="f"), partly=True)["MACs"] == "at least 10"
    assert figures_of(node(scope="f"))["MACs"] == "10"
    lower = node(cost=some(certainty=Certainty.LOWER_BOUND))
    assert figures_of(node(), lower)["FLOPs"] == "at least 40"


def test_totals_of_a_model_say_where_they_are_at_least() -> None:
    total = some(macs=5000, macs_range=(5000, 5000), complete=True, flops=9, flops_range=(9, None),
                 flops_complete=False, params=7, weight_bytes=28,
                 peak_activation_bytes=None)  # fmt: skip
    stored = some(certainty=Certainty.LOWER_BOUND, buffers=1)
    assert dict(totals(some(totals=total, parameters=stored))) == {
        "MACs": "5,000", "FLOPs": "at least 9", "parameters": "at least 7", "buffers": "1",
        "weight bytes": "28", "peak bytes": "unknown",
    }  # fmt: skip
    assert [_total(5, (5, 5), complete) for complete in (True, False)] == ["5", "at least 5"]


def fit(**about: Any) -> Any:
    made = {"target": "cpu", "name": "CPU", "version": "1.0", "verdict": "whole", "certain": True,
            "partitions": 1, "supported": 9, "nodes": 9, "macs_share": 1.0, "blockers": (),
            "edits": (), "needs": ""}  # fmt: skip
    return some(**made | about)


def blocker(op_type: str = "Warp", **about: Any) -> Any:
    made = {"op_type": op_type, "reason": "is unknown", "count": 1, "node": "n1", "certain": True}
    return some(**made | about)


def told(*fits: Any) -> list[str]:
    item = some(targets=fits, model=some(path="m.onnx"))
    return lines(targets.text(cast("Any", some(items=(item,))), PLAIN))


def test_reasons_are_told_of_three_targets_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "_reasons", lambda fits: [f"reasons of {len(fits)}"])
    monkeypatch.setattr(targets, "_help", lambda _: ())
    for count, reasons in ((1, True), (3, True), (4, False)):
        fits = [fit(target=f"t{number}") for number in range(count)]
        assert (f"reasons of {count}" in told(*fits)) is reasons, count


def test_targets_are_a_table_with_what_blocks() -> None:
    assert told(
        fit(),
        fit(
            target="gpu",
            verdict="split",
            partitions=3,
            supported=1200,
            nodes=1300,
            macs_share=0.5,
            blockers=(blocker(count=4),),
        ),
        fit(
            target="npu",
            verdict="split",
            partitions=1,
            certain=False,
            macs_share=None,
            blockers=(blocker(reason="Warp is not there"),),
        ),
        fit(target="old", verdict="no", blockers=(blocker("", reason="opset " + "9" * 60),)),
    ) == [
        "m.onnx",
        "  target  verdict      operators  MACs  what blocks",
        "  cpu     whole              9/9 100.0%",
        "  gpu     3 parts     1,200/1,300 50.0%  Warp ×4: is unknown",
        "  npu     ~1 part            9/9        Warp is not there",
        f"  old     no                 9/9 100.0%  opset {'9' * 32}…",
    ]
    found = told(*[fit()] * 3)
    assert len(found) == 5


def test_reasons_are_told_where_few_targets_were_asked_about() -> None:
    ways = tuple(blocker(f"Op{n}") for n in range(13))
    doubt = blocker("", reason="the opset", node="", certain=False)
    found = told(fit(verdict="no", blockers=(doubt, blocker(count=2)), needs="2.0"), fit())
    assert found[4:] == [
        "", "What blocks on CPU 1.0:", "  perhaps: the opset",
        "  Warp: is unknown (2 operators, first n1)", "  cpu runs all of it from version 2.0 on.",
    ]  # fmt: skip
    many = told(fit(blockers=ways))
    assert many[-1] == "  … and 1 more reason"
    assert len([line for line in many if "is unknown (1 operator, first n1)" in line]) == 12
    assert "more reason" not in "".join(told(fit(blockers=ways[:12])))
    assert len(told(*[fit(blockers=ways)] * 4)) == 6


def test_what_would_help_is_told_with_what_comes_of_it() -> None:
    edit = some(text="cast to float32", verdict="whole", partitions=1)
    parts = some(text="cast to float32", verdict="split", partitions=2)
    found = told(fit(edits=(edit,)), fit(target="gpu", edits=(parts,)))
    assert found[-3:] == [
        "", "What would help (each was tried):", "  cast to float32 → cpu whole, gpu 2 parts",
    ]  # fmt: skip
    assert targets._cut("abcdef", 6) == "abcdef"
    assert targets._cut("abcdefg", 6) == "abcde…"


def test_models_are_parted_by_a_blank_line() -> None:
    item = some(targets=(), model=some(path="m.onnx"))
    found = targets.Deployments((item, Failure("bad.onnx", "the file is empty")))
    assert lines(targets.text(found, PLAIN))[2:] == [
        "", "bad.onnx: cannot judge: the file is empty",
    ]  # fmt: skip
    assert [each.path for each in found.models] == ["m.onnx"]


@pytest.mark.parametrize(
    ("coefficients", "text"),
    [
        ((0, 0), "0"), ((5,), "5"), ((0, 1), "n"), ((7, 1, 2), "2·n² + n + 7"),
        ((0, -3, 1), "n² − 3·n"), ((0, 0, 0, 4), "4·n³"), ((0, 0, 0, 0, 1), "n⁴"),
        ((Fraction(1, 2), Fraction(67785, 16)), "67,785/16·n + 1/2"),
    ],
)  # fmt: skip
def test_a_polynomial_has_its_highest_power_first(
    coefficients: tuple[Fraction | int, ...], text: str
) -> None:
    assert studies.polynomial(tuple(map(Fraction, coefficients))) == text


def test_growth_is_told_in_words_and_samples() -> None:
    growth = some(axes=(("ids", 1), ("mask", 0)), dim="n", kind="quadratic", step=4,
                  coefficients=(Fraction(0), Fraction(2)), reason="rounded",
                  samples=tuple((n, 1000 * n) for n in range(1, 8)))  # fmt: skip
    assert studies.growth_text(cast("Any", [growth])) == (
        "n (ids axis 1, mask axis 0): quadratic\n  MACs = 2·n  at multiples of 4\n  rounded\n"
        "  n = 1: 1 kMAC, n = 2: 2 kMAC, n = 3: 3 kMAC, n = 4: 4 kMAC, n = 5: 5 kMAC\n"
    )
    plain = some(axes=(), dim="n", kind="linear", step=1, coefficients=(Fraction(0), Fraction(2)),
                 reason="", samples=())  # fmt: skip
    assert studies.growth_text(cast("Any", [plain])) == "n (): linear\n  MACs = 2·n\n"
    assert studies.growth_text([]).startswith("the file fixes every input dimension")


def convention(**about: Any) -> Any:
    made = {"name": "ours", "count": 100, "unit": "MACs", "complete": True, "exact": True,
            "reason": "", "counts": "products", "differs": "—", "source": "us"}  # fmt: skip
    return some(**made | about)


def test_conventions_say_how_they_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [convention(), convention(name="other", count=250, exact=False, differs="adds",
                                     reason="guessed"),
            convention(name="least", count=50, complete=False, exact=False, reason="part"),
            convention(name="none", count=None, complete=False, exact=False)]  # fmt: skip
    monkeypatch.setattr(studies, "conventions", lambda _: rows)
    text = studies.conventions_text(cast("Any", some(totals=some(macs=100))))
    table, *rest = text.split("\n\n")
    assert [line.split() for line in table.splitlines()[1:]] == [
        ["ours", "100", "MACs", "1.000", "exact"],
        ["other", "250", "MACs", "2.500", "approximate"],
        ["least", "≥", "50", "MACs", "0.500", "at", "least"],
        ["none", "unknown", "MACs", "unknown", "at", "least"],
    ]
    assert rest[:3] == [
        "ours: products.\n  source: us",
        "other: products.\n  differs: adds\n  approximate: guessed\n  source: us",
        "least: products.\n  at least: part\n  source: us",
    ]
    assert studies._ratio(5, 0) == "unknown"


DEFAULT = SettingOrigin("default")
FILE = SettingOrigin("file", "onnxlint.toml", 7)


def test_origins_of_settings_are_said_in_words() -> None:
    kinds = (DEFAULT, FILE, SettingOrigin("file", "onnxlint.toml"),
             SettingOrigin("models", "onnxlint.toml", 9, "big/*"),
             SettingOrigin("command line", flag="--weights"))  # fmt: skip
    assert [each.text for each in kinds] == [
        "default", "onnxlint.toml:7", "onnxlint.toml", 'onnxlint.toml:9 [[models]] "big/*"',
        "--weights",
    ]  # fmt: skip


def in_force(**about: Any) -> SettingsInForce:
    made: dict[str, Any] = {"model": None, "configuration": "", "settings": (), "models": (),
                            "rules": (), "skipped_rules": ()}  # fmt: skip
    return SettingsInForce(**made | about)


def test_settings_are_told_one_a_line() -> None:
    found = in_force(
        configuration="onnxlint.toml",
        settings=(
            Setting("weights", True, FILE), Setting("count", "macs", DEFAULT),
            Setting("budget", None, DEFAULT), Setting("select", ("A", "B", "C"), DEFAULT),
            Setting("ignore", ("A", "B", "C"), FILE), Setting("k" * 45, 5, FILE),
            Setting("limits.nodes", 5, DEFAULT), Setting("limits.bytes", 5, DEFAULT),
            Setting("options.SEP001.min", 5, DEFAULT), Setting("limits.depth", 5, FILE),
        ),
        models=(ModelsSettings("big/*", 9, (Setting("weights", False, FILE),)),),
        rules=tuple(AppliedRule(f"R{n}", "r", "info") for n in range(13)),
        skipped_rules=("W1",),
    )  # fmt: skip
    assert lines(settings.text(found, PLAIN)) == [
        "onnxlint.toml",
        "",
        *(
            f"{key:<12} = {value:<20}  {where}"
            for key, value, where in (
                ("weights", "true", "onnxlint.toml:7"),
                ("count", '"macs"', "default"),
                ("budget", "unset", "default"),
                ("select", '["A", "B", … 1 more]', "default"),
                ("ignore", '["A", "B", "C"]', "onnxlint.toml:7"),
                ("k" * 45, "5", "onnxlint.toml:7"),
                ("limits.depth", "5", "onnxlint.toml:7"),
            )
        ),
        "… 2 limits and 1 option of rules at their defaults: --format json has them",
        "",
        '[[models]] "big/*"  onnxlint.toml:9',
        "weights = false  onnxlint.toml:7",
        "",
        "13 rules applied",
        "R0 R1 R2 R3 R4 R5 R6 R7 R8 R9 R10 R11",
        "R12",
        "",
        "1 rule for --weights",
        "W1",
    ]


def test_settings_of_a_model_leave_the_tables_to_it() -> None:
    found = in_force(model="m.onnx", models=(ModelsSettings("big/*", None,
                     (Setting("weights", False, FILE),)),))  # fmt: skip
    assert lines(settings.text(found, PLAIN)) == [
        "m.onnx: no configuration file", "", "", '[[models]] "big/*"  ', "", "0 rules applied",
    ]  # fmt: skip
    pair = Setting("select", ("A", "B"), DEFAULT)
    assert settings._briefly(pair) == '["A", "B"]'


def test_a_page_has_the_scripts_that_it_has_a_use_for() -> None:
    def left_out(growth: tuple[str, ...], stops: str | None) -> set[str]:
        return {*FILES} - {*needed(cast("Any", some(growth=growth, stops=stops)))}

    assert left_out(("n",), "stops") == left_out(("n",), None) == set()
    assert left_out((), "stops") == {"growth"}
    assert left_out((), None) == {"growth", "sizes"}


def shares(macs: dict[str, int], params: dict[str, int], **about: Any) -> list[Any]:
    found = some(
        totals=some(macs_by_kind=macs, params_by_kind=params, whole=about.get("whole", 1),
                    macs_range_by_kind=about.get("ranges", {})),
        nodes=about.get("nodes", ()),
    )  # fmt: skip
    return [*summary.shares(cast("Any", found))]


def test_kinds_of_less_than_a_two_thousandth_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "coefficients", lambda _: {})
    rows = shares({"MatMul": 9990, "Conv": 5, "Relu": 5}, {"MatMul": 100})
    assert [(row.kind, row.macs, row.macs_share) for row in rows] == [
        ("MatMul", 9990, 0.999), ("Conv", 5, 0.0005), ("Relu", 5, 0.0005),
    ]  # fmt: skip
    few = shares({"MatMul": 10000, "Conv": 4, "Relu": 3}, {"MatMul": 10000, "Relu": 5}, whole=None)
    assert [(row.kind, row.macs, row.params, row.macs_share) for row in few] == [
        ("MatMul", 10000, 10000, None), ("all others", 7, 5, None),
    ]  # fmt: skip
    kept = shares({"MatMul": 10000, "Conv": 4}, {"Conv": 1})
    assert [row.kind for row in kept] == ["MatMul", "Conv"]
    many = shares({f"K{n}": 100 - n for n in range(11)}, {})
    assert [row.kind for row in many] == ["all others", *(f"K{n}" for n in range(9))]
    assert many[0].macs == 91 + 90
    open_ = shares({"A": 10}, {}, ranges={"B": (0, 4), "C": (2, None), "A": (10, 20)})
    assert [(row.kind, row.macs, row.macs_range) for row in open_] == [
        ("A", 10, (10, 20)), ("B", 0, (0, 4)), ("C", 0, (2, None)),
    ]  # fmt: skip
    unknown = some(kind="Warp", counted=1, composite=False, macs=None, params=5, domain="acme",
                   op_type="Warp")  # fmt: skip
    none = shares({"A": 10}, {"Warp": 5}, nodes=(unknown,))
    assert none[1] == KindRow("Warp", "other2", None, 0, 5, 1, 0, None)
    for changes in ({"counted": 0}, {"composite": True}, {"macs": 0}):
        nodes = (some(**vars(unknown) | changes),)
        assert shares({"A": 10}, {"Warp": 5}, nodes=nodes)[1].macs == 0
    joined = some(kind="Concat", counted=1, composite=False, macs=0, params=5, domain="",
                  op_type="Concat")  # fmt: skip
    free, added = (
        some(**vars(joined) | changes) for changes in ({"params": 0}, {"op_type": "Add"})
    )
    made: tuple[tuple[tuple[Any, ...], str], ...] = (
        ((free, joined, joined), "tensors that Concat joins or moves"),
        ((added, joined), "tensors that Concat joins or moves"),
        ((free, added), "Concat"),
    )
    for group, name in made:
        assert shares({"A": 10}, {"Concat": 5}, nodes=group)[1].kind == name


def test_unknown_costs_are_counted_by_operator_and_reason() -> None:
    def op(macs: int | None, reason: str = "", **about: Any) -> Any:
        made = {
            "counted": 1, "composite": False, "macs": macs, "domain": "", "op_type": "Warp",
            "inputs": ("x", ""), "outputs": (some(name="y"),), "cost": some(reason=reason),
        }  # fmt: skip
        return some(**made | about)

    found = summary.coverage([
        op(5), op(None, "no shape (x)"), op(None, "no shape (y)"), op(None, op_type="A"),
        op(None, domain="com.acme"), op(None, domain="ai.onnx", op_type="A"),
        op(None, counted=0), op(None, composite=True),
    ])  # fmt: skip
    assert found == Coverage(1, 6, (
        Missing("A", 2, "no reason given"), Missing("Warp", 2, "no shape"),
        Missing("com.acme.Warp", 1, "no reason given"),
    ))  # fmt: skip
    assert (found.complete, found.share, Coverage(0, 0, ()).share) == (False, 1 / 6, 1)
    assert Coverage(2, 2, ()).complete
    assert summary.opsets({"com.b": 1, "": 17}) == "ai.onnx 17, com.b 1"
    assert summary.opsets({}) == "none"


def test_layers_that_may_run_and_that_no_total_counts_are_told() -> None:
    def layer(counted: int, most: int | None, macs: int | None = 8, composite: bool = False) -> Any:
        return some(macs=macs, composite=composite, counted=counted, executions_range=(0, most))

    told = [layer(0, 1), layer(0, None)]
    others = [layer(1, 1), layer(0, 0), layer(0, 1, None), layer(0, 1, composite=True)]
    assert layers.uncounted([*told, *others]) == len(told)


def test_limits_of_a_device_part_layers() -> None:
    device = Device("d", 100.0, 10.0)
    rows = [LayerGroup("a", "", "", "", 1, n, 0, intensity)
            for n, intensity in ((1, 9.9), (2, 10.0), (4, None), (8, 0.0))]  # fmt: skip
    assert device.ridge == 10
    assert memory.below_ridge(rows, device) == (9, 11)
    assert device.seconds(50, 9) == 1.0, "a multiply-accumulate is two operations"
    assert device.seconds(50, 11) == 1.1
    for macs, peak, type_ in (
        ({"float32": 5}, 156e12, "TF32"), ({}, 156e12, "TF32"), ({"unknown": 9}, 156e12, "TF32"),
        ({"float16": 5, "float32": 4}, 312e12, "float16"), ({"int8": 5}, 624e12, "int8"),
    ):  # fmt: skip
        facts = cast("Any", some(totals=some(macs_by_arithmetic=macs)))
        assert memory.example(facts) == Device(memory.EXAMPLE.name, peak, 1555e9, type_)
    for peaks, found in (
        ({"float32": 7}, Device("some", 14, 5)), ({"int8": 9}, Device("some", 18, 5, "int8")),
        ({}, memory.EXAMPLE),
    ):  # fmt: skip
        own = some(name="some", bandwidth=5.0, fastest=peaks.get, instead={})
        assert memory.roof_of(cast("Any", own), facts) == found
    stored = some(weights=0, buffers=2, quantization=0, positions=0, masks=3, constants=0)
    assert memory.roles(cast("Any", some(parameters=stored))) == (
        RoleRow(
            "weights",
            0,
            "values in the place of weights, trained or not: filter banks and windows, too",
        ),
        RoleRow("buffers", 2, "running means and variances of batch normalisation"),
        RoleRow("masks", 3, "masks of attention scores, or constants of such a shape"),
    )


def layer(**about: Any) -> Any:
    values = {"non_finite": 0, "constant": False, "elements": 99, "denormals": 0,
              "fp16_overflow": 0.0, "sparsity": 0.0}  # fmt: skip
    values.update({key: about.pop(key) for key in [*about] if key in values})
    return some(values=some(**values), kernel=about.get("kernel"), filters=about.get("filters"))


FILTERS = some(dead_count=2, filters=8, redundant=0, unread_count=0, inputs=4)


@each(
    ("found", "said"),
    [
        (layer(), []),
        (layer(non_finite=1), ["1 value infinite or not a number"]),
        (layer(constant=True), ["all values are equal"]),
        (layer(constant=True, elements=16, filters=FILTERS), ["all values are equal"]),
        (layer(constant=True, elements=15), []),
        (layer(constant=True, elements=15, filters=FILTERS),
         ["2 of 8 filters dead (zero, or next to it)"]),
        (layer(filters=FILTERS), ["2 of 8 filters dead (zero, or next to it)"]),
        (layer(kernel=some(shrinkable=True, effective_taps=9, kernel=(5, 5), effective=(3, 3))),
         ["a 5×5 kernel works like 3×3"]),
        (layer(kernel=some(shrinkable=False, effective_taps=9, kernel=(5,), effective=(3,))), []),
        (layer(kernel=some(shrinkable=True, effective_taps=0, kernel=(5,), effective=(0,))), []),
        (layer(denormals=2), ["2 denormal values, slow on some hardware"]),
        (layer(fp16_overflow=0.25), ["25.0 % of the values overflow float16"]),
        (layer(sparsity=0.5), ["50.0 % of the values are zero"]),
        (layer(sparsity=0.499), []),
        (layer(sparsity=1.0, constant=True, elements=3), []),
    ],
)  # fmt: skip
def test_peculiar_weights_are_said_to_be(found: Any, said: list[str]) -> None:
    assert [*describe(found)] == said


def test_idle_channels_are_counted() -> None:
    idle = some(dead_count=0, filters=8, redundant=3, unread_count=1, inputs=4)
    assert [*_channels(idle)] == [
        "3 of 8 filters that repeat another one", "1 of 4 input channels never read",
    ]  # fmt: skip
    rows = [Oddity("a", "", "x"), Oddity("b", "t", "x"), Oddity("c", "", "x"), Oddity("d", "", "y")]
    assert [(*group.nodes, group.tensor, group.what) for group in together(rows)] == [
        ("a", "c", "", "x"), ("b", "t", "x"), ("d", "", "y"),
    ]  # fmt: skip


def block(kind: str, macs: int | None, params: int = 1, **detail: Any) -> Any:
    return some(kind=kind, macs=macs, params=params, detail=detail, nodes=(f"{kind}{macs}",))


def test_blocks_are_added_up_by_kind_and_alike_ones_by_row() -> None:
    found = some(blocks=[block("a-b", 5), block("a-b", 5), block("c", 30), block("d", None, 4),
                         block("d", 7)], totals=some(whole=100), nodes=(),
                 parameters=some(shared=(), tensors=()))  # fmt: skip
    assert blocks.kinds(cast("Any", found)) == (
        BlockKind("c", 1, 30, 0.3, 1), BlockKind("a b", 2, 10, 0.1, 2),
        BlockKind("d", 2, None, None, 5),
    )  # fmt: skip
    found.totals.whole = None
    assert blocks.kinds(cast("Any", found))[0].share is None
    assert blocks.rows(cast("Any", found))[:2] == (
        BlockRow("a b", ("a-b5", "a-b5"), "", 5, 1, 2), BlockRow("c", ("c30",), "", 30, 1, 1),
    )  # fmt: skip


def test_details_of_a_block_leave_out_what_is_usual() -> None:
    assert blocks.describe({"in_channels": 32, "out_channels": 64, "kernel": "3×3"}) == (
        "32 → 64 channels, kernel 3×3"
    )
    usual = {"stride": 1, "groups": 1, "dilation": 1, "skip": False, "heads": 1}
    assert blocks.describe(usual) == "heads 1"
    assert blocks.describe({"stride": 2, "skip": True, "in_channels": 5}) == "stride 2, skip"
    assert blocks.describe({"projections": 0, "fused": True}) == "fused", "none were taken in"


def test_blocks_tell_where_one_kind_of_layer_does_nearly_all() -> None:
    part = [BlockKind("mlp", 1, 60, 0.6, 1), BlockKind("attention", 1, 40, 0.4, 1)]

    def told(share: float | None, *rows: BlockKind) -> list[tuple[str, float]]:
        kinds = [KindRow("MatMul", "dense", 100, share, 0, 0.0)]
        return [(row.kind, round(row.macs_share or 0, 2)) for row in blocks.by_block(kinds, rows)]

    assert told(0.995, *part) == [("mlp", 0.6), ("attention", 0.4)]
    assert told(0.9949, *part) == told(None, *part) == []
    assert told(1.0, part[0]) == [("mlp", 0.6), ("in no block", 0.4)]
    assert told(1.0, *part, BlockKind("x", 1, 1, 0.01, 1)) == []
    assert told(1.0, BlockKind("x", 1, None, None, 1)) == []
    assert blocks.by_block([], part) == ()


def test_a_block_in_a_function_is_as_many_as_the_calls_of_it() -> None:
    """What a row tells is of one call; a loop's body is one, however often it runs."""

    def found(*around: tuple[str, str]) -> list[tuple[int, int | None, int]]:
        nodes = {"a": ("", 1), "b": ("acme", 3), "c": ("acme", 0)}
        stub = SimpleNamespace(
            parameters=SimpleNamespace(shared=(), tensors=()),
            nodes=[SimpleNamespace(composite=True, domain=domain, op_type=op)
                   for domain, op in around],
            blocks=[Block("mlp", ("a",), 10, 5), Block("mlp", ("b", "d"), 30, 7),
                    Block("mlp", ("c",), None, 9), Block("mlp", ("a", "e"), 10, 5)],
        )  # fmt: skip

        class Made(SimpleNamespace):
            def __getitem__(self, node: str) -> SimpleNamespace:
                return SimpleNamespace(counted=nodes[node][1])

        rows = blocks.rows(cast("Any", Made(**vars(stub))))
        assert [row.nodes for row in rows] == [("a", "a"), ("b",), ("c",)]
        return [(row.count, row.macs, row.params) for row in rows]

    once = [(2, 10, 5), (1, 30, 7), (1, None, 9)]
    assert found() == found(("", "If")) == once
    assert found(("acme", "f")) == found(("acme", "f"), ("", "If")) == [
        (2, 10, 5), (3, 10, 7), (1, None, 9),
    ]  # fmt: skip
    assert found(("acme", "f"), ("", "Loop")) == found(("", "Scan")) == once


def module(path: str, macs: int, *children: Module, params: int = 0, nodes: int = 1) -> Module:
    name = path.rpartition(".")[2]
    return Module(path, name, "Cls", macs, params, nodes, True, children,
                  macs_range=(macs, macs))  # fmt: skip


def test_modules_that_are_alike_are_one_row() -> None:
    layers = [module(f"m.layer.{n}", 30, nodes=2) for n in range(3)]
    inner = module("m.layer", 90, *layers, nodes=6)
    wrapper = module("m.wrap", 10, module("m.wrap.in", 10, nodes=3), nodes=3)
    root = module("", 100, inner, wrapper, module("m.none", 0), module("m.held", 0, params=5))
    found = modules.rows(cast("Any", some(modules=root, totals=some(whole=100))))
    assert found == (
        ModuleRow("m.layer", 1, "", "Cls", "90", 90, 0.9, 0, 6, 90),
        ModuleRow("m.layer.0", 3, "2", "Cls", "30", 30, 0.3, 0, 2, 0),
        ModuleRow("m.wrap", 1, "", "Cls", "10", 10, 0.1, 0, 3, 10),
        ModuleRow("m.held", 1, "", "Cls", "0", 0, 0.0, 5, 1, 0),
    )
    assert modules.count(cast("Any", some(modules=root))) == 8
    assert modules.outside(cast("Any", some(modules=root, totals=some(whole=100)))) is None
    part = module("", 400, inner, params=3, nodes=9)
    rest = modules.outside(cast("Any", some(modules=part, totals=some(whole=400))))
    assert rest == ModuleRow("", 1, "", "", "310", 310, 0.775, 3, 3, 310)
    for macs, params in ((1, 0), (0, 3)):
        whole = some(modules=module("", 90 + macs, inner, params=params, nodes=9),
                     totals=some(whole=None))  # fmt: skip
        little = ModuleRow("", 1, "", "", str(macs), macs, None, params, 3, macs)
        assert modules.outside(cast("Any", whole)) == little
    for bare in (None, module("", 100), module("", 100, module("m.none", 0))):
        assert modules.outside(cast("Any", some(modules=bare, totals=some(whole=100)))) is None
    assert modules.count(cast("Any", some(modules=None))) == 0
    assert modules.rows(cast("Any", some(modules=None))) == ()
    open_ = modules.rows(cast("Any", some(modules=root, totals=some(whole=None))))
    assert {row.share for row in open_} == {None}


def test_modules_with_gaps_between_their_numbers_are_named() -> None:
    for names, told in (
        ("1", ""), ("1 3", ""), ("1 2 3", ""), ("1 3 5", ", 3, 5"), ("1 2 3 5", "–3, 5"),
        ("1 3 4 5 8", ", 3–5, 8"), ("q k v", ", k, v"), ("l_9 l_10 l_11", ""),
        ("l_1 l_2 r_3", "–2, r_3"), ("l1 l3 l4", ", l3–4"),
        ("1 3 5 7 9", ", 3, 5, 7, 9"), ("1 3 5 7 9 11 13", ", 3, 5, 7, …, 13"),
    ):  # fmt: skip
        alike = tuple(module(f"m.{name}", 1) for name in names.split())
        assert modules._gaps(alike) == told, names


def test_24_modules_down_to_the_fourth_level_are_shown() -> None:
    def chain(depth: int) -> Module:
        path = ".".join("m" * (8 - depth))
        inner = (chain(depth - 1), module(f"{path}.x", 1)) if depth else ()
        return module(path, 10 * depth + 1, *inner, nodes=depth + 1)

    found = modules.rows(cast("Any", some(modules=chain(6), totals=some(whole=100))))
    assert max(row.path.count(".") for row in found if not row.path.endswith("x")) == 5
    many = module("", 900, *(module(f"m{n:02d}", n + 1) for n in range(30)))
    rows = modules.rows(cast("Any", some(modules=many, totals=some(whole=900))))
    assert [row.path for row in rows] == [f"m{n:02d}" for n in range(29, 5, -1)]
    assert replace(rows[0], macs=0).macs == 0


def test_an_operator_has_the_shape_of_its_first_output() -> None:
    found = facts(
        "g (float[8,6] x) => (float[8,2] a, float[8,4] b, float[8,4] y) <float[6,4] w = {0}, "
        "int64[2] s = {2, 4}> { a, b = Split <axis = 1> (x, s)  y = MatMul (x, w) }"
    )
    assert list(_table(found, Style())) == [
        "name  operator  output  MACs  FLOPs  params  runs  tags",
        "a     Split        8×2     0      0       0     1",
        "y     MatMul       8×4   192    384      24     1",
    ]
    for letters, shown in ((44, "n" * 44), (45, f"{'n' * 22}…{'n' * 21}")):
        long = "n" * letters
        found = facts(f"g (float[1] x) => (float[1] {long}) {{ {long} = Neg (x) }}")
        assert [*_table(found, Style())][1].split()[0] == shown
