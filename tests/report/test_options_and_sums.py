"""Options, devices and arithmetic of a report, of facts made for them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache as once
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from analyzer.devices import SHIPPED
from analyzer.facts import Certainty
from analyzer.report import netron
from analyzer.report.explained import conversions, layers, prose, shares, sizes
from analyzer.report.explained import memory as explained_memory
from analyzer.report.explained import totals as explained_totals
from analyzer.report.explained.actions import _saved
from analyzer.report.view import assumed, deployment, devices, joint, matrix
from analyzer.report.view.action import Action
from analyzer.report.view.conversion import Conversion
from analyzer.report.view.deployment import TargetRow
from analyzer.report.view.explained import Explained, Summand
from analyzer.report.view.growth import GrowthPoint, GrowthRow
from analyzer.report.view.matrix import MatrixCell, MatrixEntry
from analyzer.report.view.options import forest, pruned, transformer
from analyzer.report.view.options.form import SmallerForm
from analyzer.scaling import Grown, Joint
from analyzer.scaling.joint import OpenStop
from analyzer.smaller.cache import cache
from analyzer.smaller.heads import attention_layers
from tests.golden.text import facts

if TYPE_CHECKING:
    from analyzer.facts import Facts


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


@once
def small() -> Facts:
    text = ", ".join
    return facts(
        "g (float[1,3,8,8] x) => (float[1,4,8,8] y) "
        f"<float[4,3,3,3] w = {{{text('0' * 108)}}}, float[4,4,1,1] k = {{{text('0' * 16)}}}> "
        "{ c = Conv <pads = [1, 1, 1, 1]> (x, w)  y = Conv (c, k) }"
    )


CONV, POINT = small().nodes


def test_a_usual_device_stands_for_all_that_ship_and_else_the_first() -> None:
    def main(*ids: str) -> str:
        found = devices.main_device(cast("Any", [some(id=each) for each in ids]))
        return found.id if found else ""

    assert main() == ""
    assert main("a", "rpi5") == "a"
    assert main(*SHIPPED) == "rpi5"
    assert main(*SHIPPED[1:]) == SHIPPED[1]


def test_devices_are_idle_where_nothing_takes_time_or_memory() -> None:
    def idle(**about: Any) -> bool:
        made: dict[str, Any] = {"per_second": None, "missing": (), "runs": "", "peak": 0.009,
                                "weights": 0.009}  # fmt: skip
        made |= about
        return devices.is_idle(cast("Any", [some(**made), some(**made | {"peak": 0.0})]))

    assert idle()
    assert not idle(per_second=5.0)
    assert not idle(missing=("int4",))
    assert not idle(runs="no")
    assert not idle(peak=None)
    assert not idle(peak=0.01)
    assert not idle(weights=0.01)
    assert not devices.is_idle([])


def totals(**about: Any) -> Any:
    made: dict[str, Any] = {
        "whole": None, "certainty": Certainty.ASSUMED, "macs": 9, "macs_range": (4, 9),
        "macs_by_precision": {}, "macs_by_arithmetic": {},
    }  # fmt: skip
    return some(totals=some(**made | about))


def test_times_are_bounds_of_the_fewest_macs_of_a_run() -> None:
    assert devices.fewest(totals()) == 4
    assert devices.fewest(totals(whole=9)) is None
    assert devices.fewest(totals(certainty=Certainty.UNKNOWN)) is None
    packed = totals(macs_by_precision={"int4": 5, "float32": 4}, macs_by_arithmetic={"float32": 9})
    assert devices.unpacked(packed) == ("float32",)
    packed.totals.macs_by_arithmetic = {"float32": 4, "int4": 5}
    assert devices.unpacked(packed) == ()


def test_rates_are_told_where_a_time_is_their_sum() -> None:
    device = cast("Any", some(fastest={"float32": 5.0, "int8": None}.get))

    def rates(by: dict[str, int], ends: tuple[int, int] = (9, 9)) -> dict[str, float]:
        return devices._rates(totals(macs_by_arithmetic=by, macs_range=ends), device)

    assert rates({"float32": 9}) == {"float32": 5.0}
    assert rates({"float32": 4, "int8": 5}) == {}
    assert rates({"float32": 9}, (4, 9)) == {}


def test_all_that_can_be_done_is_a_table_of_impact_by_effort() -> None:
    action = Action("A", "a", "Do a: c1", "Do a", "", 1, "warning", "high", "low", "low", "high",
                    100, 0, 0, 0, "", None, None, False)  # fmt: skip
    form = SmallerForm("F", "Do f", "", "medium", None, 1, 2, "", "", None, None, "high", "low", "",
                       "high", "")  # fmt: skip
    assert matrix.matrix([], []) == ()
    assert [row.impact for row in matrix.matrix([action], [])] == ["high"]
    found = matrix.matrix([action], [form])
    assert [(row.impact, [len(cell.entries) for cell in row.cells]) for row in found] == [
        ("high", [1, 0, 0]), ("medium", [0, 0, 1]),
    ]  # fmt: skip
    assert found[0].cells[0].entries == (MatrixEntry("rule-A", "Do a", "Do a: c1"),)
    assert found[1].cells[2].entries == (MatrixEntry("form-F", "Do f", "Do f"),)
    tidy = [replace(action, rule=f"T{n}", impact="low", tool="onnxslim", title=f"Tidy {n}")
            for n in range(2)]  # fmt: skip
    (high, low) = matrix.matrix([action, *tidy], [])
    assert high.cells[0].entries[0].name == "Do a"
    assert low.cells[0].entries == (
        MatrixEntry("rule-T0", "Clean up with onnxslim: Do a", "Tidy 0; Tidy 1"),
    )  # fmt: skip
    four = [replace(tidy[0], rule=f"T{n}", does=f"Tidy {n}") for n in range(4)]
    (low,) = matrix.matrix(four, [])
    name = "Clean up with onnxslim: Tidy 0; Tidy 1; Tidy 2; and 1 more"
    assert low.cells[0].entries[0].name == name
    harder = replace(tidy[1], effort="high")
    (_, low) = matrix.matrix([action, tidy[0], harder], [])
    assert [len(cell.entries) for cell in low.cells] == [1, 0, 0]
    (high, low) = matrix.matrix([action, tidy[0]], [])
    assert low.cells[0].entries == (MatrixEntry("rule-T0", "Do a", "Tidy 0"),)
    (high, _) = matrix.matrix([
        replace(action, confidence="low"), replace(action, slower=True, device="Pi"), action,
    ], [form])  # fmt: skip
    assert [entry.name for entry in high.cells[0].entries] == [
        "Do a (may be slower: measure)", "Do a (slower on Pi)", "Do a",
    ]  # fmt: skip
    threat = replace(action, rule="T", against=True, impact="medium")
    rows = [replace(action, rule="U", pressing=True), threat, replace(action, rule="V", edit="ir"),
            replace(action, rule="W", pressing=True, shares=True),
            replace(action, rule="X", figures=True, impact="low")]  # fmt: skip
    found = matrix.matrix(rows, [])
    assert [row.impact for row in found] == [
        "against use", "before use", "before sharing", "high", "figures",
    ]  # fmt: skip
    assert [row.cells[0].entries[0].anchor for row in found] == [
        "rule-T", "rule-U", "rule-W", "targets", "rule-X",
    ]  # fmt: skip
    many = [replace(action, rule=f"R{n}") for n in range(6)]
    for count, shown, more in ((5, 5, 0), (6, 4, 2)):
        (row,) = matrix.matrix(many[:count], [])
        assert (len(row.cells[0].entries), row.cells[0].more) == (shown, more)
    assert matrix._cell([]) == MatrixCell((), 0)


def test_a_page_adds_up_no_more_than_its_script_can() -> None:
    size = OpenStop("n", 5, 1, 1, 2)

    def shown(*factors: tuple[int, int]) -> bool:
        macs = tuple(Grown("", "", (2,), ((1, -1), pair)) for pair in factors)
        found = Joint((size,), (1.0,), (1.0,), ((1,),), macs, 1, ((1,),), False)
        return joint._shown(found) is not None

    limit = (1 << 53) // 4  # 2² as much at the largest size
    assert shown((limit - 1, 0))
    assert not shown((0, limit))
    assert not shown((1, -limit))
    assert not shown((limit // 2, 0), (limit // 2, 0))
    assert shown((limit // 2, 0), (limit // 2 - 1, 0))


def fit(**about: Any) -> Any:
    made = {"target": "cpu", "name": "CPU", "version": "1.0", "verdict": "whole", "partitions": 2,
            "supported": 3, "nodes": 4, "macs_share": 0.5, "blockers": (), "edits": (),
            "certain": True, "maybe": 0, "tested_from": None}  # fmt: skip
    return some(**made | about)


def test_a_target_is_a_row_with_its_first_reason_and_its_best_change() -> None:
    way = some(op_type="Warp", reason="is unknown", count=1, certain=True)
    assert deployment._row(fit(), True) == TargetRow(
        "cpu", "CPU", "1.0", "whole", "whole", 0.75, "3 of 4", 0, 0.5, "", ""
    )
    split = deployment._row(
        fit(verdict="split", blockers=(way, way), edits=(some(text="cast"),)), True
    )
    assert (split.words, split.blocks, split.helps) == (
        "split, 2 parts",
        "Warp: is unknown",
        "cast",
    )
    for about, words in (
        ({"partitions": 1}, "some, in one part"),
        ({"macs_share": 0.0}, "none of the MACs"),
        ({"macs_share": 0.0, "partitions": 1}, "none of the MACs"),
        ({"macs_share": None, "partitions": 1}, "some, in one part"),
    ):
        assert deployment._row(fit(verdict="split", **about), True).words == words
    way.count, way.reason = 3, "Warp is unknown"
    assert deployment._row(fit(blockers=(way,)), True).blocks == "Warp is unknown (3×)"
    for reason, cut in (
        ("; ".join("abcdefghi" * 2), "; ".join("abcdefghi" * 2)),
        ("; ".join(c * 40 for c in "abcd"), "; ".join((40 * "a", 40 * "b", "…", 40 * "d"))),
        ("; ".join(c * 70 for c in "abc"), "; ".join((70 * "a", "…", 70 * "c"))),
        ("a" * 161, "a" * 80 + "…" + "a" * 79),
    ):
        long = some(op_type="Warp", reason=reason, count=1, certain=True)
        assert deployment._row(fit(blockers=(long,)), True).blocks == f"Warp: {cut}"
    assert deployment._row(fit(nodes=0), True).share == 0
    for verdict, words in (("whole", "all known"), ("split", "split, 2 parts"), ("no", "no")):
        assert deployment._row(fit(verdict=verdict, tested_from=7), False).words == words
    assert deployment._row(fit(tested_from=7), True).words == "all known, untested"
    sure, unsure = way, some(**vars(way) | {"certain": False})
    for verdict, undecided in (("split", 7), ("maybe", 7), ("no", 0), ("whole", 0)):
        row = deployment._row(fit(verdict=verdict, maybe=7, blockers=(unsure,)), True)
        assert (row.blocks, row.undecided) == ("Warp is unknown (3×)", undecided)
    open_: tuple[tuple[dict[str, Any], str], ...] = (
        ({"verdict": "maybe", "blockers": (unsure,)}, "maybe"),
        ({"verdict": "maybe", "blockers": (sure, unsure)}, "a part at most"),
        ({"verdict": "split", "macs_share": 0.0, "certain": False}, "a part at most"),
    )
    for given, words in open_:
        assert deployment._row(fit(**given), True).words == words
    for asked, verdict, told in (
        (True, "whole", True),
        (False, "whole", False),
        (False, "no", True),
    ):
        result = some(facts=some(targets=(fit(), fit(verdict=verdict)), problems=(),
                                 conformance=some(grave=0)), findings=(),
                      targets_asked=asked)  # fmt: skip
        assert deployment.is_told(result) is told
        assert len(deployment.rows(result)) == 2 * told
    assert not deployment.is_told(cast("Any", some(facts=some(targets=()), targets_asked=True)))


def test_a_target_is_stuck_with_what_neither_it_nor_the_processor_has() -> None:
    """Where it hands on to ONNX Runtime's own kernels, and these are known to have none."""

    def lacks(op: str, **about: Any) -> Any:
        return some(**{"op_type": op, "code": "operator", "certain": True} | about)

    def stuck(own: Any, other: Any, target: str = "ort_cuda", verdict: str = "split") -> bool:
        first = fit(target="ort_cpu", verdict="no", blockers=(own,))
        each = fit(target=target, verdict=verdict, blockers=(other,))
        return deployment.is_stuck(each, (first, each))

    magic = lacks("ai.acme::Magic")
    assert stuck(magic, magic)
    assert not stuck(magic, magic, "tensorrt")
    assert not stuck(magic, magic, "mine")
    assert not stuck(magic, magic, verdict="whole")
    assert not stuck(lacks("Warp"), magic)
    assert not stuck(lacks("ai.acme::Magic", code="type"), magic)
    assert not stuck(lacks("ai.acme::Magic", certain=False), magic)
    alone = fit(verdict="split", blockers=(magic,))
    assert not deployment.is_stuck(alone, (alone,))


