"""What the first of many rows says is not said again in each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.deployment import Blocker, TargetFit
from analyzer.report import Result
from analyzer.report.view.elided import FEWEST, elided, is_alike
from analyzer.report.view.findings import PlaceRow
from tests.report.results import html_of, selected, words

FIRST = "Shape runs every time although its result is known (16 B become 8 B)"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Mul runs every time although its result is known (9 KiB become 8 B)",
         "Mul … (9 KiB become 8 B)"),
        ("Shape runs every time although its result is known (24 B become 8 B)",
         "… (24 B become 8 B)"),
        (FIRST, "… (16 B become 8 B)"),
        ("Mul runs now and then (16 B become 8 B)", "Mul runs now and then (16 B become 8 B)"),
    ],
)  # fmt: skip
def test_words_of_the_first_row_go_and_figures_stay(text: str, short: str) -> None:
    assert elided(text, FIRST) == short


def test_an_ellipsis_never_seems_to_stand_for_more_than_it_does() -> None:
    without = "Cast runs every time although its result is known"
    assert elided(without, FIRST) == without
    assert elided(FIRST, without) == "Shape … (16 B become 8 B)"
    opening = "every time its result is known already before it runs"
    assert elided(opening, f"Shape writes at {opening}") == opening


def test_no_ellipsis_ends_within_parentheses() -> None:
    text = (
        "it runs every time although its result is known already (bytes: {} of them all together)"
    )
    assert elided(text.format("24"), text.format("16")) == "… (bytes: 24 of them all together)"


def test_names_between_two_runs_are_told_one_by_one() -> None:
    first = "fix: let the readers of a read the result of b and delete the operator"
    assert elided(first.replace(" a ", " c1 "), first, 1) == "fix: … c1 …"
    assert elided(first.replace(" a ", " c1 ").replace(" b ", " d "), first, 1) == "fix: … c1 … d …"
    wordy = first.replace(" a ", " whatever there is ")
    assert elided(wordy, first, 1) == wordy


def test_no_number_loses_its_unit() -> None:
    text = "convolution, {} MMAC; depthwise separable needs much less than all of that"
    assert elided(text.format("1.5"), text.format("28.9")) == text.format("1.5")
    stored = "store {} as an initializer of the graph"
    assert elided(stored.format("236"), stored.format("5")) == "store 236 …"


def row(message: str, *advice: str) -> PlaceRow:
    return PlaceRow(("n",), 1, message, advice, None)


def test_few_rows_and_rows_that_differ_are_read_by_themselves() -> None:
    assert is_alike([row(FIRST)] * FEWEST)
    assert not is_alike([row(FIRST)] * (FEWEST - 1))
    assert not is_alike([row(f"this is {n}") for n in range(FEWEST)])
    fix = "fix: put it aside or leave it there"
    assert is_alike([row(f"this is {n}", fix) for n in range(FEWEST)])
    assert not is_alike([row("it is so"), *[row(f"this is {n}", fix) for n in range(FEWEST)]])


def test_a_table_of_many_places_says_once_what_they_share(mobilenet: Result) -> None:
    found = selected(mobilenet, "STR101")
    first = found.places[0]
    said = "nobody reads what it writes into the tensor {} here"
    places = tuple(replace(first, node=node.id, message=said.format(f"t{n}"), saving=None)
                   for n, node in enumerate(found.facts.nodes[:5]))  # fmt: skip
    page = words(html_of(replace(found, findings=places)).decode())
    assert len(places) >= FEWEST
    assert page.count("nobody reads what it writes into the tensor") == 1
    assert "“…” stands for what the first row says there." in page
    few = words(html_of(replace(found, findings=places[:3])).decode())
    assert "stands for what the first row says" not in few


def test_what_blocks_on_one_target_after_the_other_is_said_once(mobilenet: Result) -> None:
    def fit(target: str, operator: str) -> TargetFit:
        what = Blocker("n", operator, "operator", "is not supported", 2)
        return TargetFit(target, target, "1", "no", True, 0, 0, 9, 3, 0, 0.5, (what,))

    fits = (fit("a", "Erf"), fit("b", "Erf"), fit("c", "Exp"), fit("d", "Erf"))
    page = words(html_of(replace(mobilenet, facts=replace(mobilenet.facts, targets=fits))).decode())
    table = page[page.index("What blocks first") :]
    assert table.count("Erf: is not supported (2×)") == 2
    assert table.count("as above") == 1
