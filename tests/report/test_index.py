"""Rows, totals and order of an index."""

from __future__ import annotations

import csv
import re
from dataclasses import replace

import pytest

from analyzer.devices import profile
from analyzer.evidence import WeightEvidence
from analyzer.facts import Certainty
from analyzer.findings.finding import Severity
from analyzer.learned import Learned
from analyzer.report import CHECK_FORMATS, Batch, Options, Result
from analyzer.report.cards import cards
from analyzer.report.claims import claims_of
from analyzer.report.index import html as index
from analyzer.report.index.csv import render_index_csv
from analyzer.report.index.entry import IndexEntry, IndexFigure, entry_of, failed
from analyzer.report.index.html import BARS, render_index
from analyzer.report.index.summary import families, totals_of, worst_first
from analyzer.report.index.twins import alike
from analyzer.report.page import origin_of
from analyzer.report.result import Outcome
from analyzer.report.view import findings
from tests.golden.text import facts
from tests.report.everything import FAILURE, asking, clean, everything, partly, separable
from tests.report.results import html_of, words

UNREAD = failed("empty.onnx", "the file is empty")


def counted(path: str, outcome: Outcome = "clean", **counts: int) -> IndexEntry:
    """A row of a VGG-16 with 10 MACs, and with findings by severity."""
    found = {"error": 0, "warning": 0, "info": 0, **counts}
    return IndexEntry(path, outcome, group="VGG-16", recognised=True, counts=found,
                      macs=IndexFigure(10))  # fmt: skip


def costing(path: str, macs: int) -> IndexEntry:
    return replace(counted(path), macs=IndexFigure(macs))


def table(*entries: IndexEntry) -> list[dict[str, str]]:
    return list(csv.DictReader(render_index_csv(entries).decode().splitlines()))


def page(*entries: IndexEntry) -> str:
    return words(render_index(entries, Options(), "nets").decode())


def test_a_row_has_what_the_paper_says_of_mobilenet(mobilenet: Result) -> None:
    row = entry_of(mobilenet, "a/net.onnx", devices=(profile("rpi5"),))
    assert row.macs == (568_740_352, False)
    assert row.params == (4_231_976, False)
    assert (row.group, row.recognised) == ("MobileNetV1", True)
    assert row.counts == {"error": 0, "warning": 1, "info": 0}


def test_a_network_with_a_published_backbone_is_none_of_its_family(mobilenet: Result) -> None:
    known = mobilenet.facts.architecture
    assert known is not None
    part = replace(known, detail="MobileNetV1 backbone, 30 weighted layers", backbone=True)
    facts = replace(mobilenet.facts, architecture=part)
    rows = [entry_of(mobilenet, "a"), entry_of(replace(mobilenet, facts=facts), "b"),
            replace(costing("c", 3), group="convolutional", recognised=False)]  # fmt: skip
    assert [(f.name, f.backbone, len(f.members)) for f in families(rows)] == [
        ("MobileNetV1", "", 1), ("convolutional", "", 1), ("convolutional", "MobileNetV1", 1)
    ]  # fmt: skip
    assert {row["family"] for row in table(*rows)} == {
        "MobileNetV1", "convolutional", "convolutional, MobileNetV1 backbone"
    }  # fmt: skip
    assert "convolutional, MobileNetV1 backbone 1 " in page(*rows)


def test_the_name_of_a_file_is_whole_but_for_what_nobody_sees(mobilenet: Result) -> None:
    name = f"{'net_' * 50}\x1b[2K.onnx"
    whole = name.replace("\x1b", "\\x1b")
    row = entry_of(mobilenet, name)
    assert [table(each)[0]["model"] for each in (row, failed(name, "empty"))] == [whole, whole]
    assert len(row.shown) == 120
    assert origin_of(replace(mobilenet, facts=mobilenet.facts.called(name))).path == whole
    assert whole not in page(row)


