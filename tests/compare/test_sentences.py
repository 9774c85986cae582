"""What a comparison says of every kind of change, in every number and variant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analyzer.report.compare.words import (
    _ABOUT_THE_FILE,
    _SMALL,
    _WORDS,
    Conclusion,
    HeadlineText,
    _plural,
    conclude,
    minus,
    relative,
    say,
)
from tests.each import each

Values = dict[str, Any]
LAYERS: Values = {"count": 3, "layers": 9, "old": "float32", "new": "float16"}
ENDS: Values = {"name": "x", "type": "float32 1×3", "old": "a", "new": "b"}
FUSED: Values = {"count": 2, "what": "attention", "operator": "Attention", "parts": 0}
TOLD: dict[str, tuple[Values, list[tuple[Values, str]]]] = {
    "other-network": ({"old": "", "new": "", "layers": 9, "shared": 2}, [
        ({}, "another network; 2 of 9 layers are in both"),
        ({"old": "VGG"}, "another network: VGG → not recognised; 2 of 9 layers are in both"),
        ({"new": "VGG", "layers": 1, "shared": 0},
         "another network: not recognised → VGG; 0 of 1 layer are in both"),
    ]),
    "quantised": ({**LAYERS, "to": "int8", "form": "", "before": 0}, [
        ({}, "quantised 3 of 9 layers to int8"),
        ({"form": "QDQ"}, "quantised 3 of 9 layers to int8 (QDQ)"),
        ({"before": 2}, "quantised 3 of 9 layers to int8, 2 before"),
    ]),
    "dequantised": ({**LAYERS, "origin": "int8"}, [({}, "3 of 9 layers no longer in int8")]),
    "precision": (LAYERS, [
        ({}, "precision float32 → float16 in 3 of 9 layers"),
        ({"count": 9}, "precision float32 → float16"),
    ]),
    "separated": ({}, [
        ({"count": 1}, "1 standard convolution replaced by depthwise + pointwise"),
        ({"count": 2}, "2 standard convolutions replaced by depthwise + pointwise"),
    ]),
    "joined": ({}, [
        ({"count": 1}, "1 pair of depthwise + pointwise replaced by standard convolutions"),
        ({"count": 2}, "2 pairs of depthwise + pointwise replaced by standard convolutions"),
    ]),
    "width": ({"factor": 0.75, "layers": 9, "still": 1}, [
        ({}, "width × 0.75 (every one of 9 layers follows)"),
        ({"factor": 1 / 3, "still": 2},
         "width × 0.3333 (every one of 9 layers follows, the last 2 as before)"),
    ]),
    "blocks-added": ({"block": "mlp"}, [
        ({"count": 1}, "1 mlp block added"), ({"count": 2}, "2 mlp blocks added"),
    ]),
    "blocks-removed": ({"block": "mlp"}, [
        ({"count": 1}, "1 mlp block removed"), ({"count": 2}, "2 mlp blocks removed"),
    ]),
    "layers-added": ({}, [
        ({"count": 1, "layer": "Gemm"}, "1 Gemm layer added"),
        ({"count": 2, "layer": "Gemm"}, "2 Gemm layers added"),
        ({"count": 1, "layer": "pointwise"}, "1 pointwise convolution added"),
        *[({"count": 2, "layer": kind}, f"2 {kind} convolutions added")
          for kind in ("standard", "depthwise", "pointwise", "grouped", "transposed")],
    ]),
    "layers-removed": ({}, [
        ({"count": 1, "layer": "Gemm"}, "1 Gemm layer removed"),
        ({"count": 2, "layer": "Gemm"}, "2 Gemm layers removed"),
        ({"count": 1, "layer": "standard"}, "1 standard convolution removed"),
        ({"count": 2, "layer": "standard"}, "2 standard convolutions removed"),
    ]),
    "classes": ({}, [({"old": 1000, "new": 10, "output": "y"}, "classes 1,000 → 10 (output y)")]),
    "pruned": ({}, [
        ({"count": 3, "layers": 9, "old": 4000, "new": 3000},
         "channels pruned in 3 of 9 layers: 4,000 → 3,000 (−25.0 %)"),
    ]),
    "widened": ({}, [
        ({"count": 3, "layers": 9, "old": 3000, "new": 4000},
         "more channels in 3 of 9 layers: 3,000 → 4,000"),
    ]),
    "replaced": ({}, [({"count": 1200, "old": "Relu", "new": "Gelu"}, "1,200 × Relu → Gelu")]),
    "activation": ({"old": "Relu", "new": "Gelu"}, [
        ({"count": 1}, "activation Relu → Gelu in 1 place"),
        ({"count": 2}, "activation Relu → Gelu in 2 places"),
    ]),
    "exchanged": ({}, [({"count": 2}, "2 layers exchanged their weights")]),
    "weights": ({"layers": 3, "largest": None, "alone": False, "broken": 0}, [
        ({}, "weights of 3 layers changed"),
        ({"alone": True}, "only weights changed: those of 3 layers"),
        ({"largest": 0.0}, "weights of 3 layers changed, largest relative change 0.0 %"),
        ({"largest": 0.5, "broken": 2}, ("weights of 3 layers changed, largest relative change "
         "50.0 %, 2 with NaN or infinite values")),
    ]),
    "constants-changed": ({}, [
        ({"count": 1}, "other constants at 1 operator"),
        ({"count": 2}, "other constants at 2 operators"),
    ]),
    "setting": ({"operator": "Softmax", "setting": "axis", "old": "1", "new": "-1"}, [
        ({"count": 1}, "Softmax: axis 1 → −1"),
        ({"count": 2}, "axis 1 → −1 in 2 Softmaxes"),
    ]),
    "fused": (FUSED, [
        ({}, "2 × attention fused into Attention"),
        ({"operator": "attention"}, "2 × attention fused into one operator"),
        ({"parts": 1}, "2 × attention fused into Attention (1 operator gone)"),
        ({"parts": 7}, "2 × attention fused into Attention (7 operators gone)"),
    ]),
    "folded-norms": ({"proven": False}, [
        ({"count": 1}, "1 BatchNorm folded into convolutions"),
        ({"count": 2, "proven": True}, "2 BatchNorms folded into convolutions; the weights agree"),
    ]),
    "unfolded-norms": ({"proven": False}, [
        ({"count": 1}, "1 BatchNorm taken out of convolutions"),
        ({"count": 2}, "2 BatchNorms taken out of convolutions"),
    ]),
    "sharing": ({}, [
        ({"old": "1000", "new": None}, "parameters used again and not counted again 1,000 → 0"),
    ]),
    "biases-gone": ({}, [
        ({"count": 1}, "1 bias folded away"), ({"count": 2}, "2 biases folded away"),
    ]),
    "biases-added": ({}, [
        ({"count": 1}, "1 bias added"), ({"count": 2}, "2 biases added"),
    ]),
    "folded-additions": ({}, [
        ({"count": 1}, "1 addition folded into biases"),
        ({"count": 2}, "2 additions folded into biases"),
    ]),
    "identities": ({}, [
        ({"went": 1, "came": 0}, "1 Identity gone"), ({"went": 0, "came": 1}, "1 Identity added"),
        ({"went": 2, "came": 3}, "2 Identities gone, 3 Identities added"),
    ]),
    "constants": ({}, [
        ({"went": 1, "came": 0}, "1 Constant gone"), ({"went": 0, "came": 1}, "1 Constant added"),
        ({"went": 2, "came": 3}, "2 Constants gone, 3 Constants added"),
    ]),
    "dropouts": ({}, [
        ({"went": 1, "came": 0}, "1 Dropout gone"), ({"went": 0, "came": 1}, "1 Dropout added"),
        ({"went": 2, "came": 3}, "2 Dropouts gone, 3 Dropouts added"),
    ]),
    "shape-arithmetic": ({"came": 4}, [
        ({"went": 1}, "constants and arithmetic on sizes: 1 operator gone, 4 added"),
        ({"went": 2}, "constants and arithmetic on sizes: 2 operators gone, 4 added"),
    ]),
    "views": ({"came": 4}, [
        ({"went": 1}, "reshapes and transposes: 1 operator gone, 4 added"),
        ({"went": 2}, "reshapes and transposes: 2 operators gone, 4 added"),
    ]),
    "operators-added": ({}, [({"count": 1200, "operator": "Relu"}, "1,200 × Relu added")]),
    "operators-removed": ({}, [({"count": 2, "operator": "Relu"}, "2 × Relu gone")]),
    "opset": ({"domain": "ai.onnx", "old": 13, "new": 17}, [
        ({}, "opset 13 → 17"), ({"old": None}, "opset absent → 17"),
        ({"domain": "com.acme", "new": None}, "opset of com.acme 13 → absent"),
    ]),
    "imports": ({"domains": "com.acme, com.b"}, [
        ({"count": 2}, "imports that no operator uses changed: com.acme, com.b"),
        ({"count": 3}, "imports that no operator uses changed: com.acme, com.b …"),
    ]),
    "ir": ({}, [({"old": 7, "new": 8}, "IR version 7 → 8")]),
    "producer": ({"old": "pytorch", "new": ""}, [({}, "producer pytorch → not stated")]),
    "metadata": ({"keys": "a, b"}, [
        ({"count": 1}, "1 entry of the metadata changed: a, b"),
        ({"count": 2}, "2 entries of the metadata changed: a, b"),
    ]),
    "output-moved": (ENDS, [({}, "output x is another tensor: a → b")]),
    "resolution": (ENDS, [({}, "input x: a → b")]),
    "input-renamed": (ENDS, [({}, "input a is called b")]),
    "output-renamed": (ENDS, [({}, "output a is called b")]),
    "input-gone": (ENDS, [({}, "input x (float32 1×3) gone")]),
    "output-gone": (ENDS, [({}, "output x (float32 1×3) gone")]),
    "input-new": (ENDS, [({}, "input x (float32 1×3) added")]),
    "output-new": (ENDS, [({}, "output x (float32 1×3) added")]),
    "input-type": (ENDS, [({}, "input x: a → b")]),
    "output-type": (ENDS, [({}, "output x: a → b")]),
}  # fmt: skip


@each("kind", TOLD)
def test_each_kind_of_change_has_its_sentence(kind: str) -> None:
    base, told = TOLD[kind]
    said = [say(HeadlineText(kind, "", {**base, **values})) for values, _ in told]
    assert said == [sentence for _, sentence in told]


def test_every_kind_of_change_is_told() -> None:
    assert _WORDS.keys() == TOLD.keys()
    assert _WORDS.keys() >= _SMALL | _ABOUT_THE_FILE


SAME = "the same: operators, attributes, types, connections and all weights"
CONCLUSION = Conclusion("same", None, True, 0, 0, 0, 0)


@each(
    ("changes", "text"),
    [
        ({}, SAME),
        ({"renamed": 1}, f"{SAME}; 1 operator under another name"),
        ({"renamed": 2}, f"{SAME}; 2 operators under another name"),
        ({"kind": "headline", "headline": 1}, "opset 13 → 17"),
        ({"kind": "all", "headline": 0}, "1 × Relu gone; all weights of the others the same"),
        ({"kind": "all", "headline": 0, "complete": False}, "1 × Relu gone"),
        ({"kind": "counts", "changed": 1, "gone": 2, "added": 1},
         ("1 operator changed, 2 operators gone, 1 operator added; all weights of the others the "
         "same")),
        ({"kind": "counts", "changed": 2, "gone": 1, "added": 2, "complete": False},
         "2 operators changed, 1 operator gone, 2 operators added"),
        ({"kind": "counts", "added": 3, "complete": False}, "3 operators added"),
        ({"kind": "ends"}, "inputs or outputs changed"),
        ({"kind": "constants"}, "other constants"),
        ({"kind": "unsure"}, "no difference found, but weights were not compared"),
    ],
)  # fmt: skip
def test_a_comparison_comes_to_one_line(changes: dict[str, object], text: str) -> None:
    headlines = (
        HeadlineText("operators-removed", "", {"count": 1, "operator": "Relu"}),
        HeadlineText("opset", "", {"domain": "ai.onnx", "old": 13, "new": 17}),
    )
    assert conclude(replace(CONCLUSION, **changes), headlines) == text  # type: ignore[arg-type]


def test_names_have_their_plurals_and_numbers_their_signs() -> None:
    names = ("Conv", "Softmax", "Identity", "Relay", "Loss", "Batch", "y")
    assert [_plural(name) for name in names] == [
        "Convs", "Softmaxes", "Identities", "Relays", "Losses", "Batches", "ys",
    ]  # fmt: skip
    texts = ("-1", "1,-1,-2", "a-b,c", "a-b,-1", "")
    assert [minus(text) for text in texts] == ["−1", "1,−1,−2", "a-b,c", "a-b,−1", ""]
    assert [relative(change) for change in (9.99, 10.0, 1234.5)] == [
        "999.0 %", "10 times the old weights", "1.23e+03 times the old weights",
    ]  # fmt: skip
