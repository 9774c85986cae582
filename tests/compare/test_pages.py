"""Parts of pages and comments about two models, of values made for them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast, get_args

import pytest

from analyzer.findings.finding import Severity
from analyzer.report.compare import content, markdown, page
from analyzer.report.compare.figures import TITLES, figure_text
from analyzer.report.compare.gate import Verdict
from analyzer.report.compare.view.figures import ComparedFigure
from analyzer.report.compare.view.layers import ComparedAspect
from analyzer.report.compare.view.weights import TensorFate
from analyzer.report.content import HTML
from tests.each import each


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


Range = tuple[int, int | None]


@each(
    ("old", "new", "told"),
    [
        ((2000, 2000), (1500, 1500), ("2 kMAC", "1.5 kMAC", "−500 MAC", "−25.0 %", False)),
        ((1500, 1500), (2000, 2000), ("1.5 kMAC", "2 kMAC", "+500 MAC", "+33.3 %", False)),
        ((5, 5), (5, 5), ("5 MAC", "5 MAC", "the same", "", True)),
        ((0, 0), (5, 5), ("0 MAC", "5 MAC", "+5 MAC", "", False)),
        (None, None, ("unknown", "unknown", "unknown", "", False)),
        (None, (5, 5), ("unknown", "5 MAC", "unknown", "", False)),
        ((5, 5), None, ("5 MAC", "unknown", "unknown", "", False)),
        ((5, 8), (5, 8), ("5 MAC to 8 MAC", "5 MAC to 8 MAC", "not known", "", False)),
        ((5, 8), (9, 12), ("5 MAC to 8 MAC", "9 MAC to 12 MAC", "at least +1 MAC", "", False)),
        ((5, 8), (8, 12), ("5 MAC to 8 MAC", "8 MAC to 12 MAC", "not known", "", False)),
        ((5, None), (9, 9), ("at least 5 MAC", "9 MAC", "not known", "", False)),
        ((5, 5), (9, None), ("5 MAC", "at least 9 MAC", "at least +4 MAC", "", False)),
        ((9, None), (5, 8), ("at least 9 MAC", "5 MAC to 8 MAC", "at least −1 MAC", "", False)),
        ((8, 9), (5, 8), ("8 MAC to 9 MAC", "5 MAC to 8 MAC", "not known", "", False)),
        ((5, 5), (5, None), ("5 MAC", "at least 5 MAC", "not known", "", False)),
    ],
)
def test_a_total_grows_by_as_much_as_is_certain(
    old: Range | None, new: Range | None, told: tuple[object, ...]
) -> None:
    assert figure_text(ComparedFigure("macs", old, new))[2:] == told


def test_totals_have_their_units_and_no_share_of_next_to_nothing() -> None:
    words = {name: figure_text(ComparedFigure(cast("Any", name), (2048, 2048), (2048, 2048))).new
             for name in TITLES}  # fmt: skip
    assert words == {
        "macs": "2.048 kMAC", "flops": "2.048 kFLOP", "params": "2.048 k", "weight-bytes": "2 KiB",
        "peak": "2 KiB", "operators": "2,048", "layers": "2,048", "file-bytes": "2 KiB",
    }  # fmt: skip
    shares = [figure_text(ComparedFigure("operators", (1, 1), (n, n))).share
              for n in (1 << 40, (1 << 40) + 1)]  # fmt: skip
    assert [bool(share) for share in shares] == [True, False]


def side(name: str = "m", certainty: str = "exact", reason: str = "", drawing: Any = None) -> Any:
    return some(name=name, certainty=certainty, reason=reason, drawing=drawing)


def doubts(old: Any, new: Any) -> list[str]:
    return [*content._doubts(some(old=old, new=new))]


def test_what_figures_rest_on_is_said_once_where_it_is_the_same() -> None:
    assert doubts(side(), side(reason="x")) == []
    at = side(certainty="assumed", reason="for n = 1")
    assert doubts(at, at) == ["Figures of both models hold for n = 1."]
    least = side(certainty="lower bound", reason="a loop")
    assert doubts(least, least) == ["Figures of both models are not exact: a loop."]
    assert doubts(at, least) == [
        "Figures of the old model hold for n = 1.",
        "Figures of the new model are not exact: a loop.",
    ]
    assert doubts(least, side()) == ["Figures of the old model are not exact: a loop."]
    assert doubts(side(), at) == ["Figures of the new model hold for n = 1."]


def test_titles_and_pairs_are_said_in_words() -> None:
    titles = [content._title(some(old=side(old), new=side("b"))) for old in ("a", "b")]
    assert titles == ["a → b", "b, old and new"]
    pairs = [content._paired(some(paired=n, renamed=r)) for n, r in ((1, 0), (2, 0), (2, 1200))]
    assert pairs == [
        "1 operator is in both models.", "2 operators are in both models.",
        "2 operators are in both models, 1,200 under another name.",
    ]  # fmt: skip
    plain = ("operator", "type", "inputs", "runs", "MACs", "FLOPs")
    assert {content.differs(ComparedAspect(each, "1", "-1")) for each in plain} == {"1 → -1"}
    told = [
        content.differs(ComparedAspect(each, "1", "-1")) for each in ("pads", "sources", "outputs")
    ]
    assert told == [
        "pads 1 → −1", "reads what another operator makes", "makes other outputs of the model",
    ]  # fmt: skip


def test_networks_are_drawn_where_there_is_something_to_see(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(content, "picture", lambda drawing, color: (drawing.name, color))
    old, new = (some(name=name, boxes=("box",), joined=False) for name in "on")
    empty = some(name="e", boxes=(), joined=False)

    def drawn(outcome: str, old: Any, new: Any) -> list[tuple[str, Any]]:
        about = some(outcome=outcome, new=side("b", drawing=new), old=side("a", drawing=old))
        return [(each.title, each.picture) for each in content._drawings(about, HTML)]

    assert drawn("changed", old, new) == [
        ("The new network: b", ("n", "change")), ("The old network: a", ("o", "change")),
    ]  # fmt: skip
    assert drawn("another", None, new) == [("The new network: b", ("n", "kind"))]
    assert drawn("changed", empty, None) == []


def outcome(identical: bool | None, *headlines: tuple[str, Any, Any]) -> str:
    told = [some(kind=kind, values={"shared": shared, "layers": layers})
            for kind, shared, layers in headlines]  # fmt: skip
    return page._outcome(some(comparison=some(identical=identical, headlines=told)))


def test_networks_that_share_less_than_half_of_their_layers_are_others() -> None:
    assert outcome(True) == "same"
    assert outcome(None) == "inconclusive"
    assert outcome(False) == "changed"
    assert outcome(False, ("other-network", 4, 9)) == "another"
    assert outcome(False, ("opset", 1, 1), ("other-network", 5, 10)) == "changed"
    assert outcome(False, ("other-network", None, 9)) == "another"


def test_the_old_network_is_drawn_where_something_of_it_went(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page, "draw", lambda result, changes=None: some(boxes=result, by=changes))
    monkeypatch.setattr(page, "becoming", lambda _: some(old="old", new="new"))

    def drawn(outcome: str, old: list[str], new: list[str]) -> tuple[Any, Any]:
        boxes = [[some(change=change) for change in changes] for changes in (old, new)]
        pair = some(old=boxes[0], new=boxes[1], comparison=None)
        first, second = (getattr(made, "by", None) for made in page._drawings(pair, outcome))
        return first, second

    assert drawn("same", ["removed"], []) == drawn("inconclusive", ["removed"], []) == (None, None)
    assert drawn("changed", ["same"], ["same", ""]) == (None, None)
    for mark in ("changed", "weights", "added"):
        assert drawn("changed", [], [mark]) == drawn("changed", [mark], []) == (None, "new")
    assert drawn("changed", ["removed"], []) == ("old", "new")
    for count, shown in ((72, "old"), (73, None)):
        assert drawn("changed", ["removed"] * count, []) == (shown, "new")
    whole = page._drawings(some(old=["o"], new=["n"], comparison=None), "another")
    assert [getattr(each, "boxes", None) for each in whole] == [["o"], ["n"]]


def test_sections_without_content_are_named_with_the_reason() -> None:
    def told(outcome: str = "changed", rows: int = 1, total: int = 1, tensors: int = 1,
             found: int = 1, ends: int = 1) -> list[str]:  # fmt: skip
        left = page._left_out(outcome, some(rows=("r",) * rows), some(total=total, tensors=tensors),
                              cast("Any", ("f",) * found), cast("Any", ("e",) * ends))  # fmt: skip
        return [f"{each.section}: {each.reason}" for each in left]

    assert told() == []
    assert told(rows=0, total=0, found=0, ends=0) == [
        "findings: neither model has any", "layers: all are the same",
        "weights: no pair of stored tensors differs", "inputs and outputs: they are the same",
    ]  # fmt: skip
    assert told("another", rows=0) == ["layers: the networks have too little in common"]
    assert told(total=0, tensors=0) == ["weights: no pair of stored tensors belongs together"]


def test_a_comment_holds_as_much_as_fits() -> None:
    comment = markdown._Comment()
    comment.add("x" * (65_536 - 400 - 5))
    assert comment.fill(iter(["12345"])) == 0
    assert comment.fill(iter(["1", "2"])) == 2
    comment = markdown._Comment()
    comment.add("x" * (65_536 - 400 - 5))
    assert comment.fill(iter(["123456", "1", "2"])) == 3, "nothing behind what did not fit"
    assert markdown._cut(0) == ""
    assert markdown._cut(1200) == "\n… and 1,200 more; JSON has them all\n"


def test_bounds_that_failed_lead_a_comment() -> None:
    gates = [some(outcome=o, text=o.upper()) for o in ("passed", "failed", "inconclusive")]
    assert [*markdown._gates(some(gates=gates))] == [
        "- ❌ **failed**: FAILED\n", "- ⚠ **inconclusive**: INCONCLUSIVE\n",
        "- ✅ passed: PASSED\n",
    ]  # fmt: skip


def test_what_keeps_a_model_from_being_judged_is_told_three_times_at_most() -> None:
    def result(count: int) -> Any:
        problems = [some(inconclusive=True, message=f"p{n}") for n in range(count)]
        return some(facts=some(problems=[some(inconclusive=False, message="note"), *problems]))

    weights = some(complete=True, why="", unread=0, tensors=0)
    pair = some(old=result(3), new=result(4), comparison=some(weights=weights))
    assert [*markdown._doubts(pair)] == [
        *(f"- ⚠ old: inconclusive: p{n}\n" for n in range(3)),
        *(f"- ⚠ new: inconclusive: p{n}\n" for n in range(3)), "- ⚠ new: 1 more problem\n",
    ]  # fmt: skip
    weights.complete, weights.why, pair.old, pair.new = False, "no file", result(0), result(5)
    told = [*markdown._doubts(pair)]
    assert (told[0], told[-1]) == (
        "- ⚠ weights not compared: no file\n",
        "- ⚠ new: 2 more problems\n",
    )


def found(node: str, count: int = 1) -> Any:
    return some(node=node, message="is large", count=count, severity=Severity.WARNING, rule="R1")


def findings(monkeypatch: pytest.MonkeyPatch, came: int, went: int) -> str:
    monkeypatch.setattr(markdown, "group", tuple)
    comment = markdown._Comment()
    turned = some(came=[found(f"c{n}") for n in range(came)],
                  went=[found(f"w{n}") for n in range(went)])  # fmt: skip
    markdown._findings(some(findings=turned), comment)
    return "".join(comment.parts)


def test_findings_that_came_are_listed_and_those_that_went_are_folded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert findings(monkeypatch, 0, 0) == "\n**Findings:** 0 came, 0 went\n\n"
    assert findings(monkeypatch, 1, 0) == (
        "\n**Findings:** 1 came, 0 went\n\n- **warning** R1 at `c0`: is large\n"
    )
    assert findings(monkeypatch, 0, 1) == (
        "\n**Findings:** 0 came, 1 went\n\n\n<details><summary>Findings that went</summary>\n\n"
        "- − **warning** R1 at `w0`: is large\n\n</details>\n"
    )
    many = findings(monkeypatch, 21, 1)
    assert many.count("- **warning** R1 at `c") == 20
    assert many.endswith(
        "<details><summary>More findings</summary>\n\n- + **warning** R1 at `c20`: is large\n"
        "- − **warning** R1 at `w0`: is large\n\n</details>\n"
    )
    assert "<details>" not in findings(monkeypatch, 20, 0)
    assert markdown._finding(found("", 3)) == (
        "- **warning** R1 at model: is large (and at 2 places more)\n"
    )
    cells = ("+", "a|b", "Conv", "+5", "same")
    assert markdown._row(cells) == "| `+` | `a\\x7cb` | Conv | +5 | same |\n"


def test_whatever_became_of_something_has_words() -> None:
    fates = get_args(TensorFate)
    assert set(content.FATES) == set(fates)
    assert set(content.STATES) == {
        "added",
        "removed",
        "weights",
        "same",
        *get_args(Verdict),
        *fates,
    }
    words = {fate: content.FATES[fate][0] for fate in fates}
    assert words["converted"] == "{n} differs as far as another floating-point type rounds."
    assert words["quantised"] == "{n} holds integers in one of the models."
    assert (content.STATES["converted"], content.STATES["passed"]) == ("rounded", "passed")
