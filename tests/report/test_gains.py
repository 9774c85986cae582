"""Changes after which further targets take all of a model: which, how, and who asks for them."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from analyzer.deployment import Blocker, Edit, TargetFit
from analyzer.facts import Assumption
from analyzer.report.claims.deployment import _names
from analyzer.report.view import gains as view
from analyzer.report.view.gains import (
    UNLISTED,
    command_of,
    gains,
    impact_on,
    is_done_by,
    replacing,
    won_by,
)


def edit(text: str, verdict: Any = "whole", kind: str = "opset", **about: Any) -> Edit:
    return Edit(text, kind, verdict, 1, 9, 9, **about)


def fit(target: str, *edits: Edit, verdict: Any = "split", share: float | None = None) -> TargetFit:
    return TargetFit(target, target.upper(), "1", verdict, True, 2, 2, 9, 3, 0, share, (), edits)


def test_each_target_is_told_once_with_the_change_that_helps_most() -> None:
    one, two, half = edit("one"), edit("two"), edit("half", "split")
    found = gains([fit("a", one, two), fit("b", two), fit("c", half), fit("d", one, two), fit("e")])
    assert [(gain.edit, gain.targets) for gain in found] == [(two, ("a", "b", "d"))]
    found = gains([fit("a", one), fit("b", one), fit("c", two)])
    assert [gain.targets for gain in found] == [("a", "b"), ("c",)]
    assert gains([]) == gains([fit("c", half)]) == ()


def rule(id_: str = "STR001", subject: str = "surplus") -> Any:
    return SimpleNamespace(id=id_, subject=subject)


def test_a_rule_does_what_an_edit_is_where_it_names_all_that_goes() -> None:
    gone = edit("", kind="removal", removed=("a", "b"))
    inputs, opset = edit("", kind="constant"), edit("")
    for change, who, places, done in (
        (gone, rule(), {"a", "b", "c"}, True), (gone, rule(), {"a"}, False),
        (gone, rule(subject="blocker"), {"a", "b"}, False), (gone, None, {"a", "b"}, False),
        (inputs, rule("IOP001", "interface"), {"w"}, True), (inputs, rule(), {"w"}, False),
        (opset, rule(), {"a"}, False),
    ):  # fmt: skip
        assert is_done_by(change, who, places) is done
    fits = [fit("t", gone), fit("u", edit("", "split", "removal", removed=("a",)))]
    assert won_by(fits, rule(), {"a", "b"}) == (fits[0],)


def test_to_win_a_target_that_multiplies_nothing_is_of_high_impact() -> None:
    for won, impact in (
        ((), "low"), ((fit("t", share=0.5),), "medium"), ((fit("t"),), "medium"),
        ((fit("t", share=0.5), fit("u", share=0.0)), "high"),
        ((fit("t", verdict="no", share=1.0),), "high"),
    ):  # fmt: skip
        assert impact_on(won) == impact


def assumed(*dims: tuple[str, int, str, bool]) -> Any:
    return SimpleNamespace(
        assumptions=[SimpleNamespace(input=input_, axis=axis, dim=dim, is_named=named)
                     for input_, axis, dim, named in dims]
    )  # fmt: skip


def test_open_sizes_are_fixed_by_name_or_by_the_shape_of_an_input() -> None:
    x, z = {"x": (1, 3, 8)}, {"x": (1, 8), "z": (1, 8)}
    for facts, sizes, arguments in (
        (assumed(("x", 0, "batch", True)), x, ("--dim_param batch --dim_value 1",)),
        (assumed(("x", 0, "a b", True)), x, ("--dim_param 'a b' --dim_value 1",)),
        (assumed(("x", 0, "batch", True), ("x", 2, "n", True)), x,
         ("--input_name x --input_shape 1,3,8",)),
        (assumed(("x", 0, "axis 0", False)), x, ("--input_name x --input_shape 1,3,8",)),
        (assumed(("x", 0, "n", True), ("x", 1, "t", True), ("z", 0, "n", True)), z,
         ("--dim_param n --dim_value 1", "--dim_param t --dim_value 8")),
        (assumed(("x", 0, "n", True), ("x", 1, "axis 1", False), ("z", 0, "n", True),
                 ("z", 1, "t", True)), z,
         ("--input_name x --input_shape 1,8", "--dim_param t --dim_value 8")),
        (assumed(("x", 0, "n", True), ("y", 0, "m", True)), x, ("--dim_param n --dim_value 1",)),
        (assumed(("x", 0, "a`b", True)), x, ()), (assumed(("x", 0, "a\n", True)), x, ()),
        (assumed(), x, ()),
    ):  # fmt: skip
        made = command_of(facts, edit("", kind="size", sizes=sizes))
        first, *more = arguments or ("",)
        assert made == (view.FIXED.format(first) if first else "", tuple(more))
    assert command_of(assumed(), edit("", kind="constant")) == (UNLISTED, ())
    assert command_of(assumed(), edit("", kind="reshape")) == ("", ())


def test_a_size_at_which_nothing_was_counted_says_what_was() -> None:
    dims = [Assumption("x", 0, "batch", 1, "default"), Assumption("k", 2, "past", 0, "default")]
    facts: Any = SimpleNamespace(assumptions=tuple(dims), nodes=())
    change = edit("", kind="size", sizes={"x": (1, 8), "k": (1, 2, 128, 4)})
    assert _names(facts, change) == "batch = 1, past = 128, counted here as 0"


def test_what_a_rule_replaces_is_in_the_way_no_more() -> None:
    def asked(places: int, category: str = "structure", rule: str = "STR120") -> Any:
        return [SimpleNamespace(rule=rule, category=category)] * places

    gelu = SimpleNamespace(id="STR120", operators=((frozenset({("", "Div")}),
                                                    frozenset({("", "Erf")})),))  # fmt: skip
    erf = Blocker("e", "Erf", "operator", "", 2)
    for first, places, rules, said in (
        (erf, asked(2), [gelu], "STR120"), (erf, asked(3), [gelu], "STR120"),
        (erf, asked(1), [gelu], ""), (erf, asked(2, "efficiency"), [gelu], ""),
        (erf, asked(2), [], ""), (erf, [], [gelu], ""), (erf, asked(2, rule="STR001"), [gelu], ""),
        (replace(erf, certain=False), asked(2), [gelu], ""),
        (replace(erf, op_type="Sin"), asked(2), [gelu], ""),
        (replace(erf, op_type="com.acme::Erf"), asked(2), [gelu], ""),
        (replace(erf, op_type="", count=0), asked(2), [gelu], ""), (None, asked(2), [gelu], ""),
    ):  # fmt: skip
        result: Any = SimpleNamespace(places=places, rules=rules)
        blocked = replace(fit("t"), blockers=() if first is None else (first,))
        assert replacing(result, blocked) == said
