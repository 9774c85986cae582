"""Sums, times and lists of models that are made for it: each part that is missing, and the rest."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.facts import Certainty
from analyzer.report.compare import text
from analyzer.report.explained import memory, parts
from analyzer.report.style import Style
from analyzer.report.view import speed, steps
from analyzer.report.view.explained import Summand
from analyzer.report.view.options import form


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


class Made(dict[str, Any]):
    """Facts of nothing but operators."""

    def __init__(self, nodes: list[Any]) -> None:
        super().__init__((node.id, node) for node in nodes)
        self.nodes = nodes


def test_times_of_layers_add_up_as_often_as_they_run(monkeypatch: pytest.MonkeyPatch) -> None:
    times: dict[str, tuple[float, float] | None] = {"a": (6.0, 2.0), "b": (3.0, 4.0), "c": None}
    monkeypatch.setattr(speed, "roofline_seconds", lambda node, *_: times[node.id])
    nodes = [some(id="a", conv="c", saving="s", counted=2), some(id="b", conv="c", saving="s",
             counted=1), some(id="c", conv="c", saving="s", counted=1),
             some(id="d", conv=None, saving="s", counted=9),
             some(id="e", conv="c", saving=None, counted=9)]  # fmt: skip
    facts = cast("Any", Made(nodes))
    for wanted, factor in (("a", 3.0), ("ab", 15 / 8), ("abde", 15 / 8), ("abc", None),
                           ("de", None), ("d", None), ("x", None), ("", None)):  # fmt: skip
        assert speed.speedup(facts, wanted) == factor, wanted


def test_what_was_measured_of_a_device_is_weighed_by_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer of 100 MACs becomes 40: a quarter of them depthwise, of twice the seconds."""
    seconds = {"standard": 1.0, "depthwise": 2.0, "pointwise": 1.0}
    monkeypatch.setattr(
        speed, "layer_seconds",
        lambda _, kind, precision, macs: seconds[kind] * macs if precision == "float32" else None,
    )  # fmt: skip
    monkeypatch.setattr(speed, "_parts", lambda _: (1, 3))

    def layer(name: str, *, precision: str = "float32", **more: Any) -> Any:
        usual = {"conv": "c", "saving": some(macs_now=100, macs_after=40), "kind": "standard"}
        return some(id=name, precision=precision, **usual | more)

    nodes = [layer("a"), layer("b", saving=None), layer("c", conv=None), layer("d", precision="x"),
             layer("e", saving=some(macs_now=100, macs_after=0))]  # fmt: skip
    facts = cast("Any", Made(nodes))
    for wanted, factor in (("a", 100 / 50), ("abc", 2.0), ("ad", None), ("bc", None), ("e", None),
                           ("ae", 200 / 50)):  # fmt: skip
        found = speed.measured_speedup(facts, wanted, cast("Any", None))
        assert found == factor, wanted


def test_tensors_alive_at_the_peak_are_six_and_the_rest() -> None:
    def alive(*sizes: int | None, peak: int | None) -> list[tuple[str, str]]:
        tensors = [some(bytes=size, name=f"t{n}", shape=(size,), dtype="int8", elements=size)
                   for n, size in enumerate(sizes)]  # fmt: skip
        found = memory._alive(cast("Any", tensors), peak or 0)
        return [(each.text, each.label) for each in found]

    names = [f"t{n}" for n in range(6)]
    assert [what for _, what in alive(*[1] * 6, peak=6)] == names
    assert alive(*[1] * 7, peak=7)[6:] == [("1", "1 other")]
    assert alive(*[1] * 9, peak=9)[6:] == [("3", "3 others")]
    assert alive(1, None, 2, peak=8)[2:] == [("5", "")]
    assert [what for _, what in alive(1, None, 2, peak=3)] == ["t0", "t2"]
    assert alive(peak=None) == []


def test_the_lowest_peak_is_the_highest_step_with_results_written_over() -> None:
    def lower(peak: int | None, *timeline: tuple[str, int, int], fused: int = 0) -> list[Any]:
        rows = [some(node=node, bytes=b, in_place_bytes=i) for node, b, i in timeline]
        found = some(peak_bytes=peak, timeline=rows, fused_bytes=fused, reason="", fused_alive=(),
                     folded_bytes=None, certainty=Certainty.EXACT)  # fmt: skip
        facts = _Facts({"a": some(name="first"), "b": some(name="")})
        facts.memory = found
        told = memory._lower(cast("Any", facts))
        return [(each.number, each.value, each.summands) for each in told]

    place = "claims.memory.peak"
    assert lower(9, ("a", 8, 8), ("b", 7, 4)) == [
        (f"{place}.in_place_bytes", 8, (Summand("8", "first"),)),
    ]
    assert lower(9, ("a", 8, 5), ("b", 7, 6)) == [
        (f"{place}.in_place_bytes", 6, (Summand("7", "b"), Summand("−1", "written over"))),
    ]
    assert lower(9, ("c", 9, 8))[0][2][0] == Summand("9", "c")
    assert lower(8, ("a", 8, 8)) == lower(None, ("a", 8, 8)) == lower(9) == []
    assert lower(9, fused=3) == [(f"{place}.fused_bytes", 3, (Summand("3", ""),))]


