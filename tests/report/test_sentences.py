"""Every variant of the sentence of every claim, of values made for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from analyzer.report.advised import longer, part, tidying, weight
from analyzer.report.page import FirstStep
from analyzer.report.words import SENTENCES
from tests.each import each

Values = dict[str, Any]
Told = list[tuple[Values, str]]

NETWORK: Values = {
    "family": "convolutional", "layers": 2, "blocks": (), "block_counts": (), "coefficients": 0,
    "operators_inside": 0, "trees": 0, "first_convolution": "", "first_strides": (),
    "first_transposed": False, "first_kernel": "3×3", "inputs": ("x",), "shapes": ("1×3",),
    "inputs_in_all": 1, "outputs": ("y",), "output_shapes": ("1×2",), "outputs_in_all": 1,
    "function": "", "calls": 0, "branching": False,
    "recurrent": (), "recurrent_counts": (),
}  # fmt: skip
NETWORKS: Told = [
    ({}, "A convolutional network of 2 weighted layers; input x 1×3; output y 1×2."),
    ({"branching": True},
     "A convolutional network of 2 weighted layers in a run; input x 1×3; output y 1×2."),
    ({"layers": 0, "family": "graph"},
     "A graph without weighted layers; input x 1×3; output y 1×2."),
    ({"layers": 0, "trees": 3}, "A forest of 3 trees; input x 1×3; output y 1×2."),
    ({"layers": 0, "trees": 3, "coefficients": 9, "operators_inside": 2},
     "A model of 9 coefficients in attributes of 2 operators; input x 1×3; output y 1×2."),
    ({"blocks": ("inverted-residual", "mlp"), "block_counts": (1, 2), "family": "transformer"},
     ("A transformer of 2 weighted layers, 1 inverted residual block and 2 mlp blocks; "
     "input x 1×3; output y 1×2.")),
    ({"layers": 0, "blocks": ("mlp",), "block_counts": (2,), "family": "mixed"},
     "A network of 2 mlp blocks; input x 1×3; output y 1×2."),
    ({"family": "graph"}, "A graph of 2 weighted layers; input x 1×3; output y 1×2."),
    ({"family": "recurrent"},
     "A recurrent network of 2 weighted layers; input x 1×3; output y 1×2."),
    ({"family": "recurrent", "recurrent": ("LSTM", "GRU"), "recurrent_counts": (2, 1)},
     "A recurrent network of 2 weighted layers (2 LSTM and 1 GRU); input x 1×3; output y 1×2."),
    ({"recurrent": ("LSTM",), "recurrent_counts": (1,)},
     ("A convolutional and recurrent network of 2 weighted layers (1 LSTM); "
      "input x 1×3; output y 1×2.")),
    ({"family": "products"},
     "A network of matrix products of 2 weighted layers; input x 1×3; output y 1×2."),
    ({"first_convolution": "standard", "first_strides": (1, 1)},
     ("A convolutional network of 2 weighted layers; first convolution standard (3×3); "
     "input x 1×3; output y 1×2.")),
    ({"first_convolution": "depthwise", "first_strides": (2, 2)},
     ("A convolutional network of 2 weighted layers; first convolution depthwise (3×3, stride 2); "
     "input x 1×3; output y 1×2.")),
    ({"first_convolution": "standard", "first_strides": (1, 2), "first_transposed": True},
     ("A convolutional network of 2 weighted layers; first convolution transposed (3×3, stride "
     "1×2); input x 1×3; output y 1×2.")),
    ({"first_convolution": "grouped", "first_transposed": True},
     ("A convolutional network of 2 weighted layers; first convolution transposed grouped (3×3); "
     "input x 1×3; output y 1×2.")),
    ({"inputs": ("x", "n"), "shapes": ("", None), "inputs_in_all": 2},
     "A convolutional network of 2 weighted layers; inputs x scalar, n unknown; output y 1×2."),
    ({"inputs": ("x", "n"), "shapes": ("1", "2"), "inputs_in_all": 5},
     "A convolutional network of 2 weighted layers; inputs x 1, n 2 and 3 more; output y 1×2."),
    ({"outputs": ("y", "p", "z"), "output_shapes": ("1", "seq(map(int64, float32))", ""),
      "outputs_in_all": 5},
     ("A convolutional network of 2 weighted layers; input x 1×3; outputs y 1, p seq(map(int64, "
      "float32)), z scalar and 2 more.")),
    ({"outputs": (), "output_shapes": (), "outputs_in_all": 0},
     "A convolutional network of 2 weighted layers; input x 1×3; outputs none."),
    ({"inputs": (), "shapes": (), "inputs_in_all": 0},
     "A convolutional network of 2 weighted layers; inputs none; output y 1×2."),
]  # fmt: skip

PLAIN = (
    "Impact is high for what keeps the model from being judged, and for a quarter of the MACs, of "
    "the time or of the bytes (64 KiB and more), medium for a twentieth or a warning without a "
    "figure; less is low."
)
MOST = "The order is: most impact, of equals the least effort; each figure is for that step alone."
MEMORY: Values = {
    "bytes": 2048, "reason": "", "certainty": "exact", "name": "conv", "in_place_bytes": None,
    "fused_bytes": None, "folded_bytes": None, "given": (), "given_bytes": 0,
}  # fmt: skip
PEAK = (
    "2 KiB of activations exist at once while conv runs, when operators run in the file's order "
    "and every tensor is freed after its last use."
)
ON_TOP = "Runtimes that fuse operators or reuse buffers need less; weights come on top."
SIZES: Values = {"count": 1, "dims": ("n",), "sizes": (8,), "distinct": 1}
GROWTH: Values = {
    "dim": "n", "square": 0.0, "unit": "token", "varies": False, "rate": 2000.0, "size": 128,
    "per": 1, "of": "", "stated": True, "fixed": 0, "even": None, "longest": None, "beside": (),
}  # fmt: skip
RECURRENT: Values = {
    "operators": ("LSTM", "GRU"), "counts": (2, 1), "macs_per_step": 3000, "share": 0.25,
    "steps": (10,), "state_bytes": None, "bidirectional": 0,
}  # fmt: skip
LEVELS_TOLD = (
    "Effort: a tool or a setting (low), code, calibration or fine-tuning (medium), training or "
    "more (high). Certainty of the figures, not of accuracy: they follow from the file (high), "
    "the tool or unread weights may change them (medium), the file does not say all (low)."
)
CELLS = "The recurrent layers (LSTM ×2 and GRU ×1)"
QUANTISED: Values = {
    "share": 0.75, "float_layers": 2, "float_macs": 0, "float_forms": 0, "unaligned": 0,
    "signed_forms": 0, "left_on_x86": 0, "islands": 0, "island_operators": 0, "island_types": "",
}  # fmt: skip
PASSED: Values = {
    "categories": ("waste", "cost", "trust"), "rules": (5, 0, 2), "speak": (1, 0, 0),
    "stated": (1, 0, 0), "unjudged": (0, 4, 0), "blind": 0, "unseen": (), "idle": 0, "odd": 0,
    "integers": False,
}  # fmt: skip
NOTHING = "5 of 7 rules that had something to look at found nothing, among them all of trust."
VENDOR: Values = {
    "types": ("Gelu", "Attention"), "counts": (1, 2), "types_in_all": 2,
    "domains": ("com.microsoft",), "domains_in_all": 1, "runtime": "", "compiled": 0,
}  # fmt: skip
UNKNOWN: Values = {
    "of": 5, "operators": 0, "macs_complete": True, "flops_complete": True, "peak_complete": True,
    "problems": 0, "reason": "", "inside": False, "in_all": 5,
}  # fmt: skip


def _taken(targets: int) -> Values:
    """What as many targets take in parts: half of the MACs, all of them, and operators alone."""
    return {"macs": (0.5, 1.0, None)[:targets], "parts": (1, 4, 1)[:targets],
            "supported": (1, 99, 3)[:targets], "operators": (2, 100, 4)[:targets]}  # fmt: skip


def _gained(*changes: tuple[str, str, int, str]) -> Values:
    keys = ("gained", "gain_kinds", "gain_amounts", "gain_names")
    return dict(zip(keys, zip(*changes, strict=True), strict=True))


TRIED = "(by tables, not tried)"
TARGETS: Values = {
    "count": 2,
    "whole": (),
    "split": (),
    "no": (),
    "maybe": (),
    "idle": (),
    "partly": (),
    "stuck": (),
    **_taken(0),
    "gained": (),
    "gain_kinds": (),
    "gain_amounts": (),
    "gain_names": (),
    "ids": ("a", "b", "c", "d"),
    "names": ("Ada", "Bob", "Cy", "Dee"),
    "untested": (),
    "undivided": (),
    "broken": False,
    "missing": False,
    "huge": False,
}

TOLD: dict[str, tuple[Values, Told]] = {
    "network": (NETWORK, NETWORKS),
    "architecture": ({}, [
        ({"detail": ""}, "Architecture: not recognised as a published one"),
        ({"detail": "ResNet-50, 224×224, 54 weighted layers"},
         "Architecture: ResNet-50, 224×224, 54 weighted layers"),
    ]),
    "provenance": ({"producer": "", "domains": ("", "com.acme"), "versions": (17, 1)}, [
        ({}, "Producer not stated · operator set ai.onnx 17, com.acme 1"),
        ({"producer": "pytorch", "domains": (), "versions": ()},
         "Producer pytorch · operator set none"),
    ]),
    "actions": ({"rules": (), "slower": (), "applied": 9, "gains": 0}, [
        ({"gains": 1}, "No rule asks for a change. A small change helps further targets."),
        ({"rules": ("A",)}, ""),
        ({}, "Nothing: no rule asks for a change."),
        ({"applied": 0}, "Nothing was judged: no rule was applied."),
        ({"slower": ("SEP001", "SEP002")},
         ("Nothing recommended: what SEP001 and SEP002 would change saves multiply-accumulates, "
         "and no time by our own estimate; see the findings.")),
    ]),
    "order": ({"brief": False, "seconds": 2e-6, "device": "rpi5",
               "lighter": False, "ahead": False, "slower": False, "unlocks": False,
               "unlisted": 0, "by_itself": False, "turns": ("better",), "steps": 2}, [
        ({}, f"{MOST} {PLAIN}"),
        ({"steps": 1}, PLAIN),
        ({"turns": ("against",)}, PLAIN),
        ({"turns": ("against", "use", "sharing", "better")},
         ("The order is: what speaks against use, then what to look at before use, then what to do "
          "before the model is shared, then most impact, of equals the least effort; each figure "
          f"is for that step alone. {PLAIN}")),
        ({"turns": ("unjudged", "minima", "better", "figures")},
         ("The order is: what keeps the model from being judged, then what makes totals more than "
          "minima, then most impact, of equals the least effort, then what makes figures truer; "
          f"each figure is for that step alone. {PLAIN}")),
        ({"by_itself": True}, f"{MOST} {PLAIN} What ONNX Runtime saves itself does not count."),
        ({"unlisted": 1},
         (f"{MOST} 1 entry of the map is not in the list: it comes later, is an option of low "
          f"impact or high effort, or may not pay. {PLAIN}")),
        ({"unlisted": 3, "ahead": True},
         (f"{MOST} A step that another needs stands before it. 3 entries of the map are not in the "
          "list: they come later, are options of low impact or high effort, or may not pay. "
          f"{PLAIN}")),
        ({"slower": True}, f"{MOST} {PLAIN} What is slower on rpi5 has low impact."),
        ({"unlocks": True},
         (f"{MOST} {PLAIN} What lets a target take all of the model is of high impact where that "
          "multiplies nothing of it today, else of medium.")),
        ({"lighter": True},
         f"{MOST} {PLAIN} To convert layers is graded by MACs and time alone."),
        ({"brief": True},
         (f"{MOST} {PLAIN} To save compute is medium at most where the arithmetic of one run takes "
          "less than 1 ms, as here on rpi5.")),
    ]),
    "options": ({"device": "rpi5", "seconds_now": 0.002, "scales_now": 0, "smaller": 0,
                 "weight_bytes_now": 2048}, [
        ({"device": ""}, ""),
        ({"device": "", "smaller": 1}, LEVELS_TOLD),
        ({"seconds_now": None, "smaller": 2},
         f"Times are arithmetic bounds on rpi5. {LEVELS_TOLD}"),
        ({"device": "", "scales_now": 9}, "Weights and scales are 2 KiB today."),
        ({"scales_now": 9, "seconds_now": None},
         "Times are arithmetic bounds on rpi5. Weights and scales are 2 KiB today."),
        ({}, "Times are arithmetic bounds on rpi5: 2 ms for the model as it is."),
        ({"seconds_now": None}, "Times are arithmetic bounds on rpi5."),
        ({"seconds_now": 0.9e-6}, "Times are arithmetic bounds on rpi5."),
        ({"seconds_now": 1e-6},
         "Times are arithmetic bounds on rpi5: 1 µs for the model as it is."),
    ]),
    "recurrent": (RECURRENT, [
        ({}, f"{CELLS} take 3 kMAC a time step. With 10 time steps that is 25.0 % of the compute."),
        ({"share": None}, f"{CELLS} take 3 kMAC a time step."),
        ({"steps": (10, 5)}, f"{CELLS} take 3 kMAC a time step."),
        ({"steps": ()}, f"{CELLS} take 3 kMAC a time step."),
        ({"steps": (None,)}, f"{CELLS} take 3 kMAC a time step."),
        ({"steps": (1,)}, f"{CELLS} run a single time step of 3 kMAC, 25.0 % of the compute."),
        ({"steps": (1,), "share": None, "bidirectional": 1},
         f"{CELLS} run a single time step of 3 kMAC."),
        ({"state_bytes": 512, "share": None},
         f"{CELLS} take 3 kMAC a time step and hand 512 B of state to the next."),
        ({"state_bytes": 512, "bidirectional": 2},
         (f"{CELLS} take 3 kMAC a time step and hand 512 B of state to the next. With 10 time "
         "steps that is 25.0 % of the compute. 2 of them read backwards, too: nothing comes out "
         "before the whole sequence is in, so the model cannot stream.")),
        ({"share": None, "bidirectional": 1},
         (f"{CELLS} take 3 kMAC a time step. 1 of them reads backwards, too: nothing comes out "
         "before the whole sequence is in, so the model cannot stream.")),
    ]),
    "forest": ({"trees": 2, "nodes": 7000, "leaves": 3501, "depth": 12, "comparisons": 24,
                "mean_comparisons": 1021.75, "bytes": 4096}, [
        ({}, ("A forest of 2 trees with 7,000 nodes, 3,501 of them leaves, at most 12 deep: a "
             "sample takes at most 24 comparisons, 1,021.8 if every leaf is as likely. Its tables "
             "take 4 KiB in the file.")),
    ]),
    "cache": ({"token_bytes": 1024, "bytes": 4096, "tokens": 4}, [
        ({}, ("Keys and values of earlier tokens come in and go out again, longer, so that their "
             "length cannot be fixed: 1 KiB a token, 4 KiB at 4 tokens.")),
    ]),
    "quantised": (QUANTISED, [
        ({}, "All multiply-accumulates are in integers."),
        ({"float_macs": 5}, ("75.0 % of the multiply-accumulates are in integers; 2 operators "
                            "multiply in floating point.")),
        ({"float_forms": 3},
         ("All multiply-accumulates are meant to be in integers. Of 3 layers between "
         "DequantizeLinear and QuantizeLinear, a runtime decides which it computes so.")),
        ({"float_forms": 1, "float_macs": 5, "unaligned": 1, "signed_forms": 2},
         ("75.0 % of the multiply-accumulates are in integers or meant to be; 2 operators multiply "
         "in floating point. Of 1 layer between DequantizeLinear and QuantizeLinear, a runtime "
         "decides which it computes so. ONNX Runtime leaves 1 layer in floating point, as the "
         "scale of a bias is not that of data times weights. On x86 processors ONNX Runtime "
         "computes convolutions of int8 data in integers only where it can turn the data into "
         "uint8 by itself.")),
        ({"float_forms": 9, "unaligned": 1, "signed_forms": 5, "left_on_x86": 4},
         ("All multiply-accumulates are meant to be in integers. Of 9 layers between "
         "DequantizeLinear and QuantizeLinear, a runtime decides which it computes so. ONNX "
         "Runtime leaves 1 layer in floating point, as the scale of a bias is not that of data "
         "times weights. On x86 processors it leaves 4 of 9 there: those, and convolutions of int8 "
         "data or results that several operators or callers read. Quantised again with uint8 "
         "activations, only 1 layer would stay in floating point.")),
        ({"float_forms": 9, "signed_forms": 5, "left_on_x86": 4},
         ("All multiply-accumulates are meant to be in integers. Of 9 layers between "
         "DequantizeLinear and QuantizeLinear, a runtime decides which it computes so. On x86 "
         "processors ONNX Runtime leaves 4 of 9 in floating point: convolutions of int8 data or "
         "results that several operators or callers read. Quantised again with uint8 activations, "
         "they would run in integers.")),
        ({"islands": 1, "island_operators": 3, "island_types": "Softmax, Gelu"},
         ("All multiply-accumulates are in integers. Between integers 3 operators in floating "
         "point (Softmax, Gelu), with conversions on either side.")),
    ]),
    "passed": (PASSED, [
        ({}, (f"{NOTHING} 1 is about sizes that had to be assumed, figures that are unknown or "
             "outputs that are no tensors: these are stated where they count, and are no "
             "findings.")),
        ({"stated": (0, 0, 0)}, NOTHING.replace("5 of", "6 of")),
        ({"stated": (0, 0, 0), "unjudged": (0, 0, 1)},
         "6 of 7 rules that had something to look at found nothing."),
        ({"stated": (0, 0, 0), "categories": ("waste", "trust", "weights"), "rules": (5, 1, 1),
          "unjudged": (0, 0, 0), "odd": 2},
         NOTHING.replace("5 of", "6 of")),
        ({"stated": (0, 0, 0), "categories": ("waste", "trust", "quantisation"),
          "rules": (5, 1, 1), "unjudged": (0, 0, 0)},
         NOTHING.replace("5 of", "6 of")),
        ({"stated": (0, 0, 0), "categories": ("waste", "trust", "quantisation"),
          "rules": (5, 1, 1), "unjudged": (0, 0, 0), "integers": True},
         NOTHING.replace("5 of", "6 of").replace("of trust", "of trust and quantisation")),
        ({"stated": (0, 0, 0), "speak": (0, 0, 0)},
         "7 of 7 rules that had something to look at found nothing."),
        ({"stated": (1, 0, 1), "blind": 1, "idle": 1},
         ("4 of 7 rules that had something to look at found nothing. 1 that looks at stored "
         "weights could not judge: weights are not in the file, or unreadable. 2 are about sizes "
         "that had to be assumed, figures that are unknown or outputs that are no tensors: these "
         "are stated where they count, "
         "and are no findings. 1 more is about what the model does not have.")),
        ({"stated": (0, 0, 0), "speak": (2, 0, 0), "blind": 2, "unseen": ("integers",), "idle": 7},
         (f"{NOTHING} 2 that look at stored weights "
         "could not judge: weights are stored as integers. 7 more are about what the "
         "model does not have.")),
    ]),
    "trust": ({"findings": 0, "first": "opens a door", "rules": 9, "blind": 0, "unseen": (),
               "hidden_bytes": 0, "open_loops": 0, "loop": "again", "inputs": ()}, [
        ({"open_loops": 1},
         ("Trust: nothing found by 9 rules. Nothing in the file bounds how often again runs: what "
         "the model is given decides, and with that how long a run takes.")),
        ({"open_loops": 3, "inputs": ("n", "m"), "findings": 1},
         ("Trust: opens a door. Nothing in the file bounds how often again and 2 more runs: "
         "whoever calls the model decides, by n and m, and with that how long a run takes.")),
        ({}, "Trust: nothing found by 9 rules."),
        ({"hidden_bytes": 2048, "blind": 5},
         ("Trust: nothing found by 9 rules in what is here. 2 KiB of external data was not seen, "
         "so 5 more rules could not judge.")),
        ({"hidden_bytes": None, "blind": 1, "findings": 1},
         ("Trust: opens a door. Part of the external data was not seen, so 1 more rule could not "
         "judge.")),
        ({"hidden_bytes": 2048},
         ("Trust: nothing found by 9 rules in what is here. 2 KiB of external data was not "
         "seen.")),
        ({"findings": 1}, "Trust: opens a door."),
        ({"findings": 2, "blind": 1}, "Trust: 2 findings, of which the first: opens a door."),
        ({"blind": 1, "unseen": ("MatMul", "Mul")},
         ("Trust: nothing found by 9 rules. 1 more could not judge: weights are made by MatMul and "
         "Mul when the model runs.")),
    ]),
    "vendor": (VENDOR, [
        ({}, ("Runs only where a library for operators of com.microsoft is loaded: Gelu ×1, "
             "Attention ×2.")),
        ({"runtime": "ONNX Runtime", "types_in_all": 5, "domains_in_all": 3},
         ("Runs only where operators of com.microsoft and 2 more are known, as in ONNX Runtime: "
         "Gelu ×1, Attention ×2 and 3 more.")),
    ]),
    "findings": ({"rules": 9, "looked": 4, "count": 0, "places": 0}, [
        ({}, "No findings to list."),
        ({"count": 2, "places": 2}, "2 findings. 4 of 9 rules had something to look at."),
        ({"count": 2, "places": 3, "rules": 0}, "2 findings, one for each cause, at 3 places."),
    ]),
    "silenced": ({"suppressed": 0, "accepted": 0}, [
        ({"suppressed": 2, "accepted": 1}, "Not listed: 2 suppressed and 1 in the baseline."),
        ({"suppressed": 2}, "Not listed: 2 suppressed."),
        ({"accepted": 1}, "Not listed: 1 in the baseline."),
    ]),
    "conversion": ({"best": 3, "candidates": 13}, [
        ({}, ("MACs of the model after converting the best k candidates; 3 of 13 bring 80 % of "
             "what all of them save")),
    ]),
    "assumed.sizes": (SIZES, [
        ({}, "These numbers hold for n = 8: the file leaves that size open."),
        ({"count": 0}, "No size of an input was assumed: the file fixes them all."),
        ({"dims": ("n", "m"), "sizes": (8, 9), "distinct": 2},
         "These numbers hold for n = 8, m = 9: the file leaves those sizes open."),
        ({"distinct": 3}, ("These numbers hold for n = 8 and 2 more assumptions: the file leaves "
                          "those sizes open.")),
    ]),
    "assumed.choices": ({"count": 1, "first": "If takes a branch"}, [
        ({}, "Assumed: If takes a branch."),
        ({"count": 0}, "Nothing else was assumed."),
        ({"count": 2}, "Assumed: If takes a branch; and 1 more."),
    ]),
    "misfit": ({"dims": ("n",), "sizes": (8,), "sizes_in_all": 1}, [
        ({}, ("With n = 8 the model cannot run: no figure of compute or memory here is that of a "
             "run.")),
        ({"sizes_in_all": 3}, ("With n = 8 and 2 more the model cannot run: no figure of compute "
                              "or memory here is that of a run.")),
        ({"dims": (), "sizes": (), "sizes_in_all": 0},
         ("With the sizes in use the model cannot run: no figure of compute or memory here is that "
         "of a run.")),
    ]),
    "coverage": ({"known": 5, "operators": 9, "missing": ("Warp",), "missing_counts": (3,),
                  "missing_reasons": ("nobody knows it",), "reasons": 1, "heavy": 0}, [
        ({"known": 9}, "The cost of 9 of 9 operators is known."),
        ({}, "The cost of 5 of 9 operators is known. Not known: 3 × Warp (nobody knows it)."),
        ({"reasons": 3, "heavy": 1},
         ("The cost of 5 of 9 operators is known. Not known: 3 × Warp (nobody knows it); and 2 "
         "more. 1 of these has weights, so most of the work may be unknown.")),
        ({"heavy": 2}, ("The cost of 5 of 9 operators is known. Not known: 3 × Warp (nobody knows "
                       "it). 2 of these have weights, so most of the work may be unknown.")),
    ]),
    "unknown": (UNKNOWN, [
        ({}, ("Nothing: the multiply-accumulates of all 5 operators are known, and so is their "
             "other arithmetic.")),
        ({"of": 1, "in_all": 1},
         ("Nothing: the multiply-accumulates of its 1 operator are known, and so is their other "
          "arithmetic.")),
        ({"operators": 2, "macs_complete": False},
         "The cost of 2 of 5 operators is unknown; totals say “at least”."),
        ({"inside": True}, ("Nothing: the multiply-accumulates of all 5 operators, those of bodies "
                            "and functions once, are known, and so is their other arithmetic.")),
        ({"inside": True, "in_all": 9},
         ("Nothing: the multiply-accumulates of all 5 operators that count, of 9 in the "
          "file (an If, a loop or a function counts by what is in it, an If by one of its "
          "branches), are known, and so is their other arithmetic.")),
        ({"macs_complete": False, "reason": "a loop has no bound", "flops_complete": False},
         ("The multiply-accumulates of all 5 operators are known, but not their sum: a loop has no "
         "bound.")),
        ({"flops_complete": False},
         ("The multiply-accumulates of all 5 operators are known; not all of their other "
         "arithmetic is.")),
        ({"peak_complete": False, "problems": 1},
         ("The multiply-accumulates of all 5 operators are known; the bytes of some tensors are "
         "not, so the peak of memory is “at least”; 1 problem met, listed below.")),
    ]),
    "growth": (GROWTH, [
        ({}, "2 kMAC a token of n."),
        ({"varies": True}, "2 kMAC a token at n = 128."),
        ({"unit": "megapixel"}, "2 kMAC a megapixel of image (sides: n)."),
        ({"unit": "megapixel", "varies": True}, "2 kMAC a megapixel of image at n = 128."),
        ({"unit": "step"}, "2 kMAC a step of n."),
        ({"unit": "step", "varies": True}, "2 kMAC a step at n = 128."),
        ({"unit": "second", "of": "samples", "per": 16000},
         "2 kMAC a second of audio of n (16,000 samples a second, as the file states)."),
        ({"unit": "second", "of": "frames", "per": 100, "stated": False, "varies": True},
         ("2 kMAC a second of audio at n = 128 (100 frames a second assumed; the file states "
          "none).")),
        ({"fixed": 500}, "2 kMAC a token of n, and 500 MAC whatever the size."),
        ({"square": 0.25, "even": 300},
         ("2 kMAC a token of n; 25.0 % of the work grows with the square of n, more than half from "
         "300 on.")),
        ({"square": 0.25, "longest": 512},
         ("2 kMAC a token of n; 25.0 % of the work grows with the square of n; n can be 512 at "
         "most, the length of a tensor in the file.")),
        ({"longest": 512, "beside": ("past = 0",)},
         ("2 kMAC a token of n; at past = 0 n can be 512 at most, the length of a tensor in the "
          "file.")),
    ]),
    "growth.runs": ({**GROWTH, "per": 16000, "of": "samples", "stated": False}, [
        ({}, ("2 kMAC a second of audio in runs of n = 128 (16,000 samples a second, as in most "
             "models).")),
        ({"of": "frames", "stated": True}, ("2 kMAC a second of audio in runs of n = 128 (16,000 "
                                           "frames a second, as the file states).")),
    ]),
    "memory.weights": ({"bytes": 2048, "dtypes": ("float32",), "dtype_bytes": (2048,),
                        "stored_bytes": 2048}, [
        ({"bytes": 0}, "The file has no weight tensors."),
        ({}, "Weights and buffers take 2 KiB: all of it float32."),
        ({"dtypes": ("float32", "int8"), "dtype_bytes": (1536, 512)},
         "Weights and buffers take 2 KiB: 1.5 KiB of float32, 512 B of int8."),
        ({"stored_bytes": 0},
         ("Weights and buffers take 2 KiB: all of it float32; the file stores none, they are made "
         "when the model runs.")),
    ]),
    "memory.shared": ({"names": ("w",), "uses": (3,), "count": 1, "apart": 9000, "alike": 0,
                       "alike_uses": 0}, [
        ({}, ("Used more than once and counted once: w (3 uses). With a tensor for each use, as "
             "other exports of a network may have it, there would be 9,000 parameters.")),
        ({"count": 3}, ("Used more than once and counted once: w (3 uses) and 2 more. With a "
                       "tensor for each use, as other exports of a network may have it, there "
                       "would be 9,000 parameters.")),
        *[({"alike": alike, "alike_uses": 1600},
           ("Used more than once and counted once: w (3 uses). With a tensor for each use, as "
            "other exports of a network may have it, there would be 9,000 parameters. "
            f"{words} the same numbers in 1,600 places, though the layers differ: so it is in a "
            "network that was not trained; trained ones seldom have it."))
          for alike, words in ((1, "1 bias or scale has"), (2, "2 biases and scales have"))],
    ]),
    "memory.peak": (MEMORY, [
        ({"bytes": None}, "Unknown."),
        ({"bytes": None, "reason": "no shape"}, "Unknown: no shape."),
        ({}, f"{PEAK} {ON_TOP}"),
        ({"name": ""}, ("2 KiB of activations exist at once, when operators run in the file's "
                       f"order and every tensor is freed after its last use. {ON_TOP}")),
        ({"certainty": "lower bound", "in_place_bytes": 1024, "reason": "no shape"},
         (f"At least {PEAK} {ON_TOP} Where element-wise operators write over an operand that "
         "nobody reads again, it is at least 1 KiB. At least: no shape.")),
        ({"in_place_bytes": 1024, "fused_bytes": 512, "reason": "n = 8"},
         (f"{PEAK} {ON_TOP} Where element-wise operators write over an operand that nobody reads "
         "again, it is 1 KiB. That is as written: where QuantizeLinear and DequantizeLinear are "
         "part of integer kernels, as in runtimes that fuse them, it is 512 B. Assumed: n = 8.")),
        ({"in_place_bytes": 2048, "fused_bytes": 2048}, f"{PEAK} {ON_TOP}"),
        ({"folded_bytes": 2048}, f"{PEAK} {ON_TOP}"),
        ({"given": ("weight", "bias"), "given_bytes": 1536},
         (f"{PEAK} 1.5 KiB of it are inputs, which callers give and no operator makes: weight and "
         f"bias. {ON_TOP}")),
        ({"folded_bytes": 512},
         (f"{PEAK} {ON_TOP} Where what operators compute from constants alone is stored instead, "
          "as in runtimes that do so when they load the model, it is 512 B.")),
    ]),
    "weights.read": ({"layers": 2, "unread": 0, "whole": 0, "tensors": 3, "unseen": (),
                      "branching": False, "hidden_bytes": 0}, [
        ({"hidden_bytes": 2048}, ("The values of 2 layers and 3 stored tensors were read. "
                                  "2 KiB of external data was not seen.")),
        ({"hidden_bytes": None, "layers": 0}, ("The values of 3 stored tensors were read. "
                                               "Part of the external data was not seen.")),
        ({}, "The values of 2 layers and 3 stored tensors were read."),
        ({"branching": True},
         ("The values of 2 layers, those of all branches, and 3 stored tensors were "
         "read.")),
        ({"unread": 1},
         ("The values of 3 stored tensors were read, and of 2 layers channel by channel; those of "
         "1 more were not looked at so.")),
        ({"unread": 1, "whole": 2},
         ("The values of 3 stored tensors were read, and of 2 layers channel by channel; those of "
         "3 more were not looked at so.")),
        ({"layers": 0}, "The values of 3 stored tensors were read."),
        ({"layers": 0, "tensors": 0}, "No values were found to read."),
        ({"layers": 0, "unread": 4, "unseen": ("integers",)},
         "The values of 4 layers were not looked at: weights are stored as integers."),
        ({"layers": 0, "unread": 4, "tensors": 0},
         ("The values of 4 layers were not looked at: weights are not in the file, or "
         "unreadable.")),
    ]),
    "weights.small": ({"layers": 2, "of": 2, "rules": ("WGT002", "WGT003"),
                       "shares": (0.05, 0.02)}, [
        ({}, ("What was found in layers is too little for a finding: rules report it from 5.0 % "
              "(WGT002) and 2.0 % (WGT003) on.")),
        ({"of": 3, "rules": ("WGT002",), "shares": (0.05,)},
         ("What was found in 2 of these 3 layers is too little for a finding: rules report it "
          "from 5.0 % (WGT002) on.")),
    ]),
    "weights.peculiar": ({"layers": 0, "tensors": 0, "partial": False}, [
        ({"partial": True}, ("No dead, repeated or non-finite values were found in what was read, "
                             "which is not all.")),
        ({}, "No dead, repeated or non-finite values were found."),
        ({"layers": 1}, "1 layer with values that do no work, or harm."),
        ({"tensors": 2}, "2 stored tensors with values that nobody can mean."),
        ({"layers": 2, "tensors": 1}, ("2 layers with values that do no work, or harm; 1 stored "
                                      "tensor with values that nobody can mean.")),
    ]),
    "memory.intensity": ({"device": "rpi5", "flops": 2e12, "bandwidth": 5e10, "share": 0.5,
                          "type": "uint8"}, [
        ({}, ("The line is that of an example, rpi5: 2 TOP/s in uint8, the peak that bounds the "
              "time there, and 50 GB/s, hence 40 FLOP/B. There, 50.0 % of the "
              "multiply-accumulates whose traffic is known are in layers limited by memory.")),
    ]),
    "targets": (TARGETS, [
        ({"whole": ("a", "b")}, f"All of it runs on each of 2 targets {TRIED}: Ada and Bob."),
        ({"whole": ("a", "b"), "huge": True},
         ("All its operators are known to each of 2 targets: Ada and Bob. Whether any has the "
         "memory is another question.")),
        ({"count": 1, "whole": ("a",), "broken": True},
         ("Of 1 target: all its operators are known to Ada. The file has errors; none promises to "
         "load it.")),
        ({"count": 1, "whole": ("a",)}, "Of 1 target: all of it runs on Ada."),
        ({"whole": ("a", "b"), "untested": ("b",)},
         ("Of 2 targets: all of it runs on Ada; all its operators are known to Bob, tested with "
          "newer opsets only.")),
        ({"count": 2, "whole": ("a",), "split": ("b",), "missing": True},
         ("Of 2 targets: all its operators are known to Ada; some of them are known to Bob. None "
         "loads it without its weights.")),
        ({"count": 3, "whole": ("a", "b"), "no": ("c",)},
         "Of 3 targets: all of it runs on Ada and Bob; it does not run on Cy."),
        ({"count": 3, "whole": ("a",), "no": ("b", "c"), "undivided": ("b", "c")},
         ("Of 3 targets: all of it runs on Ada; it does not run on Bob and Cy. On Bob and Cy a "
          "model runs whole or not at all.")),
        ({"split": ("a",), "maybe": ("b",)},
         ("Of 2 targets: some of its operators run on Ada; whether all of it runs is not decided "
          "on Bob.")),
        ({"split": ("a", "b"), "idle": ("b",)},
         ("Of 2 targets: some of its operators run on Ada; only operators without MACs run on "
          "Bob.")),
        ({"split": ("a",), "idle": ("a",), "whole": ("b",), "missing": True},
         ("Of 2 targets: all its operators are known to Bob; only operators without MACs are known "
          "to Ada. None loads it without its weights.")),
        ({"count": 4, "split": ("a", "b"), "idle": ("b",), "maybe": ("c", "d"),
          "partly": ("b", "c"), "stuck": ("a",)},
         ("Of 4 targets: some of its operators are known to Ada, where nothing runs the rest; at "
          "most a part of it runs on Bob and Cy; whether all of it runs is not decided on Dee.")),
    ]),
    "targets.runs": (TARGETS, [
        ({"whole": ("a", "b"), "untested": ("a", "b")},
         (f"All of it certainly runs on none of 2 targets {TRIED}. "
          "All its operators are known to Ada and "
          "Bob, tested with newer opsets only.")),
        ({"count": 4, "whole": ("a",), "split": ("b",), **_taken(1), "no": ("c",), "maybe": ("d",),
          "untested": ("a",)},
         (f"All of it certainly runs on none of 4 targets {TRIED}. "
          "All its operators are known to Ada, "
          "tested with newer opsets only. In parts on Bob (50.0 % of the MACs). Not on Cy. Not "
          "decided: Dee.")),
        ({"count": 4, "whole": ("a",), "split": ("b", "c"), **_taken(2), "idle": ("b",),
          "maybe": ("d",),
          "partly": ("d",), "stuck": ("c",)},
         (f"All of it runs on 1 of 4 targets {TRIED}: "
          "Ada. At most in parts on Dee. Not on Bob and Cy.")),
        ({"split": ("a",), **_taken(1), "no": ("b",)},
         (f"All of it certainly runs on none of 2 targets {TRIED}. "
          "In parts on Ada (50.0 % of the MACs).")),
        ({"count": 3, "whole": ("a",), "split": ("b",), **_taken(1), "maybe": ("c",),
          "partly": ("c",), "missing": True},
         ("All its operators are known to 1 of 3 targets: Ada. Some of them to Bob (50.0 % of the "
          "MACs). Some of them at most to Cy. None loads it without its weights.")),
        ({"whole": ("a",), "maybe": ("b",)},
         f"All of it certainly runs on 1 of 2 targets {TRIED}: Ada. Not decided: Bob."),
        ({"no": ("a",), "maybe": ("b",)},
         f"All of it certainly runs on none of 2 targets {TRIED}. Not decided: Bob."),
        ({"count": 1, "whole": ("a",)}, f"All of it runs on Ada {TRIED}."),
        ({"count": 1, "split": ("a",), **_taken(1)}, "Not all of it runs on Ada."),
        ({"count": 1, "maybe": ("a",)}, "Whether all of it runs on Ada is not decided."),
        ({"whole": ("a", "b"), "broken": True, "missing": True},
         ("All its operators are known to each of 2 targets: Ada and Bob. The file has errors; "
         "none promises to load it.")),
        ({"count": 3, "whole": ("a", "b"), "no": ("c",), "missing": True},
         ("All its operators are known to 2 of 3 targets: Ada and Bob. Not to Cy. None loads it "
         "without its weights.")),
        ({"whole": ("a",), "maybe": ("b",), "missing": True},
         ("All its operators are certainly known to 1 of 2 targets: Ada. Not decided: Bob. None "
         "loads it without its weights.")),
        ({"no": ("a", "b"), "huge": True},
         ("All its operators are certainly known to none of 2 targets. Whether any has the memory "
         "is another question.")),
        ({"count": 4, "whole": ("d",), "split": ("a", "b", "c"), **_taken(3)},
         (f"All of it runs on 1 of 4 targets {TRIED}: "
          "Dee. In parts on Ada (50.0 % of the MACs), Bob (4 "
          "parts) and Cy (3 of 4 operators).")),
        ({"count": 3, "whole": ("d",), "split": ("a",), **_taken(1), "no": ("b", "c"),
          **_gained(*((each, "size", 2, "batch = 1, length = 8") for each in "ab"))},
         (f"All of it runs on 1 of 3 targets {TRIED}: "
          "Dee. With the open sizes of the inputs fixed (batch = "
          "1, length = 8), all of it runs on Ada and Bob, too. Not on Cy.")),
        *[({"whole": ("d",), "no": ("a",), **_gained(("a", kind, amount, names))},
           f"All of it runs on 1 of 2 targets {TRIED}: Dee. {words}, all of it runs on Ada, too.")
          for kind, amount, names, words in (
              ("size", 5, "a = 1, b = 2", ("With the open sizes of the inputs fixed (a = 1, b = 2 "
                                           "and 2 more)")),
              ("opset", 21, "", "With opset 21 stated"), ("ir", 8, "", "With IR version 8 stated"),
              ("reshape", 1, "", "With 1 Flatten written as Reshape"),
              ("constant", 92, "", "With 92 initializers taken out of the graph's inputs"),
              ("removal", 2, "Identity ×2", "Without what does nothing (Identity ×2)"))],
        ({"count": 1, "no": ("a",), **_gained(("a", "opset", 21, ""))},
         "Not all of it runs on Ada. With opset 21 stated, all of it runs on Ada."),
        ({"whole": ("b",), "no": ("a",), "missing": True, **_gained(("a", "opset", 21, ""))},
         ("All its operators are known to 1 of 2 targets: Bob. With opset 21 stated, all its "
          "operators are known to Ada, too. None loads it without its weights.")),
        ({"no": ("a", "b"), "missing": True, **_gained(("a", "opset", 21, ""))},
         ("All its operators are certainly known to none of 2 targets. With opset 21 stated, all "
          "its operators are known to Ada. None loads it without its weights.")),
    ]),
    "targets.blockers": ({"count": 2, "operators": ("Warp", ""), "codes": ("operator", "opset"),
                          "targets": (1, 3), "undecided": (), "undecided_targets": (),
                          "undecided_in_all": 0}, [
        ({}, "In the way: Warp, not supported (1 target); the opset (3 targets)."),
        ({"count": 0, "operators": (), "codes": (), "targets": ()},
         "Nothing is certainly in the way."),
        ({"undecided": ("Bend", "If"), "undecided_targets": (2, 1), "undecided_in_all": 3},
         ("In the way: Warp, not supported (1 target); the opset (3 targets). Not decided: Bend "
         "(2 targets); If (1 target); 1 more.")),
        ({"count": 4, "codes": ("version", "ir")},
         ("In the way: Warp, in this version (1 target); the IR version (3 targets); and 2 more "
         "causes.")),
        *[({"count": 1, "operators": ("Op",), "codes": (code,), "targets": (1,)},
           f"In the way: Op, {words} (1 target).")
          for code, words in (("cliff", "at this opset"), ("type", "with these types"),
                              ("condition", "as it is used here"),
                              ("function", "a local function"))],
    ]),
    "targets.edits": ({"count": 2, "texts": ("state opset 17", "cast x"), "targets": (3, 1),
                       "helped": ("a", "b", "c", "b"), "whole": (True, False, False, False),
                       "parts": (1, 3, 3, 1), "supported": (9, 8, 8, 7),
                       "operators": (9, 9, 9, 9), "undecided": (0, 0, 0, 0), "unhelped": (),
                       "replaced": (), "replacing": (), "replaced_operators": (),
                       "replaced_counts": (),
                       "sized": (), "sized_operators": (), "sized_reasons": (),
                       "sized_counts": (), "commands": ("", "fix MODEL"), "again": (0, 2),
                       "arguments": ("--a 1", "--b 2"),
                       "ids": ("a", "b", "c", "d"), "names": ("Ada", "Bob", "Cy", "Di")}, [
        ({}, ("What helps, each change tried, of the operators left then: state opset 17 (all "
              "operators on Ada; 8 of 9 operators on Bob and Cy, in 3 parts); cast x: "
              "`fix MODEL`, then the same on NEW with `--a 1` and `--b 2` (7 of 9 operators on "
              "Bob).")),
        ({"texts": ("state opset 17",), "targets": (1,), "unhelped": ("c", "d"), "commands": ("",),
          "again": (0,)},
         ("What helps, each change tried, of the operators left then: state opset 17 (all "
          "operators on Ada). Nothing tried helps much on Cy and Di.")),
        ({"count": 0, "sized": ("c", "d"), "sized_operators": ("Conv", "If"),
          "sized_reasons": ("has rank 3", "If is not supported"), "sized_counts": (6, 1)},
         ("No small change was found that helps much. With fixed sizes, what blocks first on Cy is "
          "this: Conv: has rank 3 (6×). With fixed sizes, what blocks first on Di is this: If is "
          "not supported.")),
        ({"count": 0}, "No small change was found that helps much."),
        ({"count": 0, "replaced": ("c", "d"), "replacing": ("STR120", "STR120"),
          "replaced_operators": ("Erf", "Erf"), "replaced_counts": (12, 12)},
         ("No change that was tried helps much. Not tried: what STR120 asks for replaces what "
          "blocks first on Cy and Di, 12 Erf.")),
    ]),
}  # fmt: skip


@each("claim", TOLD)
def test_each_claim_has_its_sentence_for_all_that_it_may_hold(claim: str) -> None:
    base, told = TOLD[claim]
    assert [SENTENCES[claim]({**base, **values}) for values, _ in told] == [
        sentence for _, sentence in told
    ]


UNCHANGED = {"limit": 0, "unlimited": 0, "states": 0, "peak_sorted": None, "peak_now": None,
             "unlocks": ()}  # fmt: skip


def test_the_command_that_cleans_up_is_told_with_its_price() -> None:
    low: Any = SimpleNamespace(
        written=0,
        file_now=9,
        impact="low",
        effort="medium",
        stored=2048,
        traffic=0,
        traffic_now=16384,
        traffic_loaded=0,
        tool="onnxslim",
        peak_folded=None,
        peak_loaded=False,
        **UNCHANGED,
    )
    high: Any = SimpleNamespace(
        written=0,
        file_now=9,
        impact="high",
        effort="low",
        stored=1024,
        traffic=4096,
        traffic_now=16384,
        traffic_loaded=0,
        tool="onnxslim",
        peak_folded=2048,
        peak_loaded=False,
        **UNCHANGED,
    )
    other: Any = SimpleNamespace(**{**vars(high), "impact": "low", "tool": "onnxruntime"})
    more = "`pip install onnxslim`"
    for of, after, told in (
        ((low, other), "", f"Clean up with `onnxslim MODEL NEW` ({more})"),
        ((high,), "step 1", f"Clean up after step 1 with `onnxslim MODEL NEW` ({more})"),
    ):
        assert tidying(FirstStep(of, "onnxslim", after)) == told
    for of, operators, told in (
        ((low, other), 2, ("low impact, low effort; 2 operators of the file go, and "
                           "Constants become stored tensors; 2 KiB less to store")),
        ((low, high), 0, ("high impact, low effort; 3 KiB less to store; saves 4 KiB of "
                          "16 KiB memory traffic per run; lowers peak activation memory to 2 KiB")),
    ):  # fmt: skip
        assert weight(FirstStep(of, "onnxslim", "", operators)) == told
    whole = weight(FirstStep((low, other), "onnxslim", "", 0, "medium"))
    assert whole.startswith("medium impact, low effort; ")
    high.unlocks = ("Ada", "Bob")
    won = weight(FirstStep((low, high), "onnxslim", ""))
    assert won == f"{told}; then all operators on Ada and Bob"
    action: Any = SimpleNamespace(places=6, stays=4, may_stay=0)
    assert part(action) == " (it leaves 4 of 6 places as they are)"
    action.stays = 0
    assert part(action) == ""


def test_how_much_longer_than_bounds_models_take_follows_from_each_bound_alone() -> None:
    measured = (
        "Times are arithmetic bounds: on another CPU, with ONNX Runtime, 17 models took 1.1 to 8.8 "
        "times as long"
    )
    assert longer([None, 1e-4, 2.0]) == longer([]) == f"{measured}."
    starting = "most of a run is starting operators, which takes far longer."
    assert longer([2.0, 9.9e-5]) == f"{measured}; where a bound is under 100 µs, {starting}"
    assert longer([None, 9.9e-5, 1e-9]) == (
        f"Times are arithmetic bounds: where they are under 100 µs, as here, {starting}"
    )
