"""Sums over runs, spacings of pages, sentences about targets and stretches of rows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.report import content, fitting, netron_figures, settings, whereabouts
from analyzer.report.claims import advice
from analyzer.report.fitting import MM
from analyzer.report.pagination import Spacing
from analyzer.report.view import actions, audits, conversion, modules, spared, stretches, tiles
from analyzer.report.view.layers import LayerRow
from analyzer.report.view.spared import Why
from analyzer.ruleset import load_rules
from analyzer.survey import STATED as BY_HAND
from tests.each import each
from tests.golden.text import facts


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def test_figures_are_summed_over_all_runs_or_unknown() -> None:
    def total(*each: tuple[int | None, tuple[int, int | None], int | None,
                           tuple[int, int | None]]) -> Any:  # fmt: skip
        nodes: Any = [some(figure=(value, ends), executions=runs, executions_range=times)
                      for value, ends, runs, times in each]  # fmt: skip
        return netron_figures._over_all(nodes, lambda node: node.figure)  # type: ignore[attr-defined]

    assert total() == (0, (0, 0))
    assert total((5, (5, 5), 3, (3, 3)), (7, (7, 7), 2, (2, 2))) == (29, (29, 29))
    assert total((5, (4, 6), 3, (2, 4)), (1, (1, 1), 1, (1, 1))) == (16, (9, 25))
    assert total((5, (5, 5), None, (1, None)), (1, (1, 1), 1, (1, 1))) == (None, (6, None))
    assert total((1, (1, 1), 1, (1, 1)), (None, (3, None), 2, (2, 2))) == (None, (7, None))
    assert total((None, (3, None), 2, (2, 2)), (1, (1, 1), 1, (1, 1))) == (None, (7, None))
    # Nothing that runs is nothing, whatever it costs.
    assert total((None, (0, None), 0, (0, 0)), (0, (0, 0), None, (0, None))) == (0, (0, 0))
    assert netron_figures._exactly(5) == (5, (5, 5))
    assert netron_figures._exactly(None) == (None, (0, None))
    assert netron_figures._total(5, (5, 5), True) == "5"
    assert netron_figures._total(5, (5, 5), False) == "at least 5"


def test_spacings_are_those_in_which_no_row_gives_more_than_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With one step each way: a row gives 0.7 mm at most, and takes 1; of the appendix, 1.7."""
    monkeypatch.setattr(fitting, "STEPS", 1)
    found = {(round(s.rows / MM, 6), round(s.late / MM, 6)): (round(s.lines, 6), round(s.gaps, 6),
             round(moved, 6)) for s, moved in fitting._spacings()}  # fmt: skip
    assert found == {
        (-0.7, 0.0): (0.9, 0.65, 1.0),
        (-0.7, 1.7): (0.9, 0.65, 1.5),
        (0.0, -0.7): (1.0, 1.0, 0.5),
        (0.0, 0.0): (1.0, 1.0, 0.0),
        (0.0, 1.7): (1.0, 1.0, 0.5),
        (1.0, -0.7): (1.1, 1.35, 1.75),
        (1.0, 0.0): (1.1, 1.35, 1.25),
        (1.0, 1.7): (1.1, 1.35, 1.75),
    }
    monkeypatch.undo()
    assert fitting.SPACINGS[0] == (Spacing(), 0.0)
    assert [moved for _, moved in fitting.SPACINGS] == sorted(m for _, m in fitting._spacings())
    steps = {round(spacing.lines, 9) for spacing, _ in fitting.SPACINGS}
    assert steps == {round(1 + 0.1 * step / 12, 9) for step in range(-12, 13)}


def where(**verdicts: Any) -> str:
    usual: dict[str, Any] = {"whole": (), "split": (), "no": (), "maybe": (), "idle": (),
                             "partly": (), "stuck": (), "gained": (), "gain_kinds": (),
                             "gain_amounts": (), "gain_names": (),
                             "ids": ("a", "b", "c"), "names": ("A", "B", "C"), "count": 3,
                             "broken": False, "missing": False, "huge": False,
                             "untested": (), "undivided": ()}  # fmt: skip
    split = verdicts.get("split", ())
    parts: dict[str, Any] = {
        "macs": [None, 0.5, 1.0][: len(split)], "parts": [1, 2, 3][: len(split)],
        "supported": [4] * len(split), "operators": [9] * len(split),
    }  # fmt: skip
    return whereabouts.runs(usual | parts | verdicts)


