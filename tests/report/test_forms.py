"""Which smaller forms fit a model."""

from __future__ import annotations

import pytest

from analyzer.report.view import whatif
from analyzer.report.view.options import options
from tests.golden.text import facts

CONVOLUTIONS = """g (float[{shape}] x) => (float[1,N] y)
<float[64,3,3,3] w = {{0}}, float[64,64,3,3] v = {{0}}> {{
  a = Conv <pads = [1, 1, 1, 1]> (x, w)  b = Relu (a)  c = Conv <pads = [1, 1, 1, 1]> (b, v)
  d = GlobalAveragePool (c)  y = Flatten (d)
}}"""


@pytest.mark.parametrize(
    ("shape", "scales"),
    [
        ("1,3,224,224", True),
        ("batch,3,224,224", True),
        ("batch,3,height,width", False),  # nobody stated a size that could be shrunk
        ("1,3,48,width", False),
        ("batch,3,frames,160", False),
    ],
)
def test_an_input_as_long_as_a_line_or_a_recording_is_no_image_to_shrink(
    shape: str, scales: bool
) -> None:
    found = facts(CONVOLUTIONS.format(shape=shape))
    assert found.totals.macs > 100_000_000
    ids = {form.id for form in options(found, found.once(whatif.view), None)}
    assert ("resolution" in ids) is scales
