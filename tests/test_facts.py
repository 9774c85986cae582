"""What facts say of themselves: sizes of types, defaults of records, and what is derived."""

from __future__ import annotations

import dataclasses
import inspect
import weakref
from dataclasses import replace
from types import ModuleType
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from analyzer import contents, deployment, evidence, facts, interface, learned, surplus
from analyzer.examples import facts_of
from analyzer.facts import (
    BITS,
    Assumption,
    Breach,
    Certainty,
    Conv,
    Cost,
    DefaultSizes,
    Memory,
    Parameters,
    Problem,
    Saving,
    Second,
    Separable,
    StoredTensor,
    Tensor,
    Totals,
)
from tests.each import each
from tests.ruleset import build
from tests.ruleset.build import CONV, SAVING, node


def test_bits_are_those_of_the_types() -> None:
    """As numpy and ml_dtypes have them; floats and integers of fewer bits than a byte by name."""
    for name, bits in BITS.items():
        if bits % 8 == 0 and name != "bool":
            kind = {"float8e4m3fn": "float8_e4m3fn", "float8e4m3fnuz": "float8_e4m3fnuz",
                    "float8e5m2": "float8_e5m2", "float8e5m2fnuz": "float8_e5m2fnuz",
                    "float8e8m0": "float8_e8m0fnu"}.get(name, name)  # fmt: skip
            found = getattr(ml_dtypes, kind, None) or kind
            assert np.dtype(found).itemsize * 8 == bits, name
    assert {name: bits for name, bits in BITS.items() if bits < 8 or name == "bool"} == {
        "float6e2m3": 6, "float6e3m2": 6, "float4e2m1": 4, "int4": 4, "int2": 2, "uint4": 4,
        "uint2": 2, "bool": 8,
    }  # fmt: skip
    assert len(BITS) == 27


RECORDS: tuple[ModuleType, ...] = (
    contents,
    deployment,
    evidence,
    facts,
    interface,
    learned,
    surplus,
)
NUMBERS = {
    "Text.count": 1,
    "Node.counted": 1,
    "Node.executions_range": (1, 1),
    "Surplus.operators": 1,
}
"""Defaults that are not 0."""


def test_what_nobody_has_counted_is_none_of_it() -> None:
    found: dict[str, Any] = {}
    for module in RECORDS:
        for name, record in vars(module).items():
            if inspect.isclass(record) and record.__module__.startswith(module.__name__):
                pairs = getattr(record, "_field_defaults", None) or (
                    {f.name: f.default for f in dataclasses.fields(record)}
                    if dataclasses.is_dataclass(record) else {}
                )  # fmt: skip
                found |= {f"{name}.{key}": value for key, value in pairs.items()}
    numbers = {
        key: value for key, value in found.items()
        if type(value) in (int, float) or (isinstance(value, tuple) and any(value))
    }  # fmt: skip
    assert {key: value for key, value in numbers.items() if value} == NUMBERS
    assert len(numbers) > 15


def tensor(dtype: str | None, *shape: int | None) -> Tensor:
    return Tensor("t", dtype, shape)


@each(
    ("asked", "elements", "size", "plain"),
    [
        (tensor("float32", 2, 3), 6, 24, True),
        (tensor("int4", 3), 3, 2, True),
        (tensor("uint2", 5), 5, 2, True),
        (tensor("uint2", 4), 4, 1, True),
        (tensor("float6e2m3", 3), 3, 3, True),
        (tensor("bool"), 1, 1, True),
        (tensor("float32", 2, None), None, None, True),
        (tensor("float32", 0, 3), 0, 0, True),
        (tensor("string", 2), 2, None, True),
        (tensor(None, 2), 2, None, None),
        (tensor("seq(float32)", 2), 2, None, False),
        (Tensor("t", "float32"), None, None, True),
    ],
)
def test_a_tensor_has_elements_and_bytes(
    asked: Tensor, elements: int | None, size: int | None, plain: bool | None
) -> None:
    assert (asked.elements, asked.bytes, asked.is_plain) == (elements, size, plain)


def test_a_tensor_in_words() -> None:
    assert str(tensor("float32", 1, None)) == "t float32 1×?"
    assert str(Tensor("t")) == "t unknown unknown"


@each(
    ("dim", "axis", "name"),
    [("batch", 0, "batch"), ("", 1, "x axis 1"), ("?", 1, "x axis 1"), ("None", 2, "x axis 2"),
     ("none", 2, "x axis 2"), ("null", 2, "x axis 2"), ("-1", 0, "x axis 0"), ("*", 0, "x axis 0"),
     ("12", 3, "x axis 3"), ("axis 3", 3, "x axis 3"), ("axis 2", 3, "axis 2"), ("N", 0, "N")],
)  # fmt: skip
def test_an_open_size_is_called_by_its_symbol_if_it_has_one(dim: str, axis: int, name: str) -> None:
    assumed = Assumption("x", axis, dim, 8, "default")
    assert (assumed.name, assumed.is_batch) == (name, axis == 0)
    assert replace(assumed, batch=True).is_batch
    words = f"x axis {axis} ({dim}) = 8" if assumed.is_named else f"x axis {axis} = 8"
    assert (str(assumed), assumed.is_named) == (words, name == dim)


