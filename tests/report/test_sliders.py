"""Sliders of a page, remedies of actions and parts of a drawing, of values made for them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from analyzer.converters import Left
from analyzer.report.drawing.parts import _merge_circles, main_node
from analyzer.report.fitting import MM, _best
from analyzer.report.pagination import Pages, Piece, Spacing
from analyzer.report.view import actions, sizes, tools
from analyzer.report.view.growth import GrowthPoint, GrowthRow
from analyzer.report.view.sizes import GrowthSlider, SizeAxis, _growing, _rows, _still, _stops
from analyzer.report.view.whatif import WhatIf
from analyzer.scaling import Grown, Joint, Product, Stops
from analyzer.scaling.joint import OpenStop
from tests.golden.text import facts

if TYPE_CHECKING:
    from analyzer.facts import Facts


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


MACS = (Product("MatMul", "float32", ((4, 2), (4, 2), (8, 4)), (1, 3)),)
STOPS = Stops((1.0, 0.5), ((8, 8), (4, 4)), (1.0, 0.5), (1.0, 1.5, 2.0), ((2, 2), (3, 3), (4, 4)),
              MACS, (Product("", "", ((9, 5),) * 3, (1,)),), ())  # fmt: skip
GROWN = Grown("MatMul", "int8", (1,), ((3, 2),))
JOINT = Joint((OpenStop("n", 5, 1, 1, 9),), (1.0,), (1.0,), ((2,),), (GROWN, GROWN), 7, ((9,),),
              False)  # fmt: skip
ROW = GrowthRow("n", "token", 10, 4, 600, 50.0, 1, 100, 0.5, 7, True,
                (GrowthPoint(5, 1, 0), GrowthPoint(39, 9, 0)), (100, 20), 3)  # fmt: skip


def test_axes_are_sliders_where_there_are_several_stops() -> None:
    found = _stops(WhatIf(stops=STOPS), [ROW])
    assert found is not None
    width, side, depth = found.axes
    now = STOPS.today
    assert width == SizeAxis("width", ("1", "0.5"), ("", ""), now[0], True)
    assert side == SizeAxis("side", ("8×8", "4×4"), ("ρ 1", "ρ 0.5"), now[1], True)
    assert depth == SizeAxis("depth", ("1", "1.5", "2"), ("2 + 2", "3 + 3", "4 + 4"), now[2], True)
    assert (found.macs, found.params, found.sizes, found.grown) == (MACS, STOPS.params, (), ())
    assert (found.divisor, found.apart) == (1, ("n",))
    assert found.precisions == {"float32"}
    both = _stops(WhatIf(stops=STOPS, joint=JOINT), [ROW, replace(ROW, dim="m")])
    assert both is not None
    assert (both.grown, both.divisor, both.apart) == (JOINT.macs, 7, ("m",))
    assert both.precisions == {"float32", "int8"}
    sided = _stops(WhatIf(stops=STOPS, joint=replace(JOINT, sides=True)), [])
    assert sided is not None
    assert not sided.axes[1].shown
    one = replace(STOPS, widths=(1.0,), sides=((8, 8),), resolutions=(1.0,), depths=(1.0,),
                  repeats=((2, 2),))  # fmt: skip
    fixed = _stops(WhatIf(stops=one), [])
    assert fixed is not None
    assert [axis.shown for axis in fixed.axes] == [False] * 3
    assert fixed.macs == MACS
    polynomial = _stops(WhatIf(stops=one, joint=JOINT), [])
    assert polynomial is not None
    assert polynomial.macs == ()
    assert _stops(WhatIf(), []) is None


def test_open_sizes_alone_have_stops_of_today() -> None:
    assert _still(None) is None
    found = _still(JOINT)
    assert found == Stops((1.0,), ((),), (1.0,), (1.0,), ((2,),), (),
                          (Product("", "", ((9,),), (1,)),), ())  # fmt: skip
    bare = _still(replace(JOINT, params=()))
    assert bare is not None
    assert bare.params == ()


def test_growth_goes_from_the_first_multiple_of_a_step_to_the_last() -> None:
    assert _growing(ROW, {"int8"}) == GrowthSlider(8, 36, (100, 20), 3, "int8")
    assert _growing(ROW, {"int8", "float32"}).precision == ""
    still = _growing(replace(ROW, points=()), set())
    assert (still.low, still.high, still.precision) == (12, 8, "")
    assert _rows(((1, 2), (1, 2), (3, 4), (1, 2))) == [(1, 2), 0, (3, 4), 0]


def device(id_: str, **rates: float) -> Any:
    return some(id=id_, rates=rates)


def test_times_follow_sliders_on_devices_that_know_the_types() -> None:
    def timed(what: WhatIf, growth: list[GrowthRow], *found: Any) -> list[str]:
        return [row.id for row in sizes.sliders(what, growth, found).devices]

    both = device("a", float32=5.0, int8=9.0), device("b")
    assert timed(WhatIf(stops=STOPS), [], *both) == ["a"]
    assert timed(WhatIf(stops=STOPS, joint=JOINT), [], *both) == ["a"]
    assert timed(WhatIf(stops=STOPS, joint=JOINT), [], device("a", float32=5.0)) == []
    assert timed(WhatIf(stops=STOPS), [], device("a", int8=5.0)) == []
    assert timed(WhatIf(stops=STOPS), [ROW], device("a", int8=5.0)) == ["a"]
    made = sizes.sliders(WhatIf(stops=STOPS), [ROW], [device("a", float32=5.0)])
    assert made.usual == "a"
    assert sizes.sliders(WhatIf(), [], []).usual == ""
    pair = [device("a", float32=5.0), device("rpi5", float32=5.0)]
    assert sizes.sliders(WhatIf(stops=STOPS), [], pair).usual == "rpi5"
    data = made.data
    assert data["devices"] == {"a": {"float32": 5.0}}
    assert data["growth"] == [[8, 36, ["100", "20"], "3", "float32"]]
    assert data["axes"][0] == ["width", ("1", "0.5"), ("", ""), STOPS.today[0]]
    assert data["macs"] == [[[(4, 2), 0, (8, 4)], (1, 3), "dense", "MatMul", "float32"]]
    assert data["params"] == [[[(9, 5), 0, 0], (1,)]]
    assert "grown" not in data
    assert {*sizes.sliders(WhatIf(), [], []).data} == {"devices", "growth"}
    grown = sizes.sliders(WhatIf(stops=STOPS, joint=JOINT), [], []).data
    assert (grown["grown"], grown["over"]) == (
        [["dense", "MatMul", "int8", [[[(3, 2)], (1,)], [[(3, 2)], (1,)]]]], 7,
    )  # fmt: skip


@cache
def small() -> Facts:
    text = ", ".join
    return facts(
        "g (float[1,3,8,8] x) => (float[1,4,8,8] y) "
        f"<float[4,3,3,3] w = {{{text('0' * 108)}}}> "
        "{ c = Conv <pads = [1, 1, 1, 1]> (x, w)  y = Relu (c) }"
    )


def remedy(text: str = "", fix: str = "Cut it. Really.", action: str = "Cut it") -> Any:
    return some(rule="STR001", remedy=text, fix=fix, action=action, node="c")


def how(monkeypatch: pytest.MonkeyPatch, *items: Any, tool: str = "", needed: str = "",
        stays: tuple[int, int] = (0, 0),
        subject: str = "node", producer: str = "") -> str:  # fmt: skip
    monkeypatch.setattr(actions, "tool_of", lambda *_: tool)
    monkeypatch.setattr(actions, "needed_before", lambda *_: needed)
    monkeypatch.setattr(actions, "places_left", lambda *_: stays)
    model = replace(small().model, producer=producer)
    known = replace(small(), model=model)
    return actions._how(items, cast("Any", some(subject=subject)), known)


def test_how_to_act_is_a_remedy_a_command_or_the_first_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def told(*items: Any, **about: Any) -> str:
        return how(monkeypatch, *items, **about)

    assert told(remedy()) == "Cut it"
    assert told(remedy(action="")) == ""
    command = "onnxslim MODEL NEW"
    assert told(remedy(), tool="onnxslim") == f"Run `{command}`, and compare outputs"
    assert told(remedy(), tool="onnxslim", producer="PyTorch") == (
        f"Run `{command}`; or at the export: Cut it"
    )
    assert told(remedy(action=""), tool="onnxslim", producer="pytorch") == (
        f"Run `{command}`, and compare outputs"
    )
    assert told(remedy(), tool="onnxslim", needed="IOP001", producer="pytorch") == (
        "Take the weights out of the graph's inputs first, as none is folded otherwise, "
        f"then run `{command}`, and compare outputs"
    )
    assert told(remedy(), tool="onnxslim", needed="WGT011") == (
        "Put the trained weights in first, as placeholders would be stored otherwise, then run "
        f"`{command}`, and compare outputs"
    )
    assert told(remedy(), tool="onnxslim", needed="ONX014") == (
        f"List each output once, then run `{command}`, which may stop otherwise, and "
        "compare outputs"
    )
    assert told(remedy(), remedy(), tool="onnxslim", stays=(1, 0)) == (
        f"Run `{command}`, and compare outputs. It leaves 1 of 2 places as they are"
    )
    breach = {"subject": "breach"}
    assert told(remedy("sort it"), remedy("sort it"), **breach) == "Sort it"
    assert told(*map(remedy, "abc"), **breach) == "A; b; c"
    assert told(*map(remedy, "abcd"), **breach) == "Cut it"
    assert told(remedy("a"), remedy(""), **breach) == "Cut it"
    assert told(remedy("CUT IT"), **breach) == ""
    assert told(remedy("sort it")) == "Cut it"


def tool(word: str, *nodes: str, plain: bool = True, limits: tuple[Any, ...] = (),
         half: bool = False) -> str:  # fmt: skip
    known = some(
        interface=some(declared=(("x", some(is_plain=True)), ("y", some(is_plain=plain)))),
        parameters=some(bytes_by_dtype={"float16": 4} if half else {"float32": 4}), limits=limits,
        evidence=None,
    )  # fmt: skip
    items = [some(node=node) for node in nodes or ("sure",)]
    return tools.tool_of(
        items, cast("Any", some(tool=word, id="R") if word else None), cast("Any", known)
    )


def test_a_tool_is_told_where_it_reaches_a_place_and_the_file_loads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tools, "met", lambda known, _: known.limits)
    monkeypatch.setattr(tools, "left", lambda *_: Left(frozenset({"inner"}), frozenset({"c"})))
    inputs, other, twice = (some(limit=some(remedy=each)) for each in ("inputs", "fold", "outputs"))
    assert tool("") == tool("other") == ""
    assert tool("onnxslim") == "onnxslim"
    assert tool("onnxslim", plain=False) == tool("onnxslim", limits=(twice, other)) == ""
    assert tool("onnxslim", limits=(twice,)) == "onnxslim"
    assert (
        tool("onnxslim", "inner") == tool("onnxslim", "c") == tool("onnxslim", "inner", "c") == ""
    )
    assert tool("onnxslim", "inner", "c", "sure") == "onnxslim"
    assert tool("onnxruntime") == tool("onnxruntime", plain=False) == "onnxruntime"
    assert tool("onnxruntime", "inner") == ""
    assert tool("onnxruntime", half=True) == ""
    needed = [tools.needed_before(cast("Any", word),
                                  cast("Any", some(limits=limits, evidence=None)))
              for word, limits in (("", (inputs,)), ("onnxslim", (other, inputs)),
                                   ("onnxslim", (other,)), ("onnxslim", ()),
                                   ("onnxslim", (other, twice)))]  # fmt: skip
    assert needed == ["", "IOP001", "", "", "ONX014"]
    idle: Any = some(limits=(inputs,), evidence=some(placeholder=True))
    assert [tools.needed_before(word, idle) for word in ("onnxslim", "")] == ["WGT011", ""]
    items = cast("Any", [some(node=node) for node in ("inner", "c", "inner", "d")])
    staying = [tools.places_left(cast("Any", word), items, None, cast("Any", some()))
               for word in ("onnxslim", "onnxruntime", "")]  # fmt: skip
    assert staying == [(2, 1), (2, 1), (0, 0)]
    told = [tools.leaving(4, *each) for each in ((0, 0), (2, 0), (0, 3), (1, 2))]
    assert told == [
        "", "It leaves 2 of 4 places as they are", "It may leave 3 of 4 places as they are",
        "It leaves 1 of 4 places as they are, and perhaps 2 more",
    ]  # fmt: skip


def test_time_falls_with_the_macs_where_all_are_of_one_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def times(macs: int, *, seconds: float | None = 2.0, fits: bool | None = True,
              by: int = 1, low: int = 100) -> Any:  # fmt: skip
        monkeypatch.setattr(actions, "time_on", lambda *_: some(seconds=seconds))
        monkeypatch.setattr(actions, "room", lambda *_: some(fits=fits))
        total = some(macs=100, macs_range=(low, 100), macs_by_arithmetic=dict.fromkeys(range(by)))
        return actions.times(cast("Any", some(totals=total)), cast("Any", "device"), macs)

    assert times(25) == times(25, fits=None) == (2.0, 1.5)
    assert times(0) == times(25, by=2) == times(25, low=50) == (2.0, None)
    assert times(25, seconds=None) == (None, None)
    assert times(25, fits=False) == (None, None)
    assert actions.times(small(), None, 5) == (None, None)


def test_groups_that_feed_each_other_are_one() -> None:
    def source(node: str, is_input: bool = False) -> Any:
        return some(node=node, is_input=is_input)

    reads = {"a": (source("x", True),), "b": (source("a"),), "c": (source("b"),),
             "d": (source("c"), source("a"))}  # fmt: skip
    groups = {"a": 0, "b": 1, "c": 0, "d": 2}
    _merge_circles(cast("Any", some(reads=reads)), groups)
    assert groups == {"a": 0, "b": 0, "c": 0, "d": 2}
    groups = {"a": 0, "b": 1, "c": 2, "d": 2}
    _merge_circles(cast("Any", some(reads=reads)), groups)
    assert groups == {"a": 0, "b": 1, "c": 2, "d": 2}
    assert main_node(small(), ["y", "c"]).id == "c"
    assert main_node(small(), ["y"]).id == "y"


def test_the_spacing_that_moves_least_is_taken() -> None:
    piece = Piece(0, 30 * MM, 20 * MM, 1, False, False, 0, 0.0)
    tops, rooms = [22 * MM] * 2, [255 * MM] * 2
    full = Pages((250 * MM,), 1, {})
    assert _best([piece] * 8, rooms, tops, full) == (Spacing(), {})
    early = Pages((250 * MM, 15 * MM), 2, {})
    parts = [replace(piece, height=28.9 * MM)] * 9
    best, pictures = _best(parts, rooms, tops, early)
    assert best.lines < 1
    assert pictures == {}
    short = Pages((100 * MM,), 1, {})
    assert _best([piece], rooms, tops, short)[0] == Spacing()
