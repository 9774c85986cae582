"""Operators that a team teaches onnxlint, by configuration or from Python; never a model.

A ``Declaration`` is what somebody states; ``build`` makes a record of it. Records hold while
``declaring`` is active, and go before nothing: what ships is not overruled. Whatever rests on a
declaration is *assumed*, and says so.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from analyzer.dataclass import dataclass
from analyzer.graph.call import Call, Unknown
from analyzer.operators.formula import Formula, Work, dtype_of, uncounted
from analyzer.operators.record import Kind, Nature, Operand, Operator, OutputType, Scaling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from analyzer.digraph import Digraph
    from analyzer.facts import Tensor

Key = tuple[str, str]
NEWEST = 2**31 - 1
"""Opset version under which a declared operator acts like another."""
_GRAPH_KEY = "declared"
KINDS = {kind.value.replace(" ", "-"): kind for kind in Kind}
"""What an input may be said to be, by the word for it."""


class Calculation(Protocol):
    """A whole number of sizes and attributes; see ``analyzer.ruleset.arithmetic``."""

    @property
    def source(self) -> str:
        """How somebody wrote it."""

    def __call__(self, look: Callable[[str, str], int]) -> int:
        """Raises ``Unknown``."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What somebody states about an operator; picklable."""

    domain: str
    name: str
    where: str
    """File and line, or entry point, that states it."""
    like: Key | None = None
    """Domain and name of an operator that it acts like."""
    inputs: tuple[Kind, ...] | None = None
    """What each input is; ``None``: as ``like`` has it, else data."""
    shape: tuple[tuple[Calculation, ...], ...] | None = None
    """Sizes of every output's axes; an empty tuple: every output is as the first input."""
    macs: Calculation | None = None
    flops: Calculation | None = None

    @property
    def key(self) -> Key:
        return self.domain, self.name


@dataclass(frozen=True, slots=True)
class _Shape:
    """The shape rule of a declaration."""

    sizes: tuple[tuple[Calculation, ...], ...]

    def __call__(self, call: Call) -> list[OutputType]:
        first = call.input(0)
        dtype = first.dtype if first is not None else None
        if not self.sizes:
            shape = first.shape if first is not None else None
            return [OutputType(dtype, shape)] * len(call.outputs)
        look = _sizes(call)
        return [OutputType(dtype, tuple(size(look) for size in axes)) for axes in self.sizes]


@dataclass(frozen=True, slots=True)
class _Count:
    """The cost formula of a declaration."""

    macs: Calculation | None
    flops: Calculation | None

    def __call__(self, call: Call) -> Work:
        look = _sizes(call)
        macs = self.macs(look) if self.macs is not None else 0
        text = f"{macs}"
        if self.flops is None:
            return Work(macs, 0 if not macs else None, text, "its FLOPs are not declared")
        flops = self.flops(look)
        other = flops - 2 * macs
        if other < 0:
            raise Unknown("fewer FLOPs are declared than two for each MAC")
        return Work(macs, other, text if self.macs is not None else f"{flops}")


@dataclass(frozen=True, slots=True)
class _Like:
    """The cost formula of another operator, asked as if it had been called."""

    operator: Operator

    def __call__(self, call: Call) -> Work:
        count = self.operator.cost.count
        if count is None:
            return Work(0, 0, "0")
        return count(as_if(call, self.operator))


def as_if(call: Call, other: Operator) -> Call:
    """``call`` as a call of ``other``, in its newest version."""
    domain, name = other.key
    return replace(call, op_type=name, domain=domain, version=NEWEST)


def build(declaration: Declaration, base: Operator | None) -> Operator:
    """The record of a declaration, with ``base`` what ships of the operator it is like."""
    kinds = declaration.inputs
    inputs = None if kinds is None else tuple(map(Operand, kinds))
    shape = None if declaration.shape is None else _Shape(declaration.shape)
    counted = declaration.macs is not None or declaration.flops is not None
    formula = Formula(
        _Count(declaration.macs, declaration.flops),
        declaration.macs.source if declaration.macs is not None else "0",
        declaration.flops.source if declaration.flops is not None else "unknown",
        declaration.where,
        dtype_of(0) if declaration.macs is not None else None,
    )
    if base is not None:
        cost = base.cost
        if not cost.reason:
            alike = None if cost.count is None else _Like(base)
            cost = replace(cost, count=alike, source=f"{cost.source}; {declaration.where}")
        return replace(
            base,
            name=declaration.name,
            domain=declaration.domain,
            inputs=base.inputs if inputs is None else inputs,
            shape=shape or base.shape,
            cost=formula if counted else cost,
            declaration=declaration,
            since=1,
            until=None,
        )
    same = declaration.shape == ()
    return Operator(
        declaration.name,
        Nature.RUNTIME,
        inputs or (),
        formula if counted else uncounted("neither its macs nor its flops are declared"),
        declaration.domain,
        shape,
        Scaling.SAME if same else Scaling.OPAQUE,
        declaration=declaration,
    )