TRIED = "(by tables, not tried)"
BROKEN = "The file has errors; none promises to load it."


@each(
    ("verdicts", "said"),
    [
        ({"whole": ("a", "b", "c")}, f"All of it runs on each of 3 targets {TRIED}: A, B and C."),
        ({"whole": ("a",), "count": 1}, f"All of it runs on A {TRIED}."),
        ({"no": ("a",), "count": 1}, "Not all of it runs on A."),
        ({"split": ("a",), "count": 1}, "Not all of it runs on A."),
        ({"maybe": ("a",), "count": 1}, "Whether all of it runs on A is not decided."),
        ({"split": ("a", "b"), "no": ("c",)},
         (f"All of it certainly runs on none of 3 targets {TRIED}. "
          "In parts on A (4 of 9 operators) and B "
          "(50.0 % of the MACs, 2 parts).")),
        ({"whole": ("a",), "split": ("b",), "no": ("c",)},
         (f"All of it runs on 1 of 3 targets {TRIED}: "
          "A. In parts on B (4 of 9 operators). Not on C.")),
        ({"whole": ("a",), "no": ("c",), "maybe": ("b",)},
         f"All of it runs on 1 of 3 targets {TRIED}: A. Not on C. Not decided: B."),
        ({"whole": ("a", "b"), "maybe": ("c",)},
         f"All of it certainly runs on 2 of 3 targets {TRIED}: A and B. Not decided: C."),
        ({"whole": ("a", "b", "c"), "broken": True},
         f"All its operators are known to each of 3 targets: A, B and C. {BROKEN}"),
        ({"no": ("a", "b", "c"), "broken": True},
         f"All its operators are certainly known to none of 3 targets. {BROKEN}"),
        ({"whole": ("a",), "split": ("b", "c"), "missing": True},
         ("All its operators are known to 1 of 3 targets: A. Some of them to B (4 of 9 operators) "
          "and C (50.0 % of the MACs, 2 parts). None loads it without its weights.")),
        ({"whole": ("a",), "maybe": ("b", "c"), "huge": True},
         ("All its operators are certainly known to 1 of 3 targets: A. Not decided: B and C. "
          "Whether any has the memory is another question.")),
        ({"whole": ("a",), "count": 1, "untested": ("a",)},
         "All its operators are known to A, tested with newer opsets only."),
        ({"whole": ("a", "b", "c"), "untested": ("b",)},
         (f"All of it certainly runs on 2 of 3 targets {TRIED}: "
          "A and C. All its operators are known to B, "
          "tested with newer opsets only.")),
        ({"whole": ("a", "b"), "untested": ("a", "b"), "no": ("c",)},
         (f"All of it certainly runs on none of 3 targets {TRIED}. "
          "All its operators are known to A and B, "
          "tested with newer opsets only. Not on C.")),
        ({"whole": ("a", "b", "c"), "untested": ("a", "b"), "broken": True},
         f"All its operators are known to each of 3 targets: A, B and C. {BROKEN}"),
    ],
)  # fmt: skip
def test_where_a_model_runs_is_told_in_a_line(verdicts: dict[str, Any], said: str) -> None:
    assert where(**verdicts) == said


def test_what_comes_of_a_change_is_all_or_some_operators_in_parts() -> None:
    for outcome, said in (
        ((1, 0, 5, 5, 0), "all operators on A"),
        ((0, 1, 4, 5, 0), "4 of 5 operators on A"),
        ((0, 2, 4, 5, 1), "4 of 5 operators on A, in 2 parts, 1 more not decided"),
        ((0, 0, 0, 1, 0), "0 of 1 operator on A"),
    ):
        whole, parts, supported, operators, undecided = outcome
        assert whereabouts._comes("A", whole, parts, supported, operators, undecided) == said


def test_what_rows_have_in_common_is_said_above_the_first_of_them() -> None:
    def told(scope: str, executions: str, *names: str, first: bool = True) -> list[tuple[str, str]]:
        rows = [LayerRow(1, "n", name, "", "Conv", "1", "1", "1", 1, "7", "", 1)
                for name in names]  # fmt: skip
        found = stretches._stretch(scope, executions, rows, first=first)
        assert {(row.scope, row.executions) for row in found} == {("", "1")}
        return [(row.lead, row.name) for row in found]

    long = "network/encoder/layer.0/attention/"
    assert told("", "1", "a", "b") == [("", "a"), ("", "b")]
    assert told("", "1", "a", first=False) == [("In the main graph", "a")]
    assert told("body", "1", "a") == [("In body", "a")]
    assert told("body", "9", "a", "b", first=False) == [("In body; 9 executions", "a"), ("", "b")]
    assert told("", "9", "a", first=False) == [("9 executions", "a")]
    assert told("", "1", f"{long}MatMul", f"{long}Add", "Gather", first=False) == [
        (f"… stands for {long}", "…MatMul"), ("", "…Add"), ("", "Gather"),
    ]  # fmt: skip


