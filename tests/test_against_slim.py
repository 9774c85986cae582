"""The comparison with another tool counts what that removes, type by type."""

from __future__ import annotations

from collections import Counter

from tools.against_slim import Row, compare, share


def test_a_type_counts_as_far_as_it_was_removed_and_named() -> None:
    before = Counter(Add=5, Identity=3, Relu=2, Constant=9)
    after = Counter(Add=2, Relu=2, Gemm=1)
    rows = compare(before, after, Counter(Add=4, Identity=1, Relu=2))
    assert rows == [Row("Add", 5, 3, 4), Row("Identity", 3, 3, 1)]
    assert share(rows) == (3 + 1) / (3 + 3)


def test_where_nothing_was_removed_there_is_no_share() -> None:
    assert share(compare(Counter(Relu=1), Counter(Relu=1), Counter())) is None
