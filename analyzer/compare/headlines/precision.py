"""Layers that compute with other numbers: quantised to integers, or in another float type."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.compare.headlines.scene import headline
from analyzer.operators.record import Kind, Nature

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.compare.headlines.scene import Scene
    from analyzer.compare.part import Part
    from analyzer.compare.record import Headline
    from analyzer.operators.record import Operator

HELPERS = (Nature.QUANTISATION, Nature.CONVERSION)
RESCALING = ("add", "mul")
"""Roles of what dynamic quantisation puts behind an integer product."""


def quantised(scene: Scene) -> Iterator[Headline]:
    """More layers compute with integers than before, or fewer."""
    before, after = _integer(scene.old_layers), _integer(scene.new_layers)
    if len(after) > len(before):
        to = Counter(part.node.precision for part in after).most_common(1)[0][0]
        yield headline("quantised", _machinery(scene, after), count=len(after), layers=len(
            scene.new_layers), to=to, form=_form(after), before=len(before))  # fmt: skip
    elif len(after) < len(before):
        origin = Counter(part.node.precision for part in before).most_common(1)[0][0]
        yield headline("dequantised", _machinery(scene, before), count=len(before) - len(after),
                       layers=len(scene.old_layers), origin=origin)  # fmt: skip


def _integer(layers: Iterable[Part]) -> list[Part]:
    return [part for part in layers if "int" in part.node.precision]


def _form(layers: Iterable[Part]) -> str:
    """How: ``QDQ``, ``QOperator``, ``dynamic``, ``MatMulNBits`` …; several joined."""
    found = Counter(map(_form_of, layers))
    return ", ".join(form for form, _ in found.most_common(3))


def _form_of(part: Part) -> str:
    op_type = part.node.op_type
    if op_type.startswith("QLinear") or op_type in ("QGemm", "QAttention"):
        return "QOperator"
    if op_type.endswith("Integer") or op_type.startswith("Dynamic"):
        return "dynamic"
    return "QDQ" if op_type in ("Conv", "ConvTranspose", "MatMul", "Gemm") else op_type


def _machinery(scene: Scene, layers: Iterable[Part]) -> set[int]:
    """Changes that come with it: the layers themselves, conversions, what is fused or rescaled."""
    there = {part.node.id for part in layers}
    found = set()
    for index, change in scene.left():
        if change.old is not None and change.new is not None:
            if change.new.id in there or scene.only(index, "type", "operator", "inputs", "sources"):
                found.add(index)
        elif _belongs(scene, scene.part_of(index), there):
            found.add(index)
    replaced = {p.node.id for p in scene.old_layers} & scene.went.keys()
    if len(replaced) == sum(node in scene.came for node in there):
        found |= {scene.went[node] for node in replaced}
    return found


def _belongs(scene: Scene, part: Part, layers: set[str]) -> bool:
    """Whether an operator that came or went did so with integer ``layers``."""
    op_type, record = part.node.op_type, part.record
    if part.node.id in layers or op_type.startswith("QLinear"):
        return True
    if f"QLinear{op_type}" in scene.came_types:
        return True
    if record is None:
        return False
    if record.nature in HELPERS or _is_absorbed(record):
        return True
    return record.role in RESCALING and _beside(scene, part, layers)


def _is_absorbed(record: Operator) -> bool:
    """Whether quantisers fold it into the layer in front of it."""
    return record.clamps or record.hands_on or record.slot(Kind.STATISTIC) is not None


def _beside(scene: Scene, part: Part, layers: set[str]) -> bool:
    """Whether what feeds it, or feeds that, is one of ``layers`` or helps to quantise."""
    network = scene.network_of(part)
    near = [network.parts[source.part] for source in part.sources]
    near += [network.parts[source.part] for other in near for source in other.sources]
    return any(
        other.node.id in layers or (other.record is not None and other.record.nature in HELPERS)
        for other in near
    )


def converted(scene: Scene) -> Iterator[Headline]:
    """Most layers are in another floating-point type than before."""
    before, after = _float(scene.old_layers), _float(scene.new_layers)
    if not before or not after:
        return
    old, new = before.most_common(1)[0][0], after.most_common(1)[0][0]
    if old == new:
        return
    covers = [
        index for index, change in scene.left()
        if (change.old and change.new and scene.only(index, "type", "sources"))
        or change.node.op_type == "Cast"
    ]  # fmt: skip
    yield headline("precision", covers, old=old, new=new, count=after[new],
                   layers=len(scene.new_layers))  # fmt: skip


def _float(layers: Iterable[Part]) -> Counter[str]:
    return Counter(p.node.precision for p in layers if "float" in p.node.precision)
