"""What a page holds behind its words: notes, rows for the script, and the index of many models."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.facts import Certainty
from analyzer.report.explained.memory import _bytes
from analyzer.report.explained.sums import added_up, product, scientific, sized, weakest
from analyzer.report.index.entry import IndexEntry, IndexFigure
from analyzer.report.index.html import (
    Sparkline,
    _cards,
    _family,
    _outcomes,
    _range,
    _spark,
    _tall,
    figure,
    in_all,
)
from analyzer.report.index.summary import families, totals_of, worst_first
from analyzer.report.notes import (
    Note,
    NoteMark,
    Notes,
    _briefly,
    _in_full,
    _is_whole,
    _whole,
    grouped,
    on_paper,
    on_screen,
    spelled,
    worded,
)
from analyzer.report.view.appendix import _brief, _how, _number, brief_names, runs
from analyzer.report.view.explained import Explained, Reckoning, Summand, certainty_words
from analyzer.report.view.layers import PageNode
from analyzer.report.view.method import FormulaRow, page_formula_key


def parts(*found: tuple[int, str], minus: bool = False) -> list[tuple[str, str]]:
    return [(each.text, each.label) for each in added_up(found, minus=minus)]


def test_equal_parts_of_a_sum_are_a_product_and_the_largest_come_first() -> None:
    assert parts((5, "a"), (7, "b"), (5, "a"), (0, "c")) == [("2 · 5", "a"), ("7", "b")]
    assert parts((5, "b"), (5, "a")) == [("5", "a"), ("5", "b")]
    six = [(10 - n, str(n)) for n in range(6)]
    assert [label for _, label in parts(*six)] == ["0", "1", "2", "3", "4", "5"]
    assert parts(*six, (2, "x"))[6:] == [("2", "1 other")]
    assert parts(*six, (2, "x"), (2, "x"), (1, "y"))[6:] == [("5", "3 others")]
    assert parts((5, "a"), (5, "a"), minus=True) == [("−2 · 5", "a")]
    assert parts(*six, (2, "x"), minus=True)[6:] == [("−2", "1 other")]


def test_bytes_are_values_times_the_size_of_their_type() -> None:
    found = sized({"float32": 40, "int4": 5, "bool": 0, "string": 7, "float16": 3, "int8": 9})
    assert [(each.text, each.label) for each in found] == [
        ("3", "float16"), ("10 · 4", "float32"), ("10 · 4 / 8", "int4"), ("9 · 1", "int8"),
        ("7", "string"),
    ]  # fmt: skip


def test_large_measures_are_products_of_powers_of_a_thousand() -> None:
    values = (1024, 999_999, 1e6, 480e6, 19.5e12, 2.5, 1500.5, 999.5, 1e15, 1e18)
    assert [scientific(value) for value in values] == [
        "1024", "999999", "1 · 10⁶", "480 · 10⁶", "19.5 · 10¹²", "2.5", "1.5005 · 10³", "999.5",
        "1 · 10¹⁵", "1000 · 10¹⁵",
    ]  # fmt: skip
    assert [product(n, t) for n, t in ((1, "a + b"), (2, "a + b"), (2, "a·b"))] == [
        "a + b", "2 · (a + b)", "2 · a·b",
    ]  # fmt: skip


def test_a_sum_is_as_sure_as_its_weakest_part() -> None:
    def node(certainty: Certainty, reason: str = "") -> Any:
        return SimpleNamespace(cost=SimpleNamespace(certainty=certainty, reason=reason))

    exact, assumed = node(Certainty.EXACT, "x"), node(Certainty.ASSUMED, "n = 1")
    assert weakest([]) == weakest([exact]) == (Certainty.EXACT, "")
    assert weakest([exact, assumed, exact]) == (Certainty.ASSUMED, "n = 1")
    least = node(Certainty.LOWER_BOUND, "a loop")
    assert weakest([least, assumed]) == (Certainty.LOWER_BOUND, "a loop")


@pytest.mark.parametrize(
    ("dtype", "shape", "size", "text"),
    [
        ("float32", (2, 3), 24, "2·3 · 4"), ("float32", (), 4, "1 · 4"),
        ("float32", (2, 3), 25, "25"), ("float32", (2, None), 24, "24"),
        ("float32", None, 24, "24"), ("int4", (4,), 2, "2"), ("string", (2,), 9, "9"),
        (None, (2,), 9, "9"),
    ],
)  # fmt: skip
def test_bytes_of_a_tensor_are_its_sides_and_its_type(
    dtype: str | None, shape: tuple[int | None, ...] | None, size: int, text: str
) -> None:
    elements = None
    if shape is not None and None not in shape:
        elements = 1
        for side in shape:
            elements *= side or 0
    tensor = SimpleNamespace(dtype=dtype, shape=shape, bytes=size, elements=elements)
    assert _bytes(cast("Any", tensor)) == text


def explained(
    number: str, value: float, by: str, *summands: tuple[str, str], sure: str = ""
) -> Explained:
    certainty = Certainty.ASSUMED if sure else Certainty.EXACT
    return Explained(number, value, by, tuple(Summand(*each) for each in summands), certainty, sure)


def test_a_sum_is_spelled_with_signs_and_labels() -> None:
    told = explained("n", 1, "x", ("2 · 4096", "MACs"), ("−512", ""), ("10240.5", "c"))
    assert spelled(told) == "2 · 4,096 (MACs) − 512 + 10240.5 (c)"
    assert spelled(explained("n", 0, "x")) == "0"
    assert spelled(explained("n", 0, "x", ("−5", ""), ("4", ""))) == "−5 + 4"
    assert grouped("1000 100000.5 12345678") == "1,000 100000.5 12,345,678"


@pytest.mark.parametrize(
    ("value", "by", "words"),
    [
        (12345, "x", "12,345"), (12345, "time", "12,345"), (0.0125, "time", "12.5 ms"),
        (31.25, "snr", "31.2 dB"), (12.5, "layer.intensity", "12.5 FLOP/B"),
        (12500.0, "rate", "12.5 k"), (12500.0, "per", "12.5 k"), (0.125, "share", "12.5 %"),
    ],
)  # fmt: skip
def test_a_number_is_worded_as_the_page_shows_it(value: float, by: str, words: str) -> None:
    assert worded(explained("n", value, by)) == words


def test_a_number_without_parts_is_not_said_twice() -> None:
    plain = explained("n", 2.5, "time", ("2.5", ""))
    assert _is_whole(plain, "2.5")
    assert not _is_whole(plain, "2.50")
    assert not _is_whole(explained("n", 5, "x", ("5", "")), "5")
    assert _in_full(plain) == "2.5 s"
    assert _in_full(explained("n", 5, "x", ("5", ""))) == "5"
    assert _in_full(explained("n", 5, "x", ("2 + 3", ""))) == "2 + 3 = 5"


def test_a_share_leaves_out_what_all_are_shares_of() -> None:
    half = explained("page.layers[3].share", 0.5, "share.macs", ("2000 / 4000", ""))
    assert _whole([half, half, replace(half, summands=(Summand("1 / 9"),))]) == "4000"
    assert _briefly(half, "4000", {}) == "2,000"
    assert _briefly(half, "4000", {"page.layers[3].macs": 2000}) == ""
    assert _briefly(half, "4000", {"page.layers[3].macs": 2001}) == "2,000"
    assert _briefly(half, "4001", {}) == "2,000 / 4,000"
    assert _briefly(half, "", {}) == "2,000 / 4,000"
    assert _briefly(explained("n", 2.5, "x", ("2.5", "")), "", {}) == ""
    for number, before in (("page.rows[1].shares[2]", "page.rows[1].macs[2]"),
                           ("a.macs_share", "a.macs"), ("a.params_share", "a.params"),
                           ("page.conversion_totals[0].left",
                            "page.conversion_totals[0].macs_after")):  # fmt: skip
        each = replace(half, number=number)
        assert _briefly(each, "4000", {before: 2000}) == "", number


WAYS = (Reckoning("macs", "MACs", "a · b", "A"), Reckoning("flops", "FLOPs", "2 · a", "B"),
        Reckoning("rest", "Rest", "c", "A"), Reckoning("idle", "Idle", "d", "A"))  # fmt: skip


def page(*found: Explained, conversions: tuple[int, ...] = ()) -> Any:
    return SimpleNamespace(explained=found, reckonings=WAYS, conversions=conversions,
                           what_if=SimpleNamespace(stops=None))  # fmt: skip


def test_notes_stand_by_their_source_and_numbers_lead_to_them() -> None:
    found = on_screen(page(
        explained("totals.macs", 6, "macs", ("2 · 3", "")),
        explained("page.macs", 8, "macs", ("2 · 4", ""), sure="n = 1"),
        explained("page.again", 6, "macs", ("2 · 3", "")),
        explained("totals.flops", 12, "flops", ("2 · 6", ""), sure="n = 1"),
        explained("page.rest", 5, "rest", ("5", "")),
        explained("page.nodes[2]", 7, "formulas[4]", ("7", ""), sure="n = 1"),
        explained("page.none", 7, "absent", ("7", "")),
    ))  # fmt: skip
    assert found.notes == (
        Note("y-0", "MACs", "a · b", "2 · 3 = 6", "", "A", "", 2),
        Note("y-1", "Rest", "c", "5", "", "A", "", 0),
        Note("y-2", "FLOPs", "2 · a", "2 · 6 = 12", "Assumed: n = 1.", "B", "", 1),
    )
    assert found.links == {
        "totals.macs": NoteMark("y-0", "", "", "6", None, True),
        "page.macs": NoteMark("y-0", "", "2 · 4", "8", "Assumed: n = 1."),
        "page.again": NoteMark("y-0", "", "", "6", None, True),
        "totals.flops": NoteMark("y-2", "", "", "12", None, True),
        "page.rest": NoteMark("y-1", "", "", "5", None, True),
        "page.nodes[2]": NoteMark("y-f4", "", "7", "7", "Assumed: n = 1."),
    }


def test_what_notes_rest_on_is_not_said_again_in_the_next_where_it_is_long() -> None:
    long, other = "with n = 1 and whatever else was assumed", "with n = 2 and all that besides it"
    found = on_screen(page(
        explained("totals.macs", 6, "macs", ("2 · 3", ""), sure=long),
        explained("page.rest", 5, "rest", ("5", ""), sure=long),
        explained("page.idle", 5, "idle", ("5", "")),
        explained("totals.flops", 12, "flops", ("2 · 6", ""), sure=long),
    )).notes  # fmt: skip
    assert [(note.sure, note.again) for note in found] == [
        (f"Assumed: {long}.", ""), (f"Assumed: {long}.", "Assumed: as above."), ("", ""),
        (f"Assumed: {long}.", "Assumed: as above."),
    ]  # fmt: skip
    for first, second in ((long, other), ("n = 1", "n = 1")):
        notes = on_screen(page(
            explained("totals.macs", 6, "macs", ("2 · 3", ""), sure=first),
            explained("page.rest", 5, "rest", ("5", ""), sure=second),
        )).notes  # fmt: skip
        assert [note.again for note in notes] == ["", ""]


def test_paper_has_a_note_for_the_numbers_that_matter_most() -> None:
    found = on_paper(page(
        explained("totals.flops", 12, "flops", ("2 · 6", ""), sure="n = 1"),
        explained("totals.macs", 6, "macs", ("2 · 3", "")),
        explained("totals.params", 0, "rest", ("0", "")),
        explained("page.rest", 5, "rest", ("5", "")),
        explained("memory.peak_bytes", 7, "absent", ("7", "")),
        explained("claims.saving.macs", 5, "rest", ("5", "")),
    ))  # fmt: skip
    assert found.notes == (
        Note("y-a", "MACs", "a · b", "2 · 3 = 6", "", "A"),
        Note("y-b", "FLOPs", "2 · a", "2 · 6 = 12", "Assumed: n = 1.", "B"),
        Note("y-c", "Rest", "c", "5", "", "A"),
    )
    assert found.links == {
        "totals.macs": NoteMark("y-a", "a", "", "", None),
        "totals.flops": NoteMark("y-b", "b", "", "", None),
        "claims.saving.macs": NoteMark("y-c", "c", "", "", None),
    }
    assert found.remarks == {"Assumed: n = 1.": ["b"]}
    assert Notes((), {}).remarks == {}


def test_paper_has_no_note_for_a_number_that_it_leaves_out() -> None:
    after, fused = "page.conversion_totals[0].macs_after", "claims.memory.peak.fused_bytes"
    for shown, written, read in (
        ((), 7, [fused, "memory.peak_bytes"]), ((1,), 5, ["memory.peak_bytes", after]),
    ):  # fmt: skip
        found = on_paper(page(
            explained(after, 6, "macs", ("2 · 3", "")),
            explained(fused, 5, "rest", ("5", "")),
            explained("memory.peak_bytes", written, "rest", (str(written), "")),
            conversions=shown,
        ))  # fmt: skip
        assert [*found.links] == read
        assert [note.anchor for note in found.notes] == ["y-a", "y-b"]


def test_certainty_is_a_sentence_unless_it_is_exact() -> None:
    told = [certainty_words(each, "n = 1") for each in Certainty]
    assert Counter(told) == Counter(
        ["", "Assumed: n = 1.", "At least: n = 1.", "Not known: n = 1."]
    )
    assert certainty_words(Certainty.EXACT, "n = 1") == ""
    assert certainty_words(Certainty.LOWER_BOUND, "n = 1") == "At least: n = 1."


NODE = PageNode(
    "a", "", "", "Conv", "", (), (), 100, 207, (100, 100), (207, 207), 0, 1, False, (1, 1),
    "f", "10 · 10", "g", "2 · 100 + 7", "8·8 + 8", "S", Certainty.EXACT, "",
)  # fmt: skip
KEY = page_formula_key(NODE)
FORMULAS = (FormulaRow("Other", 1, "f", "g", "S"), FormulaRow(KEY[0], 1, *KEY[1:]))


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({}, [1, "10x10", 0, "8*8 + 8"]),
        ({"flops": 200, "flops_substitution": "2 · 100"}, [1, "10x10", 0, "8*8 + 8"]),
        ({"flops": 208}, [1, "10x10", "2x100 + 7", "8*8 + 8"]),
        ({"macs": 0}, [1, "", "2x100 + 7", "8*8 + 8"]),
        ({"macs": None, "flops": None}, [1, "", "2x100 + 7", "8*8 + 8"]),
        ({"op_type": "Relu"}, 0),
        ({"op_type": "Relu", "params": 5}, [-1, "10x10", 0, "8*8 + 8"]),
        ({"certainty": Certainty.ASSUMED, "reason": "n = 1"}, [1, "10x10", 0, "8*8 + 8", 1]),
    ],
)
def test_the_script_is_told_how_a_row_comes_about(changes: dict[str, object], row: object) -> None:
    node = replace(NODE, **changes)  # type: ignore[arg-type]
    sure = ["", "Assumed: n = 1."] if "certainty" in changes else [""]
    assert _how([[(1, node)]], FORMULAS) == {"how": [row], "sure": sure}


def test_counts_are_numbers_where_their_digits_are_all_there_is() -> None:
    cases = [(1234, "1,234"), (None, "unknown"), (5, "1 to 9"), (10**15 - 1, f"{10**15 - 1:,}"),
             (10**15, f"{10**15:,}"), (0, "0")]  # fmt: skip
    assert [_number(*case) for case in cases] == [
        1234, "unknown", "1 to 9", 10**15 - 1, f"{10**15:,}", 0,
    ]  # fmt: skip
    assert _brief("2 · 3·4") == "2x3*4"
    assert runs([1, 2, 4, 5, 6]) == [1, 2, [4, 3]]
    names = ["a" * 50, "a" * 50, "a" * 34 + "b", "ä", "äb", ""]
    assert brief_names(names) == [
        "0" + "a" * 50, "z" + "a" * 15, "yb", "0ä", "0äb", "0",
    ]  # fmt: skip


def entry(path: str, macs: int | None = 5000, *, least: bool = False, **about: Any) -> IndexEntry:
    made = IndexEntry(path, "clean", group="ResNet", recognised=True, counts={},
                      macs=IndexFigure(macs, least), params=IndexFigure(10),
                      weight_bytes=IndexFigure(40), peak_bytes=IndexFigure(100))  # fmt: skip
    return replace(made, **about)


def test_the_worst_model_comes_first() -> None:
    order = [
        IndexEntry("unread", "inconclusive", judged=False),
        entry("partly", outcome="inconclusive"),
        entry("errors", 1, outcome="findings", counts={"error": 1}),
        entry("warnings", 9, outcome="findings", counts={"warning": 1, "info": 9}),
        entry("warned", 8, outcome="findings", counts={"warning": 7}),
        entry("told", 99, outcome="findings", counts={"info": 1}),
        entry("a"), entry("b"), entry("none", None),
    ]  # fmt: skip
    assert worst_first(reversed(order)) == tuple(order)


def test_totals_are_sums_and_the_largest_peak() -> None:
    every = [entry("a", counts={"error": 1, "info": 2}, silenced=1),
             entry("b", peak_bytes=IndexFigure(300), counts={"info": 1}, silenced=2),
             IndexEntry("c", "inconclusive", judged=False)]  # fmt: skip
    found = totals_of(every)
    assert (found.models, found.unread, found.silenced, found.findings_least) == (3, 1, 3, True)
    assert found.outcomes == {"clean": 2}
    assert found.counts == {"error": 1, "warning": 0, "info": 3}
    assert (found.macs, found.params) == (IndexFigure(10000, True), IndexFigure(20, True))
    assert (found.peak_bytes, found.peak_of, found.peaks_open) == (IndexFigure(300), "b", 1)
    two = totals_of(every[:2])
    assert (two.macs, two.findings_least) == (IndexFigure(10000), False)
    assert totals_of([every[0], entry("d", least=True)]).macs == IndexFigure(10000, True)
    assert (totals_of(every[2:]).peak_of, totals_of([]).peak_of) == ("", "")
    assert in_all(found) == "3 models: 1 not read, 2 clean."
    mixed = totals_of([*every, entry("e", outcome="findings"), entry("f", outcome="inconclusive")])
    assert _outcomes(mixed) == ["1 not read", "1 judged in part", "1 with findings", "2 clean"]


def test_four_numbers_stand_at_the_top() -> None:
    totals = totals_of([
        entry("a", 2_000_000, counts={"error": 1, "warning": 2, "info": 3}, silenced=4),
        entry("b" * 90, 3_000_000, weight_bytes=IndexFigure(2008), peak_bytes=IndexFigure(2048)),
    ])  # fmt: skip
    assert [card[:3] for card in _cards(totals, "why")] == [
        ("Models", "2", ("2 clean",)),
        ("Findings", "6", ("1 error", "2 warnings", "3 infos", "4 more not reported")),
        ("Compute of all", "5 MMAC", ("20 parameters", "2 KiB of weights")),
        ("Largest peak of activations", "2 KiB", ("b" * 40 + "…" + "b" * 39,)),
    ]
    assert [card.link for card in _cards(totals, "why")] == ["why", "", "", ""]
    unread = totals_of([IndexEntry("c", "inconclusive", judged=False)])
    assert [card[1:3] for card in _cards(unread, "")] == [
        ("1", ("1 not read",)), ("at least 0", ()),
        ("unknown", ("unknown parameters", "unknown of weights")), ("unknown", ()),
    ]  # fmt: skip
    assert figure(IndexFigure(5000, True), "MAC") == "at least 5 kMAC"


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({}, ()),
        ({"unseen_bytes": IndexFigure(2048)}, ("2 KiB of external data missing or unreadable",)),
        ({"unseen_bytes": IndexFigure(2048, True)},
         ("at least 2 KiB of external data missing or unreadable",)),
        ({"unseen_bytes": IndexFigure(0, True)},
         ("unknown of external data missing or unreadable",)),
        ({"unseen_bytes": IndexFigure(2048), "unstored_bytes": 1024},
         ("2 KiB of external data missing or unreadable",
          "1 KiB of weights in no file, but made when models run")),
    ],
)  # fmt: skip
def test_the_sum_of_weights_says_which_are_in_no_file(
    about: dict[str, Any], said: tuple[str, ...]
) -> None:
    card = _cards(totals_of([entry("a"), replace(entry("b"), **about)]), "")[2]
    assert card.detail[2:] == said


def test_families_are_told_from_the_least_to_the_most() -> None:
    members = [entry("b", 1000), entry("a", 1000), entry("c", 1_000_000, counts={"info": 2})]
    others = [entry("d", group="mixed", recognised=False), entry("e", group="Able"),
              IndexEntry("f", "inconclusive", judged=False)]  # fmt: skip
    found = families([*others, *reversed(members)])
    assert [(f.name, f.recognised, [m.path for m in f.members]) for f in found] == [
        ("ResNet", True, ["a", "b", "c"]), ("Able", True, ["e"]), ("mixed", False, ["d"]),
    ]  # fmt: skip
    row = _family(found[0], 1000, 1_000_000)
    assert (row.cost, row.params, row.most, row.most_params) == (
        "1 kMAC to 1 MMAC",
        "10",
        10**6,
        10,
    )
    assert found[0].counts == {"info": 2}
    assert row.spark is not None
    assert (row.spark.width, row.spark.height, row.spark.bar) == (22, 24, 6)
    assert [(b.x, b.y, b.height, b.title) for b in row.spark.bars] == [
        (0, 21.6, 2.4, "a: 1 kMAC"), (8, 21.6, 2.4, "b: 1 kMAC"), (16, 0, 24, "c: 1 MMAC"),
    ]  # fmt: skip
    assert row.spark.alt == "MACs of 3 models, from 1 kMAC to 1 MMAC"
    assert _spark([entry("x", None), entry("y", 0)], 1, 1) is None
    values = [IndexFigure(None), IndexFigure(5), IndexFigure(5, True)]
    assert [_range(values[:n], "MAC") for n in (1, 2, 3)] == ["unknown", "5 MAC", "at least 5 MAC"]
    values = [IndexFigure(5), IndexFigure(100, True), IndexFigure(7000)]
    assert _range(values, "MAC") == "5 MAC to 7 kMAC or more"


def test_bars_are_orders_of_magnitude_of_three_decades_at_least() -> None:
    assert [_tall(n, 1, 1000) for n in (1000, 1)] == pytest.approx([24, 2.4])
    assert _tall(500, 500, 1000) == pytest.approx(24 * (1 - 0.9 * 0.30103 / 3))
    assert _tall(1, 1, 10**6) == pytest.approx(2.4)
    assert _tall(1000, 1, 10**6) == pytest.approx(13.2)
    many = _spark([entry(f"m{n}", n + 1) for n in range(79)], 1, 79)
    assert isinstance(many, Sparkline)
    assert len(many.bars) == 40
    assert [bar.title for bar in many.bars[:3]] == ["m0: 1 MAC", "m2: 3 MAC", "m4: 5 MAC"]
    assert many.bars[-1].title == "m78: 79 MAC"
    assert many.alt == "MACs of 79 models, from 1 MAC to 79 MAC"
    forty = _spark([entry(f"m{n}", n + 1) for n in range(40)], 1, 79)
    assert forty is not None
    assert [bar.title for bar in forty.bars[:2]] == ["m0: 1 MAC", "m1: 2 MAC"]