class _Facts(dict[str, Any]):
    memory: Any


def test_of_operators_that_changed_twenty_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    for count, last in ((20, "20"), (21, "… and 1 more; --format json has them all"),
                        (22, "… and 2 more; --format json has them all"), (0, None)):  # fmt: skip
        monkeypatch.setattr(text, "uncovered", lambda _, n=count: [*range(1, n + 1)])
        monkeypatch.setattr(text, "row", lambda n: ("~", "op", str(n), "same", str(n)))
        both, old, new = ((some(old=o, new=n)) for o, n in ((1, 1), (1, None), (None, 1)))
        found = some(changes=(both, both, old, new, new, new), same=4, renamed=0)
        lines = [*text._operators(cast("Any", some(comparison=found)), Style())]
        assert lines[0] == "operators: 2 changed, 3 came, 1 went, 4 the same"
        assert len(lines) == 1 + bool(count) + min(count, 20) + (count > 20)
        if last is not None:
            assert lines[-1].endswith(last)


def test_a_form_is_too_large_by_its_weights_alone_or_by_all_where_it_has_the_same_macs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for macs, weights, share, fits, large in (
        (None, None, 2, False, False), (None, 5, 1, True, False), (None, 5, 1.01, True, True),
        (None, 5, 1, False, True), (7, 5, 1, False, False), (7, 5, 2, False, True),
        (None, 5, 1, None, False),
    ):  # fmt: skip
        room = some(weights_share=share, fits=fits)
        monkeypatch.setattr(form, "room", lambda *_, room=room: room)
        nothing = cast("Any", None)
        assert form._too_large(nothing, nothing, cast("Any", macs), weights, {}) is large


def test_what_a_step_leaves_of_the_bytes_is_a_share() -> None:
    usual: dict[str, Any] = dict.fromkeys(form.SmallerForm.__dataclass_fields__)
    for weights, now, held in ((5, 20, 0.25), (None, 20, 1.0), (5, 0, 1.0), (0, 20, 0.0)):
        made = form.SmallerForm(**usual | {"weight_bytes": weights, "bytes_now": now})
        assert steps._held(made) == held
    for file, today, left in ((3, 4, 0.75), (None, 4, 0.25), (3, None, 0.25), (3, 0, 0.25)):
        made = form.SmallerForm(**usual | {"weight_bytes": 5, "bytes_now": 20, "file_bytes": file,
                                           "file_now": today})  # fmt: skip
        assert steps._file(made) == left


def test_numbers_of_a_block_are_those_of_its_operators_by_as_many_as_it_stands_for() -> None:
    sure = some(certainty=Certainty.EXACT, reason="")
    nodes = [some(id=n, params=p, cost=sure, macs=m, composite=False, counted=1)
             for n, p, m in (("a", 3, 40), ("b", 5, 20))]  # fmt: skip
    facts = some(nodes=nodes, blocks=[some(nodes=("a", "b"))])

    def told(count: int, first: tuple[str, ...], macs: int, params: int) -> dict[str, Any]:
        row = some(nodes=first, count=count, macs=macs, params=params)
        found = parts._blocks(cast("Any", facts), cast("Any", some(blocks=[row])))
        return {each.number: [s.text for s in each.summands] for each in found}

    macs, params = "page.blocks[0].macs", "page.blocks[0].params"
    assert told(1, ("a",), 60, 8) == {macs: ["40", "20"], params: ["5", "3"]}
    assert told(2, ("a",), 30, 8) == {macs: ["20", "10"], params: ["5", "3"]}
    assert told(2, ("a", "x"), 60, 8) == {macs: ["40", "20"], params: ["5", "3"]}
    assert told(4, ("a", "x"), 30, 8) == {macs: ["20", "10"], params: ["5", "3"]}
    assert told(3, ("a", "x"), 60, 0) == {macs: ["40", "20"]}
    assert told(0, ("a",), 60, 9) == {macs: ["40", "20"]}
    assert told(1, ("a",), 61, 8) == {params: ["5", "3"]}
    assert told(1, ("a",), 0, 8) == {params: ["5", "3"]}


def test_numbers_of_a_module_are_those_of_its_parts_and_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inner = [some(macs=30, params=2), some(macs=10, params=5)]
    module = some(path="m", macs=45, params=10, children=inner)
    monkeypatch.setattr(parts, "every_module", lambda _: [module])
    facts = cast("Any", some(totals=some(certainty=Certainty.EXACT, reason="")))

    def told(macs: int, params: int) -> dict[str, Any]:
        rows = [some(path="m", macs=macs, params=params)]
        found = parts._modules(facts, cast("Any", some(modules=rows)))
        return {each.number: [s.text for s in each.summands] for each in found}

    whole = {"page.modules[0].macs": ["30", "10", "5"], "page.modules[0].params": ["5", "3", "2"]}
    assert told(45, 10) == whole
    assert told(45, 9) == told(44, 10) == {}
    module.macs = 0
    assert list(told(0, 10)) == ["page.modules[0].params"]
    module.macs, module.params = 45, 0
    assert list(told(45, 0)) == ["page.modules[0].macs"]
