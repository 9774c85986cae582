"""What ONNX Runtime does itself when it loads a model: seen in what it writes as
``optimized_model_filepath`` on x86 (1.32.0, all optimisations).

It fuses Gelu where the formula divides by √2 and the half is no factor of the sum alone, layer
normalisation where it squares with Pow, divides, and has both a factor and a summand; in float32.
HardSwish it has no kernel of, and makes HardSigmoid and a product of it.

It folds BatchNormalization into a Conv, ConvTranspose or MatMul before it, not into a Gemm; into a
Conv a sum and a product with a constant for each channel, where that is the second operand, and a
product with a scalar, and into that or an AveragePool a Pad without axes; of a MatMul and a sum it
makes a Gemm. It computes once what follows from stored tensors alone, in bodies, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.converters.converter import converter
from analyzer.converters.met import met
from analyzer.graph.values import OVERRIDABLE_SINCE
from analyzer.patterns.wires import makers_before, wires_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from analyzer.facts import Facts, Node, Shape

FUSED, KEPT, FOLDED = "fused", "kept", "folded"
"""It makes one operator of the formula; it makes the formula of the operator; it computes with
constants once."""


class OnLoad(NamedTuple):
    """What it does of what a rule asks for."""

    word: str = ""
    """One of those above; empty for nothing."""
    nodes: frozenset[str] = frozenset()
    """At which of the places."""


def done_on_load(facts: Facts, what: str, nodes: Iterable[str]) -> OnLoad:
    """What it does itself at ``nodes``, of formulas their last operators; ``what`` as a rule
    declares it: ``Rule.on_load``. It folds nothing where the weights are inputs of the model, too.
    """
    if what not in _LOADS:
        return OnLoad()
    word, test = _LOADS[what]
    if word == FOLDED and facts.once(_is_replaceable):
        return OnLoad()
    done = frozenset(node for node in nodes if node in facts and test(facts, facts[node]))
    return OnLoad(word, done) if done else OnLoad()


def _is_replaceable(facts: Facts) -> bool:
    replaceable = facts.model.ir_version >= OVERRIDABLE_SINCE
    return replaceable and bool(met(facts, converter("onnxruntime")))


def _is_constant(facts: Facts, node: Node) -> bool:
    """Whether what is the same on every run follows from what the file stores: of a tensor whose
    shape is open in part it folds no Shape."""
    return not facts.assumptions or node.id not in facts.once(_measured)


def _measured(facts: Facts) -> frozenset[str]:
    """Operators that the shape of a tensor goes into, by name: a body reads what is around it."""
    names, found = set[str](), set[str]()
    for node in facts.nodes:
        if node.op_type in ("Shape", "Size") or not names.isdisjoint(node.inputs):
            found.add(node.id)
            names.update(made.name for made in node.outputs)
    return frozenset(found)


def _normalises(facts: Facts, last: Node) -> bool:
    return _layer(facts, last) in ("Conv", "ConvTranspose", "MatMul")


def _adds(facts: Facts, last: Node) -> bool:
    return (last.op_type == "Add" and _layer(facts, last) == "Conv"
            and _for_each_channel(facts, last))  # fmt: skip


def _scales(facts: Facts, last: Node) -> bool:
    return (last.op_type == "Mul" and _layer(facts, last) == "Conv"
            and (_for_each_channel(facts, last) or _second(facts, last) == ()))  # fmt: skip


def _joins(facts: Facts, last: Node) -> bool:
    return any(_layer(facts, last, slot) == "MatMul" for slot in (0, 1))


def _pads(facts: Facts, last: Node) -> bool:
    maker = wires_of(facts).makers.get((last.scope, last.inputs[0]))
    axes = maker.inputs[3:] if maker is not None else ()
    return last.outputs[0].dtype == "float32" and not any(axes)


def _layer(facts: Facts, node: Node, slot: int = 0) -> str:
    """The operator that makes an operand, behind any Identity; empty for none, and in types
    that it does not fold in."""
    if node.outputs[0].dtype not in ("float32", "float16"):
        return ""
    made = wires_of(facts).makers
    maker, seen = made.get((node.scope, node.inputs[slot])), set[str]()
    while maker is not None and maker.op_type == "Identity" and maker.id not in seen:
        seen.add(maker.id)  # a broken file may have a cycle of them
        maker = made.get((maker.scope, maker.inputs[0]))
    return "" if maker is None else maker.op_type


def _second(facts: Facts, node: Node) -> Shape:
    """Shape of the second operand, where that is known."""
    name = node.inputs[1]
    maker = wires_of(facts).makers.get((node.scope, name))
    if maker is not None:
        return next((made.shape for made in maker.outputs if made.name == name), None)
    return next((each.shape for each in facts.parameters.tensors if each.name == name), None)


def _for_each_channel(facts: Facts, node: Node) -> bool:
    """Whether the second operand has several numbers, on the axis of channels."""
    shape, whole = _second(facts, node), node.outputs[0].shape
    if shape is None or whole is None or len(shape) < len(whole) - 1:
        return False
    sides = shape[1:] if len(shape) == len(whole) else shape
    return bool(sides) and (sides[0] or 0) > 1 and all(side == 1 for side in sides[1:])


def _gelu(facts: Facts, last: Node) -> bool:
    if last.outputs[0].dtype != "float32":
        return False
    return _behind(facts, last, "Add", "Erf", "Div") or (
        _has_constant(facts, last) and _behind(facts, last, "Mul", "Add", "Erf", "Div")
    )


def _normalised(facts: Facts, last: Node) -> bool:
    if last.op_type != "Div" or last.outputs[0].dtype != "float32":
        return False
    return (
        _behind(facts, last, "Sqrt", "Add", "ReduceMean", "Pow")
        and _after(facts, _after(facts, last, "Mul"), "Add") is not None
    )


def _gated(facts: Facts, last: Node) -> bool:
    return _behind(facts, last, "HardSigmoid")


def _behind(facts: Facts, node: Node, *kinds: str) -> bool:
    """Whether operators of these types, one after another, feed one."""
    if not kinds:
        return True
    return any(
        maker.op_type == kinds[0] and _behind(facts, maker, *kinds[1:])
        for maker in makers_before(facts, node)
    )


def _after(facts: Facts, node: Node | None, kind: str) -> Node | None:
    """The only reader of an operator, where it is of that type and its other input constant."""
    if node is None:
        return None
    readers = wires_of(facts).readers
    found: dict[str, Node] = {}
    for made in node.outputs:
        found |= readers.get((node.scope, made.name), {})
    (only,) = found.values() if len(found) == 1 else (None,)
    if only is None or only.op_type != kind or not _has_constant(facts, only):
        return None
    return only


def _has_constant(facts: Facts, node: Node) -> bool:
    """Whether it reads a number of the file."""
    if any(maker.op_type == "Constant" for maker in makers_before(facts, node)):
        return True
    made = wires_of(facts).makers
    stored = facts.once(_stored)
    return any(name in stored and (node.scope, name) not in made for name in node.inputs)


def _stored(facts: Facts) -> frozenset[str]:
    return frozenset(tensor.name for tensor in facts.parameters.tensors)


_LOADS: Mapping[str, tuple[str, Callable[[Facts, Node], bool]]] = {
    "constants": (FOLDED, _is_constant),
    "normalisation": (FOLDED, _normalises),
    "sum": (FOLDED, _adds),
    "factor": (FOLDED, _scales),
    "product-bias": (FOLDED, _joins),
    "pad": (FOLDED, _pads),
    "gelu": (FUSED, _gelu),
    "layer-norm": (FUSED, _normalised),
    "hard-swish": (KEPT, _gated),
}
"""By ``Rule.on_load``, the kind of what it does, and whether it does it at a place."""