def node(reason: str, **about: Any) -> Any:
    made = {"name": "n", "id": "i", "op_type": "If", "composite": False, "macs_range": (5, 5),
            "counted": 1, "executions_range": (1, 1),
            "cost": some(reason=reason, certainty=Certainty.ASSUMED)}  # fmt: skip
    return some(**made | about)


def choices(*nodes: Any, sized: bool = False) -> tuple[str, ...]:
    return assumed.choices(cast("Any", some(nodes=nodes, assumptions=(1,) if sized else ())))


def test_choices_are_told_once_for_each_reason() -> None:
    a, b = node("r"), node("r", name="", id="j")
    assert choices(a) == ("n: r",)
    assert choices(b) == ("j: r",)
    assert choices(a, b, node("other")) == ("n and 1 more: r", "n: other")
    assert choices(node("")) == choices(node("r", counted=0)) == ()
    exact = some(reason="r", certainty=Certainty.EXACT)
    assert choices(node("r", cost=exact)) == ()
    assert choices(node("with n = 1"), sized=True) == ()
    assert choices(node("with n = 1")) == ("n: with n = 1",)
    body = node("at i the condition depends on data", composite=True, macs_range=(1, 5), cost=some(
        reason="at i the condition depends on data", certainty=Certainty.EXACT))  # fmt: skip
    assert choices(body) == ("n: at i the condition depends on data",)
    assert choices(replace_node(body, executions_range=(0, 0))) == ()
    assert choices(replace_node(body, id="k")) == ()
    other = replace_node(
        body, name="m", cost=some(reason="at i another", certainty=Certainty.EXACT)
    )
    assert choices(body, other) == ("n and 1 more: at i the condition depends on data",)
    open_ = replace_node(other, macs_range=(1, None))
    assert choices(body, open_) == ("n: at i the condition depends on data", "m: at i another")


