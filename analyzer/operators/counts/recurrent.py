"""RNN, GRU and LSTM, unrolled over time steps, directions and gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown
from analyzer.operators.formula import Formula, Work, dtype_of, given

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.graph.call import Call

CELL = {1: 2, 3: 17, 4: 22}
"""Element-wise FLOPs per hidden unit and step by number of gates, default activations.

RNN: add the two products, tanh. GRU: 3 such additions, 2 sigmoids of 4, tanh, reset (1), blend (4).
LSTM: 4 additions, 3 sigmoids of 4, tanh, cell update (3), output tanh and product (2).
"""


def recurrent(gates: int) -> Callable[[Call], Work]:
    """MACs = T·B·D·g·H·(I + H).

    T time steps, B batch, D directions, g gates (RNN 1, GRU 3, LSTM 4), I input and H hidden
    width; every sequence counts at the full length T (``sequence_lens`` is not discounted).
    FLOPs add the element-wise part of the cell, two biases per gate and LSTM peepholes (6).

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> def f32(*shape): return Tensor("t", "float32", shape)
    >>> call = Call("LSTM", "", 14, {"hidden_size": 4},
    ...             (f32(5, 2, 3), f32(1, 16, 3), f32(1, 16, 4)), ())
    >>> recurrent(4)(call).macs  # 5 · 2 · 1 · 4 · 4 · (3 + 4)
    1120
    """

    def count(call: Call) -> Work:
        first, second, width = call.shape(0)
        steps, batch = (second, first) if call.attr("layout", 0) else (first, second)
        hidden = call.attr("hidden_size") or _hidden(call, gates)
        directions = 2 if call.attr("direction", "forward") == "bidirectional" else 1
        each = CELL[gates] + (2 * gates if given(call, 3) else 0)
        each += 6 if gates == 4 and given(call, 7) else 0
        units = steps * batch * directions * hidden
        text = f"{steps} · {batch} · {directions} · {gates} · {hidden} · ({width} + {hidden})"
        rest = f"{steps} · {batch} · {directions} · {hidden} · {each}"
        return Work(units * gates * (width + hidden), units * each, text, rest=rest)

    return count


def _hidden(call: Call, gates: int) -> int:
    """Hidden width from the recurrence weight ``(D, g·H, H)`` where the attribute is absent."""
    shape = call.shape(2)
    if len(shape) != 3 or shape[1] != gates * shape[2]:
        raise Unknown("hidden_size is missing")
    return shape[2]


def rule(gates: int, extra: str) -> Formula:
    return Formula(
        recurrent(gates),
        f"T · B · D · {gates} · H · (I + H)",
        f"2·MACs + T·B·D·H · ({CELL[gates]} + {2 * gates} if biases{extra})",
        "ONNX RNN, GRU, LSTM equations",
        dtype_of(0),
    )
