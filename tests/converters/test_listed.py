"""Which types a quantiser is told, and what stays between integers."""

from __future__ import annotations

import pytest

from analyzer.converters import converter, listed, unfused
from tests.golden.text import facts

HEAD = """g (float[1,2,4,4] x) => (float[1,2,4,4] y)
    <float[2,2,1,1] w = {1, 0, 0, 1}, float[1] s = {2}> """


@pytest.mark.parametrize(
    ("body", "named", "between"),
    [
        # what is between layers is named, and what stands before or behind them, too, is not
        ("a = Conv (x, w)  b = Clip (a)  y = Conv (b, w)", ["Clip", "Conv"], []),
        ("a = Conv (x, w)  b = Clip (a)  c = Conv (b, w)  y = Clip (c)", ["Conv"], []),
        ("b = Add (x, s)  a = Conv (b, w)  c = Add (a, a)  y = Conv (c, w)", ["Conv"], []),
        # kept out, or fused with no layer
        ("a = Conv (x, w)  b = Relu (a)  c = Mul (b, b)  y = Conv (c, w)",
         ["Conv", "Relu"], ["Mul"]),
        ("a = Conv (x, w)  b = HardSwish (a)  c = Transpose (b)  y = Conv (c, w)",
         ["Conv"], ["HardSwish"]),
        ("a = Conv (x, w)  y = Mul (a, s)", ["Conv"], []),
        ("y = Relu (x)", [], []),
    ],
)  # fmt: skip
def test_what_stands_between_layers_alone_is_named_with_them(
    body: str, named: list[str], between: list[str]
) -> None:
    found, tool = facts(f"{HEAD}{{ {body} }}"), converter("quantize_static")
    assert list(listed(found, tool, ("Mul",))) == named
    assert list(unfused(found, tool)) == between
    assert unfused(found, tool, [node.id for node in found.nodes]) == ()