def replace_node(one: Any, **about: Any) -> Any:
    return some(**vars(one) | about)


GROWTH = GrowthRow("n", "token", 8, 1, 1000, 100.0, 1, 200, 0.0, None, True,
                   (GrowthPoint(8, 1000, 0),))  # fmt: skip


def decoder(monkeypatch: pytest.MonkeyPatch, **about: Any) -> Any:
    found = {"decoder": True, "layers": (some(kept=64, bits=32, heads=8, is_grouped=False),),
             "held": None, "rows": (GROWTH,), "guessed": False} | about  # fmt: skip
    monkeypatch.setattr(transformer, "is_decoder", lambda _: found["decoder"])
    monkeypatch.setattr(transformer, "growth", lambda _: found["rows"])
    monkeypatch.setattr(transformer, "is_guessed", lambda *_: found["guessed"])
    monkeypatch.setattr(transformer, "fewer_heads", lambda layers, parts: (100, 5))
    by = {attention_layers: found["layers"], cache: found["held"]}
    size = some(now=8, axes=(), at=lambda n: Fraction(n * 10))
    return some(
        once=by.get, open_sizes=about.get("sizes", (size,)), blocks=about.get("blocks", ()),
        **vars(small_facts()),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({}, 100),
        ({"decoder": False}, None),
        ({"layers": ()}, None),
        ({"held": "cache"}, None),
        ({"rows": ()}, None),
        ({"rows": (replace(GROWTH, unit="step"),)}, None),
        ({"rows": (replace(GROWTH, step=3),)}, None),
        ({"rows": (replace(GROWTH, size=0),)}, None),
    ],
)
def test_a_decoder_without_a_cache_gets_one(
    about: dict[str, Any], told: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [*transformer._cached(decoder(monkeypatch, **about), None)]
    assert [made.macs for made in found] == ([told] if told is not None else [])
    if found:
        assert found[0].extra == (
            "for each token after the prompt, which takes as much as today; cache 2 KiB, 256 B a "
            "token"
        )


@pytest.mark.parametrize(
    ("about", "tokens", "macs"),
    [
        ({}, "4 tokens instead of 8", 40),
        ({"rows": (replace(GROWTH, size=7),), "sizes": (some(now=7, axes=(), at=lambda n: n),)},
         "3 tokens instead of 7", 3),
        ({"rows": (replace(GROWTH, step=4),)}, "4 tokens instead of 8", 40),
        ({"rows": (replace(GROWTH, step=8),)}, "", 0),
        ({"rows": (replace(GROWTH, size=1),)}, "", 0),
        ({"guessed": True}, "", 0),
        ({"sizes": (some(now=9, axes=()),)}, "", 0),
        ({"rows": ()}, "", 0),
    ],
)  # fmt: skip
def test_half_of_the_tokens_is_a_multiple_of_a_step(
    about: dict[str, Any], tokens: str, macs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [*transformer._shorter(decoder(monkeypatch, **about), None)]
    assert [(made.title, made.macs) for made in found] == (
        [(f"Read {tokens}", macs)] if tokens else []
    )


def test_a_fourth_of_the_heads_goes_where_there_are_four(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*layers: tuple[int, bool], **stored: Any) -> Any:
        made = tuple(some(heads=heads, is_grouped=grouped) for heads, grouped in layers)
        known = decoder(monkeypatch, layers=made)
        known.parameters = replace(small().parameters, **stored)
        return [(form.title, form.macs, form.weight_bytes)
                for form in transformer._heads(known, None)]  # fmt: skip

    macs = small().totals.macs - 100
    assert told((8, False)) == [("Keep 6 of 8 heads in every layer", macs, 496 - 4 * 5)]
    assert told((4, False)) == [("Keep 3 of 4 heads in every layer", macs, 476)]
    assert told((8, False), (3, False)) == told((8, True)) == told() == []
    mixed = told((8, False), bytes_by_dtype={"float32": 400, "int8": 96})
    assert mixed == [("Keep 6 of 8 heads in every layer", macs, None)]
    assert told((8, False), bytes_by_dtype={"float32": 496, "int8": 0})[0][2] == 476
    assert told((8, False), weights=0)[0][2] is None


def test_a_cache_of_float32_has_a_half(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(bits: int, size: int) -> list[str]:
        held = some(bits=bits, bytes=size, tokens=4)
        return [
            form.extra for form in transformer._half_cache(decoder(monkeypatch, held=held), None)
        ]

    (known,) = told(32, 4096)
    peak = decoder(monkeypatch).memory.peak_bytes or 0
    share = f"{100 * 2048 / max(4096 + 496, peak):.1f} %"  # 496 bytes of weights
    start = "cache 2 KiB instead of 4 KiB at 4 tokens"
    assert known == f"{start}: at most {share} of the memory of a run"
    assert told(16, 4096) == told(32, 0) == []
    assert [*transformer._half_cache(decoder(monkeypatch), None)] == []


def test_product_weights_are_packed_where_they_are_a_fourth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def told(
        size: int, *, decodes: bool = True, blocks: tuple[Any, ...] = (some(kind="attention"),)
    ) -> Any:
        decoder(monkeypatch, decoder=decodes)
        known = replace(small(), blocks=blocks)
        found = some(bytes=size, nodes=(CONV.id,), packed_bytes=lambda bits: bits)
        monkeypatch.setattr(transformer, "packable", lambda _: found)
        return [
            (form.id, form.risk, form.weight_bytes) for form in transformer._packed(known, None)
        ]

    assert told(124) == [("int4-weights", "medium", 376), ("int8-weights", "low", 380)]
    assert told(123) == told(124, blocks=()) == told(124, blocks=(some(kind="mlp"),)) == []
    assert told(124, decodes=False) == [("int8-weights", "low", 380)]


def trees(count: int, size: int, comparisons: int) -> Any:
    made = some(trees=range(count), bytes=size, comparisons=comparisons)
    made.first = lambda n: some(trees=range(n), bytes=size // 2, comparisons=comparisons // 2)
    return some(**vars(small_facts()) | {"once": lambda _: made})


def small_facts() -> Any:
    return some(parameters=small().parameters, totals=small().totals, memory=small().memory,
                model=small().model)  # fmt: skip


def test_half_of_a_forest_is_worth_it_from_20_trees_on() -> None:
    def told(*about: int) -> list[str]:
        return [form.title for form in forest.forms(trees(*about), None)]

    assert told(20, 2 * 65_536, 10) == ["Keep 10 of 20 trees"]
    assert told(21, 2 * 65_536, 10) == ["Keep 11 of 21 trees"]
    assert told(19, 2 * 65_536, 10) == []
    assert told(20, 2 * 65_535, 999) == []
    assert told(20, 10, 1_000) == ["Keep 10 of 20 trees"]
    found = some(macs=5, outputs=2, inputs=1, bytes=16)
    known = some(**vars(small_facts()) | {"once": lambda _: found})
    (form,) = pruned.forms(known, None)
    assert (form.macs, form.weight_bytes, form.title) == (
        small().totals.macs - 5, 480, "Remove 2 dead and 1 unread channels",
    )  # fmt: skip
    found.macs = 0
    assert [*pruned.forms(known, None)] == []


def test_amounts_are_sizes_in_units() -> None:
    rows = (GROWTH, replace(GROWTH, per=16000), replace(GROWTH, unit="megapixel"),
            replace(GROWTH, unit="megapixel", side=640))  # fmt: skip
    assert [sizes._amount(row) for row in rows] == [
        "8", "(8 / 16000)", "(8 · 8 / 10⁶)", "(8 · 640 / 10⁶)",
    ]  # fmt: skip


def test_depths_are_added_up_where_a_stop_is_of_that_size() -> None:
    """The stops are at twice the width and at the model's: 100 · (width + 1) + 10 · column + depth
    of one kind, half of that twice of another."""

    def at(width: int, column: int, depth: int) -> int:
        return 100 * (width + 1) + 10 * column + depth

    found: Any = some(
        today=(1, 0, 0), sides=((32, 32), (64, 64)), depths=(0.5, 1.0),
        macs_at=lambda *where: 3 * at(*where),
        macs=(some(kind="dense", at=at), some(kind="pool", at=at), some(kind="dense", at=at)),
    )  # fmt: skip
    rows = [some(depth="1", macs=(603, 633, 600)), some(depth="0.5", macs=(602, 630, 600)),
            some(depth="2", macs=(603, 633, 600))]  # fmt: skip
    table: Any = some(columns=[some(sides=each) for each in ("32×32", "64×64", "96×96")],
                      depths=rows)  # fmt: skip
    assert [
        (each.number, each.value, [(part.text, part.label) for part in each.summands])
        for each in sizes._depths(table, found, (Certainty.EXACT, ""))
    ] == [
        ("page.what_if.depths[0].macs[0]", 603, [("402", "dense"), ("201", "pool")]),
        ("page.what_if.depths[0].macs[1]", 633, [("422", "dense"), ("211", "pool")]),
        ("page.what_if.depths[1].macs[1]", 630, [("420", "dense"), ("210", "pool")]),
    ]
    found.sides = ((),)
    table.columns = [some(sides="")]
    table.depths = [some(depth="1", macs=(603,))]
    assert [each.value for each in sizes._depths(table, found, (Certainty.EXACT, ""))] == [603]


def test_runs_of_one_formula_are_a_product() -> None:
    def of(text: str, counted: int = 1, params: int = 1) -> Any:
        return some(cost=some(substitution=text), counted=counted, params=params,
                    params_substitution=text)  # fmt: skip

    nodes = [of("a·b", 2), of("c + d"), of("a·b", 1, 0)]
    assert [part.text for part in layers._macs(nodes)] == ["3 · a·b", "c + d"]
    assert [part.text for part in layers._params([*nodes, of("c + d")])] == ["a·b", "2 · (c + d)"]


def test_a_conversion_is_the_papers_equations() -> None:
    row = Conversion(("c",), "3×3", 3, 4, "8×8", 6912, 2496, 0.3, True, "", ())
    found = {each.number[2:]: each.summands[0].text for each in conversions._row("p", row, [CONV])}
    assert found == {
        "macs_now": "8·8 · 3·3 · 3 · 4", "macs_after": "8·8 · 3 · (3·3 + 4)",
        "theory": "1/4 + 1/9", "saved": "6912 − 2496",
    }  # fmt: skip
    twice = replace(row, macs_now=2 * 6912)
    found = {each.number[2:]: each.summands[0].text
             for each in conversions._row("p", twice, [CONV, CONV])}  # fmt: skip
    assert found["macs_now"] == "2 · 8·8 · 3·3 · 3 · 4"
    assert found["saved"] == "2 · (13824 − 2496)"
    odd = replace(row, macs_now=65 * 108)
    (first, *_) = conversions._row("p", odd, [CONV])
    assert first.summands[0].text == "65 · 3·3 · 3 · 4"


EXACT = (Certainty.EXACT, "")


def test_numbers_of_sentences_are_those_that_are_explained_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prose, "_intensity", lambda _: ())
    values = {"a": 1000, "b": 999, "c": 0.5, "d": 1000, "claims.s.given": 7000, "e": 5.0,
              "f": 2000.0}  # fmt: skip
    found = [Explained(n, v, "x" if n != "d" else "y", (), *EXACT) for n, v in values.items()]
    claim = some(
        id="s", values={
            "macs": 1000, "few": 999, "half": 0.5, "given": 7000, "name": "x", "none": None,
            "whole": 5.0, "large": 2000.0, "other": 1234,
        },
    )  # fmt: skip
    told = prose.told(cast("Any", None), [claim], found)
    assert [(each.number, each.value, each.by) for each in told] == [
        ("claims.s.macs", 1000, "x"), ("claims.s.half", 0.5, "x"), ("claims.s.large", 2000.0, "x"),
    ]  # fmt: skip


def test_flops_are_twice_the_macs_and_what_is_besides() -> None:
    known = some(totals=some(macs=10), nodes=[])
    assert [*explained_totals._flops(known)] == [Summand("2 · 10", "MACs")]
    relu = some(op_type="Relu", composite=False, macs=0, flops=7, counted=2)
    gemm = some(op_type="Gemm", composite=False, macs=10, flops=23, counted=1)
    known.nodes = [relu, gemm, relu]
    assert [(p.text, p.label) for p in explained_totals._flops(known)] == [
        ("2 · 10", "MACs"), ("28", "Relu"), ("3", "Gemm"),
    ]  # fmt: skip
    known.totals.macs = 0
    assert [p.label for p in explained_totals._flops(known)] == ["Relu", "Gemm"]


def test_savings_are_explained_where_their_places_add_up() -> None:
    def told(macs: int, *parts: int | None, **about: Any) -> list[str]:
        ask = some(
            **{"macs": macs, "params": 0, "stored": 0, "traffic": 0, "left_out": ("n2",)} | about
        )
        found = {f"n{n}": some(saving=None if part is None else some(macs=part, params=1), value=4)
                 for n, part in enumerate(parts)}  # fmt: skip
        return [f"{e.number} {e.by} {e.summands[0].text}"
                for e in _saved("p", ask, found, cast("Any", {}))]  # fmt: skip

    assert told(10, 5, 5) == ["p.macs finding 2 · 5"]
    assert told(9, 5, 5) == []
    assert told(10, 5, 5, 5) == told(10, 5, 5), "the third is left out"
    assert told(8, None, None) == ["p.macs finding 2 · 4"]
    assert told(10, 5, 5, params=2, stored=8, traffic=8) == [
        "p.macs finding 2 · 5", "p.params finding.params 2 · 1", "p.stored finding.bytes 2 · 4",
        "p.traffic finding.bytes 2 · 4",
    ]  # fmt: skip


def test_what_lives_at_the_peak_is_told_tensor_by_tensor() -> None:
    def tensor(name: str, size: int | None) -> Any:
        return some(name=name, bytes=size, dtype=None, shape=None, elements=None)

    def told(peak: int, *sizes: int) -> list[tuple[str, str]]:
        alive = [tensor(f"t{n}", size) for n, size in enumerate(sizes)]
        found = explained_memory._alive(alive, peak)
        return [(part.text, part.label) for part in found]

    assert told(9, 5, 4) == [("5", "t0"), ("4", "t1")]
    assert told(12, 5, 4) == [("5", "t0"), ("4", "t1"), ("3", "")]
    assert told(9, *[1] * 8)[6:] == [("3", "2 others")]
    assert told(7, *[1] * 7)[6:] == [("1", "1 other")]


def step(size: int, spared: int) -> Any:
    return some(bytes=size, in_place_bytes=size - spared, node="c")


def lower(*steps: Any, peak: int, fused: int | None = None) -> list[tuple[str, Any, list[str]]]:
    memory = replace(small().memory, timeline=steps, peak_bytes=peak, fused_bytes=fused)
    found = explained_memory._lower(replace(small(), memory=memory))
    return [(e.by, e.value, [p.text for p in e.summands]) for e in found]


def test_what_buffers_spare_is_taken_away() -> None:
    assert lower(step(10, 4), step(8, 1), peak=10) == [("peak.in_place", 7, ["8", "−1"])]
    assert lower(step(8, 0), peak=10) == [("peak.in_place", 8, ["8"])]
    assert lower(step(10, 0), peak=10) == lower(peak=10) == []
    assert lower(step(10, 0), peak=10, fused=5) == [("peak.fused", 5, ["5"])]


def test_shares_of_targets_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "paces", lambda *_: {})
    page = some(targets=[some(share=0.75, macs=0.25), some(share=0.0, macs=None),
                         some(share=0.5, macs=0.3)],
                block_kinds=(), layers=(), modules=(), groups=())  # fmt: skip
    fits = [some(supported=3, nodes=4), some(supported=0, nodes=0), some(supported=1, nodes=2)]
    total = some(macs=8, whole=None, certainty=Certainty.EXACT, reason="")
    known = some(targets=fits, totals=total, modules=None, nodes=())
    found = shares.explain(cast("Any", some(facts=known, places=(), devices=())), cast("Any", page))
    assert [(e.number, e.summands[0].text) for e in found] == [
        ("page.targets[0].share", "3 / 4"), ("page.targets[0].macs", "2 / 8"),
        ("page.targets[2].share", "1 / 2"), ("page.targets[2].macs", "0.3"),
    ]  # fmt: skip


def test_netron_lists_fifty_texts_of_one_name() -> None:
    def listed(count: int) -> list[tuple[str, str]]:
        texts = {("node", "a"): {"R1": {f"t{n}": None for n in range(count)}}}
        return [(each["name"], each["value"]) for each in netron._listed(cast("Any", texts))]

    assert listed(2) == [("R1", "t0"), ("R1 (2)", "t1")]
    assert listed(50)[-1] == ("R1 (50)", "t49")
    assert listed(51)[-2:] == [("R1 (49)", "t48"), ("R1 (50)", "and 2 more")]
    groups = [some(severity=some(value=each)) for each in ("error", "warning", "warning")]
    quiet = some(groups=groups, suppressed=2, accepted=1200, outcome="findings")
    assert netron._verdict(quiet) == (
        "findings: 1 error, 2 warnings, 2 suppressed, 1,200 in the baseline"
    )
    assert netron._verdict(some(groups=(), suppressed=0, accepted=0, outcome="clean")) == "clean"
    names = [netron._naming(some(name=name)) for name in ("c", "")]
    assert names == ["(its name c is not its own)", "(it has no name)"]
