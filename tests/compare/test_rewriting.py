"""Which changes go with a fused operator or a folded normalisation, of scenes made for them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from analyzer.compare import looks
from analyzer.compare.headlines import rewriting
from analyzer.operators.record import Nature
from analyzer.report.compare import words


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def a_record(**about: Any) -> Any:
    usual = {"nature": None, "is_activation": False, "clamps": False, "fuses": ()}
    return some(**usual | about)


def test_all_that_can_be_fused_has_its_words() -> None:
    assert set(words.FUSED) == set(rewriting.FUSIONS.values())


def test_what_makes_a_computation_what_it_is_multiplies_or_activates() -> None:
    core = next(iter(rewriting.CORES))
    other = next(nature for nature in Nature if nature not in rewriting.CORES)
    for record, is_core in (
        (None, False),
        (a_record(nature=core), True),
        (a_record(nature=other), False),
        (a_record(nature=other, is_activation=True), True),
        (a_record(nature=other, is_activation=True, clamps=True), False),
        (a_record(nature=core, is_activation=True, clamps=True), True),
    ):
        assert rewriting._is_core(some(record=record)) is is_core


def test_an_operator_stands_for_parts_where_it_is_of_the_nature() -> None:
    core, other = [*Nature][:2]
    fused = a_record(nature=core, fuses=("Mul", "Add"))
    assert rewriting._fuses(some(record=fused), core) == ("Mul", "Add")
    assert rewriting._fuses(some(record=fused), other) == ()
    assert rewriting._fuses(some(record=None), core) == ()


def a_chain(*types: str, domains: tuple[str, ...] = ()) -> list[Any]:
    """Operators of which each reads the one before."""
    parts = []
    for n, op_type in enumerate(types):
        domain = domains[n] if domains else ""
        node = some(id=f"n{n}", op_type=op_type, domain=domain)
        parts.append(some(
            index=n, node=node, record=None,
            sources=[some(part=n - 1)] if n else [],
            readers=[(n + 1, 0, 0)] if n + 1 < len(types) else [],
        ))  # fmt: skip
    return parts


def swallowed(parts: list[Any], went: dict[str, int], types: set[str], *,
              covered: frozenset[int] = frozenset(), changed: tuple[int, ...] = (),
              everywhere: bool = False) -> list[int]:  # fmt: skip
    changes = {10 + n: some(old=part.node) for n, part in enumerate(parts)}
    old = some(parts=parts, part=lambda name: next(p for p in parts if p.node.id == name))
    seen: Any = some(old=old, went=went, covered=covered, found=some(changes=changes))
    found = rewriting._swallowed(seen, changed, frozenset(types), everywhere=everywhere)
    return sorted(found)


def test_what_went_beside_a_fused_operator_went_into_it(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = a_chain("Conv", "Mul", "Add", "Relu", "Mul")
    went = {"n1": 1, "n2": 2, "n4": 4}
    # From the one that changed along what went, on both sides; never past what stayed.
    assert swallowed(parts, went, {"Mul", "Add"}, changed=(10,)) == [1, 2]
    assert swallowed(parts, went, {"Mul", "Add"}, changed=(13,)) == [1, 2, 4]
    assert swallowed(parts, went, {"Mul"}, changed=(10,)) == [1]
    assert swallowed(parts, went, {"Mul", "Add"}, changed=(10,), covered=frozenset({1})) == [2]
    assert swallowed(parts, went, {"Mul", "Add"}) == []
    other = a_chain("Conv", "Mul", domains=("", "com.acme"))
    assert swallowed(other, {"n1": 1}, {"Mul"}, changed=(10,)) == []
    # Wherever a core of it went.
    monkeypatch.setattr(rewriting, "_is_core", lambda part: part.node.op_type == "Add")
    assert swallowed(parts, went, {"Mul", "Add"}, everywhere=True) == [1, 2]
    assert swallowed(parts, {"n1": 1, "n4": 4}, {"Mul", "Add"}, everywhere=True) == []
    assert swallowed(parts, went, {"Mul"}, everywhere=True) == []
    assert swallowed(parts, went, {"Mul", "Add"}) == []


class Parts(list[Any]):
    """Operators of a network, each of which is there by its position."""

    def __getitem__(self, position: Any) -> Any:
        return some(node=some(id=f"n{position}"))


def test_normalisations_that_went_are_folded_into_what_stayed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def told(*, op: str = "BatchNormalization", layer: int | None = 5, only: bool = True,
             covered: frozenset[int] = frozenset(), altered: bool = True, came: bool = False,
             folded: int = 0) -> list[Any]:  # fmt: skip
        norm = some(node=some(id="norm", op_type=op))
        moved, none = {"norm": 1}, dict[str, int]()
        seen: Any = some(
            old=some(parts=Parts([] if came else [norm])),
            new=some(parts=Parts([norm] if came else [])),
            matching=some(partner={5: 6}, back={5: 7}),
            went=none if came else moved, came=moved if came else none, covered=covered,
            altered={"n5" if came else "n6": 9} if altered else {},
            only=lambda change, *aspects: only and aspects == ("inputs", "sources"),
            found=some(weights=some(folded=folded)),
        )  # fmt: skip
        monkeypatch.setattr(rewriting, "layer_before",
                            lambda *_: None if layer is None else some(index=layer))  # fmt: skip
        return [(each.kind, each.covers, each.values["count"], each.values["proven"])
                for each in rewriting.folded_norms(seen)]  # fmt: skip

    assert told() == [("folded-norms", (1, 9), 1, 0)]
    assert told(folded=1) == [("folded-norms", (1, 9), 1, 1)]
    assert told(only=False) == [("folded-norms", (1,), 1, 0)]
    assert told(altered=False) == [("folded-norms", (1,), 1, 0)]
    assert told(came=True) == [("unfolded-norms", (1, 9), 1, 0)]
    assert told(op="Mul") == told(layer=None) == told(covered=frozenset({1})) == []


def test_a_look_takes_in_a_small_tensor_whole_and_samples_a_large_one() -> None:
    def rows(values: Any) -> Any:
        return some(dtype=values.dtype, shape=values.shape, size=values.size,
                    flat=lambda start, stop: values.reshape(-1)[start:stop])  # fmt: skip

    def differs(size: int, at: int) -> bool:
        one = np.arange(1, size + 1, dtype=np.int32)
        other = one.copy()
        other[at] = 0
        return looks._sample(rows(one)) != looks._sample(rows(other))

    whole = looks.WHOLE
    assert all(differs(whole, at) for at in (0, 1, 8, whole // 2, whole - 1))
    # Of twice as many, eight at every 128th.
    assert [at for at in range(140) if differs(2 * whole, at)] == [*range(8), *range(128, 136)]
    assert differs(2 * whole, 63 * 128)
    assert differs(2 * whole, 63 * 128 + 7)
    assert not differs(2 * whole, 2 * whole - 1)
    ones, more = np.ones(4, np.float32), np.ones((2, 2), np.float32)
    assert looks._sample(rows(ones)).startswith(looks.BLANK)
    assert looks._sample(rows(ones)) != looks._sample(rows(more))
    assert looks._sample(rows(ones)) != looks._sample(rows(ones.view(np.int32)))
    assert not looks._sample(rows(np.array([1, 1, 1, 2], np.float32))).startswith(looks.BLANK)
    assert looks._sample(rows(ones[:0])).startswith(looks.BLANK)
    texts = [np.array(["a"] * whole + [end], object) for end in "bc"]
    first, second = (looks._sample(rows(each)) for each in texts)
    assert first == second, "of texts no more than so many are read"
    assert looks._sample(rows(texts[0][1:])) != looks._sample(rows(texts[1][1:]))
    assert len(first) == 16
    assert looks._looks(None, [some()]) == {}
