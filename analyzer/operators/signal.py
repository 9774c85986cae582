"""Fourier transforms, windows, and small dense algebra."""

from __future__ import annotations

from analyzer.operators.counts.detection import cubic
from analyzer.operators.counts.signal import FFTW, dft, half_transform, stft
from analyzer.operators.formula import ORT, SPEC, Formula, per_element, sourced
from analyzer.operators.record import (
    BOUND,
    DATA,
    MICROSOFT,
    POSITION,
    SHAPE,
    Nature,
    Operator,
)
from analyzer.operators.results.common import restored, same, transformed

SIGNAL = Nature.SIGNAL
COSINES = "a − b·cos(2π·n / N)"

OPERATORS = (
    Operator(
        "DFT",
        SIGNAL,
        (DATA, SHAPE, SHAPE),
        Formula(dft, flops="transforms · 5·N·⌈log₂N⌉, real input half", source=FFTW),
        changed=(20,),
    ),
    Operator(
        "STFT",
        SIGNAL,
        (DATA, SHAPE, POSITION, SHAPE),
        Formula(stft, flops="frames · (5·N·⌈log₂N⌉ + N if window), real input half", source=FFTW),
    ),
    Operator("HannWindow", SIGNAL, (SHAPE,), per_element(5, COSINES)),
    Operator("HammingWindow", SIGNAL, (SHAPE,), per_element(5, COSINES)),
    Operator("BlackmanWindow", SIGNAL, (SHAPE,), per_element(9, f"{COSINES} + c·cos(4π·n / N)")),
    Operator(
        "MelWeightMatrix",
        SIGNAL,
        (SHAPE, SHAPE, BOUND, BOUND, BOUND),
        Formula(None, source=f"{SPEC}: a table computed once from scalars"),
    ),
    Operator("Det", Nature.ALGEBRA, (DATA,), cubic(2, 3)),
    # com.microsoft
    Operator("Rfft", SIGNAL, (DATA,), half_transform(False), MICROSOFT, transformed),
    Operator("Irfft", SIGNAL, (DATA,), half_transform(True), MICROSOFT, restored),
    Operator("Inverse", Nature.ALGEBRA, (DATA,), sourced(cubic(2, 1), ORT), MICROSOFT, same),
)
