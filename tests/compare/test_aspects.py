"""What is different about an operator: which of it follows from other sizes, which are settings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from analyzer.compare.headlines.channels import _resized
from analyzer.compare.headlines.precision import HELPERS, RESCALING, _belongs, _machinery
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


def test_an_operator_came_or_went_with_integer_layers_where_it_is_or_helps_one() -> None:
    helper = next(iter(HELPERS))

    def record(**about: Any) -> Any:
        usual: dict[str, Any] = {"nature": None, "clamps": False, "hands_on": False, "role": ""}
        made = usual | about
        slot = made.pop("statistic", None)
        return SimpleNamespace(**made, slot=lambda _: slot)

    def belongs(op: str = "Relu", about: Any = None, layers: str = "", came: str = "",
                near: tuple[Any, ...] = ()) -> bool:  # fmt: skip
        parts = [SimpleNamespace(node=SimpleNamespace(id=f"n{n}"), record=each, sources=())
                 for n, each in enumerate(near)]  # fmt: skip
        if len(parts) > 1:  # the second feeds the first
            parts[0].sources = (SimpleNamespace(part=1),)
        part = SimpleNamespace(node=SimpleNamespace(id="x", op_type=op), record=about,
                               sources=(SimpleNamespace(part=0),) if near else ())  # fmt: skip
        seen = SimpleNamespace(came_types={came},
                               network_of=lambda _: SimpleNamespace(parts=parts))  # fmt: skip
        return _belongs(cast("Any", seen), cast("Any", part), {layers})

    rescaling = record(role=next(iter(RESCALING)))
    assert belongs(layers="x")
    assert belongs("QLinearConv")
    assert belongs(came="QLinearRelu")
    for told in ({"nature": helper}, {"clamps": True}, {"hands_on": True}, {"statistic": 0}):
        assert belongs(about=record(**cast("dict[str, Any]", told))), told
    assert belongs(about=rescaling, near=(record(),), layers="n0")
    assert belongs(about=rescaling, near=(record(nature=helper),))
    assert belongs(about=rescaling, near=(record(), record(nature=helper)))
    for no in (
        belongs(), belongs(came="QLinearAdd"), belongs(about=record()), belongs(about=rescaling),
        belongs(about=rescaling, near=(record(), record())), belongs(about=rescaling, near=(None,)),
        belongs(about=record(), near=(record(nature=helper),)),
    ):  # fmt: skip
        assert not no


def test_what_comes_with_integer_layers_is_not_told_apart() -> None:
    def a_change(old: str = "", new: str = "") -> Any:
        ends = (SimpleNamespace(id=name) if name else None for name in (old, new))
        return SimpleNamespace(**dict(zip(("old", "new"), ends, strict=True)))

    def covered(changes: dict[int, Any], only: frozenset[int] = frozenset(), *,
                went: dict[str, int] | None = None, came: dict[str, int] | None = None,
                old: str = "") -> set[int]:  # fmt: skip
        layers = [SimpleNamespace(node=SimpleNamespace(id="layer", op_type="Conv"), record=None)]
        seen = SimpleNamespace(
            left=changes.items, only=lambda index, *_: index in only,
            part_of=lambda index: SimpleNamespace(
                node=SimpleNamespace(id="layer" if index == 7 else "x", op_type="Relu"),
                record=None,
            ),
            came_types=(), went=went or {}, came=came or {},
            old_layers=[SimpleNamespace(node=SimpleNamespace(id=name)) for name in old],
        )  # fmt: skip
        return _machinery(cast("Any", seen), cast("Any", layers))

    assert covered({0: a_change("a", "layer"), 1: a_change("a", "b"), 2: a_change("c", "d")},
                   frozenset({2})) == {0, 2}  # fmt: skip
    assert covered({7: a_change(new="b"), 8: a_change(new="b")}) == {7}
    assert covered({7: a_change(old="b"), 8: a_change(old="b")}) == {7}
    # As many layers went as came: those went for these, whatever reads them.
    assert covered({}, went={"o": 4}, came={"layer": 5}, old="o") == {4}
    assert covered({}, went={"o": 4}, came={}, old="o") == set()
    assert covered({}, went={"o": 4, "p": 6}, came={"layer": 5}, old="op") == set()
    assert covered({}, went={"o": 4}, came={"layer": 5}, old="q") == set()
