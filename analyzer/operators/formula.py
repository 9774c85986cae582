"""What a cost rule is, and the small constructors every operator family uses.

Notation of the equations (also used in docs/operators.md): ``|X|`` and ``|Y|`` are the numbers of
elements of the first input and the first output, ``ΠK`` the product of the kernel sides, ``M`` the
input channels, ``N`` the output channels, ``g`` the groups.

FLOPs count the operator's defining equation literally: each addition, subtraction, multiplication,
division, comparison (so also each bound of a clip and each element of a maximum), rounding, sign
change and each evaluation of a transcendental function (exp, log, sqrt, pow, tanh, erf, …) is 1;
reducing n elements is n. Branches count the longer one plus the comparison. Logical and bitwise
operations, casts and data movement are 0.
"""

from __future__ import annotations

from dataclasses import replace
from operator import index
from typing import TYPE_CHECKING, NamedTuple

from analyzer.dataclass import dataclass
from analyzer.facts import Certainty, Cost
from analyzer.graph.call import MALFORMED, Call, Contradiction, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.facts import Tensor

SPEC = "ONNX operator specification"
ORT = "ONNX Runtime contrib operators"
LEGACY = "ONNX Runtime, once experimental in ONNX"
MAX_BITS = 1000
"""Length of a count; Python refuses to print sums of products of longer ones."""
TOO_LONG = "a count of more than 300 digits"


class Work(NamedTuple):
    """What a formula hands back."""

    macs: int
    """Multiply-accumulates."""
    other: int | None
    """FLOPs that are not part of a MAC: bias, activation, …; ``None`` if not knowable."""
    text: str
    """The headline equation with this node's numbers."""
    reason: str = ""
    """Why ``other`` is unknown; else the assumption under which both counts hold."""
    rest: str = ""
    """How ``other`` comes about beside MACs, with this node's numbers; empty: its digits say it."""

    def plus(self, other: int, reason: str = "") -> Work:
        """This and ``other`` FLOPs more."""
        parts = (self.rest or str(self.other or ""), str(other or ""))
        rest = " + ".join(part for part in parts if part)
        return self._replace(other=(self.other or 0) + other, rest=rest, reason=reason)


@dataclass(frozen=True, slots=True)
class Formula:
    """How one operator is counted; the rows of docs/operators.md."""

    count: Callable[[Call], Work] | None
    """The formula; ``None`` for operators that are free, or that have no number."""
    macs: str = "0"
    """Equation of the MACs."""
    flops: str = "0"
    """Equation of the FLOPs."""
    source: str = SPEC
    precision: Callable[[Call], str] | None = None
    """Arithmetic type of the MACs; ``None`` without MACs."""
    unpacks: bool = False
    """Whether that is how weights alone are stored: unpacked, they are multiplied with data in
    floating point."""
    reason: str = ""
    """Why an operator without a formula has no number; empty means it is free."""
    control: bool = False
    """True where the cost is that of the node's subgraphs, counted by the analysis itself."""

    @property
    def has_macs(self) -> bool:
        return self.macs != "0"

    @property
    def is_free(self) -> bool:
        return self.count is None and not self.reason

    def cost(self, call: Call) -> Cost:
        """The cost of ``call``; never raises on a missing shape or a malformed node.

        An operator without MACs keeps its 0 even where its FLOPs are unknown: ``certainty``
        speaks of the MACs first and ``reason`` then says what the FLOPs lack.
        """
        if self.count is None:
            return unknown(self.reason) if self.reason else FREE_COST
        try:
            work = self.count(call)
            macs, text, reason = index(work.macs), work.text, work.reason
            other = None if work.other is None else index(work.other)
            if max(macs, other or 0).bit_length() > MAX_BITS:
                return unknown(TOO_LONG)
            if macs < 0 or (other is not None and other < 0):
                return unknown("negative count: an attribute or dimension is invalid")
        except Unknown as error:
            contradiction = isinstance(error, Contradiction)
            return replace(self._missing(str(error)), contradiction=contradiction)
        except MALFORMED as error:
            return self._missing(f"node does not fit the specification of {call.op_type}: {error}")
        flops = None if other is None else 2 * macs + other
        assumed = bool(reason) and other is not None
        certainty = Certainty.ASSUMED if assumed else Certainty.EXACT
        return Cost(
            macs, flops, self.macs if self.has_macs else self.flops, text, self.source,
            certainty, reason, flops_formula=self.flops,
            flops_substitution=self._flops(work._replace(macs=macs, other=other)),
        )  # fmt: skip

    def _flops(self, work: Work) -> str:
        if work.other is None or not self.has_macs:
            return "" if work.other is None else work.text
        rest = (work.rest or str(work.other)) if work.other else ""
        return " + ".join(part for part in (f"2 · {work.macs}" if work.macs else "", rest) if part)

    def _missing(self, reason: str) -> Cost:
        if self.has_macs:
            return Cost(None, None, self.macs, "", self.source, Certainty.UNKNOWN, reason,
                        flops_formula=self.flops)  # fmt: skip
        return Cost(0, None, self.flops, "", self.source, Certainty.EXACT, f"FLOPs: {reason}",
                    flops_formula=self.flops)  # fmt: skip


