"""Lines and verdicts of a comparison, of values made for them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from analyzer.compare.record import Change, Difference
from analyzer.facts import Tensor
from analyzer.findings.finding import Severity
from analyzer.report.compare.gate import (
    IncreaseBound,
    _judge,
    _open,
    judge_findings,
    known_range,
)
from analyzer.report.compare.rows import (
    _differs,
    _kind,
    _measured,
    _what,
    difference,
    elsewhere,
    row,
    turnover,
    uncovered,
    weights_note,
)
from analyzer.report.compare.view.ends import _type
from tests.each import each
from tests.golden.text import facts

if TYPE_CHECKING:
    from analyzer.facts import Facts, Node


def bound(share: int = 0, amount: int = 0, written: str = "") -> IncreaseBound:
    return IncreaseBound("macs", Fraction(share, 100), amount, written)


@each(
    ("limit", "old", "new", "outcome", "text"),
    [
        (bound(), (100, 100), (100, 100), "passed", "MACs 100, as before; no more is allowed"),
        (bound(), (100, 100), (101, 101), "failed",
         "MACs 100 → 101 (+1, +1.0 %); no more is allowed"),
        (bound(), (2000, 2000), (500, 500), "passed",
         "MACs 2,000 → 500 (−1,500, −75.0 %); no more is allowed"),
        (bound(), (0, 0), (5, 5), "failed", "MACs 0 → 5 (+5); no more is allowed"),
        (bound(5, written="5%"), (100, 100), (105, 105), "passed",
         "MACs 100 → 105 (+5, +5.0 %); 5% more is allowed"),
        (bound(5, written="5%"), (100, 100), (106, 106), "failed",
         "MACs 100 → 106 (+6, +6.0 %); 5% more is allowed"),
        (bound(0, 7, "7"), (100, 100), (107, 107), "passed",
         "MACs 100 → 107 (+7, +7.0 %); 7 more is allowed"),
        (bound(0, 7, "7"), (100, 100), (108, 108), "failed",
         "MACs 100 → 108 (+8, +8.0 %); 7 more is allowed"),
        # All of one range has to be beyond all of the other.
        (bound(), (90, 100), (101, 120), "failed",
         "MACs 90 to 100 → 101 to 120; no more is allowed"),
        (bound(), (90, 100), (80, 90), "passed", "MACs 90 to 100 → 80 to 90; no more is allowed"),
        (bound(), (90, 100), (80, 91), "inconclusive",
         ("MACs 90 to 100 → 80 to 91; that is not known well enough to judge it (no more is "
         "allowed)")),
        (bound(), (90, 100), (100, 100), "inconclusive",
         "MACs 90 to 100 → 100; that is not known well enough to judge it (no more is allowed)"),
        (bound(), (90, None), (500, 500), "inconclusive",
         "MACs at least 90 → 500; that is not known well enough to judge it (no more is allowed)"),
        (bound(), (100, 100), (50, None), "inconclusive",
         "MACs 100 → at least 50; that is not known well enough to judge it (no more is allowed)"),
        (bound(), (90, None), (90, 90), "passed", "MACs at least 90 → 90; no more is allowed"),
        (bound(), None, (5, 5), "inconclusive", "MACs of the old model are unknown"),
        (bound(), (5, 5), None, "inconclusive", "MACs of the new model are unknown"),
    ],
)  # fmt: skip
def test_a_bound_is_broken_or_kept_where_all_that_may_be_says_so(
    limit: IncreaseBound, old: Any, new: Any, outcome: str, text: str
) -> None:
    found = _judge(limit, old, new)
    assert (found.name, found.outcome, found.text) == ("macs", outcome, text)


def finding(severity: Severity, node: str = "conv1") -> Any:
    return SimpleNamespace(severity=severity, rule="GRF001", node=node)


def judged(
    old: bool = False, new: bool = False, *came: Any, level: str = "warning"
) -> tuple[str, str]:
    before, after = (
        cast("Any", SimpleNamespace(facts=SimpleNamespace(inconclusive=each)))
        for each in (old, new)
    )
    found = judge_findings(before, after, came, level)
    assert found.name == "findings"
    return found.outcome, found.text


def test_findings_of_a_severity_and_above_fail() -> None:
    error, warning, info = map(finding, (Severity.ERROR, Severity.WARNING, Severity.INFO))
    none = "no new finding at warning or above"
    assert judged() == ("passed", none)
    assert judged(False, False, info) == ("passed", none)
    one = "1 new finding at {} or above: GRF001 at conv1"
    assert judged(False, False, info, warning) == ("failed", one.format("warning"))
    assert judged(False, False, error) == ("failed", one.format("warning"))
    assert judged(True, True, error, level="error") == ("failed", one.format("error"))
    assert judged(False, False, warning, level="error")[0] == "passed"
    assert judged(False, False, info, level="info")[0] == "failed"
    assert judged(False, False, finding(Severity.ERROR, ""), info, warning) == (
        "failed", "2 new findings at warning or above: GRF001 at the model and 1 more",
    )  # fmt: skip
    old, new = (f"{none}, but the {age} model was judged in part only" for age in ("old", "new"))
    assert judged(True, True) == judged(True) == ("inconclusive", old)
    assert judged(False, True) == ("inconclusive", new)


@cache
def small() -> Facts:
    return facts(
        "g (float[1,4,8,8] x) => (float[1,4,8,8] y) <float[4,4,1,1] w = {"
        + ", ".join("0" * 16)
        + "}> { c = Conv (x, w)  y = Relu (c) }"
    )


def ranged(name: str, **changes: Any) -> Any:
    known = small()
    totals = {key: value for key, value in changes.items() if hasattr(known.totals, key)}
    others = {key: value for key, value in changes.items() if key not in totals}
    found = replace(known, totals=replace(known.totals, **totals), **others)
    return known_range(cast("Any", SimpleNamespace(facts=found)), name)


def test_totals_are_ranges_open_above_where_something_is_unknown() -> None:
    known = small()
    assert ranged("macs") == (1024, 1024)
    assert ranged("macs", complete=False) == (1024, None)
    assert ranged("flops") == known.totals.flops_range
    assert ranged("flops", flops_complete=False) == (known.totals.flops, None)
    assert ranged("params") == (16, 16)
    assert ranged("weight-bytes") == (64, 64)
    assert ranged("operators") == (2, 2)
    assert ranged("layers") == (1, 1)
    assert ranged("file-bytes") == (known.model.bytes,) * 2
    unsure = replace(known.parameters, certainty="lower bound")  # type: ignore[arg-type]
    assert [ranged(name, parameters=unsure) for name in ("params", "weight-bytes")] == [None, None]
    memory = replace(known.memory, peak_range=(2048, None))
    assert ranged("peak") == (2048, 2048)
    assert ranged("peak", memory=replace(memory, peak_bytes=None)) is None
    for certainty, high in (("assumed", 2048), ("lower bound", None)):
        partly = replace(memory, certainty=certainty)  # type: ignore[arg-type]
        assert ranged("peak", memory=partly) == (2048, high), certainty
    assert [_open((5, 9), 7, complete=c) for c in (True, False)] == [(5, 9), (5, None)]
    assert _open((5, 9), 4, complete=False) == (4, None)


def test_growth_has_a_sign_and_a_share() -> None:
    told = [difference(value) for value in (None, 0, 1500, -1500)]
    assert told == ["unknown", "same", "+1,500", "−1,500"]
    assert _measured("t", 2000, 2500)[1:5] == ("2,000", "2,500", "+500", "+25.0 %")
    assert _measured("t", 2500, 2000)[1:5] == ("2,500", "2,000", "−500", "−20.0 %")
    assert _measured("t", 5, 5)[1:5] == ("5", "5", "same", "")
    assert _measured("t", 0, 5)[1:5] == ("0", "5", "+5", "")
    assert _measured("t", None, 5)[1:5] == ("unknown", "5", "unknown", "")
    assert _measured("t", 5, None)[1:5] == ("5", "unknown", "unknown", "")
    assert [bool(_measured("t", 1, (1 << 40) + more).relative) for more in (0, 1)] == [True, False]


def test_what_became_of_operators_is_counted() -> None:
    text = "operators: 1,200 changed, 2 came, 3 went, 4 the same"
    assert turnover(1200, 2, 3, 4, 0) == text
    assert turnover(1200, 2, 3, 4, 5) == f"{text} (5 under another name)"
    places = [elsewhere(cast("Any", SimpleNamespace(count=count))) for count in (1, 2, 3)]
    assert places == ["", " (and at 1 place more)", " (and at 2 places more)"]


def test_what_was_not_compared_says_why() -> None:
    def note(complete: bool, unread: int) -> str:
        found = SimpleNamespace(complete=complete, why="no file", unread=unread, tensors=9)
        return weights_note(cast("Any", found))

    assert note(True, 3) == ""
    assert note(False, 0) == "weights not compared: no file"
    assert note(False, 3) == "weights not compared, 3 of 9 tensors: no file"


CONV, RELU = small().nodes


def change(old: Node | None, new: Node | None, *about: tuple[str, str, str]) -> Change:
    return Change(old, new, tuple(Difference(*each) for each in about))


WIDER = replace(RELU, op_type="Gelu", name="act")


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (change(None, CONV), ("+", "c", "pointwise 1×1, 4→4", "+1,024", "+16")),
        (change(CONV, None), ("-", "c", "pointwise 1×1, 4→4", "−1,024", "−16")),
        (change(RELU, WIDER), ("~", "act", "Relu 1×4×8×8 → Gelu 1×4×8×8", "same", "same")),
        (change(RELU, RELU), ("~", "y", "Relu 1×4×8×8", "same", "same")),
        (change(RELU, RELU, ("axis", "1", "-1")),
         ("~", "y", "Relu 1×4×8×8: axis 1 → −1", "same", "same")),
        (change(RELU, RELU, *[(f"a{n}", "1", "2") for n in range(4)]),
         ("~", "y", "Relu 1×4×8×8: a0 1 → 2; a1 1 → 2; a2 1 → 2", "same", "same")),
        (change(RELU, RELU, ("type", "float32 4", "float16 4")),
         ("~", "y", "Relu 1×4×8×8: float32 4 → float16 4", "same", "same")),
        # Of two that do not look alike the type is no news, nor is a single difference.
        (change(RELU, WIDER, ("type", "a", "b"), ("axis", "1", "2")),
         ("~", "act", "Relu 1×4×8×8 → Gelu 1×4×8×8", "same", "same")),
        (change(RELU, WIDER, ("axis", "1", "2"), ("alpha", "1", "2")),
         ("~", "act", "Relu 1×4×8×8 → Gelu 1×4×8×8: axis 1 → 2; alpha 1 → 2", "same", "same")),
        (change(replace(CONV, params=10), CONV),
         ("~", "c", "pointwise 1×1, 4→4", "same", "+6")),
    ],
)  # fmt: skip
def test_an_operator_is_told_with_what_changed(found: Change, line: tuple[str, ...]) -> None:
    assert row(found) == line
    assert _what(found) == line[2]


def test_values_that_say_what_they_are_about_need_no_name() -> None:
    aspects = ("type", "inputs", "runs", "MACs", "FLOPs", "sources", "outputs", "operator")
    assert {_differs(Difference(each, "a", "b")) for each in aspects} == {"a → b"}
    assert _differs(Difference("pads", "-1", "0")) == "pads −1 → 0"
    assert _kind(replace(RELU, outputs=())) == "Relu"


def test_changes_that_no_headline_covers_are_left() -> None:
    changes = [change(None, CONV), change(None, RELU)]
    found = SimpleNamespace(covered=(0,), changes=changes)
    assert uncovered(cast("Any", found)) == changes[1:]


@pytest.mark.parametrize(
    ("dtype", "shape", "said"),
    [
        ("float32", (1, None), "float32 1×?"),
        (None, (2,), "unknown 2"),
        ("float32", None, "float32 unknown"),
        (None, None, "unknown"),
    ],
)
def test_an_end_says_once_that_it_is_unknown(
    dtype: str | None, shape: tuple[int | None, ...] | None, said: str
) -> None:
    assert _type(Tensor("y", dtype, shape)) == said
