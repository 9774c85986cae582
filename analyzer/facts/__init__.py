"""The shared vocabulary: what onnxlint can know about a model.

Every stage of the analysis produces some of these frozen records and every
consumer (rules, reports, the public API) reads them; nothing here knows a
protobuf message, a rule or an output format.

Conventions (design: MobileNet paper, Howard et al. 2017, and the ONNX operator
specification):

* counts are Python integers, never floats and never negative;
* ``None`` means *unknown*, which is different from 0;
* MAC = one multiply-accumulate; FLOP = one multiplication or one addition.
"""

from __future__ import annotations

from analyzer.facts.memory import Held, Memory, MemoryStep
from analyzer.facts.network import Architecture, Block, ModelInfo, Module, Separable
from analyzer.facts.operator import UNREAD, Conv, ConvKind, Cost, Node, Range, Saving
from analyzer.facts.problem import DATA_DESCRIBED, DATA_MISSING, Breach, Conformance, Problem
from analyzer.facts.stored import Parameters, SharedTensor, StoredTensor
from analyzer.facts.tensor import (
    BITS,
    NOT_SYMBOLS,
    Assumption,
    Certainty,
    Dim,
    Second,
    Shape,
    Tensor,
    name_of_axis,
)
from analyzer.facts.totals import Ceiling, DefaultSizes, Totals
from analyzer.facts.whole import Facts, nothing

__all__ = [
    "BITS",
    "DATA_DESCRIBED",
    "DATA_MISSING",
    "NOT_SYMBOLS",
    "UNREAD",
    "Architecture",
    "Assumption",
    "Block",
    "Breach",
    "Ceiling",
    "Certainty",
    "Conformance",
    "Conv",
    "ConvKind",
    "Cost",
    "DefaultSizes",
    "Dim",
    "Facts",
    "Held",
    "Memory",
    "MemoryStep",
    "ModelInfo",
    "Module",
    "Node",
    "Parameters",
    "Problem",
    "Range",
    "Saving",
    "Second",
    "Separable",
    "Shape",
    "SharedTensor",
    "StoredTensor",
    "Tensor",
    "Totals",
    "name_of_axis",
    "nothing",
]