def test_what_a_total_misses_is_at_least(unknown: Result) -> None:
    row = entry_of(unknown, "net.onnx")
    assert row.macs == (16 * 8 * 9 * 32 * 32, True)
    assert table(row)[0]["macs_at_least"] == "yes"
    assert "≥ 1.18 M" in page(row)


def test_no_known_operator_makes_no_number(unknown: Result) -> None:
    totals = replace(unknown.facts.totals, macs=0)
    row = entry_of(replace(unknown, facts=replace(unknown.facts, totals=totals)), "net.onnx")
    assert row.macs == (None, True)
    assert table(row)[0]["macs"] == "unknown"


def test_weights_that_nobody_knows_are_unknown(mobilenet: Result) -> None:
    stored = replace(mobilenet.facts.parameters, certainty=Certainty.UNKNOWN)
    row = entry_of(replace(mobilenet, facts=replace(mobilenet.facts, parameters=stored)), "a.onnx")
    assert row.params == row.weight_bytes == (None, True)


def test_weights_that_the_model_makes_are_counted_apart() -> None:
    made = facts(
        "g (float[1,4] x) => (float[1,2] y) <int64[2] size = {4, 2}, float[2,2] w = {1, 2, 3, 4}> "
        "{ all = ConstantOfShape (size)  h = MatMul (x, all)  y = MatMul (h, w) }"
    )
    row = entry_of(Result(made, ()), "a.onnx")
    assert (row.weight_bytes, row.unstored_bytes) == ((48, False), 32)
    assert row.unseen_bytes == (0, False)


def test_a_sum_with_an_unread_file_is_at_least() -> None:
    totals = totals_of([counted("a"), counted("b"), UNREAD])
    assert totals.macs == (20, True)
    assert totals.unread == 1
    assert totals.findings_least
    assert totals_of([counted("a"), counted("b")]).macs == (20, False)


def test_of_peaks_the_largest_is_told_and_not_their_sum() -> None:
    peaks = [replace(counted(name), peak_bytes=IndexFigure(n)) for name, n in (("a", 5), ("b", 7))]
    totals = totals_of(peaks)
    assert (totals.peak_bytes, totals.peak_of, totals.peaks_open) == ((7, False), "b", 0)
    least = replace(counted("c"), peak_bytes=IndexFigure(2, True))
    assert totals_of([*peaks, least]).peak_bytes == (7, False)
    assert "7 B b 1 other model has no exact peak" in page(*peaks, least)
    assert "9 B c 1 other model has" in page(
        *peaks, replace(counted("c"), peak_bytes=IndexFigure(9)), UNREAD
    )
    assert "at least 9 B c Contents" in page(
        *peaks, replace(counted("c"), peak_bytes=IndexFigure(9, True))
    )


def test_a_row_of_a_forest_has_what_its_card_says(mobilenet: Result) -> None:
    none = replace(mobilenet.facts.parameters, bytes_by_dtype={}, weights=0, buffers=0)
    inside = Learned(operators=1, trees=20, tree_nodes=352, bytes=16_988)
    facts = replace(mobilenet.facts, parameters=none, learned=inside, architecture=None,
                    totals=replace(mobilenet.facts.totals, macs_by_kind={}))  # fmt: skip
    forest = entry_of(replace(mobilenet, facts=facts), "a.onnx")
    assert (forest.inside, forest.weight_bytes) == ("352 tree nodes", (16_988, False))
    assert forest.group == "decision trees"
    assert "352 tree nodes 16.59 KiB" in page(forest)
    other = replace(forest, inside="9 coefficients")
    tensors = [replace(counted("a"), params=IndexFigure(held)) for held in (4544, 30)]
    for members, said in (
        ([forest], "352 tree nodes"), ([forest, other], "in attributes"),
        ([forest, *tensors], "30 to 4.544 k, others in attributes"),
        ([*tensors], "30 to 4.544 k"),
    ):  # fmt: skip
        assert index._learned(members) == said