def test_a_second_of_sound_says_why() -> None:
    assert Second(16000, "samples", "").reason == (
        "default: a second of sound, 16000 steps in most models"
    )
    assert Second(100, "frames", "rate").reason == (
        "default: a second of sound, 100 steps (metadata rate)"
    )


def test_a_convolution_in_the_words_of_the_paper() -> None:
    def conv(kernel: tuple[int, ...], strides: tuple[int, ...], **changes: Any) -> Conv:
        volume = int(np.prod(kernel))
        return replace(CONV, kernel_shape=kernel, kernel_volume=volume, strides=strides,
                       kernel="×".join(map(str, kernel)), **changes)  # fmt: skip

    assert (conv((3,), (1,)).size, conv((3, 3), (1, 1)).size) == ("3-tap", "3×3")
    patches = [conv((16, 16), (16, 16)), conv((2, 1), (2, 1)), conv((1, 1), (1, 1)),
               conv((3, 3), (2, 2))]  # fmt: skip
    assert [each.is_patchify for each in patches] == [True, True, False, False]
    uneven = [conv((k, 2), (s, 2), transposed=True) for k, s in ((3, 2), (4, 2), (2, 3), (2, 2))]
    assert [each.is_uneven for each in uneven] == [True, False, False, False]
    assert not conv((3, 3), (2, 2)).is_uneven
    dilated = [replace(CONV, dilations=d) for d in ((1, 1), (1, 2), (2, 2))]
    assert [each.is_dilated for each in dilated] == [False, True, True]


def test_a_saving_is_never_negative() -> None:
    saving = Saving(100, 30, 10, 4, 0.3, 0.25)
    assert (saving.macs, saving.params, saving.factor) == (70, 6, 1 / 0.3)
    assert (Saving(1, 2, 1, 3, 2.0, 2.0).macs, Saving(1, 2, 1, 3, 2.0, 2.0).params) == (0, 0)


def test_an_operator_counts_what_it_does() -> None:
    plain = node(cost=Cost(10, 24), executions=3, read_bytes=5, write_bytes=1)
    assert (plain.total_macs, plain.intensity) == (30, 4.0)
    assert (plain.macs_range, plain.flops_range) == ((10, 10), (24, 24))
    ranged = node(cost=Cost(None, None, macs_range=(1, None), flops_range=(2, 9)))
    assert (ranged.macs_range, ranged.flops_range) == ((1, None), (2, 9))
    unknown = node(cost=Cost(None, None))
    assert (unknown.macs_range, unknown.flops_range) == ((0, None), (0, None))
    totals = [node(cost=Cost(m, 0), executions=e).total_macs
              for m, e in ((0, None), (None, 0), (None, 2), (2, None), (2, 0))]  # fmt: skip
    assert totals == [0, 0, None, None, 0]
    moved = [node(cost=Cost(1, f), read_bytes=r, write_bytes=w).intensity
             for f, r, w in ((None, 1, 1), (1, None, 1), (1, 0, 1), (1, 1, None),
             (0, 1, 1))]  # fmt: skip
    assert moved == [None, None, None, None, 0.0]


def test_an_operator_saves_only_parameters_that_it_brings() -> None:
    saved = SAVING.params_now - SAVING.params_after
    assert node(params=SAVING.params_now).saved_params == saved
    assert node(params=SAVING.params_now + 5).saved_params == saved
    assert node(params=SAVING.params_now - 1).saved_params == 0
    assert node(saving=None).saved_params == 0


def test_the_kind_of_an_operator_is_that_of_its_convolution() -> None:
    assert node().kind == "standard"
    assert node(conv=replace(CONV, transposed=True)).kind == "transposed"
    assert node(conv=None).kind == "Conv"


def test_what_is_stored_beside_the_weights() -> None:
    def stored(role: str, size: int | None, why: str = "") -> StoredTensor:
        known = {f.name: "" for f in dataclasses.fields(StoredTensor)}
        return StoredTensor(**known | {"role": role, "bytes": size, "why": why})  # type: ignore[arg-type]

    tensors = (stored("weight", 1), stored("buffer", 2), stored("quantization", 4),
               stored("quantization", None), stored("positions", 8), stored("constants", 16),
               stored("constants", None), stored("constants", 32, facts.UNREAD))  # fmt: skip
    found = Parameters(0, 0, 0, 0, {"float32": 100, "int8": 11}, tensors=tensors)
    assert [t.bytes for t in found.beside] == [4, None, 8, 16, None]
    assert (found.weight_bytes, found.scale_bytes, found.kept_bytes, found.constant_bytes) == (
        111, 4, 115, 24,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("complete", "span", "certainty", "whole"),
    [
        (True, (7, 7), Certainty.EXACT, 7),
        (True, (7, None), Certainty.ASSUMED, 7),
        (True, (6, 7), Certainty.EXACT, None),
        (False, (7, 7), Certainty.EXACT, None),
        (True, (7, 7), Certainty.UNKNOWN, None),
    ],
)
def test_shares_are_of_macs_that_are_one_number(
    complete: bool, span: tuple[int, int | None], certainty: Certainty, whole: int | None
) -> None:
    totals = replace(_totals(), macs=7, complete=complete, macs_range=span, certainty=certainty)
    assert totals.whole == whole


