"""Binding of graph inputs: every open dimension gets a value, every guess is an assumption.

What the user states goes before what the consuming weights imply, that before what the file's
metadata states, that before the defaults. These follow what executing the model would need:
batch 1, an image of 224×224 with 3 channels, no past key/values, a second of sound, a sequence of
128, 1 elsewhere; which axes are the batch and the steps of recurrent layers, those say.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.facts import NOT_SYMBOLS, Assumption, Problem, name_of_axis
from analyzer.graph.tensors import dims
from analyzer.model.limits import Limits
from analyzer.shapes.hints import Hints, read_hints
from analyzer.shapes.recurrence import parts_of_inputs
from analyzer.shapes.sound import FrontEnd, Sound
from analyzer.shapes.stated import DEFAULT, Bindings, Defaults
from analyzer.shapes.types import Type, decode_type, dimensions
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import onnx

    from analyzer.facts import Dim, Second
    from analyzer.graph.scope import Op, Program, Scope
    from analyzer.shapes.recurrence import Part


ALTERNATIVES = (
    *(Defaults(image=size)
      for size in (640, 320, 256, 512, 416, 299, 384, 192, 112, 96, 64, 32, 28)),
    *(Defaults(sequence=size, sound=size)
      for size in (512, 384, 256, 77, 64, 32, 16, 16000, 1, 2)),
    Defaults(sound=3000),  # half a minute of frames, as Whisper takes
    Defaults(batch=128),
)  # fmt: skip
"""Tried in turn where the defaults contradict constants of the graph (anchors, position
embeddings, fixed reshapes); common input sizes of published models. The longest sequence that
fits is the likeliest, and 1 comes late because it broadcasts with anything."""


def sizes_of_symbols(assumptions: Iterable[Assumption]) -> dict[str, int]:
    """What each name of a dimension stands for, those left out that mean nothing or two sizes."""
    sizes: dict[str, int] = {}
    vague = set(NOT_SYMBOLS)
    for each in assumptions:
        if sizes.setdefault(each.dim, each.value) != each.value:
            vague.add(each.dim)
    return {name: size for name, size in sizes.items() if name not in vague}


@dataclass(slots=True)
class Bound:
    """Typed inputs of the main graph and what had to be assumed."""

    types: dict[str, Type]
    assumptions: list[Assumption]
    problems: list[Problem]
    as_declared: bool
    """True when no dimension differs from what the file states; only then are the file's
    intermediate shapes (``value_info``) worth anything."""


def bind(program: Program, bindings: Bindings, most: int = Limits().assumptions) -> Bound:
    """Give every input of the main graph that is not a constant a full shape.

    Inputs with which there would be more than ``most`` guesses keep what is open in them.
    """
    scope = program.main
    readers = _weighted_readers(scope)
    bound = Bound({}, [], [], as_declared=True)
    names = [n for n in dict.fromkeys(scope.inputs) if n not in scope.constants]
    sound = Sound(program.metadata, names)
    stated = _stated(program, bindings)
    known = dict(stated)
    hints = read_hints(program.metadata) if bindings.hinted else Hints()
    parts: Mapping[tuple[str, int], Part] | None = None
    for name in names:
        proto = scope.input_types[name]
        declared = decode_type(proto)
        given = bindings.shapes.get(name)
        read = readers.get(name, ())
        if given is not None and _has_shape(proto):
            bound.types[name] = replace(declared, shape=given)
            bound.as_declared &= declared.shape == given
            _record(
                bound, name, proto, declared, given, _seconds(sound, name, proto, declared, read)
            )
            continue
        if declared.shape is None or None not in declared.shape or not bindings.assume:
            bound.types[name] = declared
            continue
        if len(bound.assumptions) + declared.shape.count(None) > most:
            bound.types[name] = declared
            if not bound.problems:
                limit = f"limit assumptions = {most:,}"
                text = f"too many dimensions are open ({limit}); the rest has unknown sizes"
                bound.problems.append(Problem("assumption-limit", name, text))
            continue
        parts = parts_of_inputs(program) if parts is None else parts
        implied = _implied(read, len(declared.shape))
        symbols = tuple(_symbol(proto, axis) for axis in range(len(declared.shape)))
        told = hints.sizes(name, symbols, declared.shape)
        for axis, size in enumerate(implied):
            if size is not None:  # weights do not lie
                told[axis] = size, "implied by the weights that consume it"
        seconds = _seconds(sound, name, proto, declared, read, told)
        shape = tuple(
            size
            if size is not None
            else _assume(
                bound, stated, known, bindings.defaults, name, symbols[axis], axis,
                declared.shape, told.get(axis), parts.get((name, axis)),
                seconds.get(axis),
            )
            for axis, size in enumerate(declared.shape)
        )  # fmt: skip
        bound.types[name] = replace(declared, shape=shape)
    bound.problems.extend(_misnamed(program, bindings, names, bound.assumptions))
    return bound


def _misnamed(
    program: Program, bindings: Bindings, names: list[str], assumptions: list[Assumption]
) -> Iterator[Problem]:
    """What the user stated about something that the model does not have.

    A configuration may hold for many models, so sizes of dimensions are worth a note only where
    one that is open got a guess instead.
    """
    for name, sizes in bindings.shapes.items():
        if name not in program.main.inputs:
            text = f"--shape names no graph input; inputs are {', '.join(names[:8]) or 'none'}"
            yield Problem("unknown-input", name, text, inconclusive=False)
            continue
        declared = decode_type(program.main.input_types[name]).shape
        if not _has_shape(program.main.input_types[name]):
            text = "--shape states sizes of an input that is no tensor; they are ignored"
            yield Problem("contradicting-shape", name, text)
        if declared is not None and len(declared) != len(sizes):
            text = f"--shape states {len(sizes)} sizes, the file {len(declared)}: {spell(declared)}"
            yield Problem("contradicting-shape", name, text)
    symbols = {d.dim_param for t in map(program.main.input_types.__getitem__, names)
               for d in dimensions(t) or ()}  # fmt: skip
    symbols.update(name_of_axis(a.input, a.axis) for a in assumptions)
    guessed = dict.fromkeys(a.name for a in assumptions if a.reason not in ("--dim", "--shape"))
    for symbol in bindings.dims:
        if guessed and symbol not in symbols:
            text = f"--dim names no dimension of an input; open are {', '.join([*guessed][:8])}"
            yield Problem("unknown-dimension", symbol, text, inconclusive=False)
    loops = [op for scope in program.scopes for op in scope.ops if op.op_type in ("Loop", "Scan")]
    known = {word for op in loops for word in (op.name, *op.outputs)}
    for word in bindings.trips:
        if loops and word not in known:
            text = (
                "--trip-count names no Loop or Scan; those are "
                + ", ".join(op.name or op.outputs[0] for op in loops[:8] if op.name or op.outputs)
            )  # fmt: skip
            yield Problem("unknown-loop", word, text, inconclusive=False)


def _stated(program: Program, bindings: Bindings) -> dict[str, int]:
    """Sizes of symbols as the user states them: by name, or within the shape of an input."""
    sizes: dict[str, int] = {}
    for name, given in bindings.shapes.items():
        proto = program.main.input_types.get(name)
        dims = (dimensions(proto) or ()) if proto is not None else ()
        if len(dims) == len(given):
            sizes.update((d.dim_param, size) for d, size in zip(dims, given, strict=True))
    stated = {symbol: size for symbol, size in sizes.items() if symbol not in NOT_SYMBOLS}
    return {**stated, **bindings.dims}


def _has_shape(proto: onnx.TypeProto) -> bool:
    """False for sequences, optional values and maps."""
    return proto.WhichOneof("value") in ("tensor_type", "sparse_tensor_type", None)


def _symbol(proto: onnx.TypeProto, axis: int) -> str:
    return str((dimensions(proto) or ())[axis].dim_param)


def _record(
    bound: Bound,
    name: str,
    proto: onnx.TypeProto,
    declared: Type,
    given: tuple[int, ...],
    seconds: Mapping[int, Second],
) -> None:
    if declared.shape is None or len(declared.shape) != len(given):
        for axis, size in enumerate(given):
            bound.assumptions.append(Assumption(name, axis, f"axis {axis}", size, "--shape"))
        return
    for axis, (before, value) in enumerate(zip(declared.shape, given, strict=True)):
        if before != value:
            label = _symbol(proto, axis) or (f"axis {axis}" if before is None else str(before))
            second = seconds.get(axis)
            bound.assumptions.append(Assumption(name, axis, label, value, "--shape", second=second))


def _assume(
    bound: Bound,
    stated: Mapping[str, int],
    known: dict[str, int],
    defaults: Defaults,
    name: str,
    symbol: str,
    axis: int,
    shape: tuple[int | None, ...],
    told: tuple[int, str] | None,
    part: Part | None,
    second: Second | None,
) -> int:
    """Value of one open dimension: given, shared with an equal symbol, told by weights or
    metadata (``told``, with its reason), or default, of the ``part`` that a recurrent layer takes
    it for."""
    own = name_of_axis(name, axis)
    if own in stated:
        value, reason = stated[own], "--dim"
    elif symbol in known:
        value, reason = known[symbol], "--dim" if symbol in stated else "same symbol"
    elif told is not None:
        value, reason = told
    else:
        value = _default(defaults, name, symbol, axis, shape, part, second)
        usual = _default(Defaults(), name, symbol, axis, shape, part, second)
        reason = DEFAULT if second is None or usual != second.steps else second.reason
        if value != usual:
            reason = f"default {usual} contradicts the graph, {value} fits"
    if symbol not in NOT_SYMBOLS:
        known.setdefault(symbol, value)
    label = symbol or f"axis {axis}"
    bound.assumptions.append(Assumption(name, axis, label, value, reason, part == "batch", second))
    return value


def _default(
    use: Defaults,
    name: str,
    symbol: str,
    axis: int,
    shape: tuple[int | None, ...],
    part: Part | None,
    second: Second | None,
) -> int:
    text, rank = symbol.lower(), len(shape)
    if "past" in text:
        return use.past
    if "batch" in text and "len" not in text and "seq" not in text:
        return use.batch
    if part == "batch":
        return use.batch
    if second is not None:
        return second.steps if use.sound is None else use.sound
    if part is not None:
        return use.sequence
    if axis == 0 and rank > 1:
        return use.batch
    if rank == 4 and "past" not in name.lower():
        channels_last = shape[3] in (1, 3, 4) and shape[1] not in (1, 3, 4)
        spatial = (1, 2) if channels_last else (2, 3)
        return use.image if axis in spatial else use.channels
    if "past" in name.lower():
        return use.past if axis == rank - 2 else use.other
    return use.sequence if rank <= 3 else use.other


def _seconds(
    sound: Sound,
    name: str,
    proto: onnx.TypeProto,
    declared: Type,
    readers: Iterable[tuple[Op, Sequence[Dim]]],
    told: Mapping[int, tuple[int, str]] = MappingProxyType({}),
) -> dict[int, Second]:
    """What makes a second of the open axes of an input that are sound."""
    sides = [told[axis][0] if size is None and axis in told else size
             for axis, size in enumerate(declared.shape or ())]  # fmt: skip
    front = next((_front_end(op, shape) for op, shape in readers
                  if op.op_type == "Conv" and len(shape) == 3), None)  # fmt: skip
    found = {
        axis: sound.second(name, _symbol(proto, axis), axis, sides, declared.dtype, front)
        for axis, size in enumerate(declared.shape or ())
        if size is None
    }
    return {axis: second for axis, second in found.items() if second is not None}


def _front_end(op: Op, weight: Sequence[Dim]) -> FrontEnd:
    strides = op.attributes.get("strides")
    first = strides[0] if isinstance(strides, (list, tuple)) and strides else 1
    return FrontEnd(weight[1], weight[2], first if isinstance(first, int) else 1)


def _weighted_readers(scope: Scope) -> dict[str, list[tuple[Op, tuple[int | None, ...]]]]:
    """Operators that read a name first and a constant second, with the constant's shape."""
    readers: dict[str, list[tuple[Op, tuple[int | None, ...]]]] = {}
    for op in scope.ops:
        if op.op_type in ("Conv", "MatMul", "Gemm") and len(op.inputs) > 1:
            weight = scope.constants.get(op.inputs[1])
            if weight is not None:
                readers.setdefault(op.inputs[0], []).append((op, dims(weight)))
    return readers


def _implied(
    readers: Iterable[tuple[Op, tuple[int | None, ...]]], rank: int
) -> tuple[int | None, ...]:
    """Sizes that the first of ``readers`` that dictates any dictates to an input.

    ONNX operator specification: Conv reads (B, C, D1…) with C = W.shape[1]·group;
    MatMul and Gemm contract the last axis with the weight's first.
    """
    sizes: list[int | None] = [None] * rank
    for op, shape in readers:
        if op.op_type == "Conv" and len(shape) == rank and rank > 2 and shape[1]:
            groups = op.attributes.get("group", 1)
            sizes[1] = shape[1] * groups if isinstance(groups, int) and groups > 0 else None
        elif op.op_type == "MatMul" and len(shape) == 2 and rank >= 2:
            sizes[-1] = shape[0]
        elif op.op_type == "Gemm" and len(shape) == 2 and rank == 2:
            if not op.attributes.get("transA"):
                sizes[1] = shape[1] if op.attributes.get("transB") else shape[0]
        else:
            continue
        break
    return tuple(sizes)
