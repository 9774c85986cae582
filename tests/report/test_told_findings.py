"""Findings in words: their groups, headings, lines and notices, of findings made for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.findings.finding import Severity
from analyzer.report import lines
from analyzer.report.notices import (
    CANNOT_JUDGE,
    INCONCLUSIVE,
    Notice,
    Spot,
    _spot,
    of_batch,
    without_verdict,
)
from analyzer.report.result import Failure
from analyzer.report.style import Style
from analyzer.report.view import findings as view
from analyzer.report.view.findings import Link
from tests.each import each
from tests.golden.text import facts


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def finding(node: str = "c", macs: int | None = None, **about: Any) -> Any:
    made = {
        "rule": "R1", "name": "large-kernel", "category": "cost", "severity": Severity.WARNING,
        "node": node, "message": f"{node} is large", "fix": "Shrink it. Or not.", "remedy": "",
        "ask": "", "action": "", "value": None, "unit": "", "total": "sum", "cause": "",
        "target": "", "fingerprint": f"f-{node}", "saves": "",
        "saving": None if macs is None else some(macs=macs, params=macs // 10),
    } | about  # fmt: skip
    made.setdefault("places", (some(node=node),))
    made.setdefault("count", len(cast("tuple[Any, ...]", made["places"])))
    return some(**made)


def rule(**about: Any) -> Any:
    made = {
        "id": "R1", "summary": "Finds  large\n kernels.", "rationale": "One.\n\nTwo\nlines.",
        "fix": "Shrink it.", "references": ("https://a.b (A book)", "A paper"), "stake": "",
        "tool": "",
        "names_place": False, "subject": "node", "operators": (frozenset({"Conv"}),),
        "fix_safety": "safe", "training": "none", "when": some(groups=frozenset()),
    } | about  # fmt: skip
    return some(**made)


KNOWN = facts(
    "g (float[4] x) => (float[4] y, float[4] z) { a = Relu (x)  b = Relu (a)  c = Abs (b)  "
    "y = Relu (c)  z = Neg (c) }"
)


def test_the_first_few_of_each_rule_are_shown_and_the_others_counted() -> None:
    every = [finding(str(n), rule=r) for n, r in enumerate("ABABAC")]
    for most, shown, more in ((1, "015", {"A": 2, "B": 1}), (2, "01235", {"A": 1}),
                              (3, "012345", {})):  # fmt: skip
        found, left = view.first_of_each(every, most)
        assert ("".join(f.node for f in found), left) == (shown, more)


def places(*nodes: str, **about: Any) -> Any:
    return finding(nodes[0], places=tuple(some(node=node) for node in nodes), **about)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (places("a", "b"), "also at second"),
        (places("a", "b", "c"), "also at second, c"),
        (places("a", "b", "c", "d"), "also at second, c, d"),
        (places("a", "b", "c", "d", "e"), "also at second, c, d and 1 more"),
        (places("a", "", "", ""), "also at 3 places more"),
        (places("a", "b", value=1500, unit="MACs"), "also at second; 1.5 kMACs in all"),
        (places("a", "b", value=1500, unit=""), "also at second"),
        (places("a", "b", value=None, unit="MACs"), "also at second"),
        (places("a", "b", value=1500, unit="MACs", total="max"), "also at second"),
    ],
)  # fmt: skip
def test_further_places_are_three_names_and_a_number(found: Any, told: str) -> None:
    assert view.others(found, {"b": "second"}) == told


def test_actions_name_one_place_or_count_them() -> None:
    def told(*nodes: str, **about: Any) -> str:
        actions = about.pop("actions", ("Shrink it",) * len(nodes))
        items = [finding(n, action=a) for n, a in zip(nodes, actions, strict=True)]
        return view.heading(items, KNOWN, **about)

    assert told("absent") == "Shrink it: absent"
    assert told("a") == "Shrink it: a (Relu)"
    assert told("") == "Shrink it"
    assert told("a", names=True) == told("a", "b", names=True) == "Shrink it"
    assert told("a", "b") == "Shrink it: 2 places"
    assert told("a", "b", counts=True) == "Shrink it: 2 of 3 Relu operators"
    assert told("a", "b", "y", counts=True) == "Shrink it: all 3 Relu operators"
    assert told("a", "c", counts=True) == "Shrink it: 2 places"
    assert told("a", "a", counts=True) == told("a", "absent", counts=True) == "Shrink it: 2 places"
    assert told("a", "b", actions=("Do a", "Do b")) == "Do a, and 1 more"
    assert told("a", "b", "c", actions=("Do a", "Do b", "Do a")) == "Do a, and 2 more"
    assert told("a", "b", actions=("Do a", "Do a")) == "Do a: 2 places"
    assert view.asked(finding(action="")) == "Shrink it"


def test_rules_about_one_operator_count_them() -> None:
    def alone(*operators: frozenset[str], subject: str = "node") -> bool:
        return view.is_about_operators(rule(operators=operators, subject=subject))

    pair = frozenset({"Conv"}), frozenset({"Relu"})
    parts = [(each,) for each in pair]
    assert view.is_about_operators(rule(operators=parts))
    assert view.is_about_operators(rule(operators=[pair]))
    assert not view.is_about_operators(rule(operators=[(pair[0], pair[0])]))
    assert not view.is_about_operators(rule(operators=[(*pair, frozenset({"Mul"}))]))
    assert not view.is_about_operators(rule(operators=parts, subject="block"))
    assert alone()


def test_a_heading_names_one_place_or_their_number_as_the_rule_has_it() -> None:
    one, two = [finding("a")], [finding("a"), finding("b")]

    def told(items: list[Any], of: Any) -> str:
        return view.heading_of(items, KNOWN, of)

    assert [told(items, None) for items in (one, two)] == [
        "Shrink it: a (Relu)",
        "Shrink it: 2 places",
    ]
    relu = frozenset({"Relu"})
    assert told(two, rule(operators=((relu,),))) == "Shrink it: 2 of 3 Relu operators"
    assert told(two, rule(operators=((relu, relu),))) == "Shrink it: 2 places"
    assert told(two, rule(names_place=True)) == "Shrink it"


def test_texts_of_rules_become_headings_paragraphs_and_links() -> None:
    assert [view.headline(text) for text in ("Finds  large\n kernels.", "a b", "")] == [
        "Large kernels", "A b", "",
    ]  # fmt: skip
    assert view.paragraphs(" One\n two\n \nThree \n\n\n") == ("One two", "Three")
    assert view.paragraphs("") == ()
    assert [view.first_sentence(text) for text in ("A b. C.", "A\n b.", "e.g. c")] == [
        "A b", "A b", "e.g",
    ]  # fmt: skip
    links = [view.reference(text) for text in ("https://a.b (A book)", "https://a.b", "A paper",
                                               "http://a.b (c)")]  # fmt: skip
    assert links == [Link("A book", "https://a.b"), Link("a.b", "https://a.b"), Link("A paper", ""),
                     Link("http://a.b (c)", "")]  # fmt: skip
    assert view.not_listed("R1", 1) == "and 1 more finding of R1"
    assert view.not_listed("R1", 2) == "and 2 more findings of R1"
    kinds = [view.training(kind) for kind in ("none", "train", "fine-tune")]
    assert kinds == ["", "then train again; accuracy unknown until measured",
                     "then fine-tune; accuracy unknown until measured"]  # fmt: skip
    advice = view.safety(rule(fix_safety="display"))
    assert advice == "This is advice: it needs a decision."
    assert view.safety(rule(fix_safety="display", training="train")) == (
        "This is advice: it needs a decision, and retraining."
    )
    assert view.safety(rule(fix_safety="display", training="fine-tune")) == advice


def grouped(*items: Any, rules: tuple[Any, ...] = ()) -> Any:
    return view.group(cast("Any", some(facts=KNOWN, rules=rules, places=items, devices=(),
                                      kept=lambda name, find: find())))  # fmt: skip


def test_a_group_adds_up_what_a_rule_found() -> None:
    first, second = finding("a", 30), finding("b", 70, severity=Severity.INFO)
    (group,) = grouped(first, second, finding("b", 70), finding("c"), rules=(rule(),))
    assert (group.rule, group.name, group.title, group.severity) == (
        "R1", "large-kernel", "Large kernels", "warning",
    )  # fmt: skip
    assert (group.count, group.macs, group.params, group.informs) == (4, 100, 10, False)
    assert (group.why, group.fix) == (("One.", "Two lines."), ("Shrink it.",))
    assert group.safety == "This does not change what the model computes."
    assert group.references == (Link("A book", "https://a.b"), Link("A paper", ""))
    assert group.anchor == "rule-R1"
    assert [(row.nodes, row.count, row.macs) for row in group.places] == [
        (("b",), 1, 70), (("b",), 1, 70), (("a",), 1, 30), (("c",), 1, None),
    ]  # fmt: skip
    (bare,) = grouped(finding("a", severity=Severity.INFO))
    assert (bare.title, bare.why, bare.fix, bare.safety, bare.references) == (
        "Large kernel", (), ("Shrink it. Or not.",), "", (),
    )  # fmt: skip
    assert bare.informs
    assert not grouped(finding("a", 5, severity=Severity.INFO))[0].informs
    assert not grouped(finding("a"))[0].informs


def test_groups_come_by_what_they_save_and_errors_first() -> None:
    found = grouped(
        finding("a", rule="B"), finding("b", rule="A"), finding("c", 5, rule="C"),
        finding("a", rule="D", severity=Severity.INFO),
        finding("b", rule="E", severity=Severity.ERROR),
        finding("c", 9, rule="F", severity=Severity.INFO),
    )  # fmt: skip
    assert [group.rule for group in found] == ["E", "F", "C", "A", "B", "D"]


def test_places_that_say_the_same_are_one_row_with_its_advice() -> None:
    alike = [finding(node, 10, message=f"{node} is large", remedy="Shrink", ask="Why?")
             for node in ("a", "b")]  # fmt: skip
    (group,) = grouped(*alike, finding("c", 10, message="c is large", remedy="Other"))
    assert [(row.nodes, row.count, row.macs, row.advice) for row in group.places] == [
        (("a", "b"), 2, 20, ("fix: Shrink", "ask: Why?")), (("c",), 1, 10, ("fix: Other",)),
    ]  # fmt: skip
    many = [finding(f"n{n}", message="same") for n in range(501)]
    (group,) = grouped(*many)
    assert (group.rows, group.places[0].count, len(group.places[0].nodes)) == (1, 501, 500)
    (group,) = grouped(*[finding(f"n{n}", message=f"m{n}") for n in range(501)])
    assert (group.rows, len(group.places), group.count) == (501, 500, 501)


def problem(message: str, where: str = "a", inconclusive: bool = True) -> Any:
    return some(message=message, where=where, inconclusive=inconclusive, code="unread")


def test_a_problem_is_told_where_a_finding_at_its_place_says_it() -> None:
    told = view.messages([finding("a", message="it is: no file"), finding("b", message="other")])
    assert told == {"a": ["it is: no file"], "b": ["other"]}
    cases = [problem("no file"), problem("other"), problem("no file", "b"), problem("x", "absent")]
    assert [view.is_told(each, told) for each in cases] == [True, False, False, False]


def result(*groups: Any, problems: tuple[Any, ...] = (), **about: Any) -> Any:
    nodes = about.pop("nodes", ())
    known = some(model=some(path="m.onnx"), nodes=nodes, problems=problems,
                 inconclusive=any(each.inconclusive for each in problems))  # fmt: skip
    made = {"facts": known, "groups": groups, "places": groups, "suppressed": 0, "accepted": 0,
            "quiet": ()}  # fmt: skip
    return some(**made | about)


def batch(*items: Any, outcome: str = "findings", since: Any = None, excluded: int = 0) -> Any:
    good = [item for item in items if not isinstance(item, Failure)]
    return some(items=items, results=good, outcome=outcome, since=since, excluded=excluded,
                failures=[item for item in items if isinstance(item, Failure)])  # fmt: skip


def since(count: int) -> Any:
    return some(revision="main", unchanged=("m",) * count)


ERROR, WARNING, INFO = map(Severity, ("error", "warning", "info"))
E, W, N = (finding(severity=each) for each in (ERROR, WARNING, INFO))
BAD = Failure("bad.onnx", "the file is empty")


@each(
    ("found", "text"),
    [
        (batch(result(), outcome="clean"), "0 findings: clean"),
        (batch(result(W)), "1 finding (1 warning)"),
        (batch(result(E, E, W, N, N)), "5 findings (2 errors, 1 warning, 2 info)"),
        (batch(result(E, finding(count=3))), "2 findings (1 error, 1 warning) at 4 places"),
        (batch(result(W), result()), "1 finding (1 warning) in 2 models"),
        (batch(result(W, suppressed=2, accepted=3)),
         "1 finding (1 warning); 2 suppressed; 3 in the baseline"),
        (batch(result(problems=(problem("x"),)), outcome="inconclusive"),
         "0 findings; 1 judged only in part"),
        (batch(BAD, outcome="inconclusive"), "0 findings in 0 models; 1 could not be judged"),
        (batch(result(W), BAD), "1 finding (1 warning) in 1 model; 1 could not be judged"),
        (batch(result(W), since=since(3)),
         "1 finding (1 warning); 3 models unchanged since main, not judged"),
        (batch(result(W), since=since(1)),
         "1 finding (1 warning); 1 model unchanged since main, not judged"),
        (batch(result(W), since=since(0), excluded=2), "1 finding (1 warning)"),
        (batch(since=since(3), outcome="clean"),
         "no model has changed since main: 3 unchanged, not judged"),
        (batch(excluded=2, outcome="clean"), "no model judged: all are excluded"),
        (batch(outcome="clean"), "0 findings in 0 models: clean"),
    ],
)  # fmt: skip
def test_a_check_is_summed_up_in_a_line(found: Any, text: str) -> None:
    assert lines.summary(found) == text


def node(id_: str, name: str = "", location: str = "", extent: Any = None) -> Any:
    return some(id=id_, name=name, location=location, extent=extent)


def test_a_finding_is_a_line_with_hints_below() -> None:
    groups = (
        finding("a", remedy="Shrink", ask="Why?"), finding("b"), places("c", "d"),
        finding("", rule="R2", fix=""),
    )  # fmt: skip
    found = result(*groups, nodes=(node("a", "conv1", "net.py:3"),))
    hinted: set[str] = set()
    assert [*lines._findings(found, Style(), hinted, 9)] == [
        "m.onnx: conv1: R1 a is large", "  from: net.py:3", "  fix: Shrink", "  ask: Why?",
        "m.onnx: b: R1 b is large", "  fix: Shrink it",
        "m.onnx: c: R1 c is large", "  also at d", "m.onnx: R2  is large",
    ]  # fmt: skip
    assert hinted == {"R1"}
    assert [*lines._findings(found, Style(), {"R1"}, 1)] == [
        "m.onnx: conv1: R1 a is large", "  from: net.py:3", "  fix: Shrink", "  ask: Why?",
        "m.onnx: R2  is large",
        "m.onnx: and 2 more findings of R1 (limit text_rows = 1); JSON lists all",
    ]  # fmt: skip
    bold = [*lines._findings(result(E), Style(True), set(), 9)]
    assert bold == ["m.onnx: c: \x1b[1;31mR1\x1b[0m c is large", "\x1b[2m  fix: Shrink it\x1b[0m"]
    told = result(finding("a", message="no file"), problems=(
        problem("no file"), problem("no shape"), problem("a note", "", False)))  # fmt: skip
    assert [*lines._problems(told, Style())] == [
        "m.onnx: a: inconclusive: no shape [unread]", "m.onnx: note: a note [unread]",
    ]  # fmt: skip


def test_notices_are_what_could_not_be_judged_and_then_findings() -> None:
    nodes = (node("a", "conv1", "net.py:3", (5, 9)), node("b"))
    item = result(
        places("a", "b", "absent", ask="Why?"), finding("b", remedy="Shrink", message="no file",
                                                        severity=Severity.ERROR),
        problems=(problem("no file", "b"), problem("no shape"), problem("note", "a", False)),
        nodes=nodes,
    )  # fmt: skip
    bad, partly, first, second = of_batch(batch(BAD, item))
    assert bad == Notice("bad.onnx", CANNOT_JUDGE, "", Severity.ERROR, "the file is empty")
    assert partly == Notice("m.onnx", INCONCLUSIVE, "unread", Severity.ERROR, "no shape", "a")
    assert [n.message for n in without_verdict(item, again=True)] == ["no file", "no shape"]
    assert (first.place, first.also, first.origin, first.remedy, first.ask) == (
        "conv1", "also at b, absent", "net.py:3", "Shrink it", "Why?",
    )  # fmt: skip
    assert first.spots == (Spot("conv1", "a", (5, 9)), Spot("b", "b"), Spot("absent", "absent"))
    assert first.sentence == "conv1: a is large (and at 2 places more)"
    assert first.advice == (("from", "net.py:3"), ("fix", "Shrink it"), ("ask", "Why?"))
    assert (second.also, second.origin, second.remedy) == ("", "", "Shrink")
    assert (second.title, bad.title) == ("R1 large-kernel", "cannot-judge")
    assert (second.sentence, bad.sentence) == ("b: no file", "the file is empty")
    assert (bad.state, bad.silence, bad.more, bad.where) == ("new", "", "", "")
    assert _spot("", {}) == Spot("", "")


@pytest.mark.parametrize(
    ("state", "reason", "expires", "told"),
    [
        ("accepted", "", None, "accepted in the baseline"),
        ("suppressed", "known", None, "known"),
        ("suppressed", "known", "2027-01-01", "known (until 2027-01-01)"),
    ],
)
def test_what_is_silenced_says_why(state: str, reason: str, expires: str | None, told: str) -> None:
    quiet = some(state=state, reason=reason, expires=expires)
    notice = Notice("m", "R1", "", Severity.INFO, "x", quiet=quiet)
    assert (notice.state, notice.silence) == (state, told)


def test_a_finding_of_a_whole_model_keeps_its_identity() -> None:
    plain = Notice("m", "R1", "n", Severity.INFO, "x", "p", finding=finding("a", cause="other"))
    assert plain.identity == "f-a"
    whole = [Notice("m", "R1", "n", Severity.INFO, "x", p, finding=finding(p, cause="R1"))
             for p in "ab"]  # fmt: skip
    assert whole[0].identity == whole[1].identity != "f-a"
    assert whole[0].is_about_the_model
    assert not plain.is_about_the_model
    quiet = Notice("m", "R1", "n", Severity.INFO, "x", "p", finding=finding("a", cause="R1"),
                   quiet=some(state="accepted"))  # fmt: skip
    assert quiet.identity == "f-a"
    bare = Notice("m", CANNOT_JUDGE, "", Severity.ERROR, "x")
    assert bare.identity != Notice("m", CANNOT_JUDGE, "c", Severity.ERROR, "x").identity
