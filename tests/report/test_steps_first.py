"""What to do first, of actions and forms made for it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.findings.finding import Severity
from analyzer.report.content import HTML, PDF, Rowless, _behind, _in_full, _rest, _within
from analyzer.report.view.action import Action
from analyzer.report.view.actions import (
    _impact,
    _level,
    _risk,
    _saved,
    _training,
    _whole,
)
from analyzer.report.view.findings import Group, PlaceRow
from analyzer.report.view.height import height_of_step
from analyzer.report.view.needs import is_needed_first, needed_first, settles
from analyzer.report.view.options.before import Before
from analyzer.report.view.options.form import (
    SmallerForm,
    alternatives,
    impact_of,
    is_brief,
    is_worthwhile,
    level_of,
)
from analyzer.report.view.step import ActionStep
from analyzer.report.view.steps import first, left, ordered, recommended, takes_longer
from analyzer.report.view.urgency import is_tidying, rank, urgency
from tests.each import each
from tests.golden.text import facts

ACTION = Action(
    "A", "a", "Do a", "Do a", "", 1, "warning", "high", "low", "low", "high", 100, 0, 0, 0, "",
    None, None, False,
)  # fmt: skip
FORM = SmallerForm(
    "F", "f", "Do f", "high", None, 50, 100, "", "", None, None, "low", "low", "", "high", ""
)


def ask(rule: str, **changes: object) -> Action:
    return replace(ACTION, rule=rule, **changes)  # type: ignore[arg-type]


def form(name: str, **changes: object) -> SmallerForm:
    """``needs``: the rule whose remedy comes before."""
    if needs := changes.pop("needs", None):
        changes["before"] = (Before("First", (str(needs),)),)
    return replace(FORM, id=name, **changes)  # type: ignore[arg-type]


def chosen(*steps: Action | SmallerForm) -> list[str]:
    asks = [step for step in steps if isinstance(step, Action)]
    forms = [step for step in steps if isinstance(step, SmallerForm)]
    return ["|".join(step.ids) for step in first(asks, forms)]


@each(
    ("before", "after"),
    [
        (ask("b", severity="error", impact="low", effort="high"), ask("a", pressing=True)),
        (ask("b", severity="error", harms=True, impact="low"), ask("a", severity="error")),
        (ask("b", severity="error", against=True), ask("a", pressing=True, harms=True)),
        (ask("b", pressing=True, harms=True), ask("a", severity="error")),
        (ask("b", pressing=True, harms=True, impact="low", effort="high"),
         ask("a", pressing=True, settles=True)),
        (ask("b", pressing=True, settles=True, impact="low"), ask("a", pressing=True)),
        (ask("b", pressing=True, impact="low", effort="high"), ask("a")),
        (ask("b", effort="high"), ask("a", impact="medium")),
        (ask("b", impact="medium", effort="high"), ask("a", impact="low")),
        (ask("b"), ask("a", effort="medium")),
        (ask("b", effort="medium"), ask("a", effort="high")),
        (ask("b", macs=101), ask("a")),
        (ask("b"), ask("a", places=9, confidence="medium")),
        (ask("b", traffic=9, traffic_now=100), ask("a")),
        (ask("b", traffic=9, traffic_now=100, traffic_loaded=9), ask("a")),
        (ask("b", traffic=9, traffic_now=100), ask("a", stored=8, stored_now=100)),
        (ask("b", stored=9, stored_now=100, confidence="low"), ask("a")),
        (ask("a"), ask("b", places=2)),
        (ask("b", figures=True), ask("a")),
        (ask("b", pressing=True, shares=True, impact="low", effort="high"), ask("a", figures=True)),
        (ask("b", pressing=True, impact="low"), ask("a", pressing=True, shares=True)),
        (ask("b", impact="low", effort="high"), ask("a", impact="low", figures=True)),
        (ask("b", impact="low", tool="onnxslim"), ask("a", impact="low", effort="medium")),
        (ask("b", impact="low", tool="onnxslim"), ask("a", impact="low")),
    ],
)  # fmt: skip
def test_rules_ask_for_the_urgent_then_the_effective_then_the_easy(
    before: Action, after: Action
) -> None:
    assert sorted((after, before), key=rank) == [before, after]


@each(
    ("steps", "names"),
    [
        # What is wrong comes before what could be smaller, and what takes less work earlier.
        ((ask("a"), ask("b", severity="error"), ask("c", pressing=True)), ["b", "c", "a"]),
        ((ask("a", impact="medium"), ask("b")), ["b", "a"]),
        ((ask("a", effort="high"), ask("b", effort="medium"), ask("c")), ["c", "b", "a"]),
        ((ask("a"), ask("b", seconds=0.5, seconds_now=1.0)), ["b", "a"]),
        ((ask("a", seconds=0.5, seconds_now=1.0), ask("b", seconds=0.5, seconds_now=2.0)),
         ["b", "a"]),
        # What harms before all that presses, even what is slower or needs no clean-up.
        ((ask("a", pressing=True), ask("b", pressing=True, harms=True, effort="high")),
         ["b", "a"]),
        ((ask("a", pressing=True, slower=True), ask("b")), ["a", "b"]),
        ((ask("a", impact="low", tool="onnxslim"), form("f", needs="a"),
          ask("b", pressing=True, impact="low", tool="onnxslim")), ["b", "a", "f"]),
        ((ask("a", impact="low", tool="onnxslim"), ask("c", pressing=True, needs="a"),
          ask("b", pressing=True, harms=True)), ["b", "a", "c"]),
        # Of equals what rules ask for comes before what can be done to any model.
        ((form("f"), ask("a")), ["a", "f"]),
        ((form("f"), ask("a", impact="medium")), ["f", "a"]),
        ((form("f", seconds=0.5, seconds_now=1.0), ask("a")), ["a", "f"]),
        # Three at most; a clean-up is one step, figures follow.
        (tuple(map(ask, "abcd")), ["a", "b", "c"]),
        ((ask("a", impact="low", tool="onnxslim"), ask("b")), ["b", "a"]),
        ((ask("a", figures=True, impact="low"), ask("b", impact="low", tool="onnxslim"), ask("c")),
         ["c", "b", "a"]),
        ((ask("a", impact="low", tool="onnxslim"), ask("b", impact="low", tool="onnxruntime"),
          ask("c", impact="low", tool="onnxruntime")), ["a|b|c"]),
        # Nothing that makes the model slower, and of forms nothing of no account or no ground.
        ((ask("a", slower=True),), []),
        ((form("f", impact="low"),), []),
        ((form("f", impact="medium"),), ["f"]),
        ((form("f", effort="high"),), []),
        ((form("f", effort="medium"),), ["f"]),
        ((form("f", confidence="low"),), []),
        ((form("f", confidence="medium"),), ["f"]),
        ((form("f", seconds=1.1, seconds_now=1.0),), []),
        ((form("f", seconds=1.0, seconds_now=1.0),), ["f"]),
        ((form("f", seconds=1.0),), []),
        # Alternatives are one step; what has to be done before comes before.
        ((ask("a", alternatives=("b",)), ask("b", alternatives=("a",)), ask("c")), ["a|b", "c"]),
        ((form("f", alternatives=("g",)), form("g", alternatives=("f",))), ["f|g"]),
        ((form("f", alternatives=("g",), seconds=0.5, seconds_now=1.0),
          form("g", alternatives=("f",), seconds=0.25, seconds_now=1.0, effort="medium")),
         ["f|g"]),
        ((form("f", alternatives=("g",), seconds=0.5, seconds_now=1.0),
          form("g", alternatives=("f",), seconds=0.25, seconds_now=1.0)), ["g|f"]),
        ((form("f", alternatives=("g",), impact="medium"),
          form("g", alternatives=("f",), effort="medium")), ["g|f"]),
        ((form("f", alternatives=("g",), weight_bytes=50),
          form("g", alternatives=("f",), weight_bytes=25)), ["g|f"]),
        ((form("f", alternatives=("g",), seconds=0.5, seconds_now=1.0, weight_bytes=50),
          form("g", alternatives=("f",), seconds=0.25, seconds_now=1.0, weight_bytes=60,
               effort="medium")), ["f|g"]),
        ((form("f", alternatives=("g",), seconds=0.5, seconds_now=1.0, weight_bytes=50,
               file_bytes=90, file_now=100),
          form("g", alternatives=("f",), seconds=0.25, seconds_now=1.0, weight_bytes=60,
               file_bytes=80, file_now=100, effort="medium")), ["f|g"]),
        ((form("f", alternatives=("g",)), form("g", alternatives=("f",), weight_bytes=25,
                                               impact="medium")), ["f|g"]),
        ((ask("a", alternatives=("f",)), form("f", alternatives=("a",), seconds=0.9,
                                              seconds_now=1.0, effort="medium")), ["a|f"]),
        ((ask("a", needs="b"), ask("b", impact="medium")), ["b", "a"]),
        ((ask("a", needs="none that was asked for"),), ["a"]),
        ((form("f", needs="b"), ask("b", impact="medium")), ["b", "f"]),
        # What could be better takes no place of what is wrong.
        ((*(ask(name, severity="error", macs=0) for name in "abc"), ask("d")), ["a", "b", "c"]),
        ((*(ask(name, severity="error", macs=0) for name in "ab"), ask("d"), ask("e")),
         ["a", "b", "d"]),
    ],
)  # fmt: skip
def test_at_most_three_steps_come_first(
    steps: tuple[Action | SmallerForm, ...], names: list[str]
) -> None:
    assert chosen(*steps) == names


def test_clean_ups_have_the_tool_of_most_of_them_and_other_steps_none() -> None:
    tidy = [ask(n, impact="low", tool=t) for n, t in (("a", "onnxslim"), ("b", "onnxruntime"),
                                                      ("c", "onnxruntime"))]  # fmt: skip
    assert first([*tidy, ask("d", tool="onnxslim")], ()) == (
        ActionStep(("d",)), ActionStep(("a", "b", "c"), "onnxruntime", impact="low"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "tidying"),
    [
        ({"tool": "onnxslim", "impact": "low"}, True),
        ({"tool": "", "impact": "low"}, False),
        ({"tool": "onnxslim", "impact": "medium"}, False),
        ({"tool": "onnxslim", "impact": "low", "severity": "error"}, False),
        ({"tool": "onnxslim", "impact": "low", "pressing": True}, False),
    ],
)
def test_a_clean_up_is_what_a_tool_does_and_changes_next_to_nothing(
    changes: dict[str, object], tidying: bool
) -> None:
    assert is_tidying(ask("a", **changes)) is tidying


def test_the_first_three_that_are_not_slower_are_recommended() -> None:
    asks = [ask(n, slower=n == "b") for n in "abcde"]
    assert [each.rule for each in recommended(asks)] == ["a", "c", "d"]


def test_what_is_needed_comes_before_each_step_once() -> None:
    needs = {"a": "x", "b": "c", "c": "y", "d": "d", "e": "f", "f": "e", "x": ""}
    found: dict[str, Action | SmallerForm] = {
        name: ask(name, needs=needed) for name, needed in needs.items()
    }
    turn = needed_first([ActionStep((name,)) for name in found], found)
    assert [step.ids[0] for step in turn] == ["x", "a", "c", "b", "d", "f", "e"]


def test_a_step_comes_after_what_something_in_it_needs() -> None:
    steps = [ActionStep(ids) for ids in (("half", "int8"), ("a",), ("b", "c"))]

    def told(needs: str) -> list[str]:
        found: dict[str, Action | SmallerForm] = {name: ask(name) for name in "abc"}
        found |= {"half": form("half"), "int8": form("int8", needs=needs)}
        return [step.ids[0] for step in needed_first(steps, found)]

    assert told("c") == ["b", "half", "a"]
    assert told("") == told("other") == ["half", "a", "b"]


@each(
    ("steps", "names"),
    [
        # A clean-up that a form needs takes the place of what is of low impact alone.
        ((form("f", needs="c"), ask("c", impact="low", tool="onnxslim")), ["c", "f"]),
        ((form("f", needs="c"), ask("a", impact="low"), ask("b", impact="low"),
          ask("c", impact="low", tool="onnxslim")), ["c", "f", "a"]),
        ((form("f", needs="c"), ask("a", impact="low"), ask("b", impact="medium"),
          ask("c", impact="low", tool="onnxslim")), ["c", "f", "b"]),
        ((form("f", needs="c"), ask("a", impact="medium"), ask("b", impact="medium"),
          ask("c", impact="low", tool="onnxslim")), ["f", "a", "b"]),
        ((form("f", needs="c"), ask("a", impact="low", pressing=True),
          ask("b", impact="low", pressing=True), ask("c", impact="low", tool="onnxslim")),
         ["a", "b", "f"]),
    ],
)  # fmt: skip
def test_a_clean_up_that_is_needed_costs_nothing_better_its_place(
    steps: tuple[Action | SmallerForm, ...], names: list[str]
) -> None:
    assert chosen(*steps) == names


MOVED = {"tool": "onnxslim", "traffic_now": 10 << 20}


@each(
    ("asks", "impact", "steps"),
    [
        # two of a sixth each are a third
        ((ask("a", impact="medium", traffic=5 << 18, **MOVED),
          ask("b", impact="medium", traffic=6 << 18, **MOVED)), "high", ["a|b", "c"]),
        ((ask("a", impact="medium", traffic=5 << 18, **MOVED),
          ask("b", impact="low", traffic=1 << 10, **MOVED)), "medium", ["c", "a|b"]),
        ((ask("a", impact="low", traffic=2 << 18, **MOVED),
          ask("b", impact="low", traffic=2 << 18, **MOVED)), "medium", ["c", "a|b"]),
        ((ask("a", impact="low", traffic=2 << 16, **MOVED),
          ask("b", impact="low", traffic=2 << 16, **MOVED)), "low", ["c", "a|b"]),
        ((ask("a", impact="low", traffic=9 << 18, **MOVED),
          ask("b", impact="low", traffic=9 << 18, tool="onnxruntime", traffic_now=10 << 20)),
         "medium", ["c", "a|b"]),
        ((ask("a", impact="low", stored=9 << 18, tool="onnxslim", stored_now=20 << 20),
          ask("b", impact="low", stored=9 << 18, tool="onnxslim", stored_now=20 << 20)),
         "medium", ["c", "a|b"]),
    ],
)  # fmt: skip
def test_what_one_command_does_is_graded_together(
    asks: tuple[Action, ...], impact: str, steps: list[str]
) -> None:
    other = ask("c", effort="high")
    found = first([*asks, other], ())
    assert ["|".join(step.ids) for step in found] == steps
    assert [step.impact for step in found if step.tool] == [impact]


def test_a_command_settles_what_needs_it_whatever_it_is_run_for() -> None:
    need, slim = Before("First", tool="onnxslim"), ask("a", tool="onnxslim")
    assert settles((slim,), "", need)
    assert settles((slim, ask("b", tool="onnxruntime")), "onnxslim", need)
    assert not settles((slim, ask("b", tool="onnxruntime")), "onnxruntime", need)
    assert not settles((replace(slim, limit=9),), "", need), "what is large stays computed"
    assert not settles((slim, slim), "", need), "alternatives"
    assert not settles((ask("a"),), "", Before("First")), "no command for no command"
    assert settles((ask("a"), form("f")), "", Before("First", ("a", "b")))
    assert not settles((form("a"),), "", Before("First", ("a",)))


def test_the_share_of_time_that_is_left_is_all_where_nobody_can_say() -> None:
    times = [(None, 2.0), (1.0, None), (1.0, 0.0), (1.0, 4.0), (0.0, 4.0)]
    shares = [left(ask("a", seconds=then, seconds_now=now)) for then, now in times]
    assert shares == [1.0, 1.0, 1.0, 0.25, 0.0]


def test_words_of_rules_are_levels_and_what_no_rule_says_is_in_the_middle() -> None:
    words = ("high", "medium", "low", "none", "")
    assert [_level(word) for word in words] == ["high", "medium", "low", "medium", "medium"]
    assert [_risk(word) for word in words] == ["high", "medium", "low", "none", "medium"]
    trained = [_training(word) for word in ("train", "fine-tune", "none", "")]
    assert trained == ["train", "fine-tune", "none", "none"]


def finding(
    node: str, saving: int | None = None, value: float | None = None, saves: str = ""
) -> Any:
    saved = None if saving is None else SimpleNamespace(macs=saving)
    return SimpleNamespace(node=node, saving=saved, value=value, saves=saves)


def test_each_place_saves_once() -> None:
    assert _saved([finding("a", 5), finding("a", 5), finding("b", 7), finding("c")]) == {"macs": 12}
    traffic = [
        finding(n, value=v, saves="traffic") for n, v in (("a", 3.0), ("b", None), ("a", 4.0))
    ]
    assert _saved(traffic) == {"traffic": 4}
    assert _saved([finding("a", value=3.0)]) == {}


SMALL = facts(
    "g (float[4,64] x) => (float[4,8] y) <float[64,8] w = {" + ", ".join("0" * 512) + "}> "
    "{ h = Relu (x)  y = MatMul (h, w) }"
)


def test_a_saving_is_a_share_of_what_it_is_a_part_of() -> None:
    assert _whole(SMALL, "params") == 64 * 8
    # x and h once each way, the weights once, y: 256 + 256 + 256 + 512 + 32 floats
    assert _whole(SMALL, "traffic") == 4 * (3 * 256 + 512 + 32)
    assert _whole(SMALL, "stored") == max(SMALL.model.bytes, 4 * 512) > 2048
    bare = replace(SMALL, model=replace(SMALL.model, bytes=100))
    assert _whole(bare, "stored") == 2048


def test_impact_of_what_is_no_number_follows_the_severity() -> None:
    told = {severity: _impact(severity, SMALL, {}, None) for severity in Severity}
    assert told == {"error": "high", "warning": "medium", "info": "low"}
    assert _impact(Severity.ERROR, SMALL, {"macs": 0}, None) == "high"
    assert _impact(Severity.WARNING, SMALL, {"macs": 0}, None) == "low"
    assert _impact(Severity.WARNING, SMALL, {"macs": 10**9}, None) == "medium", "brief: no more"
    whole = SMALL.parameters.weights
    large = replace(
        SMALL, parameters=replace(SMALL.parameters, bytes_by_dtype={"float32": 4 << 20})
    )
    for held, levels in ((large, ["low", "medium", "high"]), (SMALL, ["low"] * 3)):
        of = [_impact(Severity.WARNING, held, {"params": whole // n}, None) for n in (100, 10, 2)]
        assert of == levels, "less than 64 KiB is nothing"


def test_a_quarter_is_of_high_impact_and_a_twentieth_of_medium() -> None:
    shares = (1.0, 0.25, 0.2499, 0.05, 0.0499, 0.0)
    told = ["high", "high", "medium", "medium", "low", "low"]
    assert [level_of(share) for share in shares] == told
    assert [impact_of(round(10_000 * share), 10_000, 0, 0) for share in shares] == told
    assert [impact_of(0, 0, 0, 0, share) for share in shares] == told
    kept = ["medium" if each == "high" else each for each in told]
    assert [impact_of(0, 0, 0, 0, share, brief=True) for share in shares] == kept
    held = [impact_of(0, 0, saved, 4 * 65_536, brief=True) for saved in (65_536, 65_535)]
    assert held == ["high", "low"], "less than 64 KiB is nothing"
    assert impact_of(0, 100, 65_536, 0) == "low"
    assert impact_of(5, 100, 65_536, 4 * 65_536) == impact_of(25, 100, 0, 0) == "high"


def test_what_alters_half_of_the_same_is_an_alternative() -> None:
    assert alternatives({"a": "wxyz", "b": "wu", "c": "xstu", "d": "", "e": "wx"}) == {
        "a": ("b", "e"), "b": ("a", "c", "e"), "c": ("b", "e"), "d": (), "e": ("a", "b", "c"),
    }  # fmt: skip


def few(macs: int, **changes: object) -> Any:
    totals = replace(SMALL.totals, macs=macs, macs_range=(macs, macs), **changes)  # type: ignore[arg-type]
    return replace(SMALL, totals=totals)


def test_less_than_ten_million_macs_are_a_moment_unless_more_may_run() -> None:
    assert is_brief(few(9_999_999), None)
    assert not is_brief(few(10_000_000), None)
    assert not is_brief(few(5, complete=False), None)
    open_ = replace(SMALL, totals=replace(SMALL.totals, macs=5, macs_range=(4, 5)))
    assert not is_brief(open_, None)


@each(
    ("changes", "macs", "worth"),
    [
        ({}, 10**9, False),
        ({"weight_bytes": 0, "bytes_now": 65_536}, 5, True),
        ({"weight_bytes": 0, "bytes_now": 65_535}, 10**9, False),
        ({"weight_bytes": None, "bytes_now": 65_536}, 10**9, False),
        ({"extra": "half of the cache"}, 5, True),
        ({"macs": 99 * 10**7}, 10**9, True),
        ({"macs": 99 * 10**7 + 1}, 10**9, False),
        ({"macs": 0}, 9_999_999, False),
        ({"macs": 0}, 10_000_000, True),
        ({"seconds": 0.9, "seconds_now": 1.0}, 10**9, True),
        ({"seconds": 0.91, "seconds_now": 1.0}, 10**9, False),
        ({"seconds": 0.5, "seconds_now": None}, 10**9, False),
        ({"seconds": 0.5, "seconds_now": 1.0}, 9_999_999, False),
    ],
)  # fmt: skip
def test_a_form_is_worth_a_line_where_it_saves_64_kib_a_tenth_of_time_or_a_hundredth_of_macs(
    changes: dict[str, object], macs: int, worth: bool
) -> None:
    assert is_worthwhile(few(macs), form("f", **changes)) is worth


def test_what_stands_behind_an_action_of_more_than_low_impact_is_told_in_full() -> None:
    groups: list[Any] = [SimpleNamespace(rule=name, informs=name != "w") for name in "whmlsu"]
    asks = (ask("h"), ask("m", impact="medium"), ask("l", impact="low"), ask("s", slower=True),
            ask("u", confidence="low"), ask("w", impact="low"))  # fmt: skip
    told = [
        [group.rule for group in _in_full(groups, _behind(asks), medium)] for medium in (PDF, HTML)
    ]
    assert told == [["w", "h", "m"], list("whmlsu")]


def test_what_has_no_row_is_named_as_far_as_there_is_room() -> None:
    row = PlaceRow(("a", "b"), 3, "", (), None)
    found: Any = SimpleNamespace(count=9, places=(row, replace(row, nodes=("c", "", "d"))))
    assert [_rest(found, *each) for each in ((0, 9), (1, 9), (1, 1), (2, 9))] == [
        Rowless(("a", "b", "c", "d"), 9, 5), Rowless(("c", "d"), 6, 4), Rowless(("c",), 6, 5),
        Rowless((), 3, 3),
    ]  # fmt: skip


def test_a_step_that_is_worth_more_has_its_places_on_paper() -> None:
    rows = tuple(PlaceRow((name,), 1, "", (), None) for name in "abc")
    group: Any = Group("A", "", "", "info", 3, (), (), "", "", (), 0, 0, rows, 3, informs=True)
    shown = [len(_within(group, medium, behind).places)
             for medium in (PDF, replace(HTML, examples=2)) for behind in ((), ("A",))]  # fmt: skip
    assert shown == [1, 3, 2, 2]


def test_what_is_wrong_comes_before_what_presses_and_what_could_be_better() -> None:
    """Of errors what harms, then the others; warnings of harm; what keeps it from being judged;
    what is to be done before it is used, then before it is shared; minima; figures come last."""
    error, warning = {"severity": "error"}, {"severity": "warning"}
    order: tuple[tuple[dict[str, Any], ...], ...] = (
        ({**error, "harms": True}, {**error, "harms": True, "against": True}),
        ({**error, "against": True}, {**error, "against": True, "settles": True}),
        ({**warning, "pressing": True, "harms": True, "settles": True},),
        ({**error}, {**error, "pressing": True}, {**error, "figures": True}),
        ({**warning, "pressing": True, "settles": True},),
        ({**warning, "pressing": True}, {**warning, "pressing": True, "against": True}),
        ({**warning, "pressing": True, "shares": True},),
        ({**warning, "figures": True, "impact": "high"},),
        ({**warning}, {**warning, "harms": True, "settles": True, "against": True}),
        ({**warning, "figures": True, "impact": "low"},),
    )
    found = [{urgency(replace(ACTION, **each)) for each in same} for same in order]
    assert all(len(same) == 1 for same in found)
    assert sorted(one for same in found for one in same) == [one for same in found for one in same]
    assert len(set.union(*found)) == len(order)


def test_what_a_step_needs_may_stand_before_one_of_more_impact() -> None:
    def told(*steps: Action | SmallerForm) -> tuple[list[str], bool]:
        asks = [step for step in steps if isinstance(step, Action)]
        forms = [step for step in steps if isinstance(step, SmallerForm)]
        return chosen(*steps), is_needed_first(first(asks, forms), asks, forms)

    needing = form("b", needs="a")
    assert told(ask("a", impact="medium"), needing) == (["a", "b"], True)
    assert told(ask("a"), needing) == (["a", "b"], False), "of equal impact"
    assert told(ask("a", impact="medium"), form("b")) == (["b", "a"], False)
    assert told(ask("a", impact="medium"), form("b", needs="c")) == (["b", "a"], False)


def test_a_step_takes_longer_by_its_times() -> None:
    assert takes_longer(ask("a", slower=True))
    assert not takes_longer(ask("a"))
    assert takes_longer(form("b", seconds=3.0, seconds_now=2.0))
    assert not takes_longer(form("b", seconds=2.0, seconds_now=2.0))
    assert not takes_longer(form("b"))


LEVEL = st.sampled_from(("high", "medium", "low"))
ASKED = st.fixed_dictionaries({
    "impact": LEVEL, "effort": LEVEL, "severity": st.sampled_from(("error", "warning", "info")),
    "pressing": st.booleans(), "harms": st.booleans(), "shares": st.booleans(),
    "figures": st.booleans(), "against": st.booleans(), "settles": st.booleans(),
    "confidence": LEVEL, "slower": st.booleans(), "tool": st.sampled_from(("", "", "onnxslim")),
    "needs": st.sampled_from(("", "", "r0", "r1")),
})  # fmt: skip
FORMED = st.fixed_dictionaries({"impact": LEVEL, "effort": LEVEL, "confidence": LEVEL,
                                "needs": st.sampled_from(("", "r0", "r2"))})  # fmt: skip


@settings(max_examples=200)
@given(st.lists(ASKED, max_size=6), st.lists(FORMED, max_size=3))
def test_the_list_is_the_beginning_of_one_order_whatever_is_asked(
    asked: list[dict[str, Any]], formed: list[dict[str, Any]]
) -> None:
    """Each step stands no lower than all behind it, but for one that another of them needs."""
    asks = [ask(f"r{n}", **each) for n, each in enumerate(asked)]
    forms = [form(f"f{n}", **each) for n, each in enumerate(formed)]
    of = {one.rule: one for one in asks} | {one.id: one for one in forms}
    whole, listed = ordered(asks, forms), first(asks, forms)
    heights = [height_of_step(step, of) for step in whole]
    assert heights == sorted(heights)
    assert {step.ids for step in listed} == {step.ids for step in whole[:3]}
    moved = listed != whole[:3]
    assert is_needed_first(listed, asks, forms) <= moved
    if not any(each["needs"] for each in (*asked, *formed)):
        assert not moved or any(step.tool for step in listed)
