"""What came and what went between two models, of findings and tensors made for it."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from analyzer.facts import Certainty
from analyzer.report.compare import text
from analyzer.report.compare.turnover import turnover
from analyzer.report.compare.view import ends, figures, findings, weights
from analyzer.report.compare.view.ends import ComparedEnd
from analyzer.report.compare.view.figures import ComparedFigure
from analyzer.report.compare.view.weights import ComparedTensor, TensorFateRow, UnreadTensors
from analyzer.report.style import Style
from tests.golden.text import facts

if TYPE_CHECKING:
    import pytest

    from analyzer.facts import Facts


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def finding(node: str, rule: str = "R1", **about: Any) -> Any:
    made = {"rule": rule, "node": node, "severity": "warning", "name": "a-rule", "count": 1,
            "message": f"{node} is large", "fingerprint": f"f-{node}", "cause": ""}  # fmt: skip
    return some(**made | about)


def turned(
    monkeypatch: pytest.MonkeyPatch, old: str, new: str, partners: dict[str, str],
    operators: str = "",
) -> tuple[str, str]:  # fmt: skip
    def unpaired(old: Any, new: Any) -> Any:
        return old, new

    monkeypatch.setattr(sys.modules[turnover.__module__], "unpaired", unpaired)
    went, came = ([finding(node) for node in nodes] for nodes in (old, new))
    found = turnover(went, came, partners, {*operators})
    return "".join(f.node for f in found.came), "".join(f.node for f in found.went)


def test_a_finding_stays_where_its_operator_or_tensor_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert turned(monkeypatch, "a", "b", {"b": "a"}, "b") == ("", "")
    assert turned(monkeypatch, "a", "b", {}, "b") == ("b", "a")
    assert turned(monkeypatch, "t", "t", {}) == ("", "")  # no operator: a tensor of that name
    assert turned(monkeypatch, "t", "t", {}, "t") == ("t", "t")  # an operator that came
    assert turned(monkeypatch, "a", "bb", {"b": "a"}, "b") == ("b", "")
    assert turned(monkeypatch, "aa", "b", {"b": "a"}, "b") == ("", "a")
    assert turned(monkeypatch, "aab", "cc", {"c": "a"}, "c") == ("", "b")
    rules = turnover([finding("t", "R1")], [finding("t", "R2")], {})
    assert (len(rules.came), len(rules.went)) == (1, 1)


@cache
def small() -> Facts:
    return facts("g (float[4] x) => (float[4] y) { a = Relu (x)  y = Relu (a) }")


def rows(*found: Any, turn: Any = "new", rules: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    result = cast("Any", some(rules=rules, facts=small()))
    return [(r.turn, r.rule, r.severity, r.title, r.count, r.message, r.places)
            for r in findings._rows(turn, found, result)]  # fmt: skip


def test_findings_of_one_cause_are_a_row_and_errors_come_first() -> None:
    rule = some(id="R1", summary="Finds large kernels.")
    found = finding("a"), finding("b", cause="R1"), finding("c", cause="R1")
    assert rows(*found, rules=(rule,)) == [
        ("new", "R1", "warning", "Large kernels", 1, "a is large", ("a",)),
        ("new", "R1", "warning", "Large kernels", 2, "b is large", ("b", "c")),
    ]  # fmt: skip
    order = rows(finding("a", "B"), finding("a", "A"), finding("a", "C", severity="info"),
                 finding("a", "D", severity="error"), turn="gone")  # fmt: skip
    assert [row[:4] for row in order] == [
        ("gone", "D", "error", "A rule"), ("gone", "A", "warning", "A rule"),
        ("gone", "B", "warning", "A rule"), ("gone", "C", "info", "A rule"),
    ]  # fmt: skip
    (many,) = rows(*[finding(f"n{n}", message="same") for n in range(201)])
    assert (many[4], len(many[6])) == (201, 200)


def test_what_did_not_come_stayed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "ungroup", tuple)
    a, b = finding("a"), finding("b")
    side = some(rules=(), facts=small(), places=(a, b, a))
    pair = some(findings=some(came=[a], went=[finding("c")]), new=side, old=side)
    told = [(row.turn, row.places) for row in findings.findings(cast("Any", pair))]
    assert told == [("new", ("a",)), ("gone", ("c",)), ("kept", ("b",)), ("kept", ("a",))]


def change(fate: str, new: str = "a", **about: Any) -> Any:
    made = {"fate": fate, "new": new, "operand": "weight", "names": ("w", "v"), "elements": 9,
            "dtypes": ("float32", "int8"), "changed": 4, "relative": 0.5, "why": ""}  # fmt: skip
    return some(**made | about)


def compared(*changes: Any, **about: Any) -> Any:
    made = {"changes": changes, "why": "", "unread": 0, "tensors": 12, "same": 3, "layers": 2,
            "largest": 0.5}  # fmt: skip
    pair = some(comparison=some(weights=some(**made | about)), new=some(facts=small()))
    return weights.weights(cast("Any", pair))


def test_pairs_of_tensors_are_counted_by_their_fate() -> None:
    reasons = [change("not compared", why=why) for why in ("no file", "no file", "too large")]
    gone = change("changed", "absent", names=("",), dtypes=("int8",))
    found = compared(change("folded"), gone, *reasons, change("same"), change("folded"))
    assert (found.tensors, found.same, found.layers, found.largest) == (12, 3, 2, 0.5)
    assert found.fates == (TensorFateRow("changed", 1), TensorFateRow("folded", 2))
    assert found.total == 3
    assert found.unread == (UnreadTensors("no file", 2), UnreadTensors("too large", 1))
    assert found.rows[:2] == (
        ComparedTensor("a", "weight", "w", "v", "float32", "int8", "folded", 9, 4, 0.5, ""),
        ComparedTensor("absent", "weight", "", "", "int8", "int8", "changed", 9, 4, 0.5, ""),
    )
    assert compared(why="no weights", unread=7).unread == (UnreadTensors("no weights", 7),)
    assert compared(change("not compared", why="a"), why="b", unread=7).unread == (
        UnreadTensors("a", 1),
    )  # fmt: skip
    many = compared(*[change("changed")] * 51)
    assert (len(many.rows), many.total) == (50, 51)


def test_ends_that_changed_are_told_with_their_types() -> None:
    x, y = small().inputs[0], small().outputs[0]
    other = replace(y, shape=(None,), dtype=None)
    interface = [(x, None), (None, y), (y, other), (None, None)]
    found = some(old=small(), new=small(), interface=interface)
    assert ends.ends(cast("Any", found)) == (
        ComparedEnd("input", "x", "float32 4", ""), ComparedEnd("output", "y", "", "float32 4"),
        ComparedEnd("output", "y", "float32 4", "unknown ?"),
    )  # fmt: skip


def test_what_is_stored_is_known_at_least() -> None:
    def known(certainty: Certainty) -> list[Any]:
        stored = replace(small().parameters, certainty=certainty)
        totals = replace(small().totals, params=5, weight_bytes=20)
        result = cast("Any", some(facts=replace(small(), parameters=stored, totals=totals)))
        return [figures._known(result, name) for name in ("params", "weight-bytes", "operators")]

    assert known(Certainty.EXACT) == [(5, 5), (20, 20), (2, 2)]
    assert known(Certainty.LOWER_BOUND) == [(5, None), (20, None), (2, 2)]
    assert known(Certainty.UNKNOWN) == [None, None, (2, 2)]
    pair = cast("Any", some(old=some(facts=small()), new=some(facts=small())))
    names = [figure.name for figure in figures.figures(pair)]
    assert names == list(figures.FIGURES)
    assert figures.figures(pair)[5] == ComparedFigure("operators", (2, 2), (2, 2))


PLAIN = Style()


def test_findings_are_told_in_twenty_lines_each_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "group", tuple)

    def told(came: int, went: int, stay: int = 0) -> list[str]:
        lists = ([finding(f"n{n}") for n in range(count)] for count in (came, went))
        found = some(came=next(lists), went=next(lists))
        pair = some(findings=found, new=some(findings=("f",) * (came + stay)))
        return [*text._findings(cast("Any", pair), PLAIN)]

    assert told(0, 0, 3) == ["findings: 0 came, 0 went, 3 the same"]
    assert told(1, 1) == [
        "findings: 1 came, 1 went, 0 the same", "+ n0: R1 n0 is large", "- n0: R1 n0 is large",
    ]  # fmt: skip
    assert len(told(20, 20)) == 41
    assert told(21, 0)[-1] == "+ … and 1 more"
    assert told(0, 22)[-1] == "- … and 2 more"
    whole = some(came=[finding("", count=3)], went=[])
    pair = cast("Any", some(findings=whole, new=some(findings=("f",))))
    assert [*text._findings(pair, PLAIN)][1] == "+ model: R1  is large (and at 2 places more)"


def test_gates_and_doubts_are_told_with_their_reasons() -> None:
    gates = [some(outcome=o, text=o.upper()) for o in ("passed", "failed", "inconclusive")]
    assert [*text._gates(cast("Any", some(gates=gates)), PLAIN)] == [
        "", "passed: PASSED", "failed: FAILED", "inconclusive: INCONCLUSIVE",
    ]  # fmt: skip
    assert [*text._gates(cast("Any", some(gates=())), PLAIN)] == []

    def side(certainty: str, *problems: Any) -> Any:
        return some(facts=some(totals=some(certainty=certainty, reason="n = 1"), problems=problems))

    problem = some(inconclusive=True, where="a", message="no shape")
    whole = some(inconclusive=True, where="", message="no file")
    note = some(inconclusive=False, where="a", message="note")
    pair = cast("Any", some(old=side("exact", problem, note), new=side("assumed", whole)))
    assert [*text._warnings(pair, PLAIN)] == [
        "old: inconclusive: a: no shape", "new: MACs are assumed: n = 1",
        "new: inconclusive: no file",
    ]  # fmt: skip
