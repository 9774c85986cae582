"""What forms in other types rest on: limits of tools, overflow, and what stays in float32."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.report.view.options import types


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def a_limit(*places: str, **about: Any) -> Any:
    usual = {"kept_out": False, "outcome": "float", "option": "", "remedy": ""}
    return some(limit=some(**usual | about), places=places)


def test_operators_to_quantise_are_named_where_some_are_kept_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(types, "listed", lambda *about: tuple(sorted(about[2])))
    facts, tool = some(), some()
    kept = [a_limit("A", "B", kept_out=True), a_limit("C"), a_limit("B", "D", kept_out=True)]
    assert types._only(facts, tool, kept) == ("A", "B", "D")
    assert types._only(facts, tool, kept[1:2]) is None
    assert types._list(None) == ()
    assert types._list(("Conv", "Gemm")) == ("op_types_to_quantize=['Conv', 'Gemm']",)
    assert types._list(()) == ("op_types_to_quantize=[]",)


def test_chosen_are_operators_of_the_main_graph_of_the_types_named() -> None:
    nodes = [some(id="a", scope="", op_type="Conv"), some(id="b", scope="s", op_type="Conv"),
             some(id="c", scope="", op_type="Relu")]  # fmt: skip
    for only, chosen in ((("Conv",), {"a"}), (("Conv", "Relu"), {"a", "c"}), ((), set()),
                         (None, set())):  # fmt: skip
        assert types._chosen(some(nodes=nodes), only) == chosen


def test_integers_may_be_slower_where_something_stays_between_them() -> None:
    assert types._slower(()) == ()
    kinds = [f"Op{n}" for n in range(types.MOST_NAMED + 1)]
    (said,) = types._slower(kinds)
    assert said == (
        f"With {', '.join(kinds[:-1])} between its layers it may take up to twice as long as "
        "float32 on x86 CPUs (measured)"
    )


def test_what_no_option_and_no_remedy_helps_stays_in_float() -> None:
    assert types._stored([
        a_limit("A", "B"), a_limit("C", outcome="refused"), a_limit("D", option="o"),
        a_limit("E", remedy="r"), a_limit("F", option="o", remedy="r"), a_limit("B", "G"),
    ]) == {"A", "B", "G"}  # fmt: skip


def test_what_stays_in_float_is_told_from_one_part_in_a_hundred() -> None:
    scales = "a scale and a zero point for each tensor of a layer"
    assert types._rests(0.0) == types._rests(0.0099) == scales
    assert types._rests(0.01) == f"1.0 % of the MACs stay in float32; {scales}"


def test_layers_that_stay_in_float_are_named_from_a_twentieth_of_the_parameters() -> None:
    def node(name: str, kind: str, params: int, **about: Any) -> Any:
        usual = {"macs": 1, "precision": "float32", "composite": False}
        return some(id=name, op_type=kind, params=params, **usual | about)

    nodes = [node("a", "Conv", 500), node("b", "GRU", 20), node("c", "LSTM", 30),
             node("d", "Add", 90, macs=0), node("e", "If", 90, composite=True),
             node("f", "Gemm", 90, precision="float16"), node("g", "MatMul", 0)]  # fmt: skip
    for weights, told in (
        (1000, ("What stays in float32: LSTM, GRU, 5.0 % of the parameters",)), (1001, ()), (0, ()),
    ):  # fmt: skip
        facts: Any = some(nodes=nodes, parameters=some(weights=weights))
        assert types._floats(facts, {"a"}) == told
    facts = some(nodes=nodes, parameters=some(weights=1000))
    assert types._floats(facts, {"b", "c"}) == (
        "What stays in float32: Conv, 50.0 % of the parameters",)  # fmt: skip


def values(*, overflow: bool = False, underflow: float = 0.0) -> Any:
    return some(values=some(fp16_overflow=overflow, fp16_underflow=underflow))


def evidence(*layers: Any, tensors: Any = (), unread: int = 0, unread_tensors: int = 0) -> Any:
    return some(evidence=some(layers=dict(enumerate(layers)), tensors=tensors, unread=unread,
                              unread_tensors=unread_tensors))  # fmt: skip


def test_overflow_is_known_where_every_weight_was_read() -> None:
    def tensor(*, learned: bool) -> Any:
        return some(learned=learned, **vars(values(overflow=True)))

    for facts, overflow in (
        (some(evidence=None), None),
        (evidence(), None),
        (evidence(values(overflow=True), unread=1), None),
        (evidence(values(overflow=True), unread_tensors=1), None),
        (evidence(values()), False),
        (evidence(values(), values(overflow=True)), True),
        (evidence(values(), tensors=(tensor(learned=False),)), False),
        (evidence(values(), tensors=(tensor(learned=True),)), True),
    ):
        assert types._overflow(facts) is overflow


def test_weights_that_become_0_are_told_of_the_layer_that_has_most() -> None:
    sums = "long sums may overflow"
    assert types._lost(some(evidence=None)) == types._lost(evidence()) == sums
    assert types._lost(evidence(values(underflow=0.0099))) == sums
    most = evidence(values(underflow=0.01), values(underflow=0.25), values())
    assert types._lost(most) == f"{sums}, up to 25.0 % of the weights of a layer become 0"


def test_constants_are_what_is_stored_in_float32_beside_weights_and_scales() -> None:
    beside = [some(role=role, dtype=dtype, bytes=size) for role, dtype, size in (
        ("constant", "float32", 3), ("mask", "float32", 5), ("constant", "int64", 7),
        ("quantization", "float32", 11), ("constant", "float32", None),
    )]  # fmt: skip
    assert types._constants(some(parameters=some(beside=beside))) == 8


def test_recurrent_layers_have_their_part_of_a_sum() -> None:
    assert types._of_cells({"LSTM": 5, "GRU": 7, "MatMul": 11, "standard": 13}) == 12
    assert types._of_cells({}) == 0


def test_how_to_quantise_is_statically_with_inputs_or_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(types, "called", lambda *about: "the tool")
    tool: Any = some()
    assert types._quantised(tool, (), static=True) == (
        "Quantise statically (the tool) with some hundred inputs, and measure accuracy and time"
    )
    assert types._quantised(tool, (), static=False) == (
        "Run the tool, which needs no calibration, and measure accuracy and time"
    )


def test_half_of_what_is_in_float32_goes_but_for_the_shapes_that_are_stated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 1,000 bytes of weights, scales of 200, and tables of 80 beside integers."""
    beside = [
        some(role="quantization", dtype="float32", bytes=200), some(role="buffers", bytes=80,
        dtype="float32"), some(role="quantization", dtype="int8", bytes=7),
        some(role="buffers", dtype="int64", bytes=9), some(role="buffers", dtype="float32",
                                                           bytes=None),
    ]  # fmt: skip
    facts = some(parameters=some(beside=beside, kept_bytes=1500), evidence=None)
    limits: list[Any] = []
    monkeypatch.setattr(types, "met", lambda *_: limits)
    monkeypatch.setattr(types, "converter", lambda name: some(name=name))
    monkeypatch.setattr(types, "called", lambda tool, _: tool.name)
    monkeypatch.setattr(types, "floating", lambda _: ())
    monkeypatch.setattr(types, "form", lambda *about, **how: (*about[2:], how))

    def half(added: int = 0, read: bool = False) -> Any:
        monkeypatch.setattr(types, "stated_bytes", lambda _: added)
        return types._half(facts, None, 1000, read=read)

    words, terms, how = half()
    assert (how["weight_bytes"], how["added"], how["fewer_constants"]) == (900, 0, 40)
    assert (terms.effort, terms.confidence) == ("low", "medium")
    assert words[2].startswith("Convert with float16, and compare outputs and times. On x86")
    for added, told in ((159, False), (160, True)):  # a quarter of 640
        assert ("The shapes that are stated" in half(added)[0][2]) is told
    assert half(read=True)[1].confidence == "high"
    limits.append(a_limit(session="x", outcome="float"))
    words, terms, _ = half(read=True)
    assert "load with `x`" in words[2]
    assert (terms.effort, terms.confidence) == ("low", "medium")
    limits.append(a_limit("Pad", "Pad", "Cast", session="", outcome="refused"))
    words, terms, _ = half()
    assert words[2].startswith("Export in float16 from the framework: what `float16` makes of Pad,")
    assert terms.effort == "medium"
