"""What headlines look at, of two models made for it: layers, moves, blocks and folds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from analyzer.compare import folding
from analyzer.compare.folding import Fold, folds_of, layer_before
from analyzer.compare.headlines import channels, depth
from analyzer.compare.headlines.scene import Scene, _name, _weights
from analyzer.model.rows import Rows


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def a_part(name: str, *, weighted: bool = True, kind: str = "", **about: Any) -> Any:
    node = some(id=name, name=name, op_type="Conv", scope="", kind="standard", domain="",
                conv=some(kind=kind) if kind else None)  # fmt: skip
    return some(**{"node": node, "is_weighted": weighted, "readers": [], "flows": [], "index": 0,
                   "sources": []} | about)  # fmt: skip


def a_scene(*changes: tuple[str, str], old: Any = (), new: Any = ()) -> Any:
    """Changes by the ids of an operator before and after."""
    made: Any = object.__new__(Scene)
    found = []
    for before, after in changes:
        ends = [some(id=name, op_type=name[:1]) if name else None for name in (before, after)]
        found.append(some(old=ends[0], new=ends[1], node=ends[1] or ends[0], differences=()))
    made.found = some(changes=found)
    for name, parts in (("old", old), ("new", new)):
        network = some(parts=[*parts], facts=some(architecture=None, blocks=()))
        network.part = {part.node.id: part for part in parts}.get
        setattr(made, name, network)
    made.covered = set()
    made.matching = some(partner={}, back={})
    return made


def test_an_operator_went_came_or_is_in_both() -> None:
    seen = a_scene(("a", ""), ("", "b"), ("c", "d"))
    assert (seen.went, seen.came, seen.altered) == ({"a": 0}, {"b": 1}, {"d": 2})
    assert seen.came_types == {"b"}
    seen.covered = {1}
    assert [index for index, _ in seen.left()] == [0, 2]
    assert seen.counts([0, 2, 2]) == {"a": 1, "d": 2}


def test_only_is_said_of_what_is_different_and_of_all_of_it() -> None:
    seen = a_scene(("a", "b"))
    (change,) = seen.found.changes
    for aspects, only in (((), False), (("x",), True), (("x", "y"), True), (("x", "z"), False)):
        change.differences = tuple(some(aspect=aspect) for aspect in aspects)
        assert seen.only(0, "x", "y") is only


def test_a_change_is_of_the_model_that_has_the_operator() -> None:
    gone, here = a_part("a"), a_part("b", index=1)
    seen = a_scene(("a", ""), ("", "b"), ("a", "b"), old=[gone], new=[a_part("c"), here])
    assert [seen.part_of(index) for index in range(3)] == [gone, here, here]
    assert seen.network_of(gone) is seen.old
    assert seen.network_of(here) is seen.new
    assert seen.network_of(a_part("d")) is seen.new


def test_an_addition_is_folded_where_it_alone_read_the_layer() -> None:
    layer, add = a_part("conv", readers=[(1, 0, 0)]), a_part("add")
    add.node.op_type = "Add"
    seen = a_scene(("conv", "conv"), ("add", ""), old=[layer, add])
    assert seen.addition_behind(0) == 1
    add.node.op_type = "Mul"
    assert seen.addition_behind(0) is None
    add.node.op_type = "Add"
    for readers in ([], [(1, 0, 0), (1, 1, 0)]):
        layer.readers = readers
        assert seen.addition_behind(0) is None
    assert a_scene(("", "conv")).addition_behind(0) is None


@pytest.mark.parametrize(
    ("layers", "paired", "shared", "families", "other"),
    [
        ((2, 2), 1, 0, (), False),
        ((3, 2), 0, 0, (), True),
        ((4, 3), 3, 2, (), False),
        ((4, 3), 3, 1, (), True),
        ((5, 3), 3, 2, (), True),
        ((3, 3), 3, 0, ("a", "b"), False),
        ((4, 3), 3, 3, ("a", "a"), False),
        ((4, 3), 3, 3, ("a", "b"), True),
        ((4, 3), 3, 3, ("a", ""), False),
    ],
)
def test_a_network_is_another_where_less_than_half_of_it_is_in_both(
    layers: tuple[int, int], paired: int, shared: int, families: tuple[str, ...], *, other: bool
) -> None:
    sides = [[a_part(f"{side}{n}") for n in range(count)]
             for side, count in zip("ab", layers, strict=True)]  # fmt: skip
    seen = a_scene(old=sides[0], new=sides[1])
    seen.pairs, seen.shared = ((None, None),) * paired, shared
    for side, family in zip((seen.old, seen.new), families, strict=False):
        side.facts.architecture = some(family=family) if family else None
    assert seen.is_other is other


def test_a_network_that_is_made_separable_is_the_same() -> None:
    came = [a_part(f"d{n}", kind="depthwise") for n in range(2)]
    came += [a_part(f"p{n}", kind="pointwise") for n in range(2)]
    went = [a_part(f"s{n}", kind="standard") for n in range(2)]
    there, here = [(p.node.id, "") for p in went], [("", p.node.id) for p in came]
    seen = a_scene(*there, *here, old=went, new=came)
    seen.pairs, seen.shared = (), 0
    assert seen._separable
    assert not seen.is_other
    back = a_scene(*((after, before) for before, after in (*there, *here)), old=came, new=went)
    assert back._separable
    fewer = a_scene(*there[1:], *here, old=went, new=came)
    fewer.pairs, fewer.shared = (), 0
    assert not fewer._separable
    assert fewer.is_other
    assert not a_scene(*there, old=went)._separable


def test_blocks_went_where_all_of_their_layers_did() -> None:
    parts = [a_part("a"), a_part("b"), a_part("r", weighted=False), a_part("c")]
    seen = a_scene(old=parts)
    seen.old.facts.blocks = (
        some(kind="x", nodes=("a", "r", "b")), some(kind="x", nodes=("c",)),
        some(kind="y", nodes=("r",)), some(kind="z", nodes=("a", "c")),
    )  # fmt: skip
    gone = {"a": 1, "b": 2, "r": 3}
    assert seen.blocks_of(seen.old, gone) == {"x": [1, 1, 3, 2]}
    assert seen.blocks_of(seen.old, gone | {"c": 4}) == {"x": [2, 1, 3, 2, 4], "z": [1, 1, 4]}
    seen.covered = {2}
    assert seen.blocks_of(seen.old, gone) == {}


def test_what_follows_a_layer_alone_goes_with_it() -> None:
    def followers(*about: dict[str, Any], gone: str = "abcd") -> list[int]:
        parts = [a_part(name, weighted=n == 0, readers=[(n + 1, 0, 0)], flows=[0])
                 for n, name in enumerate("abcd")]  # fmt: skip
        parts[-1].readers = []
        for part, changes in zip(parts[1:], about, strict=False):
            vars(part).update(changes)
        network: Any = some(parts=parts)
        return [*depth._with_followers(network, parts[0], {n: "abcd".index(n) for n in gone})]

    assert followers() == [0, 1, 2, 3]
    assert followers(gone="abd") == [0, 1]
    assert followers({}, {"is_weighted": True}) == [0, 1]
    assert followers({}, {"flows": [0, 1]}) == [0, 1]
    assert followers({"readers": [(2, 0, 0), (3, 0, 0)]}) == [0, 1]


def test_the_layer_before_a_normalisation_feeds_it_alone_and_is_in_both() -> None:
    layer = a_part("conv", readers=[(1, 0, 0)])
    norm = a_part("norm", flows=[some(part=0)], index=1)
    network: Any = some(parts=[layer, norm])
    found: Any = layer_before(network, {0: 0}, norm)
    assert found is layer
    assert layer_before(network, {}, norm) is None
    layer.readers *= 2
    assert layer_before(network, {0: 0}, norm) is None
    layer.readers, layer.is_weighted = [(1, 0, 0)], False
    assert layer_before(network, {0: 0}, norm) is None


def test_normalisations_of_one_model_are_folds_of_layers_of_both() -> None:
    def found(*, op: str = "BatchNormalization", transposed: bool = False, groups: int = 1,
              vectors: int = 4, paired: tuple[int, ...] = (0,),
              **attributes: Any) -> Any:  # fmt: skip
        layer = a_part("conv", readers=[(1, 0, 0)])
        layer.node.conv = some(transposed=transposed, groups=groups)
        call = some(attr=attributes.get)
        operands = [some(roots=[f"r{n}"]) for n in range(vectors)] + [some(roots=["x", "y"])]
        norm = a_part("norm", flows=[some(part=0)], index=1, operands=operands, call=call)
        norm.node.op_type = op
        network: Any = some(parts=[layer, norm])
        return dict(folds_of(network, dict.fromkeys(paired, 0)))

    def fold(epsilon: float = 1e-5, axis: int = 0) -> Any:
        gain, shift, mean, variance = roots
        return Fold(gain, shift, mean, variance, epsilon, axis)

    roots: Any = ("r0", "r1", "r2", "r3")
    assert found() == {0: fold()}
    assert found(epsilon=0.5) == {0: fold(0.5)}
    assert found(groups=3) == {0: fold()}
    assert found(transposed=True) == {0: fold(axis=1)}
    assert found(transposed=True, groups=3) == {}
    assert found(op="Mul") == found(vectors=3) == found(paired=(0, 1)) == found(paired=()) == {}


def test_weights_are_scaled_by_output_channel_and_the_bias_is_moved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held: dict[Any, Any] = {"g": [2.0, 3.0], "b": [1.0, 1.0], "m": [4.0, 0.0], "v": [3.0, 8.0]}
    monkeypatch.setattr(folding, "_vector", lambda _, root: (
        None if held[root] is None else np.array(held[root])))  # fmt: skip
    none: Any = None
    gain, shift, mean, variance = held
    fold = Fold(gain, shift, mean, variance, epsilon=1.0, axis=0)
    # γ / √(σ² + ε) is 1 and 1.
    weights = Rows.of(np.arange(4.0).reshape(2, 2))
    held["g"] = [2.0, 6.0]  # 1 and 2
    made = folding.folded(none, weights, fold, is_bias=False)
    assert made is not None
    assert made.whole().reshape(-1).tolist() == [0, 1, 4, 6]
    turned = folding.folded(none, weights, fold._replace(axis=1), is_bias=False)
    assert turned is not None
    assert turned.whole().reshape(-1).tolist() == [0, 2, 2, 6]
    bias = folding.folded(none, Rows.of(np.array([5.0, 5.0])), fold, is_bias=True)
    assert bias is not None
    assert bias.whole().reshape(-1).tolist() == [2, 11]
    for rows, axis, is_bias in (
        (Rows.of(np.zeros(3)), 0, True), (Rows.of(np.zeros((3, 2))), 0, False),
        (Rows.of(np.zeros(2)), 1, False),
    ):  # fmt: skip
        assert folding.folded(none, rows, fold._replace(axis=axis), is_bias=is_bias) is None
    held["m"] = None
    assert folding.folded(none, weights, fold, is_bias=False) is None


def test_a_layer_is_known_by_the_shape_of_its_weights_and_its_name() -> None:
    part = a_part("conv", operands=[some(slot=1), some(slot=2)], record=some(weight=1))
    part.call = some(input=lambda slot: some(shape=(slot, 3)) if slot else None)
    assert _weights(part) == (1, 3)
    part.record = some(weight=0)
    assert _weights(part) == [some(shape=(1, 3))]
    part.record = None
    assert _weights(part) == [some(shape=(1, 3))]
    assert _name(part) == "/conv"
    part.node.name = ""
    assert _name(part) == ""


def test_another_number_of_classes_is_one_of_the_last_layer_and_the_output(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def told(before: Any = (1, 10), after: Any = (1, 20), *, last: tuple[int, int] = (10, 20),
             is_output: bool = True, one: bool = False, layers: bool = True) -> Any:  # fmt: skip
        old, new = some(shape=before, name="y"), some(shape=after, name="y")
        seen = a_scene(("a", "a"), ("b", ""), ("", "c"), ("d", "d"), ("e", "e"))
        for change, shape in zip(seen.found.changes, (after, after, after, after, (9,)),
                                 strict=True):  # fmt: skip
            if change.new is not None:
                change.new.outputs = (some(shape=shape),)
            if change.new is not None and change.old is not None:
                change.differences = (some(aspect="type" if shape else "MACs"),)
        seen.found.changes[3].differences = (some(aspect="kernel"),)
        seen.found.interface = [(None if one else old, new)]
        seen.new.facts.outputs = (new,) if is_output else ()
        monkeypatch.setattr(channels, "_widths", lambda _: (
            [some(old=1, new=2), some(old=last[0], new=last[1])] if layers else []))  # fmt: skip
        return [(each.covers, each.values) for each in channels.classes(seen)]

    assert told() == [((0,), {"output": "y", "old": 10, "new": 20})]
    for none in (
        told((1, 20)), told((2, 10)), told((1, 10, 1)), told(after=(1, 20, 1)), told(None),
        told(after=None), told(last=(10, 21)), told(last=(11, 20)), told(is_output=False),
        told(one=True), told(layers=False),
    ):  # fmt: skip
        assert none == []
