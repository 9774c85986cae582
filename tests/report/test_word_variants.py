"""Variants of sentences about what was read of weights, and of what pictures show."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.errors import OutputError
from analyzer.report import diagram
from analyzer.report.drawing.picture import Key
from analyzer.report.view import charts, growth, layers, tiles
from analyzer.report.view.kinds import COLORS
from analyzer.report.words.storage import peculiar, read

PAD = "weights are made by Pad when the model runs"


@pytest.mark.parametrize(
    ("layers", "unread", "tensors", "said"),
    [
        (0, 0, 0, "No values were found to read."),
        (0, 0, 1, "The values of 1 stored tensor were read."),
        (0, 0, 2, "The values of 2 stored tensors were read."),
        (0, 1, 2, f"The values of 1 layer were not looked at: {PAD}."),
        (0, 2, 0, f"The values of 2 layers were not looked at: {PAD}."),
        (3, 0, 4, "The values of 3 layers and 4 stored tensors were read."),
        (1, 0, 1, "The values of 1 layer and 1 stored tensor were read."),
        (3, 2, 4, ("The values of 4 stored tensors were read, and of 3 layers channel by channel; "
                   "those of 2 more were not looked at so.")),
    ],
)  # fmt: skip
def test_what_was_read_of_weights_is_told(
    layers: int, unread: int, tensors: int, said: str
) -> None:
    values = {"layers": layers, "unread": unread, "tensors": tensors, "whole": 0,
              "unseen": ["Pad"], "branching": False, "hidden_bytes": 0}  # fmt: skip
    assert read(values) == said
    if layers and unread:
        assert read(values | {"unread": 0, "whole": unread}) == said, "by their tensors alone"
        assert read(values | {"unread": 1, "whole": unread - 1}) == said


@pytest.mark.parametrize(
    ("layers", "tensors", "said"),
    [
        (0, 0, "No dead, repeated or non-finite values were found."),
        (1, 0, "1 layer with values that do no work, or harm."),
        (0, 2, "2 stored tensors with values that nobody can mean."),
        (2, 1, ("2 layers with values that do no work, or harm; 1 stored tensor with values that "
                "nobody can mean.")),
    ],
)  # fmt: skip
def test_peculiarities_of_weights_are_counted(layers: int, tensors: int, said: str) -> None:
    assert peculiar({"layers": layers, "tensors": tensors, "partial": False}) == said


def test_a_treemap_names_the_three_largest(monkeypatch: pytest.MonkeyPatch) -> None:
    result = cast("Any", SimpleNamespace(facts=SimpleNamespace(nodes=())))
    for count, names in ((4, "t0; t1; t2"), (3, "t0; t1; t2"), (1, "t0")):
        found = [SimpleNamespace(name=f"t{number}") for number in range(count)]
        monkeypatch.setattr(tiles, "tiles", lambda _, found=found: found)
        monkeypatch.setattr(tiles, "picture", lambda _: SimpleNamespace(key=[]))
        assert diagram._treemap(result, "m").alt == f"Treemap of MACs. Largest: {names}"
    monkeypatch.setattr(tiles, "tiles", lambda _: ())
    marks = [SimpleNamespace(title=f"m{number}") for number in range(4)]
    key = [("k", "standard"), ("d", "dense")]
    monkeypatch.setattr(charts, "treemap", lambda _: SimpleNamespace(marks=marks, key=key))
    for count in (1, 2):
        shapes = [SimpleNamespace(kind="k", color="standard")] * count
        monkeypatch.setattr(layers, "layer_shapes", lambda _, shapes=shapes: shapes)
        if count == 1:
            with pytest.raises(OutputError, match=r"^no treemap: no two modules"):
                diagram._treemap(result, "m")
        else:
            assert diagram._treemap(result, "m").alt == "Treemap of MACs. Largest: m0; m1; m2"
    shapes = [SimpleNamespace(kind=kind, color=color) for kind, color in
              (("k", "standard"), ("d", "dense"), ("k", "standard"))]  # fmt: skip
    monkeypatch.setattr(layers, "layer_shapes", lambda _: shapes)
    assert diagram._treemap(result, "m").keys == (
        Key("k", COLORS["standard"][0], "k-standard"), Key("d", COLORS["dense"][0], "k-dense"),
    )  # fmt: skip


def test_keys_of_growth_are_needed_where_something_grows_with_the_square(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = cast("Any", SimpleNamespace(facts=None))
    monkeypatch.setattr(growth, "growth", lambda _: [True, None, False])
    curve = {square: SimpleNamespace(square=square, alt="ba"[square]) for square in (True, False)}
    monkeypatch.setattr(growth, "curve", curve.get)
    made: Any = diagram._growth(result, "m")
    assert (made.subject, made.title, made.alt) == ("growth", "m", "a. b")
    assert [*made.charts] == [curve[True], curve[False]]
    assert made.keys == (
        Key("grows in proportion", COLORS["pointwise"][0], "k-pointwise"),
        Key("grows with the square", COLORS["standard"][0], "k-standard"),
    )
    monkeypatch.setattr(growth, "growth", lambda _: [False])
    assert diagram._growth(result, "m").keys == ()
