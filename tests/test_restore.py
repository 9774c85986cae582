"""Records as plain data and back: every kind of member, and the words for what does not fit."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple

import pytest

from analyzer import restore
from analyzer.assemble import describe_assumptions
from analyzer.display import Brief, lines, table
from analyzer.facts import Assumption, Certainty
from analyzer.records import HIDDEN, INLINE, LISTED, Member, Output, members, named, plain, shown
from analyzer.restore import MalformedError, record, restored
from tests.each import each


class Colour(Enum):
    RED = "red"
    BLUE = 2


@record
class Inner:
    a: int
    b: tuple[int, ...] = ()


@record
class Optional:
    at: tuple[int, int] | tuple[float, ...]
    inner: Inner | None


DATA: dict[str, Any] = {
    "whole": 1, "real": 2, "text": "t", "flag": True, "nothing": None, "colour": "red",
    "word": "x", "inner": {"a": 1, "b": [2, 3]}, "pair": [1, "p"], "table": {"k": {"a": 5}},
    "marked": -1,
}  # fmt: skip


@record
class Parts:
    """Every kind of member."""

    whole: int
    real: float
    text: str
    flag: bool
    nothing: None
    colour: Colour
    word: Literal["x", "y"]
    inner: Inner | None
    pair: tuple[int, str]
    table: Mapping[str, Inner]
    marked: Annotated[int, "signed"]
    usual: int = 7


def test_data_become_the_record_that_they_were() -> None:
    expected = Parts(1, 2, "t", True, None, Colour.RED, "x", Inner(1, (2, 3)), (1, "p"),
                     {"k": Inner(5)}, -1)  # fmt: skip
    assert restored(Parts, DATA) == expected
    assert restored(Parts, DATA | {"inner": None, "usual": 8, "other": [], "colour": 2}) == Parts(
        1, 2, "t", True, None, Colour.BLUE, "x", None, (1, "p"), {"k": Inner(5)}, -1, 8,
    )  # fmt: skip


@each(
    ("changes", "said"),
    [
        ({"whole": 1.0}, "whole: expected a whole number"),
        ({"whole": True}, "whole: expected a whole number"),
        ({"real": "1"}, "real: expected a number"),
        ({"text": 1}, "text: expected a text"),
        ({"flag": 1}, "flag: expected true or false"),
        ({"nothing": 0}, "nothing: expected null"),
        ({"colour": "green"}, "colour: expected one of red, 2"),
        ({"colour": []}, "colour: expected one of red, 2"),
        ({"word": "z"}, "word: expected one of x, y"),
        ({"inner": {}}, "inner.a: is missing"),
        ({"inner": {"a": 1, "b": [1, "2"]}}, "inner.b[1]: expected a whole number"),
        ({"inner": {"a": 1, "b": {}}}, "inner.b: expected a list"),
        ({"pair": [1]}, "pair: expected 2 items"),
        ({"pair": [1, 2]}, "pair[1]: expected a text"),
        ({"pair": {}}, "pair: expected a list"),
        ({"table": []}, "table: expected an object"),
        ({"table": {"k": {"a": "x"}}}, "table.k.a: expected a whole number"),
    ],
)
def test_data_that_do_not_fit_say_where(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(MalformedError) as caught:
        restored(Parts, DATA | changes)
    assert str(caught.value) == said


def test_what_is_missing_or_no_object_at_all() -> None:
    for data, where, said in (({}, "", "a: is missing"), ({}, "x", "x.a: is missing"),
                              ([], "", "it: expected an object"),
                              (3, "x", "x: expected an object")):  # fmt: skip
        with pytest.raises(MalformedError) as caught:
            restored(Inner, data, where)
        assert str(caught.value) == said


@dataclass(frozen=True)
class Small:
    key: str
    n: int = 1


class Pair(NamedTuple):
    left: int
    right: float


@dataclass(frozen=True)
class Big(Output):
    items: tuple[int, ...]
    small: Small = field(metadata=INLINE)
    by_key: Mapping[str, Small] = field(metadata=LISTED)
    away: int = field(metadata=HIDDEN)
    spelt: Certainty = field(metadata=named("certainty"))
    pair: Pair
    table: Mapping[str, Any]

    @property
    @shown
    def double(self) -> int:
        return 2 * self.small.n

    @property
    def unseen(self) -> int:
        return 0


def test_a_record_is_the_plain_data_of_its_members() -> None:
    big = Big((1, 2), Small("k", 4), {"z": Small("a"), "b": Small("c")}, 9, Certainty.EXACT,
              Pair(1, float("inf")), {"z": [Small("d")], "a": 0.5})  # fmt: skip
    found = big.to_dict()
    assert found.pop("tool")["name"] == "onnxlint"
    assert list(found) == ["schema", "key", "n", "certainty", "pair", "table", "double", "items",
                           "by_key"]  # fmt: skip
    assert found == {
        "schema": 1, "key": "k", "n": 4, "certainty": "exact", "double": 8, "items": [1, 2],
        "by_key": [{"key": "a", "n": 1}, {"key": "c", "n": 1}],
        "pair": {"left": 1, "right": None},
        "table": {"a": 0.5, "z": [{"key": "d", "n": 1}]},
    }  # fmt: skip
    assert list(found["table"]) == ["a", "z"]
    assert members(Pair) == (Member("left", "left"), Member("right", "right"))
    with pytest.raises(TypeError, match="int is no record"):
        plain(3)


@dataclass(frozen=True, repr=False)
class Shown(Brief):
    text: str
    many: tuple[object, ...]
    table: Mapping[str, int]
    inner: object
    number: float
    other: object
    hidden: int = field(default=0, repr=False)


def test_a_record_at_a_prompt_is_a_line() -> None:
    shown_ = Shown("a", (1, "x", 2.0, None), {"a": 1}, Small("k"), 0.5, b"", 3)
    assert repr(shown_) == (
        "Shown(text='a', many=4 × int/str/float, table=1 entries, inner=Small(…), number=0.5, "
        "other=<bytes>)"
    )
    empty = Shown("x" * 60, (), {}, None, 1, Certainty.EXACT)
    assert "many=(), table=0 entries, inner=None, number=1, other=exact" in repr(empty)
    assert len(repr(empty).split(", many")[0]) == len("Shown(text=") + 48


def test_rows_are_aligned_and_escaped() -> None:
    rows = [("a", "1"), ("long", "y" * 91)]
    text = lines("title", rows).split("\n")
    assert text[:2] == ["title", "  a     1"]
    assert (text[2][:8], len(text[2]), lines("t", [])) == ("  long  ", 8 + 90, "t")
    assert table("<t>", [("<a>", "&")]) == (
        '<table><caption>&lt;t&gt;</caption><tr><th style="text-align:left">&lt;a&gt;</th>'
        '<td style="text-align:left">&amp;</td></tr></table>'
    )


def test_assumptions_are_described_by_the_first_four() -> None:
    made = [Assumption(f"x{n}", 0, "N", n, "default") for n in range(6)]
    assert describe_assumptions(()) == ""
    assert describe_assumptions(made[:1]) == "with x0 axis 0 (N) = 0"
    four = "with x0 axis 0 (N) = 0, x1 axis 0 (N) = 1, x2 axis 0 (N) = 2, x3 axis 0 (N) = 3"
    assert describe_assumptions(made[:4]) == four
    assert describe_assumptions(made[:5]) == f"{four} and 1 more"
    assert describe_assumptions(made) == f"{four} and 2 more"
    (long,) = (describe_assumptions([Assumption("y" * 61, 0, "d" * 61, 1, "default")]),)
    assert long == f"with {'y' * 30}…{'y' * 29} axis 0 ({'d' * 30}…{'d' * 29}) = 1"


def test_what_did_not_fit_at_first_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reason leads to the place where reasons are gathered, which would hold all of them."""
    made = []

    class Noted(restore._MisfitError):
        def __init__(self, wanted: str, place: str = "") -> None:
            super().__init__(wanted, place)
            made.append(weakref.ref(self))

    monkeypatch.setattr(restore, "_MisfitError", Noted)
    assert restored(Optional, {"at": [1.5], "inner": None}) == Optional((1.5,), None)
    with pytest.raises(MalformedError, match="expected"):
        restored(Optional, {"at": "x", "inner": None})
    assert len(made) == 3
    assert [reason for reason in made if reason()] == []
