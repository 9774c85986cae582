"""Memory once what operators compute from constants alone is stored."""

from __future__ import annotations

import pytest

from tests.costs.test_fused import QDQ, memory

HEAD = '<ir_version: IR, opset_import: ["" : 17]>'
PREPARED = (
    HEAD
    + """
g (float[1,4] x) => (float[1,8] y)
<float[8,4] w = {WEIGHTS}, float[4] m = {1, 1, 1, 1}>
{ a = Transpose (w)  b = Mul (m, m)  c = Mul (x, b)  y = MatMul (c, a) }""".replace(
        "WEIGHTS", ", ".join(["1"] * 32)
    )
)


@pytest.mark.parametrize(
    ("text", "written", "folded"),
    [
        # as written x, c, a and y; folded x has died, and c stands beside y
        (PREPARED.replace("IR", "8"), 128 + 16 + 32, 16 + 32),
        # a caller may give other weights
        (PREPARED.replace("IR", "8").replace("x) =>", "x, float[8,4] w) =>"), 176, 176),
        # before IR version 4 each initializer had to be an input
        (PREPARED.replace("IR", "3").replace("x) =>", "x, float[8,4] w) =>"), 176, 48),
        # what a model hands out is made all the same
        (PREPARED.replace("IR", "8").replace("y)\n<", "y, float[4,8] a)\n<"), 176, 176),
        # random numbers are others in each run
        (PREPARED.replace("IR", "8").replace("Transpose (w)", "RandomNormal <shape = [4, 8]> ()"),
         176, 176),
        # a body reads what is around it
        (HEAD.replace("IR", "8") + """
         g (bool f, float[1,4] x) => (float[1,8] y) <float[8,4] w = {WEIGHTS}> {
           a = Transpose (w)
           y = If (f) <then_branch = t () => (float[1,8] p) { q = Neg (a)  p = MatMul (x, q) },
                       else_branch = e () => (float[1,8] r) { r = MatMul (x, a) }>
         }""".replace("WEIGHTS", ", ".join(["1"] * 32)), None, 1 + 16 + 32 + 32),
    ],
)  # fmt: skip
def test_what_constants_alone_make_is_stored(text: str, written: int | None, folded: int) -> None:
    found = memory(text)
    assert written in (None, found.peak_bytes)
    assert found.folded_bytes == folded


def test_weights_that_are_kept_as_integers_are_not_folded() -> None:
    assert memory(QDQ).folded_bytes is None
    wide = PREPARED.replace("IR", "8").replace("Transpose (w)", "Cast <to = 11> (w)")
    assert memory(wide).folded_bytes is not None
