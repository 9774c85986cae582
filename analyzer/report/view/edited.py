"""What mends a model file in one command: lines of Python with the onnx package.

They are for models without data in other files: what is written elsewhere would lose that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.conformance.checker import UNNAMED
from analyzer.graph.values import OVERRIDABLE_SINCE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.facts import Breach, Facts

FUNCTIONS_SINCE = 8
"""IR version that introduced local functions."""
_IR_OF = {"initializer-without-input": OVERRIDABLE_SINCE, "functions-too-early": FUNCTIONS_SINCE}
"""By the code of a breach, the IR version in which it is none."""
_SORTS = (
    "from onnxruntime.transformers.onnx_model import OnnxModel",
    "OnnxModel(m).topological_sort()",
)
_UNNAMED = "[n.ClearField('domain') for n in m.graph.node if n.domain == 'ai.onnx']"
_STATES_OPSET = "[setattr(i, 'version', {}) for i in m.opset_import if i.domain in ('', 'ai.onnx')]"


def written(*statements: str) -> str:
    """A command that loads a model as ``m``, runs statements, and writes it.

    >>> written("m.ir_version = 4")
    'python -c "import onnx; m = onnx.load(\\'MODEL\\'); m.ir_version = 4; onnx.save(m, \\'NEW\\')"'
    """
    lines = "; ".join(("m = onnx.load('MODEL')", *statements, "onnx.save(m, 'NEW')"))
    return f'python -c "import onnx; {lines}"'


def mending(facts: Facts, breaches: Collection[Breach]) -> str:
    """What mends all of them, in the words of their remedies; empty where nothing does."""
    statements = [_mends(facts, each) for each in breaches]
    if facts.model.outside or not statements or not all(statements):
        return ""
    return written(*dict.fromkeys(line for each in statements for line in each))


def _mends(facts: Facts, breach: Breach) -> tuple[str, ...]:
    if breach.code in _IR_OF:
        return (f"m.ir_version = {_IR_OF[breach.code]}",)
    if any(node.scope for node in facts.nodes):
        return ()  # bodies have operators and an order, too
    if breach.code == "unsorted":
        return _SORTS
    if breach.code == "duplicate-output":
        names = [tensor.name for tensor in facts.outputs]
        again = [place for place, name in enumerate(names) if name in names[:place]]
        return tuple(f"del m.graph.output[{place}]" for place in reversed(again))
    return (_UNNAMED,) if breach.remedy == UNNAMED else ()


def stating(facts: Facts, *, opset: int | None = None, ir: int | None = None) -> str:
    """What makes a file state another opset, where all operators mean the same there, or another
    IR version."""
    lines = [_STATES_OPSET.format(opset)] if opset else []
    lines += [f"m.ir_version = {ir}"] if ir else []
    return "" if facts.model.outside else written(*lines)


def reshaping(facts: Facts, targets: Mapping[str, Sequence[int]]) -> str:
    """What writes each Flatten as a Reshape to constant sizes, by what it makes; empty where they
    have not all the same, there are others, or initializers have to be inputs, too."""
    made = {n.outputs[0].name for n in facts.nodes if n.op_type == "Flatten" and not n.scope}
    sizes = {tuple(each) for each in targets.values()}
    if facts.model.outside or len(sizes) != 1 or made != targets.keys():
        return ""
    if facts.model.ir_version < OVERRIDABLE_SINCE:
        return ""
    (target,) = sizes
    name = "flatten_to"
    if any(name in node.inputs for node in facts.nodes):
        return ""
    return written(
        f"m.graph.initializer.append(onnx.helper.make_tensor('{name}', 7, [2], {[*target]}))",
        "[(n.ClearField('attribute'), setattr(n, 'op_type', 'Reshape'), "
        f"n.input.append('{name}')) for n in m.graph.node if n.op_type == 'Flatten']",
    )


def converting(facts: Facts, opset: int) -> str:
    """What writes a model's operators as another opset has them."""
    return "" if facts.model.outside else written(
        "from onnx.version_converter import convert_version", f"m = convert_version(m, {opset})"
    )  # fmt: skip
