"""Words by which facts and rules name kinds of things, and which a page shows as words.

Everything that such a list holds elsewhere stands here once more, so that catalogues have it; a
test compares. Names of operators and of architectures are none of them.
"""

from __future__ import annotations

TERMS = (
    # severities, levels, certainties, verdicts
    "error", "warning", "info", "information", "nothing",
    "high", "medium", "low", "none", "against use", "before use", "before sharing", "figures",
    "exact", "assumed", "lower bound", "unknown", "default",
    "whole", "split", "no", "maybe",
    # kinds of layers
    "standard", "depthwise", "pointwise", "grouped", "transposed", "dense", "attention",
    "recurrent", "other",
    # orders of the two convolutions of a separable term
    "depthwise-pointwise", "pointwise-depthwise",
    # tags of operators
    "strided", "dilated", "deformable", "fused", "quantized", "factorised", "multiplier",
    # smaller forms
    "sequence", "heads", "trees", "pruned", "kv-cache", "kv-float16", "lstm-int8", "int8-rest",
    "int8-weights", "uint8", "gru", "forward",
    # ends of a drawing, axes of scaling, roles of what a file stores
    "input", "output", "width", "resolution", "depth",
    "weights", "buffers", "quantization", "positions", "masks", "constants",
    # kinds of blocks, and what their details are called
    "separable", "inverted residual", "fused mbconv", "bottleneck", "basic residual", "convnext",
    "ghost module", "fire", "inception", "dense layer", "squeeze excite", "split depthwise",
    "split grouped", "spatial pair", "mlp", "channel shuffle",
    "channels", "in channels", "out channels", "inner channels", "reduced channels", "hidden",
    "kernel", "stride", "groups", "branches", "projections", "projection",
    "output projection", "pre activation",
    "gated", "fused", "spatial reduction", "expansion", "residual", "growth", "dilation",
    # categories of rules
    "block", "budget", "conformance", "convolution", "efficiency", "external", "graph",
    "interoperability", "numerics", "precision", "quantisation", "structure", "targets", "trust",
    # kinds of devices that ship
    "data-centre GPU", "phone NPU", "phone CPU", "laptop CPU", "single-board computer",
    "microcontroller",
    # what their profiles note
    ("float32 is multiplied as TF32 on tensor cores unless somebody forbids it "
     "(ONNX Runtime: use_tf32 = 1)"),
    "float32 is multiplied as float16, which is all it computes in",
    ("weights are set against flash, activations against all of the RAM, of which 512 KiB are in "
     "one piece"),
    # states of rules
    "stable", "preview", "deprecated", "configuration",
)  # fmt: skip
