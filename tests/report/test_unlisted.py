"""How much of the map the list of first steps leaves out."""

from __future__ import annotations

from analyzer.report.view.action import Action
from analyzer.report.view.matrix import matrix, unlisted
from analyzer.report.view.options.form import SmallerForm
from analyzer.report.view.steps import first
from tests.each import each
from tests.report.test_steps_first import ask, form

SLIM = {"tool": "onnxslim", "impact": "low"}


@each(
    ("given", "left"),
    [
        ((ask("a"), form("f")), 0),
        ((ask("a"), form("f", effort="high")), 1),
        ((ask("a"), form("f", impact="low")), 1),
        ((ask("a"), ask("b", confidence="low")), 1),
        ((ask("a"), ask("b", slower=True, impact="low")), 1),
        (tuple(map(ask, "abc")), 0),
        (tuple(map(ask, "abcd")), 1),
        ((*map(ask, "abc"), ask("d", **SLIM), ask("e", **SLIM)), 1),
        ((*map(ask, "abc"), ask("d", **SLIM), ask("e", **SLIM), ask("f", impact="low")), 2),
        ((ask("a"), ask("d", **SLIM), ask("e", **SLIM)), 0),
        ((*map(ask, "abc"), form("f"), ask("g", figures=True, impact="low")), 2),
    ],
)  # fmt: skip
def test_each_entry_of_the_map_that_no_step_has_is_counted(
    given: tuple[Action | SmallerForm, ...], left: int
) -> None:
    asks = [step for step in given if isinstance(step, Action)]
    forms = [step for step in given if isinstance(step, SmallerForm)]
    steps = first(asks, forms)
    assert unlisted(asks, forms, steps) == left
    cells = [cell for row in matrix(asks, forms, steps) for cell in row.cells]
    entries = sum(len(cell.entries) + cell.more for cell in cells)
    assert entries == left + sum(1 if step.tool else len(step.ids) for step in steps)
