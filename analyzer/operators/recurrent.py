"""RNN, GRU and LSTM."""

from __future__ import annotations

from dataclasses import replace

from analyzer.operators.counts.recurrent import rule
from analyzer.operators.formula import UNDESCRIBED, fixed
from analyzer.operators.record import (
    BIAS,
    DATA,
    GAIN,
    INDEX,
    MICROSOFT,
    SCALE,
    STATE,
    ZERO_POINT,
    Nature,
    Operator,
    Scaling,
    weight,
)
from analyzer.operators.results.common import recurrent

RECURRENT = Nature.RECURRENT
W, R = weight("D", "g·H", "I"), weight("D", "g·H", "H")
CELL = (DATA, W, R, BIAS, INDEX, STATE)
"""Input, weights, recurrence weights, bias, sequence lengths, initial hidden state."""
LSTM = rule(4, " + 6 if peepholes")

OPERATORS = (
    Operator("RNN", RECURRENT, CELL, rule(1, ""), scaling=Scaling.RECURRENT),
    Operator("GRU", RECURRENT, CELL, rule(3, ""), scaling=Scaling.RECURRENT),
    Operator("LSTM", RECURRENT, (*CELL, STATE, GAIN), LSTM, scaling=Scaling.RECURRENT),
    # com.microsoft
    Operator(
        "DynamicQuantizeLSTM", RECURRENT,
        (
            DATA, weight("D", "I", "g·H"), weight("D", "H", "g·H"), BIAS, INDEX, STATE, STATE,
            GAIN, SCALE, ZERO_POINT, SCALE, ZERO_POINT,
        ),
        replace(LSTM, precision=fixed("int8")), MICROSOFT, shape=recurrent,
        tags=("quantized",),
    ),
    Operator(
        "AttnLSTM", RECURRENT,
        (
            *CELL, STATE, GAIN, weight("D", "H", "N"), weight("D", "M", "N"), weight("D", "N"),
            DATA, INDEX, weight("D", "M+H", "N"),
        ),
        UNDESCRIBED, MICROSOFT, shape=recurrent,
    ),
)  # fmt: skip