def _totals() -> Totals:
    return build.facts(node()).totals


def test_the_share_that_separable_forms_save() -> None:
    assert Separable(100, 25, 0, 0, ()).share == 0.75
    assert Separable(0, 0, 0, 0, ()).share is None


def ceiling(
    *, other: DefaultSizes | None = None, peak: int | None = 50,
    certainty: Certainty = Certainty.EXACT, **totals: Any,
) -> tuple[object, ...]:  # fmt: skip
    made = build.facts(node())
    made = replace(
        made,
        totals=replace(
            made.totals, **({"macs": 100, "flops": 200, "flops_complete": True} | totals)
        ),
        memory=Memory(peak, "", (), certainty),
        at_defaults=other,
    )
    return dataclasses.astuple(made.ceiling)


WORD = " at the default sizes (that x axis 2 is 32 is the file's own word)"


def test_a_budget_is_judged_by_what_nobody_can_talk_down() -> None:
    larger, smaller = (DefaultSizes(m, f, p, "x axis 2 is 32")
                       for m, f, p in ((101, 201, 51), (100, 200, 50)))  # fmt: skip
    assert ceiling() == (100, "", True, 200, "", 50, "")
    assert ceiling(other=smaller) == (100, "", True, 200, "", 50, "")
    assert ceiling(other=larger) == (101, WORD, True, 201, WORD, 51, WORD)
    assert ceiling(other=replace(larger, peak_activation_bytes=None))[5:] == (50, "")
    assert ceiling(other=larger, peak=None)[5:] == (None, "")
    assert ceiling(certainty=Certainty.LOWER_BOUND)[5:] == (50, " at least")
    assert ceiling(certainty=Certainty.LOWER_BOUND, other=larger)[5:] == (51, f"{WORD} at least")
    assert ceiling(certainty=Certainty.LOWER_BOUND, peak=None)[5:] == (None, "")
    assert ceiling(complete=False, flops_complete=False, unknown_nodes=1) == (
        100, " at least", True, 200, " at least", 50, "",
    )  # fmt: skip
    endless = " at least and without a bound"
    assert ceiling(complete=False, unknown_nodes=0) == (100, endless, False, 200, "", 50, "")
    assert ceiling(complete=False, unknown_nodes=0, other=larger)[:3] == (
        101, WORD + endless, False,
    )  # fmt: skip


def test_breaches_are_counted_by_whether_they_are_grave() -> None:
    made = replace(build.facts(node()), breaches=(
        Breach("a", "name", "", "", ""), Breach("b", "assumption", "", "", ""),
        Breach("c", "type", "", "", "", grave=False),
    ))  # fmt: skip
    assert dataclasses.astuple(made.conformance) == (2, 1, 1)


def test_facts_are_asked_for_operators_by_id() -> None:
    made = build.facts(node("a"), node("b"))
    assert (made["b"].id, "a" in made, "c" in made) == ("b", True, False)
    with pytest.raises(KeyError):
        made["c"]
    calls: list[str] = []

    def derive(_: facts.Facts) -> int:
        calls.append("once")
        return 3

    assert (made.once(derive), made.once(derive), calls) == (3, 3, ["once"])
    notes = (Problem("limit", "", "", inconclusive=False), Problem("limit", "", ""))
    asked = [replace(made, problems=notes[:n]).inconclusive for n in range(3)]
    assert asked == [False, False, True]


def test_macs_by_kind_are_those_of_the_operators_in_a_call() -> None:
    made = facts_of("""<ir_version: 8, opset_import: ["" : 17, "own" : 1]>
      g (float[1,4] x) => (float[1,2] y) <float[4,2] w = {1,2,3,4,5,6,7,8}> { y = own.F (x, w) }
      <domain: "own", opset_import: ["" : 17]> F (p, q) => (r) { s = MatMul (p, q) r = Relu (s) }
    """)
    assert [(n.op_type, n.composite, n.macs) for n in made.nodes] == [
        ("F", True, 8), ("MatMul", False, 8), ("Relu", False, 0),
    ]  # fmt: skip
    assert made.totals.macs_by_kind == {"MatMul": 8}
    assert made.totals.macs_range_by_kind == {"MatMul": (8, 8)}
    assert (made.totals.macs, made.totals.macs_range, made.totals.whole) == (8, (8, 8), 8)


def test_facts_that_nobody_holds_are_gone_at_once() -> None:
    """Nothing of an analysis waits for somebody to look for garbage."""
    graph = "g (float[2] x) => (float[2] z) { y = Relu (x) z = Neg (y) }"
    found = facts_of(f'<ir_version: 8, opset_import: ["" : 17]> {graph}')
    last = weakref.ref(found.graph)
    assert last() is found.graph
    del found
    assert last() is None
