"""What a baseline accepts: the same places, no more of them, and none that is worse."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.findings.baseline import Accepted, accept
from analyzer.findings.finding import Finding, Severity
from analyzer.findings.fingerprint import fingerprint
from analyzer.findings.ratchet import apply_entries, unpaired
from tests.each import each
from tests.steps import steps, stopped


def finding(
    name: str = "n", kind: str = "k", near: str = "", far: str = "", **changes: Any
) -> Finding:
    made = Finding(
        "R", "rule", "test", Severity.WARNING, name, "found", "fix",
        fingerprint("R", name, (kind,), near, far),
    )  # fmt: skip
    return replace(made, **changes)


def new(now: list[Finding], then: list[Finding]) -> list[str]:
    """Messages of what a baseline of ``then`` does not accept of ``now``."""
    return [f.message for f in apply_entries(now, accept(then)).new]


@pytest.mark.parametrize(
    "now",
    [
        finding(),
        finding("other"),
        finding("other", near="x", far="y"),
        finding(near="x", far="y"),
        finding(value=3, unit="MAC"),
    ],
)
def test_the_same_place_is_accepted_whatever_else_has_changed(now: Finding) -> None:
    assert new([now], [finding(value=3, unit="MAC")]) == []


def test_another_kind_is_new_whatever_else_is_the_same() -> None:
    assert new([finding(kind="other")], [finding()]) == ["found"]


def test_of_what_a_tool_undoes_the_number_counts_and_not_the_places() -> None:
    """Each exporter leaves other Identities and other shape arithmetic behind."""
    then = [finding(f"a{n}", kind=f"a{n}", tidied=True, value=1, unit="operators")
            for n in range(3)]  # fmt: skip
    now = [finding(f"b{n}", kind=f"b{n}", tidied=True, value=1, unit="operators")
           for n in range(4)]  # fmt: skip
    assert new(now[:3], then) == []
    assert new(now, then) == ["found"]
    assert new([replace(now[0], value=2)], then) == ["found"]
    assert new([replace(now[0], rule="S")], then) == ["found"]


def test_each_place_is_accepted_once_by_whichever_part_of_it_is_the_same() -> None:
    then = [finding()] * 3
    now = [finding(), *(finding(near=near, far=near) for near in "xyz")]
    assert new(now[:3], then) == new(now[1:], then) == []
    assert new(now, then) == new([*now[:1] * 3, now[1]], then) == ["found"]


def test_another_rule_is_new() -> None:
    assert new([replace(finding(), rule="S")], [finding()]) == ["found"]


@each(
    ("then", "now", "accepted"),
    [
        (100, 100, True),
        (100, 99, True),
        (100, 101, False),
        (2**93, 2**93 + 1, False),
        (0.5, 0.5 * (1 + 9e-7), True),
        (0.5, 0.5 * (1 + 1.1e-6), False),
        (-0.5, -0.5 * (1 - 9e-7), True),
        (-0.5, -0.49, False),
        (None, 5, True),
        (5, None, True),
        (0, 0, True),
        (0.5, float("inf"), False),
        (0.5, float("nan"), False),
        (10**400, 0.5, True),
        (10**400, float("inf"), False),
        (0.5, 10**400, False),
    ],
)
def test_a_magnitude_may_shrink_but_not_grow(
    then: float | None, now: float | None, accepted: bool
) -> None:
    found = new([finding(value=now, unit="B")], [finding(value=then, unit="B")])
    assert len(found) == (not accepted)


def test_what_is_worse_says_what_was_accepted() -> None:
    then, now = finding(value=4_866_571_264, unit="MAC"), finding(value=5 * 10**9, unit="MAC")
    assert new([now], [then]) == ["found; 5 GMAC, the baseline has 4.867 GMAC"]
    said = replace(now, message="5 GMAC, 1 GMAC is the budget")
    assert new([said], [then]) == ["5 GMAC, 1 GMAC is the budget; the baseline has 4.867 GMAC"]


def test_magnitudes_in_other_units_are_not_compared() -> None:
    assert new([finding(value=9, unit="B")], [finding(value=3, unit="MAC")]) == []


def test_only_errors_are_worse_than_they_were() -> None:
    error, info = finding(severity=Severity.ERROR), finding(severity=Severity.INFO)
    assert new([error], [info]) == ["found; the baseline has it as an info"]
    assert new([finding()], [info]) == []
    assert new([info], [error]) == []


def test_one_more_is_one_more() -> None:
    three = [finding(name) for name in "abc"]
    assert new(three, three[:2]) == ["found"]
    assert len(new([finding(), finding(), finding()], [finding()])) == 2


def test_places_with_their_names_are_told_apart_from_others_of_their_kind() -> None:
    names = {f.node for f in apply_entries([finding(n) for n in "abc"], accept([finding("b")])).new}
    assert names == {"a", "c"}


def test_neighbours_say_more_than_names() -> None:
    # what was called conv_1 is conv_2 now, as an operator was put in before it
    then = [finding("conv_1", near="x", value=10, unit="B")]
    now = [finding("conv_1", near="y", value=50, unit="B"),
           finding("conv_2", near="x", value=10, unit="B")]  # fmt: skip
    judged = apply_entries(now, accept(then))
    assert [f.node for f in judged.new] == ["conv_1"]
    assert [f.message for f in judged.new] == ["found"]


def test_of_a_kind_as_many_are_accepted_as_fit() -> None:
    then = [finding(str(i), near=str(i), value=v, unit="B") for i, v in enumerate((10, 20, 30))]
    sizes = (30, 9, 25)
    for order in permutations(sizes):
        now = [finding(f"n{v}", near=f"m{v}", value=v, unit="B") for v in order]
        assert new(now, then) == ["found"]


def test_what_only_has_a_kind_in_common_is_not_called_worse() -> None:
    judged = apply_entries([finding("a", near="x", value=9)], accept([finding("b", value=3)]))
    assert [f.message for f in judged.new] == ["found"]
    assert [e.place for e in judged.gone] == ["b"]


def test_what_has_gone_is_counted() -> None:
    entry = accept([finding(), finding(), finding()])
    assert [e.count for e in entry] == [3]
    assert [e.count for e in apply_entries([finding()], entry).gone] == [2]
    silenced = apply_entries([], entry, [finding(value=10**9)])
    assert ([e.count for e in silenced.gone], [e.count for e in silenced.held]) == ([2], [1])


def test_turnover_is_by_identity_not_by_size() -> None:
    old = [finding("a", value=1), finding("b", kind="gone")]
    came = [finding("renamed", value=10**6), finding("c", kind="came")]
    went, new_ones = unpaired(old, came)
    assert ([f.node for f in went], [f.node for f in new_ones]) == (["b"], ["c"])


PLACES = st.lists(
    st.builds(
        finding,
        st.sampled_from("ab"), st.sampled_from("kl"), st.sampled_from("xy"), st.sampled_from("12"),
        value=st.none() | st.integers(0, 3), unit=st.just("B"),
    ),
    max_size=8,
)  # fmt: skip


@given(PLACES, PLACES)
def test_no_more_of_a_kind_are_accepted_than_were(then: list[Finding], now: list[Finding]) -> None:
    entries = accept(then)
    judged = apply_entries(now, entries)
    assert len(judged.new) + len(judged.accepted) == len(now)
    for kind in "kl":
        of_kind = fingerprint("R", "", (kind,)).split("-")[1]
        was, is_ = (
            sum(f.fingerprint.split("-")[1] == of_kind for f in some)
            for some in (then, judged.accepted)
        )
        assert is_ <= was
    assert sum(e.count for e in judged.gone) + len(judged.pairs) == len(then)
    if now == then:
        assert judged.new == ()


def test_thousands_of_findings_of_one_kind_are_paired_in_linear_time() -> None:
    def lines(count: int) -> int:
        now = [finding(f"n{i}", near=f"m{i}", value=i) for i in range(count)]
        entries: tuple[Accepted, ...] = accept(
            [finding(f"o{i}", near=f"p{i}", value=i) for i in range(count)]
        )
        with stopped():
            assert apply_entries(now, entries).new == ()
        return steps(lambda: apply_entries(now, entries))

    assert lines(2_000) < 5 * lines(500)