def _sizes(call: Call) -> Callable[[str, str], int]:
    """What an expression may look up in ``call``; see ``analyzer.ruleset.arithmetic.GROUPS``."""

    def look(group: str, field: str) -> int:
        if group == "attr":
            value = call.attr(field)
            if not isinstance(value, int):
                raise Unknown(f"attribute {field[:40]} is no whole number")
            return value
        index = int(group[1:] or 0)
        tensor = call.input(index) if group[0] == "x" else call.output(index)
        return _size(tensor, f"{'input' if group[0] == 'x' else 'output'} {index}", field)

    return look


def _size(tensor: Tensor | None, what: str, field: str) -> int:
    if tensor is None or tensor.shape is None:
        raise Unknown(f"shape of {what} is unknown")
    if field == "rank":
        return len(tensor.shape)
    if field == "size":
        found = tensor.elements
    else:
        axis = -1 if field == "last" else int(field[1:])
        if not -len(tensor.shape) <= axis < len(tensor.shape):
            raise Unknown(f"{what} has no axis {axis}")
        found = tensor.shape[axis]
    if found is None:
        raise Unknown(f"shape of {what} is unknown")
    return found


_HELD: ContextVar[Mapping[Key, Operator]] = ContextVar("declared operators")
NONE: Mapping[Key, Operator] = {}


def held() -> Mapping[Key, Operator]:
    """The declared records that hold now."""
    return _HELD.get(NONE)


@contextmanager
def declaring(records: Sequence[Operator]) -> Iterator[None]:
    """Let ``records`` hold inside the ``with`` block, and only they."""
    token = _HELD.set({record.key: record for record in records})
    try:
        yield
    finally:
        _HELD.reset(token)


ENTRY = "entry point "
GROUP = "onnxlint.operators"
"""Entry points whose object is a sequence of records and declarations."""


def from_entry_point(name: str) -> tuple[Operator, ...]:
    """Records that an installed package offers under ``name`` in the group ``GROUP``.

    Raises ``LookupError`` where no package does, ``TypeError`` where it offers anything else.
    """
    from importlib.metadata import entry_points

    found = next(iter(entry_points(group=GROUP, name=name)), None)
    if found is None:
        raise LookupError(f"no installed package has an entry point {name!r} in {GROUP}")
    offered = found.load()
    records = tuple(offered() if callable(offered) else offered)
    if not all(isinstance(record, (Operator, Declaration)) for record in records):
        raise TypeError(f"entry point {name!r} of {GROUP} offers no sequence of operators")
    return tuple(_marked(record, f"{ENTRY}{name}") for record in records)


def _marked(stated: Operator | Declaration, source: str) -> Operator:
    """The record, with where it comes from."""
    if isinstance(stated, Declaration):
        return built(stated)
    return stated if stated.declaration is not None else replace(stated, declaration=source)


def operator_key(name: str) -> Key:
    """Domain and operator of ``domain::Operator``; ``Relu`` and ``ai.onnx::Relu`` are one.

    >>> operator_key("ai.acme::RequantShift"), operator_key("Relu")
    (('ai.acme', 'RequantShift'), ('', 'Relu'))
    """
    domain, _, operator = name.rpartition("::")
    return ("" if domain == "ai.onnx" else domain), operator


def declarable(name: str) -> bool:
    """Whether ``name`` is ``domain::Operator``, of a domain that is not ONNX's own, and new."""
    from analyzer.operators import shipped

    domain, operator = operator_key(name)
    return bool(domain and operator) and shipped(domain, operator) is None


def built(declaration: Declaration) -> Operator:
    """The record of a declaration; raises ``LookupError`` where nothing ships that it is like."""
    from analyzer.operators import shipped

    base = None if declaration.like is None else shipped(*declaration.like)
    if declaration.like is not None and base is None:
        raise LookupError(f"no operator {'::'.join(filter(None, declaration.like))} is known")
    return build(declaration, base)


class Carried:
    """A task that runs under the records that hold where it was made, in any process."""

    def __init__(self, task: Callable[[Any], Any], records: Sequence[Operator]) -> None:
        self._task, self._records = task, records

    def __call__(self, progress: Any) -> Any:
        with declaring(self._records):
            return self._task(progress)

    def __reduce__(self) -> tuple[object, ...]:
        """By what was declared: formulas that ship are closures, which do not travel."""
        stated = tuple(
            record.declaration if isinstance(record.declaration, (Declaration, str)) else record
            for record in self._records
        )
        return _carry, (self._task, tuple(dict.fromkeys(stated)))


def _carry(task: Callable[[Any], Any], stated: Sequence[Declaration | str | Operator]) -> Carried:
    records: list[Operator] = []
    for one in stated:
        if isinstance(one, str):
            records.extend(from_entry_point(one.removeprefix(ENTRY)))
        else:
            records.append(built(one) if isinstance(one, Declaration) else one)
    return Carried(task, records)


def attach(graph: Digraph[str]) -> None:
    """Keep with an operator graph the records that it was made under."""
    if held():
        graph.graph[_GRAPH_KEY] = tuple(held().values())


def attached(graph: Digraph[str]) -> tuple[Operator, ...]:
    """The records that an operator graph was made under."""
    return cast("tuple[Operator, ...]", graph.graph.get(_GRAPH_KEY, ()))