def test_nothing_known_is_unknown_in_all() -> None:
    assert totals_of([UNREAD]).macs == (None, True)
    assert "Compute of all unknown" in page(UNREAD)


def test_order_is_no_verdict_then_gravest_finding_then_cost() -> None:
    rows = [
        counted("cheap"),
        costing("costly", 99),
        counted("informs", "findings", info=9),
        counted("warns", "findings", warning=1),
        counted("errs", "findings", error=1),
        counted("partly", "inconclusive"),
        UNREAD,
    ]
    assert [row.path for row in worst_first(rows)] == [
        "empty.onnx", "partly", "errs", "warns", "informs", "costly", "cheap",
    ]  # fmt: skip


def test_a_row_says_what_the_report_says_and_is_counted_as_that() -> None:
    part = replace(counted("part", "findings", info=1), partly=True, reasons=("because",))
    wrong = replace(counted("wrong", "findings", error=1), wrong=True)
    both = replace(counted("both", "inconclusive", error=1), wrong=True, reasons=("also",))
    rows = [counted("fine"), wrong, both, part]
    assert dict(totals_of(rows).outcomes) == {"inconclusive": 2, "findings": 1, "clean": 1}
    assert [row.path for row in worst_first(rows)] == ["both", "part", "wrong", "fine"]
    judged = [line["judged"] for line in table(*rows, UNREAD)]
    assert judged == ["no", "in part", "in part", "yes", "yes"]
    outcomes = [row["outcome"] for row in table(*rows)]
    assert outcomes == ["inconclusive"] * 2 + ["findings", "clean"]
    text = words(page(*rows))
    assert text.count("judged in part") == 2 + text.count("2 judged in part")
    assert "error judged in part" in text
    assert "inconclusive" not in text


def test_a_row_says_its_verdict_and_what_speaks_against_use_comes_first() -> None:
    told = replace(counted("net", "findings", info=1), verdict="Nothing urgent.", rules=("STR001",))
    doubt = replace(told, path="doubt", doubtful=True, untrained=True, verdict="One warning.")
    harm = replace(doubt, path="harm", harmful=True, untrained=False)
    warned = costing("warned", 99)
    warned = replace(warned, outcome="findings", counts={"error": 0, "warning": 1, "info": 0})
    order = [row.path for row in worst_first([told, warned, doubt, harm])]
    assert order == ["harm", "doubt", "warned", "net"]
    text = page(told, doubt, harm)
    assert "to look at before use not a trained model One warning. STR001" in text
    assert "speaks against use One warning. STR001" in text
    assert "net VGG-16 Nothing urgent. STR001" in text
    paper = words(index.index_page([told, doubt], Options(), "nets", on_paper=True))
    assert "Nothing urgent. 0 0 1" in paper


def test_of_warnings_those_that_speak_against_use_come_first(standard: Result) -> None:
    severities = {"STR101": Severity.WARNING, "SEP001": Severity.INFO, "WGT011": Severity.WARNING}
    (first,) = [finding for finding in standard.places if finding.rule == "SEP001"][:1]
    found = tuple(replace(first, rule=rule, severity=severity, saving=None)
                  for rule, severity in severities.items())  # fmt: skip
    about = replace(standard, findings=found)
    html = CHECK_FORMATS["html"](Batch((about,)), Options()).decode()
    for order in (
        [group.rule for group in findings.group(about)],
        list(entry_of(about, "a.onnx", whole=False).rules),
        re.findall(r"<code>([A-Z]{3}\d{3}) ", html),
    ):
        assert order == ["WGT011", "STR101", "SEP001"]


