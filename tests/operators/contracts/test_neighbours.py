"""What is one step from a valid operator is grave where ONNX Runtime refuses it, and where less is
known of an operator, less is said of it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import numpy_helper

from analyzer.facts import Certainty, Tensor
from analyzer.operators import record_of
from analyzer.operators.contracts.contents import with_contents
from tests.operators.contracts.more_families import FAMILIES as MORE
from tests.operators.contracts.neighbours import (
    CRASHED,
    REFUSED,
    RESULTS,
    RUNS,
    VERDICTS,
    VERSIONS,
    WORDS,
    aged,
    call,
    found,
    mark,
    neighbours,
    worded,
)
from tests.operators.contracts.nodes import call_of
from tests.operators.contracts.plain_families import FAMILIES as PLAIN
from tests.operators.contracts.test_contracts import FAMILIES as BROKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from analyzer.graph.call import Call
    from tests.operators.contracts.nodes import Node

FAMILIES = {**BROKEN, **PLAIN, **MORE}
RECORDED = {
    name: marks
    for marks, _, name in (line.partition(" ") for line in VERDICTS.read_text("utf-8").splitlines())
}

RAN = {
    name: shapes.split()
    for name, _, shapes in (
        line.partition(": ") for line in RESULTS.read_text("utf-8").splitlines()
    )
}
ODD = {
    "ArrayFeatureExtractor": "indices in a column",
    "LinearClassifier": "fewer intercepts than classes",
    "com.microsoft DynamicTimeWarping": "the length of the path depends on the data",
    "com.microsoft NhwcMaxPool": "its kernel takes no notice of ceil_mode",
    "com.microsoft WordConvEmbedding": "words without a sequence, or sequences without words",
}
"""Where a shape is not known, or is of what the documentation does not describe."""


@cache
def _steps(name: str) -> tuple[Node, ...]:
    return tuple(neighbours(FAMILIES[name].make(np.random.default_rng(0))))


def _dimmed(known: Call) -> Iterator[Call]:
    """With the contents, the sizes or one size of one operand unknown."""
    for slot, tensor in enumerate(known.inputs):
        if tensor is None:
            continue
        before, after = known.inputs[:slot], known.inputs[slot + 1 :]
        values = (*known.values[:slot], None, *known.values[slot + 1 :])
        shapes = [None, *(
            (*tensor.shape[:axis], None, *tensor.shape[axis + 1 :])
            for axis in range(len(tensor.shape or ()))
        )] if tensor.shape is not None else [None]  # fmt: skip
        yield replace(known, values=values)
        for shape in shapes:
            inputs = (*before, replace(tensor, shape=shape), *after)
            yield replace(known, inputs=inputs, values=values)


def test_a_step_from_what_is_valid_is_grave_where_the_runtime_refuses_it() -> None:
    """The marks are ONNX Runtime's, and where it runs or refuses what we judge otherwise, they say
    so; python -m tests.operators.contracts.neighbours asks it again."""
    marks = {}
    for name in FAMILIES:
        nodes = _steps(name)
        assert len(nodes) == len(RECORDED[name]), f"{name} is another: ask the runtime again"
        marks[name] = "".join(
            old if old == CRASHED else mark(found(call(node)), refused=old in REFUSED)
            for old, node in zip(RECORDED[name], nodes, strict=True)
        )
    assert marks == RECORDED


def in_versions() -> Iterator[tuple[str, list[Node]]]:
    """Valid and broken operators in all their versions, where they have several."""
    for name, family in FAMILIES.items():
        made = {name: family.make(np.random.default_rng(0))}
        for each in family.breaks:
            made[f"{name}: {each}"] = family.broken(each, np.random.default_rng(0))
        for said, node in made.items():
            if len(nodes := list(aged(node))) > 1:
                yield said, nodes


def in_words() -> Iterator[tuple[str, list[Node]]]:
    """One valid form of each operator with all that its attributes may say."""
    seen = set()
    for name in FAMILIES:
        node = _steps(name)[0]
        if (node.domain, node.op) not in seen and (nodes := list(worded(node))):
            seen.add((node.domain, node.op))
            yield name, nodes


def _differences(table: Path, named: Iterator[tuple[str, list[Node]]]) -> dict[str, str]:
    """What is judged otherwise than the table has it."""
    recorded = {
        name: marks
        for marks, _, name in (
            line.partition(" ") for line in table.read_text("utf-8").splitlines()
        )
    }
    other: dict[str, str] = {}
    for name, nodes in named:
        old = recorded.pop(name, "")
        marks = "".join(
            sign if sign == CRASHED else mark(found(call(node)), refused=sign in REFUSED)
            for sign, node in zip(old, nodes, strict=True)
        )
        other |= {name: marks} if marks != old else {}
    return other | recorded


def test_what_breaks_a_contract_is_grave_in_the_versions_in_which_the_runtime_refuses_it() -> None:
    assert _differences(VERSIONS, in_versions()) == {}


def test_what_an_attribute_may_say_is_known_where_the_runtime_knows_it() -> None:
    assert _differences(WORDS, in_words()) == {}


def test_what_is_not_known_of_an_operator_breaks_nothing() -> None:
    """Of a valid one, with any one size or content unknown; of a broken one, it ends nothing."""
    for family in FAMILIES.values():
        rng = np.random.default_rng
        broken = [call(family.broken(way, rng(0))) for way in family.breaks]
        for made in (*map(call, family.valid(rng(0))), *broken):
            whole = found(made)
            for less in _dimmed(made):
                assert bool(found(less)) <= bool(whole), less


def calculated(name: str) -> Iterator[tuple[Call, list[tuple[int, ...]]]]:
    """What the runtime runs of a family, with the shapes of its results."""
    ran = [node for node, sign in zip(_steps(name), RECORDED[name], strict=True) if sign in RUNS]
    for node, text in zip(ran, RAN[name], strict=True):
        if text != "-":
            sides = (shape.split("x") if shape else [] for shape in text.split(";"))
            yield call(node), [tuple(map(int, shape)) for shape in sides]


def test_results_have_the_shapes_that_the_runtime_gives_them() -> None:
    seen = 0
    for name in FAMILIES:
        wrong = []
        for made, shapes in calculated(name):
            record = record_of(made)
            assert record is not None
            if record.shape is None or found(made):
                continue
            ours = [tensor.shape for tensor in record.shape(made)][: len(shapes)]
            seen += ours == shapes[: len(ours)]
            wrong += [(made, ours, shapes)] if ours != shapes[: len(ours)] else []
        assert (wrong != []) == (name in ODD), wrong
    assert seen > 900


def test_a_count_is_that_of_all_sizes_or_unknown() -> None:
    seen = 0
    for name in FAMILIES:
        made, shapes = next(calculated(name), (None, []))
        if made is not None and (record := record_of(made)) is not None:
            outputs = tuple(Tensor(f"o{i}", "float32", shape) for i, shape in enumerate(shapes))
            known = replace(made, outputs=outputs)
            cost = record.cost.cost(known)
            assert cost.macs is not None, name
            for less in _dimmed(known):
                count = record.cost.cost(less)
                if count.certainty is Certainty.ASSUMED is not cost.certainty:
                    continue
                assert count.macs in (cost.macs, None), less
                assert count.flops in (cost.flops, None), less
                seen += count.macs is None
    assert seen > 500


class _Read(tuple[Any, ...]):
    """Contents of inputs that note which of them are asked for."""

    asked: set[int]

    def __getitem__(self, slot: Any) -> Any:
        self.asked.add(slot)
        return super().__getitem__(slot)


def test_contents_that_contracts_ask_for_are_there_in_a_model() -> None:
    """Those of constants: the shape pass keeps some, the others are read for the contracts."""
    seen = 0
    for name in FAMILIES:
        node = _steps(name)[0]
        made = call(node)
        values = _Read(made.values)
        values.asked = set()
        assert found(replace(made, values=values)) == []
        asked = {slot for slot in values.asked if slot < len(values) and values[slot] is not None}
        if asked:
            there = call_of(node).values
            assert all(there[slot] is not None for slot in asked), (name, asked)
            seen += len(asked)
    assert seen > 100


KEPT = """
    AffineGrid Col2Im ConstantOfShape Expand OneHot Pad Range ReduceL1 ReduceL2 ReduceLogSum
    ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Reshape
    Resize Slice Split Squeeze Tile TopK Unsqueeze Upsample com.microsoft.Attention
    com.microsoft.ConvTransposeWithDynamicPads com.microsoft.CropAndResize
    com.microsoft.DynamicQuantizeLSTM com.microsoft.ExpandDims com.microsoft.GroupQueryAttention
    com.microsoft.Pad com.microsoft.QAttention com.microsoft.QLinearWhere
"""
"""Contents that the shape pass keeps by itself."""


def test_contents_are_read_of_the_inputs_that_contracts_ask_for() -> None:
    asked: dict[str, set[int]] = {}
    read: dict[str, set[int]] = {}
    for name in FAMILIES:
        node = replace(_steps(name)[0], fed=())
        made = call(node)
        values = _Read(made.values)
        values.asked = set()
        found(replace(made, values=values))
        own = {slot for slot in values.asked if slot < len(values) and values[slot] is not None}
        stored = {f"i{i}": numpy_helper.from_array(a) for i, a in enumerate(node.inputs)
                  if a is not None}  # fmt: skip
        bare = with_contents(replace(made, values=(None,) * len(made.inputs)), stored.get)
        title = f"{node.domain}.{node.op}".strip(".")
        asked.setdefault(title, set()).update(own)
        read.setdefault(title, set()).update(i for i, v in enumerate(bare.values) if v is not None)
    kept = {title for title, slots in asked.items() if slots and not read[title]}
    assert kept == set(KEPT.split())
    assert {title: asked[title] for title, slots in read.items() if slots} == {
        title: slots for title, slots in read.items() if slots
    }