def unknown(reason: str) -> Cost:
    return Cost(None, None, certainty=Certainty.UNKNOWN, reason=reason)


FREE_COST = Cost(
    0, 0, "0", "0", "moves, selects or relabels data", flops_formula="0", flops_substitution="0"
)
FREE = Formula(None, source="moves, selects or relabels data")


def sourced(formula: Formula, source: str) -> Formula:
    """``formula`` for an operator that the ONNX specification does not know."""
    return replace(formula, source=source) if formula.source == SPEC else formula


def uncounted(reason: str) -> Formula:
    """An operator without a number, and why."""
    return Formula(None, "unknown", "unknown", reason=reason)


UNDESCRIBED = uncounted("its work depends on state that only the runtime knows")


def per_element(flops: int, equation: str, source: str = SPEC) -> Formula:
    """``flops`` operations for every element of the first output."""

    def count(call: Call) -> Work:
        size = call.out_size()
        return Work(0, flops * size, f"{flops} · {size}")

    text = f"{flops}·|Y|" if flops != 1 else "|Y|"
    return Formula(count, flops=f"{text}   [{equation}]", source=source)


def per_input(flops: int, equation: str = "", divide: int = 0) -> Formula:
    """``flops`` for every element of the first input plus ``divide`` for every output element."""

    def count(call: Call) -> Work:
        size = call.size(0)
        if not divide:
            return Work(0, flops * size, f"{flops} · {size}")
        last = divide * call.out_size()
        return Work(0, flops * size + last, f"{flops} · {size} + {last}")

    text = f"{flops}·|X|" if flops != 1 else "|X|"
    text += {0: "", 1: " + |Y|"}.get(divide, f" + {divide}·|Y|")
    return Formula(count, flops=f"{text}   [{equation}]" if equation else text)


def dims(shape: tuple[int, ...]) -> str:
    """``1·64·56·56``: a shape as a product, for substitutions.

    >>> dims((1, 64, 56, 56))
    '1·64·56·56'
    """
    return "·".join(map(str, shape)) if shape else "1"


def times(count: int, each: int) -> str:
    """``count · each``, without a count of 1.

    >>> times(1, 401408), times(2, 401408)
    ('401408', '2 · 401408')
    """
    return f"{count} · {each}" if count != 1 else f"{each}"


def known_dim(tensor: Tensor | None, axis: int) -> int | None:
    """Size of one axis, or ``None`` where the tensor, its rank or that size is unknown."""
    if tensor is None or tensor.shape is None or not -len(tensor.shape) <= axis < len(tensor.shape):
        return None
    return tensor.shape[axis]


def given(call: Call, index: int | None) -> bool:
    """True when optional input ``index`` is present; an operator may have none."""
    return index is not None and call.input(index) is not None


def dtype_of(index: int) -> Callable[[Call], str]:
    """Precision of MACs done in the element type of input ``index``."""

    def precision(call: Call) -> str:
        tensor = call.input(index)
        return (tensor.dtype or "") if tensor else ""

    return precision


def integer_of(index: int) -> Callable[[Call], str]:
    """Precision of integer MACs by the width of input ``index``: ``uint8`` counts as ``int8``."""

    def precision(call: Call) -> str:
        tensor = call.input(index)
        dtype = (tensor.dtype or "int8") if tensor else "int8"
        return dtype.removeprefix("u")

    return precision


def fixed(name: str) -> Callable[[Call], str]:
    """Precision that the operator's definition fixes."""
    return lambda call: name