def test_a_row_has_the_peak_that_its_report_leads_with(mobilenet: Result) -> None:
    memory = replace(mobilenet.facts.memory, fused_bytes=1000)
    quantised = replace(mobilenet, facts=replace(mobilenet.facts, memory=memory))
    row = entry_of(quantised, "net.onnx", whole=False)
    assert (row.peak_bytes, row.peak_as_written) == ((1000, False), (memory.peak_bytes, False))
    (card,) = [c for c in cards([*claims_of(quantised)], "macs") if c.claim == "peak"]
    assert card.value == "1000 B"
    line = table(row)[0]
    assert int(line["peak_activation_bytes"]) == memory.peak_bytes
    assert line["peak_in_integer_kernels_bytes"] == "1000"
    assert line["peak_in_integer_kernels_bytes_at_least"] == "no"
    data = replace(memory, peak_range=(5, memory.peak_bytes))
    varying = replace(mobilenet, facts=replace(mobilenet.facts, memory=data))
    assert entry_of(varying, "net.onnx", whole=False).peak_bytes == (memory.peak_bytes, False)


def test_models_of_which_all_figures_are_equal_are_named_together() -> None:
    macs = {"a": 7, "b": 9, "c": 7, "d": 0, "e": 0, "f": None, "g": None}
    rows = [replace(counted(name), macs=IndexFigure(n)) for name, n in macs.items()]
    assert [[row.path for row in group] for group in alike(rows)] == [["a", "c"]]
    assert "Equal in compute, parameters, weights and peak, and counted each: a and c." in page(
        *rows
    )
    assert alike([rows[0], replace(rows[2], rules=("STR001",))]) == ()
    assert "Equal in compute" not in page(*rows[:2])
    many = [
        replace(counted(f"m{n}{m}"), macs=IndexFigure(m)) for m in range(1, 7) for n in range(6)
    ]
    text = page(*many)
    assert "m05, m15, m25, m35 and 2 more;" in text
    assert text.count("and 2 more;") == 4
    assert "; 2 more such groups." in text


def test_a_row_says_that_weights_are_placeholders(mobilenet: Result) -> None:
    for evidence, told in (
        (None, False), (WeightEvidence({}), False),
        (WeightEvidence({}, placeholder=True), True),
    ):  # fmt: skip
        read = replace(mobilenet, facts=replace(mobilenet.facts, evidence=evidence))
        assert entry_of(read, "net.onnx", whole=False).untrained is told


def test_kinds_are_called_as_reports_call_them() -> None:
    """8·8·16·9 MACs of the convolution, and 4·2·3·(2 + 2) of the LSTM where there is one."""
    cell = "z, h = LSTM <hidden_size = 2> (s, wx, wh)"
    for more, said in ((cell, "convolutional and recurrent"), ("z = Relu (s)", "convolutional")):
        found = Result(
            facts(f"""g (float[1,8,16] x, float[3,1,2] s, float[8,8,9] w,
            float[1,8,2] wx, float[1,8,2] wh) => (float[1,8,8] y, float[N,A,B] z)
            {{ y = Conv (x, w) {more} }}""")
        )
        row = entry_of(found, "net.onnx")
        assert (row.group, row.recognised) == (said, False)
        report = words(html_of(found).decode())
        assert f"A {said} network of" in report


def test_families_are_architectures_then_kinds_and_no_unread_file() -> None:
    rows = [counted("a"), costing("b", 3),
            replace(counted("c"), group="recurrent", recognised=False), UNREAD]  # fmt: skip
    first, second = families(rows)
    assert (first.name, [row.path for row in first.members]) == ("VGG-16", ["b", "a"])
    assert (second.name, second.recognised) == ("recurrent", False)


def test_bars_of_a_large_family_are_few_and_its_ends_among_them() -> None:
    rows = [costing(f"net{n}", n) for n in range(1, 1001)]
    html = render_index(rows, Options(), "nets").decode()
    bars = html[html.index('class="spark"') : html.index("</svg>", html.index('class="spark"'))]
    assert bars.count("<rect") == BARS
    assert "net1: 1 MAC" in bars
    assert "net1000: 1 kMAC" in bars
    code = html[html.rindex("<script") : html.rindex("</script>")]
    for word in ("light", "aria-sort", "hashchange"):
        assert word in code, "a theme, an order and a filter can be chosen"


