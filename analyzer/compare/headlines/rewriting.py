"""The same computation written in another way: folded, fused, or with less around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.compare.folding import layer_before
from analyzer.compare.headlines.scene import headline
from analyzer.operators.record import Kind, Nature

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from analyzer.compare.headlines.scene import Scene
    from analyzer.compare.part import Part
    from analyzer.compare.record import Headline

FUSIONS: Mapping[Nature, str] = {
    Nature.ATTENTION: "attention",
    Nature.EMBEDDING: "embedding",
    Nature.NORMALISATION: "layer normalisation",
    Nature.ACTIVATION: "Gelu",
    Nature.CONVOLUTION: "convolution",
    Nature.PRODUCT: "matrix product",
}
"""What is fused, by the nature of what comes."""
CORES = (Nature.SOFTMAX, Nature.REDUCTION, Nature.NORMALISATION, Nature.SELECTION)
"""Operators that make a computation what it is, besides activations; the others are in many."""


def fused(scene: Scene) -> Iterator[Headline]:
    """Fused operators that came while parts of them went."""
    for nature, what in FUSIONS.items():
        came = [i for i in scene.came.values() if i not in scene.covered
                and _fuses(scene.part_of(i), nature)]  # fmt: skip
        changed = [i for i, c in scene.left() if c.old and c.new
                   and _fuses(scene.new.part(c.new.id), nature)
                   and not _fuses(scene.old.part(c.old.id), nature)]  # fmt: skip
        whole = [scene.part_of(i) for i in came]
        whole += [scene.new.part(c.new.id) for i in changed if (c := scene.found.changes[i]).new]
        parts = frozenset(name for part in whole for name in _fuses(part, nature))
        went = _swallowed(scene, changed, parts, everywhere=bool(came)) if whole else []
        if (came and went) or changed:
            names = scene.counts([*came, *changed])
            covers = [*came, *changed, *went]
            yield headline("fused", covers, what=what, count=len(came) + len(changed),
                           parts=len(went), operator=names.most_common(1)[0][0])  # fmt: skip


def _swallowed(
    scene: Scene, changed: Iterable[int], types: frozenset[str], *, everywhere: bool
) -> list[int]:
    """Operators of some types of ai.onnx that went, and are connected with what was fused.

    ``everywhere``: a fused operator came without a partner, so that it may have swallowed any
    that includes what makes the computation what it is.
    """
    todo = [scene.old.part(c.old.id) for i in changed if (c := scene.found.changes[i]).old]
    if everywhere:
        todo += [
            part
            for part in scene.old.parts
            if part.node.id in scene.went and _is_core(part) and _is_one_of(part, types)
        ]
    found: dict[int, None] = {}
    seen = {part.index for part in todo}
    while todo:
        part = todo.pop()
        index = scene.went.get(part.node.id)
        if index is not None and index not in scene.covered:
            found[index] = None
        near = [source.part for source in part.sources] + [reader for reader, _, _ in part.readers]
        for other in near:
            next_ = scene.old.parts[other]
            if other not in seen and next_.node.id in scene.went and _is_one_of(next_, types):
                seen.add(other)
                todo.append(next_)
    return list(found)


def _fuses(part: Part, nature: Nature) -> tuple[str, ...]:
    """What an operator of a nature stands for; nothing where it is of another, or stands alone."""
    record = part.record
    return record.fuses if record is not None and record.nature is nature else ()


def _is_core(part: Part) -> bool:
    record = part.record
    if record is None:
        return False
    return record.nature in CORES or (record.is_activation and not record.clamps)


def _is_one_of(part: Part, types: Collection[str]) -> bool:
    return not part.node.domain and part.node.op_type in types


def folded_norms(scene: Scene) -> Iterator[Headline]:
    """Batch normalisations that went or came while the layer in front of each stayed."""
    matching = scene.matching
    for kind, network, paired, moved in (
        ("folded-norms", scene.old, matching.partner, scene.went),
        ("unfolded-norms", scene.new, matching.back, scene.came),
    ):
        covers, count = [], 0
        for part in network.parts:
            index = moved.get(part.node.id)
            if index is None or index in scene.covered:
                continue
            layer = layer_before(network, paired, part)
            if part.node.op_type != "BatchNormalization" or layer is None:
                continue
            count += 1
            covers.append(index)
            at = paired[layer.index] if network is scene.old else layer.index
            change = scene.altered.get(scene.new.parts[at].node.id)
            if change is not None and scene.only(change, "inputs", "sources"):
                covers.append(change)
        if count:
            yield headline(kind, covers, count=count,
                           proven=int(scene.found.weights.folded > 0))  # fmt: skip


def biases(scene: Scene) -> Iterator[Headline]:
    """Layers that are in both, one with a bias and the other without."""
    gone: list[int] = []
    added: list[int] = []
    for old, new in scene.pairs:
        index = scene.altered.get(new.node.id)
        if index is None or index in scene.covered or not scene.only(index, "inputs"):
            continue
        before, after = _has_bias(old), _has_bias(new)
        if before != after:
            (gone if before else added).append(index)
    if gone:
        yield headline("biases-gone", gone, count=len(gone))
    additions = {i: found for i in added if (found := scene.addition_behind(i)) is not None}
    if additions:
        yield headline("folded-additions", [*additions, *additions.values()], count=len(additions))
    added = [i for i in added if i not in additions]
    if added:
        yield headline("biases-added", added, count=len(added))


def _has_bias(part: Part) -> bool:
    slots = part.record.slots(Kind.BIAS) if part.record is not None else ()
    return any(part.call.input(slot) is not None for slot in slots)


def plumbing(scene: Scene) -> Iterator[Headline]:
    """Operators that carry, make constants, or compute sizes; and views of float tensors."""
    carried = _went_and_came(scene, lambda part: part.node.op_type == "Identity")
    yield from _about("identities", *carried)
    constants = _went_and_came(scene, lambda part: part.node.op_type == "Constant")
    yield from _about("constants", *constants)
    dropouts = _went_and_came(scene, lambda part: part.node.op_type == "Dropout")
    yield from _about("dropouts", *dropouts)
    sizes = _went_and_came(scene, lambda part: part.is_plumbing)
    yield from _about("shape-arithmetic", *sizes, _moved(scene, lambda part: part.is_plumbing))
    views = _went_and_came(scene, lambda part: part.is_view)
    yield from _about("views", *views, _moved(scene, lambda part: part.is_view))


def _went_and_came(scene: Scene, wanted: Callable[[Part], bool]) -> tuple[list[int], list[int]]:
    went: list[int] = []
    came: list[int] = []
    for index, change in scene.left():
        if change.old is not None and change.new is not None:
            continue
        network = scene.old if change.old is not None else scene.new
        if wanted(network.part(change.node.id)):
            (went if change.old is not None else came).append(index)
    return went, came


def _moved(scene: Scene, wanted: Callable[[Part], bool]) -> list[int]:
    """Those that are in both, and come somewhere else in other surroundings."""
    return [i for i, c in scene.left() if c.old and c.new and scene.only(i, "sources")
            and wanted(scene.new.part(c.new.id))]  # fmt: skip


def _about(
    kind: str, went: list[int], came: list[int], moved: Iterable[int] = ()
) -> Iterator[Headline]:
    if went or came:
        yield headline(kind, [*went, *came, *moved], went=len(went), came=len(came))