def test_a_rule_is_about_files_outside_where_it_may_look_at_them() -> None:
    (name, *_) = audits.OUTSIDE
    for subject, selector, outside in (
        ("file", (), True), ("region", (), True), ("region", (name,), True),
        ("region", ("nothing",), False), ("node", (), False), ("node", (name,), False),
    ):  # fmt: skip
        rule: Any = some(subject=subject, selector=selector)
        assert audits._looks_outside(rule) is outside


def test_values_stand_below_one_another_and_defaults_are_dim() -> None:
    def setting(key: str, value: Any, kind: str) -> Any:
        return some(key=key, value=value, origin=some(kind=kind, text=f"by {kind}"))

    style: Any = some(dim=lambda text: f"<{text}>")
    rows = (setting("a", 1, "file"), setting("bcd", "xy", "default"), setting("e", None, "default"))
    assert [*settings._table(rows, style)] == [
        "a   = 1      by file",
        'bcd = "xy"   <by default>',
        "e   = unset  <by default>",
    ]
    many = tuple("ab" * settings.MOST_ITEMS)
    one = settings._briefly(setting("k", many, "default"))
    assert one.endswith(f", … {len(many) - settings.MOST_ITEMS} more]")
    assert one.count('"') == 2 * settings.MOST_ITEMS
    assert settings._briefly(setting("k", many, "file")).count('"') == 2 * len(many)
    exact = settings._briefly(setting("k", many[: settings.MOST_ITEMS], "default"))
    assert "more" not in exact
    words = [f"w{n}" for n in range(13)]
    assert [*settings._wrapped(words)] == [" ".join(words[:12]), "w12"]


@each(
    ("name", "letters", "high", "shown"),
    [
        ("encoder.layer.7", 21, 16, ("encoder.layer.7 25 %",)),
        ("encoder.layer.7", 19, 16, ("encoder.layer.7",)),
        ("encoder.layer.7", 21, 15.9, ()),
        ("encoder.layer.7", 14, 16, ("encoder.laye…7",)),
        ("encoder.layer.7", 7, 16, ("encod…7",)),
        ("encoder.layer.7", 5, 16, ("…7",)),
        ("encoder.layer.7", 1, 16, ()),
        ("features", 7, 16, ("featur…",)),
        ("features", 6, 16, ()),
        ("conv 64 → 128", 11, 16, ("64 → 128",)),
        ("conv 64 → 128", 7, 16, ("64→128",)),
        ("conv 64 → 128", 4, 16, ()),
    ],
)
def test_a_tile_shows_as_much_of_its_name_as_tells_it_from_others(
    name: str, letters: int, high: float, shown: tuple[str, ...]
) -> None:
    tile = tiles.Tile(name, "standard", 1000)
    wide = tiles.MARGIN + tiles.LETTER * (letters + 0.5)
    mark = tiles._mark(
        tile, 1.4, 2.6, wide, high, f"{name} 25 %", 4000, "c", "encoder.layer.", "net"
    )
    assert (mark.lines, mark.title) == (shown, f"net, {name}: 1 kMAC, 25.0 %")
    assert (mark.x, mark.y) == (1, 3)
    assert mark.x + mark.width == round(1.4 + wide)
    assert mark.y + mark.height == round(2.6 + high)
    alone = tiles._mark(tile, 0, 0, wide, high, name, 0, "c")
    assert alone.title == f"{name}: 1 kMAC"


LIMITS = {"min-in-channels": 8, "min-macs": 1000, "max-ratio": 0.5, "min-share": 0.01}