def test_a_long_list_says_where_the_rest_is() -> None:
    rows = [counted(f"net{n}") for n in range(30)]
    html = words(render_index(rows, Options(html_rows=10), "nets").decode())
    assert "10 of 30 models shown; the CSV has all of them." in html


def test_a_page_about_ten_thousand_models_opens_anywhere() -> None:
    unread = [failed(f"nets/{n}.onnx", "the file is empty") for n in range(5_000)]
    rows = [*(costing(f"nets/net{n}.onnx", n) for n in range(5_000)), *unread]
    data = render_index(rows, Options(), "nets")
    assert len(data) < 1_200_000
    text = words(data.decode())
    assert "1,000 of 10,000 models shown; the CSV has all of them." in text
    assert "4,000 more; the CSV has all of them." in text
    assert len(table(*rows)) == 10_000


def test_the_page_of_check_says_whose_findings_it_leaves_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index, "LISTED", 1)
    html = CHECK_FORMATS["html"](everything(), Options()).decode()
    assert "The findings of 2 more models are left out; the JSON and the CSV have them." in words(
        html
    )
    assert html.count("<article") == 2


def test_reasons_are_few_and_counted() -> None:
    result = partly()
    problem = result.facts.problems[0]
    many = tuple(replace(problem, where=f"n{n}") for n in range(9))
    row = entry_of(replace(result, facts=replace(result.facts, problems=many)), "a.onnx")
    assert row.reasons[0] == "n0: more than 9 visits; raise the limit"
    assert row.reasons[-1] == "and 6 more"


def test_formulas_are_no_formulas_in_the_table() -> None:
    row = table(failed("=1+1", "@x"))[0]
    assert (row["model"], row["reasons"]) == ("'=1+1", "'@x")


@pytest.mark.parametrize("text", ["asking.onnx", "it is odd", "rename it", "Why is it odd?"])
def test_the_page_of_check_has_finding_remedy_and_question(text: str) -> None:
    assert text in words(CHECK_FORMATS["html"](everything(), Options()).decode())


def test_the_page_of_check_lists_as_many_findings_of_a_rule_as_the_limit_says() -> None:
    result = separable()
    one = result.places[0]
    many = tuple(replace(one, cause=f"c{n}", fingerprint=f"{n}") for n in range(9))
    html = CHECK_FORMATS["html"](Batch((replace(result, findings=many),)), Options(text_rows=4))
    text = words(html.decode())
    assert text.count("SEP001 separable-candidate") == 4
    assert "5 more of SEP001; the JSON has all of them." in text


def test_the_page_of_check_needs_no_more_than_what_findings_are_about(standard: Result) -> None:
    """So it is the same whether other formats want every operator or not."""
    flagged = {finding.node for finding in standard.places}
    few = replace(
        standard.facts,
        nodes=tuple(node for node in standard.facts.nodes if node.id in flagged),
        blocks=(), modules=None, memory=replace(standard.facts.memory, alive=()),
        parameters=replace(standard.facts.parameters, tensors=()),
    )  # fmt: skip
    whole, part = (Batch((result, FAILURE)) for result in (standard, replace(standard, facts=few)))
    assert CHECK_FORMATS["html"](whole, Options()) == CHECK_FORMATS["html"](part, Options())


def test_models_are_named_from_the_folder_that_ci_runs_in() -> None:
    found = clean()
    model = replace(found.facts.model, path="/src/nets/a.onnx")
    there = replace(found, facts=replace(found.facts, model=model))
    html = CHECK_FORMATS["html"](Batch((there, asking())), Options(root="/src")).decode()
    assert "<code>nets/a.onnx</code>" in html
    assert "/src" not in html
