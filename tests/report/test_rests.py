"""What a report's cost hangs on, where nobody stated it, is said first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from analyzer.facts import Second
from analyzer.lint import Settings, lint
from analyzer.report.result import Result
from analyzer.report.view import steps
from analyzer.report.view.actions import actions
from analyzer.report.view.rests import rest, weighed
from analyzer.report.view.urgency import standing
from analyzer.ruleset import load_rules
from tests.golden.text import facts
from tests.report.test_steps_first import ask, form

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from analyzer.facts import Facts

BODY = "{ y = Conv <pads = [1, 1, 1, 1]> (x, w) }"
IMAGE = f"g (float[1,16,h,w0] x, float[64,16,3,3] w) => (float[1,64,h,w0] y) {BODY}"


def counted(found: Facts) -> tuple[Any, ...]:
    rules = load_rules()
    result = Result(found, lint(found, rules, Settings()), rules)
    return tuple(each for each in weighed(actions(result), found) if each.figures)


def test_the_share_of_macs_that_grows_is_that_of_the_polynomial() -> None:
    """All of a convolution over the image grows with its sides; a product beside it does not."""
    assert rest(facts(IMAGE)) == ("h = w0", 1.0)
    fixed = 224 * 224 * 64 * 16 * 9  # as many as the convolution has at 224 × 224
    both = IMAGE.replace("w) =>", f"w, float[{fixed // 64},64] a, float[64,1] b) =>").replace(
        "{ y", "{ z = MatMul (a, b)  y"
    )
    both = both.replace(" y) {", f" y, float[{fixed // 64},1] z) {{")
    assert rest(facts(both)) == ("h = w0", 0.5)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(lambda: facts(IMAGE, dims={"h": 300, "w0": 300}), id="stated"),
        pytest.param(lambda: facts(IMAGE, shapes={"x": (1, 16, 300, 300)}), id="stated as a shape"),
        pytest.param(lambda: facts(IMAGE.replace("h,w0", "224,224")), id="in the file"),
        pytest.param(lambda: facts(IMAGE.replace("1,16,h,w0", "n,16,224,224")), id="a batch"),
        pytest.param(lambda: facts("g (float[1,h] x) => (float[1,h] y) { y = Relu (x) }"),
                     id="nothing multiplies"),
        pytest.param(lambda: replace(facts(IMAGE), assumptions=_reason("metadata (size)")),
                     id="from the metadata"),
        pytest.param(lambda: replace(facts(IMAGE), assumptions=_a_second("sample_rate")),
                     id="a second whose rate is stated"),
    ],
)  # fmt: skip
def test_nothing_is_said_of_a_size_that_is_stated_or_hardly_matters(
    found: Callable[[], Facts],
) -> None:
    assert rest(found()) is None
    assert all(each.rests is None and each.impact == "low" for each in counted(found()))


@pytest.mark.parametrize(("beside", "told"), [(0, True), (19, True), (20, False)])
def test_what_hangs_on_a_size_is_told_from_a_twentieth_and_is_no_impact(
    beside: int, told: bool
) -> None:
    rows = beside * 3 * 3 * 224 * 224  # as many MACs, which stay
    text = IMAGE.replace("16", "1").replace("64", "1")
    if beside:
        text = text.replace("w) =>", f"w, float[{rows},1] a, float[1,1] b) =>").replace(
            " y) {", f" y, float[{rows},1] z) {{ z = MatMul (a, b) "
        )
    (asked,) = counted(facts(text))
    assert asked.rests == (pytest.approx(1 / (1 + beside)) if told else None)
    assert (asked.impact, standing(asked)) == ("low", "figures")


def _reason(reason: str) -> tuple[Any, ...]:
    return tuple(replace(each, reason=reason) for each in facts(IMAGE).assumptions)


def _a_second(source: str) -> tuple[Any, ...]:
    second = Second(224, "samples", source)
    return tuple(replace(each, second=second, reason=second.reason)
                 for each in facts(IMAGE).assumptions)  # fmt: skip


LOOP = """g (float[4,4] x, int64 n, bool go) => (float[4,4] y) {
  y = Loop (n, go, x) <body = b (int64 i, bool before, float[4,4] s) => (bool after, float[4,4] t) {
    after = Identity (before)
    t = MatMul (s, s)
  }>
}"""


def test_what_keeps_totals_from_being_more_than_minima_is_of_high_impact_and_comes_first() -> None:
    """It keeps the model from being judged; it saves nothing, and the verdict says it already."""
    (asked,) = counted(facts(LOOP))
    assert (asked.rule, asked.impact, asked.rests) == ("GRF002", "high", None)
    assert asked.severity == "warning"
    told = steps.first([ask("SEP", severity="info"), asked], [])
    assert [step.ids for step in told] == [("GRF002",), ("SEP",)]
    assert steps.worth(told[0], {"GRF002": asked}) == ()
    assert counted(facts(LOOP, trips={"y": 4})) == ()


def test_a_second_in_most_models_is_a_guess() -> None:
    found = facts(IMAGE)
    assert rest(replace(found, assumptions=_a_second(""))) == rest(found)


def test_a_size_changes_no_model_and_comes_behind_all_that_does() -> None:
    size = ask("GRF", figures=True, rests=0.9, rests_on="seq", severity="info", impact="low")
    broken, better = ask("ONX", severity="error"), ask("SEP", severity="info", impact="low")
    others = [form(name, alternatives=()) for name in ("F", "G")]
    told = [step.ids for step in steps.first([broken, better, size], others)]
    assert told == [("ONX",), ("F",), ("G",)]
    assert [step.ids for step in steps.first([size, better], [])] == [("SEP",), ("GRF",)]
    minima = replace(size, impact="high")
    told = [step.ids for step in steps.first([better, minima], others)]
    assert told == [("GRF",), ("F",), ("G",)]