def test_a_convolution_is_spared_by_the_first_limit_that_it_does_not_reach() -> None:
    def why(
        *,
        channels: int = 8,
        macs: int | None = 1000,
        ratio: float = 0.49,
        share: float | None = 0.01,
        patches: bool = False,
        tags: tuple[str, ...] = (),
    ) -> Any:
        conv: Any = some(in_channels=channels, macs=macs, is_patchify=patches)
        node: Any = some(tags=tags)
        facts: Any = some(separable=some(share=share))
        return spared._why(node, conv, some(ratio=ratio), LIMITS, facts)

    every: dict[str, Any] = {"channels": 7, "macs": 999, "ratio": 0.5, "share": 0.0099,
                             "patches": True, "tags": ("factorised",)}  # fmt: skip
    reasons = (Why.CHANNELS, Why.SMALL, Why.RATIO, Why.SHARE, Why.PATCHES, Why.HALF)
    assert why() is why(macs=None) is why(tags=("other",)) is None
    for (name, value), reason in zip([*every.items()], reasons, strict=True):
        assert why(**{name: value}) is reason
        assert why(**every) is reason
        del every[name]
    assert why(share=None) is Why.SHARE


def test_what_a_rule_asks_for_and_fused_blocks_are_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nodes = [some(id=name, conv=True, saving=True) for name in "abcde"]
    nodes[3].conv, nodes[4].saving = None, None
    facts = some(
        separable=some(candidates=tuple("abcdef")),
        nodes=nodes,
        blocks=[some(kind="fused-mbconv", nodes=("b",)), some(kind="mlp", nodes=("c",))],
    )
    result: Any = some(facts=facts, conversion=some(flagged=("a",)))
    limits: dict[str, float] = dict(LIMITS)
    monkeypatch.setattr(spared, "_limits", lambda _: limits)
    found: dict[str, Why | None] = {}
    monkeypatch.setattr(spared, "_why", lambda node, *_: found.get(node.id))
    assert spared._find(result) == [("b", Why.FUSED)]
    found |= dict.fromkeys("abde", Why.CHANNELS)
    assert spared._find(result) == [("b", Why.CHANNELS)]
    found["c"] = Why.HALF
    assert spared._find(result) == [("b", Why.CHANNELS), ("c", Why.HALF)]
    del limits["min-share"]
    assert spared._find(result) == []


def test_a_step_is_sooner_where_both_of_its_times_are_known_and_one_is_less() -> None:
    times = ((2.0, 1.0, True), (1.0, 1.0, False), (1.0, 2.0, False), (None, 1.0, False),
             (2.0, None, False), (2.0, 0.0, True))  # fmt: skip
    for now, then, sooner in times:
        step: Any = some(seconds_now=now, seconds=then)
        assert content._is_sooner(step) is sooner


def test_what_only_informs_is_told_at_length_behind_an_action_of_some_impact() -> None:
    def told(*, remarks: bool, articles: int = 9, **ask: Any) -> str:
        usual = {"rule": "B", "impact": "medium", "slower": False, "confidence": "high",
                 "figures": False}  # fmt: skip
        groups: Any = [some(rule=name, informs=name != "A") for name in "ABC"]
        medium: Any = some(remarks=remarks, articles=articles)
        asks: Any = [some(**usual | ask)]
        found = content._in_full(groups, content._behind(asks), medium)
        return "".join(group.rule for group in found)

    assert told(remarks=False) == "ABC"
    assert told(remarks=False, articles=2) == "AB"
    assert told(remarks=True) == "AB"
    assert told(remarks=True, impact="low") == "A"
    assert told(remarks=True, figures=True) == "A"
    assert told(remarks=True, slower=True) == "A"
    assert told(remarks=True, confidence="low") == "A"
    assert told(remarks=True, rule="C") == "AC"


def test_the_largest_modules_come_first_and_the_first_of_equal_ones() -> None:
    rows: Any = [some(macs=macs, at=n) for n, macs in enumerate((5, 9, 5, 7, 5))]
    for most, places in ((0, []), (1, [1]), (2, [1, 3]), (3, [1, 3, 0]), (9, [1, 3, 0, 2, 4])):
        found: Any = content._largest(rows, most)
        assert [row.at for row in found] == places


