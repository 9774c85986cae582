"""What is different about an operator: which of it follows from other sizes, which are settings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from analyzer.compare.headlines.channels import _resized
from analyzer.compare.headlines.scene import Scene
from analyzer.compare.headlines.stated import settings
from analyzer.compare.record import Difference


def scene(*aspects: str, plumbing: bool = False, op: str = "Gemm") -> Scene:
    """One operator, of which that is different."""
    made = object.__new__(Scene)
    there = SimpleNamespace(id="n", op_type="Gemm")
    change = SimpleNamespace(
        old=SimpleNamespace(id="n", op_type=op), new=there, node=there,
        differences=tuple(Difference(aspect, "1", "2") for aspect in aspects),
    )  # fmt: skip
    made.found = cast("Any", SimpleNamespace(changes=[change]))
    made.new = cast("Any", SimpleNamespace(part=lambda _: SimpleNamespace(is_plumbing=plumbing)))
    made.covered = set()
    return made


def test_types_macs_groups_shapes_and_splits_follow_the_width() -> None:
    follow = ("type", "MACs", "FLOPs", "group", "shape", "split")
    for aspect in follow:
        assert _resized(scene(aspect)) == [0], aspect
    assert _resized(scene(*follow)) == [0]
    for aspects in (("kernel_shape",), (*follow, "strides"), ("operator",), ()):
        assert _resized(scene(*aspects)) == [], aspects
        assert _resized(scene(*aspects, plumbing=True)) == [0]


def test_what_an_operator_reads_makes_and_costs_is_no_setting() -> None:
    general = ("operator", "type", "inputs", "sources", "outputs", "runs", "MACs", "FLOPs")
    for aspect in general:
        assert [*settings(scene(aspect))] == [], aspect
    (said,) = settings(scene("axis", "type", "MACs", "FLOPs"))
    assert (said.kind, said.covers) == ("setting", (0,))
    (said,) = settings(scene("axis", "sources"))
    assert said.covers == (), "what else is different is told elsewhere"
    assert [*settings(scene("axis", op="MatMul"))] == []
