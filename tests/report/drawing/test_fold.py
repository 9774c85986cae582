"""Rows of boxes as runs, worked out by hand: letters are boxes, those that are alike have one."""

from __future__ import annotations

from analyzer.report.drawing.fold import cut, fold
from tests.each import each


def chain(length: int, **feeds: set[int]) -> list[set[int]]:
    """Each box is fed by the one before, but for those that are stated."""
    usual = [{at - 1} if at else set() for at in range(length)]
    return [feeds.get(f"b{at}", fed) for at, fed in enumerate(usual)]


@each(
    ("keys", "feeds", "runs"),
    [
        ("", {}, ""), ("a", {}, "0:1x1"), ("ab", {}, "0:1x1 1:1x1"), ("aa", {}, "0:1x2"),
        ("xababab", {}, "0:1x1 1:2x3"), ("abababx", {}, "0:2x3 6:1x1"), ("aaaa", {}, "0:1x4"),
        ("aabaab", {}, "0:3x2"), ("aab", {}, "0:1x2 2:1x1"),
        ("abcdefgh" * 2, {}, "0:8x2"),
        ("abcdefghi" * 2, {}, " ".join(f"{n}:1x1" for n in range(18))),
        ("aa", {"b1": set()}, "0:1x1 1:1x1"),  # beside each other
        ("aaab", {"b3": {0}}, "0:1x1 1:1x2 3:1x1"),  # the first is read behind the row
        ("aaab", {"b3": {2, 1}}, "0:1x3 3:1x1"),  # whoever reads the second reads the last too
        ("abab", {"b1": set()}, "0:1x1 1:1x1 2:1x1 3:1x1"),  # a does not feed b
        ("ababab", {"b3": {2, 1}, "b5": {4, 3}}, "0:2x3"),  # a skip from one to the next
        ("aabb", {"b2": {0, 1}}, "0:1x2 2:1x2"),
    ],
)  # fmt: skip
def test_what_is_alike_and_hands_on_is_one_run(
    keys: str, feeds: dict[str, set[int]], runs: str
) -> None:
    found = fold(keys, chain(len(keys), **feeds))
    assert " ".join(f"{run.start}:{run.period}x{run.times}" for run in found) == runs
    assert [run.stop for run in found] == [*(run.start for run in found[1:]), len(keys)][
        : len(found)
    ]


def test_a_row_is_cut_into_stretches_of_one_length_but_for_the_last() -> None:
    for length, most, lengths in ((10, 3, [4, 4, 2]), (9, 3, [3, 3, 3]), (2, 5, [1, 1]),
                                  (0, 3, []), (7, 1, [7]), (8, 7, [2, 2, 2, 2])):  # fmt: skip
        found = cut(length, most)
        assert [run.period for run in found] == lengths
        assert [run.start for run in found] == [sum(lengths[:n]) for n in range(len(lengths))]
        assert {run.times for run in found} <= {1}
