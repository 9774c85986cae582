"""Bodies of loops are gone through until shapes stay, and not for ever."""

from __future__ import annotations

import pytest

from tests.golden.text import facts


def shifted(count: int) -> str:
    """A loop of ``count`` values, of which the first grows and each takes what was before it."""
    values = range(count)
    taken = ", ".join(f"float[2] p{n}" for n in values)
    given = ", ".join(f"float[] q{n}" for n in values)
    moved = " ".join(f"q{n} = Identity (p{n - 1})" for n in values[1:])
    results = ", ".join(f"y{n}" for n in values)
    outputs = ", ".join(f"float[] y{n}" for n in values)
    starts = ", ".join("x" for _ in values)
    return (
        f"g (int64 n, bool c, float[2] x) => ({outputs}) {{ {results} = Loop (n, c, {starts}) "
        f"<body = b (int64 i, bool d, {taken}) => (bool e, {given}) {{ e = Identity (d) "
        f"q0 = Concat <axis = 0> (p0, p0) {moved} }}> }}"
    )


@pytest.mark.parametrize(("count", "shape"), [(1, (None,)), (7, (None,)), (8, None)])
def test_what_changes_in_too_many_passes_is_unknown(
    count: int, shape: tuple[None, ...] | None
) -> None:
    (loop,) = [node for node in facts(shifted(count)).nodes if node.op_type == "Loop"]
    assert [tensor.shape for tensor in loop.outputs] == [shape] * count