def test_what_silent_rules_look_for_is_stated_of_the_model_all_the_same() -> None:
    assert audits.STATED.keys() <= {rule.name for rule in load_rules()}
    size, cost, output = (
        audits.STATED[name]
        for name in ("assumed-dimension", "unknown-cost", "unknown-output-shape")
    )

    def sized(value: int, axis: int, batch: bool = False, reason: str = "default") -> bool:
        one = some(value=value, axis=axis, batch=batch, reason=reason)
        return size(cast("Any", some(assumptions=[one])))

    assert (sized(1, 0), sized(2, 0), sized(1, 1), sized(1, 1, True)) == (False, True, True, False)
    assert not sized(2, 1, reason=next(iter(BY_HAND)))

    def costs(macs: int | None, counted: int = 1, composite: bool = False,
              known: tuple[bool, bool] = (True, True)) -> bool:  # fmt: skip
        totals = some(complete=known[0], flops_complete=known[1])
        node = some(macs=macs, counted=counted, composite=composite)
        return cost(cast("Any", some(nodes=[some(macs=1, counted=1, composite=False), node],
                                     totals=totals)))  # fmt: skip

    assert (costs(0), costs(None), costs(None, 0), costs(None, 1, True)) == (
        False, True, False, False
    )  # fmt: skip
    assert costs(0, known=(False, True))
    assert costs(0, known=(True, False))
    for last, unknown in ((None, True), (0, False)):
        outputs = [some(elements=1), some(elements=last)]
        assert output(cast("Any", some(outputs=outputs))) is unknown


def test_tiles_of_a_kind_are_its_shapes_where_there_are_several() -> None:
    zeros = ", ".join(["0"] * 16)
    model = facts(
        "g (float[1,4,8,8] x) => (float[1,2,4,4] y) "
        f"<float[4,4,1,1] a = {{{zeros}}}, float[2,4,1,1] b = {{{zeros[:22]}}}, "
        "float[2,1,1,1] c = {0, 0}> "
        "{ r = Conv (x, a)  s = Conv (r, a)  t = Conv <strides = [2, 2]> (s, b)  "
        "u = Relu (t)  y = Conv <group = 2> (u, c) }"
    )
    found = {tile.name: (tile.macs, {child.name: child.macs for child in tile.children})
             for tile in tiles._kinds(model)}  # fmt: skip
    twice, halved = 2 * 64 * 16, 16 * 8
    assert found == {
        "1×1 pointwise": (twice + halved, {
            "1×1 pointwise 4 → 4": twice, "1×1 / 2 pointwise 4 → 2": halved,
        }),
        "1×1 depthwise": (32, {}),
    }  # fmt: skip


def test_a_module_that_costs_what_its_only_part_does_is_said_once() -> None:
    def module(name: str, macs: int, *children: Any) -> Any:
        return some(path=name, class_name=name[0], macs_range=(macs, macs), params=macs,
                    nodes=macs, children=children)  # fmt: skip

    small = [module("a1", 3), module("a2", 3), module("b1", 4)]
    inner = module("i", 10, *small)
    outer = module("o", 10, inner)

    def told(level: int) -> list[tuple[list[str], int]]:
        return [([each.path for each in alike], at)
                for alike, at in modules._folded((outer,), level)]  # fmt: skip

    assert told(1) == [(["o"], 1), (["a1", "a2"], 2), (["b1"], 2)]
    assert told(0) == [(["o"], 0), (["i"], 1), (["a1", "a2"], 2), (["b1"], 2)]


def test_conversions_are_told_from_two_steps_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "most_of_it", len)
    for steps, values in (
        ([10], None), ([], None),
        ([10, 7], {"best": 2, "candidates": 1, "macs_now": 10, "macs_after": 7}),
        ([10, 7, 5], {"best": 3, "candidates": 2, "macs_now": 10, "macs_after": 5}),
    ):  # fmt: skip
        monkeypatch.setattr(conversion, "steps", lambda _, steps=steps: steps)
        claim = advice.conversion(cast("Any", None))
        assert (claim and claim.values) == values


def test_breaches_are_mended_by_their_own_remedies_and_others_as_their_rule_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(actions, "tool_of", lambda *_: "")
    monkeypatch.setattr(actions, "_joined", lambda remedies, _: [*remedies])
    monkeypatch.setattr(actions, "asked", lambda _: "act")

    def told(subject: str, *remedies: str) -> str:
        items: Any = [some(remedy=each, fix="Fix it. Or not.", action="act", rule="R1")
                      for each in remedies]  # fmt: skip
        return actions._how(items, cast("Any", some(subject=subject)), cast("Any", None))

    assert told("breach", "cut it", "cut it", "sew it") == "Cut it; sew it"
    assert told("assumption", "Act") == ""
    assert told("node", "cut it") == told("breach", "cut it", "") == "Fix it"
    many = [f"cut {number}" for number in range(actions.MOST_REMEDIES + 1)]
    assert told("breach", *many) == "Fix it"
    assert told("breach", *many[1:]).startswith("Cut 1; cut 2")
